"""The movement itself: tremor-band displacement, left and right, and what happened when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.interpolate import CubicSpline

from tremorcam.dictionary import region_label
from tremorcam.publish.answer import Answer
from tremorcam.publish.bands import BAND_HZ, band_displacement, main_axis
from tremorcam.publish.figures.lanes import LANE_IN, draw_events
from tremorcam.publish.figures.style import (
    MUTED,
    SIDE_COLORS,
    SIDE_MARKERS,
    drawing,
    new_figure,
    say_nothing_to_show,
    shade_phases,
    stack_axes,
    thin_out,
    write_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from tremorcam.data import Analysis

    Floats = NDArray[np.float64]

ZOOM_S = 2.0
_LEAST_RANGE_MM = 0.1


@drawing
def traces(analysis: Analysis) -> Figure:
    """Draw the tremor-band displacement of the strongest region, left above right.

    Each trace is the movement along its main axis, 3 to 12 Hz. Below are the events, and a
    close-up of the two seconds of strongest movement, where single cycles can be seen.
    """
    answer = Answer(analysis)
    time_s = analysis.signals["time_s"].values
    movements = {side: band_movement(answer, side) for side in answer.sides}
    if not any(np.isfinite(movement).any() for movement in movements.values()):
        return say_nothing_to_show(new_figure(7.2, 1.2), "no movement could be followed")
    range_mm = trace_range_mm(answer, movements)
    rows = [(0.14, 0.74)] * len(movements)
    figure, panels = stack_axes([(0.44, 0.74), *rows[1:], (0.3, LANE_IN), (0.78, 0.9)])
    for axes, (side, movement) in zip(panels, movements.items(), strict=False):
        axes.plot(*thin_out(time_s, movement), color=SIDE_COLORS[side], lw=0.8)
        axes.set(ylim=(-range_mm, range_mm), xlim=_limits(time_s), ylabel=f"{side} (mm)")
        axes.tick_params(labelbottom=False)
        shade_phases(axes, analysis, label=axes is panels[0])
    draw_events(panels[-2], analysis, limits_s=_limits(time_s))
    panels[-2].set_xlabel("time (s)")
    write_title(
        figure,
        f"Movement of the {region_label(answer.region)} along its main axis, {_band_note()}",
    )
    _draw_close_up(panels, answer, time_s, movements, range_mm)
    return figure


def band_movement(answer: Answer, side: str) -> Floats:
    """Movement of the answer's region along its main axis in the tremor band, in mm."""
    movement = band_displacement(answer.analysis.signals, f"{answer.region}_{side}")
    inside = answer.in_stretch(answer.analysis.signals["time_s"].values)
    along: Floats = movement @ main_axis(movement[inside] if inside.any() else movement)
    return along


def trace_range_mm(answer: Answer, movements: dict[str, Floats]) -> float:
    """Choose half the height of the axes, in mm: what is held decides, not the onset's jerk."""
    inside = answer.in_stretch(answer.analysis.signals["time_s"].values)
    peaks = [np.abs(m[inside & np.isfinite(m)]) for m in movements.values()]
    greatest = max((float(peak.max()) for peak in peaks if peak.size), default=0.0)
    return 1.15 * max(greatest, _LEAST_RANGE_MM / 2)


def _draw_close_up(
    panels: list[Axes],
    answer: Answer,
    time_s: Floats,
    movements: dict[str, Floats],
    range_mm: float,
) -> None:
    begin_s = _strongest_window(answer, time_s, movements)
    for axes in panels[: len(movements)]:
        axes.axvspan(begin_s, begin_s + ZOOM_S, fc="none", ec=MUTED, lw=0.9, zorder=3)
    axes = panels[-1]
    inside = (time_s >= begin_s) & (time_s <= begin_s + ZOOM_S)
    for side, movement in movements.items():
        look: dict[str, Any] = {"color": SIDE_COLORS[side], "label": side}
        if np.isfinite(movement[inside]).all() and inside.sum() > 3:
            # The band ends well below half the frame rate: a spline shows what lies between.
            fine_s = np.linspace(time_s[inside][0], time_s[inside][-1], 600)
            axes.plot(fine_s, CubicSpline(time_s[inside], movement[inside])(fine_s), **look)
            look.pop("label")
        axes.plot(time_s[inside], movement[inside], SIDE_MARKERS[side], ms=2.2, **look)
    axes.set(
        xlim=(begin_s, begin_s + ZOOM_S),
        ylim=(-range_mm, range_mm),
        ylabel="mm",
        xlabel="time (s)",
        title=f"Close-up of the framed {ZOOM_S:g} s; each dot is a picture",
    )
    if len(movements) > 1:
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.2)


def _strongest_window(answer: Answer, time_s: Floats, movements: dict[str, Floats]) -> float:
    starts = np.concatenate(
        [
            np.arange(begin_s, max(end_s - ZOOM_S, begin_s) + 1e-9, 0.25)
            for begin_s, end_s in answer.stretch_parts_s()
        ]
    )
    power = np.zeros(len(starts))
    for movement in movements.values():
        squared = np.nan_to_num(movement) ** 2
        for at, start in enumerate(starts):
            power[at] += squared[(time_s >= start) & (time_s < start + ZOOM_S)].sum()
    return float(starts[power.argmax()])


def _limits(time_s: Floats) -> tuple[float, float]:
    return float(time_s[0]), float(time_s[-1])


def _band_note() -> str:
    return f"{BAND_HZ[0]:g} to {BAND_HZ[1]:g} Hz"
