"""Stretches of a mask and what overlaps what, as half-open ranges of samples or of seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Find where a mask is true without interruption, as ``(start, stop)``, stop excluded.

    Examples
    --------
    >>> runs(np.array([False, True, True, False, True]))
    [(1, 3), (4, 5)]
    """
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def hysteresis(strength: NDArray[np.float64], *, low: float, high: float) -> list[tuple[int, int]]:
    """Stretches above ``low`` that somewhere rise above ``high``; NaN counts as below."""
    with np.errstate(invalid="ignore"):
        above = strength > low
    return [(start, stop) for start, stop in runs(above) if np.nanmax(strength[start:stop]) > high]


def merge(spans: Iterable[tuple[float, float]], *, gap: float) -> list[tuple[float, float]]:
    """Join spans that overlap or lie less than ``gap`` apart."""
    merged: list[tuple[float, float]] = []
    for start, stop in sorted(spans):
        if merged and start - merged[-1][1] < gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def inside(
    time_s: NDArray[np.float64], spans: Iterable[tuple[float, float]], *, margin_s: float = 0.0
) -> NDArray[np.bool_]:
    """Mark the times within any span, each widened by ``margin_s`` on both sides."""
    mask = np.zeros(len(time_s), bool)
    for start, stop in spans:
        mask |= (time_s >= start - margin_s) & (time_s <= stop + margin_s)
    return mask


def overlap_s(first: tuple[float, float], second: tuple[float, float]) -> float:
    """How long two spans overlap; negative is the distance between them."""
    return min(first[1], second[1]) - max(first[0], second[0])


def crossing_s(
    time_s: NDArray[np.float64], signal: NDArray[np.float64], before: int, level: float
) -> float:
    """Time at which a signal passes a level between sample ``before`` and the next one."""
    if before < 0:
        return float(time_s[0])
    after = min(before + 1, len(time_s) - 1)
    first, second = signal[before], signal[after]
    if not np.isfinite(first + second) or first == second:
        return float(time_s[after])
    share = np.clip((level - first) / (second - first), 0, 1)
    return float(time_s[before] + share * (time_s[after] - time_s[before]))
