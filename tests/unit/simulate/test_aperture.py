from dataclasses import replace

import mediapipe as mp
import numpy as np
import pytest
from mediapipe.tasks.python import BaseOptions, vision

from tremorcam.anatomy import EYELIDS, SIDES
from tremorcam.simulate import Closure, Scene, Smile
from tremorcam.simulate.aperture import eye_slit, lip_slit
from tremorcam.simulate.colour import join
from tremorcam.simulate.fields import Grid
from tremorcam.simulate.render import Painter
from tremorcam.track.model import load_model


@pytest.fixture(scope="module")
def landmarker():
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=load_model()),
        running_mode=vision.RunningMode.IMAGE,
    )
    with vision.FaceLandmarker.create_from_options(options) as found:
        yield found


def apertures_px(landmarker, scene, portrait):
    """Lid distances, left and right, as the landmarker sees them half a second in."""
    luma, chroma = Painter(scene, portrait, np.array([0.5])).paint(0)
    size = (scene.camera.width_px, scene.camera.height_px)
    picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=join((luma, *chroma), size))
    face = landmarker.detect(picture).face_landmarks[0]
    points = np.array([(p.x, p.y) for p in face]) * size
    return np.array([
        np.mean([np.hypot(*(points[a] - points[b])) for a, b in EYELIDS[side]]) for side in SIDES
    ])  # fmt: skip


@pytest.fixture
def scene(small, still):
    return Scene(duration_s=1.0, smiles=(Smile(-5, 50),), camera=small, head=still)


def closed(scene, side):
    return replace(scene, closures=(Closure(side, 0.0, 1.0),))


def test_the_landmarker_sees_both_eyes_close(landmarker, scene, portrait):
    before = apertures_px(landmarker, scene, portrait)
    after = apertures_px(landmarker, closed(scene, "both"), portrait)
    assert np.all(1 - after / before > 0.7)


@pytest.mark.parametrize("side", SIDES)
def test_the_landmarker_sees_one_eye_close(landmarker, scene, portrait, side):
    own = SIDES.index(side)
    before = apertures_px(landmarker, scene, portrait)
    share = 1 - apertures_px(landmarker, closed(scene, side), portrait) / before
    assert share[own] > 0.4
    assert share[1 - own] < 0.25


def test_a_closed_lid_shows_nothing_of_the_eye(portrait):
    grid, slit = Grid.around(portrait), eye_slit(portrait, "left")
    origin = grid.nodes_px.copy()
    lid = np.concatenate([origin, np.full_like(origin[..., :1], -1)], axis=-1)
    slit.cover(grid, origin, lid, 1.0)
    seen = np.where(lid[..., 2:] > 0, lid[..., :2], origin) - slit.origin_px
    along, across = seen @ slit.axis, seen @ np.array([-slit.axis[1], slit.axis[0]])
    upper = np.interp(along, slit.along_px, slit.upper_px)
    lower = np.interp(along, slit.along_px, slit.lower_px)
    middle = np.abs(along) < 0.8 * slit.along_px[-1]
    assert not np.any(middle & (across > upper + 0.5) & (across < lower - 0.5))


def test_a_slit_that_stays_open_moves_nothing(portrait):
    grid = Grid.around(portrait)
    for slit in (eye_slit(portrait, "right"), lip_slit(portrait)):
        origin = grid.nodes_px.copy()
        slit.squeeze(grid, origin, 0.0)
        assert np.abs(origin - grid.nodes_px).max() < 1e-3


def test_squeezing_stays_near_the_slit_and_keeps_order(portrait):
    grid, slit = Grid.around(portrait), lip_slit(portrait)
    origin = grid.nodes_px.copy()
    slit.squeeze(grid, origin, 0.9)
    moved = np.abs(origin - grid.nodes_px).max(axis=-1) > 1e-3
    far = np.hypot(*np.moveaxis(grid.nodes_px - slit.origin_px, -1, 0))
    assert far[moved].max() < 1.3 * portrait.interocular_px
    assert np.diff(origin[..., 1], axis=0).min() > -1e-3
