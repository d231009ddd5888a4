from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from registration import disc_shift

from tremorcam.data import InputError
from tremorcam.simulate import Encoding, Head, Light, Scene, render, truth_path
from tremorcam.simulate.inject import follow, inject

CLIPS = Path(__file__).parents[4] / "shared" / "clips"


def pictures_of(path):
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    times = [float(frame.pts * frame.time_base) for frame in frames]
    return np.array(times), [frame.to_ndarray(format="gray").astype(np.float32) for frame in frames]


def shown_mm(before, after, path, key, mm_per_px):
    """Displacement of a region between two versions of the same clip, frame by frame."""
    (_, old), (_, new) = pictures_of(before), pictures_of(after)
    return np.array([
        disc_shift(a, b, path.centres(i)[key], 0.11 * path.interocular_px[i])
        for i, (a, b) in enumerate(zip(old, new, strict=True))
    ]) * mm_per_px  # fmt: skip


@pytest.fixture(scope="module")
def clip(small, tmp_path_factory):
    """A swaying face with uneven times, noise and light compression."""
    scene = Scene(
        duration_s=1.0,
        camera=replace(small, interval_sd_s=0.004),
        head=Head(sway_mm=2.0),
        light=Light(read_noise=0.5, shot_noise=0.5),
        encoding=Encoding(crf=6),
    )
    path = tmp_path_factory.mktemp("clip") / "in.mp4"
    render(scene, path)
    return path


def test_what_is_injected_is_what_was_asked_for(clip, tmp_path):
    truth = inject(clip, tmp_path / "out.mp4", hz=5.0, mm=0.4, axis_deg=60, side="left")
    path = follow(clip)
    shown = shown_mm(clip, tmp_path / "out.mp4", path, "mouth_corner_left", truth.mm_per_px)
    true = truth.channel("mouth_corner_left")
    assert (shown * true).sum() / (true**2).sum() == pytest.approx(1, abs=0.03)
    assert np.sqrt(((shown - true) ** 2).mean()) < 0.02
    amplitude = np.abs(np.hypot(*true.T)).max()
    assert amplitude == pytest.approx(0.4, rel=0.03)
    assert truth.channel("mouth_corner_right").any() == np.False_
    other = shown_mm(clip, tmp_path / "out.mp4", path, "mouth_corner_right", truth.mm_per_px)
    assert abs((other * true).sum() / (true**2).sum()) < 0.01


def test_times_and_size_stay_as_they_were(clip, tmp_path):
    truth = inject(clip, tmp_path / "out.mp4", hz=5.0, mm=0.4)
    before_s, old = pictures_of(clip)
    after_s, new = pictures_of(tmp_path / "out.mp4")
    assert after_s - after_s[0] == pytest.approx(before_s - before_s[0], abs=2e-5)
    assert truth.time_s == pytest.approx(before_s - before_s[0], abs=2e-5)
    assert old[0].shape == new[0].shape
    far = np.s_[:40, :80]
    assert np.abs(old[5][far] - new[5][far]).mean() < 1.0
    assert truth_path(tmp_path / "out.mp4").exists()


def test_intervals_and_neighbours_are_kept_to(clip, tmp_path):
    truth = inject(
        clip, tmp_path / "out.mp4", hz=5.0, mm=0.4, side="both", when=((0.5, 0.7),),
        spread=(("cheek", 0.5),),
    )  # fmt: skip
    left, right, cheek = (truth.channel(k) for k in ("mouth_corner_left", "mouth_corner_right",
                                                     "cheek_left"))  # fmt: skip
    assert not left[truth.time_s < 0.24].any()
    assert left[:, 1] == pytest.approx(right[:, 1], abs=1e-6)
    assert cheek == pytest.approx(0.5 * left, abs=2e-3)


def test_landmark_jitter_does_not_reach_the_anchor(clip):
    path = follow(clip)
    steps = np.diff(path.regions_px[:, 0], n=2, axis=0)
    assert np.abs(steps).max() < 0.5


def test_a_clip_without_a_face_is_refused(tmp_path):
    with av.open(str(tmp_path / "grey.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height = 160, 120
        for _ in range(5):
            grey = av.VideoFrame.from_ndarray(np.full((120, 160, 3), 128, np.uint8))
            container.mux(stream.encode(grey))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match="shows no face"):
        inject(tmp_path / "grey.mp4", tmp_path / "out.mp4", hz=5.0, mm=0.4)
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.slow
def test_a_real_smile_is_moved_by_the_known_amount(tmp_path):
    clip = CLIPS / "lp_d0_man_smile_greenscreen_512p25.mp4"
    if not clip.exists():
        pytest.skip("the real clips are not beside the repository")
    truth = inject(clip, tmp_path / "out.mp4", hz=7.0, mm=0.3)
    path = follow(clip)
    shown = shown_mm(clip, tmp_path / "out.mp4", path, "mouth_corner_left", truth.mm_per_px)
    true = truth.channel("mouth_corner_left")
    assert (shown * true).sum() / (true**2).sum() == pytest.approx(1, abs=0.05)
