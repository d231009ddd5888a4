"""Figures of the accuracy page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from tables import FACTORS, TRACKERS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

COLOURS = {"tremorcam": "#0b7285", "unfiltered": "#b0862e", "landmarks": "#9aa3ab"}

AMPLITUDES_MM = (0.05, 0.1, 0.3, 1.0, 2.0)


def draw(rows: pd.DataFrame, folder: Path) -> None:
    """Write both figures as SVG, the same bytes for the same rows."""
    with mpl.rc_context({"svg.hashsalt": "tremorcam", "font.size": 9, "axes.spines.top": False,
                         "axes.spines.right": False}):  # fmt: skip
        _save(_amplitudes(rows), folder / "accuracy_amplitude.svg")
        _save(_factors(rows), folder / "accuracy_factors.svg")


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})


def _amplitudes(rows: pd.DataFrame) -> Figure:
    """Read over true amplitude, and noise, of all trackers."""
    figure = Figure(figsize=(8, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    moved = rows[rows["factor"].isin(["base", "amplitude", "smallest"])].dropna(
        subset=["clear_gain"]
    )
    for at, (tracker, label) in enumerate(TRACKERS.items()):
        own = moved[moved["tracker"] == tracker]
        shift = 1.04 ** (at - 1)
        left.plot(own["true_mm"] * shift, own["clear_gain"], "o", ms=3.5, alpha=0.7, mew=0,
                  color=COLOURS[tracker], label=label)  # fmt: skip
        noise = rows[(rows["factor"].isin(["base", "still"])) & (rows["tracker"] == tracker)]
        for where, factor in enumerate(("still", "base")):
            values = noise.loc[noise["factor"] == factor, "noise_mm_per_rthz"]
            spot = where + 0.2 * (at - 1)
            right.plot(np.full(len(values), spot), values, "o", ms=3.5, alpha=0.7, mew=0,
                       color=COLOURS[tracker])  # fmt: skip
    for where, factor in enumerate(("still", "base")):
        bound = rows.loc[rows["factor"] == factor, "bound_mm_per_rthz"].dropna()
        right.plot([where - 0.4, where + 0.4], [bound.median()] * 2, "k:", lw=1)
    left.axhspan(0.95, 1.05, color="#e7f1f2", lw=0, zorder=0)
    left.set(xscale="log", xlabel="true amplitude (mm)", ylabel="read / true", ylim=(0, 1.2))
    left.set(xlim=(0.04, 2.5), xticks=AMPLITUDES_MM, xticklabels=[f"{a:g}" for a in AMPLITUDES_MM])
    left.minorticks_off()
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3,
                  frameon=False)  # fmt: skip
    right.set(yscale="log", ylabel="noise at the mouth corner (mm/√Hz)", xlim=(-0.5, 1.5))
    right.set_xticks([0, 1], ["head held still", "head sways"])
    right.annotate("least possible (Cramér-Rao)", (1.45, bound.median()), ha="right", va="bottom",
                   fontsize=8, xytext=(0, 2), textcoords="offset points")  # fmt: skip
    return figure


def _factors(rows: pd.DataFrame) -> Figure:
    """Gain and noise over the levels of every factor."""
    own = rows[rows["tracker"] == "tremorcam"]
    figure = Figure(figsize=(8, 4.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    at, names, edges = 0, [], []
    for factor in FACTORS:
        group = own[own["factor"] == factor]
        for level, each in group.groupby("level", sort=False):
            _points(upper, at, each["clear_gain"])
            _points(lower, at, each["noise_mm_per_rthz"])
            names.append(str(level))
            at += 1
        edges.append(at - 0.5)
    upper.axhspan(0.95, 1.05, color="#e7f1f2", lw=0, zorder=0)
    upper.set(ylabel="read / true")
    lower.set(ylabel="noise (mm/√Hz)", yscale="log", xlim=(-0.5, at - 0.5))
    for axes in (upper, lower):
        for edge in edges[:-1]:
            axes.axvline(edge, color="#d5dbe1", lw=0.8)
    lower.set_xticks(range(at), names, rotation=60, ha="right", rotation_mode="anchor", fontsize=8)
    return figure


def _points(axes: Axes, at: int, values: pd.Series) -> None:
    values = values.dropna()
    axes.plot(np.full(len(values), at), values, "o", ms=4, alpha=0.7, mew=0,
              color=COLOURS["tremorcam"])  # fmt: skip
