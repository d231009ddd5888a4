"""A tremor as a slowly changing sinusoid: its amplitude, frequency, direction and course.

The motion within a band around the peak is projected onto modulated Slepian sequences by
least squares, at the true sample times. Their span holds practically all that a signal
confined to the band and the block can do, so that the mean square of the projection is the
integral of the power density over the band, with equal weight for every moment of the hold
(a taper would favour its middle and misread a tremor that grows).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from tremorcam.measure.prediction import Share, Waves, kept_share
from tremorcam.measure.spectrum import tapers_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Block
    from tremorcam.measure.spectrum import Spectrum

HALF_BAND_HZ = 1.0
SHARE_HALF_BAND_HZ = 0.3
"""Band in which both kinds of pictures are compared: the difference between them mirrors a
movement at the rates at which they alternate, and a wide band would take that for movement."""
EXTRA_TAPERS = 2
"""Sequences beyond the band's own number, which take in what lies at the block's edges."""
LEAST_SHARE = 0.1
"""Directions of which a gap or the slow movement leaves less than this are not estimated."""
DRAWS = 200
CONFIDENCE = 0.95
NORMAL = float(special.ndtri((1 + CONFIDENCE) / 2))
"""Standard deviations that an interval of a normally distributed value reaches to either side."""
BACKGROUND_RELATIVE_SD = 0.17
"""Uncertainty of the fitted background at one frequency, as found by Monte Carlo."""
THINNED_HZ = 8.0
CHUNK_S = 1.0
"""Length over which the frequency is compared with itself."""
LONGEST_WANDER = 5
"""Chunks over which a frequency may drift before it counts as new."""
METHOD_RELATIVE_SD = 0.005
"""What edges and the slow movement's removal add to the error of an amplitude, relative to it,
as found by Monte Carlo: the bias of one that grows eightfold."""
TOLERANCE_HZ = 0.002
LARGEST_PULL_HZ = 0.7
"""A refined frequency stays within the peak it started from."""


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % confidence interval."""

    value: float
    low: float = float("nan")
    high: float = float("nan")


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


@dataclass(frozen=True)
class _Model:
    """What one series' motion in one block is a sum of: sinusoids under each of the windows."""

    time_s: NDArray[np.float64]
    window: NDArray[np.float64]
    waves: Waves
    smile: int


@dataclass(frozen=True)
class _Projection:
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
    windows = _windows(used, series, half_band_hz)
    # Without a picture that is bidirectional there is no share to fit.
    any_bidirectional = any(block.bidirectional.any() for block in used)
    narrow = _windows(used, series, SHARE_HALF_BAND_HZ) if any_bidirectional else []
    centre_hz, kept = frequency_hz, Share()
    for _ in range(5):
        models = [
            _model(b, series, spectrum, centre_hz, w) for b, w in zip(used, windows, strict=True)
        ]
        if any_bidirectional:
            kept = kept_share(
                [
                    _model(b, series, spectrum, centre_hz, w).waves
                    for b, w in zip(used, narrow, strict=True)
                ]
            )
        parts = [_project(model, kept.value) for model in models]
        pull_hz = _centroid(parts) if refine else 0.0
        target_hz = np.clip(
            centre_hz + pull_hz, frequency_hz - LARGEST_PULL_HZ, frequency_hz + LARGEST_PULL_HZ
        )
        if abs(target_hz - centre_hz) < TOLERANCE_HZ:
            break
        centre_hz = float(target_hz)
    if seed is None:
        rms, offset = Interval(_rms_mm(parts)), Interval(_centroid(parts) if refine else 0.0)
    else:
        rms, offset = _intervals(parts, np.random.default_rng(seed))
        ends = (_rms_mm([_project(m, share) for m in models]) for share in (kept.high, kept.low))
        rms = widened(rms, *ends)
    axes = spectrum.axes[series]
    envelopes = tuple(
        Envelope(part.time_s, part.envelope @ axes.T, part.noise_ms, part.smile) for part in parts
    )
    return Narrowband(
        series=series,
        centre_hz=centre_hz,
        frequency_hz=Interval(*(centre_hz + np.array([offset.value, offset.low, offset.high]))),
        rms_mm=rms,
        noise_rms_mm=float(np.sqrt(_mean([part.noise_ms for part in parts], parts))),
        axis=main_axis(envelopes),
        envelopes=envelopes,
        kept=kept,
    )


