"""Brief movements of one region, told from what is usual there.

They are looked for in steady stretches, about the running median and against what is usual
around them, so that neither a smile's drift nor a tremor that goes on is a twitch.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import ndimage, special

from tremorcam.anatomy import REGIONS, Region
from tremorcam.measure.blocks import GAP_INTERVALS, Samples
from tremorcam.measure.intervals import crossing_s, merge, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Z_PEAK = 5.0
"""Robust z over the local level that a burst exceeds (provisional), in two samples in a row."""
Z_EDGE = 2.5
LEAST_SAMPLES = 2
LOCAL_S = 4.0
REST_S, QUICK_REST_S = 2.0, 1.0
"""Length of the running median: at first twice a long burst's, which it would else follow; then,
without the bursts that are known, short enough to follow a head that sways."""
SHORTEST_PIECE_S = 0.5
SHORTEST_S, LONGEST_S = 0.07, 3.0
"""A run of clonic twitches may go on for seconds; what lasts longer is a change of expression."""
MERGE_S = 0.1
EDGE_SHARE = 0.2
"""Share of its peak at which a burst begins and ends."""
STEEP_S, STEEP_SHARE = 0.2, 0.8
"""A burst rises or falls from 10 to 90 % of its size within this time: facial muscles twitch in
under 0.1 s, while a head that sways moves the mouth over a second (provisional)."""
ROUNDS = 4
QUIETEST = 0.25
"""Share of the samples that tell what is usual before any burst is known."""
SMOOTH_S = 0.1
RAW_SHARE = 0.5
"""Share of these levels that the movement exceeds before it is smoothed, which takes away tremor
that is usual there (provisional)."""


@dataclass(frozen=True)
class Twitch:
    """A burst of one channel."""

    region: Region
    onset_s: float
    offset_s: float
    rise_s: float
    peak_mm: float
    whole: bool
    """Whether it begins and ends within the stretch it was found in."""

    @property
    def span_s(self) -> tuple[float, float]:
        """Onset and offset."""
        return self.onset_s, self.offset_s


def find_twitches(samples: Samples, at: int, start_s: float, stop_s: float) -> list[Twitch]:
    """Bursts of one region within a span, whoever made them."""
    pieces = _pieces(samples, at, start_s, stop_s)
    if not pieces:
        return []
    found = []
    told_apart = zip(pieces, *_told_apart(samples, at, pieces), strict=True)
    for piece, quick, smooth, spans in told_apart:
        for first, last in spans:
            # Along its own direction: tremor across it is no part of it.
            size_mm = np.abs(quick @ _direction(smooth[first:last]))
            peak_mm = float(size_mm[first:last].max())
            moving = first + np.flatnonzero(size_mm[first:last] >= EDGE_SHARE * peak_mm)
            start, stop = int(moving[0]), int(moving[-1]) + 1
            rise = start + int(np.argmax(size_mm[start:stop] >= peak_mm / 2))
            time_s = samples.time_s[piece]
            offset_s = float(time_s[stop - 1]) + samples.interval_s
            rise_s = crossing_s(time_s, size_mm, rise - 1, peak_mm / 2)
            whole = first > 0 and last < len(piece)
            onset_s = float(time_s[start])
            found.append(Twitch(REGIONS[at], onset_s, offset_s, rise_s, peak_mm, whole))
    return found


def _direction(motion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the unit vector to where a movement has gone furthest from its usual place."""
    furthest: NDArray[np.float64] = motion[np.argmax(np.linalg.norm(motion, axis=1))]
    return furthest / max(float(np.linalg.norm(furthest)), 1e-12)


def _told_apart(
    samples: Samples, at: int, pieces: Sequence[NDArray[np.intp]]
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]], list[list[tuple[int, int]]]]:
    """Movement about what is usual in each piece, also smoothed, and the ranges of its bursts.

    What is usual is told from the samples without a burst. Which those are is found in rounds,
    beginning with the quietest: many bursts would else be what is usual.
    """
    spans: list[list[tuple[int, int]]] = [[] for _ in pieces]
    quick: list[NDArray[np.float64]] = []
    smooth: list[NDArray[np.float64]] = []
    for turn in range(ROUNDS):
        usual = [_outside(len(piece), own) for piece, own in zip(pieces, spans, strict=True)]
        rest_s = QUICK_REST_S if turn else REST_S
        quick = [_quick(samples, at, *each, rest_s) for each in zip(pieces, usual, strict=True)]
        smooth = [_smooth(moved, samples.interval_s) for moved in quick]
        quantile = 0.5 if turn else QUIETEST
        z = [
            np.minimum(slow, fast / RAW_SHARE)
            for slow, fast in zip(
                _z(smooth, usual, samples, quantile), _z(quick, usual, samples, quantile),
                strict=True,
            )
        ]  # fmt: skip
        before = spans
        spans = [_spans(*each, samples.interval_s) for each in zip(z, smooth, strict=True)]
        if turn and spans == before:
            break
    return quick, smooth, spans


