"""The eyes: how wide they are open, and what they do while the mouth smiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import SIDES
from tremorcam.publish.figures.lanes import LANE_IN, draw_events
from tremorcam.publish.figures.style import (
    SIDE_COLORS,
    SIDE_LINES,
    drawing,
    new_figure,
    say_nothing_to_show,
    shade_phases,
    stack_axes,
    thin_out,
    write_title,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tremorcam.data import Analysis


@drawing
def eyes(analysis: Analysis) -> Figure:
    """Draw the apertures of both eyes, the excursion of the smile, and the events beneath."""
    signals = analysis.signals
    time_s = signals["time_s"].values
    aperture_mm = signals["eye_aperture_mm"].values
    if not np.isfinite(aperture_mm).any():
        return say_nothing_to_show(new_figure(7.2, 1.2), "the eyes could not be measured")
    figure, (upper, middle, lane) = stack_axes([(0.46, 1.1), (0.14, 0.75), (0.3, LANE_IN)])
    limits_s = (float(time_s[0]), float(time_s[-1]))
    excursion_mm = signals["smile_excursion_mm"].values
    with np.errstate(all="ignore"):
        rest_mm = np.nanmin(np.where(np.isfinite(excursion_mm), excursion_mm, np.inf), axis=0)
    for at, side in enumerate(SIDES):
        look: dict[str, Any] = {"color": SIDE_COLORS[side], "ls": SIDE_LINES[side], "label": side}
        upper.plot(*thin_out(time_s, aperture_mm[:, at]), **look)
        middle.plot(*thin_out(time_s, excursion_mm[:, at] - rest_mm[at]), **look)
    upper.set(ylabel="lids apart (mm)", ylim=(0, None), xlim=limits_s)
    middle.set(ylabel="smile (mm)", ylim=(0, None), xlim=limits_s)
    figure.legend(*upper.get_legend_handles_labels(), loc="upper right", ncols=2)
    for axes in (upper, middle):
        axes.tick_params(labelbottom=False)
        shade_phases(axes, analysis, label=axes is upper)
    draw_events(lane, analysis, limits_s=limits_s)
    lane.set_xlabel("time (s)")
    write_title(figure, "Eyes and smile")
    return figure
