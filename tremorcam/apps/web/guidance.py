"""Live advice while a person sits down before the camera, and how wide they smile.

It sees small, compressed pictures: good enough to say "come closer", never to measure. Nothing
here is stored.
"""

from __future__ import annotations

import io
import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from tremorcam.anatomy import IRIS_DIAMETER_MM, SIDES
from tremorcam.track import geometry
from tremorcam.track.landmarks import FaceLandmarks

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_PICTURE_SIDE_PX = 1024

# Guidance only: generous limits, so that what passes here is measured well. The measurement
# has limits of its own, with their sources, in its quality gate.
_MIN_INTEROCULAR_PX = 90.0
_MAX_FACE_SHARE = 0.85
_MAX_OFF_CENTRE = 0.18
_MAX_YAW_DEG = 15.0
_MAX_PITCH_DEG = 22.0
_MAX_ROLL_DEG = 12.0
_DARK_GREY, _BRIGHT_GREY = 60.0, 225.0
_MAX_SIDE_RATIO = 1.9
_MIN_RATE_HZ = 25.0
_MAX_FLICKER = 0.01
_FULL_SMILE_MM = 12.0
"""Typical excursion of a mouth corner in a full smile, which fills the bar."""

_MEMORY = 150
"""Pictures remembered, for the neutral face and for flicker: about 15 s."""


class PictureError(ValueError):
    """What came is not a small JPEG picture."""


