"""Significant peaks of one series: found, then measured beside a background without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.measure.blocks import without
from tremorcam.measure.narrowband import Envelope, Narrowband, narrowband
from tremorcam.measure.projection import HALF_BAND_HZ
from tremorcam.measure.spectrum import Spectrum, refit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Block
    from tremorcam.measure.confidence import Interval

ALPHA = 0.001
"""False alarms that noise may raise per recording, all regions and phases together. All causes
together may raise one in a hundred, so that chance gets a tenth of it: lights, encoders and heads
that no model of noise describes need the rest. It costs little: of 40 readings of 0.05 mm in 10 s
(12 Mbit/s, ten faces) all are below it, 39 of them below 3e-5."""
LEAST_PROMINENCE = 2.0
"""A peak is at least this many times the middle of its neighbourhood, 1 to 3 Hz away: a broad
hump of the background is none."""
LEAST_LASTING_S = 1.5
"""A rhythm goes on for at least this long, else it is a jerk or a change of expression; the
band's own response to one lasts 0.6 s (provisional)."""
EDGE_HZ = 0.1
NEIGHBOURHOOD_HZ = (1.0, 3.0)


@dataclass(frozen=True)
class Peak:
    """A significant peak of one series.

    Parameters
    ----------
    tremor : Narrowband
    spectrum : Spectrum
        With this series' background fitted beside the peak.
    p_value : float
        Probability that noise reaches this anywhere, in any region or phase.
    explained_hz : tuple of float
        Higher peaks of the series that are not its own.
    """

    tremor: Narrowband
    spectrum: Spectrum
    p_value: float
    explained_hz: tuple[float, ...] = ()


def family_p_value(p_value: float, n_tests: int) -> float:
    """Probability that the smallest of ``n_tests`` independent p-values is this small (Šidák)."""
    return float(-np.expm1(n_tests * np.log1p(-min(p_value, 1 - 1e-15))))


def series_alpha(n_tests: int) -> float:
    """Level of a single test that keeps all of them together at :data:`ALPHA`."""
    return float(-np.expm1(np.log1p(-ALPHA) / n_tests))


def strongest_p_value(spectrum: Spectrum, series: int, n_tests: int) -> float:
    """Probability that noise has so strong a peak as the highest one in the band."""
    within = spectrum.ratio[spectrum.in_band, series]
    if not len(within) or not np.isfinite(within).all():
        return float("nan")
    return family_p_value(spectrum.p_value(series, float(within.max())), n_tests)


def find_peak(
    blocks: Sequence[Block],
    spectrum: Spectrum,
    series: int,
    *,
    n_tests: int,
    blocked: Sequence[tuple[float, float]] = (),
    seed: int = 0,
) -> Peak | None:
    """Find the strongest significant peak of a series.

    Parameters
    ----------
    blocks : sequence of Block
    spectrum : Spectrum
    series : int
    n_tests : int
        How many series and phases are looked at.
    blocked : sequence of (float, float), optional
        Frequency ranges whose peaks are already explained, in Hz.
    seed : int, optional
    """
    free = spectrum.in_band & np.isfinite(spectrum.ratio[:, series])
    for low_hz, high_hz in blocked:
        free &= (spectrum.frequency_hz < low_hz) | (spectrum.frequency_hz > high_hz)
    if not free.any():
        return None
    at = int(np.argmax(np.where(free, spectrum.ratio[:, series], -np.inf)))
    ratio = float(spectrum.ratio[at, series])
    p_value = family_p_value(spectrum.p_value(series, ratio), n_tests)
    if not (p_value < ALPHA and ratio >= LEAST_PROMINENCE * _neighbourhood(spectrum, series, at)):
        return None
    if not _is_top(spectrum, series, at):
        return None
    peak = measure_peak(
        blocks, spectrum, series, float(spectrum.frequency_hz[at]), n_tests=n_tests, seed=seed
    )
    return peak if peak is not None and _is_free(peak, spectrum, blocked) else None


def _is_free(peak: Peak, spectrum: Spectrum, blocked: Sequence[tuple[float, float]]) -> bool:
    """Whether a peak, once measured, still lies where one was looked for.

    The flank of one outside, or of one that is explained already, draws to its top.
    """
    at_hz = peak.tremor.centre_hz
    low_hz, high_hz = spectrum.band_hz
    return low_hz - EDGE_HZ <= at_hz <= high_hz + EDGE_HZ and not any(
        low < at_hz < high for low, high in blocked
    )


