"""A real scheduler and two real workers, one of which is killed while it works."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import stub_cluster_worker

from tremorcam.apps.cluster import measure_on_cluster
from tremorcam.apps.tasks import Settings, Task
from tremorcam.data import TremorcamError

pytest.importorskip("distributed")
ROOT = Path(__file__).parents[3]
NAMES = ("a", "b-bad", "c-slow", "d-slow", "e-flaky", "f-bug", "g")


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler and two workers; gives its address and the workers."""
    file = tmp_path / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    common = ["--scheduler-file", file, "--no-dashboard"]
    commands = [
        ["scheduler", "--host", "127.0.0.1", "--port", "0", *common],
        *[["worker", "--nthreads", "1", "--no-nanny", *common] for _ in range(2)],
    ]
    with contextlib.ExitStack() as stack:
        processes = []
        for command in commands:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *map(str, command)],
                env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            processes.append(stack.enter_context(process))
            stack.callback(process.kill)
        yield _address(file), processes[1:]


def _address(file):
    for _ in range(1200):
        with contextlib.suppress(OSError, ValueError, KeyError):
            return json.loads(file.read_text(encoding="utf-8"))["address"]
        time.sleep(0.1)
    raise TimeoutError("the scheduler did not start")


def test_nothing_is_lost_when_a_worker_is_killed(cluster, tmp_path):
    address, workers = cluster
    settings = Settings(iris_mm=11.71)
    tasks = [Task(tmp_path / f"{n}.mp4", tmp_path / "out" / n, settings) for n in NAMES]
    heard, killed = [], []

    def on_progress(video, fraction):
        heard.append((video.stem, fraction))
        if video.stem.endswith("slow") and fraction == 0.5 and not killed:
            killed.append(int(video.with_suffix(".pid").read_text()))
            os.kill(killed[0], signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    outcomes = list(
        measure_on_cluster(
            tasks, on_progress, scheduler=address, measure=stub_cluster_worker.measure
        )
    )
    assert killed[0] in [worker.pid for worker in workers]
    errors = {outcome.video.stem: outcome.error for outcome in outcomes}
    assert len(outcomes) == len(tasks)
    assert errors.pop("b-bad") == "no video"
    assert "unexpected ZeroDivisionError" in errors.pop("f-bug")
    assert errors == dict.fromkeys(["a", "c-slow", "d-slow", "e-flaky", "g"])
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(errors)
    assert {outcome.folder for outcome in outcomes if outcome.folder} == {
        task.folder for task in tasks if task.video.stem in errors
    }
    assert [fraction for stem, fraction in heard if stem == "g"] == [0.25, 0.5, 1.0]


def test_it_is_said_when_all_workers_are_gone(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("tremorcam.apps.cluster.ALL_GONE_S", 0.5)
    monkeypatch.setattr("tremorcam.apps.cluster.LOOK_S", 0.1)
    address, workers = cluster
    task = Task(tmp_path / "a-slow.mp4", tmp_path / "out" / "a", Settings(iris_mm=11.71))

    def on_progress(*_):
        for worker in workers:
            worker.kill()

    outcomes = measure_on_cluster(
        [task], on_progress, scheduler=address, measure=stub_cluster_worker.measure
    )
    with pytest.raises(TremorcamError, match=r"all workers have been gone .* with --resume"):
        list(outcomes)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr("tremorcam.apps.cluster.PATIENCE_S", 0.2)
    with pytest.raises(TremorcamError, match="no Dask scheduler answers"):
        list(measure_on_cluster([], print, scheduler="tcp://127.0.0.1:9", measure=print))
