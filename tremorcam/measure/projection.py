"""A series' motion around a frequency, by least squares on modulated Slepian sequences.

Their span holds practically all that a signal confined to the band and the block can do, at the
true sample times.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.measure.confidence import DRAWS
from tremorcam.measure.prediction import Waves
from tremorcam.measure.tapers import tapers_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Block
    from tremorcam.measure.spectrum import Spectrum

HALF_BAND_HZ = 1.0
EXTRA_TAPERS = 2
"""Sequences beyond the band's own number, which take in what lies at the block's edges."""
LEAST_SHARE = 0.1
"""Directions of which a gap or the slow movement leaves less than this are not estimated."""


@dataclass(frozen=True)
class Model:
    """What one series' motion in one block is a sum of: sinusoids under each of the windows."""

    time_s: NDArray[np.float64]
    window: NDArray[np.float64]
    waves: Waves
    smile: int


@dataclass(frozen=True)
class Projection:
    """Least squares of one series in one block, along its principal axes.

    ``coefficient`` (n_tapers, 2) times ``window`` (n_tapers, n) is the envelope; ``window`` and
    ``spread`` (2 n_tapers, n_known) turn independent noise of unit variance into its error.
    """

    time_s: NDArray[np.float64]
    coefficient: NDArray[np.complex128]
    window: NDArray[np.float64]
    spread: NDArray[np.float64]
    sigma_mm: NDArray[np.float64]
    smile: int

    @cached_property
    def envelope(self) -> NDArray[np.complex128]:
        """Complex envelope along the principal axes, shape (n, 2)."""
        value: NDArray[np.complex128] = self.window.T @ self.coefficient
        return value

    @cached_property
    def slope(self) -> NDArray[np.float64]:
        """Time derivative of the window, 1/s, shape (n_tapers, n)."""
        slope: NDArray[np.float64] = np.gradient(self.window, self.time_s, axis=1)
        return slope

    @cached_property
    def noise_ms(self) -> float:
        """Mean square of the envelope's error, per cycle, both axes together."""
        half = len(self.window)
        energy = self.window @ self.window.T / self.window.shape[1]
        gain = sum(
            np.einsum("ki,kl,li->", part, energy, part)
            for part in (self.spread[:half], self.spread[half:])
        )
        return float(gain * (self.sigma_mm**2).sum() / 2)


def windows_of(
    blocks: Sequence[Block], series: int, half_band_hz: float
) -> list[NDArray[np.float64]]:
    """Sequences of a band at the samples of a series in every block, each (n_tapers, n)."""
    windows = []
    for block in blocks:
        count = int(np.ceil(2 * half_band_hz * block.duration_s)) + EXTRA_TAPERS
        count = max(1, min(count, len(block.time_s) // 2 - 1))
        window = tapers_at(block, round(half_band_hz * block.duration_s, 3), count)
        windows.append(window[:, block.valid[:, series]])
    return windows


def models_of(
    blocks: Sequence[Block],
    series: int,
    spectrum: Spectrum,
    centre_hz: float,
    windows: Sequence[NDArray[np.float64]],
) -> list[Model]:
    """Lay out what a series' motion within a band around a frequency is made of."""
    return [
        _model(block, series, spectrum, centre_hz, window)
        for block, window in zip(blocks, windows, strict=True)
    ]


def _model(
    block: Block, series: int, spectrum: Spectrum, centre_hz: float, window: NDArray[np.float64]
) -> Model:
    kept = block.valid[:, series]
    angle = 2 * np.pi * centre_hz * block.time_s[kept]
    density = np.nan_to_num(spectrum.background_at(series, centre_hz))
    motion_mm = block.motion_mm[kept, series] / block.kept_by_camera(centre_hz)
    waves = Waves(
        waves=np.concatenate([window * np.cos(angle), -window * np.sin(angle)]),
        slow=block.slow[block.pattern[series]][kept],
        motion_mm=motion_mm @ spectrum.axes[series],
        sigma_mm=np.sqrt(density / (2 * block.interval_s)),
        bidirectional=block.bidirectional[kept],
    )
    return Model(block.time_s[kept], window, waves, block.smile)


def project(model: Model, kept_share: float) -> Projection:
    """Fit a model to what it describes, bidirectional pictures showing ``kept_share`` of it."""
    waves = model.waves
    columns = waves.waves * np.where(waves.bidirectional, kept_share, 1.0)
    # What the slow movement took with it is taken from the sinusoids too (Frisch-Waugh), so
    # that a tremor just above the cut-off keeps its amplitude.
    columns -= (columns @ waves.slow) @ waves.slow.T
    energy, direction = np.linalg.eigh(columns @ columns.T)
    # Over a full block every column has the energy 1/2.
    known = energy > 0.5 * LEAST_SHARE
    spread = direction[:, known] / np.sqrt(energy[known])
    solution = spread @ (spread.T @ (columns @ waves.motion_mm))
    count = len(model.window)
    return Projection(
        time_s=model.time_s,
        coefficient=solution[:count] + 1j * solution[count:],
        window=model.window,
        spread=spread,
        sigma_mm=waves.sigma_mm,
        smile=model.smile,
    )


def mean_over(values: Sequence[float], parts: Sequence[Projection]) -> float:
    """Mean of one value for each block, weighted by their samples."""
    return float(np.average(values, weights=[len(part.time_s) for part in parts]))


def rms_of(parts: Sequence[Projection]) -> float:
    """RMS of the motion along both axes together, noise subtracted, mm."""
    total_ms = mean_over([float(power_of(part.envelope).mean()) / 2 for part in parts], parts)
    noise_ms = mean_over([part.noise_ms for part in parts], parts)
    return float(np.sqrt(max(total_ms - noise_ms, 0.0)))


def turning_of(
    envelope: NDArray[np.complex128], slope: NDArray[np.complex128]
) -> NDArray[np.float64]:
    """Find the instantaneous offset of frequency times power, Hz mm², of both axes together."""
    turning: NDArray[np.float64] = (envelope.conj() * slope).imag.sum(axis=1) / (2 * np.pi)
    return turning


def power_of(envelope: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Twice the mean square over a cycle, mm², summed over the second axis."""
    power: NDArray[np.float64] = (envelope.real**2 + envelope.imag**2).sum(axis=1)
    return power


def centroid_hz(parts: Sequence[Projection]) -> float:
    """Find the offset of the power-weighted mean frequency from the band's centre, in Hz."""
    turning, power, noise = 0.0, 0.0, 0.0
    for part in parts:
        envelope = part.envelope
        turning += turning_of(envelope, part.slope.T @ part.coefficient).sum()
        power += power_of(envelope).sum()
        noise += 2 * part.noise_ms * len(part.time_s)
    # Noise is centred on the band and only dilutes the offset.
    return float(turning / max(power - noise, 0.1 * power)) if power > 0 else 0.0


def drawn(part: Projection, rng: np.random.Generator) -> NDArray[np.complex128]:
    """Give coefficients as measured, then with error drawn; shape (n_tapers, 2, 1 + draws)."""
    half = len(part.window)
    unit = rng.standard_normal((part.spread.shape[1], 2 * DRAWS))
    error = (part.spread @ unit).reshape(2 * half, 2, DRAWS) * part.sigma_mm[:, None]
    measured = part.coefficient[:, :, None]
    return np.concatenate([measured, measured + error[:half] + 1j * error[half:]], axis=2)
