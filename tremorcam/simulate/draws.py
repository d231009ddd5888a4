"""Random draws that patterns are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import SIDES
from tremorcam.simulate.scene import Closure

if TYPE_CHECKING:
    from tremorcam.anatomy import Side


@dataclass(frozen=True)
class Draw:
    """Random draws of one pattern."""

    rng: np.random.Generator
    severity: float
    wanted: Side | None

    def between(self, low: float, high: float) -> float:
        """Draw uniformly."""
        return float(self.rng.uniform(low, high))

    def strength(self, low: float, high: float) -> float:
        """Go the geometric way from low to high with severity, give or take 15 %."""
        return float(low * (high / low) ** self.severity * self.rng.uniform(0.85, 1.15))

    def side(self) -> Side:
        """Give the side asked for, or draw one."""
        if self.wanted in SIDES:
            return self.wanted
        return SIDES[int(self.rng.integers(2))]

    def times(self, start_s: float, end_s: float, rate_per_min: float) -> list[float]:
        """Draw Poisson times at least 0.7 s apart, and always one at least."""
        span_s = end_s - start_s
        count = max(int(self.rng.poisson(rate_per_min / 60 * span_s)), 1)
        drawn = np.sort(self.rng.uniform(start_s, end_s, count))
        kept = [float(drawn[0])]
        kept += [float(t) for t, gap in zip(drawn[1:], np.diff(drawn), strict=True) if gap > 0.7]
        return kept


def draw_blinks(
    rng: np.random.Generator, duration_s: float, rate_per_min: float
) -> tuple[Closure, ...]:
    """Draw blinks of both eyes as a Poisson process.

    They take 0.2 to 0.4 s (up to 0.5 s, Stern 1984), close 40 to 47 % faster than they open
    and are often incomplete (Sforza 2008).
    """
    count = rng.poisson(rate_per_min / 60 * duration_s)
    starts = np.sort(rng.uniform(0.3, duration_s - 0.6, count))
    apart = np.concatenate([[True], np.diff(starts) > 0.6])[:count]
    return tuple(
        Closure("both", float(at), float(at + lasts), float(depth), 0.33 * lasts, 0.6 * lasts)
        for at, lasts, depth in zip(
            starts[apart],
            rng.uniform(0.2, 0.4, int(apart.sum())),
            np.where(rng.uniform(size=int(apart.sum())) < 0.2, 0.7, 1.0),
            strict=True,
        )
    )
