"""How long a recording was observed in which phase."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tremorcam.interpret.tables import MISSING, Reading, count_reading, number, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tremorcam.interpret.tables import Event


@dataclass(frozen=True)
class Phase:
    """A row of the phases table."""

    smile: int
    name: str
    onset_s: float
    offset_s: float

    @property
    def duration_s(self) -> float:
        """How long it lasted, in seconds; never negative."""
        return max(self.offset_s - self.onset_s, 0.0)


@dataclass(frozen=True)
class Recording:
    """The phases of a recording, which of them holds the tremor measures, and its length."""

    phases: tuple[Phase, ...]
    tremor_phase: str
    observed_s: float

    @property
    def rest_s(self) -> float:
        """Seconds not spent on smiles."""
        smiling = sum(self.phase_s(name) for name in ("onset", "hold", "offset"))
        return max(self.observed_s - smiling, 0.0)

    def phase_s(self, name: str) -> float:
        """Total length of the phases of a name, in seconds."""
        return sum(phase.duration_s for phase in self.phases if phase.name == name)

    @property
    def held_s(self) -> float:
        """Seconds over which tremor and twitches were looked for."""
        return self.phase_s(self.tremor_phase)

    @property
    def smiles(self) -> Reading:
        """Number of smiles; unknown where nothing was measured."""
        if not self.phases:
            return MISSING
        smiles = {phase.smile for phase in self.phases if phase.name == "hold" and phase.smile}
        rows = (
            f"measures.csv: mouth_corner,left,hold,smile_excursion (smile {smile})"
            for smile in sorted(smiles)
        )
        return Reading(float(len(smiles)), reference="; ".join(rows) or "measures.csv: no smile")

    def begins_with_smile(self, onset_s: float, *, slack_s: float) -> bool:
        """Whether something that begins then begins with the rise or fall of a smile."""
        return any(
            phase.onset_s - slack_s <= onset_s <= phase.offset_s + slack_s
            for phase in self.phases
            if phase.name in ("onset", "offset")
        )


def read_recording(
    phases: pd.DataFrame, *, tremor_phase: str, observed_s: float = math.nan
) -> Recording:
    """Read the phases table; rows without both times are left out.

    ``observed_s`` is how long the eyes were seen; the phases tell where it is not known.
    """
    rows = (
        Phase(whole_number(row.smile), str(row.phase), number(row.onset_s), number(row.offset_s))
        for row in phases.itertuples(index=False)
    )
    timed = tuple(phase for phase in rows if math.isfinite(phase.offset_s - phase.onset_s))
    if not observed_s > 0:
        edges = [edge for phase in timed for edge in (phase.onset_s, phase.offset_s)]
        observed_s = max(edges) - min(edges) if edges else 0.0
    return Recording(timed, tremor_phase, observed_s)


def counted(events: Sequence[Event], label: str, over_s: float) -> Reading:
    """Count events, unknown where no time was observed."""
    return count_reading(events, label) if over_s > 0 else MISSING
