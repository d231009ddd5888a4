"""Worker processes that measure videos; one that dies or hangs costs only its video."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from tremorcam.apps.isolation import (
    END_S,
    POLL_S,
    Limits,
    Watch,
    leave_out_dask,
    limit_own_memory,
    share_one_heap,
    why_it_died,
    without_interrupts,
)
from tremorcam.apps.logs import log_of, logging_to
from tremorcam.apps.native_output import silence_native_output
from tremorcam.apps.storage import is_remote
from tremorcam.apps.tasks import Outcome, Task, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from tremorcam.apps.tasks import Measure, OnProgress

# "spawn" everywhere: forking a process whose libraries run threads can hang.
_PROCESSES = multiprocessing.get_context("spawn")


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    task: Task | None = None
    watch: Watch | None = None


def measure_side_by_side(
    tasks: Sequence[Task],
    on_progress: OnProgress,
    *,
    workers: int,
    measure: Measure,
    limits: Callable[[Path], Limits] = Limits.for_video,
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
    limits : callable
        What a video may take.
    """
    waiting = deque(tasks)
    pool = [_Worker(*_start(measure)) for _ in range(min(workers, len(tasks)))]
    try:
        for worker in pool:
            _hand_out(worker, waiting, limits)
        while any(worker.task for worker in pool):
            for worker, outcome in _outcomes(pool, on_progress):
                yield outcome
                if waiting and not worker.process.is_alive():
                    worker.process, worker.connection = _start(measure)
                _hand_out(worker, waiting, limits)
    finally:
        for worker in pool:
            _end(worker)


def _start(measure: Measure) -> tuple[BaseProcess, Connection]:
    ours, theirs = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=_work, args=(theirs, measure), daemon=True)
    with without_interrupts():
        process.start()
    theirs.close()
    return process, ours


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.connection.close()


def _work(connection: Connection, measure: Measure) -> None:
    """Life of a worker: measure what is handed out until nothing more comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    share_one_heap()
    leave_out_dask()
    silence_native_output()
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            task, memory_bytes = connection.recv()
            limit_own_memory(memory_bytes)
            with _logged(task):
                outcome = measure(task, connection.send)
            connection.send(outcome)


@contextlib.contextmanager
def _logged(task: Task) -> Iterator[None]:
    """Keep what is said meanwhile beside the results, where that can be written."""
    with contextlib.ExitStack() as stack:
        if not is_remote(task.folder):
            path = log_of(task.folder)
            with contextlib.suppress(OSError):  # saving the results will say what is wrong
                path.parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(logging_to(path))
        yield


def _hand_out(worker: _Worker, waiting: deque[Task], limits: Callable[[Path], Limits]) -> None:
    worker.task = waiting.popleft() if waiting else None
    if worker.task is not None:
        allowed = limits(worker.task.video)
        worker.watch = Watch(worker.process, allowed)
        with contextlib.suppress(OSError):  # a worker already dead is noticed when heard
            worker.connection.send((worker.task, allowed.memory_bytes))


def _outcomes(pool: list[_Worker], on_progress: OnProgress) -> Iterator[tuple[_Worker, Outcome]]:
    """Listen for a moment, then see to it that every worker keeps to its limits."""
    busy = {worker.connection: worker for worker in pool if worker.task}
    for connection in wait(list(busy), POLL_S):
        worker = busy[connection]  # type: ignore[index]
        outcome = _hear(worker, on_progress)
        if outcome is not None:
            yield worker, outcome
    for worker in pool:
        fault = worker.watch.fault() if worker.task and worker.watch else None
        if worker.task and fault is not None:
            _end(worker)
            yield worker, failure(worker.task.video, f"{worker.task.video.name}: {fault}")


def _hear(worker: _Worker, on_progress: OnProgress) -> Outcome | None:
    if worker.task is None or worker.watch is None:
        return None
    video = worker.task.video
    try:
        said: Any = worker.connection.recv()
    except (EOFError, OSError):
        worker.process.join(END_S)
        _end(worker)
        return failure(video, f"{video.name}: {why_it_died(worker.process.exitcode)}")
    worker.watch.heard()
    if isinstance(said, Outcome):
        return said
    on_progress(video, said)
    return None
