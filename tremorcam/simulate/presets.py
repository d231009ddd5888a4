"""Make a whole recording of a smile from a few words."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.data import TremorcamError
from tremorcam.simulate.draws import draw_blinks
from tremorcam.simulate.patterns import MOUTH_SPREAD, add_pattern
from tremorcam.simulate.render import render
from tremorcam.simulate.scene import Camera, Encoding, Head, Light, Scene, Smile, Tremor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tremorcam.anatomy import Side
    from tremorcam.simulate.truth import Truth

LEAD_IN_S = 2.2
"""Neutral face before the first smile; later smiles come after a rest of half of it."""

BLINKS_PER_MIN = (8.0, 21.0)
"""Range of healthy blink rates in silent gaze (Doughty 2001)."""


def smile_scene(
    *, duration_s: float = 12.0, n_smiles: int = 1, seed: int = 0, blinks: bool = True
) -> Scene:
    """Compose a neutral lead-in, smiles that are held equally long, and natural blinks.

    Raises
    ------
    TremorcamError
        If a smile would be held for less than a second.
    """
    rng = np.random.default_rng([seed, 21])
    starts = LEAD_IN_S / 2 + (duration_s - LEAD_IN_S / 2) * np.arange(n_smiles + 1) / n_smiles
    left_mm, right_mm = 8.0 + rng.uniform(-0.8, 0.8, 2)
    smiles = tuple(
        Smile(float(start + LEAD_IN_S / 2), float(end - 0.9), float(left_mm), float(right_mm))
        for start, end in itertools.pairwise(starts)
    )
    if any(smile.hold[1] - smile.hold[0] < 1 for smile in smiles):
        raise TremorcamError(
            f"{n_smiles} smiles do not fit into {duration_s} s; allow at least 4 s for each"
        )
    closures = draw_blinks(rng, duration_s, rng.uniform(*BLINKS_PER_MIN)) if blinks else ()
    return Scene(duration_s=duration_s, seed=seed, smiles=smiles, closures=closures)


def simulate(
    out_path: Path | str,
    *,
    pattern: str = "none",
    severity: float = 0.5,
    hz: float | None = None,
    mm: float | None = None,
    side: Side | None = None,
    region: str = "mouth_corner",
    duration_s: float = 12.0,
    n_smiles: int = 1,
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
    head_tremor_mm: float = 0.0,
    head_tremor_hz: float = 5.0,
    interval_sd_s: float = 0.0,
    repeat_every: int = 0,
    on_frame: Callable[[int, int], None] | None = None,
) -> Truth:
    """Render a smile and write its truth beside it.

    Parameters
    ----------
    out_path : path
        Video to write; the ending decides the container (``.mp4``, ``.webm``, ``.mkv``).
    pattern : str
        A key of :data:`tremorcam.simulate.patterns.PATTERNS`, or several joined by ``+``.
    severity : float
        Of the pattern, 0 to 1.
    hz, mm : float, optional
        A tremor of exactly this frequency and amplitude (peak) in the hold, added to the
        pattern; one of them alone takes the other as 8 Hz or 0.3 mm.
    side : {'left', 'right', 'both'}, optional
        The subject's side of that tremor (left where not given) and of one-sided patterns.
    region : str
        Region of that tremor; a mouth corner takes its neighbours along.
    duration_s, rate_hz : float
    n_smiles : int
    face : str, optional
        Path of a photograph, frontal, one face; the packaged portrait where not given.
    interocular_px : float
        Distance of the eyes in the 1280 by 720 picture.
    seed : int
        The same seed and options give the same motion.
    codec, crf, bit_rate_bps
        Encoder of FFmpeg and its quality, or its bit rate instead.
    noise : float
        Sensor noise, 1 for an indoor webcam, 0 for none.
    flicker_hz, flicker_depth : float
        Brightness flicker: its true rate (lamps: twice the mains'), and relative depth.
    sway_mm : float
        RMS of the head's slow sway; 0 holds the head still.
    head_tremor_mm, head_tremor_hz : float
        Tremor of the whole head (peak).
    interval_sd_s : float
        Spread of the time between frames.
    repeat_every : int
        Show every n-th frame twice in place of a new one.
    on_frame : callable, optional
        Called with the numbers of frames done and of all frames.

    Returns
    -------
    Truth
        Also saved as ``<stem>.truth.json``.

    Raises
    ------
    TremorcamError
        If an option is out of range or the video cannot be written; the subclass
        ``InputError`` if the photograph cannot be used.

    Examples
    --------
    >>> truth = simulate("test.mp4", hz=3.0, mm=0.3, side="left", duration_s=5.0, rate_hz=8.0)
    >>> tremor = truth.tremors[0]
    >>> tremor["region"], tremor["side"], tremor["frequency_hz"]
    ('mouth_corner', 'left', 3.0)
    >>> truth.channel("mouth_corner_left").shape  # mm in every frame
    (40, 2)
    """
    scene = smile_scene(duration_s=duration_s, n_smiles=n_smiles, seed=seed)
    scene = add_pattern(scene, pattern, severity=severity, side=side)
    if hz is not None or mm is not None:
        tremor = exact_tremor(region, side or "left", hz or 8.0, 0.3 if mm is None else mm)
        scene = dataclasses.replace(scene, tremors=(*scene.tremors, tremor))
    still = sway_mm == 0
    scene = dataclasses.replace(
        scene,
        face=face,
        head=Head(
            sway_mm=sway_mm,
            sway_deg=0.0 if still else 0.4,
            sway_scale=0.0 if still else 0.002,
            tremor_hz=head_tremor_hz,
            tremor_mm=head_tremor_mm,
        ),
        light=Light(
            flicker_hz=flicker_hz,
            flicker_depth=flicker_depth,
            read_noise=noise,
            shot_noise=1.5 * noise,
        ),
        camera=Camera(
            rate_hz=rate_hz,
            interocular_px=interocular_px,
            interval_sd_s=interval_sd_s,
            repeat_every=repeat_every,
        ),
        encoding=Encoding(codec=codec, crf=crf, bit_rate_bps=bit_rate_bps),
    )
    return render(scene, out_path, on_frame=on_frame)


def exact_tremor(region: str, side: Side, hz: float, mm: float) -> Tremor:
    """Give a plain sinusoid in the hold, which a mouth corner shares with its neighbours."""
    return Tremor(region, side, hz, mm, spread=MOUTH_SPREAD if region == "mouth_corner" else ())