def widened(value: Interval, low: float, high: float) -> Interval:
    """Widen an interval by an independent error that leaves the value between two ends."""
    below = np.hypot(value.value - value.low, max(value.value - low, 0.0))
    above = np.hypot(value.high - value.value, max(high - value.value, 0.0))
    return Interval(value.value, float(max(value.value - below, 0.0)), float(value.value + above))


def main_axis(envelopes: Sequence[Envelope]) -> NDArray[np.float64]:
    """Find the unit vector along which a series moves most, in the picture."""
    value = np.concatenate([envelope.value for envelope in envelopes])
    axis: NDArray[np.float64] = np.linalg.eigh((value.T @ value.conj()).real)[1][:, -1]
    return axis


def _windows(
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


def _model(
    block: Block, series: int, spectrum: Spectrum, centre_hz: float, window: NDArray[np.float64]
) -> _Model:
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
    return _Model(block.time_s[kept], window, waves, block.smile)


def _project(model: _Model, kept_share: float) -> _Projection:
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
    return _Projection(
        time_s=model.time_s,
        coefficient=solution[:count] + 1j * solution[count:],
        window=model.window,
        spread=spread,
        sigma_mm=waves.sigma_mm,
        smile=model.smile,
    )


def _mean(values: Sequence[float], parts: Sequence[_Projection]) -> float:
    return float(np.average(values, weights=[len(part.time_s) for part in parts]))


def _rms_mm(parts: Sequence[_Projection]) -> float:
    total_ms = _mean([float(_power(part.envelope).mean()) / 2 for part in parts], parts)
    noise_ms = _mean([part.noise_ms for part in parts], parts)
    return float(np.sqrt(max(total_ms - noise_ms, 0.0)))


def _turning(
    envelope: NDArray[np.complex128], slope: NDArray[np.complex128]
) -> NDArray[np.float64]:
    """Instantaneous offset of frequency times power, Hz mm², summed over the second axis."""
    turning: NDArray[np.float64] = (envelope.conj() * slope).imag.sum(axis=1) / (2 * np.pi)
    return turning


def _power(envelope: NDArray[np.complex128]) -> NDArray[np.float64]:
    power: NDArray[np.float64] = (envelope.real**2 + envelope.imag**2).sum(axis=1)
    return power


def _centroid(parts: Sequence[_Projection]) -> float:
    """Offset of the power-weighted mean frequency from the band's centre, in Hz."""
    turning, power, noise = 0.0, 0.0, 0.0
    for part in parts:
        envelope = part.envelope
        turning += _turning(envelope, part.slope.T @ part.coefficient).sum()
        power += _power(envelope).sum()
        noise += 2 * part.noise_ms * len(part.time_s)
    # Noise is centred on the band and only dilutes the offset.
    return float(turning / max(power - noise, 0.1 * power)) if power > 0 else 0.0


def _intervals(parts: Sequence[_Projection], rng: np.random.Generator) -> tuple[Interval, Interval]:
    """RMS and offset of the frequency from the centre, by parametric bootstrap.

    Noise of the background's density is added to the projection again; how far the estimates
    move is how far noise has moved them already. A frequency that wanders is uncertain beyond
    that: its chunks scatter more than noise explains.
    """
    chunks = [_chunk_sums(part, rng) for part in parts]
    turning, power = (np.concatenate(each) for each in zip(*chunks, strict=True))
    n_samples = sum(len(part.time_s) for part in parts)
    noise_ms = _mean([part.noise_ms for part in parts], parts)
    total_ms = power.sum(axis=0) / 2 / n_samples
    level = 1 + BACKGROUND_RELATIVE_SD * rng.standard_normal(DRAWS)
    method = 2 * METHOD_RELATIVE_SD * total_ms[0] * rng.standard_normal(DRAWS)
    error = total_ms[1:] - noise_ms * level - total_ms[0] + method
    tail = (1 - CONFIDENCE) / 2
    low, high = total_ms[0] - noise_ms - np.quantile(error, [1 - tail, tail])
    rms = np.sqrt(np.maximum([total_ms[0] - noise_ms, low, high], 0.0))
    return Interval(*rms.tolist()), _frequency_interval(turning, power, 2 * noise_ms * n_samples)


def _drawn(part: _Projection, rng: np.random.Generator) -> NDArray[np.complex128]:
    """Coefficients as measured, then with their error drawn; shape (n_tapers, 2, 1 + draws)."""
    half = len(part.window)
    unit = rng.standard_normal((part.spread.shape[1], 2 * DRAWS))
    error = (part.spread @ unit).reshape(2 * half, 2, DRAWS) * part.sigma_mm[:, None]
    measured = part.coefficient[:, :, None]
    return np.concatenate([measured, measured + error[:half] + 1j * error[half:]], axis=2)


def _chunk_sums(
    part: _Projection, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum turning and power per chunk; the first column is measured, the others are drawn.

    The envelope is slow: a few samples a second tell it as well as all do.
    """
    elapsed_s = part.time_s - part.time_s[0]
    thin = slice(None, None, max(1, int(len(elapsed_s) / max(elapsed_s[-1], 1e-9) / THINNED_HZ)))
    coefficient = _drawn(part, rng)
    flat = coefficient.reshape(len(coefficient), -1)
    envelope = (part.window[:, thin].T @ flat).reshape(-1, *coefficient.shape[1:])
    slope = (part.slope[:, thin].T @ flat).reshape(envelope.shape)
    n_chunks = max(1, round(elapsed_s[-1] / CHUNK_S))
    edges = np.searchsorted(elapsed_s[thin], np.arange(n_chunks) * elapsed_s[-1] / n_chunks)
    edges = np.unique(edges)
    scale = len(elapsed_s) / len(envelope)
    return (
        scale * np.add.reduceat(_turning(envelope, slope), edges, axis=0),
        scale * np.add.reduceat(_power(envelope), edges, axis=0),
    )


def _frequency_interval(
    turning: NDArray[np.float64], power: NDArray[np.float64], noise: float
) -> Interval:
    total = power.sum(axis=0)
    signal = np.maximum(total - noise * np.r_[1, np.full(DRAWS, 2)], 0.1 * total)
    offset = turning.sum(axis=0) / signal
    noise_variance = offset[1:].var()
    rest = turning - offset * power
    n_chunks = len(power)
    width = int(np.clip(n_chunks // 3, 1, LONGEST_WANDER))
    wander = _block_variance(rest[:, :1], width) - _block_variance(rest[:, 1:] - rest[:, :1], width)
    wander_variance = max(wander, 0.0) / float(signal[0]) ** 2 if n_chunks > 2 else 0.0
    variance = noise_variance + wander_variance
    # Satterthwaite: the scatter of few chunks is itself poorly known.
    n_free = max(n_chunks / width - 1, 1.0)
    dof = n_free * (variance / wander_variance) ** 2 if wander_variance > 0 else 1e6
    reach = special.stdtrit(min(dof, 1e6), (1 + CONFIDENCE) / 2) * np.sqrt(variance)
    return Interval(float(offset[0]), float(offset[0] - reach), float(offset[0] + reach))


def _block_variance(rest: NDArray[np.float64], width: int) -> float:
    """Variance of the sum of chunks that depend on their neighbours, by overlapping blocks."""
    n_chunks = len(rest)
    total = np.cumsum(np.pad(rest, ((1, 0), (0, 0))), axis=0)
    blocks = total[width:] - total[:-width]
    # Blocks are compared with the mean of all, which is taken from themselves.
    share = n_chunks / width / max(n_chunks / width - 1, 0.5)
    return float((blocks**2).mean() * n_chunks / width * share)
