"""What `tremorcam analyze` shows on the terminal."""

from __future__ import annotations

import contextlib
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from tremorcam.apps.native_output import quiet_native_output
from tremorcam.apps.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tremorcam.apps.tasks import Outcome, RegionLine

LONGEST_NAME = 32
QUALITY_STYLE = {"ok": "green", "limited": "yellow", "unusable": "red"}


class ProgressBar:
    """One bar over all videos, each weighing as much as its file."""

    def __init__(self, bar: Progress, videos: Sequence[Path]) -> None:
        self._bar = bar
        self._weights = {video: _size_bytes(video) for video in videos}
        self._done = dict.fromkeys(videos, 0.0)
        self._task = bar.add_task(
            "starting", total=sum(self._weights.values()), count=self._count()
        )

    def update(self, video: Path, fraction: float) -> None:
        """Note that a fraction (0 to 1) of a video is done."""
        self._done[video] = fraction
        self._bar.update(
            self._task,
            description=_shortened(one_line(video.name)),
            completed=sum(self._weights[v] * done for v, done in self._done.items()),
            count=self._count(),
        )

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar off the terminal while something else is printed."""
        self._bar.stop()
        yield
        self._bar.start()

    def _count(self) -> str:
        if len(self._done) == 1:
            return ""
        return f"{sum(done >= 1 for done in self._done.values())} of {len(self._done)} videos"


@contextmanager
def progress_bar(console: Console, videos: Sequence[Path]) -> Iterator[ProgressBar]:
    """Show how far the work is and how long it will take; a log file gets no bar."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[count]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as bar:
        yield ProgressBar(bar, videos)


@contextmanager
def frames_bar(name: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show on standard error how many frames of one video are done.

    Gives a function to tell it, of the numbers done and of all. ``quiet`` silences native
    libraries meanwhile.
    """
    with contextlib.ExitStack() as stack:
        if quiet:
            stack.enter_context(quiet_native_output())
        console = Console(stderr=True)
        bar = stack.enter_context(
            Progress(console=console, disable=not console.is_terminal, transient=True)
        )
        task = bar.add_task(_shortened(one_line(name)), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show_outcome(console: Console, outcome: Outcome) -> None:
    """Print what was found in one video, or the one line why nothing was."""
    if outcome.error is not None:
        console.print(Text(f"error: {one_line(outcome.error)}"), style="red", soft_wrap=True)
        return
    quality = str(outcome.row["quality"])
    console.print(
        Text.assemble(
            (one_line(outcome.video.name), "bold"),
            "  quality ",
            (quality, QUALITY_STYLE.get(quality, "")),
        )
    )
    console.print(Text(str(outcome.row["answer"] or "")))
    console.print(_table(outcome.lines))
    for reason in outcome.reasons:
        console.print(Text(f"  · {reason}"), style="dim")
    console.print(Text(f"→ {outcome.folder}\n"), style="dim", soft_wrap=True)


def show_log(console: Console, log: Path | None) -> None:
    """Print what a job said while it ran, if it kept a log."""
    if log is None or not log.is_file():
        return
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        console.print(Text(one_line(line)), style="dim", soft_wrap=True)


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _table(lines: Sequence[RegionLine]) -> Table:
    table = Table(box=None, pad_edge=True, header_style="dim")
    table.add_column("region")
    table.add_column("side")
    table.add_column("Hz", justify="right")
    table.add_column("mm peak to peak", justify="right")
    table.add_column("floor, mm", justify="right")
    for line in lines:
        detected = not math.isnan(line.amplitude_p2p_mm)
        table.add_row(
            line.region.replace("_", " "),
            line.side,
            _number(line.frequency_hz, 1),
            _number(line.amplitude_p2p_mm, 2) if detected else _nothing(line),
            _number(line.floor_mm, 3),
            style="" if detected else "dim",
        )
    return table


def _nothing(line: RegionLine) -> str:
    """Why there is no amplitude: without a floor nobody could have told."""
    return "not assessed" if math.isnan(line.floor_mm) else "not detected"


def _number(value: float, decimals: int) -> str:
    return "–" if math.isnan(value) else f"{value:.{decimals}f}"


def _size_bytes(video: Path) -> int:
    try:
        return max(1, video.stat().st_size)
    except OSError:
        return 1
