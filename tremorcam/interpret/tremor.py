"""Tremor peaks of the mouth's regions, read from the measures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tremorcam.anatomy import MOUTH_REGIONS, REGIONS, SIDES
from tremorcam.interpret.tables import MISSING, Measures, Reading, magnitude

if TYPE_CHECKING:
    from tremorcam.interpret.criteria import Criteria


@dataclass(frozen=True)
class Peak:
    """The tremor peak of one region, or that there is none."""

    region: str
    side: str
    phase: str
    smile: int
    frequency: Reading
    p_value: Reading
    persistence: Reading
    amplitude: Reading
    p2p: Reading
    limit: Reading
    growth: Reading
    kept: Reading

    @property
    def detected(self) -> bool:
        """Whether the measurement calls it a tremor (significant, and no veto shares it)."""
        return self.frequency.detected is True and self.frequency.known

    @property
    def measured(self) -> bool:
        """Whether the region was looked at, tremor or not."""
        return self.p_value.known or self.frequency.known or self.frequency.detected is not None

    @property
    def place(self) -> str:
        """Where it is, in words."""
        region = self.region.replace("_", " ")
        return region if self.side == "both" else f"{self.side} {region}"

    @property
    def size(self) -> tuple[bool, float, float]:
        """Order by: detected, then larger, then of smaller p-value."""
        return self.detected, _or(self.amplitude.value, 0.0), -_or(self.p_value.value, 2.0)


class TremorFacts:
    """What the measures say about tremor of the mouth.

    Parameters
    ----------
    measures : Measures
    criteria : Criteria
        Says when a smile counts as moderate.
    """

    def __init__(self, measures: Measures, criteria: Criteria) -> None:
        self._measures = measures
        self._criteria = criteria

    @cached_property
    def phase(self) -> str:
        """The hold of the smile, or the whole recording where there was none."""
        return "hold" if "hold" in self._measures.phases("tremor_frequency") else "whole"

    @cached_property
    def peaks(self) -> tuple[Peak, ...]:
        """The clearest peak of each region of the mouth, in the order of the regions."""
        return tuple(
            max(self._smiles(region.name, region.side), key=lambda peak: peak.size)
            for region in REGIONS
            if region.name in MOUTH_REGIONS
        )

    def _smiles(self, region: str, side: str) -> tuple[Peak, ...]:
        """Return the peak in all smiles together if there is one, else that in each."""
        found = self._measures.smiles("tremor_frequency", region, side, self.phase)
        each = tuple(self._peak(region, side, smile) for smile in sorted(found) or [0])
        return tuple(peak for peak in each if peak.smile == 0 and peak.detected) or each

    def _peak(self, region: str, side: str, smile: int) -> Peak:
        def read(measure: str) -> Reading:
            return self._measures.one(measure, region, side, self.phase, smile=smile)

        return Peak(
            region=region,
            side=side,
            phase=self.phase,
            smile=smile,
            frequency=read("tremor_frequency"),
            p_value=read("tremor_p_value"),
            persistence=read("tremor_persistence"),
            amplitude=read("tremor_amplitude_rms"),
            p2p=read("tremor_amplitude_p2p"),
            limit=read("detection_limit"),
            growth=read("growth_ratio"),
            kept=read("tremor_kept"),
        )

    def strongest(self, *sides: str) -> Peak | None:
        """Return the largest detected peak on these sides, or anywhere if none are named."""
        found = [peak for peak in self.peaks if peak.detected and peak.side in (sides or peak.side)]
        return max(found, key=lambda peak: peak.size, default=None)

    def clearest(self, *sides: str) -> Peak:
        """Return the largest detected peak, else the region of the smallest p-value."""
        there = [peak for peak in self.peaks if peak.side in (sides or peak.side)]
        measured = [peak for peak in there if peak.measured]
        return max(measured or there, key=lambda peak: peak.size)

    @cached_property
    def looked_for(self) -> bool:
        """Whether both sides of the mouth were measured."""
        return all(self.clearest(side).measured for side in SIDES)

    @cached_property
    def everywhere(self) -> bool:
        """Whether every region of the mouth was measured: a close picture may cut off the chin."""
        return all(peak.limit.known for peak in self.peaks)

    @cached_property
    def detection_limit(self) -> Reading:
        """Smallest tremor that would have been seen at both mouth corners, peak to peak, in mm."""
        corners = [peak.limit for peak in self.peaks if peak.region == "mouth_corner"]
        known = [limit for limit in corners if limit.known]
        return max(known, key=lambda limit: limit.value, default=MISSING)

    @cached_property
    def asymmetry(self) -> Reading:
        """|left − right| / (left + right) at the region where tremor is largest."""
        return magnitude(self._measures.one("asymmetry_index", "face", "both", self.phase))

    @cached_property
    def recovery(self) -> Reading:
        """Tremor as the second smile begins over that as the first ended; unknown for one smile."""
        return self._measures.one("recovery_ratio", "face", "both", "hold")

    @cached_property
    def tremulous_excursion(self) -> Reading:
        """Widest smile with tremor over the widest smile; unknown if all were equally wide."""
        smiles = self._excursions()
        if not smiles:
            return MISSING
        widths_mm = [smile.value for smile in smiles.values()]
        moderate = self._criteria["tremor.moderate_smile"]
        shaking = [smile for number, smile in smiles.items() if self._shakes_in(number)]
        if not shaking or moderate.met_by(min(widths_mm) / max(widths_mm)) is not True:
            return MISSING
        widest = max(smiles.values(), key=lambda smile: smile.value)
        shaken = max(shaking, key=lambda smile: smile.value)
        reference = "; ".join(dict.fromkeys((shaken.reference, widest.reference)))
        return Reading(shaken.value / widest.value, reference=reference)

    def _excursions(self) -> dict[int, Reading]:
        """Mean of both sides' excursion of every smile, in mm."""
        left, right = (
            self._measures.smiles("smile_excursion", "mouth_corner", side, "hold") for side in SIDES
        )
        mean = {
            smile: Reading(
                (left[smile].value + right[smile].value) / 2,
                reference=f"{left[smile].reference}; {right[smile].reference}",
            )
            for smile in sorted(left.keys() & right.keys())
            if smile > 0
        }
        return {smile: reading for smile, reading in mean.items() if reading.value > 0}

    def _shakes_in(self, smile: int) -> bool:
        """Whether a side of the mouth shakes in a smile; the chin is of neither side."""
        sides = [peak for peak in self.peaks if peak.side in SIDES]
        return any(self._peak(peak.region, peak.side, smile).detected for peak in sides)


def _or(value: float, default: float) -> float:
    return default if math.isnan(value) else value
