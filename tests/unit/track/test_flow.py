import numpy as np
import pytest
from scipy import ndimage

from tremorcam.track.flow import disc, levels, measure_flow, normalise, registration_bound

IOD_PX = 100.0
REGIONS = np.array([[120.0, 110.0], [210.0, 190.0]])
REFERENCE = np.array([[80.0, 80.0], [250.0, 90.0], [160.0, 230.0]])


def skin(seed=0, shape=(300, 320)):
    """Smooth random texture with the grey levels of a face."""
    rng = np.random.default_rng(seed)
    texture = ndimage.gaussian_filter(rng.normal(size=shape), 2.0, mode="wrap")
    return 128 + 20 * texture / texture.std()


def shifted(picture, dx, dy):
    return np.real(np.fft.ifft2(ndimage.fourier_shift(np.fft.fft2(picture), (dy, dx))))


def as_bytes(picture, rng=None, noise=0.0):
    noisy = picture + (rng.normal(0, noise, picture.shape) if rng is not None else 0)
    return np.clip(np.round(noisy), 0, 255).astype(np.uint8)


def flow_between(before, after):
    return measure_flow(
        levels(before, IOD_PX),
        levels(after, IOD_PX),
        regions=REGIONS,
        reference=REFERENCE,
        iod_px=IOD_PX,
    )


@pytest.mark.parametrize("shift_px", [(0.1, 0.0), (-0.05, 0.4), (1.37, -2.6), (8.25, 5.5)])
def test_reads_a_known_shift(shift_px):
    flow = flow_between(as_bytes(skin()), as_bytes(shifted(skin(), *shift_px)))
    np.testing.assert_allclose(flow.region, [shift_px] * 2, atol=0.02)
    np.testing.assert_allclose(flow.reference, [shift_px] * 3, atol=0.04)


def test_is_blind_to_a_change_of_light():
    picture = skin()
    flow = flow_between(as_bytes(picture), as_bytes(1.05 * picture + 6))
    assert np.abs(flow.region).max() < 0.01


def test_standard_error_covers_the_error_with_noise():
    rng = np.random.default_rng(1)
    errors, claimed = [], []
    for seed in range(12):
        picture = skin(seed)
        flow = flow_between(as_bytes(picture, rng, 4.0), as_bytes(picture, rng, 4.0))
        errors.append(flow.region)
        claimed.append(flow.region_se)
    assert 0.4 < np.mean(claimed) / np.std(errors) < 2.5


def test_noise_is_near_the_cramer_rao_bound():
    rng = np.random.default_rng(2)
    errors, bounds = [], []
    for seed in range(12):
        picture = skin(seed)
        before, after = as_bytes(picture, rng, 4.0), as_bytes(picture, rng, 4.0)
        flow = flow_between(before, after)
        flat = normalise(after, IOD_PX)
        bounds.append(registration_bound(flat, REGIONS, iod_px=IOD_PX, mismatch=flow.mismatch))
        errors.append(flow.region)
    # A step compares two noisy pictures: its variance is twice that of one position.
    ratio = np.std(errors) / (np.sqrt(2) * np.mean(bounds))
    assert 0.8 < ratio < 2.0


def test_disc_is_even_and_bounded():
    points = disc(200, 3.0)
    radius = np.hypot(*points.T)
    assert radius.max() <= 3.0
    assert np.mean(radius < 1.5) == pytest.approx(0.25, abs=0.02)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=0.05)
