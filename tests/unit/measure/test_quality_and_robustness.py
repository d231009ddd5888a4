"""What limits a recording is named; nothing, however broken, raises."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from measuring import detected, measured, timing, video
from synthetic_signals import make_signals

from tremorcam import dictionary
from tremorcam.data import (
    COURSE_COLUMNS,
    EVENT_COLUMNS,
    MEASURE_COLUMNS,
    PHASE_COLUMNS,
    SPECTRUM_COLUMNS,
    Analysis,
    Timing,
)
from tremorcam.measure import measure
from tremorcam.measure.quality import analysis_band_hz


def codes(measurement):
    return {reason.code for reason in measurement.quality.reasons}


def test_a_good_recording_has_nothing_against_it():
    quality = measured(make_signals()).quality
    assert (quality.status, quality.reasons) == ("ok", ())


@pytest.mark.parametrize(
    ("rate_hz", "band_hz"),
    [
        (12.0, None),
        (19.9, None),
        (22.0, (3.0, 6.0)),
        (24.0, (3.0, 9.6)),
        (25.0, (3.0, 10.0)),
        (30.0, (3.0, 12.0)),
        (60.0, (3.0, 12.0)),
        (float("nan"), None),
    ],
)
def test_the_band_follows_from_the_frame_rate(rate_hz, band_hz):
    assert analysis_band_hz(rate_hz) == (None if band_hz is None else pytest.approx(band_hz))


@pytest.mark.parametrize("rate_hz", [12, 18])
def test_slow_video_gives_no_frequency_and_says_why(rate_hz):
    signals = make_signals(rate_hz=rate_hz, tremor={"mouth_corner_left": (5, 0.5)})
    measurement = measured(signals)
    assert codes(measurement) == {"low_frame_rate"}
    assert measurement.quality.status == "limited"
    rows = measurement.measures[measurement.measures["measure"] == "tremor_frequency"]
    assert rows["value"].isna().all()
    assert rows["detected"].isna().all()
    assert measurement.spectra.empty


def test_below_25_pictures_a_second_fast_tremor_is_refused():
    slow = measured(make_signals(rate_hz=22, tremor={"mouth_corner_left": (5, 0.3)}))
    assert detected(slow) == {("mouth_corner", "left")}
    assert codes(slow) == {"low_frame_rate"}
    fast = measured(make_signals(rate_hz=22, tremor={"mouth_corner_left": (7.5, 0.3)}))
    assert detected(fast) == set()


def shake(signals, size_px, *, face=True):
    """Move the background from picture to picture, and the face with it as a camera does."""
    steps_px = np.random.default_rng(5).normal(0, size_px, (len(signals["time_s"]), 2))
    signals["background_px"].values[:] += steps_px
    if face:
        signals["head_mm"].values[:] += steps_px * signals["mm_per_px"].values[:, None]


CASES = {
    "several_faces": lambda s: s.attrs.update(n_faces=2),
    "face_too_small": lambda s: s.attrs.update(face_width_px=90.0),
    "face_lost": lambda s: s["face_found"].values.__setitem__(slice(0, 60), False),
    "too_dark": lambda s: s["brightness"].values.__imul__(0.2),
    "head_turned": lambda s: s["head_angle_deg"].values.__iadd__(35.0),
    "head_motion": lambda s: s["head_residual_mm"].values.__iadd__(0.5),
    "low_texture": lambda s: s["displacement_se_mm"].values.__iadd__(0.3),
    "camera_shake": lambda s: shake(s, 3.0),
}


@pytest.mark.parametrize("code", CASES)
def test_a_fault_of_the_picture_is_named(code):
    signals = make_signals()
    CASES[code](signals)
    found = [r for r in measured(signals).quality.reasons if r.code == code]
    assert len(found) == 1
    assert found[0].message
    assert np.isfinite(found[0].value)


def test_a_background_that_moves_without_the_face_is_no_shake():
    signals = make_signals()
    shake(signals, 3.0, face=False)
    assert "camera_shake" not in codes(measured(signals))


def test_a_background_that_was_hardly_seen_tells_of_no_shake():
    signals = make_signals()
    shake(signals, 3.0)
    signals["background_px"].values[20:] = np.nan
    assert "camera_shake" not in codes(measured(signals))


def test_a_fault_of_the_file_is_named():
    signals = make_signals()
    hard = measured(signals, video_info=video(bit_rate_bps=4e5))
    assert "over_compressed" in codes(hard)
    audit = timing(signals)
    for code, changes in (
        ("duplicate_frames", {"n_duplicates": 60}),
        ("irregular_timing", {"interval_sd_s": 0.012}),
        ("irregular_timing", {"n_corrected_times": 3}),
    ):
        measurement = measure(signals, dataclasses.replace(audit, **changes), video())
        assert code in codes(measurement)


def test_a_short_hold_is_named():
    measurement = measured(make_signals(duration_s=9, smiles=((2, 6),), blinks_s=()))
    assert codes(measurement) == {"too_short"}
    assert measurement.quality.status == "limited"


def blank(signals):
    for variable in signals.data_vars.values():
        variable.values[...] = False if variable.dtype == bool else np.nan


def set_to(name, value, where=...):
    return lambda signals: signals[name].values.__setitem__(where, value)


def references_gone(signals):
    for name in ("background_px", "brightness", "mm_per_px", "head_mm", "head_angle_deg"):
        signals[name].values[...] = np.nan


def half_gone(signals):
    lost = np.random.default_rng(0).random(signals.sizes["frame"]) < 0.5
    for name in ("displacement_mm", "eye_aperture_mm", "smile_excursion_mm", "head_mm"):
        signals[name].values[lost] = np.nan
    signals["face_found"].values[lost] = False


BROKEN: dict[str, Callable[[xr.Dataset], object]] = {
    "nothing known": blank,
    "no displacement": set_to("displacement_mm", np.nan),
    "no movement at all": set_to("displacement_mm", 0.0),
    "one axis only": set_to("displacement_mm", 0.0, (slice(None), slice(None), 0)),
    "one region unknown": set_to("displacement_mm", np.nan, (slice(None), 3)),
    "a long gap": set_to("displacement_mm", np.nan, slice(250, 400)),
    "a spike": set_to("displacement_mm", 1e9, (100, 0)),
    "no lids": set_to("eye_aperture_mm", np.nan),
    "one eye": set_to("eye_aperture_mm", np.nan, (slice(None), 0)),
    "eyes shut throughout": set_to("eye_aperture_mm", 0.0),
    "no mouth corners": set_to("smile_excursion_mm", np.nan),
    "one mouth corner": set_to("smile_excursion_mm", np.nan, (slice(None), 1)),
    "darkness": set_to("brightness", 0.0),
    "no references": references_gone,
    "half of it gone": half_gone,
    "all repeats": set_to("duplicate", True),
    "no attributes": lambda signals: signals.attrs.clear(),
}


def check_tables(measurement, signals):
    for table, columns in (
        (measurement.phases, PHASE_COLUMNS),
        (measurement.measures, MEASURE_COLUMNS),
        (measurement.spectra, SPECTRUM_COLUMNS),
        (measurement.events, EVENT_COLUMNS),
        (measurement.course, COURSE_COLUMNS),
    ):
        assert set(columns) <= set(table.columns)
    known = dictionary.measures()
    for each in measurement.measures.itertuples():
        assert each.unit == known[each.measure].unit
    assert not measurement.measures.duplicated(
        ["region", "side", "phase", "measure", "smile"]
    ).any()
    assert set(measurement.events["event"]) <= set(dictionary.events())
    assert codes(measurement) <= set(dictionary.reasons())
    bounds = measurement.measures.dropna(subset=["value", "ci_low", "ci_high"])
    assert (bounds["ci_low"] <= bounds["value"] + 1e-12).all()
    assert (bounds["value"] <= bounds["ci_high"] + 1e-12).all()
    Analysis(
        video=video(), timing=timing(signals), signals=signals, phases=measurement.phases,
        measures=measurement.measures, spectra=measurement.spectra, events=measurement.events,
        course=measurement.course, quality=measurement.quality,
    )  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_signals_are_measured_as_far_as_they_go(fault):
    signals = make_signals()
    BROKEN[fault](signals)
    measurement = measured(signals)
    check_tables(measurement, signals)
    assert detected(measurement) | detected(measurement, "whole") == set()


@pytest.mark.parametrize("n_frames", [0, 1, 2, 3, 5, 20, 61, 90])
def test_clips_of_few_frames_are_measured_and_marked(n_frames):
    signals = make_signals().isel(frame=slice(0, n_frames))
    measurement = measured(signals)
    check_tables(measurement, signals)
    assert measurement.quality.status == ("limited" if n_frames > 60 else "unusable")


def test_an_empty_recording_with_an_empty_audit_is_unusable():
    signals = make_signals().isel(frame=slice(0, 0))
    nan = float("nan")
    measurement = measure(signals, Timing(0, 0, 0.0, nan, nan, nan, 0), video())
    assert measurement.quality.status == "unusable"
    assert measurement.quality.has("no_face")


def test_every_measure_in_the_dictionary_is_given():
    """With two smiles, a tremor and bursts there is a row of every kind."""
    signals = make_signals(
        duration_s=36, smiles=((4, 16), (20, 33)), tremor={"mouth_corner_left": (5, 0.3)}
    )
    given = set(measured(signals).measures["measure"])
    assert given == set(dictionary.measures())


def test_a_picture_that_stands_still_is_unusable_and_no_face_without_tremor():
    signals = make_signals()
    assert not measured(signals).quality.has("frozen")
    signals["brightness"].values[150:] = signals["brightness"].values[150]
    measurement = measured(signals)
    assert measurement.quality.has("frozen")
    assert measurement.quality.status == "unusable"
