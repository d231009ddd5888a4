"""Where motion is on a face: smooth fields on a grid over it, and lids that slide.

All positions are picture pixels of the photograph as laid out by
:func:`tremorcam.simulate.portrait.load_portrait`; lengths ending in ``_iod`` are in
interocular distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tremorcam.anatomy import Side
    from tremorcam.simulate.portrait import Portrait

FLAT_IOD = 0.18
"""Radius within which a moved region moves as a whole: the disc of 0.11 interocular
distances that trackers average over, and a margin for their windows."""

FALLOFF_IOD = 0.25
NODES_PER_IOD = 80
OUTWARD: dict[Side, float] = {"left": 1.0, "right": -1.0, "both": 1.0}
"""Sign of the picture's x axis that points away from the nose."""


@dataclass(frozen=True)
class Grid:
    """Nodes ``step_px`` apart, the first at ``origin_px``; ``nodes_px`` is (rows, columns, 2)."""

    origin_px: NDArray[np.float32]
    step_px: float
    nodes_px: NDArray[np.float32]

    @classmethod
    def around(cls, portrait: Portrait) -> Grid:
        """Cover the face and what moves with it."""
        iod = portrait.interocular_px
        points = portrait.landmarks_px[:, :2]
        low = points.min(axis=0) - np.array([0.45 * iod, 0.1 * iod])
        high = points.max(axis=0) + np.array([0.45 * iod, 0.4 * iod])
        step = iod / NODES_PER_IOD
        columns, rows = np.ceil((high - low) / step).astype(int) + 1
        x = low[0] + step * np.arange(columns)
        y = low[1] + step * np.arange(rows)
        nodes = np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)
        return cls(low.astype(np.float32), float(step), nodes)

    def to_index(self, position_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Position in nodes, for sampling a field that is known on them."""
        return ((position_px - self.origin_px) / np.float32(self.step_px)).astype(np.float32)

    def part(
        self, low_px: NDArray[np.float64], high_px: NDArray[np.float64]
    ) -> tuple[slice, slice]:
        """Index of the nodes within a rectangle."""
        rows, columns = self.nodes_px.shape[:2]
        first = np.clip((low_px - self.origin_px) / self.step_px, 0, (columns, rows)).astype(int)
        last = np.clip((high_px - self.origin_px) / self.step_px, 0, (columns, rows)).astype(int)
        return slice(first[1], last[1]), slice(first[0], last[0])

    def sample(
        self, field: NDArray[np.float32], position_px: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Bilinear value of a field (rows, columns, 2) at positions (n, 2); zero outside."""
        rows, columns = field.shape[:2]
        index = (position_px - self.origin_px) / self.step_px
        whole = np.floor(index).astype(int)
        inside = np.all((whole >= 0) & (whole < (columns - 1, rows - 1)), axis=1)
        column, row = np.where(inside[:, None], whole, 0).T
        fx, fy = (index - whole).T[:, :, None]
        above = field[row, column] * (1 - fx) + field[row, column + 1] * fx
        below = field[row + 1, column] * (1 - fx) + field[row + 1, column + 1] * fx
        value = above * (1 - fy) + below * fy
        return np.asarray(np.where(inside[:, None], value, 0.0))


def bump(
    nodes_px: NDArray[np.float32], centre_px: NDArray[np.float64], flat_px: float, falloff_px: float
) -> NDArray[np.float32]:
    """Weigh nodes by 1 within ``flat_px`` of the centre, by 0 from ``falloff_px`` further out."""
    distance = np.hypot(*np.moveaxis(nodes_px - centre_px, -1, 0))
    beyond = np.clip((distance - flat_px) / falloff_px, 0, 1)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * beyond), np.float32)


def patch_weights(
    nodes_px: NDArray[np.float32],
    centres_px: Mapping[str, NDArray[np.float64]],
    interocular_px: float,
    moved: Sequence[str],
) -> NDArray[np.float32]:
    """How much each grid node follows each moved region, shape (len(moved), rows, columns).

    The weights add up to one within ``FLAT_IOD`` of any moved region, so regions of equal
    displacement move as one piece, and fall off outside. Between regions each takes over
    about midway (inverse-distance weighting). Regions that stay still take part with no
    displacement, except close neighbours, which skin drags along.

    Parameters
    ----------
    nodes_px : ndarray, shape (rows, columns, 2)
    centres_px : mapping
        Centre of every region by its key.
    interocular_px : float
    moved : sequence of str
        Keys of the regions that move.
    """
    centres = [centres_px[key] for key in moved]
    still = [
        centre for key, centre in centres_px.items()
        if key not in moved
        and min(np.hypot(*(centre - c)) for c in centres) > (2 * FLAT_IOD + 0.12) * interocular_px
    ]  # fmt: skip
    distances = np.array(
        [np.hypot(*np.moveaxis(nodes_px - centre, -1, 0)) for centre in [*centres, *still]]
    )
    closeness = (distances / interocular_px + 1e-3) ** -6
    flat_px, falloff_px = FLAT_IOD * interocular_px, FALLOFF_IOD * interocular_px
    reach = np.max([bump(nodes_px, centre, flat_px, falloff_px) for centre in centres], axis=0)
    share = closeness[: len(moved)] / closeness.sum(axis=0)
    return np.asarray(reach * share, np.float32)


def smile_field(grid: Grid, portrait: Portrait, side: Side) -> NDArray[np.float32]:
    """Displacement per pixel of corner excursion, (rows, columns, 2).

    The corner moves out and up at 45°, close to the 47° of spontaneous smiles (Am J Orthod
    Dentofacial Orthop 2005, 128:8); the cheek rises by a quarter of it. The lips are drawn
    wide as far as their middle, but rise near the corner only.
    """
    iod, nodes = portrait.interocular_px, grid.nodes_px
    corner_px = portrait.region_centre("mouth_corner", side)
    wide = bump(nodes, corner_px, 0.14 * iod, 0.6 * iod)
    high = bump(nodes, corner_px, 0.14 * iod, 0.4 * iod)
    cheek = bump(nodes, portrait.region_centre("cheek", side), 0.12 * iod, 0.4 * iod)
    across = OUTWARD[side] * (wide * np.sqrt(0.5) + 0.05 * (1 - wide) * cheek)
    up = high * np.sqrt(0.5) + 0.25 * (1 - high) * cheek
    return np.stack([across, -up], axis=-1).astype(np.float32)


def jaw_field(grid: Grid, portrait: Portrait) -> NDArray[np.float32]:
    """Chin and lower lip move down together, (rows, columns, 2) per pixel of the chin."""
    iod = portrait.interocular_px
    lips = [portrait.region_centre("lower_lip", side) for side in SIDES]
    centre = (np.mean(lips, axis=0) + portrait.region_centre("chin", "both")) / 2
    weight = bump(grid.nodes_px, centre, 0.3 * iod, 0.45 * iod)
    return np.asarray(weight[..., None] * np.array([0, 1]), np.float32)
