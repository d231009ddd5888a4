"""How a tremor changes while the smile is held, and from one smile to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from tremorcam.measure.confidence import CONFIDENCE, Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tremorcam.measure.narrowband import Envelope, Narrowband

PIECES = 12
"""A hold is compared with itself in this many pieces, four in each third."""
LEAST_PIECE_S = 0.25
LEAST_KNOWN = 2
"""Pieces of a third that must be known: twitches that are no part of a tremor may fill others."""
LEAST_POWER = 0.02
"""Share of the hold's mean square below which a third counts as without tremor."""
WINDOW_S, STEP_S = 1.0, 0.5
LARGEST_AUTOCORRELATION = 0.7


def growth_ratio(tremor: Narrowband, holds: Sequence[tuple[int, float, float]]) -> Interval:
    """Amplitude in the last third of the hold over that in the first, noise subtracted.

    With several holds their thirds are pooled. The interval is a Student one of the logarithm:
    a tremor also waxes and wanes without growing, and how far is taken from its pieces' scatter
    about a smooth course.

    Parameters
    ----------
    tremor : Narrowband
    holds : sequence of (int, float, float)
        Smile number, start and end in seconds.
    """
    pieces = [_pieces(tremor.envelopes, *hold) for hold in holds]
    courses = [course for course in pieces if course is not None]
    if not courses:
        return Interval(float("nan"))
    third = PIECES // 3
    first, last = [each[:third] for each in courses], [each[-third:] for each in courses]
    return _amplitude_ratio(last, first, courses)


def _amplitude_ratio(
    thirds: Sequence[NDArray[np.float64]],
    reference_thirds: Sequence[NDArray[np.float64]],
    courses: Sequence[NDArray[np.float64]],
) -> Interval:
    """Root of the mean square in thirds of the courses over that in others."""
    relative = np.concatenate([_scatter(each) for each in courses])
    n_free = len(relative) - 3 * len(courses)
    spread = np.sqrt((relative**2).sum() / n_free)
    power, reference = (
        float(np.mean([np.nanmean(third) for third in each])) for each in (thirds, reference_thirds)
    )
    n_known = min(np.isfinite(each).sum() for each in (thirds, reference_thirds))
    error = spread / np.sqrt(n_known) * np.sqrt(_dependence(relative))
    # A third without any tremor above its noise has no amplitude to divide by.
    floor = max(min(error, LEAST_POWER) * abs(np.nanmean(courses)), 1e-12)
    ratio = np.sqrt(max(power, floor) / max(reference, floor))
    reach = stats.t.ppf((1 + CONFIDENCE) / 2, n_free) * error * np.sqrt(2) / 2
    with np.errstate(over="ignore"):  # an interval without an end is infinite
        return Interval(float(ratio), float(ratio * np.exp(-reach)), float(ratio * np.exp(reach)))


def _pieces(
    envelopes: Sequence[Envelope], smile: int, start_s: float, stop_s: float
) -> NDArray[np.float64] | None:
    """Mean square of the tremor in equal pieces of a hold, noise subtracted, mm².

    NaN where nothing is known of a piece; ``None`` where that is so of most of a third.
    """
    if (stop_s - start_s) / PIECES < LEAST_PIECE_S:
        return None
    own = [envelope for envelope in envelopes if envelope.smile == smile]
    if not own:
        return None
    time_s = np.concatenate([envelope.time_s for envelope in own])
    power = np.concatenate([envelope.mean_square - envelope.noise_ms for envelope in own])
    piece = np.clip(((time_s - start_s) / (stop_s - start_s) * PIECES).astype(int), 0, PIECES - 1)
    count = np.bincount(piece, minlength=PIECES)
    if ((count > 0).reshape(3, -1).sum(axis=1) < LEAST_KNOWN).any():
        return None
    sums = np.bincount(piece, power, minlength=PIECES)
    means: NDArray[np.float64] = np.where(count > 0, sums, np.nan) / np.maximum(count, 1)
    return means


def _scatter(course: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative deviations from a course whose amplitude is a parabola, where it is known."""
    place = np.flatnonzero(np.isfinite(course))
    known = course[place]
    smooth = np.polyval(np.polyfit(place, np.sqrt(np.maximum(known, 0.0)), 2), place) ** 2
    level = np.maximum(smooth, 0.25 * max(known.mean(), 1e-12))
    relative: NDArray[np.float64] = (known - smooth) / level
    return relative


def _dependence(relative: NDArray[np.float64]) -> float:
    """By how much neighbouring pieces' likeness widens the error of their mean (variance)."""
    total = (relative**2).sum()
    if total <= 0:
        return 1.0
    # Taking out a parabola makes neighbours look less alike than they are.
    alike = (relative[1:] * relative[:-1]).sum() / total + 3 / PIECES
    alike = float(np.clip(alike, 0.0, LARGEST_AUTOCORRELATION))
    return (1 + alike) / (1 - alike)


def recovery_ratio(
    tremor: Narrowband, before: tuple[int, float, float], after: tuple[int, float, float]
) -> Interval:
    """Amplitude at the beginning of a smile over that at the end of the one before.

    The interval is found as that of :func:`growth_ratio` is.
    """
    last, first = _pieces(tremor.envelopes, *before), _pieces(tremor.envelopes, *after)
    if last is None or first is None:
        return Interval(float("nan"))
    third = PIECES // 3
    return _amplitude_ratio([first[:third]], [last[-third:]], [last, first])


def course_rows(
    region: str, side: str, tremor: Narrowband
) -> list[tuple[str, str, float, float, float, float]]:
    """Frequency and amplitude in windows of 1 s every 0.5 s.

    Rows have the columns of :data:`tremorcam.data.COURSE_COLUMNS`; frequency and amplitude
    are NaN in a window whose movement is not twice the noise's.
    """
    rows = []
    for envelope in tremor.envelopes:
        last_s = envelope.time_s[-1] - WINDOW_S
        power = envelope.mean_square
        slope = np.gradient(envelope.value, envelope.time_s, axis=0)
        turning = (envelope.value.conj() * slope).imag.sum(axis=1) / (4 * np.pi)
        for start_s in np.arange(envelope.time_s[0], last_s + 1e-9, STEP_S):
            inside = (envelope.time_s >= start_s) & (envelope.time_s <= start_s + WINDOW_S)
            if inside.sum() < 3:
                continue
            own_ms = power[inside].mean() - envelope.noise_ms
            seen = own_ms > envelope.noise_ms
            offset_hz = turning[inside].sum() / power[inside].sum() if seen else np.nan
            rows.append(
                (
                    region, side, float(start_s + WINDOW_S / 2),
                    float(tremor.centre_hz + offset_hz),
                    float(np.sqrt(own_ms)) if seen else float("nan"),
                    float(np.sqrt(envelope.noise_ms)),
                )
            )  # fmt: skip
    return rows
