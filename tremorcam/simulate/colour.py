"""Between RGB pictures and the planes that videos store, BT.709 throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def split(picture: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Full-range luma, and blue and red difference around zero, all (height, width)."""
    red, green, blue = cv2.split(picture.astype(np.float32))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return [luma, (blue - luma) / 1.8556, (red - luma) / 1.5748]


def join(planes: Sequence[NDArray[np.float32]], size: tuple[int, int]) -> NDArray[np.uint8]:
    """RGB picture of a size (width, height) out of planes of any size."""
    y, b, r = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in planes)
    rgb = [y + 1.5748 * r, y - 0.1873 * b - 0.4681 * r, y + 1.8556 * b]
    return np.asarray(np.clip(np.stack(rgb, axis=-1), 0, 255), np.uint8)


def to_planes(picture: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Split, with colour at half the size."""
    luma, *chroma = split(picture)
    half = (picture.shape[1] // 2, picture.shape[0] // 2)
    small = [cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in chroma]
    return [luma, *(np.asarray(plane, np.float32) for plane in small)]


def to_limited(planes: Sequence[NDArray[np.float32]], tint: float = 1.0) -> NDArray[np.uint8]:
    """Stack luma and half-size chroma as 8-bit limited-range yuv420p (3/2 rows, columns)."""
    rows, columns = planes[0].shape
    stacked = np.empty((rows * 3 // 2, columns), np.uint8)
    stacked[:rows] = cv2.convertScaleAbs(planes[0], alpha=219 / 255, beta=16)
    chroma = [cv2.convertScaleAbs(p, alpha=tint * 224 / 255, beta=128) for p in planes[1:]]
    stacked[rows:] = np.concatenate([p.ravel() for p in chroma]).reshape(-1, columns)
    return stacked
