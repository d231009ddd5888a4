"""The drawn face: where it shakes, how much, in which direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Ellipse, FancyArrowPatch, PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from tremorcam.dictionary import region_label
from tremorcam.publish.answer import FACE_REGIONS, Answer, Estimate
from tremorcam.publish.figures.style import (
    AMPLITUDE_MAP,
    FAINT,
    INK,
    MUTED,
    drawing,
    new_figure,
)
from tremorcam.publish.numbers import format_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tremorcam.data import Analysis

    Point = tuple[float, float]

SKIN, SKIN_LINE, SHADE, LIPS = "#fbf3ea", "#8a7f76", "#efe2d4", "#e9c4b5"

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
    largest. Regions without a detected tremor are dotted; regions that were not measured
    are left out.
    """
    answer = Answer(analysis)
    amplitudes: dict[tuple[str, str], Estimate] = {
        (r.name, r.side): answer.lookup("tremor_amplitude_p2p", side=r.side, region=r.name)
        for r in FACE_REGIONS
    }
    found = {place: e for place, e in amplitudes.items() if e.detected and e.known}
    top_mm = _round_up(max((e.value for e in found.values()), default=0.0))
    figure = new_figure(4.4, 4.0)
    axes = figure.add_axes((0.0, 0.13, 1.0, 0.87))
    axes.set(xlim=(-2.11, 2.11), ylim=(-1.75, 1.59))
    axes.axis("off")
    _draw_head(axes)
    scale = Normalize(0, top_mm or 1.0)
    for place, estimate in amplitudes.items():
        _draw_region(axes, place, estimate, scale)
    for place, estimate in found.items():
        axis = answer.lookup("tremor_axis", side=place[1], region=place[0])
        _draw_arrow(axes, place, estimate.value / top_mm, axis.value)
    _label_regions(axes, answer, found)
    axes.text(-2.05, 1.42, "their right", ha="left", color=MUTED)
    axes.text(2.05, 1.42, "their left", ha="right", color=MUTED)
    if found:
        bar = figure.colorbar(
            ScalarMappable(scale, AMPLITUDE_MAP),
            cax=figure.add_axes((0.22, 0.105, 0.56, 0.022)),
            orientation="horizontal",
        )
        bar.set_label("tremor, peak to peak (mm)")
        bar.outline.set_visible(False)
    else:
        figure.text(0.5, 0.05, _say_none(answer), ha="center", va="center")
    return figure


def _say_none(answer: Answer) -> str:
    limit_mm = answer.detection_limit_mm
    if np.isfinite(limit_mm):
        return f"no tremor detected; one of {format_number(limit_mm)} mm would have been seen"
    return "not measured"


def _draw_region(axes: Axes, place: tuple[str, str], estimate: Estimate, scale: Normalize) -> None:
    look: Any
    if estimate.detected and estimate.known:
        look = {"facecolor": AMPLITUDE_MAP(scale(estimate.value)), "edgecolor": INK, "lw": 0.8}
    elif estimate.detected is False:
        look = {"facecolor": "#ffffffb0", "edgecolor": MUTED, "lw": 0.8, "ls": (0, (1, 1.4))}
    else:
        return
    axes.add_patch(Ellipse(_position(place), *SIZES[place[0]], zorder=6, **look))


def _draw_arrow(axes: Axes, place: tuple[str, str], share: float, axis_deg: float) -> None:
    if not np.isfinite(axis_deg):
        return
    x, y = _position(place)
    half = 0.09 + 0.17 * share
    dx, dy = half * np.cos(np.radians(axis_deg)), half * np.sin(np.radians(axis_deg))
    axes.add_patch(
        FancyArrowPatch(
            (x - dx, y - dy),
            (x + dx, y + dy),
            arrowstyle="<|-|>,head_length=3,head_width=1.8",
            shrinkA=0,
            shrinkB=0,
            color=INK,
            lw=1.1,
            zorder=8,
            path_effects=[withStroke(linewidth=2.6, foreground="white")],
        )
    )


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


def _smooth(points: Sequence[Point], *, closed: bool = False) -> Path:
    """Lay a smooth curve through points (Catmull-Rom, as cubic Béziers)."""
    p = np.array(points, dtype=float)
    n = len(p)
    around = [p[(i) % n] for i in range(-1, n + 2)] if closed else [p[0], *p, p[-1]]
    vertices, codes = [around[1]], [Path.MOVETO]
    for before, start, end, after in zip(around, around[1:], around[2:], around[3:], strict=False):
        vertices += [start + (end - before) / 6, end - (after - start) / 6, end]
        codes += [Path.CURVE4] * 3
    return Path(np.array(vertices), codes)


