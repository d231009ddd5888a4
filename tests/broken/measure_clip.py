"""What a worker does with a clip of the catalogue: measure it, and draw nothing."""

from tremorcam.apps.batch import describe
from tremorcam.apps.tasks import failure
from tremorcam.data import TremorcamError


def measure(task, progress):
    from tremorcam.pipeline import analyze

    try:
        return describe(analyze(task.video, progress=progress), task)
    except TremorcamError as error:
        return failure(task.video, str(error))
