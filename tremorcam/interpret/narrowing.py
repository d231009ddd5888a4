"""How much each eye narrows with the smile, read from the measures."""

from __future__ import annotations

from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from tremorcam.interpret.tables import MISSING, Measures, Reading, magnitude

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tremorcam.interpret.criteria import Criteria


class NarrowingFacts:
    """Difference between the eyes' narrowing, smile by smile."""

    def __init__(self, measures: Measures, criteria: Criteria) -> None:
        self._measures = measures
        self._needed = criteria["smile.eye_difference"]

    @cached_property
    def differences(self) -> tuple[Reading, ...]:
        """Left minus right narrowing in each smile, in percentage points."""
        found = self._measures.smiles("eye_closure_difference", "eye", "both", "hold")
        single = [smile for smile in sorted(found) if smile > 0] or sorted(found)
        return tuple(found[smile] for smile in single if found[smile].known)

    @cached_property
    def side(self) -> str:
        """The side whose eye narrows more, by the median over the smiles."""
        return "right" if median([d.value for d in self.differences] or [0.0]) < 0 else "left"

    @cached_property
    def difference(self) -> Reading:
        """Median over the smiles of how much more that eye narrows, in percentage points."""
        if not self.differences:
            return MISSING
        ordered = sorted(self.differences, key=lambda reading: reading.value)
        middle = magnitude(ordered[len(ordered) // 2])
        value = abs(median(reading.value for reading in ordered))
        both = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
        return Reading(value, middle.ci_low, middle.ci_high, _references(both))

    @cached_property
    def every_smile(self) -> Reading:
        """Share of smiles in which that eye narrows more by the criterion."""
        if not self.differences:
            return MISSING
        sign = -1 if self.side == "right" else 1
        met = [self._needed.met_by(sign * reading.value) is True for reading in self.differences]
        return Reading(sum(met) / len(met), reference=_references(self.differences))

    @cached_property
    def lag(self) -> Reading:
        """How long that eye's narrowing trails the mouth's rise, in seconds."""
        return self._measures.one("eye_closure_lag", "eye", self.side, "hold")


def _references(readings: Iterable[Reading]) -> str:
    return "; ".join(dict.fromkeys(reading.reference for reading in readings))
