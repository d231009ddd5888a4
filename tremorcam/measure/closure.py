"""By which share of its own open aperture each eye is closed.

What is open is told around each moment, so that the narrowing of a smile is no closure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from tremorcam.anatomy import SIDES
from tremorcam.measure.blocks import median_interval_s
from tremorcam.measure.intervals import inside
from tremorcam.measure.phases import spans_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

OPEN_WINDOW_S = 3.0
OPEN_PERCENTILE = 80
LOWEST_OPEN_SHARE = 0.45
"""The open aperture is never taken below this share of the recording's own: else an eye kept
shut for long would count as open."""
HELD_PERCENTILE = 75
SHUT_SHARE = 0.18
"""An eye that opens to more than this share of the recording's own aperture for a quarter of a
smile is narrowed by the smile, not shut: then its open aperture there is what counts."""
HELD_SHARE = 0.85
"""The open aperture is never taken below this share of what it is in the same held smile."""


def closure(distinct: xr.Dataset, phases: pd.DataFrame) -> NDArray[np.float64]:
    """Share of its own open aperture by which each eye is closed.

    Parameters
    ----------
    distinct : xarray.Dataset
    phases : pandas.DataFrame

    Returns
    -------
    ndarray, shape (n_frames, 2)
        Left, right; 0 open, 1 shut, NaN where unknown.
    """
    time_s = distinct["time_s"].values.astype(float)
    held = [
        (inside(time_s, [span[1:]]), inside(time_s, [_whole_smile(phases, span[0])]))
        for span in spans_of(phases, "hold")
    ]
    return np.column_stack(
        [
            _closure_of_one(
                distinct["eye_aperture_mm"].sel(side=side).values, median_interval_s(time_s), held
            )
            for side in SIDES
        ]
    )


def _closure_of_one(
    aperture_mm: NDArray[np.float64],
    interval_s: float,
    held: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
) -> NDArray[np.float64]:
    known = np.isfinite(aperture_mm)
    if known.sum() < 5:
        return np.full(len(aperture_mm), np.nan)
    index = np.arange(len(aperture_mm))
    filled = np.interp(index, index[known], aperture_mm[known])
    size = max(3, round(OPEN_WINDOW_S / interval_s))
    # A smile narrows the eye from one moment to the next: what is open is the narrower of what
    # it was before and what it is after.
    open_mm = np.minimum(
        *[
            ndimage.percentile_filter(filled, OPEN_PERCENTILE, size, mode="nearest", origin=origin)
            for origin in ((size - 1) // 2, -(size // 2) + 1 - size % 2)
        ]
    )
    for hold, smile in held:
        if hold.any() and hold.sum() * interval_s < OPEN_WINDOW_S:
            # What is open beside so short a smile would count as open in it.
            own_mm = np.percentile(filled[hold], HELD_PERCENTILE)
            if own_mm > LOWEST_OPEN_SHARE * np.percentile(filled, 90):
                open_mm[smile] = np.minimum(open_mm[smile], own_mm)
    shut = 1 - filled / np.maximum(open_mm, np.maximum(_lowest_open_mm(filled, held), 1e-6))
    return np.where(known, shut, np.nan)


def _lowest_open_mm(
    aperture_mm: NDArray[np.float64],
    held: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
) -> NDArray[np.float64]:
    """Least that counts as open at each frame; a smile that narrows the eye lowers it.

    ``held`` has the frames of each smile's hold, and of all of it with its rise and fall.
    """
    widest_mm = float(np.percentile(aperture_mm, 90))
    lowest_mm = np.full(len(aperture_mm), LOWEST_OPEN_SHARE * widest_mm)
    for hold, smile in held:
        own_mm = float(np.percentile(aperture_mm[hold], HELD_PERCENTILE)) if hold.any() else 0.0
        if own_mm > SHUT_SHARE * widest_mm:
            lowest_mm[smile] = np.minimum(lowest_mm[smile], own_mm / 2)
            lowest_mm[hold] = HELD_SHARE * own_mm
    return lowest_mm


def _whole_smile(phases: pd.DataFrame, smile: int) -> tuple[float, float]:
    own = phases[(phases["smile"] == smile) & (phases["phase"] != "neutral")]
    return float(own["onset_s"].min()), float(own["offset_s"].max())
