"""The smile itself: excursion, speed and lag of each side, and what the eyes do with it.

How far a corner is from rest is told by landmarks, which do not drift; how fast it goes there by
the flow, which is there in every frame and the same in a mirror.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage, stats

from tremorcam.anatomy import SIDES, Side
from tremorcam.measure.blocks import median_interval_s
from tremorcam.measure.confidence import CONFIDENCE, NORMAL, Interval
from tremorcam.measure.intervals import inside
from tremorcam.measure.tremor_rows import GAIN_RELATIVE_SD

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

PIECE_S = 0.5
"""Medians are compared over pieces this long, which are taken as independent."""
SMOOTH_S = 0.15
LID_MARGIN_S = 0.15
LEAST_CLOSURE_PERCENT = 10.0
"""The onset of an eye's narrowing is timed only if it surely narrows by more than this."""
LEAST_SAMPLES, LEAST_APART = 5, 2
"""Signals of every frame need more; eyes are read by themselves only every 0.5 to 3 s, and each
reading is already a mean."""


@dataclass(frozen=True)
class SideSmile:
    """One side of one smile; NaN where it could not be told.

    Parameters
    ----------
    excursion_mm : Interval
        From rest to the held smile.
    onset_speed_mm_s : Interval
    half_rise_s : Interval
        When half of the way was made.
    closure_percent : Interval
        How much narrower the eye is in the hold than at rest.
    eye_lag_s : Interval
        How long the eye's narrowing trails the mouth's rise.
    """

    excursion_mm: Interval
    onset_speed_mm_s: Interval
    half_rise_s: Interval
    closure_percent: Interval
    eye_lag_s: Interval


def measure_smile(
    distinct: xr.Dataset,
    phases: pd.DataFrame,
    smile: int,
    lid_spans: Sequence[tuple[float, float]],
) -> dict[Side, SideSmile]:
    """Measure one smile on both sides.

    Parameters
    ----------
    distinct : xarray.Dataset
    phases : pandas.DataFrame
    smile : int
    lid_spans : sequence of (float, float)
        Blinks and other lid events, which are left out of apertures.
    """
    time_s = distinct["time_s"].values.astype(float)
    own = phases[phases["smile"] == smile]
    spans = {
        str(name): (float(start), float(stop))
        for name, start, stop in zip(own["phase"], own["onset_s"], own["offset_s"], strict=True)
    }
    blinking = inside(time_s, lid_spans, margin_s=LID_MARGIN_S)
    return {side: _one_side(distinct, time_s, spans, side, blinking) for side in SIDES}


def _one_side(
    distinct: xr.Dataset,
    time_s: NDArray[np.float64],
    spans: dict[str, tuple[float, float]],
    side: Side,
    blinking: NDArray[np.bool_],
) -> SideSmile:
    corner_mm = distinct["smile_excursion_mm"].sel(side=side).values.astype(float)
    aperture_mm = np.where(blinking, np.nan, distinct["eye_aperture_mm"].sel(side=side).values)
    rest, held = (_within(time_s, corner_mm, spans.get(name)) for name in ("neutral", "hold"))
    landmark_sd = landmark_sd_mm(distinct, "excursion")
    excursion = _difference(rest, held, landmark_sd)
    rest_eye, held_eye = (
        _within(time_s, aperture_mm, spans.get(name)) for name in ("neutral", "hold")
    )
    together = _closure_percent(rest_eye, held_eye, landmark_sd_mm(distinct, "aperture"))
    closure = _closure_percent(
        *_alone(distinct, time_s, spans, side, blinking), landmark_sd_mm(distinct, "aperture_alone")
    )
    if not np.isfinite(closure.value):
        closure = together
    rise, half_rise_s, eye_lag_s = UNKNOWN_RISE, Interval(float("nan")), Interval(float("nan"))
    if "onset" in spans and np.isfinite(excursion.value):
        rise = _rise(time_s, _way_mm(distinct, time_s, side, spans["onset"]), spans["onset"])
        half_rise_s = rise.half_s(error=GAIN_RELATIVE_SD * rise.height)
        # The readings of every frame are timed, and those of the eye alone tell whose it is.
        if all(each.low >= LEAST_CLOSURE_PERCENT for each in (closure, together)):
            levels = (rest_eye.middle, held_eye.middle)
            narrowing = _rise(time_s, aperture_mm, spans["onset"], levels)
            narrowed_s = narrowing.half_s(error=landmark_sd_mm(distinct, "aperture"))
            eye_lag_s = minus(narrowed_s, half_rise_s)
    reach = NORMAL * GAIN_RELATIVE_SD * rise.speed
    onset_speed = Interval(rise.speed, rise.speed - reach, rise.speed + reach)
    return SideSmile(excursion, onset_speed, half_rise_s, closure, eye_lag_s)


