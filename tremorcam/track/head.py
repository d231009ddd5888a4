"""The head's rigid motion, from points on it that a smile hardly moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLOW_HZ = 2.0
"""Below this, rotation and scale of the head are always taken as measured."""

_ITERATIONS = 5
_AS_COMPLEX = np.array([1.0, 1.0j])


@dataclass(frozen=True)
class Similarity:
    """Motion of the head in the picture between two frames.

    A point p moves by ``shift + [[scale, -rotation], [rotation, scale]] @ (p - centre)``.
    """

    centre: NDArray[np.float64]
    shift: NDArray[np.float64]
    scale: float
    rotation: float
    residual: float

    def at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Motion of points (n, 2) of a rigid head."""
        return self.shift + turn(points - self.centre, self.scale, self.rotation)


def turn(
    arm: NDArray[np.float64],
    scale: NDArray[np.float64] | float,
    rotation: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Motion at lever arms (..., 2) by a small change of scale and a small rotation."""
    x, y = arm[..., 0], arm[..., 1]
    return np.stack([scale * x - rotation * y, rotation * x + scale * y], axis=-1)


def fit_similarity(
    points: NDArray[np.float64],
    motion: NDArray[np.float64],
    *,
    weight: NDArray[np.float64] | None = None,
) -> tuple[Similarity, NDArray[np.float64]]:
    """Fit a robust similarity to the motion of points.

    Iteratively reweighted least squares with Cauchy weights: brows, hair and glasses that go
    their own way lose their say.

    Parameters
    ----------
    points, motion : (n, 2) arrays, n >= 3
    weight : (n,) array, optional
        Weights to use as they are, without iterating.

    Returns
    -------
    Similarity
    weight : (n,) array
        Weights of the last iteration.
    """
    if weight is not None:
        return _weighted_fit(points, motion, weight)[0], weight
    weight = np.ones(len(points))
    for _ in range(_ITERATIONS):
        fit, error = _weighted_fit(points, motion, weight)
        weight = 1 / (1 + (error / (3 * fit.residual)) ** 2)
    return fit, weight


def _weighted_fit(
    points: NDArray[np.float64], motion: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[Similarity, NDArray[np.float64]]:
    # Points of the plane as complex numbers: scale and rotation are one complex factor.
    z, dz = points @ _AS_COMPLEX, motion @ _AS_COMPLEX
    total = weight.sum()
    centre, shift = weight @ z / total, weight @ dz / total
    arm, rest = z - centre, dz - shift
    factor = (weight * arm.conj()) @ rest / (weight @ (arm * arm.conj()).real)
    error = np.abs(rest - factor * arm)
    # A Rayleigh-distributed length has its median at 1.18 standard deviations.
    residual = float(np.sort(error)[len(error) // 2]) / 1.1774 + 1e-9
    fit = Similarity(
        np.array([centre.real, centre.imag]),
        np.array([shift.real, shift.imag]),
        float(factor.real),
        float(factor.imag),
        residual,
    )
    return fit, error


def trusted_part(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    whole: NDArray[np.float64],
    *,
    rate_hz: float,
) -> NDArray[np.float64]:
    """Keep of a noisy head angle what two halves of the reference points agree on.

    The lever arm from forehead to mouth turns noise of the head's rotation into false motion
    of the mouth. Below :data:`SLOW_HZ` the angle is kept. Above, each frequency is scaled
    by the split-half reliability (Spearman-Brown) of the two halves' angles, the Wiener
    filter for a signal seen twice with independent noise: a head that really shakes is kept,
    noise is not.

    Parameters
    ----------
    first, second, whole : (n,) arrays
        Change from frame to frame of the angle (or log scale) as seen by each half of the
        points, and by all.
    rate_hz : float

    Returns
    -------
    (n,) array
        Filtered changes.
    """
    n = len(whole)
    if n < int(2 * rate_hz):
        return whole
    segment = min(n, int(3 * rate_hz))
    overlap = segment * 3 // 4

    def spectrum_of(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        _, density = signal.csd(x, y, rate_hz, nperseg=segment, noverlap=overlap, detrend=False)
        return np.asarray(np.real(density), dtype=float)

    frequency_hz = np.fft.rfftfreq(segment, 1 / rate_hz)
    cross = spectrum_of(first, second)
    power = np.sqrt(spectrum_of(first, first) * spectrum_of(second, second))
    # Reliability is a ratio of few averages: smooth both over 1 Hz before dividing.
    width = max(1, round(1.0 * segment / rate_hz))
    kernel = np.ones(width) / width
    agreement = np.convolve(cross, kernel, "same")
    reliability = np.clip(agreement / np.maximum(np.convolve(power, kernel, "same"), 1e-30), 0, 1)
    gain = 2 * reliability / (1 + reliability)
    # By chance alone agreement is about one over the root of the number of averages.
    averages = width * max(1.0, 2 * n / segment - 1)
    gain = np.where(reliability > 2 / np.sqrt(averages), gain, 0.0)
    gain[frequency_hz <= SLOW_HZ] = 1.0
    pad = min(n - 1, segment)
    padded = np.pad(whole, pad, mode="reflect")
    spectrum = np.fft.rfft(padded)
    spectrum *= np.interp(np.fft.rfftfreq(len(padded), 1 / rate_hz), frequency_hz, gain)
    return np.asarray(np.fft.irfft(spectrum, len(padded))[pad : pad + n])
