"""Make a whole recording of a smile from a few words."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tremorcam.simulate.render import render
from tremorcam.simulate.scene import (
    Camera,
    Closure,
    Encoding,
    Head,
    Light,
    Scene,
    Smile,
    Tremor,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tremorcam.anatomy import Side
    from tremorcam.simulate.truth import Truth

MOUTH_SPREAD = (("upper_lip", 1.0), ("lower_lip", 0.7), ("cheek", 0.5))
"""How a tremor of the mouth corner is shared by its neighbours."""


def smile_scene(*, duration_s: float = 12.0, seed: int = 0) -> Scene:
    """Compose a neutral lead-in, one smile that is held, and two blinks outside of the hold."""
    end_s = duration_s - 1.5
    return Scene(
        duration_s=duration_s,
        seed=seed,
        smiles=(Smile(2.2, end_s),),
        closures=(Closure("both", 1.0, 1.3), Closure("both", end_s + 0.9, end_s + 1.2)),
    )


def simulate(
    out_path: Path | str,
    *,
    hz: float | None = None,
    mm: float | None = None,
    side: Side = "left",
    region: str = "mouth_corner",
    duration_s: float = 12.0,
    rate_hz: float = 30.0,
    face: str | None = None,
    interocular_px: float = 160.0,
    seed: int = 0,
    codec: str = "libx264",
    crf: int = 16,
    bit_rate_bps: int | None = None,
    noise: float = 1.0,
    flicker_hz: float = 0.0,
    flicker_depth: float = 0.0,
    sway_mm: float = 0.8,
    on_frame: Callable[[int, int], None] | None = None,
) -> Truth:
    """Render a smile with a tremor and write its truth beside it."""
    scene = smile_scene(duration_s=duration_s, seed=seed)
    tremors = ()
    if mm:
        spread = MOUTH_SPREAD if region == "mouth_corner" else ()
        tremors = (Tremor(region, side, hz or 8.0, mm, spread=spread),)
    scene = dataclasses.replace(
        scene,
        face=face,
        tremors=tremors,
        head=Head(sway_mm=sway_mm),
        light=Light(
            flicker_hz=flicker_hz,
            flicker_depth=flicker_depth,
            read_noise=noise,
            shot_noise=1.5 * noise,
        ),
        camera=Camera(rate_hz=rate_hz, interocular_px=interocular_px),
        encoding=Encoding(codec=codec, crf=crf, bit_rate_bps=bit_rate_bps),
    )
    return render(scene, out_path, on_frame=on_frame)
