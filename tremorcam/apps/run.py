"""One run of ``tremorcam analyze`` over any number of videos."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
import tempfile
import time
from typing import TYPE_CHECKING, Any

from rich.console import Console

from tremorcam import publish
from tremorcam.apps.batch import OVERLAY_FILE, describe, measure_in_turn, measure_video
from tremorcam.apps.console import progress_bar, show_outcome
from tremorcam.apps.native_output import quiet_native_output
from tremorcam.apps.outputs import (
    SUMMARY_FILE,
    ResultFolders,
    find_videos,
    is_result_of,
    was_interrupted,
)
from tremorcam.apps.tasks import Outcome, Settings, Task
from tremorcam.apps.workers import measure_side_by_side
from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

SUMMARY_EVERY_S = 5.0
LITTLE_SPACE_BYTES = 100_000_000
"""The results of ten minutes of video take half of it."""


class Run:
    """Measures videos, saves each one's results as they come, and sums them up.

    Parameters
    ----------
    paths : iterable of path
        Videos and folders of videos.
    out : path
        Folder for the results; made where it does not exist.
    settings : Settings
    resume : bool
        Take over results that are there already.

    Raises
    ------
    TremorcamError
        If a folder holds no video or ``out`` cannot be written to.
    """

    def __init__(
        self, paths: Iterable[Path], out: Path, *, settings: Settings, resume: bool = False
    ) -> None:
        self._videos = find_videos(paths)
        _require_writable(out)
        self._out = out
        self._settings = settings
        self._resume = resume
        self._outcomes: dict[Path, Outcome] = {}
        self._summary_written_s = -math.inf

    @property
    def n_videos(self) -> int:
        """How many videos there are to measure."""
        return len(self._videos)

    @property
    def n_measured(self) -> int:
        """How many have been measured so far."""
        return len(self._outcomes) - self.n_failed

    @property
    def n_failed(self) -> int:
        """How many could not be measured so far."""
        return sum(outcome.error is not None for outcome in self._outcomes.values())

    def measure(self, *, workers: int, show_results: bool) -> None:
        """Measure everything; errors go to standard error, results to standard output."""
        with contextlib.ExitStack() as stack:
            if not self._settings.debug:
                stack.enter_context(quiet_native_output())
            messages, results = Console(stderr=True), Console()
            bar = stack.enter_context(progress_bar(messages, self._videos))
            stack.callback(self._write_summary)
            for outcome in self._work(workers, bar.update):
                self._outcomes[outcome.video] = outcome
                bar.update(outcome.video, 1.0)
                if time.monotonic() - self._summary_written_s > SUMMARY_EVERY_S:
                    self._write_summary()
                with bar.paused():
                    if outcome.error is not None or show_results:
                        show_outcome(results if outcome.error is None else messages, outcome)

    def _work(self, workers: int, on_progress: Callable[[Path, float], None]) -> Iterator[Outcome]:
        folders = ResultFolders(self._out)
        tasks = []
        for video in self._videos:
            task = Task(video, folders.assign(video), self._settings)
            done = _take_over(task) if self._resume else None
            if done is None:
                tasks.append(task)
            else:
                yield done
        if self._settings.debug:
            # Where a debugger and a traceback get at it.
            yield from measure_in_turn(tasks, on_progress)
        else:
            yield from measure_side_by_side(
                tasks, on_progress, workers=workers, measure=measure_video
            )

    def _write_summary(self) -> None:
        publish.write_summary(
            (outcome.row for outcome in self._in_order()), self._out / SUMMARY_FILE
        )
        self._summary_written_s = time.monotonic()

    def _in_order(self) -> list[Outcome]:
        """Outcomes in the order of the videos, whichever was done first."""
        return [self._outcomes[video] for video in self._videos if video in self._outcomes]

    def as_json(self) -> str:
        """Rows of the summary, each with the ``folder`` of its results, as a JSON list."""
        rows = [
            {"folder": None if outcome.folder is None else str(outcome.folder)}
            | {name: _json_value(value) for name, value in outcome.row.items()}
            for outcome in self._in_order()
        ]
        return json.dumps(rows, ensure_ascii=False, indent=2, allow_nan=False)


def _take_over(task: Task) -> Outcome | None:
    """Outcome of an earlier run, if that video was measured with the same settings."""
    if was_interrupted(task.folder) or not is_result_of(task.folder, task.video):
        return None
    if task.settings.overlay and not (task.folder / OVERLAY_FILE).exists():
        return None
    try:
        analysis = publish.load_analysis(task.folder)
    except TremorcamError:
        return None
    return describe(analysis, task) if task.settings.made(analysis) else None


def _json_value(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _require_writable(folder: Path) -> None:
    """Find out before any work is done whether results can be saved."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TremorcamError(
            f"results cannot be written to '{folder}': {error.strerror or error}; "
            "choose another folder with -o"
        ) from error
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < LITTLE_SPACE_BYTES:
        raise TremorcamError(
            f"only {free_bytes / 1e6:.0f} MB are free where '{folder}' is, and results need up to "
            f"{LITTLE_SPACE_BYTES / 1e6:.0f} MB; free some space or choose another folder with -o"
        )
