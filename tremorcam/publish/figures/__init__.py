"""Figures of an analysis, in one style that also reads without colour.

Each takes an :class:`~tremorcam.data.Analysis` and returns a
:class:`matplotlib.figure.Figure` that belongs to no window and may be drawn in any thread.

>>> figure = spectrum(analysis)
>>> figure.savefig("spectrum.pdf")
>>> sorted(FIGURES)
['course', 'eyes', 'face_map', 'sides', 'spectrum', 'traces']
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from tremorcam.publish.figures.course import course
from tremorcam.publish.figures.eyes import eyes
from tremorcam.publish.figures.face import face_map
from tremorcam.publish.figures.sides import sides
from tremorcam.publish.figures.spectrum import spectrum
from tremorcam.publish.figures.style import write_figure
from tremorcam.publish.figures.traces import traces
from tremorcam.publish.files import write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

    from tremorcam.data import Analysis

__all__ = [
    "FIGURES",
    "course",
    "eyes",
    "face_map",
    "save_figures",
    "sides",
    "spectrum",
    "traces",
]

FIGURES: Mapping[str, Callable[[Analysis], Figure]] = MappingProxyType(
    {
        "face_map": face_map,
        "sides": sides,
        "traces": traces,
        "spectrum": spectrum,
        "course": course,
        "eyes": eyes,
    }
)
"""Every figure by its name, in the order of the report."""


def save_figures(
    analysis: Analysis, folder: str | Path, *, format: Literal["svg", "png", "pdf"] = "svg"
) -> None:
    """Write every figure of an analysis into a folder, named as in :data:`FIGURES`.

    Raises
    ------
    TremorcamError
        If the folder cannot be written to.
    """
    write_files(
        folder,
        {
            f"{name}.{format}": write_figure(draw(analysis), format=format, name=name, dpi=300)
            for name, draw in FIGURES.items()
        },
    )
