"""When the frames of a scene are, and which of them repeat the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.simulate.scene import Scene

TICKS_PER_S = 60_000
"""Time base of the files: divides the common rates, 1001/30000 included, exactly."""


@dataclass(frozen=True)
class FrameTimes:
    """Times of all frames.

    Parameters
    ----------
    ticks : ndarray of int, shape (n,)
        Presentation times in units of 1 / ``TICKS_PER_S``, the first 0.
    duplicate : ndarray of bool, shape (n,)
        Frames that show the picture of the frame before once more.
    """

    ticks: NDArray[np.int64]
    duplicate: NDArray[np.bool_]

    @property
    def time_s(self) -> NDArray[np.float64]:
        """Presentation times in seconds."""
        return np.asarray(self.ticks / TICKS_PER_S)


def frame_times(scene: Scene) -> FrameTimes:
    """Draw the times of a scene's frames."""
    camera, rng = scene.camera, np.random.default_rng([scene.seed, 6])
    n = round(scene.duration_s * camera.rate_hz)
    limit_s = 0.45 / camera.rate_hz
    jitter_s = np.clip(rng.normal(0, camera.interval_sd_s / np.sqrt(2), n), -limit_s, limit_s)
    time_s = np.arange(n) / camera.rate_hz + jitter_s
    duplicate = rng.uniform(size=n) < camera.repeat_share
    if camera.repeat_every:
        duplicate[camera.repeat_every - 1 :: camera.repeat_every] = True
    duplicate[0] = False
    kept = rng.uniform(size=n) >= camera.drop_share
    kept[0] = True
    ticks = np.round((time_s - time_s[0])[kept] * TICKS_PER_S).astype(np.int64)
    return FrameTimes(ticks, duplicate[kept])
