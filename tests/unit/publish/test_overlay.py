"""The overlay of a textured picture with exactly known motion; no face is needed for it."""

import dataclasses
import hashlib
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from matplotlib.patches import Circle, FancyArrowPatch
from synthetic_analysis import AXIS_DEG, make_analysis
from synthetic_signals import make_signals

from tremorcam.anatomy import REGIONS
from tremorcam.data import Timing, TremorcamError
from tremorcam.publish import save_report, write_overlay
from tremorcam.publish.overlay.magnify import GREATEST_SHIFT_MM, Magnifier
from tremorcam.publish.overlay.scene import choose_crop
from tremorcam.publish.own_face import own_face

SIZE = (1280, 720)
RATE_HZ = 30.0
DURATION_S = 4.0
FREQUENCY_HZ = 7.0
PX_PER_MM = 1.44
HOLD_S = (0.5, 3.8)
KEYS = [region.key for region in REGIONS]


@pytest.fixture(scope="module")
def texture():
    rng = np.random.default_rng(5)
    coarse = cv2.GaussianBlur(rng.normal(0, 1, SIZE[::-1]), (0, 0), 2.0)
    gray = np.clip(128 + 45 * coarse / coarse.std(), 0, 255).astype(np.uint8)
    return cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB)


def make_centres():
    """Regions of a face in the middle of the picture, 1.44 px/mm as the design's example."""
    signals = make_signals(duration_s=1)
    rest = signals["region_px"].values.mean(axis=0) - signals["displacement_mm"].values.mean(axis=0)
    return (rest - (320, 330)) * 0.5 * PX_PER_MM + (640, 360)


def render(path, texture, shift_px, *, times_s, sound=False):
    """Move a disc of 25 mm around the left mouth corner, all else at rest."""
    centre = make_centres()[KEYS.index("mouth_corner_left")]
    x, y = np.meshgrid(np.arange(SIZE[0], dtype=np.float32), np.arange(SIZE[1], dtype=np.float32))
    distance_mm = np.hypot(x - centre[0], y - centre[1]) / PX_PER_MM
    weight = np.clip(1 - (distance_mm - 14) / 12, 0, 1).astype(np.float32)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30, options={"crf": "10", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 90_000)
        audio = out.add_stream("aac", rate=16_000) if sound else None
        for time_s, shift in zip(times_s, shift_px, strict=True):
            moved = cv2.remap(texture, x, y - weight * np.float32(shift), cv2.INTER_CUBIC)
            frame = av.VideoFrame.from_ndarray(moved, format="rgb24")
            frame.pts, frame.time_base = round(time_s * 90_000), Fraction(1, 90_000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if audio is not None:
            tone = np.sin(2 * np.pi * 440 * np.arange(round(16_000 * times_s[-1])) / 16_000)
            sample = av.AudioFrame.from_ndarray(
                np.float32(0.3 * tone)[None], format="fltp", layout="mono"
            )
            sample.rate, sample.pts = 16_000, 0
            out.mux(audio.encode(sample))
            out.mux(audio.encode(None))


def describe(path, shift_px, *, times_s, detected):
    """Make the analysis that a perfect tracker would give."""
    n = len(times_s)
    signals = make_signals(duration_s=n / RATE_HZ, smiles=(), noise_mm_per_rthz=0.0)
    signals = signals.assign_coords(time_s=("frame", times_s))
    displacement = np.zeros((n, len(KEYS), 2))
    displacement[:, KEYS.index("mouth_corner_left"), 1] = shift_px / PX_PER_MM
    signals["displacement_mm"].values[...] = displacement
    signals["mm_per_px"].values[...] = 1 / PX_PER_MM
    signals["region_px"].values[...] = make_centres() + displacement * PX_PER_MM
    signals["face_box_px"].values[...] = (500, 130, 780, 540)
    tremor = {"mouth_corner_left": (FREQUENCY_HZ, 0.15)} if detected else {}
    analysis = make_analysis(tremor=tremor)
    phases = analysis.phases[analysis.phases["phase"] == "hold"].reset_index(drop=True)
    phases[["onset_s", "offset_s"]] = HOLD_S
    return dataclasses.replace(
        analysis,
        signals=signals,
        phases=phases,
        events=analysis.events.assign(onset_s=1.0, offset_s=1.2),
        video=dataclasses.replace(
            analysis.video,
            width_px=SIZE[0],
            height_px=SIZE[1],
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        ),
        timing=Timing(n, 0, float(times_s[-1]), RATE_HZ, 0.0, 1 / RATE_HZ, 0),
    )


def read_pictures(path):
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frame.to_ndarray(format="gray") for frame in frames], [frame.time for frame in frames]


