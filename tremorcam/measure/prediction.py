"""What encoders take from pictures that they predict from one before and one after.

Such a picture (a B-frame) starts as the mean of its neighbours, and what it shows beyond that
costs bits that encoders do not spend on a tenth of a pixel: at 12 Mbit/s of x264, 0.1 mm read
0.4 to 0.9 of its size in them and 0.93 to 0.96 in the pictures between (docs/accuracy.md). Which
pictures are of that kind stands in the file, so the share that they keep can be measured: it is
the one with which a single movement fits both kinds best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SHARES = np.linspace(0.1, 1.0, 19)
"""Encoders only take; less than a tenth is as good as nothing."""
LIKELIHOOD_DROP = 3.84
"""Twice the log-likelihood that a share may fall short of the best one: 95 % of chi-squared."""
LEAST_ENERGY = 0.05
"""Directions among the waves of which slow movement leaves less than this count for nothing."""


@dataclass(frozen=True)
class Share:
    """A share of a movement with its 95 % interval."""

    value: float = 1.0
    low: float = 1.0
    high: float = 1.0


@dataclass(frozen=True)
class Waves:
    """One block's part of the fit.

    Parameters
    ----------
    waves : ndarray, shape (n_waves, n)
        What the movement is made of.
    slow : ndarray, shape (n, n_slow)
        Orthonormal basis of what was taken out of the motion.
    motion_mm : ndarray, shape (n, 2)
    sigma_mm : ndarray, shape (2,)
        Standard deviation of its noise along each axis; 0 where nothing moves.
    bidirectional : ndarray of bool, shape (n,)
    """

    waves: NDArray[np.float64]
    slow: NDArray[np.float64]
    motion_mm: NDArray[np.float64]
    sigma_mm: NDArray[np.float64]
    bidirectional: NDArray[np.bool_]


def kept_share(blocks: Sequence[Waves]) -> Share:
    """Find the share of a movement that bidirectional pictures keep, by maximum likelihood.

    It is 1 unless the movement fits clearly better with less.
    """
    kinds = np.concatenate([block.bidirectional for block in blocks])
    if kinds.all() or not kinds.any():
        return Share()
    explained = np.sum([_explained(block) for block in blocks], axis=0)
    likely = SHARES[explained >= explained.max() - LIKELIHOOD_DROP]
    if likely[-1] == 1:
        return Share(1.0, float(likely[0]), 1.0)
    at = int(np.clip(np.argmax(explained), 1, len(SHARES) - 2))
    bend, slope, _ = np.polyfit([-1, 0, 1], explained[at - 1 : at + 2], 2)
    top = SHARES[at] - np.clip(slope / (2 * bend), -1, 1) * (SHARES[1] - SHARES[0])
    return Share(float(top), float(likely[0]), float(likely[-1]))


def _explained(block: Waves) -> NDArray[np.float64]:
    """Energy of the motion that the waves explain, for each of :data:`SHARES`."""
    both = ~block.bidirectional, block.bidirectional
    waves = [block.waves[:, kind] for kind in both]
    energy = [each @ each.T for each in waves]
    slow = [each @ block.slow[kind] for each, kind in zip(waves, both, strict=True)]
    motion = block.motion_mm / np.where(block.sigma_mm > 0, block.sigma_mm, np.inf)
    moment = [each @ motion[kind] for each, kind in zip(waves, both, strict=True)]

    def normal(share: float) -> NDArray[np.float64]:
        along = slow[0] + share * slow[1]
        return np.asarray(energy[0] + share**2 * energy[1] - along @ along.T)

    strength, direction = np.linalg.eigh(normal(1.0))
    known = direction[:, strength > LEAST_ENERGY]
    explained = []
    for share in SHARES:
        target = known.T @ (moment[0] + share * moment[1])
        fit = np.linalg.solve(known.T @ normal(share) @ known, target)
        explained.append(float((target * fit).sum()))
    return np.array(explained)
