"""One run of ``tremorcam analyze`` over any number of videos."""

from __future__ import annotations

import contextlib
import json
import math
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.console import Console

from tremorcam import publish
from tremorcam.apps.batch import OVERLAY_FILE, describe, measure_in_turn, measure_video
from tremorcam.apps.cluster import measure_on_cluster
from tremorcam.apps.cohort_table import CohortTable
from tremorcam.apps.console import progress_bar, show_log, show_outcome
from tremorcam.apps.logs import log_of
from tremorcam.apps.native_output import quiet_native_output
from tremorcam.apps.outputs import ResultFolders, find_videos, is_result_of, was_interrupted
from tremorcam.apps.storage import require_writable
from tremorcam.apps.tasks import Outcome, Settings, Task, failure
from tremorcam.apps.wording import as_text, is_text
from tremorcam.apps.workers import measure_side_by_side
from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tremorcam.apps.tasks import OnProgress, Runner


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
        require_writable(out)
        self._out = out
        self._settings = settings
        self._resume = resume
        self._outcomes: dict[Path, Outcome] = {}
        self._logs: dict[Path, Path] = {}

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

    def measure(self, runner: Runner, *, show_results: bool, show_logs: bool = False) -> None:
        """Measure everything; errors go to standard error, results to standard output."""
        table = CohortTable(self._out)
        with contextlib.ExitStack() as stack:
            if not self._settings.debug:
                stack.enter_context(quiet_native_output())
            messages, results = Console(stderr=True), Console()
            bar = stack.enter_context(progress_bar(messages, self._videos))
            stack.callback(lambda: table.finish(outcome.row for outcome in self._in_order()))
            for outcome in self._work(runner, bar.update):
                self._outcomes[outcome.video] = outcome
                table.add(outcome.row)
                bar.update(outcome.video, 1.0)
                with bar.paused():
                    if show_logs:
                        show_log(messages, self._logs.get(outcome.video))
                    if outcome.error is not None or show_results:
                        show_outcome(results if outcome.error is None else messages, outcome)

    def _work(self, runner: Runner, on_progress: OnProgress) -> Iterator[Outcome]:
        folders = ResultFolders(self._out)
        tasks = []
        for video in self._videos:
            if not is_text(video.name):
                yield failure(video, f"{video.name}: its name is no text (UTF-8); rename it")
                continue
            task = Task(video, folders.assign(video), self._settings)
            self._logs[video] = log_of(task.folder)
            done = _take_over(task) if self._resume else None
            if done is None:
                tasks.append(task)
            else:
                yield done
        if tasks:
            yield from runner(tasks, on_progress)

    def _in_order(self) -> list[Outcome]:
        """Outcomes in the order of the videos, whichever was done first."""
        return [self._outcomes[video] for video in self._videos if video in self._outcomes]

    def as_json(self) -> str:
        """Rows of the summary, each with the ``folder`` of its results, as a JSON list."""
        rows = [
            {"folder": None if outcome.folder is None else as_text(str(outcome.folder))}
            | {name: _json_value(value) for name, value in outcome.row.items()}
            for outcome in self._in_order()
        ]
        return json.dumps(rows, ensure_ascii=False, indent=2, allow_nan=False)


def choose_runner(*, workers: int, scheduler: str | None, debug: bool) -> Runner:
    """Say where videos are measured: on a cluster, here side by side, or in this process."""
    if scheduler:
        return partial(measure_on_cluster, scheduler=scheduler, measure=measure_video)
    if debug:  # where a debugger and a traceback get at it
        return measure_in_turn
    return partial(measure_side_by_side, workers=workers, measure=measure_video)


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
