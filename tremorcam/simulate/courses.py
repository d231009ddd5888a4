"""How motion goes in time: each function gives values at any times, random ones repeatably."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import ndimage, signal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tremorcam.simulate.scene import (
        Closure,
        Contraction,
        Interval,
        Scene,
        Smile,
        Talk,
        Tremor,
        Twitches,
    )

TABLE_RATE_HZ = 1000.0
"""Rate of the tables random courses are drawn on; interpolation errs below 0.1 % to 12 Hz."""
FADE_S = 0.25
MARGIN_S = 1.0


def smooth_step(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minimum-jerk step from 0 to 1 for x from 0 to 1."""
    x = np.clip(x, 0, 1)
    return x**3 * (10 - 15 * x + 6 * x**2)


def plateau(
    time_s: NDArray[np.float64], start_s: float, end_s: float, rise_s: float, fall_s: float
) -> NDArray[np.float64]:
    """Zero, up during ``rise_s`` from ``start_s``, one, down to zero again at ``end_s``."""
    up = smooth_step((time_s - start_s) / rise_s)
    down = smooth_step((time_s - (end_s - fall_s)) / fall_s)
    return np.minimum(up, 1 - down)


def smile_level(smile: Smile, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the full smile, 0 to 1."""
    return plateau(
        time_s, smile.start_s, smile.end_s + smile.offset_s, smile.onset_s, smile.offset_s
    )


def intervals(
    scene: Scene, when: Literal["hold", "smile", "always"] | tuple[Interval, ...]
) -> tuple[Interval, ...]:
    """Stretches of time that a ``when`` stands for."""
    if when == "always":
        return ((-MARGIN_S, scene.duration_s + MARGIN_S),)
    if when == "hold":
        return tuple(smile.hold for smile in scene.smiles)
    if when == "smile":
        return tuple((smile.start_s, smile.end_s + smile.offset_s) for smile in scene.smiles)
    return when


def envelope(
    time_s: NDArray[np.float64], stretches: Sequence[Interval], growth: float = 1.0
) -> NDArray[np.float64]:
    """One on average within each stretch, growing linearly; fades lie outside of it."""
    total = np.zeros_like(time_s)
    for start_s, end_s in stretches:
        course = np.clip((time_s - start_s) / max(end_s - start_s, 1e-9), 0, 1)
        level = 2 * (1 + (growth - 1) * course) / (1 + growth)
        faded = plateau(time_s, start_s - FADE_S, end_s + FADE_S, FADE_S, FADE_S)
        total = np.maximum(total, level * faded)
    return total


def slow_noise(rng: np.random.Generator, duration_s: float, smooth_s: float) -> NDArray[np.float64]:
    """Smooth random table of unit variance over the recording and a margin on each side."""
    n = int((duration_s + 2 * MARGIN_S) * TABLE_RATE_HZ) + 1
    pad = int(4 * smooth_s * TABLE_RATE_HZ)
    white = rng.standard_normal(n + 2 * pad)
    smooth = ndimage.gaussian_filter1d(white, smooth_s * TABLE_RATE_HZ)[pad : pad + n]
    # The variance of a Gaussian-smoothed white process is known, so no sample is rescaled.
    return np.asarray(smooth * np.sqrt(2 * np.sqrt(np.pi) * smooth_s * TABLE_RATE_HZ))


def look_up(table: NDArray[np.float64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a table of :func:`slow_noise` at any times."""
    index = (np.asarray(time_s) + MARGIN_S) * TABLE_RATE_HZ
    return np.asarray(np.interp(index, np.arange(len(table)), table))


def tremor_wave(
    tremor: Tremor, scene: Scene, rng: np.random.Generator, time_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Displacement in mm along the tremor's axis."""
    phase_0 = rng.uniform(0, 2 * np.pi)
    wander = slow_noise(rng, scene.duration_s, 0.5)
    swell = slow_noise(rng, scene.duration_s, 0.5)
    extra_phase = 2 * np.pi * np.cumsum(tremor.frequency_sd_hz * wander) / TABLE_RATE_HZ
    phase = phase_0 + 2 * np.pi * tremor.hz * time_s + look_up(extra_phase, time_s)
    amplitude = tremor.mm * np.maximum(1 + tremor.amplitude_cv * look_up(swell, time_s), 0)
    stretches = intervals(scene, tremor.when)
    return np.asarray(amplitude * np.sin(phase) * envelope(time_s, stretches, tremor.growth))


def clonic(
    time_s: NDArray[np.float64], start_s: float, rate_hz: float, depth: float
) -> NDArray[np.float64]:
    """Factor that relaxes from one to ``1 - depth`` at a rate, from ``start_s`` on."""
    if rate_hz == 0:
        return np.ones_like(time_s)
    return 1 - depth * (0.5 - 0.5 * np.cos(2 * np.pi * rate_hz * (time_s - start_s)))


def contraction_level(pull: Contraction, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the full pull, 0 to 1."""
    held = plateau(time_s, pull.start_s, pull.end_s, pull.rise_s, pull.fall_s)
    return held * clonic(time_s, pull.start_s + pull.rise_s, pull.clonic_hz, pull.clonic_depth)


def closure_level(closure: Closure, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the aperture that is closed, 0 to ``depth``."""
    held = plateau(time_s, closure.start_s, closure.end_s, closure.close_s, closure.open_s)
    beat = clonic(
        time_s, closure.start_s + closure.close_s, closure.clonic_hz, closure.clonic_depth
    )
    return closure.depth * held * beat


def twitch_times(
    twitches: Twitches, scene: Scene, rng: np.random.Generator
) -> list[tuple[float, float, int, float, float]]:
    """Draw each twitch: start (s), duration (s), patch, direction (rad), amplitude (mm)."""
    drawn = []
    for stretch in intervals(scene, twitches.when):
        start_s, end_s = max(stretch[0], 0.0), min(stretch[1], scene.duration_s)
        count = rng.poisson(twitches.rate_hz * max(end_s - start_s, 0.0))
        for at in np.sort(rng.uniform(start_s, end_s, count)):
            gain = envelope(np.array([at]), [(start_s, end_s)], twitches.growth)[0]
            drawn.append((
                float(at),
                float(rng.uniform(*twitches.duration_s)),
                int(rng.integers(twitches.n_patches)),
                float(rng.uniform(0, 2 * np.pi)),
                float(twitches.mm * gain * rng.lognormal(0, 0.3)),
            ))  # fmt: skip
    return drawn


def talk_level(
    talk: Talk, scene: Scene, rng: np.random.Generator, time_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the opening of the jaw in mm, never negative."""
    n = int((scene.duration_s + 2 * MARGIN_S) * TABLE_RATE_HZ) + 1
    sos = signal.butter(2, talk.band_hz, "bandpass", fs=TABLE_RATE_HZ, output="sos")
    table = signal.sosfiltfilt(sos, rng.standard_normal(n))
    opening = np.clip(0.4 + 0.4 * table / table.std(), 0, None)
    fading = plateau(time_s, talk.start_s, talk.end_s, 0.2, 0.2)
    return np.asarray(talk.mm * fading * look_up(opening, time_s))
