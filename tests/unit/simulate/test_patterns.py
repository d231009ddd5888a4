import numpy as np
import pytest

from tremorcam.data import TremorcamError
from tremorcam.simulate import PATTERNS, add_pattern, smile_scene
from tremorcam.simulate.motion import motion_at

SEEDS = range(12)


def drawn(pattern, **options):
    return [add_pattern(smile_scene(duration_s=15, seed=s), pattern, **options) for s in SEEDS]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_gives_finite_motion_that_can_be_repeated(pattern, portrait):
    for severity in (0.0, 1.0):
        scene = add_pattern(smile_scene(duration_s=8, seed=5), pattern, severity=severity)
        again = add_pattern(smile_scene(duration_s=8, seed=5), pattern, severity=severity)
        assert scene == again
        assert (scene.pattern, scene.severity) == (pattern, severity)
        time_s = np.linspace(0, 8, 81)
        motion, repeated = (motion_at(s, portrait, time_s) for s in (scene, again))
        assert np.isfinite(motion.patch_mm).all()
        assert motion.closure.max() <= 1
        assert np.array_equal(motion.patch_mm, repeated.patch_mm)


@pytest.mark.parametrize(
    ("pattern", "low_hz", "high_hz"),
    [("fine_tremor", 6, 12), ("smiling_tremor", 8, 10), ("slow_tremor", 3, 6)],
)
def test_tremors_have_their_band_on_both_sides(pattern, low_hz, high_hz):
    for scene in drawn(pattern):
        (tremor,) = scene.tremors
        assert low_hz <= tremor.hz <= high_hz
        assert tremor.side == "both"


def test_fatigue_grows_and_twitches():
    for scene in drawn("fatigue"):
        assert all(tremor.growth >= 2.5 for tremor in scene.tremors)
        assert scene.twitches


def test_a_hemifacial_spasm_keeps_to_one_side_and_begins_at_the_eye():
    for scene in drawn("hemifacial_spasm"):
        spasms = [c for c in scene.closures if c.event == "eyelid_spasm"]
        mouths = [pull for pull in scene.contractions if pull.region == "mouth_corner"]
        assert spasms
        assert len({item.side for item in (*spasms, *scene.contractions)}) == 1
        for lids, mouth in zip(spasms, mouths, strict=True):
            assert 0 <= mouth.start_s - lids.start_s <= 0.07
            assert lids.clonic_hz == 0 or 5 <= lids.clonic_hz <= 20


def test_blepharospasm_closes_both_eyes_for_over_a_second_and_blinks_often():
    for scene in drawn("blepharospasm", severity=0.6):
        spasms = [c for c in scene.closures if c.event == "eyelid_spasm"]
        assert all(c.side == "both" for c in spasms)
        assert max(c.end_s - c.start_s for c in spasms) > 1
    blinks = [sum(c.event == "blink" for c in s.closures) for s in drawn("blepharospasm")]
    assert np.mean(blinks) > 2


def test_synkinesis_narrows_one_eye_with_every_smile():
    for seed in SEEDS:
        smiles = smile_scene(duration_s=15, n_smiles=3, seed=seed)
        scene = add_pattern(smiles, "synkinesis", side="right")
        assert all(s.narrowing_right - s.narrowing_left > 0.15 for s in scene.smiles)


def test_severity_scales_amplitude():
    mild = [scene.tremors[0].mm for scene in drawn("fine_tremor", severity=0.0)]
    severe = [scene.tremors[0].mm for scene in drawn("fine_tremor", severity=1.0)]
    assert min(severe) > 4 * max(mild)


def test_patterns_mix():
    scene = add_pattern(smile_scene(duration_s=15, seed=1), "fine_tremor+wink+talking")
    assert scene.tremors
    assert scene.talks
    assert any(closure.event == "wink" for closure in scene.closures)


def test_faults_are_named():
    scene = smile_scene(seed=0)
    with pytest.raises(TremorcamError, match="no pattern 'nonsense'; there are none, "):
        add_pattern(scene, "nonsense")
    with pytest.raises(TremorcamError, match="from 0 to 1, is 2"):
        add_pattern(scene, "none", severity=2)
    with pytest.raises(TremorcamError, match="do not fit"):
        smile_scene(duration_s=5, n_smiles=3)
