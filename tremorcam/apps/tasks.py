"""What there is to measure, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

from tremorcam.apps.wording import as_text
from tremorcam.publish.summary import failed_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tremorcam.data import Analysis

    Progress = Callable[[float], None]
    Measure = Callable[["Task", Progress], "Outcome"]
    OnProgress = Callable[[Path, float], None]
    Runner = Callable[[Sequence["Task"], OnProgress], Iterator["Outcome"]]


@dataclass(frozen=True)
class Settings:
    """How to measure every video of a run.

    ``hold_s`` is the hold's start and end, ``None`` to find it; ``context`` what the person
    told; ``mirrored`` whether left and right are swapped in the picture; ``exposure_s`` how
    long each frame was exposed and ``jitter_s`` how far its stated time is off, if that is
    known; ``overlay`` whether a video that shows the
    tremor ``magnify`` times as large is written, too. With ``debug`` the unexpected is raised
    instead of being noted as the video's error.
    """

    iris_mm: float
    hold_s: tuple[float, float] | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    mirrored: bool = False
    exposure_s: float | None = None
    jitter_s: float | None = None
    overlay: bool = False
    magnify: float = 10.0
    debug: bool = False

    def made(self, analysis: Analysis) -> bool:
        """Whether an analysis was made with these settings, by this version."""
        parameters = analysis.provenance.get("parameters", {})
        versions = analysis.provenance.get("versions", {})
        return (
            parameters.get("iris_mm") == self.iris_mm
            and parameters.get("hold_s") == (list(self.hold_s) if self.hold_s else None)
            and parameters.get("mirrored", False) == self.mirrored
            and parameters.get("exposure_s") == self.exposure_s
            and parameters.get("jitter_s") == self.jitter_s
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


def failure(video: Path, error: str) -> Outcome:
    """Outcome of a video that could not be measured."""
    return Outcome(video, None, failed_row(as_text(video.name), as_text(error)), error)
