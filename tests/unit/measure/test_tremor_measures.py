"""Symmetry, course and rhythm of tremors that are known."""

import numpy as np
import pytest
from measuring import detected, measured, move, row
from synthetic_signals import make_signals

from tremorcam.measure.coupling import Coupling

LEFT, RIGHT = "mouth_corner_left", "mouth_corner_right"
BOTH_SIDES = {"region": "face", "side": "both"}


def wave(signals, frequency_hz, phase=0.0):
    return np.sin(2 * np.pi * frequency_hz * signals["time_s"].values + phase)


@pytest.mark.parametrize(("left_mm", "right_mm"), [(0.3, 0.1), (0.1, 0.3), (0.2, 0.2)])
def test_asymmetry_is_that_of_the_amplitudes(left_mm, right_mm):
    signals = make_signals(tremor={LEFT: (7, left_mm), RIGHT: (7, right_mm)})
    found = row(measured(signals), "asymmetry_index", **BOTH_SIDES)
    truth = (left_mm - right_mm) / (left_mm + right_mm)
    assert found["value"] == pytest.approx(truth, abs=0.03)
    assert found["ci_low"] < truth < found["ci_high"]


def test_noise_does_not_pull_asymmetry_to_zero():
    """Half as much noise as tremor on either side, in power: without a correction 0.35."""
    indices = []
    for seed in range(5):
        signals = make_signals(
            tremor={LEFT: (7, 0.12), RIGHT: (7, 0.04)}, noise_mm_per_rthz=0.012, seed=seed
        )
        indices.append(row(measured(signals), "asymmetry_index", **BOTH_SIDES)["value"])
    assert np.mean(indices) == pytest.approx(0.5, abs=0.1)


def test_one_side_alone_has_an_index_near_one():
    found = row(measured(make_signals(tremor={LEFT: (8, 0.3)})), "asymmetry_index", **BOTH_SIDES)
    assert found["value"] > 0.9
    assert found["ci_high"] <= 1.0


def test_coherence_and_lag_of_sides_that_move_together():
    signals, lag_s = make_signals(), 0.02
    move(signals, (LEFT,), 0.2 * wave(signals, 6), (0.7, -0.7))
    move(signals, (RIGHT,), 0.2 * wave(signals, 6, -2 * np.pi * 6 * lag_s), (-0.7, -0.7))
    measurement = measured(signals)
    coherence = row(measurement, "coherence", **BOTH_SIDES)
    assert coherence["value"] > 0.95
    assert coherence["detected"] is True
    assert 0 < coherence["noise_floor"] < 0.5
    assert coherence["ci_low"] < coherence["value"] < coherence["ci_high"] <= 1
    lag = row(measurement, "lag", **BOTH_SIDES)
    assert lag["value"] == pytest.approx(lag_s, abs=0.002)
    assert lag["ci_low"] < lag_s < lag["ci_high"]


def test_sides_of_different_frequency_are_not_coherent():
    signals = make_signals(tremor={LEFT: (6.0, 0.2), RIGHT: (6.6, 0.2)})
    measurement = measured(signals)
    coherence = row(measurement, "coherence", **BOTH_SIDES)
    assert coherence["value"] < 0.2
    assert np.isnan(row(measurement, "lag", **BOTH_SIDES)["value"])


def test_spread_counts_the_regions_of_a_side():
    tremor = {LEFT: (7, 0.2), "cheek_left": (7, 0.1), "lower_lip_left": (7, 0.1)}
    measurement = measured(make_signals(tremor=tremor))
    assert row(measurement, "tremor_spread", region="face", side="left")["value"] == 3
    assert row(measurement, "tremor_spread", region="face", side="right")["value"] == 0


def test_growth_over_the_hold():
    signals = make_signals()
    time_s = signals["time_s"].values
    measurement = measured(signals)
    (hold,) = measurement.phases[measurement.phases["phase"] == "hold"].itertuples()
    share = (time_s - hold.onset_s) / (hold.offset_s - hold.onset_s)
    move(signals, (LEFT,), (0.1 + 0.3 * share) * wave(signals, 9))
    measurement = measured(signals)
    growth = row(measurement, "growth_ratio", region="mouth_corner", side="left")
    thirds = [np.linspace(a, a + 1 / 3, 1000) for a in (0, 2 / 3)]
    truth = np.sqrt(np.mean((0.1 + 0.3 * thirds[1]) ** 2) / np.mean((0.1 + 0.3 * thirds[0]) ** 2))
    assert growth["value"] == pytest.approx(truth, rel=0.05)
    assert growth["ci_low"] > 1.5