def _way_mm(
    distinct: xr.Dataset, time_s: NDArray[np.float64], side: Side, onset: tuple[float, float]
) -> NDArray[np.float64]:
    """How far the flow has carried the mouth corner along its way from before to after an onset."""
    moved = distinct["displacement_mm"].sel(channel=f"mouth_corner_{side}").values.astype(float)
    ends = [moved[inside(time_s, [(at_s, at_s)], margin_s=SMOOTH_S)] for at_s in onset]
    if not all(len(end) for end in ends):
        return np.full(len(moved), np.nan)
    before, after = (np.median(end, axis=0) for end in ends)
    length_mm = np.hypot(*(after - before))
    if not length_mm > 0:
        return np.full(len(moved), np.nan)
    way_mm: NDArray[np.float64] = (moved - before) @ (after - before) / length_mm
    return way_mm


def _alone(
    distinct: xr.Dataset,
    time_s: NDArray[np.float64],
    spans: dict[str, tuple[float, float]],
    side: Side,
    blinking: NDArray[np.bool_],
) -> tuple[_Level, _Level]:
    """Aperture of an eye at rest and in the hold, read without the other eye if it was."""
    aperture_mm = np.full(len(time_s), np.nan)
    if "eye_aperture_alone_mm" in distinct:
        aperture_mm = distinct["eye_aperture_alone_mm"].sel(side=side).values
    open_mm = np.where(blinking, np.nan, aperture_mm)
    rest, held = (
        _within(time_s, open_mm, spans.get(name), least=LEAST_APART) for name in ("neutral", "hold")
    )
    return rest, held


@dataclass(frozen=True)
class _Level:
    """Median of a signal over a span, its standard error and the pieces this rests on."""

    middle: float
    error: float
    n_pieces: int


def _within(
    time_s: NDArray[np.float64],
    signal: NDArray[np.float64],
    span: tuple[float, float] | None,
    *,
    least: int = LEAST_SAMPLES,
) -> _Level:
    if span is None:
        return _Level(float("nan"), float("nan"), 0)
    chosen = (time_s >= span[0]) & (time_s <= span[1]) & np.isfinite(signal)
    if chosen.sum() < least:
        return _Level(float("nan"), float("nan"), 0)
    piece = ((time_s[chosen] - span[0]) / PIECE_S).astype(int)
    middles = np.array([np.median(signal[chosen][piece == each]) for each in np.unique(piece)])
    error = middles.std(ddof=1) / np.sqrt(len(middles)) if len(middles) > 1 else np.nan
    return _Level(float(np.median(signal[chosen])), float(error), len(middles))


def landmark_sd_mm(signals: xr.Dataset, what: str) -> float:
    """By how much the face finder errs in ``excursion``, ``aperture``, ``aperture_alone``.

    More frames do not make this less: it is a matter of the face and its expression.
    Signals that do not tell it count as free of it.
    """
    return float(np.nan_to_num(float(signals.attrs.get(f"{what}_sd_mm", 0.0))))


def _student(value: float, error: float, n_free: int, common: float = 0.0) -> Interval:
    """Interval of a mean, given its scatter and an error that all of its values share."""
    reach = np.hypot(stats.t.ppf((1 + CONFIDENCE) / 2, max(n_free, 1)) * error, NORMAL * common)
    return Interval(value, value - reach, value + reach)


