"""What a command takes: time, processor time and memory of it and all its children."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Cost:
    wall_s: float
    cpu_s: float
    peak_mb: float


def run(command: list[str], *, one_core: bool = False) -> Cost:
    """Run a command to its end; an error of it is one of the benchmark."""
    if one_core:
        command = ["taskset", "-c", "0", *command]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    start_s = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = _Peak(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.monotonic() - start_s
    peak_mb = peak.stop() / 1e6
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, peak_mb)


def python(*arguments: object) -> list[str]:
    return [sys.executable, *map(str, arguments)]


def tremorcam(*arguments: object) -> list[str]:
    return python("-m", "tremorcam", *arguments)


def in_turn(*commands: list[str], times: int, one_core: bool = False) -> list[list[Cost]]:
    """Run commands one after the other, again and again: what else the machine does hits all."""
    costs: list[list[Cost]] = [[] for _ in commands]
    for _ in range(times):
        for command, of_command in zip(commands, costs, strict=True):
            of_command.append(run(command, one_core=one_core))
    return costs


def ratio(costs: list[Cost], others: list[Cost], quantity: str = "wall_s") -> float:
    """Median over the turns of how much of the others' cost it is."""
    return statistics.median(
        getattr(a, quantity) / getattr(b, quantity) for a, b in zip(costs, others, strict=True)
    )


def median(costs: list[Cost], quantity: str) -> float:
    return statistics.median(getattr(cost, quantity) for cost in costs)


class _Peak:
    """Most memory that a process and its children held at once, looked at 20 times a second."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak_bytes, self._done = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> int:
        self._done.set()
        self._thread.join()
        return self._peak_bytes

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            try:
                parent = psutil.Process(self._pid)
                family = [parent, *parent.children(recursive=True)]
                held = sum(each.memory_info().rss for each in family)
            except psutil.Error:
                continue
            self._peak_bytes = max(self._peak_bytes, held)
