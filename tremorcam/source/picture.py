"""From a decoded picture, as stored, to one as it is meant to be seen."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from av.sidedata.sidedata import SideData, Type

if TYPE_CHECKING:
    from fractions import Fraction
    from typing import Any

    import av
    from numpy.typing import NDArray

FULL_RANGE = 2  # AVCOL_RANGE_JPEG

# 8-bit formats whose first plane is the luma, one byte a pixel.
_LUMA_FIRST = re.compile(r"yuvj?a?4\d\dp|nv(12|16|21|24)")

# Luma 16 to 235 stands for black to white (ITU-R BT.601, BT.709); full range is 0 to 255.
_BLACK, _EXPANSION = 16, 255 / 219

WIDEST_PIXEL = 4.0
RECOMPRESSION_LEVELS = 3
N_COMPARED_LEVELS = 2000
LEAST_LEVEL = 16
"""Of darker pixels the ratio is a matter of rounding."""
STRONGEST_FLICKER = 2.0
"""A picture that is so many times as bright as the one before, or black, is another picture."""


@dataclass(frozen=True)
class Layout:
    """How stored pictures are turned into shown ones.

    Parameters
    ----------
    flipped : bool
        Flip left and right, before turning.
    quarter_turns : int
        Turns of 90° counterclockwise, 0 to 3.
    width_px, height_px : int
        Size as shown, with square pixels.
    """

    flipped: bool
    quarter_turns: int
    width_px: int
    height_px: int

    @classmethod
    def of(cls, picture: av.VideoFrame, pixel_aspect: Fraction | None) -> Layout:
        """Read the layout off the first picture of a stream.

        Without square pixels, millimetres across and millimetres down would differ, so
        pictures of another pixel aspect are stretched to square ones.
        """
        flipped, turns = _orientation(picture)
        width_px, height_px = picture.width, picture.height
        if pixel_aspect and 1 / WIDEST_PIXEL <= pixel_aspect <= WIDEST_PIXEL:
            width_px = max(1, round(width_px * pixel_aspect))
        if turns % 2:
            width_px, height_px = height_px, width_px
        return cls(flipped, turns, width_px, height_px)

    def mirrored(self) -> Layout:
        """Layout of the same picture seen in a mirror."""
        # A flip after turning is a flip before turning the other way.
        turns = -self.quarter_turns % 4
        return replace(self, flipped=not self.flipped, quarter_turns=turns)

    @property
    def rotation_deg(self) -> int:
        """Clockwise turn from the stored to the shown picture, 0, 90, 180 or 270."""
        return -self.quarter_turns % 4 * 90

    def apply(self, stored: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn a stored picture (height, width[, 3]) into the shown one, contiguous."""
        shown = stored[:, ::-1] if self.flipped else stored
        shown = np.ascontiguousarray(np.rot90(shown, self.quarter_turns))
        if shown.shape[:2] != (self.height_px, self.width_px):
            # Anamorphic pixels, or a stream that changes its size on the way (browsers do).
            size = (self.width_px, self.height_px)
            return cv2.resize(shown, size, interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]
        return shown


def _orientation(picture: av.VideoFrame) -> tuple[bool, int]:
    """Read the display matrix: whether to mirror, and quarter turns counterclockwise.

    The matrix maps (x, y) to (a x + c y, b x + d y) with y pointing down. PyAV's own
    ``rotation`` leaves mirroring out, which would swap the sides of a face.
    """
    # PyAV's stubs describe this container as a dict; what it gives are SideData buffers.
    for data in cast("list[SideData]", picture.side_data):
        if data.type == Type.DISPLAYMATRIX:
            a, b, _, c, d = np.frombuffer(bytes(data), dtype=np.int32)[:5].astype(float)
            mirrored = a * d - b * c < 0
            sign = -1 if mirrored else 1
            clockwise = np.degrees(np.arctan2(sign * b, sign * a))
            return bool(mirrored), int(-np.rint(clockwise / 90)) % 4
    return False, 0


def gray(picture: av.VideoFrame, layout: Layout) -> NDArray[np.uint8]:
    """Give the luminance, 0 (black) to 255 (white), shape (height, width), as shown."""
    if not _LUMA_FIRST.fullmatch(picture.format.name):
        return layout.apply(_converted(picture, "gray"))
    plane = picture.planes[0]
    luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    luma = luma[: picture.height, : picture.width]
    if picture.color_range == FULL_RANGE or picture.format.name.startswith("yuvj"):
        return layout.apply(luma)
    # Half the time of a lookup table, with the same result.
    expanded = cv2.addWeighted(luma, _EXPANSION, luma, 0, -_BLACK * _EXPANSION)
    return layout.apply(expanded.astype(np.uint8, copy=False))


def rgb(picture: av.VideoFrame, layout: Layout) -> NDArray[np.uint8]:
    """Give the colours, shape (height, width, 3), as shown."""
    return layout.apply(_converted(picture, "rgb24"))


def _converted(picture: av.VideoFrame, pixel_format: str) -> NDArray[np.uint8]:
    array: NDArray[Any] = picture.to_ndarray(format=pixel_format)
    return array


def share_changed(first: NDArray[np.uint8], second: NDArray[np.uint8] | None) -> float:
    """Share of pixels whose grey level differs by more than 3; NaN without a second picture.

    A picture that is compressed once more changes by a level or two all over; a new picture
    changes by more at edges and by its sensor noise. Counting pixels tells the two apart far
    better than the mean difference does, which large changes of few pixels rule.

    How bright the whole picture is does not count: beside what light that flickers changes,
    two pictures that it leaves alike would look like one that is repeated.
    """
    if second is None:
        return math.nan
    as_bright = cv2.convertScaleAbs(second, alpha=_brighter(first, second))
    changed = cv2.absdiff(first, as_bright) > RECOMPRESSION_LEVELS
    return float(np.count_nonzero(changed)) / first.size


def _brighter(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """How many times as bright the first picture is, over most of it, as far as light flickers."""
    step = first.size // N_COMPARED_LEVELS | 1
    now, then = first.ravel()[::step].astype(float), second.ravel()[::step]
    told = then >= LEAST_LEVEL
    ratio = float(np.median(now[told] / then[told])) if told.any() else 1.0
    return ratio if 1 / STRONGEST_FLICKER <= ratio <= STRONGEST_FLICKER else 1.0


def sample(gray_picture: NDArray[np.uint8], n_pixels: int) -> NDArray[np.uint8]:
    """Take every n-th pixel of every n-th row, at least ``n_pixels`` where there are so many.

    Pixels are picked, not averaged: sensor noise has to stay, because it tells two pictures
    of a still scene apart.
    """
    step = max(1, int((gray_picture.size / n_pixels) ** 0.5))
    return np.ascontiguousarray(gray_picture[::step, ::step])
