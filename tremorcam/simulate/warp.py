"""One composed warp per instant: maps for the renderer, and the truth read off the same warp.

A picture position is led back to the photograph in this order: the head's motion, tremor
and twitches, then smile, jaw, lids and lips. So tremor is the outermost motion of the
face and a patch moves by exactly its nominal displacement, whatever the smile does beneath.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tremorcam.anatomy import REGIONS, SIDES
from tremorcam.simulate.aperture import eye_slit, lip_slit
from tremorcam.simulate.fields import Grid, bump, jaw_field, patch_weights, smile_field
from tremorcam.simulate.head import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tremorcam.simulate.motion import Motion
    from tremorcam.simulate.portrait import Portrait

    Field = NDArray[np.float32]

MOST_STEPS = 40
"""Of the fixed-point search for a moved point; some ten do."""

TWITCH_FLAT_IOD, TWITCH_FALLOFF_IOD = 0.06, 0.14


@dataclass(frozen=True)
class Layers:
    """Displacement of grid nodes: position in the picture minus origin in the photograph.

    Parameters
    ----------
    face : ndarray, shape (rows, columns, 2)
    lid : ndarray, shape (rows, columns, 3), optional
        The same for the upper lids, which cover the face where the third value is positive.
    """

    face: Field
    lid: Field | None

    def seen(self) -> Field:
        """Displacement of what is in view at each node, shape (rows, columns, 2)."""
        if self.lid is None:
            return self.face
        return np.where(self.lid[..., 2:] > 0, self.lid[..., :2], self.face)


class FaceWarp:
    """Displacement of the face in the head's own frame.

    Parameters
    ----------
    portrait : Portrait
    motion : Motion
        Its patches decide which fields are needed; instants are then given by their index.
    """

    def __init__(self, portrait: Portrait, motion: Motion) -> None:
        self.grid = Grid.around(portrait)
        self._motion = motion
        self._px_per_mm = 1 / portrait.mm_per_px
        self._smile = [smile_field(self.grid, portrait, side) for side in SIDES]
        self._jaw = jaw_field(self.grid, portrait)
        self._weights = [
            *self._patch_weights(portrait),
            *self._twitch_bumps(portrait),
        ]
        self._eyes = [eye_slit(portrait, side) for side in SIDES]
        self._lips = lip_slit(portrait)
        self._latest: tuple[int, tuple[Layers | None, Field | None]] = (-1, (None, None))

    def _patch_weights(self, portrait: Portrait) -> list[Field]:
        keys = self._motion.patch_keys
        if not keys:
            return []
        centres = {r.key: portrait.region_centre(r.name, r.side) for r in REGIONS}
        return list(patch_weights(self.grid.nodes_px, centres, portrait.interocular_px, keys))

    def _twitch_bumps(self, portrait: Portrait) -> list[Field]:
        iod = portrait.interocular_px
        flat_px, falloff_px = TWITCH_FLAT_IOD * iod, TWITCH_FALLOFF_IOD * iod
        places = []
        for patch in self._motion.twitch_patches:
            name, _, side = patch.key.rpartition("_")
            centre = portrait.region_centre(name, side) + iod * np.array(patch.offset_iod)
            places.append(bump(self.grid.nodes_px, centre, flat_px, falloff_px))
        return places

    def box(self, within: Box) -> Box:
        """Give the grid's place relative to a box, with room for the head to move."""
        low = self.grid.nodes_px[0, 0] - (within.x, within.y)
        high = self.grid.nodes_px[-1, -1] - (within.x, within.y)
        room = 30 * self.grid.step_px
        x0, y0 = np.maximum(np.floor(low - room), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(high + room), (within.width, within.height)).astype(int)
        return Box(int(x0), int(y0), int(x1 - x0), int(y1 - y0))

    def expression(self, i: int) -> Layers | None:
        """Add up what smile, jaw, lids and lips displace at instant ``i``; ``None`` if nothing."""
        motion, scale = self._motion, self._px_per_mm
        parts = [
            (self._smile[0], motion.smile_mm[i, 0]),
            (self._smile[1], motion.smile_mm[i, 1]),
            (self._jaw, motion.jaw_mm[i]),
        ]
        closures = (*motion.closure[i], motion.lips[i])
        if all(abs(amount) < 1e-6 for amount in (*(amount for _, amount in parts), *closures)):
            return None
        nodes = self.grid.nodes_px
        origin = nodes.copy()
        for field, amount in parts:
            if amount:
                origin -= field * np.float32(amount * scale)
        if abs(motion.lips[i]) > 1e-6:
            self._lips.squeeze(self.grid, origin, float(motion.lips[i]))
        lid = self._close_eyes(origin, i)
        if lid is not None:
            lid[..., :2] = nodes - lid[..., :2]
        return Layers(nodes - origin, lid)

    def _close_eyes(self, origin: Field, i: int) -> Field | None:
        closures = self._motion.closure[i]
        lid = None
        if closures.max() > 1e-6:
            lid = np.concatenate([origin, np.full_like(origin[..., :1], -1)], axis=-1)
        for slit, closure in zip(self._eyes, closures, strict=True):
            if closure > 1e-6 and lid is not None:
                slit.cover(self.grid, origin, lid, float(closure))
            elif closure < -1e-6:
                slit.squeeze(self.grid, origin, float(closure))
        return lid

    def tremor(self, i: int) -> Field | None:
        """Add up what patches and twitches displace, on the photograph's nodes, if anything."""
        vectors = np.concatenate([self._motion.patch_mm[i], self._motion.twitch_mm[i]])
        vectors = (vectors * self._px_per_mm).astype(np.float32)
        moving = np.flatnonzero(np.abs(vectors).max(axis=1, initial=0) > 1e-7)
        if not len(moving):
            return None
        field = np.zeros_like(self.grid.nodes_px)
        for k in moving:
            field[..., 0] += self._weights[k] * vectors[k, 0]
            field[..., 1] += self._weights[k] * vectors[k, 1]
        return field

    def instant(self, i: int) -> tuple[Layers | None, Field | None]:
        """Give the expression, and the tremor as displacement of what the expression shows."""
        if self._latest[0] != i:
            self._latest = i, self._compose(i)
        return self._latest[1]

    def _compose(self, i: int) -> tuple[Layers | None, Field | None]:
        expression, tremor = self.expression(i), self.tremor(i)
        if tremor is None or expression is None:
            return expression, tremor
        index = self.grid.to_index(self.grid.nodes_px - expression.seen())
        on_top = cv2.remap(tremor, index[..., 0], index[..., 1], cv2.INTER_LINEAR)
        return expression, np.asarray(on_top, np.float32)

    def positions(self, i: int, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Find where points of the photograph (n, 2) are at instant ``i``, in pixels."""
        expression, tremor = self.instant(i)
        sample, placed = self.grid.sample, points_px
        if expression is not None:
            seen = expression.seen()
            placed = _settle(points_px, lambda at: points_px + sample(seen, at))
        if tremor is None:
            return placed
        on_top = tremor
        return _settle(placed, lambda at: placed + sample(on_top, at))


def _settle(
    points_px: NDArray[np.float64], step: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Repeat a step until the points stay where they are."""
    for _ in range(MOST_STEPS):
        before, points_px = points_px, step(points_px)
        if np.abs(points_px - before).max() < 1e-5:
            break
    return points_px
