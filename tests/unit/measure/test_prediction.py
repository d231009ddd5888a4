"""What bidirectional pictures lose is measured from the others and given back."""

from types import SimpleNamespace

import numpy as np
import pytest
from measuring import measured, move, row, video
from synthetic_signals import make_signals

from tremorcam.measure.confidence import Interval
from tremorcam.measure.frequency import with_mirrored
from tremorcam.measure.prediction import Share

PLACE = {"region": "mouth_corner", "side": "left", "phase": "whole"}
AMPLITUDE_MM = 0.2


def compressed(kept, frequency_hz, *, every=4, noise=0.003, seed=0):
    """All but every fourth picture show a share of the movement."""
    signals = make_signals(
        duration_s=10, smiles=(), blinks_s=(), noise_mm_per_rthz=noise, seed=seed
    )
    n = signals.sizes["frame"]
    bidirectional = np.arange(n) % every != 0
    signals["bidirectional"] = ("frame", bidirectional)
    wave = AMPLITUDE_MM * np.sin(2 * np.pi * frequency_hz * signals["time_s"].values + 1)
    return move(
        signals, ("mouth_corner_left",), wave * np.where(bidirectional, kept, 1.0), (0.6, 0.8)
    )


@pytest.mark.parametrize("kept", [0.5, 0.8])
@pytest.mark.parametrize("frequency_hz", [3.75, 7.5, 9.3])
def test_an_amplitude_is_that_of_the_pictures_predicted_from_one_side(kept, frequency_hz):
    """Also at the rate of those pictures, 7.5 Hz, and half of it."""
    measurement = measured(compressed(kept, frequency_hz))
    found = row(measurement, "tremor_kept", **PLACE)
    assert found["value"] == pytest.approx(kept, abs=0.06)
    assert found["ci_low"] <= kept <= found["ci_high"] + 0.03
    rms = row(measurement, "tremor_amplitude_rms", **PLACE)
    assert rms["value"] == pytest.approx(AMPLITUDE_MM / np.sqrt(2), rel=0.06)
    assert row(measurement, "tremor_frequency", **PLACE)["value"] == pytest.approx(
        frequency_hz, abs=0.03
    )


def test_intervals_hold_the_amplitude_that_was_lost():
    """Where noise leaves the share open, the interval reaches up instead."""
    held = []
    for seed in range(20):
        measurement = measured(compressed(0.7, 8.0, noise=0.02, seed=seed))
        rms = row(measurement, "tremor_amplitude_rms", **PLACE)
        held.append(rms["ci_low"] <= AMPLITUDE_MM / np.sqrt(2) <= rms["ci_high"])
    assert np.mean(held) >= 0.9


@pytest.mark.parametrize("every", [1, 1000])
def test_without_both_kinds_nothing_is_given_back(every):
    signals = compressed(1.0, 7.0, every=every)
    plain = signals.drop_vars("bidirectional")
    for name in ("tremor_amplitude_rms", "tremor_kept"):
        one, other = (row(measured(each), name, **PLACE) for each in (signals, plain))
        assert one["value"] == other["value"]
    assert row(measured(signals), "tremor_kept", **PLACE)["value"] == 1


def test_a_frequency_that_may_be_mirrored_says_so():
    """Pictures between the others that only interpolate them show 10.9 Hz as 3.6."""
    signals = make_signals(duration_s=10, smiles=(), blinks_s=(), noise_mm_per_rthz=0.003, seed=3)
    time_s = signals["time_s"].values
    own = np.arange(len(time_s)) % 4 == 0
    signals["bidirectional"] = ("frame", ~own)
    wave = AMPLITUDE_MM * np.sin(2 * np.pi * 10.9 * time_s)
    move(signals, ("mouth_corner_left",), np.interp(time_s, time_s[own], wave[own]), (0.6, 0.8))
    found = row(measured(signals), "tremor_frequency", **PLACE)
    assert found["value"] < 4.2
    assert found["ci_low"] <= found["value"]
    assert found["ci_high"] >= 10.9


@pytest.mark.parametrize(
    ("kept", "high_hz"),
    [(Share(0.502, 0.4, 0.6), 11.5), (Share(1.0, 0.45, 1.0), 11.5), (Share(0.7, 0.55, 0.8), 3.7)],
)
def test_a_share_that_may_be_half_is_taken_for_it(kept, high_hz):
    """11.1 and 11.4 Hz in every fourth of 30 pictures a second are 3.6 Hz."""
    number = np.arange(300)
    block = SimpleNamespace(time_s=number / 30, bidirectional=number % 4 != 0)
    found = with_mirrored(Interval(3.6, 3.5, 3.7), kept, [block], (3.0, 12.0))
    assert found.value == 3.6
    assert found.high == pytest.approx(high_hz)


@pytest.mark.parametrize(("kept", "frequency_hz"), [(0.8, 3.6), (0.3, 9.3)])
def test_a_frequency_that_is_no_mirror_image_keeps_its_interval(kept, frequency_hz):
    """What is kept well is not interpolated, and what is interpolated is slow."""
    found = row(measured(compressed(kept, frequency_hz)), "tremor_frequency", **PLACE)
    assert found["value"] == pytest.approx(frequency_hz, abs=0.03)
    assert found["ci_high"] - found["ci_low"] < 0.3


def test_the_limit_counts_what_an_encoder_hides():
    """By its whole width in millimetres, and not in a file without loss."""
    signals = make_signals(noise_mm_per_rthz=0.005)
    limits_mm = [
        row(measured(signals, video_info=video(bit_rate_bps=rate)), "detection_limit",
            region="mouth_corner", side="left")["value"]
        for rate in (200e6, 12e6, 0.6e6)
    ]  # fmt: skip
    px = np.diff(limits_mm) / float(signals["mm_per_px"].median()) / (2 * np.sqrt(2))
    assert px == pytest.approx([0.03, 0.02])
