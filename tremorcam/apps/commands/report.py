"""``tremorcam report``: saved results as a page and as figures, without measuring again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from tremorcam.data import Analysis

ANALYSIS, SUMMARY, OVERLAY_FILE = "analysis.json", "summary.csv", "overlay.mp4"
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
    video: Annotated[
        Path | None,
        typer.Option(
            metavar="VIDEO",
            help="The recording that was analysed, for --overlay and --own-face.",
            show_default=False,
        ),
    ] = None,
    overlay: Annotated[
        bool,
        typer.Option("--overlay", help="Also write overlay.mp4, which shows the tremor magnified."),
    ] = False,
    magnify: Annotated[
        float, typer.Option(min=1, max=100, help="How many times as large the overlay shows it.")
    ] = 10.0,
    own_face: Annotated[
        bool,
        typer.Option(
            "--own-face", help="Show the person's own face on the page. Mind who gets to see it."
        ),
    ] = False,
) -> None:
    """Write the page of saved results again, or of a summary.csv."""
    source = _find_results(results)
    if source.suffix.lower() == ".csv":
        if figures is not None or video is not None:
            raise typer.BadParameter(
                "--figures and --video are for one recording; give its analysis.json"
            )
        _write_cohort(source, out or source.with_suffix(".html"), group=group)
        return
    if group is not None:
        raise typer.BadParameter("--group compares many recordings; give a summary.csv")
    if (overlay or own_face) != (video is not None):
        raise typer.BadParameter("--overlay and --own-face need --video, and --video one of them")
    page = out or source.with_name("report.html")
    _keep_what_is_no_report(page)
    analysis = _load(source)
    _write_report(analysis, page, own_face_from=video if own_face else None)
    if figures is not None:
        _write_figures(analysis, figures, format=format)
    if overlay and video is not None:
        _write_overlay(analysis, video, source.with_name(OVERLAY_FILE), magnify=magnify)


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


def _load(source: Path) -> Analysis:
    from tremorcam.publish import load_analysis

    return load_analysis(source)


def _write_report(analysis: Analysis, page: Path, *, own_face_from: Path | None) -> None:
    from tremorcam.publish import save_report

    save_report(analysis, page, own_face_from=own_face_from)
    typer.echo(page)


def _write_figures(
    analysis: Analysis, folder: Path, *, format: Literal["svg", "png", "pdf"]
) -> None:
    from tremorcam.publish import save_figures

    save_figures(analysis, folder, format=format)
    typer.echo(folder)


def _write_overlay(analysis: Analysis, video: Path, path: Path, *, magnify: float) -> None:
    from tremorcam.apps.console import frames_bar
    from tremorcam.publish import write_overlay

    n_frames = analysis.timing.n_frames
    with frames_bar(video.name, quiet=True) as tell:
        write_overlay(
            analysis,
            video,
            path,
            magnify=magnify,
            progress=lambda share: tell(round(n_frames * share), n_frames),
        )
    typer.echo(path)


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
