"""The noise beside a spectrum's peaks: a smooth curve, and how much noise scatters about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIT_FROM_HZ = 2.5
BACKGROUND_ORDER = 2
"""Log-density as a parabola of log-frequency: white, pink, red and low-passed noise and their
mixtures are all within a few percent of one over the two octaves of the band."""
PEAK_QUANTILE = 0.999
"""Bins above this quantile are no background."""
LEAST_BACKGROUND_SHARE = 0.35
MAX_DISPERSION = 4.0
WINDOW_SCATTER = 0.1
"""Relative variance of the power in a window that steady noise has at most."""


def fit_background(
    frequency_hz: NDArray[np.float64],
    psd: NDArray[np.float64],
    dof: NDArray[np.float64],
    half_width_hz: float,
    *,
    beside: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Fit a smooth curve to the spectrum beside its peaks.

    A gamma regression with logarithmic link (the Whittle likelihood of a power spectrum),
    repeated without the bins that rise above their expected noise.

    Parameters
    ----------
    frequency_hz : ndarray, shape (n_frequencies,)
    psd : ndarray, shape (n_frequencies, n_series, 2)
    dof : ndarray, shape (n_series,)
        Degrees of freedom of one axis.
    half_width_hz : float
        Half width of a sinusoid's peak.
    beside : ndarray of bool, shape (n_frequencies,), optional
        Bins that may count as background at all.

    Returns
    -------
    background : ndarray, shape (n_frequencies, n_series, 2)
    quiet : ndarray of bool, the same shape
        Bins that the fit rests on.
    """
    n_frequencies = len(frequency_hz)
    columns = psd.reshape(n_frequencies, -1)
    known = np.isfinite(columns).all(axis=0) & (columns > 0).all(axis=0)
    background = np.full_like(columns, np.nan)
    quiet = np.zeros(columns.shape, bool)
    fitted = frequency_hz >= FIT_FROM_HZ
    if beside is not None and (fitted & beside).sum() >= LEAST_BACKGROUND_SHARE * fitted.sum():
        fitted = fitted & beside
    if known.any():
        background[:, known], quiet[:, known] = _fit_columns(
            frequency_hz, columns[:, known], np.repeat(dof, 2)[known], half_width_hz, fitted
        )
    return background.reshape(psd.shape), quiet.reshape(psd.shape)


def _fit_columns(
    frequency_hz: NDArray[np.float64],
    psd: NDArray[np.float64],
    dof: NDArray[np.float64],
    half_width_hz: float,
    fitted: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    place = np.log(frequency_hz / 6)
    design = place[:, None] ** np.arange(BACKGROUND_ORDER + 1)
    reach = max(1, round(half_width_hz / (frequency_hz[1] - frequency_hz[0])))
    keep = np.repeat(fitted[:, None], psd.shape[1], axis=1)
    highest = special.chdtri(dof, 1 - PEAK_QUANTILE) / dof
    coefficient = np.linalg.lstsq(design[fitted], np.log(psd[fitted]), rcond=None)[0]
    for iteration in range(8):
        curve = design @ coefficient
        # Steps are bounded: a peak is many times the background.
        response = curve + np.clip(psd / np.exp(curve) - 1, -1, 2)
        normal = np.einsum("fi,fc,fj->cij", design, keep, design)
        moment = np.einsum("fi,fc,fc->ci", design, keep, response)
        coefficient = np.linalg.solve(normal, moment[..., None])[..., 0].T
        if iteration % 2:
            peaks = psd / np.exp(design @ coefficient) > highest
            keep = fitted[:, None] & ~_widen(peaks, reach)
            few = keep.sum(axis=0) < LEAST_BACKGROUND_SHARE * fitted.sum()
            keep[:, few] = fitted[:, None]
    background: NDArray[np.float64] = np.exp(design @ coefficient)
    return background, keep


def _widen(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Extend what is true along the first axis by so many bins on both sides."""
    count = np.cumsum(np.pad(mask, ((reach + 1, reach), (0, 0))), axis=0)
    widened: NDArray[np.bool_] = count[2 * reach + 1 :] > count[: -2 * reach - 1]
    return widened


def dispersion(
    ratio: NDArray[np.float64], quiet: NDArray[np.bool_], dof: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How much more than it should the ratio scatters over the quiet bins, at least 1.

    Noise that comes and goes, or a background that the curve does not fit, leaves fewer
    degrees of freedom than tapers.
    """
    both = quiet.all(axis=2) & np.isfinite(ratio)
    count = np.maximum(both.sum(axis=0), 1)
    centred = np.where(both, ratio, 0.0)
    with np.errstate(invalid="ignore"):
        mean = centred.sum(axis=0) / count
        variance = (np.where(both, ratio - mean, 0.0) ** 2).sum(axis=0) / count
        factor: NDArray[np.float64] = np.clip(variance * dof / 2, 1.0, MAX_DISPERSION)
    return factor


def modulation(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many times fewer degrees of freedom noise has that comes and goes, at least 1.

    Noise whose power p varies weighs the recording's moments unevenly: mean(p²) / mean(p)²,
    as for the effective number of unequal weights.
    """
    known = np.isfinite(power)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, power, 0.0).sum(axis=0) / count
    square = (np.where(known, power, 0.0) ** 2).sum(axis=0) / count
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = square / mean**2 - WINDOW_SCATTER
    factor: NDArray[np.float64] = np.clip(np.nan_to_num(excess, nan=1.0), 1.0, MAX_DISPERSION)
    return factor
