"""Events as intervals, and how often they happen.

A rate from a short recording is poorly known: its interval is the exact Poisson one
(Garwood 1936, doi:10.1093/biomet/28.3-4.437).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from scipy import stats

from tremorcam.data import EVENT_COLUMNS
from tremorcam.measure.confidence import CONFIDENCE, Interval
from tremorcam.measure.intervals import overlap_s
from tremorcam.measure.phases import Cue, phase_at, spans_of

if TYPE_CHECKING:
    from collections.abc import Sequence

OBEYED_WITHIN_S = 1.0
"""People follow a cue late: reaction, and the time until they have opened their eyes again."""


@dataclass(frozen=True)
class Event:
    """Something that begins and ends.

    Parameters
    ----------
    event : str
        Key of the dictionary's events.
    side : str
    onset_s, offset_s : float
    rise_s : float
        When it first reached half of its peak: comparable between kinds of events, while
        onsets depend on each kind's threshold.
    peak : float
    unit : str
    region : str
    """

    event: str
    side: str
    onset_s: float
    offset_s: float
    rise_s: float
    peak: float
    unit: str
    region: str

    @property
    def span_s(self) -> tuple[float, float]:
        """Onset and offset."""
        return self.onset_s, self.offset_s


def unasked(lids: Sequence[Event], cues: Sequence[Cue]) -> list[Event]:
    """Leave out what the lids did because a guided test asked to close the eyes."""
    asked = [(onset_s, offset_s) for task, onset_s, offset_s, _ in cues if task == "eye_closure"]
    return [
        lid
        for lid in lids
        if not any(onset_s <= lid.offset_s and lid.onset_s <= offset_s + OBEYED_WITHIN_S
                   for onset_s, offset_s in asked)
    ]  # fmt: skip


def passing(lids: Sequence[Event], phases: pd.DataFrame) -> list[Event]:
    """Leave out what shuts an eye for most of a smile: that is the smile's doing, no event in it.

    It would be one where landmarks see the eye shut, and none where they see it narrowed.
    """
    holds = [span[1:] for span in spans_of(phases, "hold")]
    return [
        lid
        for lid in lids
        if all(overlap_s(lid.span_s, hold) < 0.5 * (hold[1] - hold[0]) for hold in holds)
    ]


def events_table(events: Sequence[Event], phases: pd.DataFrame) -> pd.DataFrame:
    """Table of events in the order of time, with the columns of events.csv."""
    rows = [
        (
            event.event, event.side, event.onset_s, event.offset_s,
            event.offset_s - event.onset_s, event.peak, event.unit, event.region,
            phase_at(phases, event.onset_s),
        )
        for event in sorted(events, key=lambda event: (event.onset_s, event.event, event.side))
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
    return table.astype(dict.fromkeys(("onset_s", "offset_s", "duration_s", "peak"), float))


def rate_per_min(count: int, duration_s: float) -> Interval:
    """Events per minute with the exact 95 % Poisson interval.

    Examples
    --------
    >>> rate = rate_per_min(0, 60.0)
    >>> rate.value, rate.low, round(rate.high, 3)
    (0.0, 0.0, 3.689)
    """
    if duration_s <= 0:
        return Interval(float("nan"))
    tail = (1 - CONFIDENCE) / 2
    minutes = duration_s / 60
    low = stats.chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    high = stats.chi2.ppf(1 - tail, 2 * (count + 1)) / 2
    return Interval(count / minutes, float(low / minutes), float(high / minutes))


def rate_ratio(count: int, reference: int) -> Interval:
    """Ratio of two counts over equal times, with its exact 95 % interval.

    Given both together, one of them is binomial (Przyborowski & Wilenski 1940,
    doi:10.1093/biomet/31.3-4.313). NaN where the reference is zero: then there is no ratio.

    Examples
    --------
    >>> ratio = rate_ratio(6, 3)
    >>> ratio.value, round(ratio.low, 2), round(ratio.high, 2)
    (2.0, 0.43, 12.36)
    """
    if reference == 0:
        return Interval(float("nan"))
    tail = (1 - CONFIDENCE) / 2
    low = stats.beta.ppf(tail, count, reference + 1) if count else 0.0
    high = stats.beta.ppf(1 - tail, count + 1, reference)
    return Interval(count / reference, float(low / (1 - low)), float(high / (1 - high)))
