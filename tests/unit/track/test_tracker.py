"""The tracker on pictures whose motion is exactly known: a photograph, moved."""

from importlib import resources
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import xarray as xr

from tremorcam.anatomy import REGIONS
from tremorcam.track import geometry, track
from tremorcam.track.landmarks import FaceLandmarks
from tremorcam.track.model import load_model

RATE_HZ = 30.0


@pytest.fixture(scope="module")
def portrait():
    path = resources.files("tremorcam") / "simulate" / "astronaut.png"
    gray = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    return cv2.resize(gray, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="module")
def face(portrait):
    with FaceLandmarks(follow=False) as finder:
        return finder.find(portrait)[0]


def frames_of(pictures, difference=5.0):
    return [
        SimpleNamespace(
            index=i, time_s=i / RATE_HZ, gray=picture, difference=difference, bidirectional=False
        )
        for i, picture in enumerate(pictures)
    ]


def moved(picture, face, dx, dy, *, at=None):
    """Shift the whole picture, or a flat-topped patch around the landmark ``at``."""
    y, x = np.indices(picture.shape, dtype=np.float32)
    weight = np.float32(1.0)
    if at is not None:
        iod_px = geometry.interocular_px(face)
        distance = np.hypot(x - face[at, 0], y - face[at, 1])
        weight = np.clip((0.45 * iod_px - distance) / (0.2 * iod_px), 0, 1).astype(np.float32)
    return cv2.remap(
        picture,
        x - np.float32(dx) * weight,
        y - np.float32(dy) * weight,
        cv2.INTER_LANCZOS4,
        borderMode=cv2.BORDER_REPLICATE,
    )


def test_model_is_the_tested_one():
    assert len(load_model()) == 3_758_596


def test_sides_are_the_subjects_own(face):
    centres = dict(zip([r.key for r in REGIONS], geometry.region_centres_px(face), strict=True))
    assert centres["mouth_corner_left"][0] > centres["mouth_corner_right"][0]
    assert centres["brow_left"][0] > centres["brow_right"][0]
    assert centres["forehead_both"][1] < centres["nose_bridge_both"][1] < centres["chin_both"][1]


def test_a_local_tremor_is_read_at_its_region_alone(portrait, face):
    time_s = np.arange(75) / RATE_HZ
    wave_px = 0.6 * np.sin(2 * np.pi * 6 * time_s)
    signals = track(frames_of([moved(portrait, face, 0, dy, at=291) for dy in wave_px]))
    mm = signals["displacement_mm"].sel(space="y").values
    px = mm / signals["mm_per_px"].values[:, None]
    basis = np.stack([np.sin(12 * np.pi * time_s), np.cos(12 * np.pi * time_s), np.ones(75)], 1)
    amplitude = np.hypot(*np.linalg.lstsq(basis, px, rcond=None)[0][:2])
    by_key = dict(zip(signals["channel"].values, amplitude, strict=True))
    assert by_key["mouth_corner_left"] == pytest.approx(0.6, rel=0.03)
    for key in ("mouth_corner_right", "cheek_right", "nose_bridge_both", "brow_left"):
        assert by_key[key] < 0.02 * 0.6


def test_head_motion_is_not_the_faces(portrait, face):
    time_s = np.arange(75) / RATE_HZ
    dx, dy = 3 * np.sin(2 * np.pi * 0.7 * time_s), 0.8 * np.sin(2 * np.pi * 5 * time_s)
    signals = track(frames_of([moved(portrait, face, x, y) for x, y in zip(dx, dy, strict=True)]))
    scale = signals["mm_per_px"].values
    own_px = signals["displacement_mm"].values / scale[:, None, None]
    assert np.std(own_px, axis=0).max() < 0.03
    head_px = signals["head_mm"].values / scale[:, None]
    np.testing.assert_allclose(
        head_px - head_px[0], np.stack([dx - dx[0], dy - dy[0]], 1), atol=0.06
    )


def test_a_face_that_leaves_splits_the_record(portrait):
    blank = np.full_like(portrait, 90)
    pictures = [portrait] * 5 + [blank] * 5 + [portrait] * 5
    signals = track(frames_of(pictures))
    found = signals["face_found"].values
    assert found.tolist() == [True] * 5 + [False] * 5 + [True] * 5
    known = np.isfinite(signals["displacement_mm"].values[:, 0, 0])
    assert known.tolist() == found.tolist()


def test_nothing_but_blank_pictures():
    signals = track(frames_of([np.full((240, 320), 90, np.uint8)] * 4))
    assert not signals["face_found"].any()
    assert np.isnan(signals["displacement_mm"].values).all()


def test_the_number_of_threads_changes_nothing(portrait, face):
    pictures = [moved(portrait, face, 0.3 * i, 0.2 * (i % 3)) for i in range(7)]
    before = cv2.getNumThreads()
    try:
        signals = []
        for n_threads in (1, 2, 5):
            cv2.setNumThreads(n_threads)
            signals.append(track(frames_of(pictures)))
    finally:
        cv2.setNumThreads(before)
    for others in signals[1:]:
        xr.testing.assert_identical(others, signals[0])
