"""Light, timing, encoding and truth of rendered files."""

import json
from dataclasses import replace

import av
import numpy as np
import pytest

from tremorcam.data import InputError, TremorcamError
from tremorcam.simulate import (
    Camera,
    Closure,
    Encoding,
    Head,
    Light,
    Scene,
    Smile,
    Tremor,
    Truth,
    render,
    truth_path,
)
from tremorcam.simulate.light import Sensor
from tremorcam.simulate.portrait import load_portrait
from tremorcam.simulate.timing import TICKS_PER_S, frame_times

CLEAN = Light(read_noise=0, shot_noise=0)


def decoded(path):
    """Times in seconds and grey pictures of a file."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    times = [float(frame.pts * frame.time_base) for frame in frames]
    return np.array(times), [frame.to_ndarray(format="gray") for frame in frames]


@pytest.fixture
def scene(small):
    return Scene(duration_s=0.5, camera=small, smiles=(Smile(0.1, 0.4, onset_s=0.1),))


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("b.webm", "libvpx-vp9"), ("c.webm", "libvpx"), ("d.avi", "mpeg4")],
)
def test_files_hold_every_frame_at_its_time(tmp_path, scene, name, codec):
    truth = render(replace(scene, encoding=Encoding(codec=codec, crf=10)), tmp_path / name)
    times_s, pictures = decoded(tmp_path / name)
    assert pictures[0].shape == (400, 480)
    # WebM counts milliseconds, AVI frames.
    assert times_s - times_s[0] == pytest.approx(truth.time_s, abs=6e-4)
    assert len(truth.time_s) == 15


def test_jittered_times_are_written_exactly(tmp_path, scene):
    camera = replace(scene.camera, interval_sd_s=0.005)
    truth = render(replace(scene, camera=camera), tmp_path / "a.mp4")
    times_s, _ = decoded(tmp_path / "a.mp4")
    assert times_s - times_s[0] == pytest.approx(truth.time_s, abs=1 / TICKS_PER_S)
    assert np.diff(truth.time_s).std() > 0.002


def test_the_interval_spread_is_as_asked():
    scene = Scene(duration_s=60, camera=Camera(interval_sd_s=0.004))
    intervals = np.diff(frame_times(scene).time_s)
    assert intervals.std() == pytest.approx(0.004, rel=0.1)
    assert intervals.mean() == pytest.approx(1 / 30, rel=1e-3)


@pytest.mark.parametrize("rate_hz", [24.0, 25.0, 30000 / 1001, 50.0, 60.0])
def test_usual_rates_have_exact_times(rate_hz):
    times = frame_times(Scene(duration_s=2, camera=Camera(rate_hz=rate_hz)))
    assert times.time_s == pytest.approx(np.arange(len(times.ticks)) / rate_hz, abs=1e-9)


def test_repeats_show_the_frame_before_and_drops_leave_a_gap(tmp_path, scene):
    camera = replace(scene.camera, repeat_every=6)
    truth = render(replace(scene, camera=camera, light=CLEAN), tmp_path / "a.mp4")
    assert np.flatnonzero(truth.duplicate).tolist() == [5, 11]
    assert np.all(truth.displacement_mm[5] == truth.displacement_mm[4])
    _, pictures = decoded(tmp_path / "a.mp4")
    changes = [np.abs(b.astype(float) - a).mean() for a, b in zip(pictures, pictures[1:])]  # noqa: B905, RUF007
    assert changes[4] < 0.2 * changes[5]
    dropped = frame_times(Scene(duration_s=20, camera=Camera(drop_share=0.1)))
    assert len(dropped.ticks) == pytest.approx(540, abs=25)
    assert np.diff(dropped.time_s).max() >= 2 / 30 - 1e-9


def test_noise_has_the_variance_of_its_model():
    scene = Scene(camera=Camera(width_px=320, height_px=240), light=Light(1, 0, 0, 0, 0, 2.0, 3.0))
    sensor = Sensor(scene)
    flat = np.full((240, 320), 128.0, np.float32)
    grey = (np.zeros((120, 160), np.float32),) * 2
    frames = np.array([sensor.expose(flat, grey, 0.0)[:240] for _ in range(20)], float)
    expected = np.sqrt(2.0**2 + 3.0**2 * 128 / 255) * 219 / 255
    assert (frames - frames.mean()).std() == pytest.approx(expected, rel=0.02)
    pairs = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(frames, frames[1:])]  # noqa: B905, RUF007
    assert np.abs(pairs).max() < 0.02


def test_light_flickers_as_sampled_by_the_shutter():
    light = Light(flicker_hz=100, flicker_depth=0.05, read_noise=0, shot_noise=0)
    sensor = Sensor(Scene(light=light, camera=Camera(exposure_s=0.004)))
    time_s = np.arange(300) / 30
    gain = np.array([float(sensor.gain(t).mean()) for t in time_s])
    spectrum = np.abs(np.fft.rfft(gain - gain.mean())) * 2 / 300
    # 100 Hz sampled at 30 Hz appears at 10 Hz, weakened by the exposure.
    assert np.fft.rfftfreq(300, 1 / 30)[spectrum.argmax()] == pytest.approx(10)
    assert spectrum.max() == pytest.approx(0.05 * np.sinc(0.4), rel=1e-3)


def test_uneven_flicker_and_rolling_shutter_vary_over_the_picture():
    uneven = Sensor(Scene(light=Light(flicker_hz=10, flicker_depth=0.1, flicker_local=1.0)))
    assert np.ptp(uneven.gain(0.025)[:, 0]) == 0
    assert uneven.gain(0.025)[0, -1] > uneven.gain(0.025)[0, 0] + 0.09
    rolling = Sensor(Scene(light=Light(flicker_hz=100, flicker_depth=0.1, readout_s=0.02)))
    assert np.ptp(rolling.gain(0.0)[:, 0]) == pytest.approx(0.2, rel=0.01)


def test_darkness_scales_the_picture(tmp_path, scene):
    scene = replace(scene, light=replace(CLEAN, gain=0.25))
    render(scene, tmp_path / "dark.mp4")
    render(replace(scene, light=CLEAN), tmp_path / "lit.mp4")
    dark, lit = (decoded(tmp_path / f"{name}.mp4")[1][0].astype(float) for name in ("dark", "lit"))
    assert dark.mean() / lit.mean() == pytest.approx(0.25, abs=0.01)


def test_shaking_moves_the_background_too(tmp_path, scene):
    camera = replace(scene.camera, shake_px=2.0)
    still = Head(0, 0, 0)
    render(replace(scene, camera=camera, light=CLEAN, head=still, smiles=()), tmp_path / "a.mp4")
    _, pictures = decoded(tmp_path / "a.mp4")
    corner = [picture[:60, :80].astype(float) for picture in pictures[:3]]
    assert np.abs(corner[1] - corner[0]).mean() > 0.5


def test_truth_comes_back_as_it_was_saved(tmp_path, scene):
    scene = replace(
        scene,
        tremors=(Tremor("mouth_corner", "both", 6.0, 0.3, growth=4.0),),
        closures=(Closure("left", 0.1, 0.3, event="wink"),),
    )
    truth = render(scene, tmp_path / "a.mp4")
    loaded = Truth.load(truth_path(tmp_path / "a.mp4"))
    assert loaded.displacement_mm == pytest.approx(truth.displacement_mm, abs=1e-5)
    assert loaded.tremors == tuple(json.loads(json.dumps(truth.tremors)))
    assert loaded.events[0] == {
        "event": "wink", "side": "left", "onset_s": 0.1, "offset_s": 0.3,
        "region": "eye", "peak": 100.0, "unit": "%",
    }  # fmt: skip
    assert [phase["phase"] for phase in loaded.phases] == ["neutral", "onset", "hold", "offset"]
    assert loaded.scene["seed"] == 0
    # The mean square of (2 (1 + 3 c) / 5)² over c from 0 to 1 is 1.12.
    assert loaded.tremors[0]["rms_mm"] == pytest.approx(0.3 * np.sqrt(1.12 / 2), rel=1e-4)


def test_truth_of_a_newer_version_is_refused(tmp_path, scene):
    render(scene, tmp_path / "a.mp4")
    path = tmp_path / "a.truth.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"truth_version":1', '"truth_version":9')
    )
    with pytest.raises(ValueError, match="update tremorcam"):
        Truth.load(path)


def test_the_same_seed_gives_the_same_picture(tmp_path, scene):
    for name in ("a.mp4", "b.mp4"):
        render(scene, tmp_path / name)
    first, second = (decoded(tmp_path / name)[1] for name in ("a.mp4", "b.mp4"))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_unusable_photographs_and_outputs_are_named(tmp_path, scene):
    with pytest.raises(InputError, match="cannot read the photograph"):
        load_portrait(str(tmp_path / "none.jpg"), scene.camera)
    (tmp_path / "text.jpg").write_text("no picture", encoding="utf-8")
    with pytest.raises(InputError, match="no picture that can be read"):
        load_portrait(str(tmp_path / "text.jpg"), scene.camera)
    with pytest.raises(TremorcamError, match="cannot write"):
        render(replace(scene, encoding=Encoding(codec="nonsense")), tmp_path / "a.mp4")
    with pytest.raises(TremorcamError, match="there is no folder"):
        render(scene, tmp_path / "missing" / "a.mp4")


def test_an_interrupted_rendering_leaves_no_file(tmp_path, scene):
    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(scene, tmp_path / "a.mp4", on_frame=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_photograph_without_a_face_is_refused(tmp_path, scene):
    import cv2

    cv2.imwrite(str(tmp_path / "grey.png"), np.full((200, 200, 3), 128, np.uint8))
    with pytest.raises(InputError, match="no face"):
        load_portrait(str(tmp_path / "grey.png"), scene.camera)
