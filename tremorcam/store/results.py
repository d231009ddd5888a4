"""Results: the answer of each recording, and its measures, ready to be listed and trended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tremorcam.anatomy import MOUTH_CORNER, REGIONS
from tremorcam.data import MEASURE_COLUMNS
from tremorcam.store.database import utc_now

if TYPE_CHECKING:
    import sqlite3

    import pandas as pd

    from tremorcam.data import Analysis
    from tremorcam.store.database import Database

_FACE_REGIONS = {region.name for region in REGIONS if region.role == "face"}


@dataclass(frozen=True)
class Result:
    """What one recording says in short; the rest is in its ``analysis.json``.

    ``region`` and ``side`` are where the strongest tremor was, empty where none was detected;
    ``tremor_detected`` is ``None`` where the recording could not tell.
    """

    recording_id: str
    analysed_at: str
    schema_version: int
    quality: str
    answer: str
    primary_finding: str
    duration_s: float
    effective_rate_hz: float | None
    tremor_detected: bool | None
    region: str
    side: str
    frequency_hz: float | None
    frequency_low_hz: float | None
    frequency_high_hz: float | None
    amplitude_p2p_mm: float | None
    amplitude_low_mm: float | None
    amplitude_high_mm: float | None
    detection_limit_mm: float | None


class Results:
    """The results of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, recording_id: str, analysis: Analysis) -> Result:
        """Store the answer and the measures of a recording, in place of any older ones."""
        result = summarize(recording_id, analysis)
        columns = list(vars(result))
        with self._database.write() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO results ({', '.join(columns)})"
                f" VALUES ({', '.join('?' * len(columns))})",
                tuple(vars(result).values()),
            )
            connection.execute("DELETE FROM measures WHERE recording_id = ?", (recording_id,))
            connection.executemany(
                f"INSERT INTO measures (recording_id, {', '.join(MEASURE_COLUMNS)})"
                f" VALUES ({', '.join('?' * (len(MEASURE_COLUMNS) + 1))})",
                [
                    (recording_id, *(_plain(row[name]) for name in MEASURE_COLUMNS))
                    for row in analysis.measures.to_dict("records")
                ],
            )
        return result

    def get(self, recording_id: str) -> Result | None:
        """Look up the result of a recording; ``None`` where there is none yet."""
        return self.all().get(recording_id)

    def all(self) -> dict[str, Result]:
        """List every result by recording id."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM results").fetchall()
        return {row["recording_id"]: _result(row) for row in rows}


def summarize(recording_id: str, analysis: Analysis) -> Result:
    """Draw the answer out of an analysis: the strongest tremor of the face, or the limit."""
    measures = analysis.measures
    strongest = _strongest(measures)
    place = (strongest["region"], strongest["side"]) if strongest else ("", "")
    frequency = _measure(measures, "tremor_frequency", place, strongest)
    return Result(
        recording_id=recording_id,
        analysed_at=utc_now(),
        schema_version=analysis.schema_version,
        quality=analysis.quality.status,
        answer=str(analysis.words.get("answer", "")),
        primary_finding=next((f.category for f in analysis.findings if f.primary), ""),
        duration_s=analysis.timing.duration_s,
        effective_rate_hz=_number(analysis.timing.effective_rate_hz),
        tremor_detected=_detected(analysis),
        region=place[0],
        side=place[1],
        frequency_hz=_number(frequency.get("value")),
        frequency_low_hz=_number(frequency.get("ci_low")),
        frequency_high_hz=_number(frequency.get("ci_high")),
        amplitude_p2p_mm=_number(strongest.get("value")),
        amplitude_low_mm=_number(strongest.get("ci_low")),
        amplitude_high_mm=_number(strongest.get("ci_high")),
        detection_limit_mm=_detection_limit_mm(measures),
    )


def _amplitudes(measures: pd.DataFrame) -> list[dict[str, Any]]:
    rows = measures[
        (measures["measure"] == "tremor_amplitude_p2p") & measures["region"].isin(_FACE_REGIONS)
    ]
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _strongest(measures: pd.DataFrame) -> dict[str, Any]:
    """Row of the largest amplitude that was detected; empty where none was."""
    found = [
        row
        for row in _amplitudes(measures)
        if _flag(row["detected"]) and _number(row["value"]) is not None
    ]
    return max(found, key=lambda row: float(row["value"]), default={})


def _measure(
    measures: pd.DataFrame, name: str, place: tuple[str, str], like: dict[str, Any]
) -> dict[str, Any]:
    """Row of a measure at the place, phase and smile of another row."""
    if not like:
        return {}
    rows = measures[
        (measures["measure"] == name)
        & (measures["region"] == place[0])
        & (measures["side"] == place[1])
        & (measures["phase"] == like["phase"])
        & (measures["smile"] == like["smile"])
    ].to_dict("records")
    return {str(key): value for key, value in rows[0].items()} if rows else {}


def _detected(analysis: Analysis) -> bool | None:
    if analysis.quality.status == "unusable":
        return None
    flags = [_flag(row["detected"]) for row in _amplitudes(analysis.measures)]
    known = [flag for flag in flags if flag is not None]
    return any(known) if known else None


def _detection_limit_mm(measures: pd.DataFrame) -> float | None:
    """Worst limit of the two mouth corners: what is true of both may be said of the face."""
    rows = measures[
        (measures["measure"] == "detection_limit")
        & (measures["region"] == "mouth_corner")
        & measures["side"].isin(list(MOUTH_CORNER))
    ]
    return _number(rows["value"].max()) if len(rows) else None


def _flag(value: Any) -> bool | None:
    return None if value is None or math.isnan(value) else bool(value)


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(float(value)) else float(value)


def _plain(value: Any) -> str | int | float | None:
    """Turn a table's cell into what SQLite stores; missing values become NULL."""
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    if math.isnan(number):
        return None
    return number if isinstance(value, float) else int(value)


def _result(row: sqlite3.Row) -> Result:
    columns = dict(row)
    columns["tremor_detected"] = _flag(columns["tremor_detected"])
    return Result(**columns)
