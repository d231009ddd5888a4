"""One look for every figure: colours, sizes, phases, and how figures are written."""

from __future__ import annotations

import functools
import io
import re
import threading
from typing import TYPE_CHECKING, Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from tremorcam.data import Analysis

P = ParamSpec("P")

INK = "#1b2733"
MUTED = "#5f6d7a"
FAINT = "#c9d1d9"
GRID = "#e7ebef"
PAPER = "#ffffff"
HOLD = "#eef3f8"
SIDE_COLORS = {"left": "#14568f", "right": "#e08e0b", "both": "#3f7f5f"}
"""Blue and orange differ for every kind of colour vision, and dark and light in grey."""

SIDE_LINES = {"left": "-", "right": (0, (5, 1.6)), "both": "-"}
SIDE_MARKERS = {"left": "o", "right": "s", "both": "D"}
VETO = "#8d3b72"

AMPLITUDE_MAP = LinearSegmentedColormap.from_list(
    "tremor", ["#fff3dc", "#fdd49a", "#f79a5a", "#dd5144", "#9c1f4f", "#4f0f46"]
)
"""From pale to dark without a turn, so that it also reads in grey."""

STYLE: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 7,
    "axes.labelcolor": INK,
    "axes.labelsize": 8.5,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "lines.linewidth": 1.1,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "path.simplify": True,
    "hatch.linewidth": 0.5,
}

PHASE_NAMES = {"hold": "smile held", "neutral": "at rest", "whole": "steadiest stretch"}
"""The phases in which a tremor is looked for."""

_MOST_POINTS = 2400
# The settings of matplotlib are global: one figure at a time.
_LOCK = threading.RLock()


def drawing(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function draw in the common style, whatever thread it runs in."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with _LOCK, mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    return styled


def new_figure(width_in: float, height_in: float) -> Figure:
    """Make an empty figure that belongs to no window."""
    figure = Figure(figsize=(width_in, height_in))
    FigureCanvasAgg(figure)
    return figure


def stack_axes(
    rows: Sequence[tuple[float, float]],
    *,
    width_in: float = 7.2,
    left_in: float = 0.68,
    right_in: float = 0.12,
    bottom_in: float = 0.46,
) -> tuple[Figure, list[Axes]]:
    """Make a figure of axes one above the other.

    Fixed margins keep the axes of all figures in line, and are drawn in half the time of a
    layout engine.

    Parameters
    ----------
    rows : sequence of (gap, height)
        From the top: the space above each axes and its height, in inches.
    width_in, left_in, right_in, bottom_in : float
        Of the figure, and of its margins.
    """
    height_in = sum(gap + height for gap, height in rows) + bottom_in
    figure = new_figure(width_in, height_in)
    stack, top_in = [], height_in
    for gap, height in rows:
        top_in -= gap + height
        place = (left_in, top_in, width_in - left_in - right_in, height)
        share = (width_in, height_in, width_in, height_in)
        axes = figure.add_axes(tuple(a / b for a, b in zip(place, share, strict=True)))  # type: ignore[arg-type]
        axes.yaxis.set_label_coords(-0.52 / place[2], 0.5)
        stack.append(axes)
    return figure, stack


def write_figure(figure: Figure, *, format: str, name: str, dpi: int = 160) -> bytes:
    """Write a figure as svg, png, pdf or jpg; the same figure gives the same bytes."""
    date = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(format)
    out = io.BytesIO()
    with _LOCK, mpl.rc_context(STYLE | {"svg.hashsalt": name}):
        figure.savefig(out, format=format, dpi=dpi, metadata=date)
    return out.getvalue()


def inline_svg(figure: Figure, *, name: str, label: str) -> str:
    """Write a figure as an SVG element to stand in a page.

    Parameters
    ----------
    figure : Figure
    name : str
        Keeps the ids of this figure apart from those of others on the page.
    label : str
        What is read out in its place.
    """
    text = write_figure(figure, format="svg", name=name).decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    used = set(re.findall(r"#([\w.-]+)", text))
    text = re.sub(
        r' id="([\w.-]+)"', lambda hit: f' id="{name}-{hit[1]}"' if hit[1] in used else "", text
    )
    text = re.sub(r"(url\(#|href=\"#)", rf"\1{name}-", text)
    text = re.sub(r' (?:width|height)="[\d.]+pt"', "", text, count=2)
    text = text.replace("'DejaVu Sans'", "var(--figure-font)")
    escaped = label.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return text.replace("<svg ", f'<svg role="img" aria-label="{escaped}" ', 1)


def write_title(figure: Figure, text: str) -> None:
    """Write what a figure of several panels shows above it, at the left."""
    height_in = figure.get_figheight()
    figure.text(
        0.012, 1 - 0.07 / height_in, text, va="top", fontsize=9.5, fontweight="bold", color=INK
    )


def say_nothing_to_show(figure: Figure, text: str) -> Figure:
    """Say in words why a figure is empty."""
    figure.text(0.5, 0.5, text, ha="center", va="center", color=MUTED)
    return figure


def shade_phases(axes: Axes, analysis: Analysis, *, label: bool = False) -> None:
    """Shade the held smiles; ``label`` names the phases above the axes."""
    for row in analysis.phases.to_dict("records"):
        if row["phase"] == "hold":
            axes.axvspan(row["onset_s"], row["offset_s"], color=HOLD, lw=0, zorder=0)
        if row["phase"] in ("onset", "hold", "offset"):
            axes.axvline(row["onset_s"], color=FAINT, lw=0.7, zorder=0.5)
            axes.axvline(row["offset_s"], color=FAINT, lw=0.7, zorder=0.5)
        if label and row["phase"] in PHASE_NAMES:
            axes.annotate(
                PHASE_NAMES[row["phase"]],
                ((row["onset_s"] + row["offset_s"]) / 2, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                color=MUTED,
                fontsize=7.5,
                annotation_clip=True,
            )


def thin_out(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keep the least and the greatest value of each pixel's width of a long trace."""
    if len(x) <= _MOST_POINTS:
        return x, y
    groups = np.array_split(np.arange(len(x)), _MOST_POINTS // 2)
    keep: list[int] = []
    for group in groups:
        known = group[np.isfinite(y[group])]
        if len(known) == 0:
            keep.append(int(group[0]))
            continue
        ends = {int(known[y[known].argmin()]), int(known[y[known].argmax()])}
        keep.extend(sorted(ends))
    return x[keep], y[keep]
