"""The face in one frame, as frames are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tremorcam.track.flow import levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.track.crop import Crop

_EYE_CHANGE = 1.4
"""Lids may be moving when the eyes' picture changes so many times as much as it usually does
from frame to frame, ..."""
_SLOW_CHANGE = 2.0
"""... or so many times as much in longer, in which the head turns a little as well."""
_EYE_CELL_PX = 4


class View:
    """The part of a picture with the face in it.

    Attributes
    ----------
    gray : (height, width) array of uint8
        The whole picture.
    crop : Crop
    picture : (crop.height_px, crop.width_px) array of uint8
        The face as it is, ...
    levels : Levels
        ... and with local brightness and contrast taken out.
    iod_px : float
        Distance between the pupils in it.
    """

    def __init__(self, gray: NDArray[np.uint8], crop: Crop) -> None:
        self.gray = gray
        self.crop = crop
        self.picture = crop.cut(gray)
        self.iod_px = crop.iod_px * float(crop.factor.mean())
        self.levels = levels(self.picture, self.iod_px)

    def brightness(self, centres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean grey level around points (n, 2) of the crop; NaN outside of it."""
        half = max(2, round(0.1 * self.iod_px))
        patches = [
            self.picture[
                max(0, y - half) : max(0, y + half + 1), max(0, x - half) : max(0, x + half + 1)
            ]
            for x, y in np.round(centres).astype(int).tolist()
        ]
        # numpy's mean of so small patches takes ten times as long.
        return np.array([cv2.sumElems(p)[0] / p.size if p.size else np.nan for p in patches])

    def eyes(self, centres: NDArray[np.float64]) -> list[NDArray[np.uint8]]:
        """Pictures of the eyes with those centres (2, 2), coarse enough to be free of noise."""
        size = (round(0.4 * self.iod_px), round(0.24 * self.iod_px))
        coarse = (max(1, size[0] // _EYE_CELL_PX), max(1, size[1] // _EYE_CELL_PX))
        return [
            np.asarray(
                cv2.resize(
                    cv2.getRectSubPix(self.levels.whole, size, centre),
                    coarse,
                    interpolation=cv2.INTER_AREA,
                ),
                np.uint8,
            )
            for centre in centres.tolist()
        ]


class EyeWatch:
    """Notices when the eyes' picture changes more than it usually does: a lid may be moving."""

    def __init__(self) -> None:
        self._usual = np.nan
        self._looked: list[NDArray[np.uint8]] = []

    def moved(self, before: list[NDArray[np.uint8]], now: list[NDArray[np.uint8]]) -> bool:
        """Compare with the frame before, where the head has carried the eyes."""
        change = _change(before, now)
        moved = not change < _EYE_CHANGE * self._usual
        rate = 0.02 if moved else 0.1
        self._usual = (
            change if np.isnan(self._usual) else self._usual + rate * (change - self._usual)
        )
        return moved

    def remember(self, eyes: list[NDArray[np.uint8]]) -> None:
        """Take the eyes for what their landmarks are known of."""
        self._looked = eyes

    def differ(self, eyes: list[NDArray[np.uint8]]) -> bool:
        """Tell whether the eyes look unlike those remembered: lids may move slowly, too."""
        return not _change(self._looked, eyes) < _SLOW_CHANGE * self._usual


def _change(some: list[NDArray[np.uint8]], others: list[NDArray[np.uint8]]) -> float:
    """Mean difference in the eye that changed more; infinite where there is nothing to compare."""
    if [eye.shape for eye in some] != [eye.shape for eye in others]:
        return np.inf
    return max(cv2.norm(a, b, cv2.NORM_L1) / a.size for a, b in zip(some, others, strict=True))
