"""The table of all videos of a run, there from the first result on."""

from __future__ import annotations

import math
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tremorcam import publish
from tremorcam.apps.storage import copy_file, is_remote
from tremorcam.publish.summary_file import SUMMARY_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

UPLOAD_EVERY_S = 60.0


class CohortTable:
    """``summary.csv``: a row as soon as a video is done, all in the videos' order in the end.

    However many rows there are, adding one costs the same. Storage that cannot be appended to
    gets a copy of the table once a minute and in the end.

    Parameters
    ----------
    out : path
        The folder it belongs in.
    """

    def __init__(self, out: Path) -> None:
        self._target = self._path = out / SUMMARY_FILE
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        if is_remote(out):
            self._scratch = tempfile.TemporaryDirectory(prefix="tremorcam-")
            self._path = Path(self._scratch.name) / SUMMARY_FILE
        self._begun = False
        self._uploaded_s = -math.inf

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row; the first one replaces the table of an earlier run."""
        if self._begun:
            publish.append_summary(row, self._path)
        else:
            publish.write_summary([row], self._path)
            self._begun = True
        if time.monotonic() - self._uploaded_s > UPLOAD_EVERY_S:
            self._upload()

    def finish(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write the whole table once more, in this order, if any row was added."""
        if self._begun:
            publish.write_summary(rows, self._path)
            self._upload()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _upload(self) -> None:
        if self._scratch is not None:
            copy_file(self._path, self._target)
            self._uploaded_s = time.monotonic()
