"""What a reader asks first, picked out of the measures: is there a tremor, where, how strong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import REGIONS, Region

if TYPE_CHECKING:
    import pandas as pd

    from tremorcam.data import Analysis

FACE_REGIONS: tuple[Region, ...] = tuple(r for r in REGIONS if r.role == "face")
HIGHEST_SHARE_OF_RATE = 0.4
"""Nothing is told above this share of the effective frame rate."""


@dataclass(frozen=True)
class Estimate:
    """One row of the measures; NaN where something is not known."""

    value: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    noise_floor: float = np.nan
    detected: bool = False

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return bool(np.isfinite(self.value))


@dataclass(frozen=True)
class Stretch:
    """Which part of the recording an answer is about."""

    phase: str
    smile: int


@dataclass(frozen=True)
class Tremor:
    """The strongest tremor that was detected on the face itself."""

    region: str
    side: str
    stretch: Stretch


def strongest_tremor(analysis: Analysis) -> Tremor | None:
    """Find the detected tremor of the greatest amplitude, or ``None``."""
    rows = _amplitudes(analysis.measures)
    detected = np.array([_is_true(flag) for flag in rows["detected"]], dtype=bool)
    rows = rows[detected & np.isfinite(rows["value"].to_numpy(float))]
    if rows.empty:
        return None
    # A tremor of the held smile goes before one of any other stretch.
    held = rows[rows["phase"] == "hold"]
    best = (rows if held.empty else held).sort_values("value", ascending=False).iloc[0]
    return Tremor(
        str(best["region"]), str(best["side"]), Stretch(str(best["phase"]), int(best["smile"]))
    )


def main_stretch(analysis: Analysis) -> Stretch:
    """Part of the recording that the answer speaks of.

    That of the strongest tremor; without one the longest hold, or the whole recording.
    """
    tremor = strongest_tremor(analysis)
    if tremor is not None:
        return tremor.stretch
    measured = _amplitudes(analysis.measures)
    for phase in ("hold", "whole"):
        rows = measured[measured["phase"] == phase]
        if not rows.empty:
            return Stretch(phase, _longest_smile(analysis, rows["smile"].astype(int).tolist()))
    return Stretch("whole", 0)


def lookup(
    analysis: Analysis, measure: str, *, side: str | None = None, region: str | None = None
) -> Estimate:
    """Find a measure, that of the main stretch where there are several.

    Parameters
    ----------
    analysis : Analysis
    measure : str
        Name as in measures.csv.
    side, region : str, optional
        Any where not given.
    """
    rows = analysis.measures
    rows = rows[rows["measure"] == measure]
    if side is not None:
        rows = rows[rows["side"] == side]
    if region is not None:
        rows = rows[rows["region"] == region]
    if rows.empty:
        return Estimate()
    main = main_stretch(analysis)
    # Nearest to the main stretch first; the sort is stable, so the first row breaks ties.
    distance = 2 * (rows["smile"] != main.smile) + (rows["phase"] != main.phase)
    row = rows.loc[distance.sort_values(kind="stable").index[0]]
    return Estimate(
        value=_number(row["value"]),
        ci_low=_number(row["ci_low"]),
        ci_high=_number(row["ci_high"]),
        noise_floor=_number(row["noise_floor"]),
        detected=_is_true(row["detected"]),
    )


def detection_limit_mm(analysis: Analysis) -> float:
    """Smallest peak-to-peak tremor that would have been seen where the answer looks, in mm."""
    tremor = strongest_tremor(analysis)
    if tremor is not None:
        return lookup(analysis, "detection_limit", side=tremor.side, region=tremor.region).value
    limits = [
        lookup(analysis, "detection_limit", side=side, region="mouth_corner").value
        for side in ("left", "right")
    ]
    return float(np.max(limits))


def highest_frequency_hz(analysis: Analysis) -> float:
    """Highest frequency that this recording can tell, in Hz."""
    return HIGHEST_SHARE_OF_RATE * analysis.timing.effective_rate_hz


def _amplitudes(measures: pd.DataFrame) -> pd.DataFrame:
    names = {region.name for region in FACE_REGIONS}
    return measures[
        (measures["measure"] == "tremor_amplitude_p2p") & measures["region"].isin(names)
    ]


def _longest_smile(analysis: Analysis, smiles: list[int]) -> int:
    phases = analysis.phases
    holds = phases[(phases["phase"] == "hold") & phases["smile"].isin(smiles)]
    if holds.empty:
        return min(smiles)
    length_s = (holds["offset_s"] - holds["onset_s"]).to_numpy(float)
    return int(holds["smile"].to_numpy()[int(length_s.argmax())])


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float, np.number)) else np.nan


def _is_true(flag: object) -> bool:
    return isinstance(flag, (bool, np.bool_)) and bool(flag)
