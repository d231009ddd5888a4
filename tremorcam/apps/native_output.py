"""Keeping what native libraries print away from the terminal."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STDERR = 2


@contextmanager
def quiet_native_output() -> Iterator[None]:
    """Silence what C++ code writes to standard error; Python's own output still gets through.

    MediaPipe, absl and TensorFlow Lite log there whatever they are told, in the middle of a
    progress bar. While this lasts, ``sys.stderr`` writes to where it wrote before.
    """
    sys.stderr.flush()
    before, kept = sys.stderr, os.dup(STDERR)
    try:
        silence_native_output()
        if _writes_to_terminal_stream(before):
            sys.stderr = os.fdopen(os.dup(kept), "w", encoding=before.encoding,
                                   errors=before.errors, buffering=1)  # fmt: skip
        yield
    finally:
        if sys.stderr is not before:
            sys.stderr.close()
            sys.stderr = before
        os.dup2(kept, STDERR)
        os.close(kept)


def silence_native_output() -> None:
    """Send standard error of this process to nowhere, for good."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDERR)
    os.close(nowhere)


def _writes_to_terminal_stream(stream: object) -> bool:
    """Whether a stream is the process's own standard error (tests put others in its place)."""
    try:
        return stream.fileno() == STDERR  # type: ignore[attr-defined,no-any-return]
    except (AttributeError, OSError, ValueError):
        return False
