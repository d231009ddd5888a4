"""How fast a tremor is, told from what the pictures themselves show.

Encoders take most of a small movement from pictures that they predict from both sides
(:mod:`tremorcam.measure.prediction`). An amplitude gets back what they lost; a frequency must not:
to give it back is to rely on the other pictures, and those alone mirror a movement about half of
their own rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from tremorcam.measure.confidence import CONFIDENCE, DRAWS, Interval
from tremorcam.measure.projection import (
    HALF_BAND_HZ,
    Projection,
    centroid_hz,
    drawn,
    mean_over,
    models_of,
    power_of,
    project,
    turning_of,
    windows_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Block
    from tremorcam.measure.prediction import Share
    from tremorcam.measure.spectrum import Spectrum

FREQUENCY_HALF_BAND_HZ = 0.5
"""The pull of noise on a centroid grows faster than the band. Of 48 sinusoids of 0.05 mm at
12 Mbit/s 15 were more than 0.1 Hz off within 1 Hz and what was lost given back, 3 this way, beside
two that were mirrored. One that wanders more than noise makes it seem to is told from the wide
band, which holds more of it."""
THINNED_HZ = 8.0
CHUNK_S = 1.0
"""Length over which the frequency is compared with itself."""
LONGEST_WANDER = 5
"""Chunks over which a frequency may drift before it counts as new."""
TOLERANCE_HZ = 0.002
MOST_STEPS = 6
LARGEST_PULL_HZ = 0.7
"""A refined frequency stays within the peak it started from."""
LEAST_OWN_SHARE = 0.5
"""Pictures that keep less of a movement show more of what they are predicted from. The whole
interval of what they keep must lie above: a share is told to a tenth or two in small movements."""


def measure_frequency(
    blocks: Sequence[Block],
    series: int,
    spectrum: Spectrum,
    start_hz: float,
    *,
    seed: int | None = None,
) -> Interval:
    """Find the power-weighted mean frequency of a series near ``start_hz``.

    Parameters
    ----------
    blocks : sequence of Block
        In which the series has data.
    series : int
    spectrum : Spectrum
        Gives the background.
    start_hz : float
    seed : int, optional
        Of the parametric bootstrap; there is no interval without it.
    """

    def settle(from_hz: float, half_band_hz: float) -> tuple[float, list[Projection]]:
        windows, at_hz = windows_of(blocks, series, half_band_hz), from_hz
        for _ in range(MOST_STEPS):
            models = models_of(blocks, series, spectrum, at_hz, windows)
            parts = [project(model, 1.0) for model in models]
            reach_hz = start_hz - at_hz - LARGEST_PULL_HZ, start_hz - at_hz + LARGEST_PULL_HZ
            pull_hz = float(np.clip(centroid_hz(parts), *reach_hz))
            if abs(pull_hz) < TOLERANCE_HZ:
                break
            at_hz += pull_hz
        return at_hz, parts

    wide_hz, wide = settle(start_hz, HALF_BAND_HZ)
    near_hz, near = settle(wide_hz, FREQUENCY_HALF_BAND_HZ)
    if seed is None:
        return Interval(near_hz)
    spread = _spread(wide, np.random.default_rng(seed))
    if spread.wander_variance > spread.noise_variance:
        at_hz = wide_hz
    else:
        at_hz, spread = near_hz, _spread(near, np.random.default_rng(seed))
    reach_hz = float(np.hypot(spread.reach_hz, TOLERANCE_HZ))
    return Interval(at_hz, at_hz - reach_hz, at_hz + reach_hz)


def with_mirrored(
    frequency_hz: Interval, kept: Share, blocks: Sequence[Block], band_hz: tuple[float, float]
) -> Interval:
    """Widen an interval to the frequencies that it may be the mirror image of.

    Where bidirectional pictures may show less of a movement than of the pictures beside them, they
    may follow the slowest one that those allow: below half of their rate, whatever it is in truth.
    """
    rate_hz = _own_rate_hz(blocks)
    at_hz = frequency_hz.value
    if kept.low > LEAST_OWN_SHARE or not at_hz <= rate_hz / 2 + FREQUENCY_HALF_BAND_HZ:
        return frequency_hz
    turns = np.arange(1, np.ceil(band_hz[1] / rate_hz) + 1) * rate_hz
    alike = np.concatenate([turns - at_hz, turns + at_hz])
    alike = alike[(alike >= band_hz[0]) & (alike <= band_hz[1])]
    below, above = at_hz - frequency_hz.low, frequency_hz.high - at_hz
    low = float(np.min(alike - above, initial=frequency_hz.low))
    return Interval(at_hz, low, float(np.max(alike + below, initial=frequency_hz.high)))


def _own_rate_hz(blocks: Sequence[Block]) -> float:
    """How often pictures come that are not predicted from both sides; infinite without others."""
    steps = [np.diff(block.time_s[~block.bidirectional]) for block in blocks]
    together = np.concatenate(steps)
    both = any(block.bidirectional.any() for block in blocks) and len(together)
    return float(1 / np.median(together)) if both else float("inf")


@dataclass(frozen=True)
class _Spread:
    """What makes a centroid uncertain, as variances in Hz²."""

    noise_variance: float
    wander_variance: float
    n_free: float

    @property
    def reach_hz(self) -> float:
        """How far the interval reaches to either side.

        Satterthwaite: the scatter of few chunks is itself poorly known.
        """
        variance, wander = self.noise_variance + self.wander_variance, self.wander_variance
        dof = self.n_free * (variance / wander) ** 2 if wander > 0 else 1e6
        return float(special.stdtrit(min(dof, 1e6), (1 + CONFIDENCE) / 2) * np.sqrt(variance))


def _spread(parts: Sequence[Projection], rng: np.random.Generator) -> _Spread:
    """Find how uncertain a centroid is, by parametric bootstrap.

    Noise of the background's density is added to the projection again; how far the estimates
    move is how far noise has moved them already. A frequency that wanders is uncertain beyond
    that: its chunks scatter more than noise explains.
    """
    chunks = [_chunk_sums(part, rng) for part in parts]
    turning, power = (np.concatenate(each) for each in zip(*chunks, strict=True))
    n_samples = sum(len(part.time_s) for part in parts)
    noise = 2 * mean_over([part.noise_ms for part in parts], parts) * n_samples
    total = power.sum(axis=0)
    signal = np.maximum(total - noise * np.r_[1, np.full(DRAWS, 2)], 0.1 * total)
    offset = turning.sum(axis=0) / signal
    rest = turning - offset * power
    n_chunks = len(power)
    width = int(np.clip(n_chunks // 3, 1, LONGEST_WANDER))
    wander = _block_variance(rest[:, :1], width) - _block_variance(rest[:, 1:] - rest[:, :1], width)
    return _Spread(
        noise_variance=float(offset[1:].var()),
        wander_variance=max(wander, 0.0) / float(signal[0]) ** 2 if n_chunks > 2 else 0.0,
        n_free=max(n_chunks / width - 1, 1.0),
    )


def _chunk_sums(
    part: Projection, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum turning and power per chunk; the first column is measured, the others are drawn.

    The envelope is slow: a few samples a second tell it as well as all do.
    """
    elapsed_s = part.time_s - part.time_s[0]
    thin = slice(None, None, max(1, int(len(elapsed_s) / max(elapsed_s[-1], 1e-9) / THINNED_HZ)))
    coefficient = drawn(part, rng)
    flat = coefficient.reshape(len(coefficient), -1)
    envelope = (part.window[:, thin].T @ flat).reshape(-1, *coefficient.shape[1:])
    slope = (part.slope[:, thin].T @ flat).reshape(envelope.shape)
    n_chunks = max(1, round(elapsed_s[-1] / CHUNK_S))
    edges = np.searchsorted(elapsed_s[thin], np.arange(n_chunks) * elapsed_s[-1] / n_chunks)
    edges = np.unique(edges)
    scale = len(elapsed_s) / len(envelope)
    return (
        scale * np.add.reduceat(turning_of(envelope, slope), edges, axis=0),
        scale * np.add.reduceat(power_of(envelope), edges, axis=0),
    )


def _block_variance(rest: NDArray[np.float64], width: int) -> float:
    """Variance of the sum of chunks that depend on their neighbours, by overlapping blocks."""
    n_chunks = len(rest)
    total = np.cumsum(np.pad(rest, ((1, 0), (0, 0))), axis=0)
    blocks = total[width:] - total[:-width]
    # Blocks are compared with the mean of all, which is taken from themselves.
    share = n_chunks / width / max(n_chunks / width - 1, 0.5)
    return float((blocks**2).mean() * n_chunks / width * share)
