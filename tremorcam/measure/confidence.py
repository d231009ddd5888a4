"""Values with their 95 % confidence intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

CONFIDENCE = 0.95
NORMAL = float(special.ndtri((1 + CONFIDENCE) / 2))
"""Standard deviations that an interval of a normally distributed value reaches to either side."""
DRAWS = 200
"""Of a parametric bootstrap."""


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % confidence interval."""

    value: float
    low: float = float("nan")
    high: float = float("nan")


def widened(value: Interval, low: float, high: float) -> Interval:
    """Widen an interval by an independent error that leaves the value between two ends."""
    below = np.hypot(value.value - value.low, max(value.value - low, 0.0))
    above = np.hypot(value.high - value.value, max(high - value.value, 0.0))
    return Interval(value.value, float(max(value.value - below, 0.0)), float(value.value + above))


def known_by(dof: float, noise: float) -> Interval:
    """Root of a density known with so many degrees of freedom: chi-squared over them."""
    tails = special.chdtri(dof, np.array([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]))
    low, high = noise * np.sqrt(dof / tails)
    return Interval(noise, float(low), float(high))
