"""``tremorcam analyze``: measure videos."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from tremorcam.anatomy import IRIS_DIAMETER_MM
from tremorcam.data import InputError

INTERRUPTED = 130
LARGEST_CONTEXT_BYTES = 1_000_000
LONGEST_FAULT = 1000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("analyze")(analyze)


def _location(text: str) -> Path:
    from tremorcam.apps.storage import location

    return location(text)


def _parse_hold(text: str) -> str:
    _hold_s(text)
    return text


def _hold_s(text: str) -> tuple[float, float]:
    """Read ``START:END`` in seconds."""
    try:
        start_s, end_s = (float(part) for part in text.split(":"))
    except ValueError:
        start_s = end_s = math.nan
    if not 0 <= start_s < end_s < math.inf:
        raise typer.BadParameter(
            f"{text!r} is not START:END in seconds with START before END, such as 3.0:13.0"
        )
    return start_s, end_s


def _read_context(path: Path) -> dict[str, Any]:
    from tremorcam.apps.wording import shortened
    from tremorcam.interpret.context import load_context

    if path.exists() and not path.is_dir():
        if not path.is_file():
            raise typer.BadParameter(f"context: {path.name} is no regular file")
        if path.stat().st_size > LARGEST_CONTEXT_BYTES:
            raise typer.BadParameter(f"context: {path.name} is too large for a few answers")
    try:
        return load_context(path).told()
    except InputError as error:
        raise typer.BadParameter(shortened(str(error), LONGEST_FAULT)) from error
    except RecursionError:
        raise typer.BadParameter(
            f"context: {path.name} should hold names with values, as in sleep_h = 7; "
            "values in it are nested without end"
        ) from None


def analyze(
    context: typer.Context,
    videos: Annotated[
        list[Path],
        typer.Argument(
            metavar="VIDEO_OR_FOLDER",
            parser=_location,
            help="Video files, or folders of them; addresses such as s3://bucket/videos, too.",
            show_default=False,
        ),
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="FOLDER",
            parser=_location,
            help="Folder, or address, for the results.",
            show_default=False,
        ),
    ],
    iris_mm: Annotated[
        float,
        typer.Option(
            min=5.0, max=20.0, help="The person's iris diameter in mm, which sets the scale."
        ),
    ] = IRIS_DIAMETER_MM,
    hold: Annotated[
        str | None,
        typer.Option(
            metavar="START:END",
            callback=lambda text: text and _parse_hold(text),
            help="When the smile is held, in seconds; found by itself where not given.",
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            "--context",
            metavar="FILE",
            help="TOML or JSON file with what the person told (caffeine, sleep, ...); "
            "changes no measurement.",
        ),
    ] = None,
    mirrored: Annotated[
        bool,
        typer.Option(
            "--mirrored", help="The videos show the person as in a mirror, as selfie apps do."
        ),
    ] = False,
    exposure_ms: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            max=50.0,
            help="How long the camera exposed each picture, if you know it: amplitudes are "
            "corrected for the blur.",
        ),
    ] = None,
    jitter_ms: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            max=15.0,
            help="How far the pictures' stated times are off (standard deviation), if you know "
            "it: amplitudes are corrected for what that hides.",
        ),
    ] = None,
    overlay: Annotated[
        bool,
        typer.Option("--overlay", help="Write a video, too, that shows the tremor magnified."),
    ] = False,
    magnify: Annotated[
        float, typer.Option(min=1, max=100, help="How many times as large the overlay shows it.")
    ] = 10.0,
    workers: Annotated[int, typer.Option(min=1, help="Videos measured at the same time.")] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Measure on the Dask cluster whose scheduler is there (tcp://...), instead of "
            "on this machine.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Skip videos whose results are there already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the results as JSON on standard output.")
    ] = False,
) -> None:
    """Measure facial tremor in videos.

    Every video gets a folder of its own below OUT, and OUT/summary.csv a row.
    """
    from tremorcam.apps.run import Run, choose_runner
    from tremorcam.apps.tasks import Settings

    if scheduler and workers > 1:
        raise typer.BadParameter(
            "--workers is for this machine; a cluster has as many as were started there"
        )
    debug = bool(context.obj["debug"])
    settings = Settings(
        iris_mm=iris_mm,
        hold_s=_hold_s(hold) if hold else None,
        context=_read_context(answers) if answers else {},
        mirrored=mirrored,
        exposure_s=None if exposure_ms is None else exposure_ms / 1000,
        jitter_s=None if jitter_ms is None else jitter_ms / 1000,
        overlay=overlay,
        magnify=magnify,
        debug=debug,
    )
    run = Run(videos, out, settings=settings, resume=resume)
    try:
        runner = choose_runner(workers=workers, scheduler=scheduler, debug=debug)
        run.measure(runner, show_results=not as_json, show_logs=bool(context.obj.get("verbose")))
    except KeyboardInterrupt:
        typer.echo(
            f"interrupted: {run.n_measured} of {run.n_videos} videos are done; "
            "the same command with --resume does the rest",
            err=True,
        )
        raise typer.Exit(INTERRUPTED) from None
    finally:
        if as_json:
            typer.echo(run.as_json())
    if run.n_failed:
        raise typer.Exit(1)
