"""The history as people ask for it: a list, one place's course over time, one table of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tremorcam.data import MEASURE_COLUMNS
from tremorcam.store.context import ContextAnswers
from tremorcam.store.jobs import Job, Jobs
from tremorcam.store.recordings import Recording, Recordings
from tremorcam.store.results import Result, Results
from tremorcam.store.trends import Course, Persistence, Point, course, persistence

if TYPE_CHECKING:
    import sqlite3

    import pandas as pd

    from tremorcam.store.database import Database

AMPLITUDE = "tremor_amplitude_p2p"


@dataclass(frozen=True)
class Entry:
    """A recording with the last job done on it and its result, where there are any."""

    recording: Recording
    job: Job | None
    result: Result | None


@dataclass(frozen=True)
class Trend:
    """The tremor of one person at one place, recording by recording, and what it amounts to."""

    person: str
    region: str
    side: str
    points: tuple[Point, ...]
    persistence: Persistence
    course: Course


class History:
    """Everything in a database, by subject."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.folder = database.folder
        self.recordings = Recordings(database)
        self.jobs = Jobs(database)
        self.results = Results(database)
        self.context = ContextAnswers(database)

    def entries(self) -> list[Entry]:
        """List every recording, the latest first."""
        jobs, results = self.jobs.latest(), self.results.all()
        return [
            Entry(recording, jobs.get(recording.id), results.get(recording.id))
            for recording in self.recordings.all()
        ]

    def persons(self) -> list[str]:
        """Whose recordings there are; the empty name where nobody was named."""
        return sorted({recording.person for recording in self.recordings.all()})

    def trend(self, *, person: str = "", region: str = "", side: str = "") -> Trend:
        """Follow one person's tremor from recording to recording.

        Without a region, presence is judged anywhere on the face and the amplitude is that of
        the place where tremor was detected most often: a largest value that wandered between
        places would mix their scatter into the trend.
        """
        if not region:
            region, side = self._usual_place(person)
        points = self._points(person, region, side)
        presence = self._presence(person)
        return Trend(person, region, side, points, persistence(presence), course(points))

    def point(self, recording_id: str, *, region: str, side: str) -> Point | None:
        """Tremor of one recording at one place; ``None`` where it was never measured."""
        recording = self.recordings.get(recording_id)
        if recording is None:
            return None
        return next(
            (p for p in self._points(recording.person, region, side) if
             p.recording_id == recording_id),
            None,
        )  # fmt: skip

    def export(self) -> pd.DataFrame:
        """Join all recordings into one tidy table, one row a measure.

        Recordings without a result have one row with empty measures, so that none is missing.
        """
        import pandas as pd

        with self.database.read() as connection:
            rows = connection.execute(
                "SELECT r.id AS recording_id, r.name, r.person, r.recorded_at, r.kind,"  # nosec B608
                " r.protocol, r.mirrored, s.quality, s.answer,"
                f" {', '.join(f'm.{name}' for name in MEASURE_COLUMNS)}"
                " FROM recordings r LEFT JOIN results s ON s.recording_id = r.id"
                " LEFT JOIN measures m ON m.recording_id = r.id"
                " ORDER BY r.recorded_at, r.id, m.rowid"
            )
            names = [column[0] for column in rows.description]
            table = pd.DataFrame([tuple(row) for row in rows], columns=names)
        for name in ("mirrored", "detected"):
            table[name] = table[name].astype("boolean")
        table["smile"] = table["smile"].astype("Int64")
        return table

    def _usual_place(self, person: str) -> tuple[str, str]:
        with self.database.read() as connection:
            row = connection.execute(
                "SELECT m.region, m.side FROM measures m JOIN recordings r"
                " ON r.id = m.recording_id WHERE r.person = ? AND m.measure = ? AND m.detected = 1"
                " GROUP BY m.region, m.side"
                " ORDER BY count(DISTINCT m.recording_id) DESC, avg(m.value) DESC LIMIT 1",
                (person, AMPLITUDE),
            ).fetchone()
        return (row["region"], row["side"]) if row else ("mouth_corner", "left")

    def _points(self, person: str, region: str, side: str) -> tuple[Point, ...]:
        """One point a recording: its largest detected amplitude there, else the limit."""
        with self.database.read() as connection:
            rows = connection.execute(
                "SELECT r.id, r.recorded_at, m.measure, m.value, m.ci_low, m.ci_high, m.detected,"
                " s.quality FROM measures m JOIN recordings r ON r.id = m.recording_id"
                " JOIN results s ON s.recording_id = r.id"
                " WHERE r.person = ? AND m.region = ? AND m.side = ?"
                " AND m.measure IN (?, 'detection_limit') ORDER BY r.recorded_at, r.id",
                (person, region, side, AMPLITUDE),
            ).fetchall()
        by_recording: dict[str, list[sqlite3.Row]] = {}
        for row in rows:
            by_recording.setdefault(row["id"], []).append(row)
        return tuple(_point(group) for group in by_recording.values())

    def _presence(self, person: str) -> list[Point]:
        return [
            Point(
                recording_id=entry.recording.id,
                time=parse_time(entry.recording.recorded_at),
                value=entry.result.amplitude_p2p_mm if entry.result.detected else None,
                ci_low=None,
                ci_high=None,
                limit=entry.result.detection_limit_mm,
            )
            for entry in self.entries()
            if entry.recording.person == person
            and entry.result is not None
            and entry.result.detected is not None
        ]


def parse_time(text: str) -> datetime:
    """Read a stored time; one without a zone is UTC."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _point(rows: list[sqlite3.Row]) -> Point:
    amplitudes: list[dict[str, Any]] = [dict(row) for row in rows if row["measure"] == AMPLITUDE]
    limits = [row["value"] for row in rows if row["measure"] != AMPLITUDE and row["value"]]
    found = [row for row in amplitudes if row["detected"] and row["value"] is not None]
    usable = rows[0]["quality"] != "unusable"
    strongest = max(found, key=lambda row: float(row["value"])) if found and usable else {}
    return Point(
        recording_id=rows[0]["id"],
        time=parse_time(rows[0]["recorded_at"]),
        value=strongest.get("value"),
        ci_low=strongest.get("ci_low"),
        ci_high=strongest.get("ci_high"),
        limit=max(limits) if limits and usable else None,
    )
