"""Measuring on the machines of a Dask cluster: the same task, run wherever there is room."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import uuid
from importlib.metadata import version
from typing import TYPE_CHECKING

from tremorcam.apps.storage import is_remote
from tremorcam.apps.tasks import failure
from tremorcam.apps.wording import unexpected
from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from distributed import Client, Future

    from tremorcam.apps.tasks import Measure, OnProgress, Outcome, Task

RETRIES = 2
PATIENCE_S = 30.0
ALL_GONE_S = 120.0
"""Workers of a cluster come and go; without any for this long nobody can be expected."""
LOOK_S = 2.0
POLL_S = 0.1


def measure_on_cluster(
    tasks: Sequence[Task],
    on_progress: OnProgress,
    *,
    scheduler: str,
    measure: Measure,
) -> Iterator[Outcome]:
    """Measure videos on a Dask cluster, giving each outcome as it comes.

    What fails unexpectedly is tried again, and the task of a worker that dies goes to another.

    Parameters
    ----------
    tasks : sequence of Task
        Paths are made absolute: they have to mean the same on every machine.
    on_progress : callable
        Told the video and the fraction of it that is done, 0 to 1.
    scheduler : str
        Address of the scheduler, such as ``tcp://192.168.1.5:8786``.
    measure : callable
        What a worker does with a task; importable from a module there.

    Raises
    ------
    TremorcamError
        If no scheduler answers, it has no workers or loses all of them, or theirs is another
        Tremorcam.
    """
    with _connected(scheduler) as client:
        topic = f"tremorcam-{uuid.uuid4()}"
        running: dict[Future, Task] = {}
        by_name = {str(task.video): task for task in tasks}

        def on_event(event: tuple[float, tuple[str, float]]) -> None:
            name, fraction = event[1]
            on_progress(by_name[name].video, fraction)

        client.subscribe_topic(topic, on_event)
        for task in tasks:
            future = client.submit(
                _measure_there, measure, _for_elsewhere(task), str(task.video), topic,
                key=f"{topic}/{task.folder.name}", retries=RETRIES, pure=False,
            )  # fmt: skip
            running[future] = task
        try:
            for future in _as_they_come(client, list(running)):
                task = running.pop(future)
                yield _outcome(future, task)
                future.release()
        finally:
            with contextlib.suppress(Exception):  # the scheduler may be gone
                client.cancel(list(running))


def _as_they_come(client: Client, futures: list[Future]) -> Iterator[Future]:
    """Give futures as they are done, unless nobody is left to work on them.

    Raises
    ------
    TremorcamError
        If there has been no worker for :data:`ALL_GONE_S`.
    """
    from distributed import as_completed

    finished = as_completed(futures, loop=client.loop)
    manned_s = looked_s = time.monotonic()
    for _ in futures:
        while not finished.has_ready():
            time.sleep(POLL_S)
            now_s = time.monotonic()
            if now_s - looked_s < LOOK_S:
                continue
            looked_s = now_s
            if client.nthreads():
                manned_s = now_s
            elif now_s - manned_s > ALL_GONE_S:
                raise TremorcamError(
                    f"all workers have been gone for {ALL_GONE_S:.0f} s; start one with 'dask "
                    f"worker {client.scheduler.address} --nthreads 1', and run the same command "
                    "again with --resume: what is done is kept"
                )
        yield next(finished)


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        from distributed import Client
    except ImportError as error:
        raise TremorcamError(
            "measuring on a cluster needs Dask: pip install 'tremorcam[cluster]'"
        ) from error
    try:
        client = Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise TremorcamError(
            f"no Dask scheduler answers at {address}; start one with 'dask scheduler' and "
            "give the address it prints"
        ) from error
    with client:
        _require_workers(client, address)
        yield client


def _require_workers(client: Client, address: str) -> None:
    """Find out before any work is done whether somebody is there to do it, and with what."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError as error:
        raise TremorcamError(
            f"no worker is connected to {address}; start one on each machine with "
            f"'dask worker {address} --nthreads 1'"
        ) from error
    ours = version("tremorcam")
    for worker, theirs in client.run(version, "tremorcam", on_error="return").items():
        if theirs != ours:
            found = "none" if isinstance(theirs, Exception) else theirs
            raise TremorcamError(
                f"the worker {worker} should have Tremorcam {ours} and has {found}; "
                "install the same version on every machine"
            )


def _for_elsewhere(task: Task) -> Task:
    video, folder = (
        path if is_remote(path) else path.absolute() for path in (task.video, task.folder)
    )
    # The unexpected is raised there, so that Dask tries again.
    settings = dataclasses.replace(task.settings, debug=True)
    return dataclasses.replace(task, video=video, folder=folder, settings=settings)


def _measure_there(measure: Measure, task: Task, name: str, topic: str) -> Outcome:
    """Measure in a worker, telling of every hundredth that is done."""
    from distributed import get_worker

    told = -1

    def tell(fraction: float) -> None:
        nonlocal told
        if (percent := int(100 * fraction)) > told:
            told = percent
            get_worker().log_event(topic, (name, fraction))

    return measure(task, tell)


def _outcome(future: Future, task: Task) -> Outcome:
    """Take up what a worker found, as if it had been measured here."""
    from distributed import KilledWorker

    try:
        found: Outcome = future.result()
    except KilledWorker:
        return failure(
            task.video,
            f"{task.video.name}: every worker that measured it died; it may be damaged or too "
            "large; convert it to MP4 (H.264, 720p) and try again",
        )
    except Exception as error:
        return failure(task.video, f"{task.video.name}: {unexpected(error)}")
    folder = None if found.folder is None else task.folder
    return dataclasses.replace(found, video=task.video, folder=folder)
