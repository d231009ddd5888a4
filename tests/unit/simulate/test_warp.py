from dataclasses import replace

import numpy as np
import pytest
from registration import disc_shift

from tremorcam.anatomy import REGIONS
from tremorcam.simulate import Closure, Head, Scene, Smile, Talk, Tremor, Twitches
from tremorcam.simulate.motion import motion_at
from tremorcam.simulate.record import describe
from tremorcam.simulate.render import Painter
from tremorcam.simulate.timing import frame_times
from tremorcam.simulate.warp import FaceWarp

SMILING = (Smile(-5, 50),)
MOUTH = (("upper_lip", 1.0), ("lower_lip", 0.7), ("cheek", 0.5))


@pytest.fixture
def scene(small, still):
    """A portrait as it was photographed, which is smiling, without noise or sway."""
    return Scene(duration_s=0.4, smiles=SMILING, camera=small, head=still)


def shown_and_true(scene, portrait, key):
    """Displacements in px between the first frame and the others: registered, and true."""
    times = frame_times(scene)
    painter, truth = Painter(scene, portrait, times.time_s), describe(scene, portrait, times, "x")
    pictures = [painter.paint(i)[0] for i in range(6)]
    name, _, side = key.rpartition("_")
    centre = painter.positions(0, portrait.region_centre(name, side)[None])[0]
    radius_px = 0.11 * portrait.interocular_px
    shown = [disc_shift(pictures[0], picture, centre, radius_px) for picture in pictures[1:]]
    true_mm = truth.channel(key)[1:6] - truth.channel(key)[0]
    return np.array(shown), true_mm / portrait.mm_per_px


@pytest.mark.parametrize("px", [0.05, 0.5, 2.0])
def test_a_moved_region_is_rendered_exactly_where_the_truth_says(scene, portrait, px):
    mm = px * portrait.mm_per_px
    tremor = Tremor("mouth_corner", "left", 6.1, mm, axis_deg=70, when="always", spread=MOUTH)
    scene = replace(scene, tremors=(tremor,))
    for region in ("mouth_corner_left", "upper_lip_left", "lower_lip_left", "cheek_left"):
        shown, true = shown_and_true(scene, portrait, region)
        gain = (shown * true).sum() / (true**2).sum()
        assert gain == pytest.approx(1, abs=0.01), region
        assert np.sqrt(((shown - true) ** 2).mean()) < 0.001 + 0.004 * px, region


def test_the_other_side_and_the_reference_stay_exactly_still(scene, portrait):
    tremor = Tremor("mouth_corner", "left", 6.1, 1.0, when="always", spread=MOUTH)
    scene = replace(scene, tremors=(tremor,))
    for region in ("mouth_corner_right", "cheek_right", "nose_bridge_both", "forehead_both"):
        shown, true = shown_and_true(scene, portrait, region)
        assert np.abs(true).max() == 0
        assert np.abs(shown).max() < 1e-6


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.key)
def test_every_region_moves_as_a_whole_by_its_nominal_amplitude(scene, portrait, region):
    tremor = Tremor(region.name, region.side, 5.0, 0.4, when=((-1.0, 2.0),))
    scene = replace(scene, tremors=(tremor,), duration_s=0.2)
    time_s = np.linspace(0, 0.2, 81)
    warp = FaceWarp(portrait, motion_at(scene, portrait, time_s))
    centre = portrait.region_centre(region.name, region.side)
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    radius_px = 0.11 * portrait.interocular_px
    rim = centre + radius_px * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    points = np.concatenate([centre[None], rim])
    rest = warp.positions(0, points) - warp.positions(0, points)
    moved = np.array([warp.positions(i, points) for i in range(len(time_s))]) + rest
    travel_mm = np.ptp(moved, axis=0)[:, 1] * portrait.mm_per_px
    assert travel_mm[0] == pytest.approx(0.8, rel=0.005)
    assert travel_mm == pytest.approx(travel_mm[0], rel=0.01)


def test_a_smile_moves_the_corner_out_and_up_by_its_excursion(scene, portrait):
    scene = replace(scene, smiles=(Smile(1.0, 5.0, left_mm=7.0, right_mm=9.0),), duration_s=3.0)
    truth = describe(scene, portrait, frame_times(scene), "x")
    left, right = (truth.channel(f"mouth_corner_{side}")[-1] for side in ("left", "right"))
    assert np.hypot(*left) == pytest.approx(7.0, rel=0.02)
    assert np.hypot(*right) == pytest.approx(9.0, rel=0.02)
    assert left[0] > 0 > right[0]
    assert left[1] < 0 and right[1] < 0
    assert truth.smile_excursion_mm[-1] == pytest.approx([7.0, 9.0])
    assert np.abs(truth.displacement_mm[0]).max() < 1e-4


