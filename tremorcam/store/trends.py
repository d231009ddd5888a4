"""How the shaking goes from recording to recording: "persistent" and "worsening".

The article sends to a doctor whose shaking is "persistent, worsening over time". Both words
are claims about the time between recordings, and single recordings scatter widely, so both
are held against their uncertainty here:

- **persistent**: shaking was seen over at least three weeks, and the 95 % interval of the
  share of recordings that show it lies above one half;
- **worsening**: the 95 % interval of the amplitude's growth lies above zero.

Anything less is "cannot be told yet", never "no".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

MIN_PERSISTENCE_DAYS = 21.0
"""Shaking that lasts over three weeks is worth a doctor's look (clinical custom; provisional)."""

MIN_TREND_DAYS = 14.0
"""A trend is not read from recordings closer together than this (engineering choice)."""

MIN_TREND_RECORDINGS = 3

BETWEEN_RECORDINGS_LOG_SD = -math.log(1 - 0.66) / (1.96 * math.sqrt(2))
"""Scatter of tremor from one recording to the next, of the log amplitude: 0.39.

The minimum detectable change of head tremor is a reduction by 66 % of the baseline's
geometric mean (Elble 2017, doi:10.1002/mdc3.12379), and that change is 1.96·√2 standard
deviations of one recording. No figure for the face is published; this one is taken over, and
a history can show more scatter than this but not argue less.
"""

_Z95 = 1.959964
_LOG_FLOOR_MM = 1e-4


@dataclass(frozen=True)
class Point:
    """The tremor of one recording at one place of the face.

    ``value`` is ``None`` where no tremor was detected; then ``limit`` is the smallest one that
    would have been. A point with neither says nothing and is left out.
    """

    recording_id: str
    time: datetime
    value: float | None
    ci_low: float | None
    ci_high: float | None
    limit: float | None

    @property
    def assessable(self) -> bool:
        """Whether the recording can tell if there was a tremor."""
        return self.value is not None or self.limit is not None


@dataclass(frozen=True)
class Persistence:
    """Share of the recordings that show tremor, with its 95 % interval."""

    status: Literal["persistent", "not_persistent", "not_known"]
    n_recordings: int
    n_with_tremor: int
    span_days: float
    share: float | None
    ci_low: float | None
    ci_high: float | None
    explanation: str


@dataclass(frozen=True)
class Course:
    """Growth of the amplitude, as a factor a month (30 days), with its 95 % interval."""

    status: Literal["worsening", "improving", "no_clear_change", "not_known"]
    n_recordings: int
    span_days: float
    factor_per_month: float | None
    ci_low: float | None
    ci_high: float | None
    explanation: str


@dataclass(frozen=True)
class Change:
    """Amplitude of a later recording over that of an earlier one, with its 95 % interval.

    Where one of the two shows no tremor, there is no ratio, and only one end of the interval.
    """

    status: Literal["larger", "smaller", "no_clear_change", "not_known"]
    ratio: float | None
    ci_low: float | None
    ci_high: float | None
    explanation: str


def persistence(points: Sequence[Point]) -> Persistence:
    """Judge whether the shaking is there time and again.

    The interval of the share is Jeffreys' (Brown, Cai & DasGupta 2001,
    doi:10.1214/ss/1009213286).

    Parameters
    ----------
    points : sequence of Point
        One for each recording, in any order.
    """
    from scipy.stats import beta

    told = [point for point in points if point.assessable]
    shaking = [point for point in told if point.value is not None]
    n, k = len(told), len(shaking)
    span = _span_days(shaking)
    if n == 0:
        return Persistence(
            "not_known", 0, 0, 0.0, None, None, None, "No recording could be measured yet."
        )
    low = float(beta.ppf(0.025, k + 0.5, n - k + 0.5)) if k else 0.0
    high = float(beta.ppf(0.975, k + 0.5, n - k + 0.5)) if k < n else 1.0
    seen = f"Tremor was seen in {k} of {n} recordings ({_percent(low)} to {_percent(high)})"
    status: Literal["persistent", "not_persistent", "not_known"]
    if low > 0.5 and span >= MIN_PERSISTENCE_DAYS:
        status, text = "persistent", f"{seen} over {_days(span)}: it persists."
    elif high < 0.5:
        status, text = "not_persistent", f"{seen}: most recordings show none."
    else:
        status = "not_known"
        text = (
            f"{seen} over {_days(span)}. Whether it persists can be told once tremor has been "
            f"seen over at least {MIN_PERSISTENCE_DAYS:.0f} days in clearly more than half of "
            "the recordings."
        )
    return Persistence(status, n, k, span, k / n, low, high, text)


