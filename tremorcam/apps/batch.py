"""Measuring one video after the other and saving what is found."""

from __future__ import annotations

import dataclasses
import logging
import math
from functools import partial
from typing import TYPE_CHECKING

from tremorcam import publish
from tremorcam.apps.outputs import may_write
from tremorcam.apps.storage import at_hand
from tremorcam.apps.tasks import Outcome, RegionLine, failure
from tremorcam.apps.wording import unexpected
from tremorcam.data import TremorcamError
from tremorcam.publish.answer import Answer
from tremorcam.publish.limits import describe_limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tremorcam.apps.tasks import OnProgress, Progress, Task
    from tremorcam.data import Analysis

log = logging.getLogger(__name__)

OVERLAY_FILE = "overlay.mp4"
MEASURING_SHARE = 0.6
"""Of the work, where an overlay is written, too."""


def measure_video(task: Task, progress: Progress) -> Outcome:
    """Measure one video and save its results.

    What the user can mend ends in the outcome's ``error``; so does everything else that goes
    wrong with this one video, so that the others are still measured.
    """
    try:
        with at_hand(task) as here:
            outcome = _measure(here, progress)
        return dataclasses.replace(outcome, video=task.video, folder=task.folder)
    except TremorcamError as error:
        log.error("refused: %s", error)
        return failure(task.video, str(error))
    except MemoryError:
        log.exception("no memory left")
        return failure(
            task.video, f"{task.video.name}: there is not enough memory; scale it down to 720p"
        )
    except Exception as error:
        if task.settings.debug:
            raise
        log.exception("unexpected")
        return failure(task.video, f"{task.video.name}: {unexpected(error)}")


def _measure(task: Task, progress: Progress) -> Outcome:
    # Trackers load slowly, and a parent of worker processes never needs them.
    from tremorcam import pipeline

    settings = task.settings
    share = MEASURING_SHARE if settings.overlay else 1.0
    analysis = pipeline.analyze(
        task.video,
        iris_mm=settings.iris_mm,
        hold=settings.hold_s,
        context=settings.context,
        mirrored=settings.mirrored,
        exposure_s=settings.exposure_s,
        jitter_s=settings.jitter_s,
        progress=lambda fraction: progress(share * fraction),
    )
    if not may_write(task.folder, task.video):
        raise TremorcamError(
            f"{task.video.name}: another run has meanwhile written results of another video to "
            f"'{task.folder}'; run it again"
        )
    publish.save_analysis(analysis, task.folder)
    outcome = describe(analysis, task)
    error = _write_overlay(
        analysis, task, lambda fraction: progress(share + (1 - share) * fraction)
    )
    return dataclasses.replace(outcome, error=error)


def _write_overlay(analysis: Analysis, task: Task, progress: Progress) -> str | None:
    """Write the overlay if it is wanted, and say what kept it from being written.

    The measures are saved by then, and stay.
    """
    path = task.folder / OVERLAY_FILE
    try:
        path.unlink(missing_ok=True)  # one of an earlier run shows other results
        if task.settings.overlay:
            publish.write_overlay(
                analysis, task.video, path, magnify=task.settings.magnify, progress=progress
            )
    except (TremorcamError, OSError) as error:
        return f"{task.video.name} was measured, but not shown: {error}"
    return None


def describe(analysis: Analysis, task: Task) -> Outcome:
    """Condense an analysis that is saved in the task's folder."""
    answer = Answer(analysis)
    return Outcome(
        video=task.video,
        folder=task.folder,
        row=publish.summary_row(analysis),
        lines=_region_lines(answer),
        reasons=tuple(reason.message for reason in describe_limits(answer).reasons),
    )


def _region_lines(answer: Answer) -> tuple[RegionLine, ...]:
    """Both mouth corners, and the region of the strongest tremor where that is another."""
    places = [("mouth_corner", "left"), ("mouth_corner", "right")]
    if answer.tremor and (answer.tremor.region, answer.tremor.side) not in places:
        places.append((answer.tremor.region, answer.tremor.side))
    lines = []
    for region, side in places:
        amplitude = answer.lookup("tremor_amplitude_p2p", region=region, side=side)
        frequency = answer.lookup("tremor_frequency", region=region, side=side)
        floor = answer.lookup("detection_limit", region=region, side=side)
        lines.append(
            RegionLine(
                region=region,
                side=side,
                frequency_hz=frequency.value if amplitude.detected else math.nan,
                amplitude_p2p_mm=amplitude.value if amplitude.detected else math.nan,
                floor_mm=floor.value,
            )
        )
    return tuple(lines)


def measure_in_turn(tasks: Sequence[Task], on_progress: OnProgress) -> Iterator[Outcome]:
    """Measure videos one after the other in this process, giving each outcome as it comes."""
    for task in tasks:
        yield measure_video(task, partial(on_progress, task.video))
