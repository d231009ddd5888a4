"""How much each eye narrows with the smile, read from the measures."""

from __future__ import annotations

import math
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from tremorcam.anatomy import SIDES
from tremorcam.interpret.tables import MISSING, Measures, Reading, magnitude

if TYPE_CHECKING:
    from tremorcam.interpret.criteria import Criteria


class NarrowingFacts:
    """Difference between the eyes' narrowing, smile by smile."""

    def __init__(self, measures: Measures, criteria: Criteria) -> None:
        self._measures = measures
        self._needed = criteria["smile.eye_difference"]

    @cached_property
    def differences(self) -> tuple[Reading, ...]:
        """Left minus right narrowing in each smile, in percentage points."""
        left, right = (
            self._measures.smiles("eye_closure_with_smile", "eye", side, "hold") for side in SIDES
        )
        shared = sorted(left.keys() & right.keys())
        single = [smile for smile in shared if smile > 0] or shared
        pairs = [(left[smile], right[smile]) for smile in single]
        return tuple(_difference(a, b) for a, b in pairs if a.known and b.known)

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
        return Reading(value, middle.ci_low, middle.ci_high, middle.reference)

    @cached_property
    def every_smile(self) -> Reading:
        """Share of smiles in which that eye narrows more by the criterion."""
        if not self.differences:
            return MISSING
        sign = -1 if self.side == "right" else 1
        met = [self._needed.met_by(sign * reading.value) is True for reading in self.differences]
        reference = f"measures.csv: eye,left/right,hold,eye_closure_with_smile ({len(met)} smiles)"
        return Reading(sum(met) / len(met), reference=reference)


def _difference(left: Reading, right: Reading) -> Reading:
    """Left minus right, the half-widths of the intervals added in quadrature."""
    low = math.hypot(left.value - left.ci_low, right.ci_high - right.value)
    high = math.hypot(left.ci_high - left.value, right.value - right.ci_low)
    value = left.value - right.value
    reference = left.reference.replace(",left,", ",left/right,")
    return Reading(value, value - low, value + high, reference)