def _draw_head(axes: Axes) -> None:
    line: Any = {"ec": SKIN_LINE, "lw": 1.1, "capstyle": "round", "joinstyle": "round"}

    def shape(points: Sequence[Point], *, closed: bool = True, **look: object) -> None:
        axes.add_patch(PathPatch(_smooth(points, closed=closed), **(line | look)))

    shape(
        [(-0.44, -0.8), (-0.46, -1.25), (-0.95, -1.5), (-1.3, -1.75), (1.3, -1.75),
         (0.95, -1.5), (0.46, -1.25), (0.44, -0.8)],
        fc=SHADE, zorder=1,
    )  # fmt: skip
    for sign in (-1, 1):
        axes.add_patch(
            Ellipse((sign * 0.97, 0.02), 0.24, 0.5, angle=-sign * 8, fc=SHADE, zorder=1.5, **line)
        )
    half = [(0.0, 1.3), (0.5, 1.2), (0.86, 0.8), (0.95, 0.25), (0.9, -0.3), (0.72, -0.85),
            (0.38, -1.24)]  # fmt: skip
    outline = [*half, (0.0, -1.36), *_mirrored(half)]
    shape(outline, fc=SKIN, zorder=2)
    _draw_hair(axes)
    for sign in (-1, 1):
        _draw_eye(axes, sign)
        shape([(sign * 0.2, 0.49), (sign * 0.42, 0.58), (sign * 0.64, 0.47)], closed=False,
              fc="none", lw=3.2, ec="#a3978c", zorder=3)  # fmt: skip
        shape([(sign * 0.29, -0.22), (sign * 0.48, -0.38), (sign * 0.58, -0.6)], closed=False,
              fc="none", lw=0.8, ec="#cdbfb2", zorder=3)  # fmt: skip
    shape([(-0.1, 0.22), (-0.13, -0.02), (-0.2, -0.16), (-0.1, -0.25), (0.0, -0.28),
           (0.1, -0.25), (0.2, -0.16)], closed=False, fc="none", lw=0.9, zorder=3)  # fmt: skip
    _draw_mouth(axes)


def _mirrored(points: Sequence[Point]) -> list[Point]:
    """Continue a line that ends on the midline back along the other side."""
    return [(-x, y) for x, y in points[::-1] if x]


def _draw_hair(axes: Axes) -> None:
    outer = [(-1.0, 0.25), (-1.03, 0.85), (-0.62, 1.36), (0.0, 1.48)]
    inner = [(-0.9, 0.62), (-0.62, 0.98), (0.0, 1.08)]
    hair = [*outer, *_mirrored(outer), *[(-x, y) for x, y in inner], *inner[1::-1]]
    axes.add_patch(
        PathPatch(_smooth(hair, closed=True), fc="#ddd3c9", ec=SKIN_LINE, lw=0.9, zorder=2.5)
    )


def _draw_eye(axes: Axes, sign: int) -> None:
    lids = [(0.22, 0.2), (0.32, 0.29), (0.44, 0.3), (0.58, 0.21), (0.44, 0.14), (0.32, 0.14)]
    path = _smooth([(sign * x, y) for x, y in lids], closed=True)
    white = PathPatch(path, fc="white", ec=SKIN_LINE, lw=1.0, zorder=3)
    axes.add_patch(white)
    for radius, color in ((0.075, "#8fa3ad"), (0.035, "#2f3a42")):
        iris = Ellipse((sign * 0.4, 0.22), 2 * radius, 2 * radius, fc=color, ec="none", zorder=3.2)
        axes.add_patch(iris)
        iris.set_clip_path(white)


def _draw_mouth(axes: Axes) -> None:
    outer = [(-0.42, -0.55), (-0.2, -0.5), (-0.07, -0.46), (0.0, -0.48), (0.07, -0.46),
             (0.2, -0.5), (0.42, -0.55), (0.24, -0.74), (0.0, -0.82), (-0.24, -0.74)]  # fmt: skip
    inner = [
        (-0.36, -0.565),
        (0.0, -0.56),
        (0.36, -0.565),
        (0.2, -0.67),
        (0.0, -0.71),
        (-0.2, -0.67),
    ]
    look: Any = {"lw": 0.9, "ec": SKIN_LINE}
    axes.add_patch(PathPatch(_smooth(outer, closed=True), fc=LIPS, zorder=3, **look))
    axes.add_patch(PathPatch(_smooth(inner, closed=True), fc="white", zorder=3.1, **look))
    axes.plot([0, 0], [-0.99, -0.97], color=FAINT, lw=0.8, zorder=3)
