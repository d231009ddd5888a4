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


@dataclass(frozen=True, slots=True)
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
    points: NDArray[np.float64], motion: NDArray[np.float64]
) -> tuple[Similarity, NDArray[np.float64]]:
    """Fit a robust similarity to the motion of points.

    Iteratively reweighted least squares with Cauchy weights: brows, hair and glasses that go
    their own way lose their say.

    Parameters
    ----------
    points, motion : (n, 2) arrays, n >= 3

    Returns
    -------
    Similarity
    weight : (n,) array
        Weights of the last iteration.
    """
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
    change: NDArray[np.float64], witness: NDArray[np.float64], *, rate_hz: float
) -> NDArray[np.float64]:
    """Keep of the head's measured rotation (or scale) what a witness confirms.

    The lever arm from forehead to mouth turns noise of the head's rotation into false motion
    of the mouth. Below :data:`SLOW_HZ` the rotation is kept. Above, each frequency is
    scaled by the coefficient with which the measured rotation predicts the witness, the
    rotation that the lower face seems to make: the Wiener filter for a head of which two far
    apart parts are seen. Where the two are not coherent (99 % limit 1 - 0.01^(1/(n-1)) for
    n averages, Rosenberg et al. 1989, doi:10.1016/0079-6107(89)90004-7), nothing is kept.
    A head that really shakes is kept, noise is not; a lower face that trembles by itself is
    not coherent with the forehead.

    Parameters
    ----------
    change, witness : (n,) arrays
        Change from frame to frame as the reference points and the lower face see it.
    rate_hz : float

    Returns
    -------
    (n,) array
        Filtered changes.
    """
    n = len(change)
    if n < int(2 * rate_hz):
        return change
    segment = min(n, int(2 * rate_hz))
    # Averages of few segments are smoothed over 1 Hz too.
    width = max(1, round(segment / rate_hz))

    def density(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.complex128]:
        _, raw = signal.csd(x, y, rate_hz, nperseg=segment, detrend=False)
        return np.convolve(np.asarray(raw, dtype=complex), np.ones(width) / width, "same")

    own, other = np.abs(density(change, change)), np.abs(density(witness, witness))
    cross = density(change, witness)
    averages = width * n / segment
    limit = 1 - 0.01 ** (1 / max(averages - 1, 0.5))
    coherent = np.abs(cross) ** 2 > limit * own * other
    gain = np.where(coherent, np.clip(cross.real / np.maximum(own, 1e-30), 0, 1), 0.0)
    frequency_hz = np.fft.rfftfreq(segment, 1 / rate_hz)
    gain[frequency_hz <= SLOW_HZ] = 1.0
    pad = min(n - 1, segment)
    spectrum = np.fft.rfft(np.pad(change, pad, mode="reflect"))
    spectrum *= np.interp(np.fft.rfftfreq(n + 2 * pad, 1 / rate_hz), frequency_hz, gain)
    return np.asarray(np.fft.irfft(spectrum, n + 2 * pad)[pad : pad + n])
