"""A measured recording of the cohort, kept so that rules can be applied to it again."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from cohort import Recording

    from tremorcam.data import Quality, Veto


@dataclass(frozen=True)
class Stored:
    """What was shown, and the tables that interpretation takes."""

    name: str
    pattern: str
    severity: str
    half: str
    confounders: tuple[str, ...]
    face: str
    phases: pd.DataFrame
    measures: pd.DataFrame
    events: pd.DataFrame
    vetoes: tuple[Veto, ...]
    quality: Quality

    @classmethod
    def of(cls, recording: Recording, measured: Any) -> Stored:
        """Keep the tables of a measurement or an analysis."""
        face = recording.scene.face
        return cls(
            name=recording.name,
            pattern=recording.pattern,
            severity=recording.severity,
            half=recording.half,
            confounders=recording.confounders,
            face=face.replace("\\", "/").rpartition("/")[2] if face else "packaged",
            phases=measured.phases,
            measures=measured.measures,
            events=measured.events,
            vetoes=tuple(measured.vetoes),
            quality=measured.quality,
        )


def save(stored: Stored, folder: Path) -> None:
    """Write under a temporary name first, so that an interrupted run leaves whole files only."""
    path = folder / f"{stored.name}.pkl"
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(stored))
    part.replace(path)
