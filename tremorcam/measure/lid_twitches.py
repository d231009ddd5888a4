"""Small twitches of one eye's lids that go with a burst of the mouth on the same side.

Landmarks read a partial closure of one eye much too small, and pull the other eye along: a
rendered closure of 45 % of one eye read 15 %. What tells it all the same is the difference
between the eyes, whose noise is small because head and light move both. Alone, so small a
difference may be a glance or a turn of the head; it counts only as the companion of a burst.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import SIDES
from tremorcam.measure.blocks import median_interval_s
from tremorcam.measure.closure import closure
from tremorcam.measure.events import Event
from tremorcam.measure.intervals import inside, overlap_s
from tremorcam.measure.phases import spans_of
from tremorcam.measure.turning import turned_deg

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

FLANK_S = 0.4
GAP_S = 0.1
"""The difference is held against that of 0.4 s before and after, each 0.1 s away."""
LEAST_DIFFERENCE = 0.03
"""Of the open aperture. Twitches of 2 mm beside the mouth changed it by under 0.01, rendered
one-sided closures of a quarter by 0.03 (provisional)."""
Z_LEAST = 4.0
LEAST_TOGETHER, Z_TOGETHER = 3, 2.0
"""From three bursts on their mean can tell that the lids take part; then twice the noise is enough
for each (provisional)."""
SHIFT_S = 0.15
"""The lids' twitch lies within this time of the mouth's."""
LEAST_QUIET = 15
"""Places without a burst from which the noise can be told."""
LONGEST_S = 1.0
"""Of longer bursts the beginning is looked at."""
MARGIN_S = 0.15
TURN_DEG = 3.0
"""A head that turns by more meanwhile changes how the eyes are seen (provisional)."""


def lid_twitches(
    distinct: xr.Dataset,
    phases: pd.DataFrame,
    lid_events: Sequence[Event],
    bursts: Sequence[Event],
) -> list[Event]:
    """Find the lids' small twitches that accompany one-sided bursts.

    Parameters
    ----------
    distinct : xarray.Dataset
    phases : pandas.DataFrame
    lid_events : sequence of Event
        Blinks and closures, beside which nothing small can be told.
    bursts : sequence of Event
        Bursts of mouth and cheek.

    Returns
    -------
    list of Event
        ``lid_twitch``, at most one for bursts that overlap in time.
    """
    time_s = distinct["time_s"].values.astype(float)
    if len(time_s) < 3:
        return []
    shut = closure(distinct, phases)
    apart = shut[:, 0] - shut[:, 1]
    apart[inside(time_s, [event.span_s for event in lid_events], margin_s=MARGIN_S)] = np.nan
    if np.isfinite(apart).sum() < 3:
        return []
    free = inside(time_s, _steady(phases)) & ~inside(
        time_s, [b.span_s for b in bursts], margin_s=GAP_S + FLANK_S
    )
    found: list[Event] = []
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        others = [burst.span_s for burst in bursts if burst.side not in (side, "both")]
        beside = np.where(inside(time_s, others), np.nan, sign * apart)
        spans = [burst.span_s for burst in bursts if burst.side == side]
        readings = [_read(time_s, sign * apart, beside, free, span_s) for span_s in spans]
        known = [each for each in readings if each is not None and not _turns(distinct, each)]
        found += [_event(each, side) for each in _apart_in_time(_twitches(known))]
    return sorted(found, key=lambda event: event.onset_s)


@dataclass(frozen=True)
class _Reading:
    """By how much the eyes differ beside one burst, in shares of the open aperture.

    ``contrast`` is the greatest about its onset, ``typical`` the median there, which no choice of
    the greatest has raised.
    """

    span_s: tuple[float, float]
    rise_s: float
    contrast: float
    typical: float
    noise: float


def _read(
    time_s: NDArray[np.float64],
    apart: NDArray[np.float64],
    beside: NDArray[np.float64],
    free: NDArray[np.bool_],
    span_s: tuple[float, float],
) -> _Reading | None:
    """Read what the lids do about the onset of a burst, if it can be told.

    ``beside`` is ``apart`` without what the other side's bursts may do to it; ``free`` marks
    steady frames far from any burst, which tell the noise.
    """
    interval_s = median_interval_s(time_s)
    length = max(2, round(min(span_s[1] - span_s[0], LONGEST_S) / interval_s))
    contrast = _contrast(apart, beside, length, interval_s)
    quiet = contrast[(_mean_from(free.astype(float), length) == 1) & np.isfinite(contrast)]
    starts = (time_s >= span_s[0] - SHIFT_S) & (time_s <= span_s[0] + SHIFT_S)
    if len(quiet) < LEAST_QUIET or not np.isfinite(contrast[starts]).any():
        return None
    noise = 1.4826 * float(np.median(np.abs(quiet)))
    at = int(np.nanargmax(np.where(starts, contrast, np.nan)))
    stop = min(at + length, len(time_s) - 1)
    above = apart[at:stop] - np.nanmin(apart[at:stop]) >= 0.5 * np.ptp(apart[at:stop])
    return _Reading(
        span_s=(float(time_s[at]), float(time_s[stop])),
        rise_s=float(time_s[at + int(np.argmax(above))]),
        contrast=float(contrast[at]),
        typical=float(np.nanmedian(contrast[starts])),
        noise=noise,
    )


def _turns(distinct: xr.Dataset, reading: _Reading) -> bool:
    return turned_deg(distinct, reading.span_s, margin_s=FLANK_S) > TURN_DEG


def _twitches(readings: Sequence[_Reading]) -> list[_Reading]:
    """Choose readings that noise does not explain: each by itself, or all of them together.

    Where the lids take part in most bursts of a side, their mean stands out of a noise that
    hides each of them; then a smaller one counts as well.
    """
    if not readings:
        return []
    typical = np.array([reading.typical for reading in readings])
    noise = np.array([reading.noise for reading in readings])
    of_mean = float(np.hypot.reduce(noise)) / len(readings)
    mostly = len(readings) >= LEAST_TOGETHER and typical.mean() >= max(
        LEAST_DIFFERENCE, Z_LEAST * of_mean
    )
    z_least = Z_TOGETHER if mostly else Z_LEAST
    return [
        reading
        for reading in readings
        if reading.contrast >= max(LEAST_DIFFERENCE, z_least * reading.noise)
    ]


def _apart_in_time(readings: Sequence[_Reading]) -> list[_Reading]:
    """Keep the strongest of those that overlap: several bursts may go with one twitch."""
    kept: list[_Reading] = []
    for reading in sorted(readings, key=lambda each: -each.contrast):
        if all(overlap_s(reading.span_s, other.span_s) <= 0 for other in kept):
            kept.append(reading)
    return kept


def _event(reading: _Reading, side: str) -> Event:
    return Event(
        "lid_twitch", side, *reading.span_s, reading.rise_s, 100 * reading.contrast, "%", "eye"
    )


def _contrast(
    apart: NDArray[np.float64], beside: NDArray[np.float64], length: int, interval_s: float
) -> NDArray[np.float64]:
    """Mean over ``length`` frames from each frame on, less that of the flanks that are known."""
    flank, gap = max(round(FLANK_S / interval_s), 1), round(GAP_S / interval_s)
    flanks = _mean_from(beside, flank)
    pad = flank + gap + length
    padded = np.pad(flanks, pad, constant_values=np.nan)
    index = np.arange(len(apart)) + pad
    sides = np.stack([padded[index - gap - flank], padded[index + length + gap]])
    known = np.isfinite(sides)
    level = np.where(known, sides, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    contrast: NDArray[np.float64] = _mean_from(apart, length) - np.where(
        known.any(axis=0), level, np.nan
    )
    return contrast


def _mean_from(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Mean of the next ``length`` values at each place, NaN where one of them is."""
    means = np.full(len(values), np.nan)
    if len(values) >= length:
        sums = np.convolve(values, np.ones(length), "valid")
        means[: len(values) - length + 1] = sums / length
    return means


def _steady(phases: pd.DataFrame) -> list[tuple[float, float]]:
    return [span[1:] for name in ("neutral", "hold", "whole") for span in spans_of(phases, name)]
