"""Peaks that are not the face's own are named, and only those."""

import numpy as np
import pytest
from measuring import detected, measured, move, video
from synthetic_signals import make_signals

from tremorcam.measure.blocks import REGION_SERIES
from tremorcam.measure.confidence import Interval
from tremorcam.measure.peaks import is_told

FACE = tuple(key for key in REGION_SERIES if not key.endswith("_both") or key == "chin_both")


@pytest.fixture
def signals():
    return make_signals()


def sine(signals, frequency_hz, amplitude_mm, phase=0.0):
    return amplitude_mm * np.sin(2 * np.pi * frequency_hz * signals["time_s"].values + phase)


def causes(measurement):
    return {(veto.cause, round(veto.frequency_hz)) for veto in measurement.vetoes}


def test_head_tremor_that_leaks_is_named_and_not_reported(signals):
    signals["head_mm"].values[:, 1] += sine(signals, 5, 1.0)
    measurement = measured(move(signals, REGION_SERIES, sine(signals, 5, 0.05)))
    assert detected(measurement) == set()
    assert causes(measurement) == {("head_motion", 5)}
    assert "head" in measurement.vetoes[0].explanation


def test_a_turning_head_is_named(signals):
    """A face 80 mm before the axis shifts; its mouth, 10 mm nearer to it, shifts less."""
    turn = sine(signals, 4, 1 / 80)
    signals["head_angle_deg"].values[:, 0] += np.rad2deg(turn)
    signals["head_mm"].values[:, 0] += 80 * turn
    measurement = measured(move(signals, FACE, -10 * turn, axis=(1, 0)))
    assert detected(measurement) == set()
    assert causes(measurement) == {("head_motion", 4)}


def test_a_mouth_that_tilts_the_landmarks_is_no_turning_head(signals):
    """As seen on rendered faces: 0.3 mm at one corner, 0.1 degrees of false pitch."""
    signals["head_angle_deg"].values[:, 1] += sine(signals, 7, 0.1)
    measurement = measured(move(signals, ("mouth_corner_left",), sine(signals, 7, 0.3)))
    assert detected(measurement) == {("mouth_corner", "left")}
    assert measurement.vetoes == ()


def test_a_peak_that_the_nose_bridge_shares_is_the_heads(signals):
    keys = ("mouth_corner_left", "mouth_corner_right", "nose_bridge_both")
    measurement = measured(move(signals, keys, sine(signals, 6, 0.2)))
    assert detected(measurement) == set()
    assert causes(measurement) == {("head_motion", 6)}


def test_a_tremor_beside_a_head_tremor_is_still_found(signals):
    signals["head_mm"].values[:, 1] += sine(signals, 5, 1.0)
    move(signals, REGION_SERIES, sine(signals, 5, 0.05))
    move(signals, ("mouth_corner_left",), sine(signals, 8, 0.2))
    measurement = measured(signals)
    assert detected(measurement) == {("mouth_corner", "left")}
    assert causes(measurement) == {("head_motion", 5)}


def test_a_strong_tremor_that_leaks_into_the_nose_bridge_is_no_head_motion(signals):
    move(signals, ("mouth_corner_left",), sine(signals, 6, 0.6))
    move(signals, ("nose_bridge_both", "upper_lip_left"), sine(signals, 6, 0.03))
    measurement = measured(signals)
    assert detected(measurement) == {("mouth_corner", "left")}
    assert measurement.vetoes == ()


def test_cross_talk_to_the_other_side_is_no_tremor_of_its_own(signals):
    move(signals, ("mouth_corner_left",), sine(signals, 7, 0.8))
    move(signals, ("mouth_corner_right",), sine(signals, 7, 0.03))
    assert detected(measured(signals)) == {("mouth_corner", "left")}


def test_what_an_encoder_scatters_at_the_same_frequency_is_no_tremor_of_its_own(signals):
    """Twenty times smaller and not in step: as at a brow, beside a mouth that moves."""
    move(signals, ("mouth_corner_left",), sine(signals, 7, 0.8))
    wander = np.cumsum(np.random.default_rng(2).normal(0, 0.25, signals.sizes["frame"]))
    move(signals, ("brow_left",), 0.03 * np.sin(2 * np.pi * 6.95 * signals["time_s"] + wander))
    assert detected(measured(signals)) == {("mouth_corner", "left")}


def test_a_small_tremor_of_another_frequency_is_its_own(signals):
    move(signals, ("mouth_corner_left",), sine(signals, 7, 0.8))
    move(signals, ("mouth_corner_right",), sine(signals, 9, 0.04))
    sides = {("mouth_corner", "left"), ("mouth_corner", "right")}
    assert detected(measured(signals)) == sides