def _outside(n: int, spans: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    kept = np.ones(n, dtype=bool)
    for start, stop in spans:
        kept[start:stop] = False
    return kept


def _pieces(samples: Samples, at: int, start_s: float, stop_s: float) -> list[NDArray[np.intp]]:
    """Frames of a region without a gap between them, as the tracker ties them together.

    A twitch moves skin so fast that its own frames are followed worse than usual: they count as
    long as they were followed, and bursts are held against their errors.
    """
    within = (samples.time_s >= start_s) & (samples.time_s <= stop_s)
    frames = np.flatnonzero(within & np.isfinite(samples.motion_mm[:, at]).all(axis=1))
    gaps = np.flatnonzero(np.diff(samples.time_s[frames]) > GAP_INTERVALS * samples.interval_s)
    least = max(5, round(SHORTEST_PIECE_S / samples.interval_s))
    return [piece for piece in np.split(frames, gaps + 1) if len(piece) >= least]


def _quick(
    samples: Samples, at: int, piece: NDArray[np.intp], usual: NDArray[np.bool_], rest_s: float
) -> NDArray[np.float64]:
    """Movement about the running median of the usual samples, shape (n, 2).

    A high-pass filter would shrink a twitch and give it echoes.
    """
    motion = samples.motion_mm[piece, at]
    width = min(round(rest_s / samples.interval_s) | 1, len(piece))
    quick: NDArray[np.float64] = motion - _running_median(motion, usual, width)
    return quick


def _running_median(
    values: NDArray[np.float64], usual: NDArray[np.bool_], width: int
) -> NDArray[np.float64]:
    """Centred median of the usual samples, drawn across where there are none; shape as given."""
    known = pd.DataFrame(np.where(usual.reshape(-1, *[1] * (values.ndim - 1)), values, np.nan))
    middle = known.rolling(width, center=True, min_periods=1).median().to_numpy()
    return np.column_stack([_drawn_across(column) for column in middle.T]).reshape(values.shape)


def _drawn_across(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill what is unknown from what is beside it; 0 where nothing is known."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.zeros(len(values))
    return np.interp(np.arange(len(values)), known, values[known])


def _smooth(moved: NDArray[np.float64], interval_s: float) -> NDArray[np.float64]:
    """Mean over the shortest twitch; a lone sample is an error of the tracking and left out."""
    lone = ndimage.median_filter(moved, size=(3, 1), mode="nearest")
    width = max(1, round(SMOOTH_S / interval_s))
    smooth: NDArray[np.float64] = ndimage.uniform_filter1d(lone, width, axis=0, mode="nearest")
    return smooth


def _z(
    motion: Sequence[NDArray[np.float64]],
    usual: Sequence[NDArray[np.bool_]],
    samples: Samples,
    quantile: float,
) -> list[NDArray[np.float64]]:
    """Robust z of the magnitude in each piece against the usual one around it, each (n,).

    What is usual is told by this quantile of the usual samples.
    """
    sizes = np.concatenate([np.abs(m[kept]) for m, kept in zip(motion, usual, strict=True)])
    spread_mm = np.quantile(sizes, quantile, axis=0) / special.ndtri((1 + quantile) / 2)
    usual_of_noise = np.sqrt(-2 * np.log1p(-quantile))
    scores = []
    for moved, kept in zip(motion, usual, strict=True):
        z: NDArray[np.float64] = np.hypot(*(moved / np.maximum(spread_mm, 1e-9)).T)
        width = min(max(3, round(LOCAL_S / samples.interval_s)), len(z))
        known = pd.Series(np.where(kept, z, np.nan))
        around = known.rolling(width, center=True, min_periods=1).quantile(quantile)
        local = _drawn_across(around.to_numpy())
        scores.append(z / np.maximum(local / usual_of_noise, 1.0))
    return scores


def _spans(
    z: NDArray[np.float64], smooth: NDArray[np.float64], interval_s: float
) -> list[tuple[int, int]]:
    """Sample ranges of bursts: above the edge level, with two samples in a row at the peak's.

    A lone sample is an error of the tracking, not a movement.
    """
    gap, steep = MERGE_S / interval_s, max(1, round(STEEP_S / interval_s))
    size = np.linalg.norm(smooth, axis=1)
    spans = []
    for start, stop in _parted(size, merge(runs(z > Z_EDGE), gap=gap), gap):
        duration_s = (stop - start) * interval_s
        longest = max((b - a for a, b in runs(z[start:stop] > Z_PEAK)), default=0)
        lasts = SHORTEST_S - 0.5 * interval_s <= duration_s <= LONGEST_S
        if lasts and longest >= LEAST_SAMPLES and _is_sudden(smooth, start, stop, steep):
            spans.append((start, stop))
    return spans


def _parted(
    size: NDArray[np.float64], stretches: Sequence[tuple[float, float]], gap: float
) -> list[tuple[int, int]]:
    """Part stretches where the movement ceases between two bursts, but not between its swings.

    What is left between twitches that follow each other closely is more than is usual, however
    little it is beside them.
    """
    parts: list[tuple[int, int]] = []
    for first, last in ((int(a), int(b)) for a, b in stretches):
        own = size[first:last]
        moving = merge(runs(own >= EDGE_SHARE * own.max()), gap=gap)
        between = [(int(one[1]), int(other[0])) for one, other in pairwise(moving)]
        cuts = [first + stop + int(np.argmin(own[stop:start])) for stop, start in between]
        parts += pairwise([first, *cuts, last])
    return parts


def _is_sudden(smooth: NDArray[np.float64], start: int, stop: int, steep: int) -> bool:
    """Whether the movement comes or goes as fast as a muscle twitches.

    Along its own direction: tremor across it would lend its speed to a head that sways.
    """
    along = smooth @ _direction(smooth[start:stop])
    around = along[max(start - steep, 0) : stop + steep]
    changes = np.abs(around[steep:] - around[:-steep])
    return bool(changes.max(initial=0.0) >= STEEP_SHARE * np.abs(along[start:stop]).max())
