"""Jobs: which recordings wait for their analysis, which are being analysed, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tremorcam.store.database import utc_now

if TYPE_CHECKING:
    import sqlite3

    from tremorcam.store.database import Database

Status = Literal["queued", "running", "done", "failed", "cancelled"]

MAX_ATTEMPTS = 3
"""A job that was running this often when the program died is not tried again."""


@dataclass(frozen=True)
class Job:
    """One analysis; ``progress`` runs from 0 to 1, ``error`` says why it failed."""

    id: int
    recording_id: str
    status: Status
    created_at: str
    started_at: str | None
    finished_at: str | None
    progress: float
    stage: str
    error: str
    attempts: int


class Jobs:
    """The queue of a database: first come, first served."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, recording_id: str) -> Job:
        """Queue an analysis; if one of that recording is under way already, return that."""
        with self._database.write() as connection:
            row = connection.execute(
                "SELECT * FROM jobs WHERE recording_id = ? AND status IN ('queued', 'running')",
                (recording_id,),
            ).fetchone()
            if row is None:
                row = connection.execute(
                    "INSERT INTO jobs (recording_id, status, created_at)"
                    " VALUES (?, 'queued', ?) RETURNING *",
                    (recording_id, utc_now()),
                ).fetchone()
        return _job(row)

    def get(self, job_id: int) -> Job | None:
        """Look a job up; ``None`` if there is none of that number."""
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return _job(row) if row else None

    def latest(self) -> dict[str, Job]:
        """Last job of every recording, by recording id."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT * FROM jobs WHERE id IN (SELECT max(id) FROM jobs GROUP BY recording_id)"
            ).fetchall()
        return {row["recording_id"]: _job(row) for row in rows}

    def start_next(self) -> Job | None:
        """Take the oldest waiting job and mark it as running."""
        with self._database.write() as connection:
            row = connection.execute(
                "UPDATE jobs SET status = 'running', started_at = ?, attempts = attempts + 1"
                " WHERE id = (SELECT min(id) FROM jobs WHERE status = 'queued') RETURNING *",
                (utc_now(),),
            ).fetchone()
        return _job(row) if row else None

    def report(self, job_id: int, *, progress: float, stage: str) -> None:
        """Note how far a running job is."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET progress = ?, stage = ? WHERE id = ? AND status = 'running'",
                (min(max(progress, 0.0), 1.0), stage, job_id),
            )

    def finish(self, job_id: int) -> None:
        """Mark a running job as done."""
        self._end(job_id, "done", "", only="running")

    def fail(self, job_id: int, reason: str) -> None:
        """Mark a running job as failed, with a reason a person can act on."""
        self._end(job_id, "failed", reason, only="running")

    def cancel(self, job_id: int) -> None:
        """Mark a job that has not ended as cancelled."""
        self._end(job_id, "cancelled", "", only="running")
        self._end(job_id, "cancelled", "", only="queued")

    def put_back(self, job_id: int) -> None:
        """Queue a running job again that was ended on purpose; it does not count as a try."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET status = 'queued', progress = 0, stage = '',"
                " attempts = attempts - 1 WHERE id = ? AND status = 'running'",
                (job_id,),
            )

    def requeue_interrupted(self) -> None:
        """Queue again what was running when the program ended.

        A job that was running at several such ends may have caused them; it fails instead.
        """
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET status = 'failed', finished_at = ?, error = ?"
                " WHERE status = 'running' AND attempts >= ?",
                (
                    utc_now(),
                    f"the program ended {MAX_ATTEMPTS} times while this video was analysed; "
                    "analyse it again, or delete it",
                    MAX_ATTEMPTS,
                ),
            )
            connection.execute(
                "UPDATE jobs SET status = 'queued', progress = 0, stage = ''"
                " WHERE status = 'running'"
            )

    def _end(self, job_id: int, status: Status, error: str, *, only: Status) -> None:
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET status = ?, error = ?, finished_at = ?,"
                " progress = CASE ? WHEN 'done' THEN 1.0 ELSE progress END"
                " WHERE id = ? AND status = ?",
                (status, error, utc_now(), status, job_id, only),
            )


def _job(row: sqlite3.Row) -> Job:
    return Job(**dict(row))
