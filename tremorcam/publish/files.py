"""Writing files whole or not at all."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ANALYSIS_FILE = "analysis.json"


def write_files(folder: str | Path, contents: Mapping[str, bytes | Iterator[bytes]]) -> None:
    """Write files so that a reader finds each whole or not at all.

    Everything is written under temporary names and flushed to the disk before the first
    file gets its name, so a full disk or a lost connection leaves what was there before.

    Parameters
    ----------
    folder : path
        Made where it does not exist.
    contents : mapping
        File name to bytes, or to pieces that are made as they are written, so that a large file
        is never whole in memory.

    Raises
    ------
    TremorcamError
        If the folder cannot be written to.
    """
    folder = Path(folder)
    waiting: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            temporary = folder / f".{name}.{os.getpid()}.part"
            waiting[temporary] = folder / name
            _write_through(temporary, content)
        for temporary, final in waiting.items():
            temporary.replace(final)
        for rest in rests(folder, contents):
            rest.unlink(missing_ok=True)
    except OSError as error:
        raise TremorcamError(
            f"results could not be written to '{folder}': {error.strerror or error}; "
            "free some space or choose another folder, then try again"
        ) from error
    finally:
        for temporary in waiting:
            temporary.unlink(missing_ok=True)


def rests(folder: Path, names: Iterable[str]) -> list[Path]:
    """Temporary files of those names that a killed program has left behind."""
    return [rest for name in names for rest in folder.glob(f".{glob.escape(name)}.*.part")]


def _write_through(path: Path, content: bytes | Iterator[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines([content] if isinstance(content, bytes) else content)
        file.flush()
        os.fsync(file.fileno())
