"""Eyes that a smile narrows are open; a blink within one eye's long closure is of both."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from tremorcam.measure.lids import lid_events

RATE_HZ = 30.0
HOLD_S = (6.0, 18.0)
PHASES = pd.DataFrame(
    {
        "smile": [1, 1, 1, 1],
        "phase": ["neutral", "onset", "hold", "offset"],
        "onset_s": [0.0, 5.3, 6.0, 18.0],
        "offset_s": [5.3, 6.0, 18.0, 18.7],
    }
)


def eyes(*, left: float = 0.15, right: float = 0.15, shut=(), smile_ends_s=18.1) -> xr.Dataset:
    """Apertures of eyes that a smile narrows by these shares, and that shut as told."""
    time_s = np.arange(round(25 * RATE_HZ)) / RATE_HZ
    smile = np.interp(time_s, [5.3, 5.9, smile_ends_s, smile_ends_s + 0.6], [0.0, 1.0, 1.0, 0.0])
    rng = np.random.default_rng(0)
    aperture_mm = 10 * (1 - np.outer(smile, [left, right]))
    for side, start_s, stop_s, depth in shut:
        level = np.interp(
            time_s, [start_s, start_s + 0.08, stop_s - 0.1, stop_s], [0.0, depth, depth, 0.0]
        )
        for at, own in enumerate(("left", "right")):
            if side in (own, "both"):
                aperture_mm[:, at] *= 1 - level
    aperture_mm += rng.normal(0, 0.1, aperture_mm.shape)
    return xr.Dataset(
        {
            "eye_aperture_mm": (("frame", "side"), aperture_mm),
            "head_angle_deg": (("frame", "angle"), np.zeros((len(time_s), 3))),
        },
        coords={
            "time_s": ("frame", time_s),
            "side": ["left", "right"],
            "angle": ["yaw", "pitch", "roll"],
        },
    )


def found(signals: xr.Dataset) -> list[tuple[str, str]]:
    events = sorted(lid_events(signals, PHASES), key=lambda event: event.onset_s)
    return [(event.event, event.side) for event in events]


@pytest.mark.parametrize("narrowing", [0.3, 0.5, 0.65, 0.8])
def test_an_eye_that_a_smile_narrows_has_not_closed(narrowing):
    assert found(eyes(left=narrowing)) == []


@pytest.mark.parametrize("shut", [[], [("left", 6.8, 7.1, 0.95)]])
def test_an_eye_that_a_short_smile_narrows_has_not_closed_but_may_close_in_it(shut):
    short = {18.0: 8.0, 18.7: 8.7}
    phases = PHASES.replace({"onset_s": short, "offset_s": short})
    signals = eyes(left=0.4, shut=shut, smile_ends_s=8.1)
    assert [event.side for event in lid_events(signals, phases)] == ["left"] * len(shut)


@pytest.mark.parametrize("narrowing", [0.15, 0.5, 0.7])
def test_blinks_of_narrowed_eyes_are_blinks(narrowing):
    shut = [("both", at, at + 0.3, 0.95) for at in (2.0, 9.0, 14.0)]
    assert found(eyes(left=narrowing, shut=shut)) == [("blink", "both")] * 3


def test_a_blink_beside_an_eye_with_little_left_to_close_is_not_one_sided():
    signals = eyes(left=0.62)
    time_s = signals["time_s"].values
    for at_s in (2.0, 9.0, 12.0, 15.0):
        # A shut eye reads 40 % open, as on some photographs.
        shut_mm = np.where(abs(time_s - at_s) < 0.15, 4.0, np.inf)[:, None]
        signals["eye_aperture_mm"].values[:] = np.minimum(signals["eye_aperture_mm"], shut_mm)
    assert found(signals) == [("blink", "both")] * 4
    wink = [("both", 2.0, 2.3, 0.95), ("left", 9.0, 9.3, 0.95), ("left", 14.0, 14.3, 0.95)]
    assert found(eyes(right=0.5, shut=wink)) == [("blink", "both"), *[("wink", "left")] * 2]


@pytest.mark.parametrize(
    ("goes_along", "named"), [(0.2, ("wink", "left")), (0.6, ("blink", "both"))]
)
def test_a_narrowed_eye_is_held_against_what_it_has_left_to_close(goes_along, named):
    signals = eyes(right=0.6, shut=[("both", 2.0, 2.3, 0.95), ("left", 12.0, 12.3, 0.95)])
    time_s = signals["time_s"].values
    # Of a narrowed eye a closure shows little: it is shut at 4 of 10 mm when it reads 4.0 open.
    signals["eye_aperture_mm"].values[:, 1] = 2.0 + 0.8 * signals["eye_aperture_mm"].values[:, 1]
    meanwhile = (time_s > 12.0) & (time_s < 12.3)
    open_mm = np.median(signals["eye_aperture_mm"].values[(time_s > 9) & (time_s < 11), 1])
    shut_mm = signals["eye_aperture_mm"].values[:, 1].min()
    signals["eye_aperture_mm"].values[meanwhile, 1] -= goes_along * (open_mm - shut_mm)
    assert found(signals) == [("blink", "both"), named]


def test_a_blink_within_a_long_closure_of_one_eye_is_no_spasm_of_both():
    shut = [("left", 8.0, 13.0, 0.6), ("both", 10.0, 10.3, 0.95)]
    assert found(eyes(shut=shut)) == [("eyelid_spasm", "left"), ("blink", "both")]


def test_a_spasm_of_both_eyes_is_one_event_though_one_of_them_flutters():
    shut = [("left", 9.0, 12.0, 0.95), ("right", 9.0, 10.4, 0.95), ("right", 10.6, 12.0, 0.95)]
    assert found(eyes(shut=shut)) == [("eyelid_spasm", "both")]


def test_eyes_shut_for_most_of_a_smile_are_shut():
    shut = [("both", 7.0, 17.0, 0.95)]
    assert found(eyes(shut=shut)) == [("eyelid_spasm", "both")]


def test_one_sided_twitches_of_a_narrowed_eye_are_found():
    shut = [("left", at, at + 0.3, 0.5) for at in (8.0, 11.0, 15.0)]
    assert [side for _, side in found(eyes(left=0.4, shut=shut))] == ["left"] * 3
