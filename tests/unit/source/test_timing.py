from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_clips import write_clip

from tremorcam.source.timing import audit_timing, find_duplicates, find_gaps
from tremorcam.source.video import Video

CLIPS = Path(__file__).resolve().parents[3].parent / "shared" / "clips"


def webcam_pictures(n, *, motion_px=0.0, noise=2.5, seed=0):
    """A textured scene that sways, as a sensor with noise sees it."""
    rng = np.random.default_rng(seed)
    scene = cv2.GaussianBlur(rng.normal(0, 1, (200, 260)).astype(np.float32), (0, 0), 3)
    scene = 120 + 50 * scene / scene.std()
    pictures = []
    for i in range(n):
        shift = np.float32([[1, 0, motion_px * np.sin(i / 4)], [0, 1, 0]])
        seen = cv2.warpAffine(scene, shift, (256, 192), borderMode=cv2.BORDER_REFLECT)
        seen = seen + rng.normal(0, noise, seen.shape)
        pictures.append(np.clip(np.rint(seen), 16, 235).astype(np.uint8))
    return pictures


def repeats_of(rate_hz, file_rate_hz, n):
    """Which frames of a file repeat, when a slower camera fills it."""
    shown = np.floor(np.arange(n) * rate_hz / file_rate_hz + 1e-9).astype(int)
    return shown, np.concatenate([[False], np.diff(shown) == 0])


def differences_of(path):
    with Video(path) as video:
        return [frame.difference for frame in video.frames()]


CODECS = {
    "clip.mp4": {"codec": "libx264", "pixel_format": "yuv420p"},
    "clip.webm": {"codec": "libvpx", "pixel_format": "yuv420p"},
    "clip.mkv": {"codec": "ffv1", "pixel_format": "gray"},
}


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("motion_px", [0.0, 0.7, 4.0])
def test_a_webcam_repeats_nothing_still_or_moving(tmp_path, name, motion_px):
    pictures = webcam_pictures(60, motion_px=motion_px)
    path = write_clip(tmp_path / name, pictures, bit_rate_bps=4_000_000, **CODECS[name])
    assert find_duplicates(differences_of(path)).sum() == 0


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("rate_hz", [25, 15, 7.6])
def test_a_slower_camera_in_a_file_of_30_is_seen_through(tmp_path, name, rate_hz):
    shown, repeats = repeats_of(rate_hz, 30, 90)
    pictures = webcam_pictures(shown[-1] + 1, motion_px=1.0)
    path = write_clip(
        tmp_path / name,
        [pictures[i] for i in shown],
        times_ms=[round(1000 * i / 30) for i in range(90)],
        bit_rate_bps=4_000_000,
        gop_size=300,
        **CODECS[name],
    )
    with Video(path) as video:
        frames = [(frame.time_s, frame.difference) for frame in video.frames()]
    time_s, difference = map(np.array, zip(*frames, strict=True))
    found = find_duplicates(difference)
    assert np.flatnonzero(found != repeats).tolist() == []
    assert audit_timing(time_s, found).effective_rate_hz == pytest.approx(rate_hz, rel=0.02)


@pytest.mark.parametrize("every", [0, 5])
def test_light_that_flickers_repeats_nothing(tmp_path, every):
    # Mains light of 50 Hz, seen at 30 Hz: two of three pictures are as bright as each other.
    (scene,) = webcam_pictures(1, noise=0.0)
    lit = []
    for i in range(90):
        scene[90:110, 100:160] = np.roll(scene[90:110, 100:160], 1, axis=1)
        lit.append(scene * (1 + 0.03 * np.sin(2 * np.pi * (i / 3 + 1 / 12))))
    repeats = [i > 0 and every > 0 and i % every == 0 for i in range(90)]
    shown = [lit[i - repeated].astype(np.uint8) for i, repeated in enumerate(repeats)]
    path = write_clip(tmp_path / "clip.mkv", shown, codec="ffv1", pixel_format="gray")
    assert find_duplicates(differences_of(path)).tolist() == repeats


def test_irregular_repeats():
    rng = np.random.default_rng(1)
    repeats = rng.random(300) < 0.15
    repeats[0] = False
    difference = np.where(repeats, rng.uniform(0, 0.003, 300), rng.uniform(0.03, 0.15, 300))
    assert np.array_equal(find_duplicates(difference), repeats)


def test_a_burst_of_movement_makes_no_repeats_around_it():
    difference = np.full(100, 0.03)
    difference[50:55] = 0.6  # a blink fills the picture with change
    assert find_duplicates(difference).sum() == 0


def test_a_stall_longer_than_the_reach():
    difference = np.full(200, 0.05)
    difference[80:120] = 0
    assert np.flatnonzero(find_duplicates(difference)).tolist() == list(range(80, 120))


@pytest.mark.parametrize("difference", [[], [np.nan], [np.nan, 0.0], [np.nan] + [0.0] * 50])
def test_nothing_to_compare_gives_nothing(difference):
    assert find_duplicates(difference).tolist() == [False] * len(difference)


@given(st.lists(st.floats(0, 1) | st.just(np.nan), max_size=60))
def test_the_greatest_change_and_the_unknown_are_never_repeats(differences):
    found = find_duplicates(differences)
    assert found.shape == (len(differences),)
    assert not found[np.isnan(differences)].any()
    assert not found[np.asarray(differences) == np.max(differences, initial=0)].any()
    assert np.array_equal(find_duplicates(differences[::-1])[::-1], found)


