"""``tremorcam simulate``: render a face whose every motion is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tremorcam.anatomy import REGIONS

PLACES = tuple(dict.fromkeys(region.name for region in REGIONS))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def simulate(
    context: typer.Context,
    out: Annotated[
        Path,
        typer.Argument(
            help="Video to write (.mp4, .webm, .mkv).", metavar="OUT.mp4", show_default=False
        ),
    ],
    *,
    pattern: Annotated[
        str,
        typer.Option(
            help="What the face does, such as fatigue+blinks; docs/simulation.md lists all.",
            metavar="PATTERN",
        ),
    ] = "none",
    severity: Annotated[float, typer.Option(min=0, max=1, help="How strong the pattern is.")] = 0.5,
    hz: Annotated[
        float | None,
        typer.Option(
            min=0.5, max=60, help="Frequency of a tremor that is added, in Hz.", show_default=False
        ),
    ] = None,
    mm: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=10,
            help="Amplitude of that tremor: half of peak to peak.",
            show_default=False,
        ),
    ] = None,
    side: Annotated[
        Literal["left", "right", "both"] | None,
        typer.Option(help="Side of that tremor, the person's own.", show_default=False),
    ] = None,
    region: Annotated[
        str, typer.Option(help=f"Place of that tremor: {', '.join(PLACES)}.")
    ] = "mouth_corner",
    face: Annotated[
        Path | None,
        typer.Option(
            help="Photograph to move; a portrait that comes along where not given.",
            show_default=False,
        ),
    ] = None,
    duration: Annotated[float, typer.Option(min=1, max=3600, help="Length in seconds.")] = 12.0,
    smiles: Annotated[int, typer.Option(min=1, help="How many smiles.")] = 1,
    rate: Annotated[float, typer.Option(min=1, max=240, help="Frames a second.")] = 30.0,
    interocular_px: Annotated[
        float, typer.Option(min=20, max=500, help="Distance of the eyes in pixels.")
    ] = 160.0,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same motion.")] = 0,
    codec: Annotated[str, typer.Option(help="Encoder of FFmpeg.")] = "libx264",
    crf: Annotated[
        int, typer.Option(min=0, max=63, help="Quality of the encoder, less is better.")
    ] = 16,
    bit_rate: Annotated[
        int | None,
        typer.Option(min=1000, help="Bits a second instead of --crf.", show_default=False),
    ] = None,
    noise: Annotated[float, typer.Option(min=0, help="Sensor noise, 1 for a webcam.")] = 1.0,
    flicker_hz: Annotated[float, typer.Option(min=0, help="Flicker of the light.")] = 0.0,
    flicker_depth: Annotated[
        float, typer.Option(min=0, max=1, help="Depth of that flicker.")
    ] = 0.0,
    sway_mm: Annotated[float, typer.Option(min=0, help="Slow sway of the head (RMS).")] = 0.8,
    head_tremor_mm: Annotated[float, typer.Option(min=0, help="Tremor of the head, in mm.")] = 0.0,
    head_tremor_hz: Annotated[float, typer.Option(min=0.5, help="Frequency of that, in Hz.")] = 5.0,
    interval_sd_s: Annotated[
        float, typer.Option(min=0, help="Spread of the time between frames, in seconds.")
    ] = 0.0,
    repeat_every: Annotated[
        int, typer.Option(min=0, help="Repeat every n-th frame, 0 for none.")
    ] = 0,
) -> None:
    """Render a smiling face with known motion; the truth goes to OUT.truth.json."""
    from tremorcam.apps.console import frames_bar
    from tremorcam.simulate import PATTERNS, truth_path
    from tremorcam.simulate import simulate as render

    if unknown := set(pattern.split("+")) - set(PATTERNS):
        raise typer.BadParameter(
            f"there is no pattern {', '.join(sorted(unknown))}; choose from {', '.join(PATTERNS)}"
        )
    if region not in PLACES:
        raise typer.BadParameter(f"there is no place {region}; choose from {', '.join(PLACES)}")
    if out.exists() and not truth_path(out).exists():
        raise typer.BadParameter(
            f"'{out}' exists and is no simulation; it is not overwritten, choose another name"
        )
    with frames_bar(out.name, quiet=not context.obj["debug"]) as on_frame:
        render(
            out,
            pattern=pattern,
            severity=severity,
            hz=hz,
            mm=mm,
            side=side,
            region=region,
            duration_s=duration,
            n_smiles=smiles,
            rate_hz=rate,
            face=None if face is None else str(face),
            interocular_px=interocular_px,
            seed=seed,
            codec=codec,
            crf=crf,
            bit_rate_bps=bit_rate,
            noise=noise,
            flicker_hz=flicker_hz,
            flicker_depth=flicker_depth,
            sway_mm=sway_mm,
            head_tremor_mm=head_tremor_mm,
            head_tremor_hz=head_tremor_hz,
            interval_sd_s=interval_sd_s,
            repeat_every=repeat_every,
            on_frame=on_frame,
        )
    typer.echo(f"{out}\n{truth_path(out)}")
