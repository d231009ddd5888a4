"""Spectra of a phase with their background, and how unlikely a peak is.

The background of a multitaper spectrum is a smooth curve fitted where there is no peak; a
peak's strength is the ratio of the two, averaged over the two principal axes of movement after
each has been divided by its own background, so that its distribution without tremor is known:
chi-squared over its degrees of freedom, whatever the colour of the noise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from tremorcam.measure.background import MAX_DISPERSION, dispersion, fit_background, modulation
from tremorcam.measure.confidence import NORMAL, Interval, known_by, widened
from tremorcam.measure.tapers import eigenspectra, time_half_bandwidth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Block

LOWEST_HZ = 2.0
HIGHEST_HZ = 15.0
STEP_HZ = 0.05
FIT_TO_SHARE_OF_RATE = 0.48
BACKGROUND_COST = 4.0
"""Share of the independent bands that fitting the background uses up, as found by Monte Carlo."""
BANDS_FACTOR = 1.2
"""Independent trials per independent band, as found by Monte Carlo: the highest of a peak's
overlapping bins counts."""
WINDOW_S = 1.0
POWER_QUANTILE = 1.645
"""A tremor of the size of the detection limit is found 95 times in 100."""


@dataclass(frozen=True)
class Spectrum:
    """Spectrum of every series over one phase, with its background.

    Parameters
    ----------
    frequency_hz : ndarray, shape (n_frequencies,)
    psd, background : ndarray, shape (n_frequencies, n_series, 2)
        Along the principal axes, mm²/Hz; NaN for a series without data.
    ratio : ndarray, shape (n_frequencies, n_series)
        Mean over both axes of density over background.
    axes : ndarray, shape (n_series, 2, 2)
        Columns are the principal axes in the picture.
    dof : ndarray, shape (n_series,)
        Effective degrees of freedom of ``ratio``.
    most_dof : ndarray, shape (n_series,)
        Those that the tapers alone would leave.
    half_width_hz : float
    duration_s : float
    band_hz : tuple of float
        Where peaks may be told at this frame rate.
    """

    frequency_hz: NDArray[np.float64]
    psd: NDArray[np.float64]
    background: NDArray[np.float64]
    ratio: NDArray[np.float64]
    axes: NDArray[np.float64]
    dof: NDArray[np.float64]
    most_dof: NDArray[np.float64]
    half_width_hz: float
    duration_s: float
    band_hz: tuple[float, float]

    @property
    def in_band(self) -> NDArray[np.bool_]:
        """Bins of the analysis band."""
        low, high = self.band_hz
        return (self.frequency_hz >= low - 1e-9) & (self.frequency_hz <= high + 1e-9)

    @property
    def n_bands(self) -> float:
        """How many independent bands the analysis band holds."""
        low, high = self.band_hz
        return max((high - low) / (2 * self.half_width_hz), 1.0)

    def background_at(self, series: int, frequency_hz: float) -> NDArray[np.float64]:
        """Background density along both principal axes, mm²/Hz, shape (2,)."""
        return np.array(
            [
                np.interp(frequency_hz, self.frequency_hz, self.background[:, series, axis])
                for axis in (0, 1)
            ]
        )

    def p_value(self, series: int, ratio: float) -> float:
        """Probability that noise alone reaches a ratio anywhere in the band.

        The ratio of a chi-squared to the background fitted beside it has an F distribution;
        its constants are checked by Monte Carlo over white, pink, red, mixed and low-passed
        noise (tests/unit/measure/test_false_alarms.py).
        """
        dof = self.dof[series]
        if not np.isfinite(ratio) or not np.isfinite(dof):
            return float("nan")
        tail = special.fdtrc(dof, dof * self.n_bands / BACKGROUND_COST, ratio)
        return float(-np.expm1(BANDS_FACTOR * self.n_bands * np.log1p(-min(tail, 1 - 1e-12))))

    def dof_interval(self, series: int) -> tuple[float, float]:
        """Range of the degrees of freedom, told from the ratio's scatter over few bands.

        It reaches no farther up than to those of the tapers, and as far down as up: scatter
        beyond that of steady noise may be chance, or half of what there is. The variance of n
        values has itself a relative one of (2 + excess kurtosis) / n (Kenney and Keeping 1951,
        p. 164), and a chi-squared an excess kurtosis of 12 / dof.
        """
        dof, most = float(self.dof[series]), float(self.most_dof[series])
        reach = float(np.exp(NORMAL * np.sqrt((2 + 12 / dof) / self.n_bands)))
        factor = min(reach, most / dof)
        return max(dof / factor, most / MAX_DISPERSION), dof * factor

    def _threshold(self, dof: float, alpha: float) -> float:
        """Ratio that noise reaches anywhere in the band with probability ``alpha``."""
        tail = -np.expm1(np.log1p(-alpha) / (BANDS_FACTOR * self.n_bands))
        beside = dof * self.n_bands / BACKGROUND_COST
        # The F distribution's inverse, of small probabilities too, by that of the beta's.
        share = special.betaincinv(beside / 2, dof / 2, tail)
        return float(beside / dof * (1 / share - 1))

    def detection_limit_rms_mm(self, series: int, alpha: float) -> Interval:
        """RMS of the smallest sinusoid that would be found with a probability of 95 %, in mm.

        For the noisier of the two axes, at the middle of the band's background; known as that
        background and its degrees of freedom are.
        """
        dof = float(self.dof[series])
        limit = known_by(dof * self.n_bands / 2, self._limit_rms_mm(series, alpha, dof))
        few, many = self.dof_interval(series)
        return widened(
            limit, self._limit_rms_mm(series, alpha, many), self._limit_rms_mm(series, alpha, few)
        )

    def _limit_rms_mm(self, series: int, alpha: float, dof: float) -> float:
        ratio = self._threshold(dof, alpha)
        # Non-central chi-squared in its normal approximation: dof + x - q sqrt(2 (dof + 2 x))
        # must reach dof * ratio.
        needed, q = dof * (ratio - 1), POWER_QUANTILE
        excess = needed + 2 * q**2 + np.sqrt((needed + 2 * q**2) ** 2 - needed**2 + 2 * q**2 * dof)
        density = np.nanmax(np.median(self.background[self.in_band, series], axis=0))
        return float(np.sqrt(2 * density * 2 * self.half_width_hz * excess / dof))


def frequency_grid(rate_hz: float) -> NDArray[np.float64]:
    """Frequencies of all spectra of a recording, in Hz."""
    highest = min(FIT_TO_SHARE_OF_RATE * rate_hz, HIGHEST_HZ)
    return np.arange(LOWEST_HZ, max(highest, LOWEST_HZ + 1) + 1e-9, STEP_HZ)


def _windowed_power(block: Block) -> NDArray[np.float64]:
    """Mean square of the change from sample to sample, which is nearly white, in windows.

    Shape (n_windows, n_series); NaN where too few samples are valid.
    """
    change = np.diff(block.motion_mm, axis=0)
    both = (block.valid[1:] & block.valid[:-1])[:, :, None]
    size = max(2, round(WINDOW_S / block.interval_s))
    edges = np.arange(0, max(len(change) - size // 2, 1), size)
    total = np.add.reduceat((np.where(both, change, 0.0) ** 2).sum(axis=2), edges, axis=0)
    count = np.add.reduceat(both[:, :, 0].astype(float), edges, axis=0)
    return np.where(count > size / 3, total / np.maximum(count, 1), np.nan)


def combine(
    blocks: Sequence[Block],
    frequency_hz: NDArray[np.float64],
    *,
    band_hz: tuple[float, float],
) -> Spectrum:
    """Average the spectra of blocks, weighted by their length, and fit the background."""
    cross, dof_axis = _average(blocks, frequency_hz)
    axes = np.linalg.eigh(np.nan_to_num(cross.mean(axis=0)))[1][:, :, ::-1]
    # Down the picture, so that in a mirror errors are drawn for the same axes.
    axes = axes * np.where(axes[:, 1:] < 0, -1.0, 1.0)
    psd = _along(cross, axes)
    duration_s = np.array([block.duration_s for block in blocks])
    half_widths_hz = [time_half_bandwidth(each)[0] / each for each in duration_s]
    half_width_hz = float(np.average(half_widths_hz, weights=duration_s))
    background, quiet = fit_background(frequency_hz, psd, dof_axis, half_width_hz)
    moving = _moving(background)
    dof = np.where(moving.any(axis=1), dof_axis * moving.sum(axis=1), np.nan)
    ratio = _ratio(psd, background)
    return Spectrum(
        frequency_hz=frequency_hz,
        psd=psd,
        background=background,
        ratio=ratio,
        axes=axes,
        dof=dof / np.maximum(dispersion(ratio, quiet | ~moving, dof), modulation(_powers(blocks))),
        most_dof=dof,
        half_width_hz=half_width_hz,
        duration_s=float(duration_s.sum()),
        band_hz=band_hz,
    )


def refit(
    spectrum: Spectrum,
    series: int,
    rest: Sequence[Block],
    *,
    peak_hz: float,
    reach_hz: float,
) -> Spectrum:
    """Fit one series' background anew, to what is left of it when its peak is taken out.

    A strong peak has skirts (of the tapers, of uneven frame times, of the slow movement's
    removal) that would count as noise.

    Parameters
    ----------
    spectrum : Spectrum
    series : int
    rest : sequence of Block
        Of this one series, the movement within ``reach_hz`` of ``peak_hz`` subtracted.
    peak_hz, reach_hz : float
    """
    cross, dof_axis = _average(rest, spectrum.frequency_hz)
    psd = _along(cross, spectrum.axes[[series]])
    apart = np.abs(spectrum.frequency_hz - peak_hz) > reach_hz + spectrum.half_width_hz
    background, quiet = fit_background(
        spectrum.frequency_hz, psd, dof_axis, spectrum.half_width_hz, beside=apart
    )
    backgrounds, ratios = spectrum.background.copy(), spectrum.ratio.copy()
    backgrounds[:, [series]] = background
    ratios[:, [series]] = _ratio(spectrum.psd[:, [series]], background)
    moving = _moving(background)
    dof = dof_axis * moving.sum(axis=1)
    dofs = spectrum.dof.copy()
    excess = np.maximum(
        dispersion(_ratio(psd, background), quiet | ~moving, dof), modulation(_powers(rest))
    )
    dofs[series] = (dof / excess)[0]
    return replace(spectrum, background=backgrounds, ratio=ratios, dof=dofs)


def _average(
    blocks: Sequence[Block], frequency_hz: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cross-spectra of the image axes (n_frequencies, n_series, 2, 2), and their dof.

    Blocks are transformed one at a time: those of a long recording would fill much memory.
    """
    usable: NDArray[np.bool_] = np.stack([block.valid.any(axis=0) for block in blocks])
    weights = usable * np.array([block.duration_s for block in blocks])[:, None]
    n_tapers = np.array([time_half_bandwidth(block.duration_s)[1] for block in blocks])[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = weights / weights.sum(axis=0)
        dof_axis = 2 / (weights**2 / n_tapers).sum(axis=0)
    per_taper = np.nan_to_num(weights) / n_tapers
    cross = np.zeros((len(frequency_hz), usable.shape[1], 2, 2))
    for block, weight in zip(blocks, per_taper, strict=True):
        spectra = eigenspectra(block, frequency_hz) * np.sqrt(weight)[None, None, :, None]
        cross += np.einsum("kfsa,kfsb->fsab", spectra, spectra.conj(), optimize=True).real
    missing = ~usable.any(axis=0)
    cross[:, missing] = np.nan
    return cross, dof_axis


def _along(cross: NDArray[np.float64], axes: NDArray[np.float64]) -> NDArray[np.float64]:
    psd: NDArray[np.float64] = np.einsum("sap,fsab,sbp->fsp", axes, cross, axes, optimize=True)
    return psd


def _powers(blocks: Sequence[Block]) -> NDArray[np.float64]:
    return np.concatenate([_windowed_power(block) for block in blocks])


def _moving(background: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which axes of which series move at all, shape (n_series, 2)."""
    return np.asarray(np.isfinite(background).all(axis=0))


def _ratio(psd: NDArray[np.float64], background: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the axes that move at all of density over background; NaN where none does."""
    moving = _moving(background)
    with np.errstate(invalid="ignore"):
        relative = np.where(moving, psd / background, 0.0)
        ratio: NDArray[np.float64] = relative.sum(axis=2) / moving.sum(axis=1)
    return ratio
