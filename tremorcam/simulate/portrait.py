"""A face photograph made ready for warping: placed, scaled, oversampled, landmarked."""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tremorcam.anatomy import EYE_CORNERS, IRIS, IRIS_DIAMETER_MM, SIDES, region
from tremorcam.data import InputError
from tremorcam.simulate.colour import join, split
from tremorcam.track.model import load_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.simulate.scene import Camera

OVERSAMPLING = 4
"""Source pixels per picture pixel, so that linear sampling between them is exact enough."""

POINT_SPREAD_PX = 0.5
"""Blur (standard deviation) of lens and pixel, in picture pixels."""

SKIN_TEXTURE = ((0.35, 1.8), (0.9, 1.4))
"""Size in mm and RMS in grey levels of the fixed texture that is painted on the skin: an
enlarged photograph has lost the pores and fine lines that a camera would see. It brings the
cheeks to the mean squared gradient of sharp photographs, 3 to 5 (grey levels per pixel)² with
160 pixels between the eyes; webcams show 0.2 to 2.4."""

ENLARGED = 1.5
"""Photographs that are enlarged by more than this get that texture."""

SMILE_SCORE = 0.4
"""Mouth-smile score of the landmarker from which the photograph counts as smiling."""

_FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip


@dataclass(frozen=True)
class Portrait:
    """A photograph laid out in the picture.

    Parameters
    ----------
    luma : ndarray of float32, shape (height * OVERSAMPLING, width * OVERSAMPLING)
        Full-range BT.709 luma.
    chroma : two ndarrays of float32, half of that size
        Blue and red difference, zero for grey.
    landmarks_px : ndarray, shape (478, 3)
        Face mesh in picture pixels: x, y, and depth (towards the camera negative).
    interocular_px, mm_per_px : float
        Distance of the eyes' centres; scale from the irises, 11.71 mm wide.
    smiling : bool
        Whether the photograph itself smiles; then a neutral face is what is warped.
    """

    luma: NDArray[np.float32]
    chroma: tuple[NDArray[np.float32], NDArray[np.float32]]
    landmarks_px: NDArray[np.float64]
    interocular_px: float
    mm_per_px: float
    smiling: bool

    def region_centre(self, name: str, side: str) -> NDArray[np.float64]:
        """Centre of a region, shape (2,), pixels."""
        landmarks = list(region(name, side).landmarks)
        return np.asarray(self.landmarks_px[landmarks, :2].mean(axis=0))


@functools.lru_cache(maxsize=4)
def load_portrait(face: str | None, camera: Camera, seed: int = 0) -> Portrait:
    """Lay a photograph out in the picture of a camera.

    Raises
    ------
    InputError
        If the file is no picture or shows no face.
    """
    photo = _read_photo(face)
    found, _ = _landmarks(photo, face)
    scale = camera.interocular_px / _interocular(found)
    centre = (found.min(axis=0) + found.max(axis=0))[:2] / 2
    target = np.array([camera.width_px / 2, 0.58 * camera.height_px])
    placed = _Placing(scale, centre, target, camera)
    planes = split(photo)
    luma = placed.enlarge(planes[0], OVERSAMPLING)
    blue, red = (placed.enlarge(plane, OVERSAMPLING // 2) for plane in planes[1:])
    picture = join((luma, blue, red), (camera.width_px, camera.height_px))
    landmarks, smiling = _landmarks(picture, face)
    mm_per_px = IRIS_DIAMETER_MM / _iris_px(landmarks)
    if scale > ENLARGED:
        _paint_skin(luma, landmarks, mm_per_px, seed)
    return Portrait(luma, (blue, red), landmarks, _interocular(landmarks), mm_per_px, smiling)


def _read_photo(face: str | None) -> NDArray[np.uint8]:
    if face is None:
        data = (
            importlib.resources.files("tremorcam.simulate").joinpath("astronaut.png").read_bytes()
        )
    else:
        try:
            data = Path(face).read_bytes()
        except OSError as error:
            raise InputError(f"cannot read the photograph {face!r}: {error.strerror}") from error
    photo = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if photo is None:
        raise InputError(f"{face!r} is no picture that can be read; give a JPEG or PNG photograph")
    return np.asarray(cv2.cvtColor(photo, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _landmarks(picture: NDArray[np.uint8], face: str | None) -> tuple[NDArray[np.float64], bool]:
    """Landmarks in pixels, shape (478, 3), averaged over small shifts, and whether it smiles."""
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=load_model()),
        running_mode=vision.RunningMode.IMAGE,
        output_face_blendshapes=True,
    )
    found, scores = [], []
    rows, columns = picture.shape[:2]
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        for right, down in ((0, 0), (3, 0), (0, 3), (5, 5), (2, 7)):
            part = np.ascontiguousarray(picture[down:, right:])
            result = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=part))
            if not result.face_landmarks:
                continue
            size = np.array([columns - right, rows - down, columns - right])
            points = np.array([(p.x, p.y, p.z) for p in result.face_landmarks[0]]) * size
            found.append(points + np.array([right - 0.5, down - 0.5, 0]))
            shapes = {shape.category_name: shape.score for shape in result.face_blendshapes[0]}
            scores += [shapes["mouthSmileLeft"], shapes["mouthSmileRight"]]
    if not found:
        name = face or "the portrait"
        raise InputError(f"no face was found in {name!r}; give a frontal photograph")
    return np.mean(found, axis=0), bool(np.mean(scores) > SMILE_SCORE)


