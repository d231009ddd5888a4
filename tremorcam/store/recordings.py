"""Recordings: what was filmed or uploaded, when, and where its video is."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Literal

from tremorcam.store.database import utc_now
from tremorcam.store.folder import is_disk_full, new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tremorcam.store.database import Database

MAX_NAME_CHARACTERS = 120


@dataclass(frozen=True)
class Recording:
    """One video in the history.

    ``recorded_at`` is when the face was filmed as far as known, ``cues`` what the guided test
    asked for and when: dictionaries with ``task``, ``onset_s`` and ``offset_s``.
    """

    id: str
    created_at: str
    recorded_at: str
    kind: Literal["live", "upload"]
    state: Literal["receiving", "complete"]
    name: str
    person: str
    protocol: str
    mirrored: bool
    video_file: str
    size_bytes: int
    cues: tuple[dict[str, Any], ...]


def readable_name(text: str) -> str:
    """Reduce whatever a browser calls a file to something that may be shown.

    The result is never used as a path: videos lie under names of our own.
    """
    name = PureWindowsPath(PurePosixPath(text).name).name
    printable = "".join(character for character in name if character.isprintable()).strip(". ")
    return printable[:MAX_NAME_CHARACTERS] or "video"


class Recordings:
    """The recordings of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._folder = database.folder

    def add(
        self,
        *,
        kind: Literal["live", "upload"],
        name: str,
        video_file: str,
        recorded_at: str | None = None,
        person: str = "",
        protocol: str = "",
        mirrored: bool = False,
    ) -> Recording:
        """Begin a recording whose video is still to come, and make its folder."""
        now = utc_now()
        recording = Recording(
            id=new_id(),
            created_at=now,
            recorded_at=recorded_at or now,
            kind=kind,
            state="receiving",
            name=readable_name(name),
            person=person.strip(),
            protocol=protocol,
            mirrored=mirrored,
            video_file=video_file,
            size_bytes=0,
            cues=(),
        )
        # The row comes first: a folder without a row is swept away at the next start.
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO recordings (id, created_at, recorded_at, kind, state, name, person,"
                " protocol, mirrored, video_file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    recording.id, recording.created_at, recording.recorded_at, recording.kind,
                    recording.state, recording.name, recording.person, recording.protocol,
                    recording.mirrored, recording.video_file,
                ),
            )  # fmt: skip
        self._folder.create_recording(recording.id)
        return recording

    def get(self, recording_id: str) -> Recording | None:
        """Look a recording up; ``None`` if there is none of that id."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM recordings WHERE id = ?", (recording_id,)
            ).fetchone()
        return _recording(row) if row else None

    def all(self) -> list[Recording]:
        """List every recording, the latest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT * FROM recordings ORDER BY recorded_at DESC, id"
            ).fetchall()
        return [_recording(row) for row in rows]

    def set_cues(self, recording_id: str, cues: Sequence[dict[str, Any]]) -> None:
        """Store what the guided test has asked for so far."""
        self._update(recording_id, cues=json.dumps(list(cues)))

    def set_person(self, recording_id: str, person: str) -> None:
        """Say whose face it is; trends are drawn for one person at a time."""
        self._update(recording_id, person=person.strip())

    def complete(self, recording_id: str, *, size_bytes: int) -> None:
        """Mark the video as whole, as far as there will be one."""
        self._update(recording_id, state="complete", size_bytes=size_bytes)

    def delete(self, recording_id: str) -> None:
        """Remove a recording, its video and everything measured on it, for good."""
        try:
            self._delete_row(recording_id)
        except sqlite3.OperationalError as error:
            if not is_disk_full(error):
                raise
            # On a full disk not even a row can be deleted: the video has to make room first.
            self._folder.remove_recording(recording_id)
            self._delete_row(recording_id)
        self._database.forget_deleted()
        self._folder.remove_recording(recording_id)

    def _delete_row(self, recording_id: str) -> None:
        with self._database.write() as connection:
            connection.execute("DELETE FROM recordings WHERE id = ?", (recording_id,))

    def sweep(self) -> None:
        """Tidy up after an interruption: rests of deletions and of uploads go.

        A live recording that was cut off stays, to be measured or deleted by its owner, if it
        holds anything; an upload that was cut off is of no use to anyone.
        """
        for recording in self.all():
            if recording.state == "receiving" and (
                recording.kind == "upload" or not self.received_bytes(recording)
            ):
                self.delete(recording.id)
        self._folder.sweep({recording.id for recording in self.all()})

    def video(self, recording: Recording) -> Path:
        """Path of a recording's video."""
        return self._folder.recording(recording.id) / recording.video_file

    def received_bytes(self, recording: Recording) -> int:
        """How much of a recording's video is on the disk, in bytes."""
        video = self.video(recording)
        return video.stat().st_size if video.exists() else 0

    def _update(self, recording_id: str, **columns: str | int) -> None:
        names = ", ".join(f"{name} = ?" for name in columns)
        with self._database.write() as connection:
            connection.execute(
                f"UPDATE recordings SET {names} WHERE id = ?",  # nosec B608
                (*columns.values(), recording_id),
            )


def _recording(row: sqlite3.Row) -> Recording:
    plain = Recording(**dict(row))
    return replace(plain, mirrored=bool(row["mirrored"]), cues=tuple(json.loads(row["cues"])))
