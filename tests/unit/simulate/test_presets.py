import numpy as np
import pytest

from tremorcam.data import TremorcamError
from tremorcam.simulate import Truth, presets, simulate, smile_scene


@pytest.fixture
def scenes(monkeypatch):
    """Scenes that would be rendered."""
    seen = []

    def render(scene, out_path, *, on_frame=None):
        seen.append((scene, out_path, on_frame))

    monkeypatch.setattr(presets, "render", render)
    return seen


def test_a_smile_follows_a_neutral_face_and_ends_before_the_recording():
    for n_smiles in (1, 2, 3):
        scene = smile_scene(duration_s=18, n_smiles=n_smiles, seed=4)
        assert len(scene.smiles) == n_smiles
        assert scene.smiles[0].start_s == pytest.approx(2.2)
        assert scene.smiles[-1].end_s + scene.smiles[-1].offset_s < 18
        assert all(a.end_s + a.offset_s < b.start_s
                   for a, b in zip(scene.smiles, scene.smiles[1:], strict=False))  # fmt: skip


def test_options_reach_the_scene(scenes):
    simulate(
        "a.mp4", pattern="fine_tremor", hz=7.5, mm=0.4, side="right", rate_hz=60, seed=3,
        noise=2.0, flicker_hz=100, flicker_depth=0.03, sway_mm=0, head_tremor_mm=1.0,
        bit_rate_bps=12_000_000, repeat_every=6, interval_sd_s=0.002, interocular_px=90,
    )  # fmt: skip
    ((scene, _, _),) = scenes
    assert (scene.tremors[-1].hz, scene.tremors[-1].mm, scene.tremors[-1].side) == (
        7.5,
        0.4,
        "right",
    )
    assert len(scene.tremors) == 2
    assert (scene.camera.rate_hz, scene.camera.repeat_every) == (60, 6)
    assert (scene.camera.interval_sd_s, scene.camera.interocular_px) == (0.002, 90)
    assert (scene.light.read_noise, scene.light.shot_noise) == (2.0, 3.0)
    assert (scene.light.flicker_hz, scene.light.flicker_depth) == (100, 0.03)
    assert (scene.head.sway_mm, scene.head.sway_deg, scene.head.tremor_mm) == (0, 0, 1.0)
    assert scene.encoding.bit_rate_bps == 12_000_000


def test_frequency_or_amplitude_alone_takes_a_usual_other(scenes):
    simulate("a.mp4", hz=5.0)
    simulate("a.mp4", mm=0.2)
    simulate("a.mp4")
    tremors = [scene.tremors for scene, _, _ in scenes]
    assert (tremors[0][0].hz, tremors[0][0].mm) == (5.0, 0.3)
    assert (tremors[1][0].hz, tremors[1][0].mm) == (8.0, 0.2)
    assert tremors[2] == ()


def test_too_short_a_recording_is_refused():
    with pytest.raises(TremorcamError, match="allow at least 4 s"):
        smile_scene(duration_s=3)


@pytest.mark.slow
def test_a_whole_recording_has_the_tremor_asked_for(tmp_path):
    truth = simulate(tmp_path / "a.mp4", hz=6.0, mm=0.25, duration_s=6.0, seed=2)
    assert isinstance(truth, Truth)
    hold = next(phase for phase in truth.phases if phase["phase"] == "hold")
    inside = (truth.time_s >= hold["onset_s"]) & (truth.time_s <= hold["offset_s"])
    vertical = truth.channel("mouth_corner_left")[inside, 1]
    time_s = truth.time_s[inside]
    basis = np.stack([np.ones_like(time_s), np.cos(2 * np.pi * 6 * time_s),
                      np.sin(2 * np.pi * 6 * time_s)], axis=1)  # fmt: skip
    _, cosine, sine = np.linalg.lstsq(basis, vertical, rcond=None)[0]
    assert np.hypot(cosine, sine) == pytest.approx(0.25, rel=0.01)