def middle_of(values: NDArray[np.float64], *, common: float) -> Interval:
    """Median of readings far apart in time, which all err by ``common``, standard deviation."""
    error = float(values.std(ddof=1)) / np.sqrt(len(values))
    return _student(float(np.median(values)), error, len(values) - 1, common)


def _difference(rest: _Level, held: _Level, landmark_sd: float) -> Interval:
    n_free = min(rest.n_pieces, held.n_pieces) - 1
    error = float(np.hypot(rest.error, held.error))
    return _student(held.middle - rest.middle, error, n_free, np.sqrt(2) * landmark_sd)


def _closure_percent(rest: _Level, held: _Level, landmark_sd: float) -> Interval:
    if not rest.middle > 0:
        return Interval(float("nan"))
    share = held.middle / rest.middle
    error = float(np.hypot(held.error, share * rest.error)) / rest.middle
    n_free = min(rest.n_pieces, held.n_pieces) - 1
    common = landmark_sd * float(np.hypot(1, share)) / rest.middle
    return _student(100 * (1 - share), 100 * error, n_free, 100 * common)


@dataclass(frozen=True)
class _Rise:
    """How a signal went from one level to another: its greatest speed, units per second."""

    speed: float
    height: float
    at_s: float

    def half_s(self, *, error: float) -> Interval:
        """When half the way was made; ``error`` is the signal's there, standard deviation."""
        reach_s = NORMAL * error / self.speed if self.speed > 0 else float("nan")
        return Interval(self.at_s, self.at_s - reach_s, self.at_s + reach_s)


UNKNOWN_RISE = _Rise(float("nan"), float("nan"), float("nan"))


def _rise(
    time_s: NDArray[np.float64],
    signal: NDArray[np.float64],
    onset: tuple[float, float],
    levels: tuple[float, float] | None = None,
) -> _Rise:
    """Follow a signal through an onset, from the first level to the second.

    From where it begins there to where it ends without any.
    """
    chosen = (time_s >= onset[0] - SMOOTH_S) & (time_s <= onset[1]) & np.isfinite(signal)
    if chosen.sum() < LEAST_SAMPLES:
        return UNKNOWN_RISE
    width = max(1, round(SMOOTH_S / median_interval_s(time_s)))
    smooth = ndimage.uniform_filter1d(signal[chosen], width, mode="nearest")
    start, end = levels or (smooth[0], smooth[-1])
    if start == end:
        return UNKNOWN_RISE
    way, at_s = (smooth - start) / (end - start), time_s[chosen]
    height = abs(float(end - start))
    return _Rise(height * float(np.gradient(way, at_s).max()), height, _half_s(at_s, way))


def _half_s(at_s: NDArray[np.float64], way: NDArray[np.float64]) -> float:
    past = np.flatnonzero(way >= 0.5)
    if not len(past):
        return float("nan")
    first = int(past[0])
    if first == 0:
        return float(at_s[0])
    share = (0.5 - way[first - 1]) / (way[first] - way[first - 1])
    return float(at_s[first - 1] + share * (at_s[first] - at_s[first - 1]))


def minus(one: Interval, other: Interval) -> Interval:
    """One reading less another, with the interval of two that err each for itself."""
    value = one.value - other.value
    reach = float(np.hypot(one.high - one.value, other.high - other.value))
    return Interval(value, value - reach, value + reach)


def repeats(values: Sequence[Interval]) -> Interval:
    """Mean over repeated smiles, with the interval that their spread gives.

    One smile keeps its own interval. The mean is not surer than the surest of the smiles:
    the face finder errs alike in all of them.
    """
    known = [value for value in values if np.isfinite(value.value)]
    if not known:
        return Interval(float("nan"))
    if len(known) == 1:
        return known[0]
    each = np.array([value.value for value in known])
    mean = _student(float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each))), len(each) - 1)
    reaches = [value.high - value.value for value in known if np.isfinite(value.high)]
    reach = max(mean.high - mean.value, min(reaches, default=0.0))
    return Interval(mean.value, mean.value - reach, mean.value + reach)
