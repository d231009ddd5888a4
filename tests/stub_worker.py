"""What worker processes of the tests do with a task: nothing heavy, so that they start fast."""

import logging
import os
import time

from tremorcam.apps.tasks import Outcome, failure


def measure(task, progress):
    """Measure nothing: the file's name says what is to come of it."""
    for fraction in (0.25, 0.5, 1.0):
        progress(fraction)
    what = task.video.stem.partition("-")[2]
    if what == "talks":
        logging.getLogger("tests").info("measuring %s", task.video.stem)
        os.write(2, f"native words on {task.video.stem}\n".encode())
    if what == "crash":
        os._exit(11)
    if what == "abort":
        os.abort()
    if what == "hang":
        time.sleep(3600)
    if what == "spin":
        while True:
            pass
    if what == "endless":
        while True:
            progress(0.5)
            time.sleep(0.05)
    if what == "hungry":
        take_memory()
    if what == "bad":
        return failure(task.video, "no video")
    task.folder.mkdir(parents=True)
    return Outcome(task.video, task.folder, {"video": task.video.name})


def take_memory():
    """Take more and more, as a decoder would that was told of a giant picture."""
    taken = []
    while True:
        taken.append(b"x" * 10_000_000)
        time.sleep(0.01)
