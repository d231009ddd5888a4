"""The spectrum: how much of the movement lies at which frequency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import NullFormatter

from tremorcam.dictionary import region_label, vetoes
from tremorcam.publish.answer import Answer, Estimate
from tremorcam.publish.figures.style import (
    INK,
    MUTED,
    PHASE_NAMES,
    SIDE_COLORS,
    SIDE_LINES,
    VETO,
    drawing,
    new_figure,
    say_nothing_to_show,
    stack_axes,
    write_title,
)
from tremorcam.publish.numbers import format_estimate, format_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tremorcam.data import Analysis

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
    limits_hz = (
        min(float(curve["frequency_hz"].min()) for curve in curves.values()),
        max(float(curve["frequency_hz"].max()) for curve in curves.values()),
    )
    peaks = _peaks(answer, curves)
    marks = _in_rows([*map(_name_peak, peaks), *_name_vetoes(analysis)], limits_hz)
    n_rows = max((mark.row + 1 for mark in marks), default=0)
    figure, (labels, axes) = stack_axes([(0.3, 0.17 * n_rows + 0.02), (0.04, 1.95)])
    labels.axis("off")
    labels.set(xlim=limits_hz, ylim=(0, max(n_rows, 1)))
    for side, curve in curves.items():
        axes.plot(
            curve["frequency_hz"], curve["psd_mm2_per_hz"], color=SIDE_COLORS[side],
            ls=SIDE_LINES[side], lw=1.5, zorder=4, label=side if side != "both" else "movement",
        )  # fmt: skip
    axes.set(xlabel="frequency (Hz)", ylabel="power density (mm²/Hz)", xlim=limits_hz)
    _scale_in_decades(axes, curves.values())
    for side, curve in curves.items():
        axes.plot(
            curve["frequency_hz"], curve["noise_psd_mm2_per_hz"], color=SIDE_COLORS[side],
            ls=(0, (1, 1.6)), lw=1.2, zorder=3,
        )  # fmt: skip
    axes.plot([], [], color=MUTED, ls=(0, (1, 1.6)), lw=1.2, label="noise")
    _draw_limit(axes, answer, limits_hz[1])
    for peak in peaks:
        _draw_peak(axes, peak, curves[peak.side])
    for veto in analysis.vetoes:
        axes.axvline(veto.frequency_hz, color=VETO, lw=0.9, ls=(0, (1, 1.5)), zorder=3)
    for mark in marks:
        _write_mark(labels, mark)
    figure.legend(*axes.get_legend_handles_labels(), loc="upper right", ncols=3)
    phase = next(iter(curves.values()))["phase"].iloc[0]
    write_title(figure, f"Spectrum of the {region_label(answer.region)}, {PHASE_NAMES[phase]}")
    return figure


@dataclass(frozen=True)
class _Peak:
    """A detected peak of one side."""

    side: str
    frequency: Estimate


@dataclass(frozen=True)
class _Mark:
    """A name above the plot, at a frequency; its row is counted from below."""

    frequency_hz: float
    text: str
    color: str
    row: int = 0
    to_left: bool = False


def _curve(answer: Answer, side: str) -> pd.DataFrame:
    """Take the spectrum of the answer's stretch, or where there is none that of another."""
    table = answer.analysis.spectra
    table = table[(table["region"] == answer.region) & (table["side"] == side)]
    chosen = table[table["phase"] == answer.stretch.phase]
    return chosen if len(chosen) else table[table["phase"] == table["phase"].min()]


def _scale_in_decades(axes: Axes, curves: Iterable[pd.DataFrame]) -> None:
    """Let the logarithmic axis end at whole powers of ten, and write these alone."""
    columns = ["psd_mm2_per_hz", "noise_psd_mm2_per_hz"]
    values = np.concatenate([curve[columns].to_numpy(float).ravel() for curve in curves])
    values = values[np.isfinite(values) & (values > 0)]
    axes.set_yscale("log")
    axes.yaxis.set_minor_formatter(NullFormatter())
    if len(values):
        low, high = np.log10(values.min()), np.log10(values.max())
        axes.set_ylim(10 ** np.floor(low - 0.1), 10 ** np.ceil(high))


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


def _peaks(answer: Answer, curves: Iterable[str]) -> list[_Peak]:
    found = [
        _Peak(side, answer.lookup("tremor_frequency", side=side, region=answer.region))
        for side in curves
    ]
    return [peak for peak in found if peak.frequency.known and peak.frequency.detected]


def _draw_peak(axes: Axes, peak: _Peak, curve: pd.DataFrame) -> None:
    frequency, color = peak.frequency, SIDE_COLORS[peak.side]
    height = np.interp(frequency.value, curve["frequency_hz"], curve["psd_mm2_per_hz"])
    if frequency.has_interval:
        axes.axvspan(frequency.ci_low, frequency.ci_high, color=color, alpha=0.22, lw=0, zorder=2)
    axes.plot(frequency.value, height, "v", ms=6, color=color, mec="white", zorder=7)
    axes.axvline(frequency.value, color=color, lw=0.8, ls=SIDE_LINES[peak.side], zorder=2)


def _name_peak(peak: _Peak) -> _Mark:
    whose = f"{peak.side}: " if peak.side != "both" else ""
    text = f"{whose}{format_estimate(peak.frequency, 3)} Hz"
    return _Mark(peak.frequency.value, text, INK)


def _name_vetoes(analysis: Analysis) -> list[_Mark]:
    """Name each cause once at its frequency, however many regions share it."""
    marks = {
        (veto.cause, round(veto.frequency_hz, 1)): _Mark(
            veto.frequency_hz,
            f"✕ {vetoes().get(veto.cause, veto.cause)} {format_number(veto.frequency_hz)} Hz",
            VETO,
        )
        for veto in reversed(analysis.vetoes)
    }
    return list(marks.values())


def _in_rows(marks: list[_Mark], limits_hz: tuple[float, float]) -> list[_Mark]:
    """Put each name into the lowest row where it is free."""
    begin_hz, end_hz = limits_hz
    taken: list[list[tuple[float, float]]] = []
    placed = []
    for mark in sorted(marks, key=lambda mark: mark.frequency_hz):
        width_hz = _CHARACTER_SHARE * (end_hz - begin_hz) * (len(mark.text) + 1)
        to_left = mark.frequency_hz + width_hz > end_hz
        left_hz = mark.frequency_hz - width_hz * to_left
        span = (left_hz, left_hz + width_hz)
        row = next((r for r, spans in enumerate(taken) if _is_free(spans, span)), len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append(span)
        placed.append(replace(mark, row=row, to_left=to_left))
    return placed


def _is_free(taken: list[tuple[float, float]], span: tuple[float, float]) -> bool:
    return all(span[1] < begin or span[0] > end for begin, end in taken)


def _write_mark(axes: Axes, mark: _Mark) -> None:
    axes.plot([mark.frequency_hz] * 2, [0, mark.row + 0.5], color=mark.color, lw=0.6, clip_on=False)
    axes.annotate(
        mark.text, (mark.frequency_hz, mark.row + 0.5), xytext=(-3 if mark.to_left else 3, 0),
        textcoords="offset points", ha="right" if mark.to_left else "left", va="center",
        color=mark.color, fontsize=7.8, bbox={"fc": "white", "ec": "none", "pad": 0.8},
    )  # fmt: skip