def test_flicker_is_named_and_lowers_the_quality(signals):
    signals["brightness"].values += 128 * sine(signals, 10, 0.01)[:, None]
    measurement = measured(move(signals, FACE, sine(signals, 10, 0.05)))
    assert detected(measurement) == set()
    assert causes(measurement) == {("flicker", 10)}
    assert measurement.quality.has("flicker")


def test_flicker_that_moves_patches_in_step_with_nothing_is_named(signals):
    """As behind a rolling shutter: bands of light pass, and every patch answers another way."""
    signals["brightness"].values += 128 * sine(signals, 10, 0.02)[:, None]
    wander = np.cumsum(np.random.default_rng(1).normal(0, 0.25, signals.sizes["frame"]))
    wave = 0.06 * np.sin(2 * np.pi * 10 * signals["time_s"].values + wander)
    measurement = measured(move(signals, ("brow_left",), wave))
    assert detected(measurement) == set()
    assert {veto.cause for veto in measurement.vetoes} == {"flicker"}


def test_weak_flicker_explains_what_is_tiny_beside_it_in_any_step(signals):
    """0.1 % RMS of it, as where an encoder redraws some pictures more than others."""
    signals["brightness"].values += 128 * sine(signals, 10, 0.002)[:, None]
    wander = np.cumsum(np.random.default_rng(1).normal(0, 0.25, signals.sizes["frame"]))
    wave = 0.03 * np.sin(2 * np.pi * 10 * signals["time_s"].values + wander)
    measurement = measured(move(signals, ("cheek_left",), wave))
    assert detected(measurement) == set()
    assert {veto.cause for veto in measurement.vetoes} == {"flicker"}


def test_weak_flicker_does_not_hide_a_tremor_it_could_not_have_made(signals):
    signals["brightness"].values += 128 * sine(signals, 10, 0.002)[:, None]
    measurement = measured(move(signals, ("cheek_left",), sine(signals, 10.1, 0.2)))
    assert detected(measurement) == {("cheek", "left")}


def test_frames_that_an_encoder_leaves_brighter_are_no_flicker(signals):
    """Of every four frames one is drawn anew: 7.5 times a second, near a true tremor of 7.6 Hz."""
    number = np.arange(signals.sizes["frame"])
    signals["bidirectional"] = ("frame", number % 4 != 0)
    signals["brightness"].values *= 1 + 0.004 * (number % 4 != 0)[:, None]
    measurement = measured(move(signals, ("mouth_corner_left",), sine(signals, 7.6, 0.05)))
    assert detected(measurement) == {("mouth_corner", "left")}
    assert measurement.vetoes == ()


def test_bands_of_light_that_cancel_in_the_middle_of_the_face_are_seen(signals):
    """A rolling shutter shows the rows of the picture at different moments of a flicker."""
    upper = REGION_SERIES.index("forehead_both")
    lower = [REGION_SERIES.index(key) for key in ("nose_bridge_both", "brow_left", "brow_right")]
    signals["brightness"].values[:, upper] += 128 * sine(signals, 10, 0.004)
    for at, phase in zip(lower, (np.pi, 2, -2), strict=True):
        signals["brightness"].values[:, at] += 128 * sine(signals, 10, 0.004, phase)
    measurement = measured(move(signals, ("cheek_left",), sine(signals, 10, 0.05)))
    assert detected(measurement) == set()
    assert causes(measurement) == {("flicker", 10)}


def test_what_a_large_head_tremor_leaves_is_its_own_in_any_step(signals):
    signals["head_mm"].values[:, 1] += sine(signals, 5, 1.4)
    wander = np.cumsum(np.random.default_rng(2).normal(0, 0.25, signals.sizes["frame"]))
    move(signals, ("mouth_corner_left",), 0.05 * np.sin(10 * np.pi * signals["time_s"] + wander))
    measurement = measured(signals)
    assert detected(measurement) == set()
    assert causes(measurement) == {("head_motion", 5)}


def test_a_head_that_trembles_in_uneven_light_is_no_flicker(signals):
    signals["brightness"].values += 128 * sine(signals, 5, 0.01)[:, None]
    signals["head_mm"].values[:, 1] += sine(signals, 5, 1.0)
    measurement = measured(move(signals, REGION_SERIES, sine(signals, 5, 0.05)))
    assert detected(measurement) == set()
    assert causes(measurement) == {("head_motion", 5)}


def test_a_tremor_beside_flicker_of_another_frequency_is_reported(signals):
    signals["brightness"].values += 128 * sine(signals, 10, 0.01)[:, None]
    move(signals, ("mouth_corner_left",), sine(signals, 8, 0.2))
    measurement = measured(signals)
    assert detected(measurement) == {("mouth_corner", "left")}
    assert measurement.vetoes == ()


