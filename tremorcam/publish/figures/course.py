"""How the tremor goes on over time: its frequency, and whether it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import ShortTimeFFT

from tremorcam.dictionary import region_label
from tremorcam.publish.answer import Answer
from tremorcam.publish.bands import band_displacement
from tremorcam.publish.figures.style import (
    AMPLITUDE_MAP,
    FAINT,
    INK,
    MUTED,
    SIDE_COLORS,
    SIDE_LINES,
    SIDE_MARKERS,
    drawing,
    new_figure,
    say_nothing_to_show,
    shade_phases,
    stack_axes,
    write_title,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage
    from numpy.typing import NDArray

    from tremorcam.data import Analysis

    Floats = NDArray[np.float64]

WINDOW_S = 2.0
_BAND_HZ = (2.0, 15.0)
_LEAST_RANGE_MM = 0.05
_RANGE_DB = (5.0, 30.0)


@drawing
def course(analysis: Analysis) -> Figure:
    """Draw frequency over time of the strongest region, and its amplitude beneath.

    The picture above is the spectrogram of the stronger side in windows of two seconds, with
    the frequency that was followed; below is the amplitude of both sides over their noise.
    """
    answer = Answer(analysis)
    side = answer.tremor.side if answer.tremor else answer.sides[0]
    picture = spectrogram(analysis, f"{answer.region}_{side}", top_hz=answer.highest_frequency_hz)
    if picture is None:
        return say_nothing_to_show(new_figure(7.2, 1.2), "too short to follow over time")
    figure, (upper, lower) = stack_axes([(0.36, 1.5), (0.34, 1.2)], right_in=0.95)
    image = _draw_spectrogram(upper, *picture)
    _draw_followed(upper, answer, side)
    box = upper.get_position()
    bar = figure.colorbar(image, cax=figure.add_axes((box.x1 + 0.015, box.y0, 0.018, box.height)))
    bar.set_label("power over background (dB)")
    bar.outline.set_visible(False)
    _draw_amplitudes(lower, answer)
    for axes in (upper, lower):
        shade_phases(axes, analysis)
    time_s = analysis.signals["time_s"].values
    for axes in (upper, lower):
        axes.set_xlim(time_s[0], time_s[-1])
    upper.tick_params(labelbottom=False)
    lower.set_xlabel("time (s)")
    write_title(figure, f"{region_label(answer.region, side).capitalize()} over time")
    return figure


def spectrogram(
    analysis: Analysis, key: str, *, top_hz: float
) -> tuple[Floats, Floats, Floats] | None:
    """Compute the power of a region's motion over time and frequency.

    Returns
    -------
    tuple of ndarray or None
        Times (s), frequencies (Hz) and power in mm²/Hz of shape (frequency, time), NaN where
        a window is not measured throughout; ``None`` where no window is.
    """
    motion = band_displacement(analysis.signals, key, low_hz=_BAND_HZ[0], high_hz=_BAND_HZ[1])
    time_s = analysis.signals["time_s"].values
    if len(time_s) < 4 or not np.isfinite(motion).any():
        return None
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0])
    window = round(WINDOW_S * rate_hz)
    if len(time_s) < window or top_hz <= _BAND_HZ[0]:
        return None
    grid_s = time_s[0] + np.arange(len(time_s)) / rate_hz
    # Interpolating NaN gives NaN: gaps stay gaps.
    even = np.stack([np.interp(grid_s, time_s, motion[:, axis]) for axis in range(2)])
    transform = ShortTimeFFT(
        np.hanning(window), max(1, round(rate_hz / 8)), rate_hz, mfft=4 * window, scale_to="psd"
    )
    power = transform.spectrogram(np.nan_to_num(even)).sum(axis=0)
    whole = transform.spectrogram(np.where(np.isfinite(even), 0.0, 1.0)).sum(axis=(0, 1)) == 0
    power[:, ~whole] = np.nan
    at_s = time_s[0] + transform.t(len(grid_s))
    inside = (at_s >= time_s[0] + WINDOW_S / 2) & (at_s <= time_s[-1] - WINDOW_S / 2)
    shown = (transform.f >= _BAND_HZ[0]) & (transform.f <= top_hz)
    power = power[np.ix_(shown, inside)]
    return (at_s[inside], transform.f[shown], power) if np.isfinite(power).any() else None


def _draw_spectrogram(axes: Axes, at_s: Floats, frequency_hz: Floats, power: Floats) -> AxesImage:
    with np.errstate(divide="ignore"):
        level_db = 10 * np.log10(power / np.nanmedian(power))
    image = axes.imshow(
        level_db, origin="lower", aspect="auto", cmap=AMPLITUDE_MAP, vmin=_RANGE_DB[0],
        vmax=_RANGE_DB[1], interpolation="bilinear", zorder=0.2,
        extent=(at_s[0], at_s[-1], frequency_hz[0], frequency_hz[-1]),
    )  # fmt: skip
    axes.set(ylabel="frequency (Hz)", ylim=(frequency_hz[0], frequency_hz[-1]))
    axes.grid(visible=False)
    return image


def _draw_followed(axes: Axes, answer: Answer, side: str) -> None:
    table = _followed(answer, side)
    axes.plot(
        table["time_s"], table["frequency_hz"], ls="none", marker="o", ms=3.6, mfc="white",
        mec=INK, mew=0.9, label="frequency followed",
    )  # fmt: skip
    if np.isfinite(table["frequency_hz"]).any():
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)


def _draw_amplitudes(axes: Axes, answer: Answer) -> None:
    greatest = 0.0
    for side in answer.sides:
        table = _followed(answer, side)
        followed = np.isfinite(table["amplitude_rms_mm"].to_numpy(float)).any()
        if table.empty:
            continue
        axes.plot(
            table["time_s"], table["amplitude_rms_mm"], color=SIDE_COLORS[side],
            ls=SIDE_LINES[side], marker=SIDE_MARKERS[side], ms=3.5,
            label=side if followed else f"{side}: none detected",
        )  # fmt: skip
        greatest = max(greatest, np.nanmax(table["amplitude_rms_mm"].to_numpy(), initial=0.0))
        greatest = max(greatest, np.nanmax(table["noise_rms_mm"].to_numpy(), initial=0.0))
    table = answer.analysis.course
    noise = table[table["region"] == answer.region].groupby("time_s")["noise_rms_mm"].max()
    if len(noise):
        axes.fill_between(
            noise.index.to_numpy(), noise.to_numpy(), 0, color="#dfe4e9", lw=0, step="mid",
            label="noise",
        )  # fmt: skip
        axes.legend(ncols=3, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)
    else:
        axes.text(0.5, 0.5, _why_nothing(answer), transform=axes.transAxes, ha="center",
                  va="center", color=MUTED)  # fmt: skip
    axes.set(ylabel="amplitude (mm RMS)", ylim=(0, max(1.15 * greatest, _LEAST_RANGE_MM)))
    axes.spines["bottom"].set_color(FAINT)


def _why_nothing(answer: Answer) -> str:
    what = region_label(answer.region)
    if answer.tremor is not None or not answer.assessed:
        return f"too short to follow the {what} over time"
    return f"no tremor of the {what} was detected, so there is none to follow"


def _followed(answer: Answer, side: str) -> pd.DataFrame:
    table = answer.analysis.course
    return table[(table["region"] == answer.region) & (table["side"] == side)]
