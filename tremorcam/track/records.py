"""What tracking keeps of every frame, in columns; the rest is forgotten.

As Python objects it would take three times the memory, which grows with the video's length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import REGIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.track.geometry import Shape
    from tremorcam.track.head import Similarity

_N = len(REGIONS)
_ROW = np.dtype(
    [
        ("time_s", float),
        ("difference", float),
        ("bidirectional", bool),
        ("found", bool),
        ("stepped", bool),
        ("centres", float, (_N, 2)),
        ("brightness", float, (_N,)),
        ("background_px", float, (2,)),
        ("motion", float, (_N, 2)),
        ("motion_se", float, (_N,)),
        ("head_centre", float, (2,)),
        ("head_shift", float, (2,)),
        ("head_scale", float),
        ("head_rotation", float),
        ("head_residual", float),
    ]
)
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Step:
    """Motion from the frame before to this one, in pixels of the picture."""

    centres: NDArray[np.float64]
    motion: NDArray[np.float64]
    motion_se: NDArray[np.float64]
    head: Similarity


class Records:
    """What the frames gave; NaN stands for what one did not.

    Attributes
    ----------
    shapes : dict of int to Shape
        Of the frames whose landmarks were looked for.
    alone : dict of int to (2, 2) array
        Of some of these the apertures of the eyes, each read twice by itself, ...
    mirrored : dict of int to Shape
        ... and what landmarks in the mirrored picture say of the same face.
    bounds_px : dict of int to (n_regions,) array
        Of some frames the bound of their noise.
    """

    def __init__(self) -> None:
        self.shapes: dict[int, Shape] = {}
        self.alone: dict[int, NDArray[np.float64]] = {}
        self.mirrored: dict[int, Shape] = {}
        self.bounds_px: dict[int, NDArray[np.float64]] = {}
        self._drawn: dict[int, NDArray[np.float64]] = {}
        self._parts: list[NDArray[np.void]] = []
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def add(self, time_s: float, difference: float, *, bidirectional: bool = False) -> int:
        """Begin a frame, and give its number."""
        at = self._n
        if at == len(self._parts) * _ROWS_AT_ONCE:
            self._parts.append(np.full(_ROWS_AT_ONCE, _nothing(), _ROW))
        self._n += 1
        row = self._row(at)
        row["time_s"], row["difference"], row["bidirectional"] = time_s, difference, bidirectional
        return at

    def time_s(self, at: int) -> float:
        """Time of a frame."""
        return float(self._row(at)["time_s"])

    def note_face(
        self, at: int, centres: NDArray[np.float64], brightness: NDArray[np.float64]
    ) -> None:
        """Note where a frame's face has its regions, and how bright they are."""
        row = self._row(at)
        row["found"], row["centres"], row["brightness"] = True, centres, brightness

    def note_step(self, at: int, step: Step) -> None:
        """Note how a face has moved since the frame before."""
        row = self._row(at)
        row["stepped"] = True
        row["motion"], row["motion_se"] = step.motion, step.motion_se
        head = step.head
        row["head_centre"], row["head_shift"] = head.centre, head.shift
        row["head_scale"], row["head_rotation"] = head.scale, head.rotation
        row["head_residual"] = head.residual
        # Most steps start from where the frame before has the regions, but for some landmarks.
        if not np.array_equal(step.centres, self._row(at - 1)["centres"]):
            self._drawn[at] = step.centres.copy()

    def note_background(self, at: int, motion_px: NDArray[np.float64]) -> None:
        """Note how what is behind a face has moved since the frame before."""
        self._row(at)["background_px"] = motion_px

    def lose(self, first: int) -> None:
        """Take back from a frame on that there was a face."""
        for at in range(first, self._n):
            row = self._row(at)
            row["found"] = row["stepped"] = False
            row["centres"] = np.nan

    def column(self, name: str) -> NDArray[Any]:
        """One quantity of all frames, shape (n_frames, ...)."""
        if not self._parts:
            return np.empty((0, *_ROW[name].shape), _ROW[name].base)
        return np.concatenate([part[name] for part in self._parts])[: self._n]

    def starts(self) -> NDArray[np.float64]:
        """Where the regions were when each frame's step began, shape (n_frames, n_regions, 2)."""
        starts = np.roll(self.column("centres"), 1, axis=0)
        for at, centres in self._drawn.items():
            starts[at] = centres
        return starts

    def _row(self, at: int) -> NDArray[np.void]:
        row: NDArray[np.void] = self._parts[at // _ROWS_AT_ONCE][at % _ROWS_AT_ONCE]
        return row


def _nothing() -> NDArray[np.void]:
    """Give a row of a frame that gave nothing."""
    row = np.zeros((), _ROW)
    for name in _ROW.names or ():
        if _ROW[name].base.kind == "f":
            row[name] = np.nan
    return row
