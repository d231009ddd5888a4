"""What users do today: landmarks of every frame, the head taken out, a Fourier transform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

from tremorcam.anatomy import IRIS, IRIS_DIAMETER_MM, MOUTH_CORNER, REFERENCE_LANDMARKS, SIDES
from tremorcam.source.video import Video
from tremorcam.track.model import load_model

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LOOPS = {"landmarks": 1.0, "unfiltered": 1e5}
"""By how much the times given to FaceLandmarker are stretched: as they are, as everybody has
them; or so far that its filter lets everything pass."""


def corner_paths(path: Path, stretch: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the times and the path of both mouth corners, shape (n, 2 sides, 2), in mm."""
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=load_model()),
        running_mode=vision.RunningMode.VIDEO,
    )
    times, faces = [], []
    with vision.FaceLandmarker.create_from_options(options) as loop, Video(path) as video:
        for frame in video.frames():
            image = mediapipe.Image(mediapipe.ImageFormat.SRGB, frame.rgb())
            found = loop.detect_for_video(image, round(frame.time_s * 1000 * stretch))
            if found.face_landmarks:
                times.append(frame.time_s)
                points = [(p.x * video.info.width_px, p.y * video.info.height_px)
                          for p in found.face_landmarks[0]]  # fmt: skip
                faces.append(points)
    return np.array(times), _in_mm(np.array(faces))


def _in_mm(faces: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners after a similarity has laid every face on the middle one."""
    flat = faces @ np.array([1.0, 1.0j])
    rigid = flat[:, list(REFERENCE_LANDMARKS)]
    target = np.median(rigid.real, axis=0) + 1j * np.median(rigid.imag, axis=0)
    arm = rigid - rigid.mean(axis=1, keepdims=True)
    goal = target - target.mean()
    factor = (arm.conj() @ goal) / (np.abs(arm) ** 2).sum(axis=1)
    corners = flat[:, [MOUTH_CORNER[side] for side in SIDES]]
    laid = (corners - rigid.mean(axis=1, keepdims=True)) * factor[:, None]
    widths = [np.abs(flat[:, ids[1]] - flat[:, ids[3]]) for ids in IRIS.values()]
    mm_per_px = IRIS_DIAMETER_MM / np.median(widths)
    return np.stack([laid.real, laid.imag], axis=-1) * mm_per_px


def peak_hz(time_s: NDArray[np.float64], path_mm: NDArray[np.float64]) -> float:
    """Frequency of the highest bin of a padded Hann spectrum from 3 to 12 Hz, both axes."""
    grid_s = np.linspace(time_s[0], time_s[-1], len(time_s))
    even = np.stack([np.interp(grid_s, time_s, column) for column in path_mm.T], axis=1)
    window = np.hanning(len(even))[:, None]
    power = np.abs(np.fft.rfft((even - even.mean(axis=0)) * window, 8 * len(even), axis=0)) ** 2
    hz = np.fft.rfftfreq(8 * len(even), grid_s[1] - grid_s[0])
    band = (hz >= 3) & (hz <= 12)
    return float(hz[band][np.argmax(power.sum(axis=1)[band])])