def test_tremor_keeps_its_amplitude_on_a_face_that_the_smile_has_warped(scene, portrait):
    tremor = Tremor("mouth_corner", "both", 5.0, 0.4, when="always", spread=MOUTH)
    neutral = replace(scene, smiles=(), tremors=(tremor,), duration_s=1.0)
    truth = describe(neutral, portrait, frame_times(neutral), "x")
    rms_mm = np.sqrt((truth.channel("mouth_corner_right") ** 2).sum(axis=1).mean())
    assert rms_mm == pytest.approx(0.4 / np.sqrt(2), rel=0.01)


def test_right_gain_and_lag_concern_the_right_side_alone(scene, portrait):
    tremor = Tremor(
        "mouth_corner", "both", 5.0, 0.4, when="always", right_gain=0.5, right_lag_s=0.05
    )
    motion = motion_at(replace(scene, tremors=(tremor,)), portrait, np.linspace(0, 0.4, 401))
    left, right = (motion.patch_mm[:, motion.patch_keys.index(f"mouth_corner_{s}"), 1]
                   for s in ("left", "right"))  # fmt: skip
    assert right[50:] == pytest.approx(0.5 * left[:-50], abs=1e-9)


def test_no_motion_folds_the_skin(scene, portrait):
    scene = replace(
        scene,
        duration_s=2.0,
        smiles=(Smile(0.2, 1.5, left_mm=14, right_mm=14),),
        tremors=(Tremor("mouth_corner", "both", 8.0, 2.0, when="always", spread=MOUTH),),
        twitches=(Twitches("cheek", "left", 3.0, 1.0, when="always"),),
        talks=(Talk(0.0, 2.0, 4.0),),
    )
    time_s = np.linspace(0, 2, 41)
    warp = FaceWarp(portrait, motion_at(scene, portrait, time_s))
    lips = portrait.landmarks_px[[78, 308, 13, 14], :2]
    for i in range(len(time_s)):
        expression, _ = warp.instant(i)
        along_y = 1 - np.diff(expression.face[..., 1], axis=0) / warp.grid.step_px
        rows = warp.grid.nodes_px[1:, :, 1]
        away = (rows < lips[:, 1].min() - 2) | (rows > lips[:, 1].max() + 2)
        assert along_y[away].min() > 0


def test_the_head_carries_the_whole_face(scene, portrait):
    scene = replace(scene, head=Head(0, 0, 0, tremor_hz=5.0, tremor_mm=1.0))
    times = frame_times(scene)
    painter = Painter(scene, portrait, times.time_s)
    truth = describe(scene, portrait, times, "x")
    pictures = [painter.paint(i)[0] for i in (0, 2)]
    expected_px = (truth.head_mm[2] - truth.head_mm[0]) / portrait.mm_per_px
    for name, side in (("nose_bridge", "both"), ("mouth_corner", "left"), ("chin", "both")):
        centre = portrait.region_centre(name, side) + truth.head_mm[0] / portrait.mm_per_px
        shown = disc_shift(*pictures, centre, 0.11 * portrait.interocular_px)
        assert shown == pytest.approx(expected_px, abs=0.005)
    assert np.abs(truth.displacement_mm[2] - truth.displacement_mm[0]).max() == 0


def test_a_long_exposure_shrinks_tremor_by_its_sinc(scene, portrait):
    tremor = Tremor("cheek", "left", 10.0, 0.4, when="always")
    sharp = replace(scene, tremors=(tremor,))
    blurred = replace(sharp, camera=replace(scene.camera, exposure_s=0.03))
    shown_sharp, true = shown_and_true(sharp, portrait, "cheek_left")
    shown_blurred, _ = shown_and_true(blurred, portrait, "cheek_left")
    ratio = (shown_blurred * true).sum() / (shown_sharp * true).sum()
    assert ratio == pytest.approx(np.sinc(10.0 * 0.03), abs=0.03)


def test_closing_is_written_down_as_the_share_of_the_open_eye(scene, portrait):
    closure = Closure("left", 0.0, 0.4, depth=1.0, close_s=0.1, open_s=0.1)
    scene = replace(scene, closures=(closure,))
    truth = describe(scene, portrait, frame_times(scene), "x")
    assert truth.eye_aperture_mm[6, 0] == pytest.approx(0, abs=1e-6)
    assert np.ptp(truth.eye_aperture_mm[:, 1]) < 1e-9
