"""The tremor band of the displacement signals, for the eye.

What is measured is measured elsewhere; this is for traces, spectrograms and the magnified
video, which are rendered from saved signals alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import butter, sosfiltfilt

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BAND_HZ = (3.0, 12.0)
_ORDER = 4
_SHORTEST_RUN_S = 1.0
_GAP_INTERVALS = 3.5


def band_displacement(
    signals: xr.Dataset, key: str, *, low_hz: float = BAND_HZ[0], high_hz: float = BAND_HZ[1]
) -> Floats:
    """Band-pass a region's own displacement, forwards and backwards, so without delay.

    Parameters
    ----------
    signals : xarray.Dataset
        Signals of an analysis.
    key : str
        Channel, as ``mouth_corner_left``.
    low_hz, high_hz : float
        Band; the upper end is lowered to 0.45 of the frame rate where that is less.

    Returns
    -------
    ndarray, shape (frame, 2)
        Millimetres along the image axes. NaN where nothing was measured, in stretches too
        short to filter, and never bridged over gaps; repeated frames within a stretch get
        the value between their neighbours.
    """
    channel = signals["channel"].values.tolist().index(key)
    motion = signals["displacement_mm"].values[:, channel, :]
    time_s = signals["time_s"].values
    known = np.isfinite(motion).all(axis=1) & ~signals["duplicate"].values
    result = np.full(motion.shape, np.nan)
    for run in _runs(time_s, known):
        inside = (time_s >= time_s[run[0]]) & (time_s <= time_s[run[-1]])
        result[inside] = _filter_run(
            time_s[run], motion[run], time_s[inside], low_hz=low_hz, high_hz=high_hz
        )
    return result


def main_axis(motion: Floats) -> Floats:
    """Find the direction along which a motion is greatest.

    Parameters
    ----------
    motion : ndarray, shape (frame, 2)

    Returns
    -------
    ndarray, shape (2,)
        Unit vector, pointing down the picture or, where level, to the right; vertical where
        there is no motion.
    """
    known = motion[np.isfinite(motion).all(axis=1)]
    if len(known) < 2:
        return np.array([0.0, 1.0])
    _, vectors = np.linalg.eigh(np.cov(known.T))
    axis: Floats = vectors[:, -1]
    return axis if (axis[1], axis[0]) > (0, 0) else -axis


def _runs(time_s: Floats, known: NDArray[np.bool_]) -> list[NDArray[np.int_]]:
    """List the known frames, split at gaps, leaving out runs too short to filter."""
    at = np.flatnonzero(known)
    if len(at) < 2:
        return []
    step_s = np.diff(time_s[at])
    runs = np.split(at, np.flatnonzero(step_s > _GAP_INTERVALS * np.median(step_s)) + 1)
    return [run for run in runs if time_s[run[-1]] - time_s[run[0]] >= _SHORTEST_RUN_S]


def _filter_run(
    time_s: Floats, motion: Floats, wanted_s: Floats, *, low_hz: float, high_hz: float
) -> Floats:
    n = len(time_s)
    grid_s = np.linspace(time_s[0], time_s[-1], n)
    rate_hz = (n - 1) / (time_s[-1] - time_s[0])
    high_hz = min(high_hz, 0.45 * rate_hz)
    if low_hz >= high_hz:
        return np.full((len(wanted_s), 2), np.nan)
    sections = butter(_ORDER, (low_hz, high_hz), btype="bandpass", fs=rate_hz, output="sos")
    even = CubicSpline(time_s, motion)(grid_s)
    padding = min(n - 1, round(rate_hz))
    filtered = sosfiltfilt(sections, even, axis=0, padlen=padding)
    result: Floats = CubicSpline(grid_s, filtered)(wanted_s)
    return result
