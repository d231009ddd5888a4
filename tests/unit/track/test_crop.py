import numpy as np
import pytest

from tremorcam.track.crop import IOD_PX, Crop

FACE = np.array([[500.0, 200.0], [900.0, 200.0], [700.0, 750.0]])


@pytest.mark.parametrize("iod_px", [90.0, 160.0, 333.0])
def test_points_come_back_from_the_crop(iod_px):
    crop = Crop.around(FACE, iod_px, (1080, 1920))
    np.testing.assert_allclose(crop.to_picture(crop.from_picture(FACE)), FACE, atol=1e-9)


def test_large_faces_are_shrunk_and_small_ones_left():
    large, small = (Crop.around(FACE, iod, (1080, 1920)) for iod in (320.0, 80.0))
    assert large.factor == pytest.approx(IOD_PX / 320, rel=0.01)
    assert small.factor == pytest.approx(1.0)


def test_cut_keeps_positions():
    picture = np.zeros((1080, 1920), np.uint8)
    picture[396:404, 696:704] = 200
    crop = Crop.around(FACE, 320.0, picture.shape)
    small = crop.cut(picture).astype(float)
    y, x = np.indices(small.shape)
    centre = np.array([(x * small).sum(), (y * small).sum()]) / small.sum()
    np.testing.assert_allclose(crop.to_picture(centre), [699.5, 399.5], atol=0.05)


def test_knows_when_the_face_has_moved_away():
    crop = Crop.around(FACE, 160.0, (1080, 1920))
    assert crop.still_fits(FACE, 160.0, (1080, 1920))
    assert not crop.still_fits(FACE + 80, 160.0, (1080, 1920))
    assert not crop.still_fits(FACE, 260.0, (1080, 1920))


def test_stays_inside_the_picture():
    crop = Crop.around(FACE - (600, 150), 160.0, (480, 640))
    assert (crop.x0, crop.y0) == (0, 0)
    assert crop.x1 <= 640
    assert crop.y1 <= 480
