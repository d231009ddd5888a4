"""report.html: one page that holds the whole answer, for the screen and for paper."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tremorcam.publish.answer import Answer
from tremorcam.publish.figures import FIGURES
from tremorcam.publish.figures.style import inline_svg, write_figure
from tremorcam.publish.files import write_files
from tremorcam.publish.numbers import (
    format_estimate,
    format_limit,
    format_number,
    format_unit,
)
from tremorcam.publish.own_face import own_face
from tremorcam.publish.report.content import describe_answer, side_table
from tremorcam.publish.report.methods import describe_methods
from tremorcam.publish.report.quality import describe_quality

if TYPE_CHECKING:
    from tremorcam.data import Analysis

__all__ = ["page_environment", "render_report", "save_report"]


def render_report(analysis: Analysis, *, own_face_from: str | Path | None = None) -> str:
    """Render an analysis as one self-contained HTML page.

    Parameters
    ----------
    analysis : Analysis
    own_face_from : path, optional
        The recording, to show the regions on the person's own face, too. None by default:
        reports get shared.

    Returns
    -------
    str
        A page without scripts that loads nothing.

    Raises
    ------
    TremorcamError
        If ``own_face_from`` cannot be read or is not the recording analysed.
    """
    answer = Answer(analysis)
    page = page_environment().get_template("report.html.jinja")
    return page.render(
        analysis=analysis,
        answer=describe_answer(answer),
        sides=side_table(answer),
        quality=describe_quality(answer),
        methods=describe_methods(analysis),
        figures={
            name: Markup(inline_svg(draw(analysis), name=name, label=_LABELS[name]))  # nosec B704
            for name, draw in FIGURES.items()
        },
        face=_inline_face(analysis, own_face_from) if own_face_from is not None else None,
    )


def save_report(
    analysis: Analysis, path: str | Path, *, own_face_from: str | Path | None = None
) -> None:
    """Write the report of an analysis to a file; see :func:`render_report`.

    Raises
    ------
    TremorcamError
        As there, or if it cannot be written.
    """
    path = Path(path)
    page = render_report(analysis, own_face_from=own_face_from)
    write_files(path.parent, {path.name: page.encode()})


def _inline_face(analysis: Analysis, video_path: str | Path) -> str:
    picture = write_figure(own_face(analysis, video_path), format="jpg", name="own_face")
    return base64.b64encode(picture).decode("ascii")


@cache
def page_environment() -> Environment:
    """Set up the templates; everything put into them is escaped."""
    environment = Environment(
        loader=PackageLoader("tremorcam.publish", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": format_number,
        "estimate": format_estimate,
        "limit": format_limit,
        "unit": format_unit,
    }
    return environment


_LABELS = {
    "face_map": "A drawn face; regions that shake are coloured by amplitude.",
    "sides": "Tremor amplitude of each region, right and left.",
    "traces": "Tremor-band displacement over time, left and right, with events.",
    "spectrum": "Power spectral density, left and right, with the detected peak.",
    "course": "Frequency and amplitude of the tremor over time.",
    "eyes": "Aperture of both eyes and excursion of the smile over time, with events.",
}
