"""Turning an analysis, fresh or saved, into what people read and other programs load.

Everything here is made from the :class:`~tremorcam.data.Analysis` alone (the overlay also
needs the video), so any saved analysis can be rendered again.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tremorcam.publish.cohort import report_cohort, save_cohort_report
    from tremorcam.publish.figures import save_figures
    from tremorcam.publish.overlay import write_overlay
    from tremorcam.publish.report import render_report, save_report
    from tremorcam.publish.serialize import from_json, load_analysis, to_json
    from tremorcam.publish.summary import failed_row, summary_row
    from tremorcam.publish.summary_file import append_summary, write_summary
    from tremorcam.publish.tables import make_tables, save_analysis

__all__ = [
    "append_summary",
    "failed_row",
    "from_json",
    "load_analysis",
    "make_tables",
    "render_report",
    "report_cohort",
    "save_analysis",
    "save_cohort_report",
    "save_figures",
    "save_report",
    "summary_row",
    "to_json",
    "write_overlay",
    "write_summary",
]

_HOME = {
    "append_summary": "summary_file",
    "failed_row": "summary",
    "from_json": "serialize",
    "load_analysis": "serialize",
    "make_tables": "tables",
    "render_report": "report",
    "report_cohort": "cohort",
    "save_analysis": "tables",
    "save_cohort_report": "cohort",
    "save_figures": "figures",
    "save_report": "report",
    "summary_row": "summary",
    "to_json": "serialize",
    "write_overlay": "overlay",
    "write_summary": "summary_file",
}


def __getattr__(name: str) -> Any:
    # Loaded when first used: drawing and templates would slow every start of a command.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
