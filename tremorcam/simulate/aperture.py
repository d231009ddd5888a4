"""Slits that open and close: the eyes' lids and the lips."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import EYELIDS

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
    does ``upper_share`` of a closing. Skin is stretched or squeezed as far as
    ``reach_above_px`` and ``reach_below_px`` from the margins, but for an edge of ``edge_px``
    along the upper one.
    """

    origin_px: NDArray[np.float64]
    axis: NDArray[np.float64]
    along_px: NDArray[np.float64]
    upper_px: NDArray[np.float64]
    lower_px: NDArray[np.float64]
    reach_above_px: float
    reach_below_px: float
    upper_share: float = 0.5
    edge_px: float = 0.0

    def squeeze(self, grid: Grid, origin_px: NDArray[np.float32], closure: float) -> None:
        """Lead origins on to where they were with the slit as photographed, in place.

        What lies between the margins is squeezed, as lips squeeze the gap between them.
        ``closure`` is the share of the opening that is closed; negative opens wider.
        """
        at = _Margins(self, grid, origin_px, closure)
        squeezed = at.upper + (at.v - at.upper_now) * at.gap / np.maximum(at.gap_now, 1e-3)
        moved = np.where(
            at.v <= at.upper_now, at.above(), np.where(at.v >= at.lower_now, at.below(), squeezed)
        )
        at.move(origin_px, moved)

    def cover(
        self, grid: Grid, origin_px: NDArray[np.float32], lid: NDArray[np.float32], closure: float
    ) -> None:
        """Slide the upper margin over what lies between, as an eyelid does.

        Parameters
        ----------
        grid : Grid
        origin_px : ndarray, shape (rows, columns, 2)
            Origins; led on, in place, to where they were beneath the upper lid.
        lid : ndarray, shape (rows, columns, 3)
            Filled in place: the origins of the lid itself, and by how much a node is on it
            (positive) or beyond its edge, in pixels.
        closure : float
            Share of the opening that is closed, above 0.
        """
        at = _Margins(self, grid, origin_px, closure)
        lid[at.part][..., :2] = origin_px[at.part]
        at.move(lid[..., :2], at.above())
        lid[at.part][..., 2] = np.where(at.outside, -1, at.upper_now - at.v)
        # The lower lid's small rise squeezes what is seen of the eye; a second edge for so
        # little would not be noticed.
        eye = at.lower - (at.lower_now - at.v) * at.gap / np.maximum(at.lower_now - at.upper, 1e-3)
        at.move(origin_px, np.where(at.v >= at.lower_now, at.below(), eye))


class _Margins:
    """A slit's margins before (``upper``) and after (``upper_now``) it closed, at grid nodes."""

    def __init__(
        self, slit: Slit, grid: Grid, position_px: NDArray[np.float32], closure: float
    ) -> None:
        reach = max(slit.reach_above_px, slit.reach_below_px) + slit.along_px[-1]
        self.part = grid.part(slit.origin_px - 1.5 * reach, slit.origin_px + 1.5 * reach)
        self._slit, self._normal = slit, np.array([-slit.axis[1], slit.axis[0]])
        relative = position_px[self.part] - slit.origin_px
        along, self.v = relative @ slit.axis, relative @ self._normal
        self.upper = np.interp(along, slit.along_px, slit.upper_px)
        self.lower = np.interp(along, slit.along_px, slit.lower_px)
        self.gap = np.maximum(self.lower - self.upper, 0)
        self.upper_now = self.upper + closure * slit.upper_share * self.gap
        self.lower_now = self.lower - closure * (1 - slit.upper_share) * self.gap
        self.gap_now = self.lower_now - self.upper_now
        self.top = self.upper - slit.reach_above_px
        self.bottom = self.lower + slit.reach_below_px
        beyond = np.abs(along) > slit.along_px[-1]
        self.outside = (self.v < self.top) | (self.v > self.bottom) | beyond

    def above(self) -> NDArray[np.float64]:
        """Give heights before closing: the edge slides as it is, skin behind it stretches."""
        edge, edge_now = self.upper - self._slit.edge_px, self.upper_now - self._slit.edge_px
        stretched = self.top + (self.v - self.top) * (edge - self.top) / (edge_now - self.top)
        slid = self.v - self.upper_now + self.upper
        return np.asarray(np.where(self.v > edge_now, slid, stretched))

    def below(self) -> NDArray[np.float64]:
        """Give heights before closing of the skin below the lower margin."""
        rate = (self.lower - self.bottom) / (self.lower_now - self.bottom)
        return np.asarray(self.bottom + (self.v - self.bottom) * rate)

    def move(self, origin_px: NDArray[np.float32], height_px: NDArray[np.float64]) -> None:
        """Bring origins to new heights, in place, where the slit reaches."""
        change = np.where(self.outside, 0, height_px - self.v)
        origin_px[self.part] += (change[..., None] * self._normal).astype(np.float32)


def eye_slit(portrait: Portrait, side: Side) -> Slit:
    """Give the opening of one eye; the upper lid does most of the closing."""
    iod = portrait.interocular_px
    brow_px = np.hypot(*(portrait.region_centre("brow", side) - _middle(portrait, side)))
    above_px = min(0.22 * iod, 0.5 * float(brow_px))
    lids = _slit(portrait, _LIDS[side], above=above_px, below=0.12 * iod)
    # Landmarks run a little inside the lids: without room to spare some white stays in view.
    span = 1 - (lids.along_px / lids.along_px[-1]) ** 4
    return dataclasses.replace(
        lids,
        upper_px=lids.upper_px - 0.008 * iod * span,
        lower_px=lids.lower_px + 0.03 * iod * span,
        upper_share=0.9,
        edge_px=0.04 * iod,
    )


def _middle(portrait: Portrait, side: Side) -> NDArray[np.float64]:
    """Middle of the upper lid's margin."""
    return np.asarray(portrait.landmarks_px[EYELIDS[side][0][0], :2])


def lip_slit(portrait: Portrait) -> Slit:
    """Give the opening between the lips."""
    iod = portrait.interocular_px
    nose_px = float(np.hypot(*(portrait.landmarks_px[13] - portrait.landmarks_px[2])[:2]))
    return _slit(portrait, _INNER_LIPS, above=0.9 * nose_px, below=0.4 * iod)


def _slit(
    portrait: Portrait,
    margins: tuple[tuple[int, ...], tuple[int, ...]],
    *,
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
    return Slit(origin, axis, along, heights[0], heights[1], above, below)
