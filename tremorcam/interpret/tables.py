"""Reading single values out of the tidy tables, each with the row it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from scipy.stats import chi2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from tremorcam.data import Quality, Veto
    from tremorcam.interpret.logic import Truth


class Measured(Protocol):
    """What interpretation needs of a measurement; a saved ``Analysis`` has it as well."""

    @property
    def phases(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def measures(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def events(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def vetoes(self) -> tuple[Veto, ...]: ...  # noqa: D102
    @property
    def quality(self) -> Quality: ...  # noqa: D102


@dataclass(frozen=True)
class Reading:
    """A value with its 95 % interval and the row it was read from; NaN is unknown."""

    value: float = math.nan
    ci_low: float = math.nan
    ci_high: float = math.nan
    reference: str = ""
    detected: Truth = None

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not math.isnan(self.value)

    @property
    def bounded(self) -> bool:
        """Whether both ends of its interval are known."""
        return math.isfinite(self.ci_low) and math.isfinite(self.ci_high)

    @property
    def least(self) -> Reading:
        """Lower bound of its interval, read from the same row."""
        return Reading(self.ci_low, reference=self.reference)


MISSING = Reading()


class Measures:
    """The measures table, indexed.

    Parameters
    ----------
    table : pandas.DataFrame
        With the columns of measures.csv.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._rows: dict[tuple[str, str, str, str], dict[int, Reading]] = {}
        for row in table.itertuples(index=False):
            key = (str(row.measure), str(row.region), str(row.side), str(row.phase))
            smile = whole_number(row.smile)
            label = ",".join((*key[1:], key[0])) + (f" (smile {smile})" if smile else "")
            self._rows.setdefault(key, {})[smile] = Reading(
                value=number(row.value),
                ci_low=number(row.ci_low),
                ci_high=number(row.ci_high),
                reference=f"measures.csv: {label}",
                detected=truth(row.detected),
            )

    def smiles(self, measure: str, region: str, side: str, phase: str) -> dict[int, Reading]:
        """Every reading of a measure by smile; 0 stands for all smiles together."""
        return self._rows.get((measure, region, side, phase), {})

    def one(
        self, measure: str, region: str, side: str, phase: str, *, smile: int | None = None
    ) -> Reading:
        """Return one reading: that smile's, else that of all together, else the first known."""
        found = self.smiles(measure, region, side, phase)
        if smile is not None and smile in found:
            return found[smile]
        if 0 in found:
            return found[0]
        known = [reading for _, reading in sorted(found.items()) if reading.known]
        return known[0] if known else next(iter(found.values()), MISSING)

    def phases(self, measure: str) -> set[str]:
        """Phases in which a measure was taken."""
        return {phase for name, _, _, phase in self._rows if name == measure}


@dataclass(frozen=True)
class Event:
    """A row of events.csv; ``row`` is its number, the first after the header being 1."""

    row: int
    name: str
    side: str
    onset_s: float
    offset_s: float
    region: str
    phase: str

    @property
    def duration_s(self) -> float:
        """How long it lasted, in seconds."""
        return self.offset_s - self.onset_s


def read_events(table: pd.DataFrame) -> tuple[Event, ...]:
    """Read the events in order of time; rows without both times are left out."""
    events = (
        Event(
            row=at,
            name=str(row.event),
            side=str(row.side),
            onset_s=number(row.onset_s),
            offset_s=number(row.offset_s),
            region=str(row.region),
            phase=str(row.phase),
        )
        for at, row in enumerate(table.itertuples(index=False), start=1)
    )
    timed = [event for event in events if math.isfinite(event.duration_s)]
    return tuple(sorted(timed, key=lambda event: event.onset_s))


def events_reference(events: Iterable[Event], label: str) -> str:
    """Name the rows of events.csv that were counted, as a finding's evidence cites them.

    >>> events_reference((), "blinks")
    'events.csv: blinks (no rows)'
    """
    rows = ", ".join(str(event.row) for event in events)
    return f"events.csv: {label} ({f'rows {rows}' if rows else 'no rows'})"


def count_reading(events: Sequence[Event], label: str) -> Reading:
    """Count events, with the exact Poisson interval (Garwood 1936, doi:10.2307/2333958)."""
    low, high = poisson_interval(len(events))
    return Reading(float(len(events)), low, high, events_reference(events, label))


def rate_reading(count: Reading, observed_s: float) -> Reading:
    """Events a minute; unknown where nothing was observed."""
    if not observed_s > 0:
        return Reading(reference=count.reference)
    scale = 60.0 / observed_s
    reference = f"{count.reference} in {observed_s:.2f} s"
    return Reading(
        count.value * scale, count.ci_low * scale, count.ci_high * scale, reference=reference
    )


def poisson_interval(n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson mean after ``n`` events (Garwood 1936, doi:10.2307/2333958).

    >>> low, high = poisson_interval(0)
    >>> low, round(high, 2)
    (0.0, 3.69)
    """
    tail = (1 - level) / 2
    low = float(chi2.ppf(tail, 2 * n) / 2) if n else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * n + 2) / 2)


def magnitude(reading: Reading) -> Reading:
    """Absolute value of a reading, its interval folded at zero."""
    low, high = sorted((abs(reading.ci_low), abs(reading.ci_high)))
    if reading.ci_low < 0 < reading.ci_high:
        low = 0.0
    return Reading(abs(reading.value), low, high, reading.reference, reading.detected)


def number(value: object) -> float:
    """Read a cell as a float; anything that is no finite number is NaN."""
    try:
        read = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
    return read if math.isfinite(read) else math.nan


def whole_number(value: object) -> int:
    """Read a cell as an integer, 0 where it is none."""
    read = number(value)
    return 0 if math.isnan(read) else int(read)


def truth(value: object) -> Truth:
    """Read a cell as true, false or (empty) unknown."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    read = number(value)
    return None if math.isnan(read) else bool(read)
