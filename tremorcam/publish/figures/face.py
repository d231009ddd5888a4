"""The drawn face: where it shakes, how much, in which direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Ellipse, FancyArrowPatch
from matplotlib.patheffects import withStroke

from tremorcam.dictionary import region_label
from tremorcam.publish.answer import FACE_REGIONS, Answer, Estimate
from tremorcam.publish.figures.head import draw_head
from tremorcam.publish.figures.style import (
    AMPLITUDE_MAP,
    INK,
    MUTED,
    drawing,
    new_figure,
)
from tremorcam.publish.numbers import format_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tremorcam.data import Analysis

    Point = tuple[float, float]

PLACES: dict[str, Point] = {
    "mouth_corner": (0.40, -0.56),
    "upper_lip": (0.17, -0.47),
    "lower_lip": (0.17, -0.76),
    "cheek": (0.60, -0.20),
    "lower_lid": (0.40, 0.07),
    "brow": (0.42, 0.50),
    "chin": (0.0, -1.06),
}
"""Where a region is drawn, on the viewer's right; the subject's left is there."""

SIZES: dict[str, Point] = {
    "mouth_corner": (0.23, 0.23),
    "upper_lip": (0.26, 0.15),
    "lower_lip": (0.26, 0.15),
    "cheek": (0.34, 0.30),
    "lower_lid": (0.34, 0.13),
    "brow": (0.46, 0.17),
    "chin": (0.36, 0.22),
}


@drawing
def face_map(analysis: Analysis) -> Figure:
    """Draw a face with its regions coloured by the amplitude of their tremor.

    The face looks at the reader as in an unmirrored picture: the subject's right is on the
    reader's left. Arrows show the direction of the motion, their length its share of the
    largest. Regions without a detected tremor are dotted; regions where none could be
    assessed are left out.
    """
    answer = Answer(analysis)
    amplitudes = amplitudes_of(answer)
    found = {place: e for place, e in amplitudes.items() if e.detected and e.known}
    scale = scale_of(found)
    figure = new_figure(4.4, 4.0)
    axes = figure.add_axes((0.0, 0.13, 1.0, 0.87))
    axes.set(xlim=(-2.11, 2.11), ylim=(-1.75, 1.59))
    axes.axis("off")
    draw_head(axes)
    for place, estimate in amplitudes.items():
        look = look_of(estimate, scale)
        if look:
            axes.add_patch(Ellipse(_position(place), *SIZES[place[0]], zorder=6, **look))
    for place, estimate in found.items():
        axis = answer.lookup("tremor_axis", side=place[1], region=place[0])
        half = 0.09 + 0.17 * scale(estimate.value)
        draw_arrow(axes, _position(place), axis.value, half_length=half)
    _label_regions(axes, answer, found)
    axes.text(-2.05, 1.42, "their right", ha="left", color=MUTED)
    axes.text(2.05, 1.42, "their left", ha="right", color=MUTED)
    if found:
        add_colorbar(figure, scale, bottom=0.105)
    else:
        figure.text(0.5, 0.05, _say_none(answer), ha="center", va="center")
    return figure


def _say_none(answer: Answer) -> str:
    limit_mm = answer.detection_limit_mm
    if np.isfinite(limit_mm):
        return f"no tremor detected; one of {format_number(limit_mm)} mm would have been seen"
    return "a tremor could not be assessed"


def amplitudes_of(answer: Answer) -> dict[tuple[str, str], Estimate]:
    """Look up the tremor of every region of the face, by its name and side."""
    return {
        (r.name, r.side): answer.lookup("tremor_amplitude_p2p", side=r.side, region=r.name)
        for r in FACE_REGIONS
    }


def scale_of(found: Mapping[tuple[str, str], Estimate]) -> Normalize:
    """Choose the scale of the colours: from nothing to a round number above all."""
    return Normalize(0, _round_up(max((e.value for e in found.values()), default=0.0)) or 1.0)


def look_of(estimate: Estimate, scale: Normalize) -> dict[str, Any]:
    """How a region is drawn; empty where no tremor could be assessed."""
    if estimate.detected and estimate.known:
        return {"facecolor": AMPLITUDE_MAP(scale(estimate.value)), "edgecolor": INK, "lw": 0.8}
    if estimate.detected is False:
        return {"facecolor": "#ffffffb0", "edgecolor": MUTED, "lw": 0.8, "ls": (0, (1, 1.4))}
    return {}


def draw_arrow(axes: Axes, at: Point, axis_deg: float, *, half_length: float) -> None:
    """Draw the direction of a motion as an arrow with two heads; nothing where it is not known.

    ``axis_deg`` counts from level, counterclockwise as seen.
    """
    if not np.isfinite(axis_deg):
        return
    dx, dy = half_length * np.cos(np.radians(axis_deg)), half_length * np.sin(np.radians(axis_deg))
    if axes.yaxis_inverted():
        dy = -dy
    axes.add_patch(
        FancyArrowPatch(
            (at[0] - dx, at[1] - dy),
            (at[0] + dx, at[1] + dy),
            arrowstyle="<|-|>,head_length=3,head_width=1.8",
            shrinkA=0,
            shrinkB=0,
            color=INK,
            lw=1.1,
            zorder=8,
            path_effects=[withStroke(linewidth=2.6, foreground="white")],
        )
    )


def add_colorbar(figure: Figure, scale: Normalize, *, bottom: float) -> None:
    """Explain the colours below the face, at a share of the figure's height."""
    bar = figure.colorbar(
        ScalarMappable(scale, AMPLITUDE_MAP),
        cax=figure.add_axes((0.22, bottom, 0.56, 0.022)),
        orientation="horizontal",
    )
    bar.set_label("tremor, peak to peak (mm)")
    bar.outline.set_visible(False)


