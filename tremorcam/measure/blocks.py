"""From the signals dataset to stretches of motion that a spectrum may be taken of.

Nothing is resampled and no gap is filled: a missing sample is simply no sample. Tapers and
sinusoids are evaluated at the true times of the frames instead, which is unbiased below the
mean Nyquist frequency, while interpolation to a uniform grid is a low-pass (Laguna 1998,
doi:10.1109/10.678605; Clifford & Tarassenko 2005, doi:10.1109/TBME.2005.844028).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import REGIONS
from tremorcam.measure.intervals import runs
from tremorcam.measure.light import bidirectional, light_percent, light_slope_percent

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

REGION_SERIES = tuple(region.key for region in REGIONS)
OTHER_SERIES = ("head", "background", "light", "light_slope")
SERIES = REGION_SERIES + OTHER_SERIES
"""What spectra are taken of: every region, then what its peaks must not be shared with."""

SLOW_HZ = 1.5
"""Movement slower than this is regressed out: posture, the smile's drift, tracker drift."""
GAP_INTERVALS = 2.5
"""Missing time beyond this many frame intervals frees the level: displacement is integrated
between adjacent frames, so nothing ties one side of a gap to the other."""
SPLIT_GAP_S = 0.5
"""Missing time beyond this ends a stretch."""
BLOCK_S = 12.0
"""Longer stretches are cut into equal blocks of about this length, whose spectra are averaged."""
SHORTEST_BLOCK_S = 2.0
SHORTEST_PART_S = 1.0
"""Of what is analysed together with more, at least :data:`SHORTEST_BLOCK_S` in all."""
LEAST_COVERAGE = 0.6
"""A series with fewer valid samples than this share of a block is left out of that block."""
SHORTEST_ISLAND_S = 0.3
"""Samples between two gaps count only if they last this long: fewer tell nothing but a level."""


@dataclass(frozen=True)
class Samples:
    """Every series at the distinct frames.

    Parameters
    ----------
    time_s : ndarray, shape (n_frames,)
    motion_mm : ndarray, shape (n_frames, n_series, 2)
        In the order of :data:`SERIES`; for both of light in percent, along the first axis only.
    valid : ndarray of bool, shape (n_frames, n_series)
    interval_s : float
        Median time between distinct frames.
    exposure_s : float
        How long each frame was exposed; 0 where it is not known.
    jitter_s : float
        By how much the stated times are off, standard deviation; 0 where it is not known.
    bidirectional : ndarray of bool, shape (n_frames,)
        Frames that the encoder predicted from both sides.
    """

    time_s: NDArray[np.float64]
    motion_mm: NDArray[np.float64]
    valid: NDArray[np.bool_]
    interval_s: float
    exposure_s: float
    jitter_s: float
    bidirectional: NDArray[np.bool_]


