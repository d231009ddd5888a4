"""Where things lie in the data folder, and that nobody else may read them."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from tremorcam.data import TremorcamError

OWNER_ONLY_FOLDER = 0o700
OWNER_ONLY_FILE = 0o600
_FULL_FOR_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")
_ID = re.compile(r"[0-9a-f]{16}")


def default_folder() -> Path:
    """Return the user's own data folder for this program."""
    return platformdirs.user_data_path("tremorcam", appauthor=False)


def new_id() -> str:
    """Draw a random identifier that is safe as a folder name and cannot be guessed."""
    return secrets.token_hex(8)


def is_id(text: str) -> bool:
    """Whether ``text`` has the form of an identifier; nothing else ever becomes a path."""
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True)
class DataFolder:
    """The folder that holds the database and the recordings.

    Parameters
    ----------
    root : Path
        Made by :meth:`open` if it does not exist.
    """

    root: Path

    @classmethod
    def open(cls, root: Path | None = None) -> DataFolder:
        """Make the folder ready, closed to other users of the machine.

        A folder that exists already keeps its own permissions; everything made inside does
        not inherit them.

        Raises
        ------
        TremorcamError
            If nothing can be written there.
        """
        folder = cls((root or default_folder()).expanduser().absolute())
        try:
            folder.root.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            for inside in (folder.recordings, folder.trash):
                inside.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
                inside.chmod(OWNER_ONLY_FOLDER)
            folder.database.touch(mode=OWNER_ONLY_FILE)
            folder.database.chmod(OWNER_ONLY_FILE)
        except OSError as error:
            raise TremorcamError(
                f"the data folder {folder.root} cannot be written ({error.strerror or error}); "
                "choose another one with --data"
            ) from error
        return folder

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "history.db"

    @property
    def recordings(self) -> Path:
        """One folder a recording, named by its identifier."""
        return self.root / "recordings"

    @property
    def trash(self) -> Path:
        """Where a deleted recording waits for the moment that its removal takes."""
        return self.root / "trash"

    def recording(self, recording_id: str) -> Path:
        """Folder of one recording.

        Raises
        ------
        ValueError
            If ``recording_id`` is not an identifier, whatever path it may spell.
        """
        if not is_id(recording_id):
            raise ValueError(f"not the id of a recording: {recording_id!r}")
        return self.recordings / recording_id

    def analysis(self, recording_id: str) -> Path:
        """Folder of what was measured on a recording."""
        return self.recording(recording_id) / "analysis"

    def create_recording(self, recording_id: str) -> Path:
        """Make the folder of a new recording."""
        folder = self.recording(recording_id)
        folder.mkdir(mode=OWNER_ONLY_FOLDER)
        return folder

    def remove_recording(self, recording_id: str) -> None:
        """Remove a recording's folder; one rename hides it whole before files go one by one."""
        folder = self.recording(recording_id)
        doomed = self.trash / f"{recording_id}-{secrets.token_hex(4)}"
        try:
            folder.rename(doomed)
        except FileNotFoundError:
            return
        shutil.rmtree(doomed, ignore_errors=True)

    def sweep(self, known_ids: set[str]) -> None:
        """Remove what no recording owns: rests of deletions that were interrupted."""
        for doomed in self.trash.iterdir():
            shutil.rmtree(doomed, ignore_errors=True)
        for folder in self.recordings.iterdir():
            if is_id(folder.name) and folder.name not in known_ids:
                self.remove_recording(folder.name)

    def free_bytes(self) -> int:
        """Free space on the folder's disk, in bytes."""
        return shutil.disk_usage(self.root).free


def is_disk_full(error: BaseException) -> bool:
    """Whether an error of the system or of SQLite says that there is no space left."""
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorname", "") in _FULL_FOR_SQLITE
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that a crash leaves the old one or the new one, never a part.

    The file is readable by its owner alone.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
