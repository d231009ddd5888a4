"""Multitaper transforms at true sample times.

The spectrum is Thomson's (1982, doi:10.1109/PROC.1982.12433): tapers of discrete prolate
spheroidal sequences, evaluated at the times of the frames.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal.windows import dpss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Block


def time_half_bandwidth(duration_s: float) -> tuple[float, int]:
    """Time-half-bandwidth product of the tapers and how many are used.

    Products of 2.5 to 3 are usual for tremor; short stretches take 2, or peaks would be
    wider than 1 Hz.
    """
    half_bandwidth = 3.0 if duration_s >= 6 else 2.0
    return half_bandwidth, int(2 * half_bandwidth) - 1


@lru_cache(maxsize=64)
def tapers(n_samples: int, half_bandwidth: float, count: int) -> NDArray[np.float64]:
    """Slepian tapers of unit energy, shape (count, n_samples)."""
    sequences: NDArray[np.float64] = dpss(n_samples, half_bandwidth, count)
    sequences.setflags(write=False)
    return sequences


def tapers_at(block: Block, half_bandwidth: float, count: int) -> NDArray[np.float64]:
    """Tapers over a block at the true times of its samples, shape (count, n)."""
    n_grid = max(round((block.time_s[-1] - block.time_s[0]) / block.interval_s) + 1, count + 1)
    grid_s = np.linspace(block.time_s[0], block.time_s[-1], n_grid)
    sequences = tapers(n_grid, half_bandwidth, count)
    return np.stack([np.interp(block.time_s, grid_s, sequence) for sequence in sequences])


def eigenspectra(block: Block, frequency_hz: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Transform every series of a block with every taper.

    Returns
    -------
    ndarray of complex, shape (n_tapers, n_frequencies, n_series, 2)
        Scaled so that the squared magnitude is a one-sided power density, mm²/Hz.
    """
    window = tapers_at(block, *time_half_bandwidth(block.duration_s))
    count, (n, n_series) = len(window), block.valid.shape
    energy = np.einsum("kn,ns->ks", window**2, block.valid.astype(float))
    tapered = window[:, :, None, None] * block.motion_mm[None]
    columns = tapered.transpose(1, 0, 2, 3).reshape(n, -1)
    phase = 2 * np.pi * np.outer(frequency_hz, block.time_s - block.time_s[0])
    transform = np.cos(phase) @ columns - 1j * (np.sin(phase) @ columns)
    transform = transform.reshape(len(frequency_hz), count, n_series, 2).transpose(1, 0, 2, 3)
    with np.errstate(divide="ignore"):
        scale = np.where(energy > 0, np.sqrt(2 * block.interval_s / energy), 0.0)
    transform /= block.kept_by_camera(frequency_hz)[None, :, None, None]
    coefficient: NDArray[np.complex128] = transform * scale[:, None, :, None]
    return coefficient
