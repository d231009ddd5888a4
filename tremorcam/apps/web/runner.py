"""Works through the queue: each analysis in a process of its own, watched from here."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from tremorcam.apps.isolation import END_S, POLL_S, Limits, Watch, why_it_died
from tremorcam.apps.web.worker import run_job

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from tremorcam.apps.web.settings import WebSettings
    from tremorcam.store.history import History
    from tremorcam.store.jobs import Job

# "spawn" everywhere: forking a process whose libraries run threads can hang.
_PROCESSES = multiprocessing.get_context("spawn")

log = logging.getLogger(__name__)


@dataclass
class _Work:
    job: Job
    process: BaseProcess
    connection: Connection
    watch: Watch


class Runner:
    """Runs queued jobs until it is closed; jobs still running then are queued again.

    Parameters
    ----------
    history : History
    settings : WebSettings
    """

    def __init__(self, history: History, settings: WebSettings) -> None:
        self._history = history
        self._settings = settings
        self._running: dict[int, _Work] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)

    def start(self) -> None:
        """Take up what was left over, and begin."""
        self._history.jobs.requeue_interrupted()
        self._thread.start()

    def close(self) -> None:
        """End all analyses; the next start resumes them."""
        self._closing = True
        self._wake.set()
        self._thread.join()
        for work in self._running.values():
            _end(work)
            self._history.jobs.put_back(work.job.id)
        self._running.clear()

    def wake(self) -> None:
        """Say that a job was queued."""
        self._wake.set()

    def cancel(self, job_id: int) -> None:
        """Cancel a job; when this returns nothing works on it any more."""
        self._history.jobs.cancel(job_id)
        with self._lock:
            work = self._running.pop(job_id, None)
        if work is not None:
            _end(work)
        self._wake.set()

    def _loop(self) -> None:
        while not self._closing:
            try:
                self._start_waiting()
                self._listen()
            except Exception:
                # Whatever one job does, the others are still to be run.
                log.exception("the job runner met an unexpected error and goes on")
                time.sleep(POLL_S)

    def _start_waiting(self) -> None:
        with self._lock:
            while len(self._running) < self._settings.workers and not self._closing:
                job = self._history.jobs.start_next()
                if job is None:
                    return
                self._running[job.id] = self._start(job)

    def _start(self, job: Job) -> _Work:
        limits = self._limits(job)
        ours, theirs = _PROCESSES.Pipe(duplex=False)
        process = _PROCESSES.Process(
            target=run_job,
            args=(
                self._settings.folder.root,
                job.recording_id,
                self._settings.analyzer,
                limits.memory_bytes,
                theirs,
            ),
            daemon=True,
        )
        process.start()
        theirs.close()
        return _Work(job, process, ours, Watch(process, limits))

    def _limits(self, job: Job) -> Limits:
        recording = self._history.recordings.get(job.recording_id)
        folder = self._settings.folder.recording(job.recording_id)
        video = folder if recording is None else self._history.recordings.video(recording)
        return Limits.for_video(video, silence_s=self._settings.stall_s)

    def _listen(self) -> None:
        with self._lock:
            works = {work.connection: work for work in self._running.values()}
        if not works:
            self._wake.wait(POLL_S)
            self._wake.clear()
            return
        try:
            ready = wait(list(works), POLL_S)
        except OSError:
            # A connection that was closed by a cancellation meanwhile.
            return
        for connection in ready:
            self._hear(works[connection])  # type: ignore[index]
        for work in works.values():
            if (fault := work.watch.fault()) is not None:
                self._settle(work, fault)

    def _hear(self, work: _Work) -> None:
        try:
            kind, *rest = work.connection.recv()
        except (EOFError, OSError):
            work.process.join(END_S)
            self._settle(work, why_it_died(work.process.exitcode))
            return
        work.watch.heard()
        if kind == "progress":
            self._history.jobs.report(work.job.id, progress=rest[0], stage=rest[1])
        elif kind == "done":
            self._settle(work, None)
        else:
            self._settle(work, str(rest[0]))

    def _settle(self, work: _Work, error: str | None) -> None:
        with self._lock:
            if self._running.pop(work.job.id, None) is None:
                return
        if error is None:
            self._history.jobs.finish(work.job.id)
        else:
            self._history.jobs.fail(work.job.id, error)
        # A worker that has said its last word still has to tidy up; one that failed may hang.
        if error is None:
            work.process.join(END_S)
        _end(work)


def _end(work: _Work) -> None:
    if work.process.is_alive():
        work.process.kill()
    work.process.join(END_S)
    with contextlib.suppress(OSError):
        work.connection.close()
