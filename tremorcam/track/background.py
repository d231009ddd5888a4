"""Does the camera itself move? The motion of what is behind the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WIDTH_PX = 320
_MAX_POINTS = 40
_LEAST_POINTS = 6
_LOOK_EVERY = 10
"""Corners are looked for anew after so many pictures: that costs more than following them."""
_UNKNOWN = np.full(2, np.nan)


class Background:
    """Follows corners outside the face on a coarse picture.

    The body below the face moves with the person, so only what is beside and above counts.
    """

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._corners: NDArray[np.float32] = np.empty((0, 1, 2), np.float32)
        self._n_followed = 0

    def motion_px(self, gray: NDArray[np.uint8], box: NDArray[np.float64]) -> NDArray[np.float64]:
        """Median motion since the last picture, shape (2,), in pixels of the picture.

        NaN for the first picture and where there is too little to hold on to.

        Parameters
        ----------
        gray : (height, width) array of uint8
        box : (4,) array
            Left, top, right, bottom of the face.
        """
        step = max(1, gray.shape[1] // _WIDTH_PX)
        now = np.ascontiguousarray(gray[::step, ::step])
        before, self._before = self._before, now
        if before is None or before.shape != now.shape:
            self._n_followed = 0
            return _UNKNOWN
        if self._n_followed % _LOOK_EVERY == 0 or len(self._corners) < _LEAST_POINTS:
            self._corners = _corners(before, box / step)
            self._n_followed = 0
        self._n_followed += 1
        corners = self._corners
        if len(corners) < _LEAST_POINTS:
            return _UNKNOWN
        moved, found, _ = cv2.calcOpticalFlowPyrLK(
            before, now, corners, np.empty_like(corners), winSize=(16, 16)
        )
        followed = found.ravel() == 1
        self._corners = np.asarray(moved[followed], np.float32)
        motion = (moved - corners)[followed].reshape(-1, 2)
        if len(motion) < _LEAST_POINTS:
            return _UNKNOWN
        return np.asarray(np.median(motion, axis=0) * step, dtype=float)


def _corners(gray: NDArray[np.uint8], box: NDArray[np.float64]) -> NDArray[np.float32]:
    """Corners outside the face, shape (n, 1, 2)."""
    corners = cv2.goodFeaturesToTrack(gray, _MAX_POINTS, 0.02, 8, mask=_mask(gray, box))
    # OpenCV gives None where it finds none.
    return np.empty((0, 1, 2), np.float32) if corners is None else np.asarray(corners, np.float32)


def _mask(gray: NDArray[np.uint8], box: NDArray[np.float64]) -> NDArray[np.uint8]:
    mask = np.full(gray.shape, 255, np.uint8)
    x0, y0, x1, _ = box
    width = x1 - x0
    left, right = round(x0 - 0.5 * width), round(x1 + 0.5 * width)
    mask[max(0, round(y0 - 0.5 * width)) :, max(0, left) : max(0, right)] = 0
    return mask
