"""The SQLite file: opening it, and bringing an older one up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING

from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tremorcam.store.folder import DataFolder

BUSY_TIMEOUT_S = 20.0


def utc_now() -> str:
    """Return the present moment as it is stored: UTC, ISO 8601, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Database:
    """The history of one data folder.

    Connections are short: one is opened for each piece of work, so that threads and worker
    processes never share one. Every change is one transaction, on the disk when it returns.

    Raises
    ------
    TremorcamError
        If the file is not a database of this program, or belongs to a newer version of it.
    """

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        try:
            with closing(self._connect()) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                _migrate(connection)
        except sqlite3.DatabaseError as error:
            raise TremorcamError(
                f"{folder.database} cannot be used as the history ({error}); "
                "choose another folder with --data, or move that file away"
            ) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.folder.database, timeout=BUSY_TIMEOUT_S, isolation_level=None
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        # What is deleted is overwritten with zeros.
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Open a connection for reading, on one consistent state."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that is kept whole, or not at all if an error passes through."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Hold one connection for as long as a server runs.

        The first connection makes SQLite's shared index anew, which a full disk has no room
        for; then not even reading, or deleting to make room, would be possible any more.
        """
        with closing(self._connect()) as connection:
            connection.execute("SELECT count(*) FROM recordings").fetchone()
            yield

    def forget_deleted(self) -> None:
        """Take deleted rows out of the write-ahead log as well."""
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _scripts() -> list[str]:
    """Read the migration scripts in order; number n leads from version n - 1 to n."""
    folder = resources.files("tremorcam.store") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def _migrate(connection: sqlite3.Connection) -> None:
    scripts = _scripts()
    version = _version(connection)
    if version > len(scripts):
        raise TremorcamError(
            f"the history was written by a newer version of Tremorcam (layout {version}, this "
            f"one knows {len(scripts)}); update Tremorcam or choose another folder with --data"
        )
    for number in range(version + 1, len(scripts) + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been faster while this one waited for the lock.
            if _version(connection) < number:
                for statement in _statements(scripts[number - 1]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
            connection.commit()
        except BaseException:
            connection.rollback()
            raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """Split a script, since ``executescript`` would commit between its statements."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise ValueError(f"unfinished statement in a migration: {statement!r}")
