"""Rows of the measures table."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from tremorcam import dictionary
from tremorcam.data import MEASURE_COLUMNS
from tremorcam.measure.confidence import Interval

NAN = float("nan")


@dataclass(frozen=True)
class Place:
    """Where and when something was measured.

    ``smile`` is 0 for all smiles of the recording together, or where there is none.
    """

    region: str
    side: str
    phase: str
    smile: int


@dataclass
class MeasureRows:
    """Collects rows; units come from the dictionary, so that none can differ from it."""

    rows: list[tuple[object, ...]] = field(default_factory=list)

    def add(
        self,
        place: Place,
        measure: str,
        value: float | Interval,
        *,
        noise_floor: float = NAN,
        detected: bool | None = None,
    ) -> None:
        """Add one row; NaN stands for what could not be assessed."""
        interval = value if isinstance(value, Interval) else Interval(float(value))
        self.rows.append(
            (
                place.region, place.side, place.phase, measure, interval.value,
                dictionary.measures()[measure].unit, interval.low, interval.high,
                float(noise_floor), detected, place.smile,
            )
        )  # fmt: skip

    def table(self) -> pd.DataFrame:
        """Rows as a table with the columns of measures.csv."""
        table = pd.DataFrame(self.rows, columns=list(MEASURE_COLUMNS))
        numbers = ("value", "ci_low", "ci_high", "noise_floor")
        table = table.astype(dict.fromkeys(numbers, float) | {"smile": int})
        table["detected"] = table["detected"].astype(object)
        return table