def _interocular(landmarks: NDArray[np.float64]) -> float:
    left, right = (landmarks[list(EYE_CORNERS[side]), :2].mean(axis=0) for side in SIDES)
    return float(np.hypot(*(left - right)))


def _iris_px(landmarks: NDArray[np.float64]) -> float:
    """Horizontal iris diameter, mean of both eyes."""
    rims = [(IRIS[side][1], IRIS[side][3]) for side in SIDES]
    return float(np.mean([np.hypot(*(landmarks[a, :2] - landmarks[b, :2])) for a, b in rims]))


@dataclass(frozen=True)
class _Placing:
    """Where the photograph goes in the picture: enlarged, with its centre on the target."""

    scale: float
    centre: NDArray[np.float64]
    target: NDArray[np.float64]
    camera: Camera

    def enlarge(self, plane: NDArray[np.float32], oversampling: int) -> NDArray[np.float32]:
        """Resample a plane to the oversampled picture, blurred as by a camera."""
        zoom, centre = self.scale * oversampling, self.centre
        if zoom < 1:
            shrunk = cv2.resize(plane, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
            plane, centre, zoom = np.asarray(shrunk, np.float32), (centre + 0.5) * zoom - 0.5, 1.0
        offset = oversampling * (self.target + 0.5) - 0.5 - zoom * centre
        matrix = np.array([[zoom, 0, offset[0]], [0, zoom, offset[1]]])
        size = (self.camera.width_px * oversampling, self.camera.height_px * oversampling)
        flags, border = cv2.INTER_LANCZOS4, cv2.BORDER_REFLECT_101
        enlarged = cv2.warpAffine(plane, matrix, size, flags=flags, borderMode=border)
        sigma = POINT_SPREAD_PX * oversampling
        return np.asarray(cv2.GaussianBlur(enlarged, (0, 0), sigma), np.float32)


def _paint_skin(
    luma: NDArray[np.float32], landmarks: NDArray[np.float64], mm_per_px: float, seed: int
) -> None:
    """Add the fixed skin texture inside the oval of the face, in place."""
    rng = np.random.default_rng(seed)
    oval = (OVERSAMPLING * (landmarks[list(_FACE_OVAL), :2] + 0.5)).astype(np.int32)
    x, y, width, height = cv2.boundingRect(oval)
    x, y = max(x, 0), max(y, 0)
    part = luma[y : y + height, x : x + width]
    mask = np.zeros(part.shape, np.float32)
    cv2.fillPoly(mask, [oval - (x, y)], 1.0)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.5 / mm_per_px * OVERSAMPLING)
    for size_mm, rms in SKIN_TEXTURE:
        sigma = size_mm / mm_per_px * OVERSAMPLING
        grain = cv2.GaussianBlur(rng.standard_normal(part.shape, np.float32), (0, 0), sigma)
        part += soft * grain * (rms / float(grain.std())) * (part / 160)
    np.clip(part, 0, 255, out=part)
