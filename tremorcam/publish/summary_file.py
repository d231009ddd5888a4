"""summary.csv of several recordings, as a whole or growing row by row."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tremorcam.data import TremorcamError
from tremorcam.dictionary import columns
from tremorcam.publish.csv_text import write_csv
from tremorcam.publish.files import write_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SUMMARY_FILE = "summary.csv"


def write_summary(rows: Iterable[Mapping[str, Any]], path: str | Path) -> None:
    """Write the rows of several recordings as one summary.csv.

    Parameters
    ----------
    rows : iterable of mapping
        From :func:`tremorcam.publish.summary_row` and :func:`tremorcam.publish.failed_row`.
    path : path

    Raises
    ------
    TremorcamError
        If it cannot be written.
    """
    path = Path(path)
    text = write_csv(_cells(list(rows)), SUMMARY_FILE)
    write_files(path.parent, {path.name: text.encode()})


def append_summary(row: Mapping[str, Any], path: str | Path) -> None:
    """Add one row to a summary.csv, whatever its length, in one go, whole or not at all.

    Raises
    ------
    TremorcamError
        If it cannot be written.
    """
    line = write_csv(_cells([row]), SUMMARY_FILE, header=False).encode()
    try:
        with Path(path).open("ab", buffering=0) as file:
            before = file.tell()
            if file.write(line) < len(line):  # what a full disk took of it
                file.truncate(before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise TremorcamError(
            f"'{path}' could not be written: {error.strerror or error}; "
            "free some space, then run again with --resume"
        ) from error


def _cells(rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    return [[row.get(column.name) for row in rows] for column in columns(SUMMARY_FILE)]
