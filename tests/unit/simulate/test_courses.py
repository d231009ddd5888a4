import numpy as np
import pytest

from tremorcam.simulate import Scene, Smile, Tremor
from tremorcam.simulate.courses import (
    MARGIN_S,
    TABLE_RATE_HZ,
    clonic,
    envelope,
    intervals,
    plateau,
    slow_noise,
    smile_level,
    tremor_wave,
)

TIME_S = np.arange(0, 12, 0.001)
SCENE = Scene(duration_s=12, smiles=(Smile(2.0, 10.0),))


def test_a_plateau_is_level_between_its_slopes():
    level = plateau(TIME_S, 2.0, 6.0, 0.5, 1.0)
    assert level[TIME_S <= 2.0].max() == 0
    assert level[(TIME_S >= 2.5) & (TIME_S <= 5.0)].min() == pytest.approx(1)
    assert level[TIME_S >= 6.0].max() == pytest.approx(0, abs=1e-9)


def test_a_smile_is_full_exactly_during_its_hold():
    smile = Smile(2.0, 10.0, onset_s=0.6, offset_s=0.7)
    level = smile_level(smile, TIME_S)
    assert smile.hold == (2.6, 10.0)
    assert level[(TIME_S >= 2.6) & (TIME_S <= 10.0)].min() == pytest.approx(1)
    assert level[TIME_S > 10.7].max() == pytest.approx(0, abs=1e-9)


def test_growth_is_the_ratio_of_the_ends_and_keeps_the_mean():
    level = envelope(TIME_S, [(2.0, 10.0)], growth=4.0)
    inside = (TIME_S >= 2.0) & (TIME_S <= 10.0)
    assert level[inside].mean() == pytest.approx(1, rel=1e-3)
    assert level[inside][-1] / level[inside][0] == pytest.approx(4, rel=1e-2)


def test_fades_lie_outside_of_the_stretch():
    level = envelope(TIME_S, [(2.0, 10.0)])
    assert level[(TIME_S >= 2.0) & (TIME_S <= 10.0)].min() == pytest.approx(1)
    assert level[(TIME_S < 1.75) | (TIME_S > 10.25)].max() == pytest.approx(0, abs=1e-9)


def test_a_plain_tremor_is_a_sine_of_its_frequency_and_amplitude():
    tremor = Tremor("mouth_corner", "left", 7.3, 0.25)
    wave = tremor_wave(tremor, SCENE, np.random.default_rng(1), TIME_S)
    hold = (TIME_S >= 2.6) & (TIME_S < 9.6)
    basis = np.exp(2j * np.pi * 7.3 * TIME_S[hold])
    amplitude = 2 * np.abs(np.linalg.lstsq(
        np.stack([basis.real, basis.imag], 1), wave[hold], rcond=None
    )[0] @ [1, 1j]) / 2  # fmt: skip
    assert amplitude == pytest.approx(0.25, rel=1e-6)
    assert wave[(TIME_S < 2.3)].max() == pytest.approx(0, abs=1e-9)


def test_wandering_tremor_keeps_its_mean_frequency_and_spreads_as_asked():
    tremor = Tremor("chin", "both", 6.0, 1.0, when="always", frequency_sd_hz=0.3)
    scene = Scene(duration_s=200)
    time_s = np.arange(0, 200, 0.001)
    wave = tremor_wave(tremor, scene, np.random.default_rng(2), time_s)
    rising = np.flatnonzero((wave[:-1] < 0) & (wave[1:] >= 0))
    rates_hz = 1 / np.diff(time_s[rising])
    assert rates_hz.mean() == pytest.approx(6.0, abs=0.1)
    assert rates_hz.std() == pytest.approx(0.3, rel=0.25)


def test_slow_noise_has_unit_variance_and_covers_the_margins():
    table = slow_noise(np.random.default_rng(3), 400.0, 0.3)
    assert len(table) == (400 + 2 * MARGIN_S) * TABLE_RATE_HZ + 1
    assert table.std() == pytest.approx(1, rel=0.1)


def test_clonic_beats_between_full_and_relaxed():
    beat = clonic(TIME_S, 1.0, 8.0, 0.6)
    assert beat.max() == pytest.approx(1)
    assert beat.min() == pytest.approx(0.4, abs=1e-3)
    assert np.all(clonic(TIME_S, 1.0, 0.0, 0.6) == 1)


def test_when_names_stretches_of_time():
    assert intervals(SCENE, "hold") == ((2.6, 10.0),)
    assert intervals(SCENE, "smile") == ((2.0, 10.7),)
    assert intervals(SCENE, ((1.0, 2.0),)) == ((1.0, 2.0),)
    assert intervals(SCENE, "always")[0][0] < 0
