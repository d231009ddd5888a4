"""The spectrum: how much of the movement lies at which frequency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tremorcam.dictionary import region_label, vetoes
from tremorcam.publish.answer import Answer
from tremorcam.publish.figures.style import (
    INK,
    MUTED,
    SIDE_COLORS,
    SIDE_LINES,
    VETO,
    drawing,
    new_figure,
    say_nothing_to_show,
    stack_axes,
    write_title,
)
from tremorcam.publish.numbers import format_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tremorcam.data import Analysis

_LABEL_ROWS = 3
_CHARACTER_SHARE = 0.0105  # width of a character of a label, of that of the axes


@drawing
def spectrum(analysis: Analysis) -> Figure:
    """Draw the power spectral density of the strongest region, both sides.

    Marked are the detected peak with the confidence interval of its frequency, the noise,
    the frequencies that this recording cannot tell, and peaks that were seen and are not
    the face's own (the head's, the lights').
    """
    answer = Answer(analysis)
    curves = {side: _curve(answer, side) for side in answer.sides}
    curves = {side: curve for side, curve in curves.items() if len(curve) > 1}
    if not curves:
        return say_nothing_to_show(new_figure(7.2, 1.2), "no spectrum could be computed")
    n_rows = _LABEL_ROWS if analysis.vetoes else int(answer.tremor is not None)
    figure, (labels, axes) = stack_axes([(0.3, 0.17 * n_rows + 0.02), (0.04, 1.95)])
    labels.axis("off")
    labels.set_ylim(0, max(n_rows, 1))
    for side, curve in curves.items():
        axes.plot(
            curve["frequency_hz"], curve["psd_mm2_per_hz"], color=SIDE_COLORS[side],
            ls=SIDE_LINES[side], lw=1.5, label=region_label(answer.region, side), zorder=4,
        )  # fmt: skip
    _draw_noise(axes, next(iter(curves.values())))
    limits_hz = (
        min(float(curve["frequency_hz"].min()) for curve in curves.values()),
        max(float(curve["frequency_hz"].max()) for curve in curves.values()),
    )
    _draw_limit(axes, answer, limits_hz[1])
    marks = [*_mark_peak(axes, answer, curves), *_mark_vetoes(axes, analysis)]
    _write_marks(labels, marks, limits_hz)
    axes.set(yscale="log", xlabel="frequency (Hz)", ylabel="power density (mm²/Hz)")
    labels.set_xlim(limits_hz)
    axes.set_xlim(limits_hz)
    figure.legend(*axes.get_legend_handles_labels(), loc="upper right", ncols=3)
    write_title(figure, f"Spectrum of the {region_label(answer.region)}")
    return figure


def _curve(answer: Answer, side: str) -> pd.DataFrame:
    table = answer.analysis.spectra
    table = table[(table["region"] == answer.region) & (table["side"] == side)]
    phase = answer.stretch.phase
    chosen = table[table["phase"] == phase]
    return chosen if len(chosen) else table[table["phase"] == table["phase"].min()]


def _draw_noise(axes: Axes, curve: pd.DataFrame) -> None:
    noise = curve["noise_psd_mm2_per_hz"].to_numpy(float)
    if not np.isfinite(noise).any():
        return
    floor = min(np.nanmin(noise), np.nanmin(curve["psd_mm2_per_hz"])) / 4
    axes.fill_between(
        curve["frequency_hz"], noise, floor, color="#dfe4e9", lw=0, zorder=1, label="noise"
    )
    axes.set_ylim(bottom=floor)


def _draw_limit(axes: Axes, answer: Answer, end_hz: float) -> None:
    limit_hz = answer.highest_frequency_hz
    if limit_hz >= end_hz:
        return
    axes.axvspan(
        limit_hz, end_hz, fc="white", ec="#d5dbe1", hatch="////", lw=0, zorder=5, alpha=0.8
    )
    axes.text(
        limit_hz + 0.1, 0.04, "not told", transform=axes.get_xaxis_transform(), color=MUTED,
        fontsize=7.5, zorder=6,
    )  # fmt: skip


def _mark_peak(
    axes: Axes, answer: Answer, curves: dict[str, pd.DataFrame]
) -> list[tuple[float, str, str]]:
    marks = []
    for side, curve in curves.items():
        frequency = answer.lookup("tremor_frequency", side=side, region=answer.region)
        if not (frequency.known and frequency.detected):
            continue
        height = np.interp(frequency.value, curve["frequency_hz"], curve["psd_mm2_per_hz"])
        if frequency.has_interval:
            axes.axvspan(frequency.ci_low, frequency.ci_high, color=SIDE_COLORS[side], alpha=0.22,
                         lw=0, zorder=2)  # fmt: skip
        axes.plot(
            frequency.value, height, "v", ms=6, color=SIDE_COLORS[side], mec="white", zorder=7
        )
        axes.axvline(
            frequency.value, color=SIDE_COLORS[side], lw=0.8, ls=SIDE_LINES[side], zorder=2
        )
        interval = (
            f" ({frequency.ci_low:.2f} to {frequency.ci_high:.2f})"
            if frequency.has_interval
            else ""
        )
        whose = f"{side}: " if side != "both" else ""
        marks.append((frequency.value, f"{whose}{frequency.value:.2f} Hz{interval}", INK))
    return marks


def _mark_vetoes(axes: Axes, analysis: Analysis) -> list[tuple[float, str, str]]:
    marks: dict[tuple[str, float], tuple[float, str, str]] = {}
    for veto in analysis.vetoes:
        key = (veto.cause, round(veto.frequency_hz, 1))
        if key not in marks:
            axes.axvline(veto.frequency_hz, color=VETO, lw=0.9, ls=(0, (1, 1.5)), zorder=3)
            word = vetoes().get(veto.cause, veto.cause)
            marks[key] = (
                veto.frequency_hz,
                f"✕ {word} {format_number(veto.frequency_hz)} Hz",
                VETO,
            )
    return list(marks.values())


def _write_marks(
    axes: Axes, marks: list[tuple[float, str, str]], limits_hz: tuple[float, float]
) -> None:
    """Write the marks' names above the plot, each in the first row where it is free."""
    begin_hz, end_hz = limits_hz
    taken: list[list[tuple[float, float]]] = [[] for _ in range(_LABEL_ROWS)]
    for frequency_hz, text, color in sorted(marks):
        width_hz = _CHARACTER_SHARE * (end_hz - begin_hz) * (len(text) + 1)
        to_left = frequency_hz + width_hz > end_hz
        span = (frequency_hz - width_hz * to_left, frequency_hz + width_hz * (not to_left))
        row = next((r for r in range(_LABEL_ROWS) if _is_free(taken[r], span)), _LABEL_ROWS - 1)
        taken[row].append(span)
        axes.plot([frequency_hz] * 2, [0, row + 0.5], color=color, lw=0.6, clip_on=False)
        axes.annotate(
            text, (frequency_hz, row + 0.5), xytext=(-3 if to_left else 3, 0),
            textcoords="offset points", ha="right" if to_left else "left", va="center",
            color=color, fontsize=7.8, bbox={"fc": "white", "ec": "none", "pad": 0.8},
        )  # fmt: skip


def _is_free(taken: list[tuple[float, float]], span: tuple[float, float]) -> bool:
    return all(span[1] < begin or span[0] > end for begin, end in taken)