def test_every_sixth_frame_repeated_is_25_hz():
    timing = audit_timing(np.arange(301) / 30, np.arange(301) % 6 == 5, n_corrected=3)
    assert timing.effective_rate_hz == pytest.approx(25, abs=1e-9)
    assert (timing.n_frames, timing.n_duplicates, timing.n_gaps) == (301, 50, 0)
    assert timing.duration_s == pytest.approx(10)
    # Four intervals of 1/30 s and one of 2/30 s.
    assert timing.interval_sd_s == pytest.approx(0.4 / 30, rel=0.01)
    assert timing.longest_gap_s == pytest.approx(2 / 30)
    assert timing.n_corrected_times == 3


def test_a_gap_is_counted_and_does_not_change_the_rate():
    time_s = np.concatenate([np.arange(100) / 30, 20 + np.arange(100) / 30])
    timing = audit_timing(time_s, np.zeros(200, bool))
    assert timing.effective_rate_hz == pytest.approx(30, abs=1e-9)
    assert timing.n_gaps == 1
    assert timing.longest_gap_s == pytest.approx(20 - 99 / 30)
    assert timing.interval_sd_s == pytest.approx(0, abs=1e-12)


def test_jitter_is_the_deviation_of_the_intervals():
    rng = np.random.default_rng(0)
    intervals = rng.normal(1 / 30, 0.002, 5000)
    timing = audit_timing(np.concatenate([[0], np.cumsum(intervals)]), np.zeros(5001, bool))
    assert timing.interval_sd_s == pytest.approx(intervals.std(), rel=1e-6)
    assert timing.effective_rate_hz == pytest.approx(1 / intervals.mean(), rel=1e-6)


def test_one_picture_has_no_rate():
    timing = audit_timing([0.0, 0.5, 1.0], [False, True, True])
    assert timing.effective_rate_hz == 0
    assert np.isnan(timing.interval_sd_s)
    assert timing.longest_gap_s == 1.0


def test_gaps_are_intervals_of_missing_pictures():
    assert find_gaps([1, 1, 2, 1, 2.6, 1]).tolist() == [False] * 4 + [True, False]
    assert find_gaps([]).tolist() == []


@pytest.mark.parametrize(
    ("time_s", "duplicate"),
    [([], []), ([0, 1], [False]), ([0, 0], [False] * 2), ([[0]], [[False]])],
)
def test_what_is_no_list_of_times_is_refused(time_s, duplicate):
    with pytest.raises(ValueError, match="times"):
        audit_timing(time_s, duplicate)


# Seen by optical flow: nothing at all moves between these frames and those before them.
REAL_REPEATS = {
    "dbm_subj02_frown_1080x720p30_7dups.mp4": [
        8, 14, 20, 27, 31, 39, 45, 49, 53, 56, 61, 68, 74, 76, 82, 89, 97, 99, 107, 115, 123, 134,
        143,
    ],
    "intel_asl_bird_handoverface_2people_640x480p30.mkv": [3, 16, 56, 60],
    "lp_s20_woman_dolly_portrait_480x908p30_pulldown25.mp4": [1, *range(6, 297, 6)],
    "lp_d0_man_smile_greenscreen_512p25.mp4": [],
    "lp_d3_woman_winks_asym_512p30.mp4": [],
    "lp_d9_man_glasses_lips_smile_blinks_512x480p30.mp4": [],
    "ow_notexpressive_1080p30.mp4": [],
    "pyfeat_noface_then_face_hevc_vfr_960x540.mov": [],
    "intel_man_smile_480x270_12fps.gif": [],
}  # fmt: skip
REAL_RATES_HZ = {
    "dbm_subj02_frown_1080x720p30_7dups.mp4": 25.3,
    "lp_s20_woman_dolly_portrait_480x908p30_pulldown25.mp4": 25.0,
    "intel_man_smile_480x270_12fps.gif": 12.0,
    "ow_notexpressive_1080p30.mp4": 30.0,
}


@pytest.mark.parametrize("name", REAL_REPEATS)
def test_repeats_and_rates_of_real_clips(name):
    if not (CLIPS / name).exists():
        pytest.skip("the real clips are not here")
    with Video(CLIPS / name) as video:
        frames = [(frame.time_s, frame.difference) for frame in video.frames()]
    time_s, difference = map(np.array, zip(*frames, strict=True))
    found = find_duplicates(difference)
    assert np.flatnonzero(found).tolist() == REAL_REPEATS[name]
    if name in REAL_RATES_HZ:
        rate_hz = audit_timing(time_s, found).effective_rate_hz
        assert rate_hz == pytest.approx(REAL_RATES_HZ[name], abs=0.1)


def test_truly_variable_rate_of_a_real_clip():
    path = CLIPS / "pyfeat_noface_then_face_hevc_vfr_960x540.mov"
    if not path.exists():
        pytest.skip("the real clips are not here")
    with Video(path) as video:
        time_s = np.array([frame.time_s for frame in video.frames()])
    # A cartoon at 24 Hz (its first picture cut short), then a face at 30 Hz.
    for part, rate_hz in (((time_s > 0.01) & (time_s < 3.94), 24.0), (time_s > 4.0, 30.0)):
        timing = audit_timing(time_s[part], np.zeros(part.sum(), bool))
        assert timing.effective_rate_hz == pytest.approx(rate_hz, abs=0.01)
        assert timing.interval_sd_s < 1e-4
    assert audit_timing(time_s, np.zeros(len(time_s), bool)).interval_sd_s > 0.004
