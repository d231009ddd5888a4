"""A tremor as a slowly changing sinusoid: its amplitude, frequency, direction and course.

The motion within a band around the peak is projected onto modulated Slepian sequences, whose span
holds practically all that a signal confined to the band and the block can do
(:mod:`tremorcam.measure.projection`). The mean square of the projection is therefore the integral
of the power density over the band, with equal weight for every moment of the hold (a taper would
favour its middle and misread a tremor that grows).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.measure.confidence import CONFIDENCE, DRAWS, Interval, widened
from tremorcam.measure.frequency import measure_frequency, with_mirrored
from tremorcam.measure.prediction import Share, kept_share
from tremorcam.measure.projection import (
    HALF_BAND_HZ,
    Projection,
    drawn,
    mean_over,
    models_of,
    project,
    rms_of,
    windows_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Block
    from tremorcam.measure.spectrum import Spectrum

SHARE_HALF_BAND_HZ = 0.3
"""Band in which both kinds of pictures are compared: the difference between them mirrors a
movement at the rates at which they alternate, and a wide band would take that for movement."""
BACKGROUND_RELATIVE_SD = 0.17
"""Uncertainty of the fitted background at one frequency, as found by Monte Carlo."""
METHOD_RELATIVE_SD = 0.005
"""What edges and the slow movement's removal add to the error of an amplitude, relative to it,
as found by Monte Carlo: the bias of one that grows eightfold."""


@dataclass(frozen=True)
class Envelope:
    """Complex envelope of one series over the valid samples of one block.

    The motion is the real part of ``value * exp(2j pi frequency_hz time_s)``.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
    value : ndarray of complex, shape (n, 2)
        Along the image axes, mm.
    noise_ms : float
        Mean square that the background alone leaves along both axes, mm².
    smile : int
    """

    time_s: NDArray[np.float64]
    value: NDArray[np.complex128]
    noise_ms: float
    smile: int

    @property
    def mean_square(self) -> NDArray[np.float64]:
        """Squared displacement averaged over a cycle, noise included, mm², shape (n,)."""
        power: NDArray[np.float64] = (np.abs(self.value) ** 2).sum(axis=1) / 2
        return power


@dataclass(frozen=True)
class Narrowband:
    """The motion of one series within a band.

    Parameters
    ----------
    series : int
    centre_hz : float
        Frequency that the envelopes refer to.
    frequency_hz, rms_mm : Interval
        RMS along both axes together, noise subtracted.
    noise_rms_mm : float
        RMS that the background alone would read in the same band.
    axis : ndarray, shape (2,)
        Unit vector of the main axis in the picture.
    envelopes : tuple of Envelope
        Of the whole motion, given back what ``kept`` says was lost.
    kept : Share
        What bidirectional pictures kept of it.
    """

    series: int
    centre_hz: float
    frequency_hz: Interval
    rms_mm: Interval
    noise_rms_mm: float
    axis: NDArray[np.float64]
    envelopes: tuple[Envelope, ...]
    kept: Share


def narrowband(
    blocks: Sequence[Block],
    series: int,
    spectrum: Spectrum,
    frequency_hz: float,
    *,
    refine: bool = True,
    half_band_hz: float = HALF_BAND_HZ,
    seed: int | None = None,
) -> Narrowband | None:
    """Measure the motion of a series around a frequency.

    Parameters
    ----------
    blocks : sequence of Block
    series : int
    spectrum : Spectrum
        Gives the background.
    frequency_hz : float
        Where to start from.
    refine : bool, optional
        Move to the centroid of what is found.
    half_band_hz : float, optional
    seed : int, optional
        Of the parametric bootstrap; there are no intervals without it.

    Returns
    -------
    Narrowband or None
        ``None`` where the series has no data.
    """
    used = [block for block in blocks if block.valid[:, series].any()]
    if not used or not np.isfinite(spectrum.dof[series]):
        return None
    frequency = Interval(frequency_hz)
    if refine:
        frequency = measure_frequency(used, series, spectrum, frequency_hz, seed=seed)
    centre_hz = frequency.value
    kept, given_back = _given_back(used, series, spectrum, centre_hz)
    factor = given_back.value
    windows = windows_of(used, series, half_band_hz)
    parts = [project(each, 1.0) for each in models_of(used, series, spectrum, centre_hz, windows)]
    shown_mm = rms_of(parts)
    rms = Interval(factor * shown_mm)
    if seed is not None:
        shown = _rms_interval(parts, np.random.default_rng(seed))
        rms = Interval(*(factor * np.array([shown.value, shown.low, shown.high])))
        rms = widened(rms, shown_mm * given_back.low, shown_mm * given_back.high)
    axes = spectrum.axes[series]
    envelopes = tuple(
        Envelope(
            part.time_s, factor * part.envelope @ axes.T, factor**2 * part.noise_ms, part.smile
        )
        for part in parts
    )
    return Narrowband(
        series=series,
        centre_hz=centre_hz,
        frequency_hz=with_mirrored(frequency, kept, used, spectrum.band_hz),
        rms_mm=rms,
        noise_rms_mm=factor * float(np.sqrt(mean_over([part.noise_ms for part in parts], parts))),
        axis=main_axis(envelopes),
        envelopes=envelopes,
        kept=kept,
    )


def _given_back(
    blocks: Sequence[Block], series: int, spectrum: Spectrum, centre_hz: float
) -> tuple[Share, Interval]:
    """Share that bidirectional pictures kept, and what amplitudes are multiplied by for it.

    Both in a narrow band: the pictures in between mirror a movement about half of their rate, and a
    band that holds its image too would part it between them.
    """
    if not any(block.bidirectional.any() for block in blocks):
        return Share(), Interval(1.0, 1.0, 1.0)
    windows = windows_of(blocks, series, SHARE_HALF_BAND_HZ)
    models = models_of(blocks, series, spectrum, centre_hz, windows)
    kept = kept_share([model.waves for model in models])
    shown_mm = rms_of([project(model, 1.0) for model in models])

    def factor(share: float) -> float:
        whole_mm = rms_of([project(model, share) for model in models])
        return float(np.clip(whole_mm / shown_mm, 1.0, 1 / share)) if shown_mm > 0 else 1.0

    return kept, Interval(factor(kept.value), factor(kept.high), factor(kept.low))


def main_axis(envelopes: Sequence[Envelope]) -> NDArray[np.float64]:
    """Find the unit vector along which a series moves most, in the picture."""
    value = np.concatenate([envelope.value for envelope in envelopes])
    axis: NDArray[np.float64] = np.linalg.eigh((value.T @ value.conj()).real)[1][:, -1]
    return axis


def _rms_interval(parts: Sequence[Projection], rng: np.random.Generator) -> Interval:
    """RMS by parametric bootstrap: noise of the background's density is added again."""
    noise_ms = mean_over([part.noise_ms for part in parts], parts)
    drawn_ms = [_mean_squares(part, rng) for part in parts]
    total_ms = np.average(drawn_ms, axis=0, weights=[len(part.time_s) for part in parts])
    level = 1 + BACKGROUND_RELATIVE_SD * rng.standard_normal(DRAWS)
    method = 2 * METHOD_RELATIVE_SD * total_ms[0] * rng.standard_normal(DRAWS)
    error = total_ms[1:] - noise_ms * level - total_ms[0] + method
    tail = (1 - CONFIDENCE) / 2
    low, high = total_ms[0] - noise_ms - np.quantile(error, [1 - tail, tail])
    return Interval(*np.sqrt(np.maximum([total_ms[0] - noise_ms, low, high], 0.0)).tolist())


def _mean_squares(part: Projection, rng: np.random.Generator) -> NDArray[np.float64]:
    """Mean square of a block's motion as measured, then with its error drawn, mm²."""
    coefficient = drawn(part, rng)
    energy = part.window @ part.window.T / part.window.shape[1]
    each: NDArray[np.float64] = np.einsum(
        "kad,kl,lad->d", coefficient.conj(), energy, coefficient, optimize=True
    ).real
    return each / 2