def vertical_motion(pictures, at):
    """Vertical motion in px of the patch around a point, by optical flow from the first."""
    grid = np.stack(np.meshgrid(np.arange(-6, 7, 3), np.arange(-6, 7, 3)), -1).reshape(-1, 1, 2)
    points = (grid + at).astype(np.float32)
    flow = []
    for picture in pictures:
        found, *_ = cv2.calcOpticalFlowPyrLK(
            pictures[0], picture, points, None, winSize=(21, 21), maxLevel=2
        )
        flow.append(np.median(found[:, 0, 1] - points[:, 0, 1]))
    return np.array(flow)


def amplitude_at(frequency_hz, time_s, motion):
    inside = (time_s > HOLD_S[0] + 0.4) & (time_s < HOLD_S[1] - 0.4)
    phase = 2 * np.pi * frequency_hz * time_s[inside]
    basis = np.stack([np.sin(phase), np.cos(phase), np.ones(inside.sum())], axis=1)
    coefficients, *_ = np.linalg.lstsq(basis, motion[inside], rcond=None)
    return float(np.hypot(*coefficients[:2]))


@pytest.fixture(scope="module")
def times_s():
    return np.arange(round(DURATION_S * RATE_HZ)) / RATE_HZ


def test_the_tremor_is_shown_ten_times_as_large(tmp_path, texture, times_s):
    shift_px = 0.15 * PX_PER_MM * np.sin(2 * np.pi * FREQUENCY_HZ * times_s)
    render(tmp_path / "in.mp4", texture, shift_px, times_s=times_s, sound=True)
    analysis = describe(tmp_path / "in.mp4", shift_px, times_s=times_s, detected=True)
    shares = []
    write_overlay(analysis, tmp_path / "in.mp4", tmp_path / "out.mp4", progress=shares.append)
    pictures, shown_s = read_pictures(tmp_path / "out.mp4")
    np.testing.assert_allclose(shown_s, times_s, atol=1e-4)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    width = pictures[0].shape[1] // 2
    crop = choose_crop(analysis)
    left = crop.place(make_centres()[KEYS.index("mouth_corner_left")])
    magnified = vertical_motion(pictures, left + np.array([width, 0]))
    expected_px = 10 * 0.15 * PX_PER_MM * crop.scale
    assert amplitude_at(FREQUENCY_HZ, times_s, magnified) == pytest.approx(expected_px, rel=0.15)

    # The other side of the mouth stays where it is.
    right = crop.place(make_centres()[KEYS.index("mouth_corner_right")])
    still = vertical_motion(pictures, right + np.array([width, 0]))
    assert amplitude_at(FREQUENCY_HZ, times_s, still) < 0.02 * expected_px

    with av.open(str(tmp_path / "out.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert audio.codec_context.name == "aac"
        heard_s = [frame.time for frame in container.decode(audio)]
        assert heard_s[0] == pytest.approx(0.0, abs=0.07)
        assert heard_s[-1] == pytest.approx(times_s[-1], abs=0.2)
    content = (tmp_path / "out.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert {path.name for path in tmp_path.iterdir()} == {"in.mp4", "out.mp4"}


def test_a_clip_without_tremor_stays_still(tmp_path, texture, times_s):
    times_s = times_s[:60]
    noise_px = np.random.default_rng(1).normal(0, 0.05, len(times_s))
    render(tmp_path / "in.mp4", texture, np.zeros(len(times_s)), times_s=times_s)
    analysis = describe(tmp_path / "in.mp4", noise_px, times_s=times_s, detected=False)
    write_overlay(analysis, tmp_path / "in.mp4", tmp_path / "out.mp4")
    pictures, _ = read_pictures(tmp_path / "out.mp4")
    width = pictures[0].shape[1] // 2
    at = choose_crop(analysis).place(make_centres()[KEYS.index("mouth_corner_left")])
    beside = vertical_motion(pictures, at + np.array([width, 0]))
    np.testing.assert_allclose(beside, 0.0, atol=0.05)


def test_a_large_tremor_is_magnified_less_than_the_skin_would_fold(times_s, tmp_path):
    (tmp_path / "in.mp4").touch()
    shift_px = 2.0 * PX_PER_MM * np.sin(2 * np.pi * FREQUENCY_HZ * times_s)
    analysis = describe(tmp_path / "in.mp4", shift_px, times_s=times_s, detected=True)
    magnifier = Magnifier(analysis, magnify=10)
    assert magnifier.factor == pytest.approx(1 + GREATEST_SHIFT_MM / 2.0, rel=0.03)
    assert magnifier.caption.startswith("tremor × 5.")


def test_outside_the_stretch_with_tremor_nothing_moves(times_s, tmp_path, texture):
    (tmp_path / "in.mp4").touch()
    shift_px = 0.15 * PX_PER_MM * np.sin(2 * np.pi * FREQUENCY_HZ * times_s)
    analysis = describe(tmp_path / "in.mp4", shift_px, times_s=times_s, detected=True)
    magnifier = Magnifier(analysis, magnify=10)
    before = magnifier.warp(texture.copy(), 10, origin_px=np.zeros(2), scale=1.0)
    np.testing.assert_array_equal(before, texture)
    during = magnifier.warp(texture.copy(), 61, origin_px=np.zeros(2), scale=1.0)
    assert (during != texture).any()


def test_uneven_times_are_kept(tmp_path, texture):
    times_s = np.concatenate([np.arange(20) / 30, 0.7 + np.arange(20) / 24])
    render(tmp_path / "in.mp4", texture, np.zeros(40), times_s=times_s)
    analysis = describe(tmp_path / "in.mp4", np.zeros(40), times_s=times_s, detected=False)
    write_overlay(analysis, tmp_path / "in.mp4", tmp_path / "out.mp4")
    _, shown_s = read_pictures(tmp_path / "out.mp4")
    np.testing.assert_allclose(shown_s, times_s, atol=1e-4)


def test_another_recording_is_refused(tmp_path, texture, times_s):
    render(tmp_path / "in.mp4", texture, np.zeros(10), times_s=times_s[:10])
    with pytest.raises(TremorcamError, match=r"in\.mp4' is not the recording that was analysed"):
        write_overlay(make_analysis(), tmp_path / "in.mp4", tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_a_magnification_without_sense_is_refused(tmp_path):
    with pytest.raises(TremorcamError, match="1 to 100"):
        write_overlay(make_analysis(), "in.mp4", tmp_path / "out.mp4", magnify=0)


def test_a_failure_on_the_way_leaves_nothing_behind(tmp_path, texture, times_s):
    render(tmp_path / "in.mp4", texture, np.zeros(10), times_s=times_s[:10])
    analysis = describe(tmp_path / "in.mp4", np.zeros(10), times_s=times_s[:10], detected=False)

    def fail(_share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_overlay(analysis, tmp_path / "in.mp4", tmp_path / "out.mp4", progress=fail)
    assert {path.name for path in tmp_path.iterdir()} == {"in.mp4"}


def test_the_own_face_is_shown_only_where_asked_for(tmp_path, texture, times_s):
    render(tmp_path / "in.mp4", texture, np.zeros(60), times_s=times_s[:60])
    analysis = describe(tmp_path / "in.mp4", np.zeros(60), times_s=times_s[:60], detected=True)
    save_report(analysis, tmp_path / "drawn.html")
    assert "data:image/jpeg" not in (tmp_path / "drawn.html").read_text("utf-8")
    save_report(analysis, tmp_path / "own.html", own_face_from=tmp_path / "in.mp4")
    page = (tmp_path / "own.html").read_text("utf-8")
    assert "data:image/jpeg;base64," in page
    assert len(page) < 1_500_000

    axes = own_face(analysis, tmp_path / "in.mp4").axes[0]
    crop = choose_crop(analysis)
    at = crop.place(make_centres()[KEYS.index("mouth_corner_left")])
    filled = [patch for patch in axes.patches if isinstance(patch, Circle) and patch.get_fc()[3]]
    assert [patch.center for patch in filled] == [pytest.approx(tuple(at))]
    arrow = next(patch for patch in axes.patches if isinstance(patch, FancyArrowPatch))
    (x0, y0), (x1, y1) = arrow._posA_posB
    # The picture's y points down: seen, the arrow still rises to the right.
    assert np.degrees(np.arctan2(y0 - y1, x1 - x0)) == pytest.approx(AXIS_DEG)
    with pytest.raises(TremorcamError, match="is not the recording that was analysed"):
        save_report(make_analysis(), tmp_path / "own.html", own_face_from=tmp_path / "in.mp4")
