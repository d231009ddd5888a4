"""Making a movement too small to see visible: the tremor's own motion, several times over.

Lagrangian motion magnification (Liu et al. 2005, doi:10.1145/1073204.1073223): the picture is
warped by the motion that was measured, not by changes of brightness, so what is seen is what
stands in the tables, times a factor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tremorcam.anatomy import REGIONS
from tremorcam.publish.answer import Answer
from tremorcam.publish.bands import band_displacement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.data import Analysis

    Floats = NDArray[np.float64]
    Picture = NDArray[np.uint8]

HALF_BAND_HZ = 2.0
CORE_MM = 10.0
FADE_MM = 16.0
GREATEST_SHIFT_MM = 9.0
_LOWEST_HZ = 1.0
_RAMP_S = 0.2
_GRID_PX = 8


class Magnifier:
    """Warps the face so that a detected tremor shows several times as large.

    Only where and while a tremor was detected is anything moved: a recording without tremor
    stays as it is. Within ``CORE_MM`` of a region's centre the motion is that of the region
    as a whole; it fades out over the next ``FADE_MM``.

    Parameters
    ----------
    analysis : Analysis
    magnify : float
        How many times as large the tremor is to be, 1 for as it is.

    Attributes
    ----------
    factor : float
        How many times as large it is: less than asked for where the skin would fold.
    """

    def __init__(self, analysis: Analysis, *, magnify: float) -> None:
        signals = analysis.signals
        self._centre_px: Floats = signals["region_px"].values
        self._px_per_mm = 1 / _filled(signals["mm_per_px"].values)
        tremor_mm = _tremor_mm(analysis)
        peak_mm = float(np.abs(tremor_mm).max(initial=0.0))
        self.factor = magnify
        if peak_mm * (magnify - 1) > GREATEST_SHIFT_MM:
            self.factor = 1 + GREATEST_SHIFT_MM / peak_mm
        self._extra_mm = (self.factor - 1) * tremor_mm
        self._moving = np.flatnonzero(np.abs(tremor_mm).max(axis=(0, 2), initial=0.0) > 0)

    @property
    def caption(self) -> str:
        """What the magnified picture shows, in words."""
        if len(self._moving) == 0:
            return "no tremor detected: nothing magnified"
        return f"tremor × {self.factor:.3g}"

    def warp(self, picture: Picture, index: int, *, origin_px: Floats, scale: float) -> Picture:
        """Magnify the tremor in one picture.

        Parameters
        ----------
        picture : ndarray, shape (height, width, 3)
            A part of the frame; changed in place and returned.
        index : int
            Number of the frame.
        origin_px : ndarray, shape (2,)
            Where in the frame its corner is.
        scale : float
            Its pixels per pixel of the frame.
        """
        if index >= len(self._extra_mm):
            return picture
        channels = self._moving[np.isfinite(self._centre_px[index, self._moving]).all(axis=1)]
        px_per_mm = float(self._px_per_mm[index]) * scale
        shift_px = self._extra_mm[index, channels] * px_per_mm
        if not np.isfinite(px_per_mm) or np.abs(shift_px).max(initial=0.0) < 0.01:
            return picture
        centre_px = (self._centre_px[index, channels] - origin_px) * scale
        return _warp(picture, centre_px, shift_px, px_per_mm)


def _warp(picture: Picture, centre_px: Floats, shift_px: Floats, px_per_mm: float) -> Picture:
    reach = (CORE_MM + FADE_MM) * px_per_mm
    height, width = picture.shape[:2]
    left, top = np.clip(np.floor(centre_px.min(axis=0) - reach), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(centre_px.max(axis=0) + reach), 0, (width, height)).astype(int)
    size = (int(right - left), int(bottom - top))
    if min(size) < 2:
        return picture
    # The field is smooth: a coarse grid is enough, and fast.
    columns, rows = max(size[0] // _GRID_PX, 2), max(size[1] // _GRID_PX, 2)
    x = left + (np.arange(columns) + 0.5) * size[0] / columns - 0.5
    y = top + (np.arange(rows) + 0.5) * size[1] / rows - 0.5
    coarse = _field(x, y, centre_px, shift_px, px_per_mm).astype(np.float32)
    shift = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
    map_x = np.arange(left, right, dtype=np.float32)[None, :] - shift[..., 0]
    map_y = np.arange(top, bottom, dtype=np.float32)[:, None] - shift[..., 1]
    picture[top:bottom, left:right] = cv2.remap(
        picture, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return picture


def _field(x: Floats, y: Floats, centre_px: Floats, shift_px: Floats, px_per_mm: float) -> Floats:
    """Displacement at each point of a grid, shape (rows, columns, 2)."""
    points = np.stack(np.meshgrid(x, y), axis=-1)
    distance_mm = np.linalg.norm(points[..., None, :] - centre_px, axis=-1) / px_per_mm
    core_mm = np.minimum(CORE_MM, 0.45 * _nearest_other(centre_px) / px_per_mm)
    beyond_mm = np.maximum(distance_mm - core_mm, 0.0)
    # Near a region its own motion counts alone; between regions they blend.
    weight = 1 / (beyond_mm**2 + 0.25) ** 2
    weight /= weight.sum(axis=-1, keepdims=True)
    fade = np.clip(1 - (distance_mm.min(axis=-1) - CORE_MM) / FADE_MM, 0, 1)
    fade = fade * fade * (3 - 2 * fade)
    field: Floats = (weight @ shift_px) * fade[..., None]
    return field


def _nearest_other(centre_px: Floats) -> Floats:
    if len(centre_px) == 1:
        return np.array([np.inf])
    apart = np.linalg.norm(centre_px[:, None] - centre_px[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    nearest: Floats = apart.min(axis=1)
    return nearest


def _tremor_mm(analysis: Analysis) -> Floats:
    """Take out the detected tremor, shape (frame, channel, 2); 0 where and when there is none."""
    signals = analysis.signals
    time_s = signals["time_s"].values
    keys = signals["channel"].values.tolist()
    frequencies = Answer(analysis).detected_frequencies()
    motion = np.zeros((len(time_s), len(keys), 2))
    shares = np.zeros((len(time_s), len(keys)))
    for region in REGIONS:
        at = keys.index(region.key)
        for stretch, frequency_hz in frequencies.get((region.name, region.side), {}).items():
            share = _gate(analysis, time_s, stretch.phase, stretch.smile)
            low_hz = max(frequency_hz - HALF_BAND_HZ, _LOWEST_HZ)
            band = band_displacement(
                signals, region.key, low_hz=low_hz, high_hz=frequency_hz + HALF_BAND_HZ
            )
            stronger = share > shares[:, at]
            motion[stronger, at] = (share[:, None] * np.nan_to_num(band))[stronger]
            shares[stronger, at] = share[stronger]
    return motion


def _gate(analysis: Analysis, time_s: Floats, phase: str, smile: int) -> Floats:
    """Share of 0 to 1 in which a phase is on, with soft ends inside it."""
    rows = [
        (row["onset_s"], row["offset_s"])
        for row in analysis.phases.to_dict("records")
        if row["phase"] == phase and smile in (0, int(row["smile"]))
    ]
    if not rows and phase == "whole" and len(time_s):
        rows = [(time_s[0] - _RAMP_S, time_s[-1] + _RAMP_S)]
    share = np.zeros(len(time_s))
    for onset_s, offset_s in rows:
        inside = np.minimum(time_s - onset_s, offset_s - time_s) / _RAMP_S
        share = np.maximum(share, 0.5 - 0.5 * np.cos(np.pi * np.clip(inside, 0, 1)))
    return share


def _filled(values: Floats) -> Floats:
    """Replace missing values by the median."""
    known = np.isfinite(values)
    return np.where(known, values, np.median(values[known]) if known.any() else np.nan)