def _label_regions(axes: Axes, answer: Answer, found: dict[tuple[str, str], Estimate]) -> None:
    """Write amplitude and frequency beside the face, one above the other without overlap."""
    for on_right in (False, True):
        places = [p for p in found if (_position(p)[0] >= 0) is on_right]
        places.sort(key=lambda place: -_position(place)[1])
        heights = _spread([_position(place)[1] for place in places], gap=0.3)
        for place, height in zip(places, heights, strict=True):
            frequency = answer.lookup("tremor_frequency", side=place[1], region=place[0])
            sign = 1 if on_right else -1
            x, y = _position(place)
            path = ([x, sign * 1.1, sign * 1.17], [y, height, height])
            axes.plot(*path, color=MUTED, lw=0.6, zorder=5)
            size = f"{format_number(found[place].value)} mm"
            rate = f", {format_number(frequency.value)} Hz" if frequency.known else ""
            axes.text(
                sign * 1.2,
                height,
                f"{region_label(place[0])}\n{size}{rate}",
                ha="left" if on_right else "right",
                va="center",
                fontsize=7.2,
                linespacing=1.15,
            )


def _spread(heights: Sequence[float], *, gap: float) -> list[float]:
    """Move labels apart, from the top down, then back up as a whole if they sank."""
    placed: list[float] = []
    for height in heights:
        placed.append(min(height, placed[-1] - gap) if placed else height)
    if not placed:
        return placed
    sunk = float(np.mean(np.array(heights) - np.array(placed)))
    return [height + sunk for height in placed]


def _position(place: tuple[str, str]) -> Point:
    x, y = PLACES[place[0]]
    return (-x, y) if place[1] == "right" else (x, y)


def _round_up(value: float) -> float:
    """Find the next round number, for the end of a scale."""
    if value <= 0:
        return 0.0
    unit = 10.0 ** np.floor(np.log10(value))
    return float(
        next(step * unit for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * unit >= value)
    )
