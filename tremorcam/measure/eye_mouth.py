"""Whether eye and mouth act together, and which of them first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from tremorcam.measure.confidence import CONFIDENCE, Interval
from tremorcam.measure.intervals import overlap_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tremorcam.measure.events import Event

COUPLING_S = 0.2
"""An eye and a mouth event no further apart belong together, and their lag is told; stimulated
delays are about 10 ms (Misawa 2006)."""
SPASMS = ("eyelid_spasm", "wink", "long_closure")
"""Lid events that are no ordinary blinks."""


@dataclass(frozen=True)
class EyeMouth:
    """How the lid events of one side go with the mouth's.

    Parameters
    ----------
    coincidence : Interval
        Share of the lid events that a mouth or cheek burst goes with.
    lag_s : Interval
        Median time by which the mouth trails the eye; negative where the mouth is first.
    n_events : int
    """

    coincidence: Interval
    lag_s: Interval
    n_events: int


def eye_mouth(
    side: str,
    lid_events: Sequence[Event],
    bursts: Sequence[Event],
    spans: Sequence[tuple[float, float]],
) -> EyeMouth:
    """Relate lid events other than blinks to bursts of the same side.

    Parameters
    ----------
    side : {'left', 'right'}
    lid_events, bursts : sequence of Event
    spans : sequence of (float, float)
        Where bursts were looked for; lid events elsewhere do not count.
    """
    sides = (side, "both")
    eyes = [
        event for event in lid_events
        if event.event in SPASMS and event.side in sides
        and any(overlap_s(event.span_s, span) > 0 for span in spans)
    ]  # fmt: skip
    own = [burst for burst in bursts if burst.side in sides]
    together = [
        any(overlap_s(eye.span_s, burst.span_s) > -COUPLING_S for burst in own) for eye in eyes
    ]
    lags = [lag for eye in eyes if (lag := _nearest_lag(eye, own)) is not None]
    return EyeMouth(_share(sum(together), len(eyes)), _median(lags), len(eyes))


def _nearest_lag(eye: Event, bursts: Sequence[Event]) -> float | None:
    lags = [
        burst.rise_s - eye.rise_s
        for burst in bursts
        if abs(burst.rise_s - eye.rise_s) <= COUPLING_S
    ]
    return min(lags, key=abs, default=None)


def _share(count: int, total: int) -> Interval:
    """Share with its exact 95 % interval (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404)."""
    if total == 0:
        return Interval(float("nan"))
    tail = (1 - CONFIDENCE) / 2
    low = stats.beta.ppf(tail, count, total - count + 1) if count else 0.0
    high = stats.beta.ppf(1 - tail, count + 1, total - count) if count < total else 1.0
    return Interval(count / total, float(low), float(high))


def _median(values: Sequence[float]) -> Interval:
    """Median with its distribution-free 95 % interval, where there are six values for one."""
    if not values:
        return Interval(float("nan"))
    ordered = np.sort(values)
    below = int(stats.binom.ppf((1 - CONFIDENCE) / 2, len(ordered), 0.5))
    middle = float(np.median(ordered))
    if below < 1:
        return Interval(middle)
    return Interval(middle, float(ordered[below - 1]), float(ordered[-below]))
