"""Rigid motion of the head, fading out towards the still surroundings."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.interpolate import griddata

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.simulate.motion import HeadMotion
    from tremorcam.simulate.portrait import Portrait

    Field = NDArray[np.float32]

FLAT_IOD, FALLOFF_IOD = 1.75, 0.9
_COARSE_PX = 4


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def part(self) -> tuple[slice, slice]:
        """Index of the rectangle in a picture."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)


class HeadWarp:
    """Where each pixel around the head was before the head moved.

    Parameters
    ----------
    portrait : Portrait
    size_px : (int, int)
        Width and height of the picture.
    """

    def __init__(self, portrait: Portrait, size_px: tuple[int, int]) -> None:
        iod = portrait.interocular_px
        points = portrait.landmarks_px[:, :2]
        self._px_per_mm = 1 / portrait.mm_per_px
        self.centre_px = (points.min(axis=0) + points.max(axis=0)) / 2
        reach = (FLAT_IOD + FALLOFF_IOD) * iod
        x0, y0 = np.maximum(np.floor(self.centre_px - reach), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(self.centre_px + reach), size_px).astype(int)
        # Even edges keep the half-size colour planes aligned.
        x0, y0 = x0 - x0 % 2, y0 - y0 % 2
        self.box = Box(int(x0), int(y0), int(x1 - x1 % 2 - x0), int(y1 - y1 % 2 - y0))
        rows, columns = np.mgrid[self.box.part].astype(np.float32)
        self.x, self.y = columns, rows
        distance = np.hypot(columns - self.centre_px[0], rows - self.centre_px[1])
        beyond = np.clip((distance / iod - FLAT_IOD) / FALLOFF_IOD, 0, 1)
        self.mask = (0.5 + 0.5 * np.cos(np.pi * beyond)).astype(np.float32)
        self._portrait = portrait

    def origin(self, head: HeadMotion, i: int) -> tuple[Field, Field]:
        """Origin (x, y) of every pixel of the box before the motion of instant ``i``."""
        shift_px = head.shift_mm[i] * self._px_per_mm
        angle = np.deg2rad(head.roll_deg[i])
        a, b = np.cos(angle) / head.scale[i] - 1, np.sin(angle) / head.scale[i]
        cx, cy = self.centre_px + shift_px
        dx, dy = self.x - np.float32(cx), self.y - np.float32(cy)
        tx, ty = (np.float32(value) for value in shift_px)
        x = self.x + self.mask * (np.float32(a) * dx + np.float32(b) * dy - tx)
        y = self.y + self.mask * (np.float32(a) * dy - np.float32(b) * dx - ty)
        if head.yaw_deg[i] or head.pitch_deg[i]:
            turn = np.sin(np.deg2rad((head.yaw_deg[i], head.pitch_deg[i])))
            shift = self._turned(turn.astype(np.float32))
            x -= shift * np.float32(turn[0])
            y -= shift * np.float32(turn[1])
        return x, y

    def _turned(self, turn: Field) -> Field:
        """Relief at the origin of each pixel, for a head turned by ``turn`` (sines)."""
        still = self._relief
        rows, columns = np.mgrid[: still.shape[0], : still.shape[1]].astype(np.float32)
        relief, step = still, turn / np.float32(_COARSE_PX)
        for _ in range(6):
            at_x, at_y = columns - step[0] * relief, rows - step[1] * relief
            relief = np.asarray(cv2.remap(still, at_x, at_y, cv2.INTER_LINEAR), np.float32)
        # Coarse nodes lie on every fourth pixel, the first on the box's corner.
        at_x, at_y = (self.x - self.box.x) / _COARSE_PX, (self.y - self.box.y) / _COARSE_PX
        return np.asarray(cv2.remap(relief, at_x, at_y, cv2.INTER_LINEAR), np.float32)

    @functools.cached_property
    def _relief(self) -> Field:
        """How far the face stands out before its outline, in pixels, on every fourth pixel."""
        portrait, box = self._portrait, self.box
        rows, columns = np.mgrid[: box.height : 4 * _COARSE_PX, : box.width : 4 * _COARSE_PX]
        points, depth = portrait.landmarks_px[:, :2], portrait.landmarks_px[:, 2]
        at = (columns + box.x, rows + box.y)
        height = griddata(points, depth.max() - depth, at, method="linear", fill_value=0.0)
        y, x = np.mgrid[: box.height : _COARSE_PX, : box.width : _COARSE_PX].astype(np.float32)
        at_x, at_y = x / (4 * _COARSE_PX), y / (4 * _COARSE_PX)
        finer = cv2.remap(height.astype(np.float32), at_x, at_y, cv2.INTER_LINEAR)
        smooth = 0.1 * portrait.interocular_px / _COARSE_PX
        return np.asarray(cv2.GaussianBlur(finer, (0, 0), smooth), np.float32)
