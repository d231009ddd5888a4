"""Slits that open and close: the eyes' lids and the lips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.anatomy import Side
    from tremorcam.simulate.fields import Grid
    from tremorcam.simulate.portrait import Portrait

# Margins from one corner to the other, the outer corner of the subject's eye first.
_LIDS: dict[Side, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "left": (
        (263, 466, 388, 387, 386, 385, 384, 398, 362),
        (263, 249, 390, 373, 374, 380, 381, 382, 362),
    ),
    "right": (
        (33, 246, 161, 160, 159, 158, 157, 173, 133),
        (33, 7, 163, 144, 145, 153, 154, 155, 133),
    ),
}
_INNER_LIPS = (
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
)


@dataclass(frozen=True)
class Slit:
    """Two margins that can be brought together, in a frame along the slit's corners.

    ``upper_px`` and ``lower_px`` are the margins' heights at ``along_px``. The upper margin
    does ``upper_share`` of a closing. A covering slit (an eye) slides its margins over what
    lies between; otherwise (lips) that is squeezed. Skin is stretched or squeezed as far as
    ``reach_above_px`` and ``reach_below_px`` from the margins.
    """

    origin_px: NDArray[np.float64]
    axis: NDArray[np.float64]
    along_px: NDArray[np.float64]
    upper_px: NDArray[np.float64]
    lower_px: NDArray[np.float64]
    upper_share: float
    covering: bool
    reach_above_px: float
    reach_below_px: float

    @property
    def opening_px(self) -> float:
        """Greatest distance of the margins."""
        return float((self.lower_px - self.upper_px).max())

    def undo(self, grid: Grid, origin_px: NDArray[np.float32], closure: float) -> None:
        """Move origins in a picture with the slit closed to where they were, in place.

        ``closure`` is the share of the opening that is closed; negative opens wider.
        """
        reach = max(self.reach_above_px, self.reach_below_px) + self.along_px[-1]
        part = grid.part(self.origin_px - 1.5 * reach, self.origin_px + 1.5 * reach)
        near = origin_px[part]
        normal = np.array([-self.axis[1], self.axis[0]])
        relative = near - self.origin_px
        along, across = relative @ self.axis, relative @ normal
        moved = self._undo_across(along, across, closure)
        near += ((moved - across)[..., None] * normal).astype(np.float32)

    def _undo_across(
        self, u: NDArray[np.float64], v: NDArray[np.float64], closure: float
    ) -> NDArray[np.float64]:
        upper = np.interp(u, self.along_px, self.upper_px)
        lower = np.interp(u, self.along_px, self.lower_px)
        gap = np.maximum(lower - upper, 0)
        upper_now = upper + closure * self.upper_share * gap
        lower_now = lower - closure * (1 - self.upper_share) * gap
        top, bottom = upper - self.reach_above_px, lower + self.reach_below_px
        above = top + (v - top) * (upper - top) / (upper_now - top)
        below = bottom + (v - bottom) * (lower - bottom) / (lower_now - bottom)
        if self.covering and closure > 0:
            between = v
        else:
            between = upper + (v - upper_now) * gap / np.maximum(lower_now - upper_now, 1e-3)
        moved = np.where(v <= upper_now, above, np.where(v >= lower_now, below, between))
        outside = (v < top) | (v > bottom) | (np.abs(u) > self.along_px[-1])
        return np.where(outside, v, moved)


def eye_slit(portrait: Portrait, side: Side) -> Slit:
    """Give the opening of one eye; the upper lid does most of the closing."""
    iod = portrait.interocular_px
    return _slit(portrait, _LIDS[side], share=0.9, covering=True, above=0.2 * iod, below=0.12 * iod)


def lip_slit(portrait: Portrait) -> Slit:
    """Give the opening between the lips."""
    iod = portrait.interocular_px
    nose_px = float(np.hypot(*(portrait.landmarks_px[13] - portrait.landmarks_px[2])[:2]))
    return _slit(
        portrait, _INNER_LIPS, share=0.5, covering=False, above=0.9 * nose_px, below=0.4 * iod
    )


def _slit(
    portrait: Portrait,
    margins: tuple[tuple[int, ...], tuple[int, ...]],
    *,
    share: float,
    covering: bool,
    above: float,
    below: float,
) -> Slit:
    upper, lower = (portrait.landmarks_px[list(line), :2] for line in margins)
    ends = sorted((upper[0], upper[-1]), key=lambda point: float(point[0]))
    origin = (ends[0] + ends[1]) / 2
    axis = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    normal = np.array([-axis[1], axis[0]])
    along = np.linspace((ends[0] - origin) @ axis, (ends[1] - origin) @ axis, 65)
    heights = []
    for line in (upper, lower):
        u, v = (line - origin) @ axis, (line - origin) @ normal
        order = np.argsort(u)
        heights.append(np.interp(along, u[order], v[order]))
    return Slit(origin, axis, along, heights[0], heights[1], share, covering, above, below)
