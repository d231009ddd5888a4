""" "Persistent" and "worsening" against truths computed independently."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.stats import linregress

from tremorcam.store import trends
from tremorcam.store.trends import Point, change, course, persistence

START = datetime(2026, 1, 1, tzinfo=UTC)


def point(day, value=None, *, spread=1.2, limit=0.05):
    return Point(
        recording_id=f"{day}",
        time=START + timedelta(days=day),
        value=value,
        ci_low=value / spread if value else None,
        ci_high=value * spread if value else None,
        limit=limit,
    )


def test_the_scatter_between_recordings_is_elbles():
    # Two recordings that differ by exactly the published reduction of 66 % are on the edge.
    sd = trends.BETWEEN_RECORDINGS_LOG_SD
    assert math.exp(-1.96 * math.sqrt(2) * sd) == pytest.approx(0.34)
    assert sd == pytest.approx(0.389, abs=0.001)


@pytest.mark.parametrize(
    ("shaking", "of", "days", "status"),
    [
        (5, 5, 30, "persistent"),
        (9, 10, 30, "persistent"),
        (5, 5, 10, "not_known"),
        (3, 3, 30, "not_known"),
        (1, 10, 60, "not_persistent"),
        (0, 6, 60, "not_persistent"),
        (5, 10, 60, "not_known"),
    ],
)
def test_persistence(shaking, of, days, status):
    at = np.linspace(0, days, of)
    # The first and the last one shake, so that the span is the one meant.
    order = np.argsort(np.r_[0, of - 1, np.arange(1, of - 1)][:of], kind="stable")
    points = [point(float(at[i]), 0.3 if order[i] < shaking else None) for i in range(of)]
    judged = persistence(points)
    assert judged.status == status
    assert (judged.n_with_tremor, judged.n_recordings) == (shaking, of)


def test_jeffreys_interval_of_a_textbook_share():
    judged = persistence([point(d, 0.3 if d < 4 else None) for d in range(10)])
    # Jeffreys 95 % interval for 4 of 10, Brown, Cai and DasGupta (2001), table of intervals.
    assert (judged.ci_low, judged.ci_high) == pytest.approx((0.153, 0.696), abs=0.001)


def test_nothing_measured_means_nothing_known():
    nothing = Point("a", START, None, None, None, None)
    assert persistence([nothing]).status == "not_known"
    assert course([nothing] * 5).status == "not_known"
    assert course([point(0, 0.3), point(30, 0.9)]).status == "not_known"
    assert course([point(d, 0.3) for d in range(5)]).status == "not_known"


def test_the_slope_of_equal_points_is_that_of_least_squares():
    days = [0, 10, 25, 40, 60]
    values = [0.20, 0.25, 0.22, 0.35, 0.31]
    found = course([point(d, v, spread=1.0) for d, v in zip(days, values, strict=True)])
    line = linregress(days, np.log(values))
    assert math.log(found.factor_per_month) / 30 == pytest.approx(line.slope, rel=2e-3)
    # The scatter is below the floor, so the interval is that of a known scatter.
    se = trends.BETWEEN_RECORDINGS_LOG_SD / math.sqrt(np.sum((days - np.mean(days)) ** 2))
    low, high = (math.exp(30 * (line.slope + z * se)) for z in (-1.96, 1.96))
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), rel=5e-3)


def test_clear_growth_is_worsening_and_its_reverse_improving():
    rising = [point(7 * week, 0.1 * 1.35**week) for week in range(8)]
    falling = [point(7 * (7 - week), 0.1 * 1.35**week) for week in range(8)]
    assert course(rising).status == "worsening"
    assert course(rising).ci_low > 1
    assert course(falling).status == "improving"
    assert course(falling).factor_per_month == pytest.approx(
        1 / course(rising).factor_per_month, rel=1e-3
    )


def test_the_same_growth_seen_three_times_is_not_enough():
    few = [point(25 * number, 0.1 * 1.35 ** (25 * number / 7)) for number in range(2)]
    few.append(point(12, 0.1))
    assert course(few).status == "no_clear_change"


def test_recordings_without_tremor_count_as_below_their_limit():
    shaking = [point(d, 0.4) for d in (0, 7, 14)]
    gone = [point(d, None, limit=0.04) for d in (35, 42, 49, 56)]
    assert course(shaking + gone).status == "improving"
    assert course(shaking).status != "improving"
    poor = [point(d, None, limit=2.0) for d in (35, 42, 49, 56)]
    assert course(shaking + poor).status == "no_clear_change"


@pytest.mark.parametrize(
    ("earlier", "later", "status"),
    [
        (0.1, 0.5, "larger"),
        (0.5, 0.1, "smaller"),
        (0.2, 0.4, "no_clear_change"),
        (None, 0.4, "larger"),
        (None, 0.08, "no_clear_change"),
        (0.4, None, "smaller"),
        (0.08, None, "no_clear_change"),
        (None, None, "not_known"),
    ],
)
def test_change_between_two_recordings(earlier, later, status):
    found = change(point(0, earlier), point(5, later))
    assert found.status == status
    if found.ratio is not None:
        assert found.ratio == pytest.approx(later / earlier)
        assert found.ci_low < found.ratio < found.ci_high
    assert (found.ci_low is None) == (later is None)
    assert (found.ci_high is None) == (earlier is None)


def test_a_recording_that_cannot_tell_is_not_compared():
    assert change(point(0, 0.4), point(5, None, limit=None)).status == "not_known"


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(5)
    covered, n = 0, 30
    for _ in range(n):
        days = np.sort(rng.uniform(0, 90, 5))
        days[-1] = days[0] + 60
        slope = 0.01
        logs = -1 + slope * days + rng.normal(0, trends.BETWEEN_RECORDINGS_LOG_SD, 5)
        found = course(
            [point(float(d), math.exp(y), spread=1.0) for d, y in zip(days, logs, strict=True)]
        )
        covered += found.ci_low <= math.exp(30 * slope) <= found.ci_high
    # Binomial 99.9 % limit of 95 % in 30.
    assert covered >= 23


def test_one_day_is_told_in_the_singular():
    assert course([point(0, 0.3), point(1, 0.3)]).explanation.endswith("there are 2 over 1 day.")
