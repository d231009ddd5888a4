"""Measurements made by hand, for tests of what is concluded from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tremorcam.anatomy import REGIONS
from tremorcam.data import (
    EVENT_COLUMNS,
    MEASURE_COLUMNS,
    PHASE_COLUMNS,
    Quality,
    Reason,
    Veto,
)

DETECTION_LIMIT_MM = 0.06


@dataclass(frozen=True)
class HandMade:
    """What interpretation takes of a measurement."""

    phases: pd.DataFrame
    measures: pd.DataFrame
    events: pd.DataFrame
    vetoes: tuple[Veto, ...] = ()
    quality: Quality = field(default_factory=lambda: Quality("ok"))


@dataclass(frozen=True)
class Shake:
    """A tremor as it stands in measures.csv."""

    hz: float = 9.0
    mm: float = 0.3
    growth: float = 1.1
    growth_ci: tuple[float, float] = (0.9, 1.3)
    p_value: float = 0.001
    persistence: float = 0.9
    detected: bool = True
    kept: float = 1.0


def hand_made(
    *,
    tremor: Mapping[str, Shake] = {},
    asymmetry: float | None = None,
    events: Sequence[Mapping[str, Any]] = (),
    narrowing: Sequence[tuple[float, float]] = ((18.0, 20.0),),
    excursion_mm: Sequence[float] = (),
    blink_rate: float = 12.0,
    eye_mouth: Mapping[str, tuple[float, float]] = {},
    reasons: Sequence[Reason] = (),
    vetoes: Sequence[Veto] = (),
    rest_s: float = 5.0,
    hold_s: float = 14.0,
    detection_limit_mm: float = DETECTION_LIMIT_MM,
) -> HandMade:
    """Build the measurement of a recording with one smile for each pair of ``narrowing``."""
    worst = [r.severity for r in reasons if r.severity != "note"]
    status = "unusable" if "unusable" in worst else "limited" if worst else "ok"
    phases = _phases(len(narrowing), rest_s, hold_s)
    rows = _tremor_rows(tremor, detection_limit_mm)
    rows += _eye_rows(narrowing, excursion_mm or [9.0] * len(narrowing), blink_rate)
    for side, (share, lag_s) in eye_mouth.items():
        rows.append(row("eye_mouth_coincidence", share, "face", side, phase="whole"))
        rows.append(row("eye_mouth_lag", lag_s, "face", side, phase="whole"))
    if asymmetry is not None:
        ci = {"ci_low": asymmetry - 0.05, "ci_high": asymmetry + 0.05}
        rows.append(row("asymmetry_index", asymmetry, "face", "both", **ci))
    return HandMade(
        phases=phases,
        measures=pd.DataFrame(rows, columns=list(MEASURE_COLUMNS)),
        events=pd.DataFrame(list(events), columns=list(EVENT_COLUMNS)),
        vetoes=tuple(vetoes),
        quality=Quality(status, tuple(reasons)),  # type: ignore[arg-type]
    )


def event(
    name: str, side: str, onset_s: float, duration_s: float = 0.2, *, phase: str = "hold"
) -> dict[str, Any]:
    """Make a row of events.csv."""
    region = "eye" if "burst" not in name else "cheek" if "cheek" in name else "mouth_corner"
    return {
        "event": name, "side": side, "onset_s": onset_s, "offset_s": onset_s + duration_s,
        "duration_s": duration_s, "peak": 1.0, "unit": "mm", "region": region, "phase": phase,
    }  # fmt: skip


def row(measure: str, value: float, region: str, side: str, **more: Any) -> dict[str, Any]:
    """Make a row of measures.csv."""
    return {
        "region": region, "side": side, "phase": "hold", "measure": measure, "value": value,
        "unit": "1", "ci_low": np.nan, "ci_high": np.nan, "noise_floor": np.nan,
        "detected": None, "smile": 0,
    } | more  # fmt: skip


def _phases(n_smiles: int, rest_s: float, hold_s: float) -> pd.DataFrame:
    rows, at = [], 0.0
    if rest_s:
        rows.append((0, "neutral", 0.0, rest_s))
        at = rest_s
    for smile in range(1, n_smiles + 1):
        for phase, duration_s in (("onset", 0.6), ("hold", hold_s), ("offset", 0.6)):
            rows.append((smile, phase, at, at + duration_s))
            at += duration_s
        if rest_s:
            rows.append((0, "neutral", at, at + rest_s))
            at += rest_s
    return pd.DataFrame(rows, columns=list(PHASE_COLUMNS))


def _tremor_rows(tremor: Mapping[str, Shake], limit_mm: float) -> list[dict[str, Any]]:
    rows = []
    for region in REGIONS:
        shake = tremor.get(region.key)
        found = shake is not None and shake.detected
        hz, mm = (shake.hz, shake.mm) if shake and found else (np.nan, np.nan)
        growth = shake.growth if shake else np.nan
        low, high = shake.growth_ci if shake else (np.nan, np.nan)
        at = (region.name, region.side)
        rows += [
            row("tremor_frequency", hz, *at, detected=found, ci_low=hz - 0.1, ci_high=hz + 0.1),
            row("tremor_amplitude_rms", mm / 2.83, *at, detected=found),
            row("tremor_amplitude_p2p", mm, *at, detected=found),
            row("tremor_p_value", shake.p_value if shake else 0.4, *at, detected=found),
            row("tremor_persistence", shake.persistence if shake else np.nan, *at),
            row("growth_ratio", growth, *at, ci_low=low, ci_high=high),
            row("tremor_kept", shake.kept if shake else np.nan, *at),
            row("detection_limit", limit_mm, *at),
        ]
    return rows


def _eye_rows(
    narrowing: Sequence[tuple[float, float]], excursion_mm: Sequence[float], blink_rate: float
) -> list[dict[str, Any]]:
    rows = [row("blink_rate", blink_rate, "eye", "both", phase="whole")]
    n = len(narrowing)
    differences = [left - right for left, right in narrowing]
    if n > 1:
        rows.append(row("eye_closure_difference", float(np.mean(differences)), "eye", "both"))
    for smile, value in enumerate(differences, start=1):
        ci = {"ci_low": value - 2.1, "ci_high": value + 2.1, "smile": smile}
        rows.append(row("eye_closure_difference", value, "eye", "both", **ci))
    for smile, (pair, mm) in enumerate(zip(narrowing, excursion_mm, strict=True), start=1):
        for side, value in zip(("left", "right"), pair, strict=True):
            ci = {"ci_low": value - 1.5, "ci_high": value + 1.5, "smile": smile}
            rows.append(row("eye_closure_with_smile", value, "eye", side, **ci))
            rows.append(row("smile_excursion", mm, "mouth_corner", side, smile=smile))
    return rows
