"""Irregular bursts of the mouth and movements of the lids, read from the events."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from tremorcam.anatomy import SIDES
from tremorcam.interpret.recording import counted
from tremorcam.interpret.tables import MISSING, Event, Reading, events_reference, rate_reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tremorcam.interpret.criteria import Criteria
    from tremorcam.interpret.recording import Recording
    from tremorcam.interpret.tables import Measures

BURSTS = ("mouth_burst", "cheek_burst")
LID_EVENTS = ("eyelid_spasm", "wink", "lid_twitch", "blink", "incomplete_blink", "long_closure")
RESTING = ("neutral", "whole")
"""Phases of events while not smiling; ``whole`` is before, between and after all others."""
CLOSURES = ("eyelid_spasm", "long_closure")
MOSTLY = 0.5
"""Share of the shorter of two bursts that lies in the other if both are one (provisional)."""


def one_sided_bursts(events: Iterable[Event], side: str, criteria: Criteria) -> tuple[Event, ...]:
    """Bursts of one side alone; what moves at once counts once."""
    kept: list[Event] = []
    for event in events:
        here = event.name in BURSTS and event.side == side
        if here and not (kept and _at_once(kept[-1], event, criteria)):
            kept.append(event)
    return tuple(kept)


def _at_once(one: Event, other: Event, criteria: Criteria) -> bool:
    """Whether two bursts begin together, or the shorter of them mostly falls into the other."""
    shared_s = min(one.offset_s, other.offset_s) - max(one.onset_s, other.onset_s)
    shorter_s = min(one.duration_s, other.duration_s)
    begin_together = abs(other.onset_s - one.onset_s) <= criteria["lids.with_mouth_lag"].value
    return begin_together or shared_s >= MOSTLY * shorter_s


def within(burst: Event, lids: Iterable[Event], criteria: Criteria) -> bool:
    """Whether a burst overlaps one of these lid events, give or take the error of onsets."""
    slack_s = criteria["lids.with_mouth_lag"].value
    return any(
        lid.onset_s - slack_s <= burst.offset_s and burst.onset_s <= lid.offset_s + slack_s
        for lid in lids
    )


class BurstFacts:
    """Irregular bursts at the mouth and cheek in the smile, on the side with more of them."""

    def __init__(
        self,
        events: tuple[Event, ...],
        recording: Recording,
        measures: Measures,
        criteria: Criteria,
    ) -> None:
        self._events = events
        self._recording = recording
        self._measures = measures
        self._criteria = criteria

    def on(self, side: str, phase: str) -> tuple[Event, ...]:
        """Bursts of one side alone in a phase; what moves at once counts once."""
        here = [event for event in self._events if event.phase == phase]
        return one_sided_bursts(here, side, self._criteria)

    @cached_property
    def side(self) -> str:
        """The side with more bursts in the smile."""
        return max(SIDES, key=lambda side: len(self.on(side, self._recording.tremor_phase)))

    @cached_property
    def _smiling(self) -> tuple[Event, ...]:
        return self.on(self.side, self._recording.tremor_phase)

    @cached_property
    def resting(self) -> tuple[Event, ...]:
        """Bursts of that side before a smile."""
        return self.on(self.side, "neutral")

    @cached_property
    def count(self) -> Reading:
        """How many."""
        label = f"mouth_burst/cheek_burst,{self.side},{self._recording.tremor_phase}"
        return counted(self._smiling, label, self._recording.held_s)

    @cached_property
    def rate(self) -> Reading:
        """How many a minute of the held smile."""
        return rate_reading(self.count, self._recording.held_s)

    @cached_property
    def rest_ratio(self) -> Reading:
        """Their rate at rest over that in the smile; unknown without rest."""
        rest_s = self._recording.phase_s("neutral")
        resting = self.resting
        label = f"mouth_burst/cheek_burst,{self.side},neutral"
        rest = rate_reading(counted(resting, label, rest_s), rest_s)
        if not (rest.known and self.rate.known and self.rate.value > 0):
            return MISSING
        reference = f"{rest.reference}; {self.rate.reference}"
        return Reading(rest.value / self.rate.value, reference=reference)

    @cached_property
    def length(self) -> Reading:
        """Median length in seconds: what takes longer is an expression, or a face that sways."""
        if not (self.count.known and self._smiling):
            return MISSING
        lengths_s = [burst.duration_s for burst in self._smiling]
        return Reading(median(lengths_s), reference=self.count.reference)

    @cached_property
    def irregularity(self) -> Reading:
        """Coefficient of variation of the time between them: 0 for a clockwork, 1 for chance."""
        places = (("mouth_corner", "mouth_burst"), ("cheek", "cheek_burst"))
        names = [burst.name for burst in self._smiling]
        region = max(places, key=lambda place: names.count(place[1]))[0]
        phase = self._recording.tremor_phase
        return self._measures.one("burst_irregularity", region, self.side, phase)

    @cached_property
    def clonic_pairs(self) -> Reading:
        """How many follow another within a clonic interval."""
        if not self.count.known:
            return MISSING
        limit_s = self._criteria["bursts.clonic_interval"].value
        onsets = [burst.onset_s for burst in self._smiling]
        n = sum(b - a <= limit_s for a, b in pairwise(onsets))
        return Reading(float(n), reference=self.count.reference)

    def share_within(self, lids: tuple[Event, ...]) -> Reading:
        """Share of the bursts that come while one of these lid events does."""
        if not self._smiling:
            return MISSING
        joined = [burst for burst in self._smiling if within(burst, lids, self._criteria)]
        label = f"of them within one-sided lid events or spasms,{self.side}"
        reference = f"{self.count.reference}; {events_reference(joined, label)}"
        return Reading(len(joined) / len(self._smiling), reference=reference)


class LidFacts:
    """Closures and twitches of the lids: of one eye alone, and spasms of both."""

    def __init__(
        self,
        events: tuple[Event, ...],
        recording: Recording,
        measures: Measures,
        criteria: Criteria,
    ) -> None:
        self._events = events
        self._recording = recording
        self._measures = measures
        self._criteria = criteria

    def one_sided(self, side: str) -> tuple[Event, ...]:
        """Closures and twitches of one eye while the other stayed open."""
        return tuple(e for e in self._events if e.name in LID_EVENTS and e.side == side)

    @cached_property
    def side(self) -> str:
        """The side with more of them."""
        return max(SIDES, key=lambda side: len(self.one_sided(side)))

    @cached_property
    def _spontaneous(self) -> tuple[Event, ...]:
        """Those of that side that do not begin with the rise or fall of a smile."""
        slack_s = self._criteria["smile.eye_onset"].value
        return tuple(
            event
            for event in self.one_sided(self.side)
            if not self._recording.begins_with_smile(event.onset_s, slack_s=slack_s)
        )

    @cached_property
    def joining(self) -> tuple[Event, ...]:
        """Bursts of that side without a lid event of their own, where most come with one.

        They are spasms of which the eye's part was too small to be read: landmarks read a
        partial closure of one eye at a third of its size. They are never more than those seen.
        """
        lids = self.one_sided(self.side)
        bursts = one_sided_bursts(self._events, self.side, self._criteria)
        alone = [burst for burst in bursts if not within(burst, lids, self._criteria)]
        share = 1 - len(alone) / len(bursts) if bursts else 0.0
        mostly = self._criteria["lids.with_mouth"].met_by(share) and len(alone) <= len(lids)
        return tuple(alone) if mostly else ()

    @cached_property
    def count(self) -> Reading:
        """One-sided spasms of the side with more, but for lid events that are the smile's."""
        spasms = sorted((*self._spontaneous, *self.joining), key=lambda event: event.onset_s)
        label = f"one-sided lid events{' and bursts' if self.joining else ''},{self.side}"
        return counted(spasms, label, self._recording.observed_s)

    @cached_property
    def rate(self) -> Reading:
        """The same a minute."""
        return rate_reading(self.count, self._recording.observed_s)

    @cached_property
    def same_side(self) -> Reading:
        """Share of one-sided lid events on the side that has more."""
        sides = {side: self.one_sided(side) for side in SIDES}
        n = {side: len(events) for side, events in sides.items()}
        if not sum(n.values()):
            return MISSING
        rows = (events_reference(sides[side], f"one-sided lid events,{side}") for side in SIDES)
        return Reading(max(n.values()) / sum(n.values()), reference="; ".join(rows))

    @cached_property
    def at_rest(self) -> Reading:
        """How many came while not smiling."""
        resting = [event for event in self._spontaneous if event.phase in RESTING]
        label = f"one-sided lid events,{self.side},not smiling"
        return counted(resting, label, self._recording.rest_s)

    @cached_property
    def with_mouth(self) -> Reading:
        """Share of lid events other than blinks that the mouth or cheek of the side joins."""
        return self._measures.one("eye_mouth_coincidence", "face", self.side, "whole")

    @cached_property
    def eye_first(self) -> Reading:
        """Median time by which the mouth trails the eye, in seconds."""
        return self._measures.one("eye_mouth_lag", "face", self.side, "whole")

    @cached_property
    def spasms(self) -> tuple[Event, ...]:
        """Closures of both eyes that last as long as a spasm."""
        longer = self._criteria["lids.spasm_duration"]
        return tuple(
            event
            for event in self._events
            if event.name in CLOSURES and event.side == "both" and longer.met_by(event.duration_s)
        )

    @cached_property
    def spasm_count(self) -> Reading:
        """How many of these there were."""
        return counted(self.spasms, "eyelid_spasm/long_closure,both", self._recording.observed_s)

    @cached_property
    def spasm_rate(self) -> Reading:
        """The same a minute."""
        return rate_reading(self.spasm_count, self._recording.observed_s)
