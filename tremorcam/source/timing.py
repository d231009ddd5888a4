"""When pictures really were: repeated ones, true rate, gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tremorcam.data import Timing

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

REPEAT_SHARE = 0.1
REPEAT_REACH = 5
LEAST_CHANGE = 0.002
"""Below this share of changed pixels compression has left nothing to compare."""

GAP_INTERVALS = 2.5
"""An interval longer than so many usual ones is a gap: two pictures or more are missing."""


def find_duplicates(difference: ArrayLike) -> NDArray[np.bool_]:
    """Find frames that repeat the picture before them, from what changed between frames.

    After compression a repeat is nearly, not exactly, the same picture. So a frame is a
    repeat if hardly anything changed *compared with its neighbours*: less than a tenth of the
    greatest change within five frames before it, and of that within five after it. Runs of up
    to five repeats are found so (6 pictures a second in a file of 30). A still scene has no
    such contrast, because its sensor noise is always there; where even that is lost to
    compression, nothing is called a repeat.

    Parameters
    ----------
    difference : array_like, shape (n,)
        Share of pixels that changed since the frame before (``Frame.difference``), NaN where
        there is no frame before.

    Returns
    -------
    ndarray of bool, shape (n,)

    Notes
    -----
    The factor and the reach were chosen on real clips: with a tenth, all repeats that can be
    seen in them are found and no other frame is taken for one; lowest ratio of a new picture
    0.11, highest of a repeat 0.10.
    """
    changes = np.asarray(difference, float)
    if changes.ndim != 1:
        raise ValueError(f"differences should be one list, their shape is {changes.shape}")
    known = np.isfinite(changes)
    changes = np.where(known, changes, 0.0)
    around = np.minimum(_greatest_before(changes), _greatest_before(changes[::-1])[::-1])
    around[np.isinf(around)] = 0.0
    repeats = (changes < REPEAT_SHARE * around) & (around >= LEAST_CHANGE)
    if changes.size and np.median(changes) >= LEAST_CHANGE:
        # The camera stood still for longer than the reach.
        repeats |= changes == 0
    return np.asarray(repeats & known, bool)


def _greatest_before(changes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Greatest change within the reach before each frame; infinite where that is cut short.

    So at either end of a recording the side that is there decides alone.
    """
    greatest = np.full(changes.shape, np.inf)
    if changes.size > REPEAT_REACH:
        windows = sliding_window_view(changes[:-1], REPEAT_REACH)
        greatest[REPEAT_REACH:] = windows.max(axis=1)
    return greatest


def audit_timing(time_s: ArrayLike, duplicate: ArrayLike, n_corrected: int = 0) -> Timing:
    """Find out at which rate new pictures really came.

    The rate is the number of intervals between distinct pictures over the time they took,
    gaps left out of both; the standard deviation is that of the same intervals. The rate a
    container declares plays no part.

    Parameters
    ----------
    time_s : array_like, shape (n,)
        Strictly increasing times of all frames.
    duplicate : array_like of bool, shape (n,)
        Frames that repeat the one before.
    n_corrected : int
        Times that had to be mended, noted as it is.

    Returns
    -------
    Timing
        With fewer than two distinct pictures the rate is 0 and the deviation NaN.

    Raises
    ------
    ValueError
        If the lengths differ, there is no frame, or times do not increase.

    Examples
    --------
    25 pictures a second in a file of 30: every sixth frame is a repeat.

    >>> audit_timing(np.arange(301) / 30, np.arange(301) % 6 == 5).effective_rate_hz
    25.0
    """
    times, repeats = np.asarray(time_s, float), np.asarray(duplicate, bool)
    if times.ndim != 1 or times.shape != repeats.shape or times.size == 0:
        raise ValueError(
            f"times and repeats should be two lists of one length, at least 1; "
            f"their shapes are {times.shape} and {repeats.shape}"
        )
    if not (np.diff(times) > 0).all():
        raise ValueError("times should increase strictly; sanitise them when they are read")
    duration_s = float(times[-1] - times[0])
    intervals_s = np.diff(times[~repeats])
    steady_s = intervals_s[~find_gaps(intervals_s)]
    return Timing(
        n_frames=times.size,
        n_duplicates=int(repeats.sum()),
        duration_s=duration_s,
        effective_rate_hz=float(steady_s.size / steady_s.sum()) if steady_s.size else 0.0,
        interval_sd_s=float(steady_s.std()) if steady_s.size else float("nan"),
        longest_gap_s=float(intervals_s.max()) if intervals_s.size else duration_s,
        n_gaps=int(intervals_s.size - steady_s.size),
        n_corrected_times=n_corrected,
    )


def find_gaps(intervals_s: ArrayLike) -> NDArray[np.bool_]:
    """Mark the intervals between distinct pictures that pictures are missing from.

    Parameters
    ----------
    intervals_s : array_like, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)
        Longer than 2.5 times the median. A repeat that was taken out doubles an interval and
        is no gap.
    """
    intervals = np.asarray(intervals_s, float)
    if intervals.size == 0:
        return np.zeros(0, bool)
    gaps: NDArray[np.bool_] = intervals > GAP_INTERVALS * float(np.median(intervals))
    return gaps
