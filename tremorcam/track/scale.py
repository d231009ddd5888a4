"""How many millimetres a pixel is, from the iris, whose diameter hardly differs between people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from tremorcam.anatomy import IRIS_DIAMETER_SD_MM

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FRONTAL_DEG = 20.0
"""Irises are measured in frames whose face is turned less than this."""
_OPEN_SHARE = 0.7
"""... and each of whose eyes is open at least so far, as a share of what it opens to: lids that are
half shut cut the iris. An eye may be half shut for most of a recording, so it is not its usual
aperture that counts."""
_OPENED_PERCENTILE = 90.0
"""What an eye opens to is an aperture that it passes in a tenth of the frames."""
_SCALE_WINDOW_S = 1.0


def find_scale(
    landmarks: dict[str, NDArray[np.float64]], iris_mm: float, rate_hz: float
) -> tuple[NDArray[np.float64], float]:
    """Millimetres a pixel in every frame, and the relative standard deviation of the scale.

    The iris spans few pixels, so its ratio to the distance of the eye corners (corrected
    for turning by the depth of the landmarks) is taken once, as a median over frontal frames
    with both eyes open; the eye corners then tell how the scale changes.
    """
    span, iris = landmarks["span"], landmarks["iris"]
    good = np.isfinite(iris) & (np.abs(landmarks["angles"][:, 0]) < _FRONTAL_DEG)
    good &= _both_open(landmarks["aperture"])
    if not good.any():
        good = np.isfinite(iris)
    if not good.any():
        return np.full(len(span), np.nan), np.nan
    read = good & np.isfinite(landmarks["ratio"])
    ratios = landmarks["ratio"][read] if read.any() else iris[good] / span[good]
    ratio = float(np.median(ratios))
    smooth = _smooth(span, max(1, round(_SCALE_WINDOW_S * rate_hz)))
    spread = 1.4826 * float(np.median(np.abs(ratios - ratio))) / ratio
    # Frames share the network's bias, so more of them do not make the iris any surer
    # than one frame in a second would.
    seconds = max(1.0, good.sum() / rate_hz)
    sd = np.hypot(IRIS_DIAMETER_SD_MM / iris_mm, spread / np.sqrt(seconds))
    return iris_mm / (ratio * smooth), float(sd)


def _both_open(aperture: NDArray[np.float64]) -> NDArray[np.bool_]:
    """In which frames each eye is as good as open, given the apertures of both, shape (n, 2)."""
    known = np.asarray(np.isfinite(aperture).all(axis=1))
    if not known.any():
        return known
    opened = np.percentile(aperture[known], _OPENED_PERCENTILE, axis=0)
    return np.asarray(known & (aperture >= _OPEN_SHARE * opened).all(axis=1))


def _smooth(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    known = np.isfinite(values)
    total = ndimage.uniform_filter1d(np.where(known, values, 0.0), width, mode="nearest")
    share = ndimage.uniform_filter1d(known.astype(float), width, mode="nearest")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, total / share, np.nan)
