"""Whether two series move together at one frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.measure.confidence import NORMAL, Interval
from tremorcam.measure.projection import HALF_BAND_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.measure.narrowband import Envelope, Narrowband

COHERENCE_CONFIDENCE = 0.99


@dataclass(frozen=True)
class Coupling:
    """How two series go together within a band.

    Parameters
    ----------
    coherence : float
        Share of the first's power that the second explains, 0 to 1.
    limit : float
        What independent series exceed once in a hundred (Halliday 1995,
        doi:10.1016/0079-6107(96)00009-0).
    phase_rad : float
        By how much the second trails the first along their main axes; NaN where the second
        has no single main axis to compare.
    n_free : float
        Independent values that the coherence is told from.
    """

    coherence: float
    limit: float
    phase_rad: float
    n_free: float

    @property
    def significant(self) -> bool:
        """Whether it is more than chance."""
        return self.coherence > self.limit

    @property
    def coherence_interval(self) -> Interval:
        """Coherence with its 95 % interval, by Fisher's transform of its root.

        The variance of that is 1 / (2 n) for n independent values (Enochson & Goodman 1965;
        Halliday 1995, doi:10.1016/0079-6107(96)00009-0).
        """
        if not np.isfinite(self.coherence):
            return Interval(float("nan"))
        reach = NORMAL / np.sqrt(2 * self.n_free)
        middle = np.arctanh(min(np.sqrt(self.coherence), 1 - 1e-9))
        low, high = np.tanh(np.maximum([middle - reach, middle + reach], 0.0)) ** 2
        return Interval(self.coherence, float(low), float(high))

    @property
    def phase_interval_rad(self) -> Interval:
        """Phase with its 95 % interval, from the variance (1 / coherence - 1) / (2 n).

        Halliday 1995, doi:10.1016/0079-6107(96)00009-0.
        """
        variance = (1 / max(self.coherence, 1e-9) - 1) / (2 * self.n_free)
        reach = float(NORMAL * np.sqrt(variance))
        return Interval(self.phase_rad, self.phase_rad - reach, self.phase_rad + reach)


def couple(
    first: Narrowband,
    second: Narrowband,
    *,
    first_axis: NDArray[np.float64] | None = None,
    second_axis: NDArray[np.float64] | None = None,
) -> Coupling:
    """Compare two series projected onto the same band.

    Parameters
    ----------
    first, second : Narrowband
        Around the same centre frequency.
    first_axis, second_axis : ndarray, shape (2,), optional
        Direction to look along. The first's main axis by default; of the second both axes
        count unless one is given.
    """
    pairs = [_shared(one, other) for one, other in _match(first.envelopes, second.envelopes)]
    nothing = Coupling(float("nan"), float("nan"), float("nan"), float("nan"))
    if not pairs:
        return nothing
    ours = np.concatenate([pair[0] for pair in pairs]) @ (
        first.axis if first_axis is None else first_axis
    )
    theirs = np.concatenate([pair[1] for pair in pairs])
    theirs = theirs if second_axis is None else (theirs @ second_axis)[:, None]
    theirs = theirs[:, (np.abs(theirs) ** 2).sum(axis=0) > 0]
    power = float((np.abs(ours) ** 2).sum())
    if power <= 0 or theirs.shape[1] == 0:
        return nothing
    weight = np.linalg.lstsq(theirs, ours, rcond=None)[0]
    coherence = float((np.abs(theirs @ weight) ** 2).sum() / power)
    duration_s = sum(
        float(pair[0].shape[0]) * _interval_s(envelope)
        for pair, envelope in zip(pairs, first.envelopes, strict=False)
    )
    n_free = max(2 * HALF_BAND_HZ * duration_s - theirs.shape[1] + 1, 2.0)
    limit = 1 - (1 - COHERENCE_CONFIDENCE) ** (1 / (n_free - 1))
    phase = float(np.angle(weight[0])) if theirs.shape[1] == 1 else float("nan")
    return Coupling(min(coherence, 1.0), float(limit), phase, n_free)


def _match(
    first: tuple[Envelope, ...], second: tuple[Envelope, ...]
) -> list[tuple[Envelope, Envelope]]:
    """Envelopes of the same blocks: those that overlap in time."""
    return [
        (one, other)
        for one in first
        for other in second
        if one.time_s[0] <= other.time_s[-1] and other.time_s[0] <= one.time_s[-1]
    ]


def _shared(
    one: Envelope, other: Envelope
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Envelopes at the times that both have."""
    _, at_one, at_other = np.intersect1d(one.time_s, other.time_s, return_indices=True)
    return one.value[at_one], other.value[at_other]


def _interval_s(envelope: Envelope) -> float:
    return float(np.median(np.diff(envelope.time_s)))
