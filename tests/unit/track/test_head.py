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
    assert weight[:4].max() < 0.01 < 0.3 < weight[4:].min()
    np.testing.assert_allclose(fit.at(points)[4:], motion[4:], atol=0.05)
    assert fit.scale == pytest.approx(scale, abs=5e-4)
    assert fit.rotation == pytest.approx(rotation, abs=5e-4)


def halves(true, noise, seed=0):
    rng = np.random.default_rng(seed)
    first, second = (true + rng.normal(0, noise, len(true)) for _ in range(2))
    return first, second, (first + second) / 2


def test_noise_that_the_halves_do_not_share_is_dropped():
    slow = 1e-3 * np.sin(2 * np.pi * 0.5 * np.arange(600) / RATE_HZ)
    first, second, whole = halves(slow, 1e-3)
    kept = trusted_part(first, second, whole, rate_hz=RATE_HZ)
    fast_before = np.std(np.diff(whole))
    assert np.std(np.diff(kept)) < 0.35 * fast_before
    assert np.std(kept - slow) < 0.5 * np.std(whole - slow)


def test_a_head_that_shakes_is_kept():
    time_s = np.arange(600) / RATE_HZ
    shake = 3e-3 * np.sin(2 * np.pi * 5 * time_s)
    first, second, whole = halves(shake, 1e-3)
    kept = trusted_part(first, second, whole, rate_hz=RATE_HZ)
    wave = np.exp(-2j * np.pi * 5 * time_s)
    assert abs((kept * wave).mean()) == pytest.approx(abs((shake * wave).mean()), rel=0.08)


def test_too_short_a_stretch_is_left_alone():
    whole = np.random.default_rng(0).normal(size=20)
    assert trusted_part(whole, whole, whole, rate_hz=RATE_HZ) is whole
