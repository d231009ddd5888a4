"""Everything the rules look at, read from one measurement's tables."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tremorcam.interpret.narrowing import NarrowingFacts
from tremorcam.interpret.recording import read_recording
from tremorcam.interpret.tables import Measured, Measures, Reading, read_events
from tremorcam.interpret.tremor import TremorFacts
from tremorcam.interpret.twitches import BurstFacts, LidFacts

if TYPE_CHECKING:
    from tremorcam.interpret.criteria import Aspect, Criteria


class Facts:
    """Tables of one measurement, read for the rules.

    Parameters
    ----------
    measurement
        Anything with ``phases``, ``measures``, ``events``, ``vetoes`` and ``quality``.
    criteria : Criteria
        The thresholds; the facts take from them what belongs together.

    Attributes
    ----------
    tremor, bursts, lids, narrowing
        Readings by subject.
    recording : Recording
        Phases and how long they lasted.
    observed : Reading
        How long the eyes were seen, in seconds.
    """

    def __init__(self, measurement: Measured, criteria: Criteria) -> None:
        self.criteria = criteria
        self.quality = measurement.quality
        self.vetoes = tuple(measurement.vetoes)
        self._measures = Measures(measurement.measures)
        self.tremor = TremorFacts(self._measures, criteria)
        self.observed = self._measures.one("observed_time", "eye", "both", "whole")
        self.recording = read_recording(
            measurement.phases, tremor_phase=self.tremor.phase, observed_s=self.observed.value
        )
        events = read_events(measurement.events)
        self.bursts = BurstFacts(events, self.recording, self._measures, criteria)
        self.lids = LidFacts(events, self.recording, self._measures, criteria)
        self.narrowing = NarrowingFacts(self._measures, criteria)

    @cached_property
    def blink_rate(self) -> Reading:
        """Blinks a minute, over the whole recording."""
        return self._measures.one("blink_rate", "eye", "both", "whole")

    @cached_property
    def undermined(self) -> dict[Aspect, tuple[str, ...]]:
        """What the recording's quality takes away, with the codes of the reasons that do."""
        lost: dict[Aspect, tuple[str, ...]] = {}
        for reason in self.quality.reasons:
            if reason.severity == "note":
                continue
            for doubt in self.criteria.doubts:
                if doubt.code == reason.code and doubt.concerns(reason.value):
                    for aspect in doubt.undermines:
                        codes = dict.fromkeys((*lost.get(aspect, ()), doubt.code))
                        lost[aspect] = tuple(codes)
        return lost
