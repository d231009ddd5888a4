"""Measuring videos: one after the other, or several at once in worker processes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

from tremorcam.data import TremorcamError
from tremorcam.publish import failed_row, save_analysis, summary_row
from tremorcam.publish.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tremorcam.data import Analysis

    Progress = Callable[[float], None]


@dataclass(frozen=True)
class Settings:
    """How to measure every video of a run.

    ``hold_s`` is the hold's start and end, ``None`` to find it; ``context`` what the person
    told; ``mirrored`` whether left and right are swapped in the picture. With ``debug`` the
    unexpected is raised instead of being noted as the video's error.
    """

    iris_mm: float
    hold_s: tuple[float, float] | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    mirrored: bool = False
    debug: bool = False

    def made(self, analysis: Analysis) -> bool:
        """Whether an analysis was made with these settings, by this version."""
        parameters = analysis.provenance.get("parameters", {})
        versions = analysis.provenance.get("versions", {})
        return (
            parameters.get("iris_mm") == self.iris_mm
            and parameters.get("hold_s") == (list(self.hold_s) if self.hold_s else None)
            and parameters.get("mirrored", False) == self.mirrored
            and dict(analysis.context) == dict(self.context)
            and versions.get("tremorcam") == metadata.version("tremorcam")
        )


@dataclass(frozen=True)
class Task:
    """One video to measure, and the folder its results go to."""

    video: Path
    folder: Path
    settings: Settings


@dataclass(frozen=True)
class RegionLine:
    """What was found at one region, for the table on the terminal; NaN where nothing was."""

    region: str
    side: str
    frequency_hz: float
    amplitude_p2p_mm: float
    floor_mm: float


@dataclass(frozen=True)
class Outcome:
    """What became of one task.

    ``error`` says why the video could not be measured, ``None`` where it was. ``folder`` is
    ``None`` where nothing was saved.
    """

    video: Path
    folder: Path | None
    row: Mapping[str, Any]
    error: str | None = None
    lines: tuple[RegionLine, ...] = ()
    reasons: tuple[str, ...] = ()


def measure_video(task: Task, progress: Progress) -> Outcome:
    """Measure one video and save its results.

    What the user can mend ends in the outcome's ``error``; so does everything else that goes
    wrong with this one video, so that the others are still measured.
    """
    # Trackers load slowly, and a parent of worker processes never needs them.
    from tremorcam import pipeline

    settings = task.settings
    try:
        analysis = pipeline.analyze(
            task.video,
            iris_mm=settings.iris_mm,
            hold=settings.hold_s,
            context=settings.context,
            mirrored=settings.mirrored,
            progress=progress,
        )
        save_analysis(analysis, task.folder)
        return describe(analysis, task)
    except TremorcamError as error:
        return failure(task.video, str(error))
    except MemoryError:
        return failure(
            task.video, f"{task.video.name}: there is not enough memory; scale it down to 720p"
        )
    except Exception as error:
        if settings.debug:
            raise
        return failure(
            task.video,
            f"{task.video.name}: unexpected {type(error).__name__}: {error}; this is a fault of "
            "Tremorcam: run 'tremorcam --debug analyze ...' and report what it shows",
        )


def failure(video: Path, error: str) -> Outcome:
    """Outcome of a video that could not be measured."""
    return Outcome(video, None, failed_row(video.name, error), error)


def describe(analysis: Analysis, task: Task) -> Outcome:
    """Condense an analysis that is saved in the task's folder."""
    unusable = [r.message for r in analysis.quality.reasons if r.severity == "unusable"]
    error = None
    if analysis.quality.status == "unusable":
        error = f"{task.video.name} could not be measured: " + (
            " ".join(unusable) or "its quality is too poor"
        )
    return Outcome(
        video=task.video,
        folder=task.folder,
        row=summary_row(analysis),
        error=error,
        lines=_region_lines(analysis),
        reasons=tuple(reason.message for reason in analysis.quality.reasons),
    )


def _region_lines(analysis: Analysis) -> tuple[RegionLine, ...]:
    """Both mouth corners, and the region of the strongest tremor where that is another."""
    places = [("mouth_corner", "left"), ("mouth_corner", "right")]
    answer = Answer(analysis)
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


def measure_in_turn(
    tasks: Sequence[Task], on_progress: Callable[[Path, float], None]
) -> Iterator[Outcome]:
    """Measure videos one after the other in this process, giving each outcome as it comes."""
    for task in tasks:
        yield measure_video(task, lambda fraction, video=task.video: on_progress(video, fraction))
