"""``tremorcam record``: the guided test before a camera at this machine."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tremorcam.apps.guide import Guide, Preview
    from tremorcam.source.camera import Shot
    from tremorcam.source.recording import Recorded


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("record")(record)


def record(
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Video to write (.mkv); named by the time if not given."),
    ] = None,
    camera: Annotated[int, typer.Option(min=0, help="Which camera; the first one is 0.")] = 0,
    protocol: Annotated[str, typer.Option(help="Guided test: quick or full.")] = "quick",
    width_px: Annotated[int, typer.Option("--width", min=320, help="Pixels across.")] = 1280,
    height_px: Annotated[int, typer.Option("--height", min=240, help="Pixels down.")] = 720,
    rate_hz: Annotated[
        float, typer.Option("--rate", min=10, max=240, help="Pictures a second wished for.")
    ] = 60.0,
    preview: Annotated[
        bool, typer.Option("--preview/--no-preview", help="Show the picture in a window.")
    ] = True,
) -> None:
    """Record the guided smile test, and measure it at once.

    Results go to a folder beside the video.
    """
    from tremorcam.apps.guide import Guide, Preview
    from tremorcam.apps.native_output import quiet_native_output
    from tremorcam.apps.protocols import load_protocols
    from tremorcam.source.camera import Camera
    from tremorcam.source.recording import record as record_file

    if protocol not in load_protocols():
        raise typer.BadParameter(f"there is no test {protocol!r}; there are quick and full")
    path = out or Path(f"smile-{datetime.now():%Y-%m-%d-%H%M%S}.mkv")
    if path.exists():
        raise typer.BadParameter(f"{path} exists already; recordings are never overwritten")
    guide = Guide(
        load_protocols()[protocol],
        say=lambda step: typer.echo(f"\a{step.say}  ({step.duration_s:g} s) {step.hint}", err=True),
    )
    with contextlib.ExitStack() as stack:
        stack.enter_context(quiet_native_output())
        source = stack.enter_context(
            Camera(camera, width_px=width_px, height_px=height_px, rate_hz=rate_hz)
        )
        window = Preview() if preview else None
        if window:
            stack.callback(window.close)
        try:
            recorded = record_file(
                source, path, duration_s=guide.protocol.duration_s, on_shot=_watch(guide, window)
            )
        except KeyboardInterrupt:
            typer.echo(
                f"stopped; {path} holds what was recorded, 'tremorcam analyze' measures it",
                err=True,
            )
            raise
    guide.close(recorded.duration_s)
    _report(recorded, path)
    cues = path.with_suffix(".cues.json")
    cues.write_text(json.dumps(guide.cues, indent=2) + "\n", encoding="utf-8")
    _measure(path, guide)


def _watch(guide: Guide, window: Preview | None) -> Callable[[Shot, float], bool]:
    def on_shot(shot: Shot, time_s: float) -> bool:
        step = guide.advance(time_s)
        return window is None or window.show(shot, step.say)

    return on_shot


def _report(recorded: Recorded, path: Path) -> None:
    typer.echo(
        f"{path}: {recorded.n_frames} pictures in {recorded.duration_s:.1f} s, "
        f"{recorded.rate_hz:.1f} a second"
        + (f"; {recorded.n_lost} were lost, close other programs" if recorded.n_lost else ""),
        err=True,
    )


def _measure(path: Path, guide: Guide) -> None:
    from tremorcam.apps.native_output import quiet_native_output
    from tremorcam.apps.protocols import phase_cues
    from tremorcam.pipeline import analyze
    from tremorcam.publish import save_analysis

    typer.echo("measuring…", err=True)
    with quiet_native_output():
        analysis = analyze(path, cues=phase_cues(guide.cues) or None)
    folder = path.with_suffix("")
    save_analysis(analysis, folder)
    typer.echo(str(analysis.words["answer"]))
    typer.echo(f"→ {folder}", err=True)
