"""What workers of a cluster do in tests with a task; the video's name says what comes of it."""

import os
import time

from tremorcam.apps.tasks import Outcome, failure


def measure(task, progress):
    what = task.video.stem.partition("-")[2]
    if what == "slow":
        # Whose test it is wants to know which process to kill in the middle.
        task.video.with_suffix(".pid").write_text(str(os.getpid()))
    for fraction in (0.25, 0.5, 1.0):
        progress(fraction)
        time.sleep(1.0 if what == "slow" else 0.0)
    if what == "bad":
        return failure(task.video, "no video")
    if what == "flaky":
        once = task.video.with_suffix(".tried")
        if not once.exists():
            once.touch()
            raise OSError("the storage did not answer")
    if what == "bug":
        raise ZeroDivisionError("division by zero")
    task.folder.mkdir(parents=True, exist_ok=True)
    return Outcome(task.video, task.folder, {"video": task.video.name})
