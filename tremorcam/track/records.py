"""What tracking keeps of every frame; the rest is forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.track.geometry import Shape
    from tremorcam.track.head import Similarity


@dataclass(frozen=True, slots=True)
class Step:
    """Motion from the frame before to this one, in pixels of the picture."""

    centres: NDArray[np.float64]
    motion: NDArray[np.float64]
    motion_se: NDArray[np.float64]
    head: Similarity


@dataclass(slots=True)
class Record:
    """What one frame gave; ``None`` and NaN stand for what it did not.

    ``shape`` is there only for frames whose landmarks were looked for, ``alone`` (the apertures
    of the eyes, each read twice by itself) and ``mirrored`` (what landmarks in the mirrored picture
    say of the same face) for some of these.
    """

    time_s: float
    difference: float
    bidirectional: bool = False
    found: bool = False
    shape: Shape | None = None
    alone: NDArray[np.float64] | None = None
    mirrored: Shape | None = None
    step: Step | None = None
    centres: NDArray[np.float64] | None = None
    brightness: NDArray[np.float64] | None = None
    bound_px: NDArray[np.float64] | None = None
    background_px: NDArray[np.float64] = field(default_factory=lambda: np.full(2, np.nan))
