"""Each eye by itself, on a rendered face of which one eye closes."""

import numpy as np
import pytest

from tremorcam.anatomy import SIDES
from tremorcam.simulate import Camera, Closure, Encoding, Head, Scene, render
from tremorcam.source.video import Video
from tremorcam.track import displacement, geometry
from tremorcam.track.landmarks import FaceLandmarks
from tremorcam.track.mirror import EyesAlone, mirrored
from tremorcam.track.records import Records

SHUT = 0.5
"""Share by which the left eye closes in the last frame."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A face with open eyes, and with the left one half closed; its landmarks in both."""
    path = tmp_path_factory.mktemp("mirror") / "half.mp4"
    scene = Scene(
        duration_s=1.0,
        closures=(Closure("left", 0.5, 5.0, depth=SHUT),),
        camera=Camera(width_px=512, height_px=400, interocular_px=115.0),
        head=Head(sway_mm=0.0, sway_deg=0.0),
        encoding=Encoding(preset="ultrafast"),
    )
    render(scene, path)
    with Video(path) as video:
        frames = [frame.gray for frame in video.frames()]
    with FaceLandmarks(follow=False) as finder:
        return [(gray, finder.find(gray)[0]) for gray in (frames[3], frames[-1])]


@pytest.mark.parametrize("side", SIDES)
def test_one_half_stays_and_the_other_is_its_image(pictures, side):
    gray, face = pictures[1]
    picture = mirrored(gray, face, side)
    other = SIDES[1 - SIDES.index(side)]
    eye = {each: face[geometry.PUPILS[each], :2].round().astype(int) for each in SIDES}
    x, y = eye[side]
    kept = np.s_[y - 10 : y + 10, x - 15 : x + 15]
    assert np.array_equal(picture[kept], gray[kept])
    # The mirror image of a mirrored picture's other half is the picture again.
    again = mirrored(picture, face, other)
    assert np.abs(again[kept].astype(int) - gray[kept]).mean() < 3


def test_an_eye_alone_is_read_without_the_other(pictures):
    reader = EyesAlone()
    open_px, half_px = (
        reader.apertures_px(gray, face, time_s) for time_s, (gray, face) in enumerate(pictures)
    )
    reader.close()
    assert half_px.shape == (2, 2)
    left, right = 1 - half_px.mean(axis=1) / open_px.mean(axis=1)
    together = [geometry.eye_apertures_px(face) for _, face in pictures]
    shared_left, shared_right = 1 - together[1] / together[0]
    assert abs(right) < 0.05
    assert left > 0.4 * SHUT
    assert left - right > 1.5 * (shared_left - shared_right)


def test_what_is_slow_swaps_with_the_picture(pictures):
    with FaceLandmarks(follow=False) as finder:
        gray = pictures[1][0]
        seen, image = (
            geometry.describe(finder.find(np.ascontiguousarray(each))[0])
            for each in (gray, gray[:, ::-1])
        )

    def told(shape, other):
        records = Records()
        at = records.add(0.0, 0.0)
        records.note_face(at, np.nan, np.nan)
        records.shapes[at], records.mirrored[at] = shape, other.of_mirror_image()
        return displacement._from_landmarks(records)

    as_it_is, turned = told(seen, image), told(image, seen)
    assert as_it_is["excursion"] == pytest.approx(turned["excursion"][:, ::-1], rel=1e-12)
    for name in ("span", "ratio"):
        assert as_it_is[name] == pytest.approx(turned[name], rel=1e-12)
    # The face finder by itself does not do that.
    assert not np.allclose(seen.excursion, image.excursion[::-1], rtol=1e-3)
