import dataclasses
import itertools
import multiprocessing
import platform
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from stub_worker import measure, take_memory

from tremorcam.apps.isolation import Limits, Watch
from tremorcam.apps.tasks import Settings, Task
from tremorcam.apps.workers import measure_side_by_side


def make_tasks(folder, *names):
    settings = Settings(iris_mm=11.71)
    return [Task(folder / f"{name}.mp4", folder / "out" / name, settings) for name in names]


def test_every_task_has_its_outcome_and_a_dead_worker_costs_only_its_video(tmp_path):
    tasks = make_tasks(tmp_path, "a", "b-crash", "c-bad", "d", "e-crash", "f")
    heard = []
    outcomes = list(
        measure_side_by_side(
            tasks,
            lambda video, fraction: heard.append((video.stem, fraction)),
            workers=2,
            measure=measure,
        )
    )
    errors = {outcome.video.stem: outcome.error for outcome in outcomes}
    assert sorted(errors) == sorted(task.video.stem for task in tasks)
    assert len(outcomes) == len(tasks)
    assert errors["a"] is errors["d"] is errors["f"] is None
    assert errors["c-bad"] == "no video"
    for name in ("b-crash", "e-crash"):
        assert "the analysis ended with code 11; the video may be damaged" in errors[name]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "d", "f", "logs"]
    assert [fraction for name, fraction in heard if name == "a"] == [0.25, 0.5, 1.0]


def test_workers_end_when_nobody_listens_any_more(tmp_path):
    outcomes = measure_side_by_side(
        make_tasks(tmp_path, "a", "b", "c"), lambda *_: None, workers=2, measure=measure
    )
    next(outcomes)
    processes = [worker.process for worker in outcomes.gi_frame.f_locals["pool"]]
    outcomes.close()
    assert len(processes) == 2
    assert not any(process.is_alive() for process in processes)


def error_of(tmp_path, name, **limits):
    """What is said of a video that is followed by one without a fault."""
    outcomes = measure_side_by_side(
        make_tasks(tmp_path, name, "after"),
        lambda *_: None,
        workers=1,
        measure=measure,
        limits=lambda video: dataclasses.replace(
            Limits.for_video(video), **(limits if video.stem == name else {})
        ),
    )
    errors = {outcome.video.stem: outcome.error for outcome in outcomes}
    assert errors["after"] is None
    assert "\n" not in errors[name]
    assert "720p" in errors[name]
    return errors[name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no signals")
def test_a_native_crash_is_named(tmp_path):
    assert "v-abort.mp4: the analysis was ended by SIGABRT" in error_of(tmp_path, "v-abort")


@pytest.mark.parametrize("name", ["v-hang", "v-spin"])
def test_a_decoder_that_hangs_is_ended(tmp_path, name):
    assert f"{name}.mp4: nothing moved for 3 s" in error_of(tmp_path, name, silence_s=3.0)


def test_waiting_for_a_turn_on_a_busy_machine_is_no_hang(monkeypatch):
    now_s, computed_s = itertools.count(0.0, 2.0), itertools.count(0.0, 0.05)
    monkeypatch.setattr("tremorcam.apps.isolation.time.monotonic", lambda: next(now_s))
    process = SimpleNamespace(
        cpu_times=lambda: SimpleNamespace(user=next(computed_s), system=0.0),
        memory_info=lambda: SimpleNamespace(rss=1),
    )
    monkeypatch.setattr("tremorcam.apps.isolation.psutil.Process", lambda _pid: process)
    watch = Watch(SimpleNamespace(pid=1), Limits(memory_bytes=9, silence_s=60.0, total_s=1e9))
    faults = [watch.fault() for _ in range(1300)]
    # It has had a fortieth of a processor: 60 s of computing take 2400.
    first = next(number for number, fault in enumerate(faults) if fault)
    assert 2 * first == pytest.approx(2400, rel=0.02)


def test_pictures_without_end_are_ended(tmp_path):
    said = error_of(tmp_path, "v-endless", total_s=4.0)
    assert "v-endless.mp4: it was not done after 0 min" in said


def test_a_video_gets_no_more_memory_than_its_limit(tmp_path):
    said = error_of(tmp_path, "v-hungry", memory_bytes=400_000_000)
    # Where the system holds it to the limit the process fails by itself, else it is ended.
    assert "ended with code 1" in said or "it took more than 0.4 GB" in said


COUNT_HEAPS = """
import ctypes, sys, threading
from tremorcam.apps.isolation import share_one_heap
if sys.argv[1] == "shared":
    share_one_heap()
c, together = ctypes.CDLL(None), threading.Barrier(4)
c.fopen.restype = ctypes.c_void_p
c.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
c.fclose.argtypes = [ctypes.c_void_p]
def take():
    c.malloc(50_000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
file = c.fopen(sys.argv[2].encode(), b"w")
c.malloc_info(0, file)
c.fclose(file)
print(open(sys.argv[2]).read().count("<heap nr="))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that has many heaps")
def test_threads_share_one_heap(tmp_path):
    def heaps(how):
        command = [sys.executable, "-c", COUNT_HEAPS, how, str(tmp_path / "info.xml")]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert heaps("by itself") > 1
    assert heaps("shared") == 1


HOLD_SIGNALS = """
import sys, xarray
from tremorcam.apps.isolation import leave_out_dask
if sys.argv[1] == "without":
    leave_out_dask()
xarray.Dataset({"displacement_mm": ("frame", [0.0])})
print("dask.array" in sys.modules)
"""


def test_signals_are_held_without_dask():
    pytest.importorskip("dask")

    def loads_dask(how):
        command = [sys.executable, "-c", HOLD_SIGNALS, how]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert loads_dask("with") == "True"
    assert loads_dask("without") == "False"


def test_memory_is_watched_where_the_system_sets_no_limit():
    process = multiprocessing.get_context("spawn").Process(target=take_memory, daemon=True)
    process.start()
    watch = Watch(process, Limits(memory_bytes=400_000_000, silence_s=300, total_s=300))
    try:
        while (fault := watch.fault()) is None:
            time.sleep(0.1)
    finally:
        process.kill()
        process.join()
    assert fault.startswith("it took more than 0.4 GB of memory; scale it down to 720p")


def test_large_files_get_more_time(tmp_path):
    small, large = tmp_path / "small.mp4", tmp_path / "large.mp4"
    small.write_bytes(b"x")
    with large.open("wb") as file:
        file.truncate(1_000_000_000)
    assert Limits.for_video(small).silence_s == pytest.approx(180, abs=1)
    assert Limits.for_video(large).silence_s == pytest.approx(380, abs=1)
    assert Limits.for_video(large).total_s > Limits.for_video(small).total_s == pytest.approx(3600)
    assert Limits.for_video(tmp_path / "none.mp4").total_s == pytest.approx(3600)
