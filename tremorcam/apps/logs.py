"""What a job says while it runs, one line each, for whoever looks for a fault."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

LOG_FOLDER = "logs"


def log_of(folder: Path) -> Path:
    """Where the log of the job lies that writes its results to ``folder``."""
    return folder.parent / LOG_FOLDER / f"{folder.name}.log"


@contextlib.contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Send all that this process says to a file: logs, warnings, what native libraries print.

    Only for processes that do one job after the other; what comes later goes there, too, until
    it is sent elsewhere.
    """
    with _closed_after(path.open("w", encoding="utf-8", errors="replace")) as log:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        for descriptor in (1, 2):
            with contextlib.suppress(OSError):
                os.dup2(log.fileno(), descriptor)
        with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
            _log_lines()
            yield


@contextlib.contextmanager
def _closed_after(log: TextIO) -> Iterator[TextIO]:
    """Close a file whether or not the disk takes its last lines: a log is worth no job."""
    try:
        yield log
    finally:
        with contextlib.suppress(OSError):
            log.close()


def _log_lines() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)


class _Lines(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = ""
