"""What a process may take that opens files nobody vouches for, and why it was ended.

A damaged or hostile video can crash a decoder, keep it busy for ever or fill the memory. So
every video is decoded and measured in a process of its own, and its parent watches it from
outside: whatever happens there is one failed video with a reason.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.process import BaseProcess
    from pathlib import Path
    from typing import Self

GIB = 1024**3
MEMORY_BYTES = 6 * GIB
"""Three times what a 4K video takes; a hostile one gets no more, and the machine lives."""
MEMORY_SHARE = 0.75
"""Of a small machine's memory."""

SILENCE_S = 180.0
"""A worker tells of every picture; one that is silent for this long is stuck.

Counted is the time in which it computes, or does not compute at all: one that waits for its turn
on a busy machine is not stuck."""
COMPUTING_SHARE = 0.01
LOOK_S = 1.0
SILENCE_BYTES_PER_S = 5e6
"""A large file is read through, and its long signals are measured, without a word."""

TOTAL_S = 3600.0
TOTAL_BYTES_PER_S = 1e4
"""A few bytes can hold pictures without end; real video has more, and gets more time."""

MEND = "convert it to MP4 (H.264, 720p) and try again"
_M_ARENA_MAX = -8
"""As in glibc's malloc.h."""
POLL_S = 0.5
END_S = 5.0
"""A process that has closed its end of the pipe may take so long to end by itself."""


@dataclass(frozen=True)
class Limits:
    """What one video may take: memory, time without a sign of progress, time in all."""

    memory_bytes: int
    silence_s: float
    total_s: float

    @classmethod
    def for_video(cls, video: Path, *, silence_s: float = SILENCE_S) -> Self:
        """Give a large file more time than a small one."""
        try:
            size_bytes = video.stat().st_size
        except Exception:  # it is missing, or elsewhere: fsspec has errors of its own
            size_bytes = 0
        return cls(
            memory_bytes=min(MEMORY_BYTES, int(MEMORY_SHARE * psutil.virtual_memory().total)),
            silence_s=silence_s + size_bytes / SILENCE_BYTES_PER_S,
            total_s=TOTAL_S + size_bytes / TOTAL_BYTES_PER_S,
        )


class Watch:
    """Watches a process at work on one video, from outside.

    Parameters
    ----------
    process : multiprocessing.Process
        Started already.
    limits : Limits
    """

    def __init__(self, process: BaseProcess, limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._started_s = self._moved_s = self._looked_s = time.monotonic()
        self._computed_s = self._computed_when_heard_s = self._memory_bytes = 0.0

    def heard(self) -> None:
        """Note that it told of progress."""
        self._moved_s = time.monotonic()
        self._computed_when_heard_s = self._computed_s

    def fault(self) -> str | None:
        """Say which limit it has passed, and what to do; ``None`` if none."""
        now_s, limits = time.monotonic(), self._limits
        if now_s - self._looked_s >= LOOK_S:
            self._look(now_s)
        silent_s = self._computed_s - self._computed_when_heard_s
        if max(silent_s, now_s - self._moved_s) > limits.silence_s:
            return f"nothing moved for {limits.silence_s:.0f} s; the video may be damaged: {MEND}"
        if now_s - self._started_s > limits.total_s:
            return (
                f"it was not done after {limits.total_s / 60:.0f} min, more than a video of its "
                f"size should take: cut it to the smile, or {MEND}"
            )
        if self._memory_bytes > limits.memory_bytes:
            return (
                f"it took more than {limits.memory_bytes / GIB:.1f} GB of memory; "
                "scale it down to 720p and try again"
            )
        return None

    def _look(self, now_s: float) -> None:
        """Take note of what it has used, and of whether it computes."""
        try:
            process = psutil.Process(self._process.pid)
            times, memory = process.cpu_times(), process.memory_info()
        except psutil.Error:
            return  # it has ended
        computed_s = times.user + times.system
        if computed_s - self._computed_s > COMPUTING_SHARE * (now_s - self._looked_s):
            self._moved_s = now_s
        self._looked_s, self._computed_s = now_s, computed_s
        self._memory_bytes = memory.rss


def limit_own_memory(limit_bytes: int) -> None:
    """Let this process get no more memory than that, where the system can hold it to it.

    On Linux allocations beyond it fail; elsewhere the :class:`Watch` alone sees to it, which
    looks every second.
    """
    if sys.platform != "linux":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, hard))


def share_one_heap() -> None:
    """Let all threads of this process take memory from one heap; call it before there are any.

    glibc gives every thread a heap of its own, and what the threads that track leave free in
    theirs is of no use to what measures after them.
    """
    if sys.platform != "linux":
        return
    import ctypes

    with contextlib.suppress(AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def leave_out_dask() -> None:
    """Let no library of this process load Dask; call it before xarray is used.

    xarray does so wherever Dask is installed, to tell its arrays from others. Nothing here
    computes with them, and to load it takes 0.7 s of processor time.
    """
    # To import it then fails as if it were not installed.
    sys.modules.setdefault("dask", None)  # type: ignore[arg-type]


def why_it_died(exit_code: int | None) -> str:
    """Say how a process ended that should have said how it went, and what to do."""
    how = "ended without a word"
    if exit_code is not None and exit_code < 0:
        how = f"was ended by signal {-exit_code}"
        with contextlib.suppress(ValueError):
            how = f"was ended by {signal.Signals(-exit_code).name}"
    elif exit_code:
        how = f"ended with code {exit_code}"
    return f"the analysis {how}; the video may be damaged or too large: {MEND}"


@contextlib.contextmanager
def without_interrupts() -> Iterator[None]:
    """Let processes started meanwhile ignore Ctrl-C from their first moment on.

    It reaches the whole group; the parent alone decides, and ends its workers.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
