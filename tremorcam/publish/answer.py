"""What a reader asks first, picked out of the measures: is there a tremor, where, how strong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import REGIONS, SIDES, Region

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tremorcam.data import Analysis

FACE_REGIONS: tuple[Region, ...] = tuple(r for r in REGIONS if r.role == "face")
HIGHEST_SHARE_OF_RATE = 0.4
"""Nothing is told above this share of the effective frame rate."""


@dataclass(frozen=True)
class Estimate:
    """One row of the measures; NaN where something is not known.

    ``detected`` is ``None`` where that was not, or cannot be, asked.
    """

    value: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    noise_floor: float = np.nan
    detected: bool | None = None

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return bool(np.isfinite(self.value))

    @property
    def has_interval(self) -> bool:
        """Whether both bounds of its interval are known."""
        return bool(np.isfinite(self.ci_low) and np.isfinite(self.ci_high))


ALL_SMILES = 0
"""Number that stands for all smiles together."""


@dataclass(frozen=True)
class Stretch:
    """A part of the recording: a phase of a smile, or of all of them."""

    phase: str
    smile: int

    @property
    def words(self) -> str:
        """When that was, in words that go on after what was measured."""
        return _WHEN.get(self.phase, self.phase)


@dataclass(frozen=True)
class Tremor:
    """A tremor that was detected on the face itself."""

    region: str
    side: str
    stretch: Stretch

    @property
    def key(self) -> str:
        """Channel name of the region, as in signals.csv."""
        return f"{self.region}_{self.side}"


class Answer:
    """Reads the answer out of an analysis.

    Parameters
    ----------
    analysis : Analysis
    """

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._rows: list[dict[str, Any]] = [
            {str(name): value for name, value in row.items()}
            for row in analysis.measures.to_dict("records")
        ]

    @cached_property
    def tremor(self) -> Tremor | None:
        """The detected tremor of the greatest amplitude; one in a held smile goes before."""
        rows = self.detected_amplitudes()
        if not rows:
            return None
        best = max(rows, key=lambda row: (row["phase"] == "hold", row["value"]))
        return Tremor(best["region"], best["side"], Stretch(best["phase"], int(best["smile"])))

    @cached_property
    def stretch(self) -> Stretch:
        """Part of the recording that the answer speaks of.

        That of the strongest tremor; without one the longest hold, or the whole recording.
        """
        if self.tremor is not None:
            return self.tremor.stretch
        measured = list(self._amplitudes())
        for phase in ("hold", "whole"):
            smiles = {int(row["smile"]) for row in measured if row["phase"] == phase}
            if smiles:
                return Stretch(phase, self._longest(phase, smiles))
        return Stretch("whole", 0)

    @cached_property
    def assessed(self) -> bool:
        """Whether there was enough to tell a tremor in the answer's stretch from none."""
        return any(
            _flag(row["detected"]) is not None
            and Stretch(row["phase"], int(row["smile"])) == self.stretch
            for row in self._amplitudes()
        )

    @property
    def region(self) -> str:
        """Region to show: that of the strongest tremor, or the mouth corners."""
        return self.tremor.region if self.tremor else "mouth_corner"

    @property
    def sides(self) -> tuple[str, ...]:
        """Sides on which the region to show exists."""
        return tuple(r.side for r in REGIONS if r.name == self.region)

    def lookup(
        self, measure: str, *, side: str | None = None, region: str | None = None
    ) -> Estimate:
        """Find a measure; where there are several, that nearest to the answer's stretch.

        Parameters
        ----------
        measure : str
            Name as in measures.csv.
        side, region : str, optional
            Any where not given.
        """
        rows = [
            row
            for row in self._rows
            if row["measure"] == measure
            and side in (None, row["side"])
            and region in (None, row["region"])
        ]
        if not rows:
            return Estimate()
        main = self.stretch
        row = min(rows, key=lambda r: 2 * (r["smile"] != main.smile) + (r["phase"] != main.phase))
        return Estimate(
            value=_number(row["value"]),
            ci_low=_number(row["ci_low"]),
            ci_high=_number(row["ci_high"]),
            noise_floor=_number(row["noise_floor"]),
            detected=_flag(row["detected"]),
        )

    def at_tremor(self, measure: str) -> Estimate:
        """Find a measure of the strongest tremor; nothing is known where there is none."""
        if self.tremor is None:
            return Estimate()
        return self.lookup(measure, side=self.tremor.side, region=self.tremor.region)

    def worst(self, measure: str) -> float:
        """Value of a measure where the answer looks.

        That is at the strongest tremor; without one, the greater of the two mouth corners,
        NaN if either is not known.
        """
        if self.tremor is not None:
            return self.at_tremor(measure).value
        corners = [self.lookup(measure, side=s, region="mouth_corner").value for s in SIDES]
        return float(np.max(corners))

    @property
    def detection_limit_mm(self) -> float:
        """Smallest peak-to-peak tremor that would have been seen where the answer looks."""
        return self.worst("detection_limit")

    @property
    def highest_frequency_hz(self) -> float:
        """Highest frequency that this recording can tell."""
        return HIGHEST_SHARE_OF_RATE * self.analysis.timing.effective_rate_hz

    def detected_amplitudes(self) -> list[dict[str, Any]]:
        """List the measures' rows of every tremor detected on the face, by amplitude."""
        rows = [row for row in self._amplitudes() if _flag(row["detected"])]
        rows = [row for row in rows if np.isfinite(_number(row["value"]))]
        return sorted(rows, key=lambda row: -float(row["value"]))

    def detected_frequencies(self) -> dict[tuple[str, str], dict[Stretch, float]]:
        """Find the frequency, in Hz, of every tremor detected, by region, side and stretch."""
        found: dict[tuple[str, str], dict[Stretch, float]] = {}
        strong = {_place(row) for row in self.detected_amplitudes()}
        for row in self._rows:
            value = _number(row["value"])
            is_frequency = row["measure"] == "tremor_frequency" and np.isfinite(value)
            if is_frequency and _place(row) in strong:
                stretch = Stretch(row["phase"], int(row["smile"]))
                found.setdefault((row["region"], row["side"]), {})[stretch] = value
        return found

    def stretch_parts_s(self) -> list[tuple[float, float]]:
        """List begin and end of each part of the answer's stretch, in order.

        All held smiles together have several parts. The whole recording is one, where the
        stretch is nowhere among the phases.
        """
        parts = [
            (float(row["onset_s"]), float(row["offset_s"]))
            for row in self.analysis.phases.to_dict("records")
            if row["phase"] == self.stretch.phase
            and self.stretch.smile in (ALL_SMILES, int(row["smile"]))
        ]
        if parts:
            return sorted(parts)
        time_s = self.analysis.signals["time_s"].values
        return [(0.0, float(time_s[-1]) if len(time_s) else 0.0)]

    def stretch_bounds_s(self) -> tuple[float, float]:
        """Begin of the first and end of the last part of the answer's stretch."""
        parts = self.stretch_parts_s()
        return parts[0][0], parts[-1][1]

    def in_stretch(self, time_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each moment lies in the answer's stretch."""
        inside = np.zeros(len(time_s), bool)
        for begin_s, end_s in self.stretch_parts_s():
            inside |= (time_s >= begin_s) & (time_s <= end_s)
        return inside

    def _amplitudes(self) -> Iterable[dict[str, Any]]:
        names = {region.name for region in FACE_REGIONS}
        return (
            row
            for row in self._rows
            if row["measure"] == "tremor_amplitude_p2p" and row["region"] in names
        )

    def _longest(self, phase: str, smiles: set[int]) -> int:
        lengths_s = {
            int(row["smile"]): row["offset_s"] - row["onset_s"]
            for row in self.analysis.phases.to_dict("records")
            if row["phase"] == phase and int(row["smile"]) in smiles
        }
        return max(lengths_s, key=lambda smile: lengths_s[smile], default=min(smiles))


_WHEN = {
    "hold": "while the smile was held",
    "neutral": "at rest",
    "whole": "in the steadiest stretch",
}


def measured_with(analysis: Analysis) -> str:
    """Version of Tremorcam that made an analysis; empty where it is not told."""
    return str(analysis.provenance.get("versions", {}).get("tremorcam", ""))


def _place(row: dict[str, Any]) -> tuple[str, str, str, int]:
    return row["region"], row["side"], row["phase"], int(row["smile"])


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float, np.number)) else np.nan


def _flag(value: object) -> bool | None:
    return bool(value) if isinstance(value, (bool, np.bool_)) else None