def measure_peak(
    blocks: Sequence[Block],
    spectrum: Spectrum,
    series: int,
    frequency_hz: float,
    *,
    n_tests: int,
    seed: int = 0,
) -> Peak | None:
    """Measure a peak, then its background without it, then the peak again.

    ``None`` where it does not stand out of that background as well.
    """
    at = int(np.argmin(np.abs(spectrum.frequency_hz - frequency_hz)))
    p_value = spectrum.p_value(series, float(spectrum.ratio[at, series]))
    first = narrowband(blocks, series, spectrum, frequency_hz)
    if first is None:
        return None
    spectrum = clean_background(blocks, spectrum, first)
    p_value = max(p_value, spectrum.p_value(series, float(spectrum.ratio[at, series])))
    p_value = family_p_value(p_value, n_tests)
    tremor = narrowband(blocks, series, spectrum, first.centre_hz, seed=seed)
    if tremor is None or not tremor.rms_mm.value > 0 or not p_value < ALPHA:
        return None
    is_rhythm = _lasting_s(tremor) >= LEAST_LASTING_S and is_told(tremor.frequency_hz)
    return Peak(tremor, spectrum, p_value) if is_rhythm else None


def is_told(frequency_hz: Interval) -> bool:
    """Whether a frequency is known to within the band it is told from, mirror images apart.

    What noise or a swaying head heaps up there has none. Of 237 sinusoids of 0.05 mm and more
    the least known one was told to 0.7 Hz.
    """
    at_hz = frequency_hz.value
    return not min(at_hz - frequency_hz.low, frequency_hz.high - at_hz) > HALF_BAND_HZ


def _lasting_s(tremor: Narrowband) -> float:
    """How long a tremor of steady amplitude and the same concentration in time would last.

    (Sum of the power) squared over the sum of the squared power, as for an effective number
    of samples: a single step or jerk lasts no longer than the band's own response.
    """
    power = np.concatenate([envelope.mean_square for envelope in tremor.envelopes])
    interval_s = np.median(np.concatenate([np.diff(each.time_s) for each in tremor.envelopes]))
    return float(power.sum() ** 2 / (power**2).sum() * interval_s)


def clean_background(blocks: Sequence[Block], spectrum: Spectrum, tremor: Narrowband) -> Spectrum:
    """Fit the background of a series to what is left without its tremor."""
    used = [block for block in blocks if block.valid[:, tremor.series].any()]
    rest = [
        without(block, tremor.series, _seen(block, envelope, tremor))
        for block, envelope in zip(used, tremor.envelopes, strict=True)
    ]
    return refit(spectrum, tremor.series, rest, peak_hz=tremor.centre_hz, reach_hz=HALF_BAND_HZ)


def _seen(block: Block, envelope: Envelope, tremor: Narrowband) -> NDArray[np.float64]:
    """Motion of a tremor as the frames show it, after what exposure and encoder took."""
    turn = np.exp(2j * np.pi * tremor.centre_hz * envelope.time_s)
    motion: NDArray[np.float64] = (envelope.value * turn[:, None]).real
    bidirectional = block.bidirectional[block.valid[:, tremor.series]]
    motion *= np.where(bidirectional, tremor.kept.value, 1.0)[:, None]
    return motion * block.kept_by_camera(tremor.centre_hz)


def _neighbourhood(spectrum: Spectrum, series: int, at: int) -> float:
    apart = np.abs(spectrum.frequency_hz - spectrum.frequency_hz[at])
    beside = (apart >= NEIGHBOURHOOD_HZ[0]) & (apart <= NEIGHBOURHOOD_HZ[1])
    return float(np.median(spectrum.ratio[beside, series]))


def _is_top(spectrum: Spectrum, series: int, at: int) -> bool:
    """Whether a bin belongs to a peak that is searched, and is no flank of one that is not.

    Such a flank is far lower than what lies within a taper's bandwidth of it; the top of a
    peak is flat within a factor of two.
    """
    step_hz = spectrum.frequency_hz[1] - spectrum.frequency_hz[0]
    reach = max(1, round(spectrum.half_width_hz / step_hz))
    around = spectrum.ratio[max(at - reach, 0) : at + reach + 1, series]
    return bool(spectrum.ratio[at, series] >= around.max() / 2)
