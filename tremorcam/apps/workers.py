"""Worker processes that measure videos side by side; one that dies costs only its video."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from tremorcam.apps.native_output import silence_native_output
from tremorcam.apps.tasks import Outcome, Task, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from tremorcam.apps.tasks import Measure

# "spawn" everywhere: forking a process whose libraries run threads can hang.
_PROCESSES = multiprocessing.get_context("spawn")


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    task: Task | None = None


def measure_side_by_side(
    tasks: Sequence[Task],
    on_progress: Callable[[Path, float], None],
    *,
    workers: int,
    measure: Measure,
    quiet: bool = True,
) -> Iterator[Outcome]:
    """Measure videos in worker processes, giving each outcome as it comes.

    Parameters
    ----------
    tasks : sequence of Task
    on_progress : callable
        Told the video and the fraction of it that is done, 0 to 1.
    workers : int
        How many processes, at most one a task.
    measure : callable
        What a worker does with a task; importable from a module.
    quiet : bool
        Silence what the workers' native libraries print.
    """
    waiting = deque(tasks)
    pool = [_Worker(*_start(measure, quiet)) for _ in range(min(workers, len(tasks)))]
    try:
        for worker in pool:
            _hand_out(worker, waiting)
        while any(worker.task for worker in pool):
            for worker in _ready(pool):
                outcome = _hear(worker, on_progress)
                if outcome is not None:
                    yield outcome
                    if waiting and not worker.process.is_alive():
                        worker.process, worker.connection = _start(measure, quiet)
                    _hand_out(worker, waiting)
    finally:
        for worker in pool:
            worker.process.terminate()
            worker.process.join()
            worker.connection.close()


def _start(measure: Measure, quiet: bool) -> tuple[BaseProcess, Connection]:
    ours, theirs = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=_work, args=(theirs, measure, quiet), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _work(connection: Connection, measure: Measure, quiet: bool) -> None:
    """Life of a worker: measure what is handed out until nothing more comes."""
    # Ctrl-C reaches the whole group; the parent alone decides, and ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if quiet:
        silence_native_output()
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            task = connection.recv()
            connection.send(measure(task, connection.send))


def _hand_out(worker: _Worker, waiting: deque[Task]) -> None:
    worker.task = waiting.popleft() if waiting else None
    if worker.task is not None:
        with contextlib.suppress(OSError):  # a worker already dead is noticed when heard
            worker.connection.send(worker.task)


def _ready(pool: list[_Worker]) -> list[_Worker]:
    """Wait until a busy worker has something to say; a dead one's connection is at its end."""
    busy = {worker.connection: worker for worker in pool if worker.task}
    return [busy[connection] for connection in wait(list(busy)) if connection in busy]


def _hear(worker: _Worker, on_progress: Callable[[Path, float], None]) -> Outcome | None:
    if worker.task is None:
        return None
    video = worker.task.video
    try:
        said: Any = worker.connection.recv()
    except (EOFError, OSError):
        worker.process.join()
        code = worker.process.exitcode
        return failure(
            video,
            f"{video.name}: its worker process died (exit code {code}); it may be damaged or "
            "too large; convert it to MP4 (H.264, 720p) and try again",
        )
    if isinstance(said, Outcome):
        return said
    on_progress(video, said)
    return None