@dataclass(frozen=True)
class Capture:
    """What the browser says of the camera itself; ``rate_hz`` as counted, not as promised."""

    width_px: int
    height_px: int
    rate_hz: float | None

    @classmethod
    def read(cls, text: str) -> Capture | None:
        """Read what a browser sent as JSON; nonsense counts as nothing."""
        try:
            told = json.loads(text)
            rate = told.get("rate_hz")
            return cls(
                width_px=min(max(int(told["width_px"]), 1), 16384),
                height_px=min(max(int(told["height_px"]), 1), 16384),
                rate_hz=None if rate is None else float(rate),
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            return None


@dataclass(frozen=True)
class Check:
    """One thing to get right before the test; ``text`` says what is, or what to do."""

    code: str
    ok: bool
    text: str


def decode(jpeg: bytes) -> NDArray[np.uint8]:
    """Decode a small JPEG picture to grey, shape (height, width).

    Raises
    ------
    PictureError
        If it is something else, or large once unpacked.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
            if max(picture.size) > MAX_PICTURE_SIDE_PX:
                raise PictureError(f"the picture is larger than {MAX_PICTURE_SIDE_PX} px")
            return np.asarray(picture.convert("L"))
    except (OSError, SyntaxError) as error:
        raise PictureError(f"no JPEG picture: {error}") from error


class Guide:
    """Advises one person; holds a landmark network, so close it.

    Parameters
    ----------
    landmarks : FaceLandmarks, optional
        Something with its methods, for tests.
    """

    def __init__(self, landmarks: FaceLandmarks | None = None) -> None:
        self._landmarks = landmarks or FaceLandmarks(max_side_px=320)
        self._excursions_mm: deque[NDArray[np.float64]] = deque(maxlen=_MEMORY)
        self._greys: deque[float] = deque(maxlen=20)
        self._number = 0
        self._lock = threading.Lock()
        self._capture: Capture | None = None

    def hear(self, text: str) -> None:
        """Take note of what the browser says of its camera."""
        self._capture = Capture.read(text)

    def close(self) -> None:
        """Release the network, once it is not at work."""
        with self._lock:
            self._landmarks.close()

    def observe(self, jpeg: bytes) -> dict[str, Any]:
        """Look at one picture.

        Returns
        -------
        dict
            ``error`` if it is no picture; else ``box`` (left, top, width, height as fractions
            of the picture, ``None`` without a face), ``checks``, ``ready`` and ``smile`` (per
            side, 0 to about 1).
        """
        try:
            gray = decode(jpeg)
        except PictureError as error:
            return {"error": str(error)}
        # The network only needs times that increase; when the picture was taken is unknown.
        self._number += 1
        with self._lock:
            faces = self._landmarks.find(gray, time_s=float(self._number))
        face = faces[0] if faces else None
        if face is None:
            self._greys.clear()
        checks = self._checks(gray, face)
        return {
            "box": None if face is None else _box(gray, face),
            "checks": [asdict(check) for check in checks],
            "ready": all(check.ok for check in checks),
            "smile": None if face is None else self._smile(face),
        }

    def _smile(self, face: NDArray[np.float64]) -> dict[str, float]:
        """Smile of each side, relative to the most relaxed face of the last seconds."""
        mm_per_px = IRIS_DIAMETER_MM / geometry.iris_px(face)
        self._excursions_mm.append(geometry.smile_excursions_px(face) * mm_per_px)
        neutral = np.percentile(np.array(self._excursions_mm), 10, axis=0)
        level = np.clip((self._excursions_mm[-1] - neutral) / _FULL_SMILE_MM, 0, 1.5)
        return dict(zip(SIDES, level.round(3).tolist(), strict=True))

    def _checks(self, gray: NDArray[np.uint8], face: NDArray[np.float64] | None) -> list[Check]:
        rate = _check_rate(self._capture)
        if face is None:
            found = Check("face", False, "No face to be seen. Sit in front of the camera.")
            return [found, *rate]
        brightness = _face_grey(gray, face)
        self._greys.append(float(brightness.mean()))
        return [
            Check("face", True, "Face found"),
            _check_size(gray, face, self._capture),
            _check_centre(gray, face),
            _check_angle(face),
            _check_light(brightness),
            _check_flicker(np.array(self._greys)),
            *rate,
        ]


def _box(gray: NDArray[np.uint8], face: NDArray[np.float64]) -> list[float]:
    height, width = gray.shape
    x0, y0, x1, y1 = geometry.face_box_px(face)
    corners = np.array([x0 / width, y0 / height, (x1 - x0) / width, (y1 - y0) / height])
    return [float(value) for value in corners.round(4)]


def _check_size(
    gray: NDArray[np.uint8], face: NDArray[np.float64], capture: Capture | None
) -> Check:
    height, width = gray.shape
    scale = (capture.width_px if capture else width) / width
    x0, y0, x1, y1 = geometry.face_box_px(face)
    if max((x1 - x0) / width, (y1 - y0) / height) > _MAX_FACE_SHARE:
        return Check("size", False, "Move back a little.")
    if geometry.interocular_px(face) * scale < _MIN_INTEROCULAR_PX:
        return Check("size", False, "Come closer to the camera.")
    return Check("size", True, "Good distance")


def _check_centre(gray: NDArray[np.uint8], face: NDArray[np.float64]) -> Check:
    height, width = gray.shape
    x0, y0, x1, y1 = geometry.face_box_px(face)
    across, down = (x0 + x1) / 2 / width - 0.5, (y0 + y1) / 2 / height - 0.5
    if abs(across) > _MAX_OFF_CENTRE:
        # The subject's left is on the right of an unmirrored picture.
        return Check("centre", False, f"Move to your {'right' if across > 0 else 'left'}.")
    if abs(down) > _MAX_OFF_CENTRE:
        return Check("centre", False, "Sit higher." if down > 0 else "Sit lower.")
    return Check("centre", True, "Centred")


def _check_angle(face: NDArray[np.float64]) -> Check:
    yaw, pitch, roll = np.abs(geometry.head_angles_deg(face))
    if yaw > _MAX_YAW_DEG:
        return Check("angle", False, "Turn your face straight to the camera.")
    if pitch > _MAX_PITCH_DEG:
        return Check("angle", False, "Hold your head level with the camera.")
    if roll > _MAX_ROLL_DEG:
        return Check("angle", False, "Hold your head upright.")
    return Check("angle", True, "Facing the camera")


def _face_grey(gray: NDArray[np.uint8], face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean grey of the left and the right half of the face's box."""
    height, width = gray.shape
    x0, y0, x1, y1 = geometry.face_box_px(face)
    middle = (x0 + x1) / 2
    rows = slice(max(0, int(y0)), min(height, int(y1) + 1))
    halves = [
        gray[rows, max(0, int(a)) : min(width, int(b) + 1)] for a, b in ((middle, x1), (x0, middle))
    ]
    return np.array([half.mean() if half.size else 0.0 for half in halves])


def _check_light(brightness: NDArray[np.float64]) -> Check:
    if brightness.mean() < _DARK_GREY:
        return Check("light", False, "Too dark. Turn a lamp or a window towards your face.")
    if brightness.mean() > _BRIGHT_GREY:
        return Check("light", False, "Too bright. Turn away from the strong light.")
    if brightness.max() > _MAX_SIDE_RATIO * max(brightness.min(), 1.0):
        return Check("light", False, "One side is in shadow. Light your face from the front.")
    return Check("light", True, "Good light")


def _check_flicker(greys: NDArray[np.float64]) -> Check:
    """Look for light that jumps from picture to picture; slow changes do no harm."""
    calm = Check("flicker", True, "Steady light")
    if len(greys) < 10:
        return calm
    # Second differences leave out what drifts; for white jumps their variance is six times theirs.
    jumps = np.median(np.abs(np.diff(greys, 2))) * 1.4826 / np.sqrt(6)
    if jumps / greys.mean() < _MAX_FLICKER:
        return calm
    return Check("flicker", False, "The light flickers. Use daylight or another lamp.")


def _check_rate(capture: Capture | None) -> list[Check]:
    if capture is None or capture.rate_hz is None:
        return []
    if capture.rate_hz < _MIN_RATE_HZ:
        return [
            Check(
                "rate",
                False,
                f"The camera gives {capture.rate_hz:.0f} pictures a second; 30 are needed. "
                "More light helps, and closing other programs.",
            )
        ]
    return [Check("rate", True, f"{capture.rate_hz:.0f} pictures a second")]
