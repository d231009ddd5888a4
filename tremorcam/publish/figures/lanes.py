"""Events as marks in a lane beneath a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import Patch, Rectangle

from tremorcam.publish.figures.style import MUTED, shade_phases

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tremorcam.data import Analysis

LANE_IN = 0.62
"""Height of a lane, in inches."""

EVENT_LOOKS: dict[str, tuple[str, str]] = {
    "blink": ("#aeb9c4", ""),
    "incomplete_blink": ("#dfe5ea", ""),
    "long_closure": ("#5f6d7a", ""),
    "eyelid_spasm": ("#8d3b72", ""),
    "look_down": ("#c5cfd8", "...."),
    "wink": ("#2a9d8f", "////"),
    "mouth_burst": ("#c8452f", "\\\\\\\\"),
    "cheek_burst": ("#f2c14e", "xxxx"),
}
"""Colour and hatch of each event; the hatch tells them apart in grey."""

_MOUTH = ("mouth_burst", "cheek_burst")
_ROWS = {"left": 1, "right": 0}
_GROUP_HEIGHT = 2.0  # two rows


def draw_events(axes: Axes, analysis: Analysis, *, limits_s: tuple[float, float]) -> None:
    """Draw every event where it happened: eyes above mouth, left above right.

    What concerns both sides stands over both rows. Where events overlap, the shorter one is
    drawn over the longer.

    Parameters
    ----------
    axes : Axes
        Given up to the lane, ``LANE_IN`` high.
    analysis : Analysis
    limits_s : tuple of float
        Ends of the time axis.
    """
    shade_phases(axes, analysis)
    axes.set(xlim=limits_s, ylim=(-0.1, 2 * _GROUP_HEIGHT + 0.3), yticks=[0.5, 1.5, 2.7, 3.7])
    axes.set_yticklabels(["right", "mouth, left", "right", "eyes, left"], fontsize=6.8)
    axes.tick_params(axis="y", length=0, pad=2)
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    least_s = (limits_s[1] - limits_s[0]) / 250
    shown: dict[str, Patch] = {}
    events = analysis.events.to_dict("records")
    for row in sorted(events, key=lambda row: row["onset_s"] - row["offset_s"]):
        color, hatch = EVENT_LOOKS.get(row["event"], (MUTED, ""))
        look: Any = {"facecolor": color, "hatch": hatch, "edgecolor": "white" if hatch else color}
        bottom = 0.0 if row["event"] in _MOUTH else _GROUP_HEIGHT + 0.2
        height = 1.0 if row["side"] in _ROWS else _GROUP_HEIGHT
        corner = (row["onset_s"], bottom + _ROWS.get(row["side"], 0))
        width_s = max(row["offset_s"] - row["onset_s"], least_s)
        axes.add_patch(Rectangle(corner, width_s, height, lw=0, zorder=3, **look))
        shown.setdefault(row["event"], Patch(label=row["event"].replace("_", " "), lw=0, **look))
    if shown:
        axes.legend(
            handles=[shown[name] for name in sorted(shown, key=_order)],
            loc="lower right", bbox_to_anchor=(1.0, 1.0),
            ncols=len(shown), borderaxespad=0, handlelength=1.2, handleheight=0.8,
            columnspacing=1.2, fontsize=7.5,
        )  # fmt: skip
    else:
        axes.text(0.5, 0.5, "no events", transform=axes.transAxes, ha="center", va="center",
                  color=MUTED)  # fmt: skip


def _order(event: str) -> int:
    return [*EVENT_LOOKS, event].index(event)
