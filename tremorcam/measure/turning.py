"""By how much the head turns while something else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from tremorcam.measure.intervals import inside

if TYPE_CHECKING:
    import xarray as xr

LONE_FRAMES = 5
"""Frames of the running median that leaves out single errors of the landmarks."""


def turned_deg(
    distinct: xr.Dataset, span_s: tuple[float, float], *, margin_s: float = 0.1
) -> float:
    """Range of the angle that the head turns most through, in a span and its margins.

    Parameters
    ----------
    distinct : xarray.Dataset
    span_s : (float, float)
    margin_s : float

    Returns
    -------
    float
        Degrees; NaN where the head's angle is not known.
    """
    within = inside(distinct["time_s"].values, [span_s], margin_s=margin_s)
    angles_deg = distinct["head_angle_deg"].values[within]
    if not np.isfinite(angles_deg).any():
        return float("nan")
    steady_deg = ndimage.median_filter(angles_deg, size=(LONE_FRAMES, 1), mode="nearest")
    return float(np.nanmax(np.nanmax(steady_deg, axis=0) - np.nanmin(steady_deg, axis=0)))
