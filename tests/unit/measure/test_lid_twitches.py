"""Small twitches of one eye's lids are found beside bursts of the same side, and only there."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from synthetic_signals import make_signals

from tremorcam.measure.events import Event
from tremorcam.measure.lid_twitches import lid_twitches

STARTS_S = (7.0, 9.5, 12.0, 14.5)
PHASES = pd.DataFrame(
    {
        "smile": [1, 1, 1, 1],
        "phase": ["neutral", "onset", "hold", "offset"],
        "onset_s": [0.0, 4.0, 4.8, 17.0],
        "offset_s": [4.0, 4.8, 17.0, 17.8],
    }
)


def signals(*, depth: float = 0.0, side: str = "left", turn_deg: float = 0.0, lasts_s=0.5):
    """Eyes that narrow by ``depth`` of their aperture with each burst."""
    made = make_signals(blinks_s=(2.0, 16.0))
    time_s = made["time_s"].values
    for start_s in STARTS_S:
        during = (time_s >= start_s) & (time_s < start_s + lasts_s)
        for at, own in enumerate(("left", "right")):
            if side in (own, "both"):
                made["eye_aperture_mm"].values[during, at] *= 1 - depth
        made["head_angle_deg"].values[during, 0] += turn_deg
    return made


def bursts(side: str = "left") -> list[Event]:
    return [
        Event("mouth_burst", side, at, at + 0.5, at + 0.05, 0.8, "mm", "mouth_corner")
        for at in STARTS_S
    ]


def found(made, events) -> list[tuple[str, str]]:
    return [(e.event, e.side) for e in lid_twitches(made, PHASES, [], events)]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_small_twitch_with_each_burst_is_found_at_its_time_and_size(side):
    events = lid_twitches(signals(depth=0.08, side=side), PHASES, [], bursts(side))
    assert [(e.event, e.side) for e in events] == [("lid_twitch", side)] * 4
    assert [e.onset_s for e in events] == pytest.approx(STARTS_S, abs=0.1)
    assert [e.peak for e in events] == pytest.approx([8.0] * 4, abs=1.5)


def test_bursts_without_the_eye_have_none():
    assert found(signals(), bursts()) == []


def test_the_other_eye_or_both_eyes_are_no_companion():
    assert found(signals(depth=0.08, side="right"), bursts("left")) == []
    assert found(signals(depth=0.08, side="both"), bursts("left")) == []


def test_a_twitch_is_found_beside_the_burst_that_it_goes_with_not_at_the_first_of_many():
    swell = Event("mouth_burst", "left", 6.2, 7.6, 6.9, 0.4, "mm", "upper_lip")
    cheek = [replace(burst, event="cheek_burst", region="cheek") for burst in bursts()]
    events = lid_twitches(signals(depth=0.08), PHASES, [], [swell, *cheek, *bursts()])
    assert [e.onset_s for e in events] == pytest.approx(STARTS_S, abs=0.1)


def test_what_one_eye_does_is_not_held_against_the_others_rest():
    before = [
        Event("cheek_burst", "right", at - 0.4, at - 0.05, at - 0.3, 0.3, "mm", "cheek")
        for at in STARTS_S
    ]
    events = [*bursts(), *before]
    assert found(signals(depth=0.08), events) == [("lid_twitch", "left")] * 4


def test_noise_that_hides_each_twitch_does_not_hide_all_of_them():
    made = signals(depth=0.08)
    slow = np.random.default_rng(3).normal(0.0, 1.0, len(made["time_s"]))
    slow = np.convolve(slow, np.ones(15) / np.sqrt(15), "same")
    made["eye_aperture_mm"].values[:, 0] *= 1 + 0.02 * slow
    n_together = len(found(made, bursts()))
    n_alone = sum(len(found(made, [burst])) for burst in bursts())
    assert n_together > n_alone
    assert n_together >= 3


def test_a_narrowing_without_a_burst_is_left_alone():
    assert found(signals(depth=0.08), []) == []


def test_a_turning_head_explains_it():
    assert found(signals(depth=0.08, turn_deg=6.0), bursts()) == []


def test_unknown_apertures_give_nothing():
    made = signals(depth=0.08)
    made["eye_aperture_mm"].values[:] = np.nan
    assert found(made, bursts()) == []
