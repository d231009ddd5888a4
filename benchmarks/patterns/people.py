"""What everyone does in front of the camera: smile, blink, sway."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tremorcam.simulate import Camera, Closure, Encoding, Head, Light, Scene, Smile


def healthy(rng: np.random.Generator, seed: int, face: str | None, pattern: str) -> Scene:
    smiles = _protocol(rng, pattern)
    duration_s = smiles[-1].end_s + 3.0
    return Scene(
        duration_s=duration_s,
        face=face,
        seed=seed,
        smiles=smiles,
        closures=blinks(rng, duration_s, rng.uniform(8.0, 21.0)),
        head=Head(sway_mm=rng.uniform(0.3, 1.2), sway_deg=rng.uniform(0.2, 0.6)),
        light=Light(read_noise=rng.uniform(0.5, 1.5), shot_noise=rng.uniform(0.8, 2.0)),
        camera=Camera(width_px=512, height_px=400, interocular_px=rng.uniform(100.0, 135.0)),
        # As a camera's own encoder does: quick, and generous with bits.
        encoding=Encoding(preset="ultrafast"),
    )


def _protocol(rng: np.random.Generator, pattern: str) -> tuple[Smile, ...]:
    """One long smile; or several for what shows only in them, and at times for its rivals."""
    if pattern == "synkinesis" and rng.uniform() < 0.5:
        return _smiles(rng, 3, hold_s=5.0)
    levels = pattern in ("no_tremor", "generalized_tremor") and rng.uniform() < 0.3
    if pattern == "smiling_tremor" or levels:
        half, full = _smiles(rng, 2, hold_s=7.0)
        return (_weaker(half, rng.uniform(0.4, 0.65)), full)
    return _smiles(rng, 1, hold_s=11.0)


def _weaker(smile: Smile, share: float) -> Smile:
    return replace(
        smile,
        left_mm=share * smile.left_mm,
        right_mm=share * smile.right_mm,
        narrowing_left=share * smile.narrowing_left,
        narrowing_right=share * smile.narrowing_right,
    )


def _smiles(rng: np.random.Generator, n: int, *, hold_s: float) -> tuple[Smile, ...]:
    # Excursion 7-22 mm, mostly 10-15 (Paletz 1994); sides differ by 0.5-2.3 mm (Coulson 2002);
    # the eye narrows by 21.6 +- 13.4 % (lary.23778), both alike (r = 0.8, assumed).
    mean_mm, apart_mm = rng.uniform(7.0, 15.0), rng.normal(0.0, 1.0)
    common, own = rng.normal(size=1), rng.normal(size=2)
    narrowing = np.clip(0.2156 + 0.1338 * (np.sqrt(0.8) * common + np.sqrt(0.2) * own), 0.0, 0.5)
    smiles, at_s = [], rng.uniform(4.0, 5.0)
    for _ in range(n):
        smile = Smile(
            start_s=at_s,
            end_s=at_s + 0.6 + hold_s,
            left_mm=max(mean_mm + apart_mm / 2, 3.0),
            right_mm=max(mean_mm - apart_mm / 2, 3.0),
            narrowing_left=float(narrowing[0]),
            narrowing_right=float(narrowing[1]),
        )
        smiles.append(smile)
        at_s = smile.end_s + smile.offset_s + rng.uniform(2.5, 3.5)
    return tuple(smiles)


def blinks(rng: np.random.Generator, duration_s: float, rate_per_min: float) -> tuple[Closure, ...]:
    # 8.0-21.0 a minute in silent gaze (Doughty 2001); up to 0.5 s long (Stern 1984); often
    # incomplete (Sforza 2008).
    starts = event_times(rng, 0.5, duration_s - 1.0, rate_per_min, apart_s=1.0)
    return tuple(
        Closure("both", at, at + rng.uniform(0.2, 0.4), depth=rng.uniform(0.75, 1.0))
        for at in starts
    )


def event_times(
    rng: np.random.Generator, start_s: float, end_s: float, rate_per_min: float, *, apart_s: float
) -> list[float]:
    """Draw a Poisson process whose events keep a distance."""
    times: list[float] = []
    at = start_s + rng.exponential(60.0 / rate_per_min)
    while at < end_s:
        if not times or at - times[-1] >= apart_s:
            times.append(float(at))
        at += rng.exponential(60.0 / rate_per_min)
    return times
