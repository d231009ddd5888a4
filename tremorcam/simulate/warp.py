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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.simulate.motion import Motion
    from tremorcam.simulate.portrait import Portrait

    Field = NDArray[np.float32]

TWITCH_FLAT_IOD, TWITCH_FALLOFF_IOD = 0.06, 0.14
HEAD_FLAT_IOD, HEAD_FALLOFF_IOD = 1.75, 0.9


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

    def displacement(self, i: int) -> Layers | None:
        """Compose expression and tremor; ``None`` for the bare photograph."""
        expression, tremor = self.expression(i), self.tremor(i)
        if tremor is None:
            return expression
        if expression is None:
            return Layers(tremor, None)
        nodes = self.grid.nodes_px
        moved = self._sample(tremor, nodes - expression.seen())
        face = moved + self._sample(expression.face, nodes - moved)
        lid = expression.lid
        if lid is not None:
            lid = self._sample(lid, nodes - moved)
            lid[..., :2] += moved
        return Layers(face, lid)

    def _sample(self, field: Field, position_px: Field) -> Field:
        index = self.grid.to_index(position_px)
        x, y = index[..., 0], index[..., 1]
        return np.asarray(cv2.remap(field, x, y, cv2.INTER_LINEAR), np.float32)

    def positions(self, i: int, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Find where points of the photograph (n, 2) are at instant ``i``, in pixels."""
        layers, tremor = self.expression(i), self.tremor(i)
        seen = None if layers is None else layers.seen()
        placed = points_px.copy()
        if seen is not None:
            for _ in range(30):
                placed = points_px + self.grid.sample(seen, placed)
        moved = placed.copy()
        if tremor is not None:
            for _ in range(10):
                origin = moved if seen is None else moved - self.grid.sample(seen, moved)
                moved = placed + self.grid.sample(tremor, origin)
        return moved


class HeadWarp:
    """Rigid motion of the head that fades out towards the still surroundings."""

    def __init__(self, portrait: Portrait, width_px: int, height_px: int) -> None:
        iod = portrait.interocular_px
        points = portrait.landmarks_px[:, :2]
        self.centre_px = (points.min(axis=0) + points.max(axis=0)) / 2
        reach = (HEAD_FLAT_IOD + HEAD_FALLOFF_IOD) * iod
        x0, y0 = np.maximum(np.floor(self.centre_px - reach), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(self.centre_px + reach), (width_px, height_px)).astype(int)
        # Even edges keep the half-size colour planes aligned.
        x0, y0 = x0 - x0 % 2, y0 - y0 % 2
        self.box = Box(int(x0), int(y0), int(x1 - x1 % 2 - x0), int(y1 - y1 % 2 - y0))
        rows, columns = np.mgrid[self.box.part].astype(np.float32)
        self.x, self.y = columns, rows
        distance = np.hypot(columns - self.centre_px[0], rows - self.centre_px[1])
        beyond = np.clip((distance / iod - HEAD_FLAT_IOD) / HEAD_FALLOFF_IOD, 0, 1)
        self.mask = (0.5 + 0.5 * np.cos(np.pi * beyond)).astype(np.float32)

    def origin(
        self, shift_px: NDArray[np.float64], roll_deg: float, scale: float
    ) -> tuple[Field, Field]:
        """Origin (x, y) of every pixel of the box before the head moved."""
        angle = np.deg2rad(roll_deg)
        a, b = np.cos(angle) / scale - 1, np.sin(angle) / scale
        cx, cy = self.centre_px + shift_px
        dx, dy = self.x - np.float32(cx), self.y - np.float32(cy)
        tx, ty = (np.float32(value) for value in shift_px)
        x = self.x + self.mask * (np.float32(a) * dx + np.float32(b) * dy - tx)
        y = self.y + self.mask * (np.float32(a) * dy - np.float32(b) * dx - ty)
        return x, y
