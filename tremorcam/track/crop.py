"""A window on the face: a fixed part of the picture at a bounded scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

IOD_PX = 160.0
"""Larger faces are shrunk to this distance between the pupils: more brings no accuracy."""
_MARGIN = 0.55
"""Room around the landmarks, in interocular distances."""
_LEAST_ROOM = 0.2
_MULTIPLE_PX = 4
"""Sides are multiples of this, so that they can be shrunk by averaging whole pixels."""


@dataclass(frozen=True)
class Crop:
    """A box of the picture, in whole pixels, and the size it is shown at.

    Coordinates have the centre of the first pixel at (0, 0). The box is shrunk ``whole``
    times by averaging whole pixels, which is fast, and the rest of the way, less than
    twice, by interpolation.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    width_px: int
    height_px: int
    whole: int
    iod_px: float

    @classmethod
    def around(cls, face: NDArray[np.float64], iod_px: float, shape: tuple[int, ...]) -> Crop:
        """Crop around landmarks (n, 2 or 3) of a face in a picture of that shape."""
        margin = _MARGIN * iod_px
        low = np.maximum(np.floor(face[:, :2].min(axis=0) - margin), 0).astype(int)
        high = np.minimum(np.ceil(face[:, :2].max(axis=0) + margin), shape[1::-1]).astype(int)
        shrink = max(1.0, iod_px / IOD_PX)
        whole = int(shrink)
        multiple = _MULTIPLE_PX * whole
        side = np.maximum((high - low) // multiple, 2) * multiple
        shown = np.round(side / shrink / _MULTIPLE_PX).astype(int) * _MULTIPLE_PX
        (x0, y0), (x1, y1), (width, height) = low.tolist(), (low + side).tolist(), shown.tolist()
        return cls(x0, y0, x1, y1, width, height, whole, iod_px)

    @property
    def factor(self) -> NDArray[np.float64]:
        """Pixels of the crop for each pixel of the picture, along x and y."""
        return np.array([self.width_px / (self.x1 - self.x0), self.height_px / (self.y1 - self.y0)])

    def cut(self, gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Take the crop out of a picture."""
        part = gray[self.y0 : self.y1, self.x0 : self.x1]
        if self.whole > 1:
            size = (part.shape[1] // self.whole, part.shape[0] // self.whole)
            part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
        if part.shape == (self.height_px, self.width_px):
            return np.ascontiguousarray(part)
        size = (self.width_px, self.height_px)
        return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)

    def from_picture(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions (..., 2) in the crop of points of the picture."""
        return (points + 0.5 - (self.x0, self.y0)) * self.factor - 0.5

    def to_picture(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions (..., 2) in the picture of points of the crop."""
        return (points + 0.5) / self.factor - 0.5 + (self.x0, self.y0)

    def still_fits(self, face: NDArray[np.float64], iod_px: float, shape: tuple[int, ...]) -> bool:
        """Whether the face, of roughly the same size, still has room in the crop."""
        room = _LEAST_ROOM * iod_px
        low = np.maximum(face[:, :2].min(axis=0) - room, 0)
        high = np.minimum(face[:, :2].max(axis=0) + room, shape[1::-1])
        inside = (low >= (self.x0, self.y0)).all() and (high <= (self.x1, self.y1)).all()
        return bool(inside and 0.8 < iod_px / self.iod_px < 1.25)