def test_the_course_follows_the_amplitude():
    signals = make_signals()
    slow = 0.2 + 0.01 * (signals["time_s"].values - 4)
    course = measured(move(signals, (LEFT,), slow * wave(signals, 8))).course
    own = course[(course["region"] == "mouth_corner") & (course["side"] == "left")]
    truth = (0.2 + 0.01 * (own["time_s"] - 4)) / np.sqrt(2)
    assert own["amplitude_rms_mm"].to_numpy() == pytest.approx(truth.to_numpy(), rel=0.12)
    assert own["frequency_hz"].to_numpy() == pytest.approx(8.0, abs=0.3)
    other = course[(course["region"] == "brow") & (course["side"] == "right")]
    assert other["frequency_hz"].isna().mean() > 0.5
    assert (other["noise_rms_mm"] > 0).all()


def test_the_intervals_of_coherence_and_phase_hold_what_they_promise():
    rng, inside, n, draws = np.random.default_rng(5), np.zeros(2), 40, 400
    truth, phase = 0.6, 0.8
    for _ in range(draws):
        unit = rng.standard_normal((2, 2, n)) / np.sqrt(2)
        one, other = unit[:, 0] + 1j * unit[:, 1]
        first = np.exp(1j * phase) * (np.sqrt(truth) * other + np.sqrt(1 - truth) * one)
        cross = (first * other.conj()).sum()
        coherence = abs(cross) ** 2 / (abs(first) ** 2).sum() / (abs(other) ** 2).sum()
        found = Coupling(float(coherence), 0.0, float(np.angle(cross)), float(n))
        for at, (each, true) in enumerate(
            [(found.coherence_interval, truth), (found.phase_interval_rad, phase)]
        ):
            inside[at] += each.low <= true <= each.high
    assert (np.abs(inside / draws - 0.95) < 0.04).all()


def test_recovery_at_the_next_smile():
    signals = make_signals(duration_s=34, smiles=((3, 14), (18, 31)), blinks_s=(2.0,))
    time_s = signals["time_s"].values
    amplitude_mm = np.where(time_s < 16, 0.3, 0.15)
    measurement = measured(move(signals, (LEFT,), amplitude_mm * wave(signals, 9)))
    recovery = row(measurement, "recovery_ratio", smile=2, **BOTH_SIDES)
    assert recovery["value"] == pytest.approx(0.5, rel=0.1)
    assert recovery["ci_low"] < 0.5 < recovery["ci_high"] < 1
    place = {"region": "mouth_corner", "side": "left"}
    first, second = (
        row(measurement, "tremor_amplitude_rms", smile=n, **place)["value"] for n in (1, 2)
    )
    assert (first, second) == pytest.approx((0.3 / np.sqrt(2), 0.15 / np.sqrt(2)), rel=0.03)
    assert row(measurement, "tremor_amplitude_rms", smile=0, **place)["detected"] is True


def test_persistence_tells_a_steady_tremor_from_a_brief_one():
    place = {"region": "mouth_corner", "side": "left"}
    steady = measured(make_signals(tremor={LEFT: (7, 0.2)}))
    assert row(steady, "tremor_persistence", **place)["value"] == 1.0
    signals = make_signals()
    time_s = signals["time_s"].values
    brief = np.where((time_s > 6) & (time_s < 9), 0.2, 0.0) * wave(signals, 7)
    found = row(measured(move(signals, (LEFT,), brief)), "tremor_persistence", **place)
    assert found["value"] <= 0.5


def test_what_the_head_adds_beside_a_tremor_does_not_make_it_less_persistent():
    signals = make_signals(tremor={LEFT: (8, 0.2)})
    signals["head_mm"].values[:, 1] += wave(signals, 5)
    found = measured(move(signals, (LEFT,), 0.4 * wave(signals, 5)))
    assert [veto.cause for veto in found.vetoes] == ["head_motion"]
    place = {"region": "mouth_corner", "side": "left"}
    assert row(found, "tremor_frequency", **place)["value"] == pytest.approx(8, abs=0.05)
    assert row(found, "tremor_persistence", **place)["value"] == 1.0


