"""Results: the answer of each recording, and its measures, ready to be listed and trended."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from tremorcam.data import MEASURE_COLUMNS
from tremorcam.store.database import utc_now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    import pandas as pd

    from tremorcam.store.database import Database


@dataclass(frozen=True)
class Result:
    """What one recording says in short, named as in summary.csv.

    ``detected`` is ``None`` where the recording could not tell; region and side are where the
    strongest tremor was, ``None`` where there was none.
    """

    recording_id: str
    analysed_at: str
    quality: str
    answer: str
    finding: str | None
    detected: bool | None
    tremor_region: str | None
    tremor_side: str | None
    frequency_hz: float | None
    frequency_ci_low_hz: float | None
    frequency_ci_high_hz: float | None
    amplitude_p2p_mm: float | None
    amplitude_p2p_ci_low_mm: float | None
    amplitude_p2p_ci_high_mm: float | None
    detection_limit_mm: float | None
    duration_s: float | None
    effective_rate_hz: float | None


_FROM_SUMMARY = [f.name for f in fields(Result) if f.name not in ("recording_id", "analysed_at")]


class Results:
    """The results of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self, recording_id: str, *, summary: Mapping[str, Any], measures: pd.DataFrame
    ) -> Result:
        """Store the answer and the measures of a recording, in place of any older ones.

        Parameters
        ----------
        recording_id : str
        summary : mapping
            The row of summary.csv.
        measures : pandas.DataFrame
            The table of measures.csv.
        """
        row: dict[str, Any] = {"recording_id": recording_id, "analysed_at": utc_now()}
        row |= {name: _plain(summary[name]) for name in _FROM_SUMMARY}
        measured = [
            (recording_id, *(_plain(line[name]) for name in MEASURE_COLUMNS))
            for line in measures.to_dict("records")
        ]
        with self._database.write() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO results ({', '.join(row)})"
                f" VALUES ({', '.join('?' * len(row))})",
                tuple(row.values()),
            )
            connection.execute("DELETE FROM measures WHERE recording_id = ?", (recording_id,))
            connection.executemany(
                f"INSERT INTO measures (recording_id, {', '.join(MEASURE_COLUMNS)})"  # nosec B608
                f" VALUES ({', '.join('?' * (len(MEASURE_COLUMNS) + 1))})",
                measured,
            )
            stored = connection.execute(
                "SELECT * FROM results WHERE recording_id = ?", (recording_id,)
            ).fetchone()
        return _result(stored)

    def get(self, recording_id: str) -> Result | None:
        """Look up the result of a recording; ``None`` where there is none yet."""
        return self.all().get(recording_id)

    def all(self) -> dict[str, Result]:
        """List every result by recording id."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM results").fetchall()
        return {row["recording_id"]: _result(row) for row in rows}


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
    detected = columns.pop("detected")
    return Result(**columns, detected=None if detected is None else bool(detected))