@dataclass(frozen=True)
class Block:
    """A stretch without long gaps, slow movement removed, ready for tapers.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
    motion_mm : ndarray, shape (n, n_series, 2)
        0 where not valid.
    valid : ndarray of bool, shape (n, n_series)
    interval_s : float
        Covered time per sample.
    smile : int
    slow : tuple of ndarray, shape (n, n_slow)
        Orthonormal bases of what was removed, one for each pattern of missing samples.
    pattern : ndarray of int, shape (n_series,)
        Which of the bases is a series' own.
    exposure_s, jitter_s : float
    bidirectional : ndarray of bool, shape (n,)
    """

    time_s: NDArray[np.float64]
    motion_mm: NDArray[np.float64]
    valid: NDArray[np.bool_]
    interval_s: float
    smile: int
    slow: tuple[NDArray[np.float64], ...]
    pattern: NDArray[np.intp]
    exposure_s: float
    jitter_s: float
    bidirectional: NDArray[np.bool_]

    @property
    def duration_s(self) -> float:
        """Time the samples stand for."""
        return len(self.time_s) * self.interval_s

    def lasts(self, least_s: float) -> bool:
        """Whether it is as long as that, to half a sample."""
        return self.duration_s > least_s - self.interval_s / 2

    def kept_by_camera(self, frequency_hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Share of a sinusoid's amplitude that a camera's exposure and uncertain times leave.

        Frames average over their exposure; times that are off by a normally distributed error
        average over it (its characteristic function).
        """
        f = np.asarray(frequency_hz)
        kept = np.sinc(f * self.exposure_s) * np.exp(-2 * (np.pi * f * self.jitter_s) ** 2)
        return np.asarray(kept)


def collect_samples(
    distinct: xr.Dataset, *, exposure_s: float = 0.0, jitter_s: float = 0.0
) -> Samples:
    """Bring every series of a dataset without repeated frames into one array."""
    time_s = distinct["time_s"].values.astype(float)
    displacement = distinct["displacement_mm"].transpose("frame", "channel", "space").values
    scale = distinct["mm_per_px"].values
    mm_per_px = np.nanmedian(scale) if np.isfinite(scale).any() else np.nan
    others = [
        distinct["head_mm"].values,
        distinct["background_px"].values * mm_per_px,
        *(
            np.column_stack([percent, np.zeros(len(time_s))])
            for percent in (light_percent(distinct), light_slope_percent(distinct))
        ),
    ]
    motion = np.concatenate([displacement, np.stack(others, axis=1)], axis=1).astype(float)
    valid = np.isfinite(motion).all(axis=2)
    valid[:, : len(REGION_SERIES)] &= _trusted(distinct["displacement_se_mm"].values)
    interval_s = median_interval_s(time_s)
    return Samples(time_s, motion, valid, interval_s, exposure_s, jitter_s, bidirectional(distinct))


def median_interval_s(time_s: NDArray[np.float64]) -> float:
    """Median time between frames, 1/30 s where there are not two of them."""
    return float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1 / 30


def _trusted(standard_error_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Frames whose own error is not far above the channel's usual one."""
    known = np.isfinite(standard_error_mm)
    usual = np.array(
        [np.median(column[ok]) if ok.any() else np.inf for column, ok in
         zip(standard_error_mm.T, known.T, strict=True)]
    )  # fmt: skip
    return ~(known & (standard_error_mm > 8 * usual))


def cut_blocks(
    samples: Samples,
    start_s: float,
    stop_s: float,
    *,
    smile: int = 0,
    exclude: NDArray[np.bool_] | None = None,
    shortest_s: float = SHORTEST_BLOCK_S,
) -> list[Block]:
    """Cut a span of the recording into blocks, slow movement removed.

    Parameters
    ----------
    samples : Samples
    start_s, stop_s : float
    smile : int, optional
        Kept with the blocks.
    exclude : ndarray of bool, shape (n_frames, n_series), optional
        Samples that are no part of a steady movement (blinks, bursts).
    shortest_s : float, optional
        Shorter stretches make no block.
    """
    within = np.flatnonzero((samples.time_s >= start_s) & (samples.time_s <= stop_s))
    valid = samples.valid if exclude is None else samples.valid & ~exclude
    usable = within[samples.valid[within][:, : len(REGION_SERIES)].any(axis=1)]
    if len(usable) < 2:
        return []
    breaks = np.flatnonzero(np.diff(samples.time_s[usable]) > SPLIT_GAP_S) + 1
    blocks = []
    for stretch in np.split(usable, breaks):
        duration_s = samples.time_s[stretch[-1]] - samples.time_s[stretch[0]]
        if duration_s + samples.interval_s <= shortest_s - samples.interval_s / 2:
            continue
        n_blocks = max(1, round(duration_s / BLOCK_S))
        for part in np.array_split(stretch, n_blocks):
            blocks.append(_make_block(samples, part, valid[part], smile))
    return blocks


def _make_block(
    samples: Samples, frames: NDArray[np.intp], valid: NDArray[np.bool_], smile: int
) -> Block:
    time_s = samples.time_s[frames]
    valid = _drop_islands(valid, samples.interval_s)
    valid = valid & (valid.mean(axis=0) >= LEAST_COVERAGE)
    steps = np.diff(time_s)
    covered_s = np.minimum(steps, GAP_INTERVALS * samples.interval_s).sum()
    patterns, pattern = np.unique(valid, axis=1, return_inverse=True)
    slow = tuple(slow_span(time_s, kept, samples.interval_s) for kept in patterns.T)
    motion = np.where(valid[:, :, None], samples.motion_mm[frames], 0.0)
    for index, span in enumerate(slow):
        members = np.flatnonzero(pattern.ravel() == index)
        columns = motion[:, members].reshape(len(time_s), -1)
        columns = columns - span @ (span.T @ columns)
        motion[:, members] = columns.reshape(len(time_s), len(members), 2)
    return Block(
        time_s=time_s,
        motion_mm=motion,
        valid=valid,
        interval_s=float(covered_s / max(len(steps), 1)),
        smile=smile,
        slow=slow,
        pattern=pattern.ravel(),
        exposure_s=samples.exposure_s,
        jitter_s=samples.jitter_s,
        bidirectional=samples.bidirectional[frames],
    )


def without(block: Block, series: int, motion_mm: NDArray[np.float64]) -> Block:
    """One series of a block alone, with a motion subtracted at its valid samples.

    Parameters
    ----------
    block : Block
    series : int
    motion_mm : ndarray, shape (n_valid, 2)
    """
    kept = block.valid[:, series]
    rest = block.motion_mm[:, [series]].copy()
    rest[kept, 0] -= motion_mm
    return replace(
        block,
        motion_mm=rest,
        valid=block.valid[:, [series]],
        pattern=block.pattern[[series]],
    )


def _drop_islands(valid: NDArray[np.bool_], interval_s: float) -> NDArray[np.bool_]:
    patterns, series = np.unique(valid, axis=1, return_inverse=True)
    for column in range(patterns.shape[1]):
        for start, stop in runs(patterns[:, column].copy()):
            if (stop - start) * interval_s < SHORTEST_ISLAND_S:
                patterns[start:stop, column] = False
    kept: NDArray[np.bool_] = patterns[:, series.ravel()]
    return kept


def slow_span(
    time_s: NDArray[np.float64], kept: NDArray[np.bool_], interval_s: float
) -> NDArray[np.float64]:
    """Orthonormal basis of what is slower than :data:`SLOW_HZ`, and of the levels between gaps.

    Regressing on it has no transients at edges and needs no sample where there is none; above
    the cut-off it leaves everything as it is.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
    kept : ndarray of bool, shape (n,)
    interval_s : float

    Returns
    -------
    ndarray, shape (n, n_slow)
        0 where not kept.
    """
    at = np.flatnonzero(kept)
    if len(at) == 0:
        return np.zeros((len(time_s), 0))
    steps = _level_steps(time_s[at], GAP_INTERVALS * interval_s)
    columns = np.column_stack([_slow_basis(time_s)[at], steps])
    span = np.zeros((len(time_s), min(columns.shape)))
    span[at] = np.linalg.qr(columns)[0]
    return span


def _slow_basis(time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half cosines up to the cut-off, with a slope and a bend that they fit badly at edges."""
    duration_s = max(time_s[-1] - time_s[0], 1e-9)
    place = (time_s - time_s[0]) / duration_s
    order = np.arange(int(np.ceil(2 * duration_s * SLOW_HZ)) + 1)
    return np.column_stack([np.cos(np.pi * np.outer(place, order)), place, place**2])


def _level_steps(time_s: NDArray[np.float64], gap_s: float) -> NDArray[np.float64]:
    after = np.flatnonzero(np.diff(time_s) > gap_s) + 1
    steps: NDArray[np.float64] = (np.arange(len(time_s))[:, None] >= after).astype(float)
    return steps