def test_the_stability_index_tells_a_clock_from_an_irregular_rhythm():
    place = {"region": "mouth_corner", "side": "left"}
    clock = measured(make_signals(tremor={LEFT: (7, 0.3)}, noise_mm_per_rthz=0.001))
    assert row(clock, "tremor_stability_index", **place)["value"] < 0.05
    signals = make_signals(noise_mm_per_rthz=0.001)
    rng = np.random.default_rng(0)
    step_s = np.diff(signals["time_s"].values, prepend=0)
    wander_hz = 0.6 * np.sin(np.cumsum(rng.normal(0, 1.2, len(step_s))))
    angle = 2 * np.pi * np.cumsum((7 + wander_hz) * step_s)
    irregular = measured(move(signals, (LEFT,), 0.3 * np.sin(angle)))
    assert row(irregular, "tremor_stability_index", **place)["value"] > 0.2


def test_too_few_cycles_have_no_stability_index():
    signals = make_signals(duration_s=12, smiles=((3, 10.5),), tremor={LEFT: (6, 0.3)})
    found = row(measured(signals), "tremor_stability_index", region="mouth_corner", side="left")
    assert np.isnan(found["value"])


def test_harmonics_of_a_distorted_wave():
    signals = make_signals(noise_mm_per_rthz=0.001)
    distorted = 0.3 * wave(signals, 4) + 0.1 * wave(signals, 8)
    measurement = measured(move(signals, (LEFT,), distorted))
    place = {"region": "mouth_corner", "side": "left"}
    assert row(measurement, "harmonic_ratio", **place)["value"] == pytest.approx(1 / 9, rel=0.05)
    found = row(measurement, "tremor_sinusoidality", **place)["value"]
    assert found == pytest.approx(0.9, abs=0.01)


def test_bandwidth_tells_a_sinusoid_from_a_band():
    place = {"region": "mouth_corner", "side": "left"}
    sharp = row(measured(make_signals(tremor={LEFT: (7, 0.3)})), "tremor_bandwidth", **place)
    assert sharp["value"] == pytest.approx(sharp["noise_floor"], rel=0.15)
    signals = make_signals(duration_s=34, smiles=((3, 32),))
    rng = np.random.default_rng(2)
    lines = sum(wave(signals, f, rng.uniform(0, 6)) for f in np.arange(6.3, 7.75, 0.05))
    wide = measured(move(signals, (LEFT,), 0.05 * lines))
    assert row(wide, "tremor_bandwidth", **place)["value"] > 2 * sharp["value"]


def test_a_tremor_at_rest_has_rows_of_its_own():
    signals = make_signals(duration_s=26, smiles=((10, 23),))
    measurement = measured(move(signals, (LEFT,), 0.2 * wave(signals, 5)))
    assert detected(measurement, "hold") == detected(measurement, "neutral")
    assert detected(measurement, "neutral") == {("mouth_corner", "left")}


def test_spectra_hold_the_power_of_the_tremor():
    spectra = measured(make_signals(tremor={LEFT: (7, 0.3)})).spectra
    own = spectra[
        (spectra["region"] == "mouth_corner")
        & (spectra["side"] == "left")
        & (spectra["phase"] == "hold")
    ]
    near = (own["frequency_hz"] - 7).abs() <= 1
    power = np.trapezoid(
        (own["psd_mm2_per_hz"] - own["noise_psd_mm2_per_hz"])[near], own["frequency_hz"][near]
    )
    assert power == pytest.approx(0.3**2 / 2, rel=0.05)


def test_smiles_too_short_for_a_spectrum_are_analysed_together():
    smiles = tuple((at_s, at_s + 2.7) for at_s in (2.0, 7.0, 12.0, 17.0))
    measurement = measured(
        make_signals(duration_s=23, smiles=smiles, tremor={LEFT: (7.3, 0.3)}, blinks_s=(1.0,))
    )
    held = measurement.phases.query("phase == 'hold'")
    assert (held["offset_s"] - held["onset_s"]).max() < 2
    assert detected(measurement) == {("mouth_corner", "left")}
    frequency = row(measurement, "tremor_frequency", region="mouth_corner", side="left")
    assert frequency["smile"] == 0
    assert frequency["value"] == pytest.approx(7.3, abs=0.05)


def test_the_stability_index_has_an_interval():
    signals = make_signals(tremor={LEFT: (7.3, 0.3)})
    found = row(measured(signals), "tremor_stability_index", region="mouth_corner", side="left")
    assert 0 < found["ci_low"] < found["value"] < found["ci_high"] < 2 * found["value"]
