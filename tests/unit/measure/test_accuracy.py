"""Frequency and amplitude against sinusoids known exactly."""

import numpy as np
import pytest
from measuring import detected, measured, move, row, video
from synthetic_signals import make_signals

AMPLITUDE_MM = 0.3


def sine_signals(rate_hz, frequency_hz, *, jitter_s=0.0, noise=1e-4, duration_s=12.0, seed=0):
    """A recording without a smile, whose left mouth corner moves as a sinusoid at true times."""
    signals = make_signals(
        rate_hz=rate_hz, duration_s=duration_s, smiles=(), blinks_s=(), noise_mm_per_rthz=noise
    )
    rng = np.random.default_rng(seed)
    time_s = signals["time_s"].values
    shift_s = rng.normal(0, 1, len(time_s)) * jitter_s
    time_s = time_s + np.clip(shift_s, -0.4 / rate_hz, 0.4 / rate_hz)
    signals = signals.assign_coords(time_s=("frame", time_s - time_s[0]))
    wave = AMPLITUDE_MM * np.sin(2 * np.pi * frequency_hz * signals["time_s"].values + 1)
    return move(signals, ("mouth_corner_left",), wave, (0.6, 0.8))


@pytest.mark.parametrize("rate_hz", [24, 25, 30, 50, 60])
@pytest.mark.parametrize("share", [0.0, 0.35, 1.0])
@pytest.mark.parametrize("jitter_s", [0.0, 0.004])
def test_a_sinusoid_is_read_exactly_at_every_frame_rate(rate_hz, share, jitter_s):
    frequency_hz = 3.0 + share * (min(12.0, 0.4 * rate_hz) - 3.0)
    measurement = measured(sine_signals(rate_hz, frequency_hz, jitter_s=jitter_s))
    place = {"region": "mouth_corner", "side": "left", "phase": "whole"}
    frequency = row(measurement, "tremor_frequency", **place)
    assert frequency["value"] == pytest.approx(frequency_hz, abs=0.02)
    rms = row(measurement, "tremor_amplitude_rms", **place)
    assert rms["value"] == pytest.approx(AMPLITUDE_MM / np.sqrt(2), rel=0.01)
    p2p = row(measurement, "tremor_amplitude_p2p", **place)
    assert p2p["value"] == pytest.approx(2 * AMPLITUDE_MM, rel=0.01)
    assert detected(measurement, "whole") == {("mouth_corner", "left")}


@pytest.mark.parametrize("frequency_hz", [4.0, 11.0])
def test_what_a_known_exposure_hid_is_given_back(frequency_hz):
    """Frames of 25 ms keep 98 % of a movement at 4 Hz, 88 % at 11 Hz."""
    exposure_s = 0.025
    signals = sine_signals(30, frequency_hz, noise=0.003)
    mean = signals["displacement_mm"].values.mean(axis=0)
    kept = np.sinc(exposure_s * frequency_hz)
    blurred = signals.copy(deep=True)
    blurred["displacement_mm"].values[:] = mean + kept * (signals["displacement_mm"].values - mean)
    place = {"region": "mouth_corner", "side": "left", "phase": "whole"}
    sharp, given_back = measured(signals), measured(blurred, exposure_s=exposure_s)
    for name in ("tremor_amplitude_rms", "tremor_amplitude_p2p", "tremor_frequency"):
        expected, found = (row(each, name, **place) for each in (sharp, given_back))
        for column in ("value", "ci_low", "ci_high"):
            assert found[column] == pytest.approx(expected[column], rel=0.003)


def test_what_uncertain_times_hid_is_given_back():
    """Times off by 8 ms keep 86 % of a movement at 11 Hz, in the mean over many frames."""
    jitter_s, found = 0.008, []
    for seed in range(4):
        signals = sine_signals(30, 11.0, noise=0.003, jitter_s=jitter_s, duration_s=24, seed=seed)
        stated = signals.assign_coords(time_s=("frame", np.arange(signals.sizes["frame"]) / 30))
        place = {"region": "mouth_corner", "side": "left", "phase": "whole"}
        rms = row(measured(stated, jitter_s=jitter_s), "tremor_amplitude_rms", **place)
        found.append(rms["value"])
    assert np.mean(found) == pytest.approx(AMPLITUDE_MM / np.sqrt(2), rel=0.04)


def test_intervals_of_amplitudes_reach_up_by_what_an_encoder_takes():
    """0.02 px of 0.5 mm; nothing of a file without loss."""
    signals, place = sine_signals(30, 7.0), {"region": "mouth_corner", "side": "left"}
    compressed, clear = (
        row(measured(signals, video_info=video(bit_rate_bps=bits)), "tremor_amplitude_rms",
            phase="whole", **place)
        for bits in (12e6, 100e6)
    )  # fmt: skip
    assert compressed["value"] == clear["value"]
    assert compressed["ci_low"] == clear["ci_low"]
    assert compressed["ci_high"] - clear["ci_high"] == pytest.approx(0.02 * 0.5)
    # What is left is the tracker's own 3 %, beside hardly any noise.
    assert clear["ci_high"] / clear["value"] - 1 == pytest.approx(1.96 * 0.03, rel=0.05)


