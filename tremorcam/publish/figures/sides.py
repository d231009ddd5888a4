"""Left and right side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FormatStrFormatter, MaxNLocator

from tremorcam.anatomy import REGIONS, Region
from tremorcam.dictionary import region_label
from tremorcam.publish.answer import FACE_REGIONS, Answer
from tremorcam.publish.figures.style import (
    INK,
    MUTED,
    SIDE_COLORS,
    SIDE_MARKERS,
    drawing,
    new_figure,
    say_nothing_to_show,
    write_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tremorcam.data import Analysis

_LEAST_SCALE_MM = 0.05


@drawing
def sides(analysis: Analysis) -> Figure:
    """Draw the tremor of each region on both sides, as one looks at the person.

    Filled marks are detected amplitudes with their confidence interval. Open ones stand
    where none was detected, at the smallest tremor that would have been. The bar is noise.
    """
    answer = Answer(analysis)
    names = list(dict.fromkeys(region.name for region in FACE_REGIONS))
    scale_mm = _scale_mm(answer)
    if not np.isfinite(scale_mm):
        return say_nothing_to_show(new_figure(3.6, 4.0), "not assessed")
    figure = new_figure(3.6, 4.0)
    grid = {"left": 0.27, "right": 0.985, "top": 0.86, "bottom": 0.165, "wspace": 0.2}
    pair = figure.subplots(1, 2, sharey=True, gridspec_kw=grid)
    panels = dict(zip(("right", "left"), pair, strict=True))
    for region in REGIONS:
        if region.role == "face":
            # What is on the midline stands on both sides alike.
            for side in ("right", "left") if region.side == "both" else (region.side,):
                row = len(names) - 1 - names.index(region.name)
                _draw_estimate(panels[side], answer, region, row)
    for side, axes in panels.items():
        axes.set(xlim=(0, scale_mm), ylim=(-0.6, len(names) - 0.4))
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes.spines["left"].set_visible(False)
        axes.set_title(f"their {side}", loc="center", color=SIDE_COLORS[side])
        axes.tick_params(axis="y", length=0)
        axes.axvline(0, color=INK, lw=0.8)
    panels["right"].invert_xaxis()
    panels["right"].set_yticks(range(len(names)), [region_label(name) for name in names[::-1]])
    figure.text(0.63, 0.075, "tremor, peak to peak (mm)", ha="center")
    figure.text(
        0.63, 0.02, "○ none detected; this much would have been", ha="center", color=MUTED,
        fontsize=7.5,
    )  # fmt: skip
    write_title(figure, "Right and left")
    return figure


def _draw_estimate(axes: Axes, answer: Answer, region: Region, row: int) -> None:
    place = {"region": region.name, "side": region.side}
    amplitude = answer.lookup("tremor_amplitude_p2p", **place)
    limit_mm = answer.lookup("detection_limit", **place).value
    color, marker = SIDE_COLORS[region.side], SIDE_MARKERS[region.side]
    if np.isfinite(amplitude.noise_floor):
        axes.barh(row, amplitude.noise_floor, height=0.5, color="#dfe4e9", zorder=1)
    if amplitude.detected and amplitude.known:
        if amplitude.has_interval:
            axes.plot(
                [amplitude.ci_low, amplitude.ci_high], [row, row], color=color, lw=2, zorder=3
            )
        axes.plot(amplitude.value, row, marker, color=color, ms=6, mec="white", zorder=4)
    elif np.isfinite(limit_mm):
        axes.plot(limit_mm, row, "o", mfc="white", mec=MUTED, ms=4.5, zorder=3)
    else:
        axes.text(
            0.5, row, "not assessed", transform=axes.get_yaxis_transform(), color=MUTED,
            fontsize=7, ha="center", va="center",
        )  # fmt: skip


def _scale_mm(answer: Answer) -> float:
    """End of the axes; NaN where nothing was measured."""
    ends = [np.nan]
    for region in FACE_REGIONS:
        place = {"region": region.name, "side": region.side}
        amplitude = answer.lookup("tremor_amplitude_p2p", **place)
        if amplitude.detected:
            ends += [amplitude.value, amplitude.ci_high]
        ends.append(answer.lookup("detection_limit", **place).value)
    known = [end for end in ends if np.isfinite(end)]
    return max(1.12 * max(known), _LEAST_SCALE_MM) if known else float("nan")