def test_a_regions_own_brightness_does_not_make_flicker(signals):
    """Skin that moves under a patch changes its brightness."""
    at = REGION_SERIES.index("mouth_corner_left")
    signals["brightness"].values[:, at] += sine(signals, 8, 2.0)
    move(signals, ("mouth_corner_left",), sine(signals, 8, 0.2))
    assert detected(measured(signals)) == {("mouth_corner", "left")}


def test_camera_shake_is_named_before_the_head(signals):
    signals["background_px"].values[:, 1] += sine(signals, 7, 1.0)
    signals["head_mm"].values[:, 1] += sine(signals, 7, 0.5)
    measurement = measured(move(signals, REGION_SERIES, sine(signals, 7, 0.04)))
    assert detected(measurement) == set()
    assert causes(measurement) == {("camera_shake", 7)}
    assert measurement.quality.has("camera_shake")


def test_key_frame_pulsing_is_named(signals):
    every_s = 0.4
    saw = 0.1 * ((signals["time_s"].values % every_s) / every_s - 0.5)
    measurement = measured(
        move(signals, REGION_SERIES, saw), video_info=video(key_frame_interval_s=every_s)
    )
    assert detected(measurement) == set()
    assert {veto.cause for veto in measurement.vetoes} == {"codec"}


def test_a_harmonic_of_the_key_frame_rate_alone_proves_nothing(signals):
    move(signals, ("mouth_corner_left",), sine(signals, 7.5, 0.2))
    measurement = measured(signals, video_info=video(key_frame_interval_s=0.4))
    assert detected(measurement) == {("mouth_corner", "left")}


def test_what_is_there_only_while_the_eyes_blink_is_named():
    at_s = tuple(np.arange(5, 17, 1.5))
    signals = make_signals(blinks_s=at_s)
    time_s = signals["time_s"].values
    ripple = sum(
        np.exp(-0.5 * ((time_s - at) / 0.13) ** 2) * np.sin(2 * np.pi * 6 * (time_s - at))
        for at in at_s
    )
    measurement = measured(move(signals, ("cheek_left", "cheek_right"), 0.045 * ripple))
    assert detected(measurement) == set()
    assert {veto.cause for veto in measurement.vetoes} == {"blink"}


def test_talking_is_named():
    signals = make_signals(seed=4)
    rng = np.random.default_rng(4)
    time_s = signals["time_s"].values
    syllables = sum(
        np.sin(2 * np.pi * f * time_s + rng.uniform(0, 6)) for f in np.arange(4.2, 5.4, 0.1)
    )
    opening = np.sin(2 * np.pi * 1.1 * time_s) + np.sin(2 * np.pi * 0.8 * time_s)
    keys = ("lower_lip_left", "lower_lip_right", "chin_both")
    measurement = measured(move(signals, keys, 0.35 * syllables + opening))
    assert detected(measurement) == set()
    assert {veto.cause for veto in measurement.vetoes} == {"speech"}


@pytest.mark.parametrize("shape", ["step", "ramp", "twitches"])
def test_what_is_no_rhythm_is_no_tremor(shape):
    signals = make_signals()
    time_s = signals["time_s"].values
    rng = np.random.default_rng(0)
    at_s = rng.uniform(5.5, 16, 12)
    wave = {
        "step": 2.0 / (1 + np.exp(-(time_s - 10) / 0.05)),
        "ramp": np.clip(time_s - 8, 0, 4),
        "twitches": sum(0.8 * np.exp(-0.5 * ((time_s - at) / 0.05) ** 2) for at in at_s),
    }[shape]
    assert detected(measured(move(signals, ("mouth_corner_left",), wave))) == set()


def test_a_tremor_among_twitches_keeps_its_frequency_and_size():
    signals = make_signals(tremor={"mouth_corner_left": (9, 0.2)})
    time_s = signals["time_s"].values
    for at in (6.1, 8.4, 11.0, 14.2):
        move(signals, ("mouth_corner_left",), 2 * np.exp(-0.5 * ((time_s - at) / 0.06) ** 2))
    table = measured(signals).measures
    found = table[(table["region"] == "mouth_corner") & (table["side"] == "left")]
    found = found[found["phase"] == "hold"].set_index("measure")["value"]
    assert found["tremor_frequency"] == pytest.approx(9.0, abs=0.05)
    assert found["tremor_amplitude_rms"] == pytest.approx(0.2 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize(
    ("frequency_hz", "told"),
    [(Interval(3.8, -3.5, 11.1), False), (Interval(4.1, 3.4, 11.6), True)],
    ids=["none", "one or its mirror image"],
)
def test_what_has_no_frequency_is_no_rhythm(frequency_hz, told):
    assert is_told(frequency_hz) is told