def test_the_bound_stands_beside_the_noise():
    signals = sine_signals(30, 7.0)
    keys = signals["channel"].values.tolist()
    signals["bound_mm"] = ("channel", 0.001 * np.arange(1.0, len(keys) + 1))
    found = row(measured(signals), "noise_bound", region="cheek", side="right", phase="whole")
    assert found["value"] == pytest.approx(0.001 * (keys.index("cheek_right") + 1) / np.sqrt(15))


def test_the_direction_of_the_movement_is_told():
    measurement = measured(sine_signals(30, 7.0))
    axis = row(measurement, "tremor_axis", region="mouth_corner", side="left", phase="whole")
    # Right and down in the picture is up to the left: atan2(-0.8, 0.6) modulo 180.
    assert axis["value"] == pytest.approx(180 - np.rad2deg(np.arctan2(0.8, 0.6)), abs=0.5)


def test_repeated_frames_are_no_samples():
    signals = sine_signals(30, 7.0)
    frames = np.sort(np.r_[np.arange(signals.sizes["frame"]), np.arange(5, 360, 9)])
    repeated = signals.isel(frame=frames)
    again = np.r_[False, np.diff(frames) == 0]
    time_s = repeated["time_s"].values + np.where(again, 0.012, 0.0)
    repeated = repeated.assign_coords(time_s=("frame", time_s))
    repeated["duplicate"] = ("frame", again)
    place = {"region": "mouth_corner", "side": "left", "phase": "whole"}
    one, other = measured(signals), measured(repeated)
    for name in ("tremor_frequency", "tremor_amplitude_rms"):
        assert row(other, name, **place)["value"] == row(one, name, **place)["value"]


def test_lost_frames_and_a_gap_change_neither_frequency_nor_amplitude():
    signals = sine_signals(30, 7.0, duration_s=20, noise=0.005)
    rng = np.random.default_rng(1)
    kept = rng.random(signals.sizes["frame"]) > 0.05
    kept[200:206] = False
    signals = signals.isel(frame=np.flatnonzero(kept))
    # What is integrated between frames has no common level on either side of the gap.
    signals["displacement_mm"].values[signals["time_s"].values > 6.7] += 3.0
    place = {"region": "mouth_corner", "side": "left", "phase": "whole"}
    measurement = measured(signals)
    assert row(measurement, "tremor_frequency", **place)["value"] == pytest.approx(7.0, abs=0.02)
    rms = row(measurement, "tremor_amplitude_rms", **place)["value"]
    assert rms == pytest.approx(AMPLITUDE_MM / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize("density", [0.003, 0.02])
def test_the_noise_density_is_the_noise_given(density):
    signals = make_signals(noise_mm_per_rthz=density, duration_s=34, smiles=((4, 32),))
    measurement = measured(signals)
    found = [
        row(measurement, "noise_density", region=region, side=side)
        for region in ("mouth_corner", "cheek", "brow")
        for side in ("left", "right")
    ]
    assert np.mean([each["value"] for each in found]) == pytest.approx(density, rel=0.05)
    assert sum(each["ci_low"] < density < each["ci_high"] for each in found) >= 5


def test_what_is_not_detected_has_a_limit_and_a_floor():
    clear = video(bit_rate_bps=200e6)
    measurement = measured(make_signals(noise_mm_per_rthz=0.005), video_info=clear)
    assert detected(measurement) == set()
    place = {"region": "mouth_corner", "side": "right"}
    limit = row(measurement, "detection_limit", **place)
    assert 0.02 < limit["value"] < 0.05
    assert 0.5 * limit["value"] < limit["ci_low"] < limit["value"] < limit["ci_high"]
    assert limit["ci_high"] < 1.5 * limit["value"]
    rms = row(measurement, "tremor_amplitude_rms", **place)
    assert np.isnan(rms["value"])
    assert rms["detected"] is False
    # Two axes, a band of 2 Hz.
    assert rms["noise_floor"] == pytest.approx(0.005 * 2, rel=0.15)


def test_nothing_is_told_above_four_tenths_of_the_frame_rate():
    measurement = measured(sine_signals(25, 10.8))
    assert detected(measurement, "whole") == set()


def test_the_same_seed_gives_the_same_numbers():
    signals = make_signals(tremor={"mouth_corner_left": (7, 0.1)})
    one, other = measured(signals, seed=3), measured(signals, seed=3)
    assert one.measures.equals(other.measures)