def course(points: Sequence[Point]) -> Course:
    """Judge whether the amplitude grows from recording to recording.

    The logarithm of the amplitude is fitted by a straight line in time by maximum likelihood;
    recordings without a detected tremor count as "below their detection limit" rather than
    being left out, which would hide an improvement (Tobin 1958, doi:10.2307/1907382). Each
    point scatters by its own interval and by what recordings differ among themselves, at least
    :data:`BETWEEN_RECORDINGS_LOG_SD`. The interval is that of the profile likelihood. With few
    recordings it relies on that figure: were the true scatter 1.4 times as large, three to
    five recordings would cover in 91 to 94 of 100 histories instead of 95.

    Parameters
    ----------
    points : sequence of Point
        One for each recording, in any order.
    """
    told = sorted((p for p in points if p.assessable), key=lambda point: point.time)
    span = _span_days(told)
    if (
        len(told) < MIN_TREND_RECORDINGS
        or span < MIN_TREND_DAYS
        or sum(p.value is not None for p in told) < 2
    ):
        return Course(
            "not_known", len(told), span, None, None, None,
            f"A trend takes at least {MIN_TREND_RECORDINGS} recordings over "
            f"{MIN_TREND_DAYS:.0f} days, two of them with tremor; there are {len(told)} over "
            f"{_days(span)}.",
        )  # fmt: skip
    slope, low, high = _slope_interval(_Line.of(told))
    factor, least, most = (math.exp(min(30 * each, 50.0)) for each in (slope, low, high))
    text = (
        f"Amplitude changes by a factor of {factor:.2f} a month ({least:.2f} to {most:.2f}, "
        f"95 % interval; {len(told)} recordings over {_days(span)})"
    )
    status: Literal["worsening", "improving", "no_clear_change"]
    if low > 0:
        status, verdict = "worsening", ": it gets worse."
    elif high < 0:
        status, verdict = "improving", ": it gets better."
    else:
        status, verdict = "no_clear_change", ": no clear change, which does not rule one out."
    return Course(status, len(told), span, factor, least, most, text + verdict)


def change(earlier: Point, later: Point) -> Change:
    """Compare two recordings, allowing for how much recordings differ without any cause.

    Where one shows no tremor, its detection limit takes the place of its amplitude: the ratio
    itself is then unknown, and only a bound of it can be given.
    """
    shown = [point.value is not None for point in (earlier, later)]
    if not any(shown) or not (earlier.assessable and later.assessable):
        return Change("not_known", None, None, None, _why_no_ratio(earlier, later))
    difference = _log(_largest(later)) - _log(_largest(earlier))
    sd = math.sqrt(_log_sd(earlier) ** 2 + _log_sd(later) ** 2 + 2 * BETWEEN_RECORDINGS_LOG_SD**2)
    ratio, low, high = (math.exp(difference + z * sd) for z in (0.0, -_Z95, _Z95))
    # Below the limit, the earlier one makes the ratio larger, the later one smaller than this.
    ci_low, ci_high = low if shown[1] else None, high if shown[0] else None
    status: Literal["larger", "smaller", "no_clear_change"]
    if ci_low is not None and ci_low > 1:
        status, verdict = "larger", "larger than recordings differ by chance."
    elif ci_high is not None and ci_high < 1:
        status, verdict = "smaller", "smaller than recordings differ by chance."
    else:
        status, verdict = "no_clear_change", "within what two recordings differ by chance."
    if all(shown):
        text = f"The later amplitude is {ratio:.2f} times the earlier ({low:.2f} to {high:.2f}): "
        return Change(status, ratio, ci_low, ci_high, text + verdict)
    which = "earlier" if shown[1] else "later"
    text = f"The {which} recording shows no tremor here above its detection limit: "
    return Change(status, None, ci_low, ci_high, text + verdict)


