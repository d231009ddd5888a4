"""What the person told about the day of a recording: caffeine, sleep, how long it has lasted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tremorcam.store.database import Database


class ContextAnswers:
    """Answers of a database, by recording and question."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, recording_id: str, answers: Mapping[str, Any]) -> None:
        """Store the answers of a recording in place of all older ones."""
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM context_answers WHERE recording_id = ?", (recording_id,)
            )
            connection.executemany(
                "INSERT INTO context_answers (recording_id, question, answer) VALUES (?, ?, ?)",
                [
                    (recording_id, question, json.dumps(answer))
                    for question, answer in answers.items()
                ],
            )

    def get(self, recording_id: str) -> dict[str, Any]:
        """Answers of a recording; empty where nothing was told."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT question, answer FROM context_answers WHERE recording_id = ?"
                " ORDER BY question",
                (recording_id,),
            ).fetchall()
        return {row["question"]: json.loads(row["answer"]) for row in rows}
