"""Many recordings beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.publish.figures.style import (
    INK,
    MUTED,
    drawing,
    new_figure,
    say_nothing_to_show,
    stack_axes,
    write_title,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GROUP_COLORS = ("#14568f", "#e08e0b", "#3f7f5f", "#8d3b72", "#5f6d7a", "#c8452f")
GROUP_MARKERS = "osD^vP"
"""The n-th group has the n-th colour and marker, and the first again after the last."""

_MOST_ROWS = 60
_ROW_IN = 0.2
_ROOM = 1.08
"""End of an axis over the greatest value on it, so that no mark is cut."""


@drawing
def amplitudes(table: pd.DataFrame) -> Figure:
    """Draw the tremor of each recording with its interval, the strongest first.

    Open marks stand where none was detected, at the smallest that would have been. Beyond 60
    recordings only the first and the last 30 are drawn.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of summary.csv that have been measured, with the column ``group``.
    """
    if table.empty:
        return say_nothing_to_show(new_figure(7.2, 1.2), "no recording could be measured")
    shown = in_order(table)
    left_out = len(shown) - _MOST_ROWS
    if left_out > 0:
        shown = shown.drop(shown.index[_MOST_ROWS // 2 : -(_MOST_ROWS // 2)])
    height_in = _ROW_IN * max(len(shown), 3)
    figure, (axes,) = stack_axes([(0.5, height_in)], left_in=2.3)
    for row, record in enumerate(shown.to_dict("records")):
        _draw_recording(axes, len(shown) - 1 - row, record)
    axes.set_yticks(
        range(len(shown)), [_shorten(name) for name in shown["video"].astype(str)[::-1]]
    )
    axes.set(ylim=(-0.7, len(shown) - 0.3), xlabel="tremor, peak to peak (mm)")
    axes.set_xlim(left=0)
    axes.grid(visible=False, axis="y")
    _explain_groups(figure, shown)
    more = f" ({left_out} in the middle left out)" if left_out > 0 else ""
    write_title(figure, f"Tremor of each recording{more}")
    return figure


@drawing
def frequencies(table: pd.DataFrame) -> Figure:
    """Draw frequency against amplitude of every detected tremor, and left against right.

    Parameters
    ----------
    table : pandas.DataFrame
        As for :func:`amplitudes`.
    """
    found = table[table["detected"] == True]  # noqa: E712 - may hold missing values
    if found.empty:
        return say_nothing_to_show(new_figure(7.2, 1.2), "no tremor was detected in any recording")
    figure = new_figure(7.2, 3.1)
    grid = {"left": 0.09, "right": 0.985, "top": 0.84, "bottom": 0.15, "wspace": 0.24}
    first, second = figure.subplots(1, 2, gridspec_kw=grid)
    for name, rows in found.groupby("group", sort=False):
        look = _look(rows.iloc[0]["group_index"]) | {"label": str(name), "ls": "none"}
        first.plot(rows["frequency_hz"], rows["amplitude_p2p_mm"], **look)
        # What was not detected is not zero: it is somewhere below the limit.
        sides = [
            rows[f"amplitude_p2p_{side}_mm"].fillna(rows[f"detection_limit_{side}_mm"])
            for side in ("right", "left")
        ]
        second.plot(*sides, **look)
    first.set(xlabel="frequency (Hz)", ylabel="tremor, peak to peak (mm)")
    first.set_ylim(0, _ROOM * found["amplitude_p2p_mm"].max())
    first.margins(x=0.1)
    shown_mm = [values for line in second.lines for values in line.get_data()]
    end_mm = _ROOM * max(float(np.nanmax(values, initial=0.05)) for values in shown_mm)
    second.plot([0, end_mm], [0, end_mm], color=MUTED, lw=0.8, ls=(0, (3, 3)), zorder=0)
    second.set(xlim=(0, end_mm), ylim=(0, end_mm))
    second.set(xlabel="right mouth corner (mm)", ylabel="left mouth corner (mm)")
    _explain_groups(figure, found)
    write_title(figure, "Detected tremor: frequency, size and sides")
    return figure


@drawing
def groups(table: pd.DataFrame) -> Figure:
    """Draw the amplitudes of each group: every recording, median and quartiles.

    Parameters
    ----------
    table : pandas.DataFrame
        As for :func:`amplitudes`.
    """
    names = list(dict.fromkeys(table["group"]))
    figure, (axes,) = stack_axes([(0.36, 0.45 * max(len(names), 2))], left_in=2.3)
    rng = np.random.default_rng(0)
    for row, name in enumerate(names[::-1]):
        rows = table[table["group"] == name]
        look = _look(rows.iloc[0]["group_index"])
        found = rows["amplitude_p2p_mm"].dropna()
        axes.plot(found, row + rng.uniform(-0.16, 0.16, len(found)), ls="none", alpha=0.75, **look)
        if len(found) > 1:
            low, middle, high = np.percentile(found, (25, 50, 75))
            axes.plot([low, high], [row, row], color=INK, lw=2.2, zorder=4)
            axes.plot([middle] * 2, [row - 0.25, row + 0.25], color=INK, lw=2.2, zorder=4)
    axes.set_yticks(range(len(names)), [_shorten(str(name)) for name in names[::-1]])
    axes.set(ylim=(-0.6, len(names) - 0.4), xlabel="detected tremor, peak to peak (mm)")
    axes.set_xlim(0, _ROOM * float(np.nanmax(table["amplitude_p2p_mm"], initial=0.05)))
    axes.grid(visible=False, axis="y")
    write_title(figure, "Groups: each recording, median and quartiles")
    return figure


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Sort recordings: the strongest tremor first, then those without by their limit."""
    return table.sort_values(
        ["amplitude_p2p_mm", "detection_limit_mm"], ascending=[False, True], na_position="last"
    )


def _draw_recording(axes: Axes, row: int, record: dict[Any, Any]) -> None:
    look = _look(record["group_index"])
    low, high = record["amplitude_p2p_ci_low_mm"], record["amplitude_p2p_ci_high_mm"]
    if np.isfinite(record["amplitude_p2p_mm"]):
        if np.isfinite(low) and np.isfinite(high):
            axes.plot([low, high], [row, row], color=look["color"], lw=1.8, zorder=2)
        axes.plot(record["amplitude_p2p_mm"], row, zorder=3, **look)
    elif np.isfinite(record["detection_limit_mm"]):
        open_look = look | {"mfc": "white", "mec": look["color"]}
        axes.plot(record["detection_limit_mm"], row, zorder=3, **open_look)


def _look(group_index: int) -> dict[str, Any]:
    at = int(group_index)
    return {
        "color": GROUP_COLORS[at % len(GROUP_COLORS)],
        "marker": GROUP_MARKERS[at % len(GROUP_MARKERS)],
        "ms": 5,
        "mec": "white",
        "mew": 0.7,
    }


def _explain_groups(figure: Figure, table: pd.DataFrame) -> None:
    first_axes = figure.axes[0]
    shown = table.drop_duplicates("group").sort_values("group_index")
    if len(shown) > 1:
        handles = [
            first_axes.plot([], [], ls="none", label=str(name), **_look(index))[0]
            for name, index in zip(shown["group"], shown["group_index"], strict=True)
        ]
        figure.legend(handles=handles, loc="upper right", ncols=min(len(handles), 4))


def _shorten(name: str, most: int = 28) -> str:
    return name if len(name) <= most else f"{name[: most // 2 - 1]}…{name[-(most // 2) :]}"