def _largest(point: Point) -> float:
    """Amplitude, or the largest that would not have been seen."""
    largest = point.value if point.value is not None else point.limit
    assert largest is not None, "only assessable points are compared"
    return largest


def _why_no_ratio(earlier: Point, later: Point) -> str:
    if not (earlier.assessable and later.assessable):
        return "One of the two recordings cannot tell whether there is a tremor here."
    return "Neither recording shows a tremor here."


@dataclass(frozen=True)
class _Line:
    """Data of the straight line: logs of amplitudes, some known only to be below a limit."""

    days: NDArray[np.float64]
    log_mm: NDArray[np.float64]
    log_sd: NDArray[np.float64]
    below: NDArray[np.bool_]

    @classmethod
    def of(cls, points: Sequence[Point]) -> _Line:
        middle = sum(p.time.timestamp() for p in points) / len(points)
        return cls(
            days=np.array([(p.time.timestamp() - middle) / 86400 for p in points]),
            log_mm=np.array([_log(p.value if p.value is not None else p.limit) for p in points]),
            log_sd=np.array([_log_sd(p) for p in points]),
            below=np.array([p.value is None for p in points]),
        )

    def log_likelihood(self, level: float, slope: float, scatter: float) -> float:
        from scipy.special import log_ndtr

        sd = np.sqrt(self.log_sd**2 + scatter**2)
        z = (self.log_mm - level - slope * self.days) / sd
        terms = np.where(self.below, log_ndtr(z), -0.5 * z**2 - np.log(sd))
        return float(terms.sum())


def _slope_interval(line: _Line) -> tuple[float, float, float]:
    """Best slope and its 95 % interval, in 1/day."""
    spread = float(np.ptp(line.days))
    step = 1.0 / spread
    best = _maximise(lambda slope: _profile(line, slope), 0.0, step)
    top = _profile(line, best)
    drop = 0.5 * _Z95**2
    return best, _cross(line, best, top - drop, -step), _cross(line, best, top - drop, step)


def _profile(line: _Line, slope: float) -> float:
    """Log likelihood of a slope with the level and the scatter that suit it best."""
    from scipy.optimize import minimize

    def loss(parameters: NDArray[np.float64]) -> float:
        scatter = BETWEEN_RECORDINGS_LOG_SD + parameters[1] ** 2
        return -line.log_likelihood(float(parameters[0]), slope, float(scatter))

    start = np.array([float(np.mean(line.log_mm - slope * line.days)), 0.3])
    return -float(minimize(loss, start, method="BFGS").fun)


def _maximise(function: Callable[[float], float], start: float, step: float) -> float:
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda value: -function(value), bracket=(start - step, start + step), tol=1e-5
    )
    return float(found.x)


def _cross(line: _Line, best: float, level: float, step: float) -> float:
    """Slope on one side of the best at which the profile has fallen to ``level``.

    Infinite where it never does: points below a limit may allow any fall.
    """
    from scipy.optimize import brentq

    far = best + step
    while _profile(line, far) > level:
        step *= 2
        far = best + step
        if abs(step) > 1e6:
            return math.copysign(math.inf, step)
    return float(brentq(lambda slope: _profile(line, slope) - level, best, far, rtol=1e-4))


def _days(span_days: float) -> str:
    return f"{span_days:.0f} day{'' if round(span_days) == 1 else 's'}"


def _span_days(points: Sequence[Point]) -> float:
    if len(points) < 2:
        return 0.0
    times = [point.time.timestamp() for point in points]
    return (max(times) - min(times)) / 86400


def _log(amplitude_mm: float | None) -> float:
    return math.log(max(amplitude_mm or 0.0, _LOG_FLOOR_MM))


def _log_sd(point: Point) -> float:
    """Give the standard deviation of the log amplitude that a point's own interval speaks of."""
    if point.value is None or point.ci_low is None or point.ci_high is None:
        return 0.0
    return max(0.0, (_log(point.ci_high) - _log(point.ci_low)) / (2 * _Z95))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
