"""What the light does, as the brightness of the upper face tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from numpy.typing import NDArray

UPPER_FACE = ("brow_left", "brow_right", "nose_bridge_both", "forehead_both")
"""Where brightness stands for the light: hardly moved by the mouth."""
LIGHT_SLOPE = ("forehead_both", "nose_bridge_both")
"""Rows of the picture far enough apart for a rolling shutter to show them at different moments."""


def light_percent(distinct: xr.Dataset) -> NDArray[np.float64]:
    """Brightness common to the upper face, in percent of its own median; shape (n_frames,).

    One region's brightness also changes when its skin moves under the patch; the median over
    regions that the mouth does not move leaves what the light does.
    """
    percent = _brightness_percent(distinct, UPPER_FACE)
    light = np.full(len(percent), np.nan)
    known = np.isfinite(percent).sum(axis=1) >= 2
    if known.any():
        light[known] = np.nanmedian(percent[known], axis=1)
    return _as_drawn_at_once(light, bidirectional(distinct))


def light_slope_percent(distinct: xr.Dataset) -> NDArray[np.float64]:
    """Half of how far the forehead's brightness is from the nose's, in percent; shape (n_frames,).

    A rolling shutter shows a light that flickers in bands that may cancel in the middle of the
    upper face. Of a wave its mean and half its difference together keep the amplitude.
    """
    upper, lower = _brightness_percent(distinct, LIGHT_SLOPE).T
    return _as_drawn_at_once((upper - lower) / 2, bidirectional(distinct))


def bidirectional(distinct: xr.Dataset) -> NDArray[np.bool_]:
    """Frames that the encoder predicted from both sides, shape (n_frames,)."""
    if "bidirectional" not in distinct:
        return np.zeros(distinct.sizes["frame"], bool)
    return np.asarray(distinct["bidirectional"].values, bool)


def _as_drawn_at_once(
    percent: NDArray[np.float64], bidirectional: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Take out by how much frames that an encoder predicts from both sides are brighter.

    x264 at 12 Mbit/s left those of ten rendered faces 0.1 to 0.4 % brighter than the others, whose
    rate then looks like a light's that flickers.
    """
    known = np.isfinite(percent)
    both, others = np.flatnonzero(known & bidirectional), np.flatnonzero(known & ~bidirectional)
    if not len(both) or not len(others):
        return percent
    brighter = np.median(percent[both] - np.interp(both, others, percent[others]))
    return percent - brighter * bidirectional


def _brightness_percent(distinct: xr.Dataset, channels: Sequence[str]) -> NDArray[np.float64]:
    """Brightness beyond each channel's own median in percent of it, shape (n_frames, channels)."""
    level = distinct["brightness"].sel(channel=list(channels)).values.astype(float)
    percent = np.full_like(level, np.nan)
    for at, column in enumerate(level.T):
        known = np.isfinite(column)
        middle = np.median(column[known]) if known.any() else 0.0
        if middle > 0:
            percent[:, at] = 100 * (column / middle - 1)
    return percent
