import numpy as np
import pytest

from tremorcam.track.head import fit_similarity, trusted_part

RATE_HZ = 30.0


def test_recovers_a_similarity_among_outliers():
    rng = np.random.default_rng(0)
    points = np.array([640.0, 300.0]) + rng.uniform(-100, 100, (26, 2))
    centre, scale, rotation, shift = points.mean(axis=0), 0.01, -0.02, np.array([1.5, -0.7])
    arm = points - centre
    motion = shift + scale * arm + rotation * np.stack([-arm[:, 1], arm[:, 0]], axis=1)
    motion[:4] += 15.0
    fit, weight = fit_similarity(points, motion)
    assert weight[:4].max() < 0.01
    assert weight[4:].min() > 0.3
    np.testing.assert_allclose(fit.at(points)[4:], motion[4:], atol=0.05)
    assert fit.scale == pytest.approx(scale, abs=5e-4)
    assert fit.rotation == pytest.approx(rotation, abs=5e-4)


def two_views(true, noise, seed=0):
    rng = np.random.default_rng(seed)
    return [true + rng.normal(0, noise, len(true)) for _ in range(2)]


def amplitude_at(values, frequency_hz):
    time_s = np.arange(len(values)) / RATE_HZ
    return 2 * abs((values * np.exp(-2j * np.pi * frequency_hz * time_s)).mean())


def test_noise_that_the_lower_face_does_not_confirm_is_dropped():
    slow = 1e-3 * np.sin(2 * np.pi * 0.5 * np.arange(600) / RATE_HZ)
    measured, witness = two_views(slow, 1e-3)
    kept = trusted_part(measured, witness, rate_hz=RATE_HZ)
    assert np.std(np.diff(kept)) < 0.35 * np.std(np.diff(measured))
    assert np.std(kept - slow) < 0.5 * np.std(measured - slow)


def test_a_head_that_shakes_is_kept():
    shake = 3e-3 * np.sin(2 * np.pi * 5 * np.arange(600) / RATE_HZ)
    measured, witness = two_views(shake, 1e-3)
    kept = trusted_part(measured, witness, rate_hz=RATE_HZ)
    assert amplitude_at(kept, 5) == pytest.approx(3e-3, rel=0.08)


def test_a_face_that_trembles_does_not_move_the_head():
    measured, witness = two_views(np.zeros(600), 1e-3)
    witness = witness + 2e-2 * np.sin(2 * np.pi * 7 * np.arange(600) / RATE_HZ)
    kept = trusted_part(measured, witness, rate_hz=RATE_HZ)
    assert amplitude_at(kept, 7) < 2e-4


def test_too_short_a_stretch_is_left_alone():
    change = np.random.default_rng(0).normal(size=20)
    assert trusted_part(change, change, rate_hz=RATE_HZ) is change
