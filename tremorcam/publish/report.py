"""report.html: one page that holds the whole answer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tremorcam.data import Analysis


def render_report(analysis: Analysis) -> str:
    """Render an analysis as one self-contained HTML page."""
    return f"<!doctype html><title>{escape(analysis.video.name)}</title>"
