"""Events as marks in a lane beneath a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import Patch, Rectangle

from tremorcam.publish.figures.style import MUTED, shade_phases

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tremorcam.data import Analysis

EVENT_LOOKS: dict[str, tuple[str, str]] = {
    "blink": ("#aeb9c4", ""),
    "incomplete_blink": ("#dfe5ea", ""),
    "long_closure": ("#5f6d7a", ""),
    "eyelid_spasm": ("#8d3b72", ""),
    "wink": ("#2a9d8f", "////"),
    "mouth_burst": ("#c8452f", "\\\\\\\\"),
    "cheek_burst": ("#f2c14e", "xxxx"),
}
"""Colour and hatch of each event; the hatch tells them apart in grey."""

_ROWS = {"left": (2 / 3, 1 / 3), "right": (0.0, 1 / 3), "both": (0.0, 1.0)}


def draw_events(axes: Axes, analysis: Analysis, *, limits_s: tuple[float, float]) -> None:
    """Draw every event where it happened: left in the upper row, right in the lower, both over all.

    Parameters
    ----------
    axes : Axes
        Given up to the lane.
    analysis : Analysis
    limits_s : tuple of float
        Ends of the time axis.
    """
    shade_phases(axes, analysis)
    axes.set(
        xlim=limits_s, ylim=(-0.08, 1.08), yticks=[5 / 6, 1 / 6], yticklabels=["left", "right"]
    )
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    least_s = (limits_s[1] - limits_s[0]) / 250
    shown: dict[str, Patch] = {}
    for row in analysis.events.to_dict("records"):
        color, hatch = EVENT_LOOKS.get(row["event"], (MUTED, ""))
        bottom, height = _ROWS.get(row["side"], _ROWS["both"])
        width_s = max(row["offset_s"] - row["onset_s"], least_s)
        look: Any = {"facecolor": color, "hatch": hatch, "edgecolor": "white" if hatch else color}
        axes.add_patch(Rectangle((row["onset_s"], bottom), width_s, height, lw=0, zorder=3, **look))
        shown.setdefault(row["event"], Patch(label=row["event"].replace("_", " "), lw=0, **look))
    if shown:
        axes.legend(
            handles=list(shown.values()), loc="lower right", bbox_to_anchor=(1.0, 1.0),
            ncols=len(shown), borderaxespad=0, handlelength=1.2, handleheight=0.8,
            columnspacing=1.2, fontsize=7.5,
        )  # fmt: skip
    else:
        axes.text(0.5, 0.5, "no events", transform=axes.transAxes, ha="center", va="center",
                  color=MUTED)  # fmt: skip
