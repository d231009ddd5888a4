"""``tremorcam report``: saved results as a page and as figures, without measuring again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

ANALYSIS, SUMMARY = "analysis.json", "summary.csv"
MADE_HERE = b'<meta name="generator" content="Tremorcam">'
"""Stands within the first bytes of every page written here."""
HEAD_BYTES = 1000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    results: Annotated[
        Path,
        typer.Argument(
            metavar="RESULTS",
            help="An analysis.json or the folder it is in; or a summary.csv of many videos.",
            show_default=False,
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE",
            help="Page to write; report.html beside an analysis, summary.html beside a "
            "summary.csv if not given.",
            show_default=False,
        ),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column of the summary.csv that tells groups apart; 'group' if there is one.",
            show_default=False,
        ),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Also write every figure of an analysis there.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        Literal["svg", "png", "pdf"], typer.Option(help="What the figures are written as.")
    ] = "svg",
) -> None:
    """Write the page of saved results again, or compare the recordings of a summary.csv."""
    source = _find_results(results)
    if source.suffix.lower() == ".csv":
        if figures is not None:
            raise typer.BadParameter("--figures draws one recording; give its analysis.json")
        _write_cohort(source, out or source.with_suffix(".html"), group=group)
        return
    if group is not None:
        raise typer.BadParameter("--group compares many recordings; give a summary.csv")
    _write_report(source, out or source.with_name("report.html"), figures=figures, format=format)


def _find_results(path: Path) -> Path:
    """Turn a folder into what is in it: of one recording, or else of a whole run."""
    if not path.is_dir():
        return path
    for name in (ANALYSIS, SUMMARY):
        if (path / name).is_file():
            return path / name
    raise typer.BadParameter(
        f"there is neither an {ANALYSIS} nor a {SUMMARY} in '{path}'; give a folder that "
        "'tremorcam analyze' wrote"
    )


def _write_cohort(source: Path, page: Path, *, group: str | None) -> None:
    from tremorcam.publish import save_cohort_report

    _keep_what_is_no_report(page)
    save_cohort_report(source, page, group=group)
    typer.echo(page)


def _write_report(
    source: Path, page: Path, *, figures: Path | None, format: Literal["svg", "png", "pdf"]
) -> None:
    from tremorcam.publish import load_analysis, save_figures, save_report

    _keep_what_is_no_report(page)
    analysis = load_analysis(source)
    save_report(analysis, page)
    typer.echo(page)
    if figures is not None:
        save_figures(analysis, figures, format=format)
        typer.echo(figures)


def _keep_what_is_no_report(page: Path) -> None:
    if not page.exists():
        return
    if page.is_dir():
        raise typer.BadParameter(f"'{page}' is a folder; -o names the page to write")
    with page.open("rb") as file:
        if MADE_HERE not in file.read(HEAD_BYTES):
            raise typer.BadParameter(
                f"'{page}' exists and is no report; it is not overwritten, choose another "
                "name with -o"
            )
