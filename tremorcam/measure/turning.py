"""By how much the head turns while something else happens, and what a turn does to the mouth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from tremorcam.anatomy import MOUTH_REGIONS, REGIONS, Region
from tremorcam.measure.blocks import median_interval_s
from tremorcam.measure.intervals import inside

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

SMOOTH_S = 0.1
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


def share_of_roll(
    distinct: xr.Dataset, region: Region, span_s: tuple[float, float], *, margin_s: float = 0.1
) -> float:
    """Share of a region's movement that the head's roll explains, as the lower face sees it.

    Forehead and nose tell the head's roll worse than its place, and the mouth lies far from them:
    what was not taken out of a roll moves all of the lower face about the forehead. How much that
    is, is told for a region of one side by the other side and the chin, by least squares.

    Parameters
    ----------
    distinct : xarray.Dataset
    region : Region
    span_s : (float, float)
    margin_s : float

    Returns
    -------
    float
        Of the variance, what faster than 0.1 s left aside; 0 where the rest of the lower face is
        not known, and below 0 where a roll would have moved the region otherwise.
    """
    within = np.flatnonzero(inside(distinct["time_s"].values, [span_s], margin_s=margin_s))
    during = distinct.isel(frame=within)
    others = [
        other.key
        for other in REGIONS
        if other.name in MOUTH_REGIONS and other != region
        if region.side == "both" or other.side != region.side
    ]
    own, own_arm = _about_head(during, [region.key])
    rest, arm = _about_head(during, others)
    known = np.isfinite(rest).all(axis=0) & np.isfinite(arm)
    if not known.any() or not np.isfinite(own).all():
        return 0.0
    # A small angle moves a place across its arm.
    across, own_across = 1j * arm[known], 1j * own_arm
    roll = (rest[:, known] @ across.conj()).real / (np.abs(across) ** 2).sum()
    left = own - roll[:, None] * own_across
    return 1 - float((np.abs(left) ** 2).sum() / max((np.abs(own) ** 2).sum(), 1e-12))


def _about_head(
    during: xr.Dataset, keys: list[str]
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Movement about its mean, (frames, regions), and arm from the head's middle, (regions,).

    In mm, as complex numbers.
    """
    references = [region.key for region in REGIONS if region.role == "reference"]
    place_px = during["region_px"].median("frame")
    arm_px = place_px.sel(channel=keys) - place_px.sel(channel=references).mean("channel")
    arm = arm_px.values @ (1, 1j) * float(during["mm_per_px"].median())
    moved = during["displacement_mm"].sel(channel=keys).values @ (1, 1j)
    width = max(1, round(SMOOTH_S / median_interval_s(during["time_s"].values)))
    smooth = ndimage.uniform_filter1d(moved, width, axis=0, mode="nearest")
    return smooth - smooth.mean(axis=0), arm
