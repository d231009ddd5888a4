"""The history as tables on the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tremorcam.store.history import parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tremorcam.apps.compare import Comparison
    from tremorcam.store.history import Entry, Trend
    from tremorcam.store.results import Result
    from tremorcam.store.trends import Change, Point

SHORT_ID = 6
STATUS = {
    "queued": "waiting", "running": "being measured", "failed": "could not be measured",
    "cancelled": "cancelled", "done": "",
}  # fmt: skip
CHANGE = {
    "larger": "larger", "smaller": "smaller", "no_clear_change": "no clear change",
    "not_known": "cannot be compared",
}  # fmt: skip


def show_entries(entries: Sequence[Entry]) -> None:
    """List recordings, one line each."""
    console = Console()
    if not entries:
        console.print("There are no recordings yet; 'tremorcam serve' makes some.")
        return
    table = _table("id", "recorded", "person", "mm", "Hz", "answer", numbers=("mm", "Hz"))
    for entry in entries:
        result = entry.result
        table.add_row(
            entry.recording.id[:SHORT_ID],
            _date(entry.recording.recorded_at),
            Text(entry.recording.person),
            _amplitude(result),
            _number(result.frequency_hz if result else None, 1),
            Text(_answer(entry)),
        )
    console.print(table)


def show_entry(entry: Entry, folder: Path) -> None:
    """Describe one recording."""
    recording, result = entry.recording, entry.result
    console = Console()
    console.print(Text(recording.name, style="bold"), _date(recording.recorded_at))
    console.print(Text(_answer(entry)))
    if result is not None:
        console.print(
            f"quality {result.quality}; amplitude {_amplitude(result)} mm peak to peak"
            f"{_interval(result.amplitude_p2p_ci_low_mm, result.amplitude_p2p_ci_high_mm)}; "
            f"frequency {_number(result.frequency_hz, 1)} Hz"
        )
    console.print(Text(f"→ {folder}", style="dim"), soft_wrap=True)


def show_trend(trend: Trend) -> None:
    """Show a person's tremor over time, and what it amounts to."""
    console = Console()
    console.print(f"{trend.region.replace('_', ' ')}, {trend.side}: mm peak to peak")
    table = _table("id", "recorded", "mm", "95 % interval", numbers=("mm",))
    for point in trend.points:
        table.add_row(
            point.recording_id[:SHORT_ID],
            point.time.astimezone().strftime("%Y-%m-%d %H:%M"),
            _value(point),
            _interval(point.ci_low, point.ci_high).strip(" ()"),
        )
    console.print(table)
    console.print(Text(trend.persistence.explanation))
    console.print(Text(trend.course.explanation))


def show_comparison(comparison: Comparison) -> None:
    """Show two recordings side by side."""
    console = Console()
    console.print(Text(f"earlier  {comparison.earlier_answer}"))
    console.print(Text(f"later    {comparison.later_answer}"))
    if not comparison.places:
        console.print("Neither recording shows a tremor anywhere on the face.")
        return
    table = _table(
        "where", "earlier, mm", "later, mm", "ratio", "95 % interval", "change",
        numbers=("earlier, mm", "later, mm", "ratio"),
    )  # fmt: skip
    for place in comparison.places:
        change = place.change
        table.add_row(
            place.label,
            _value(place.earlier),
            _value(place.later),
            _number(change.ratio, 2),
            _bounds(change),
            CHANGE[change.status],
        )
    console.print(table)


def _table(*names: str, numbers: tuple[str, ...]) -> Table:
    table = Table(box=None, header_style="dim")
    for name in names:
        table.add_column(
            name,
            justify="right" if name in numbers else "left",
            no_wrap=name not in ("answer", "where"),
        )
    return table


def _answer(entry: Entry) -> str:
    if entry.result is not None:
        return entry.result.answer
    if entry.recording.state == "receiving":
        return "cut off; the page can measure what was recorded"
    if entry.job is None:
        return "not analysed"
    return entry.job.error or STATUS[entry.job.status]


def _amplitude(result: Result | None) -> str:
    if result is None or result.detected is None:
        return "–"
    if result.detected:
        return _number(result.amplitude_p2p_mm, 2)
    return f"< {_number(result.detection_limit_mm, 2)}"


def _value(point: Point | None) -> str:
    if point is None or not point.assessable:
        return "–"
    return _number(point.value, 2) if point.value is not None else f"< {_number(point.limit, 2)}"


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f" ({_number(low, 2)} to {_number(high, 2)})"


def _bounds(change: Change) -> str:
    if change.ratio is None and change.ci_low is not None:
        return f"more than {_number(change.ci_low, 2)}"
    if change.ratio is None and change.ci_high is not None:
        return f"less than {_number(change.ci_high, 2)}"
    return _interval(change.ci_low, change.ci_high).strip(" ()")


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def _date(text: str) -> str:
    return parse_time(text).astimezone().strftime("%Y-%m-%d %H:%M")
