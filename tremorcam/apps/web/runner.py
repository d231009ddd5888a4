"""Works through the queue: each analysis in a process of its own, watched from here."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import sqlite3
import threading
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from tremorcam.apps.isolation import END_S, POLL_S, Limits, Watch, why_it_died
from tremorcam.apps.web.worker import run_job
from tremorcam.store.folder import is_disk_full

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from tremorcam.apps.web.settings import WebSettings
    from tremorcam.store.history import History
    from tremorcam.store.jobs import Job

# "spawn" everywhere: forking a process whose libraries run threads can hang.
_PROCESSES = multiprocessing.get_context("spawn")
PAUSE_S = 5.0

log = logging.getLogger(__name__)


@dataclass
class _Work:
    """A job under way; once ``ended``, ``error`` says why it failed, empty where it did not."""

    job: Job
    process: BaseProcess
    connection: Connection
    watch: Watch
    ended: bool = False
    error: str = ""

    def end(self, error: str) -> None:
        self.ended, self.error = True, error


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
        # What cannot be put back on a full disk counts as interrupted at the next start.
        with contextlib.suppress(sqlite3.Error):
            for work in self._running.values():
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
                self._settle()
            except Exception as error:
                # Whatever one job does, the others are still to be run.
                if is_disk_full(error):
                    log.warning("the disk is full; analyses wait until there is room")
                else:
                    log.exception("the job runner met an unexpected error and goes on")
                self._wake.wait(PAUSE_S)
                self._wake.clear()

    def _start_waiting(self) -> None:
        with self._lock:
            while len(self._running) < self._settings.workers and not self._closing:
                job = self._history.jobs.start_next()
                if job is None:
                    return
                try:
                    self._running[job.id] = self._start(job)
                except OSError:
                    # No process to be had now: the machine is out of memory or of processes.
                    self._history.jobs.put_back(job.id)
                    raise

    def _start(self, job: Job) -> _Work:
        # While it loads in another thread it puts a folder of its own on the module path, which
        # a process started meanwhile would inherit; here that thread is waited for.
        import cv2  # noqa: F401

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
            works = {w.connection: w for w in self._running.values() if not w.ended}
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
            if not work.ended and (fault := work.watch.fault()) is not None:
                work.end(fault)

    def _hear(self, work: _Work) -> None:
        try:
            kind, *rest = work.connection.recv()
        except (EOFError, OSError):
            work.process.join(END_S)
            work.end(why_it_died(work.process.exitcode))
            return
        work.watch.heard()
        if kind == "progress":
            self._history.jobs.report(work.job.id, progress=rest[0], stage=rest[1])
        else:
            work.end("" if kind == "done" else str(rest[0]))

    def _settle(self) -> None:
        """Note how jobs ended; one that cannot be noted now is noted in the next round."""
        with self._lock:
            ended = [work for work in self._running.values() if work.ended]
        for work in ended:
            if work.error:
                self._history.jobs.fail(work.job.id, work.error)
            else:
                self._history.jobs.finish(work.job.id)
                # It has said its last word, and still has to tidy up; one that failed may hang.
                work.process.join(END_S)
            with self._lock:
                self._running.pop(work.job.id, None)
            _end(work)


def _end(work: _Work) -> None:
    if work.process.is_alive():
        work.process.kill()
    work.process.join(END_S)
    with contextlib.suppress(OSError):
        work.connection.close()
