"""Videos on their way in: written to the disk piece by piece, never held in memory."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from http import HTTPStatus
from pathlib import PurePath
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from tremorcam.apps.web.settings import MAX_UPLOAD_BYTES, RESERVE_BYTES
from tremorcam.store.folder import is_disk_full

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from io import BufferedIOBase
    from pathlib import Path

    from starlette.requests import Request

    from tremorcam.store import DataFolder

SILENCE_S = 60.0
"""A sender that is silent for this long is gone."""

WRITE_BYTES = 1024**2

DISK_IS_FULL = (
    "the disk is full; delete recordings you no longer want, or free some space, then try again"
)

# fmt: off
SUFFIXES = frozenset((
    ".3gp", ".apng", ".asf", ".avi", ".flv", ".gif", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4",
    ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".qt", ".ts", ".vob", ".webm", ".wmv",
))
# fmt: on


def video_file_name(name: str) -> str:
    """Name under which a video is stored: ours, with the sender's suffix if it is known."""
    suffix = PurePath(name).suffix.lower()
    return "video" + (suffix if suffix in SUFFIXES else ".bin")


def require_space(folder: DataFolder, n_bytes: int) -> None:
    """Refuse a video that would fill the disk, before any of it is sent.

    Raises
    ------
    HTTPException
        507, saying how much is missing.
    """
    missing = n_bytes + RESERVE_BYTES - folder.free_bytes()
    if missing > 0:
        raise HTTPException(
            HTTPStatus.INSUFFICIENT_STORAGE,
            f"the disk is full: {missing / 1024**2:.0f} MB more are needed; delete recordings "
            "you no longer want, or free some space, then try again",
        )


async def append_body(request: Request, path: Path, *, folder: DataFolder, offset: int) -> int:
    """Write a request's body to a file from ``offset`` on, and see it onto the disk.

    Returns
    -------
    int
        Size of the file, in bytes.

    Raises
    ------
    HTTPException
        400 if the sender goes away, 408 if it falls silent, 413 if the file gets too large,
        507 if the disk is full. What was written stays.
    """
    length = request.headers.get("content-length", "")
    require_space(folder, int(length) if length.isdigit() else 0)
    file = await run_in_threadpool(_open_at, path, offset)
    size = offset
    try:
        async for block in _blocks(request):
            size += len(block)
            if size > MAX_UPLOAD_BYTES:
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the video is larger than 2 GB"
                )
            await run_in_threadpool(file.write, block)
        await run_in_threadpool(_flush, file)
    except OSError as error:
        if not is_disk_full(error):
            raise
        raise HTTPException(HTTPStatus.INSUFFICIENT_STORAGE, DISK_IS_FULL) from error
    finally:
        # What could not be written on a full disk cannot be on closing either.
        with suppress(OSError):
            await run_in_threadpool(file.close)
    return size


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """Gather a body's many small pieces into few large ones."""
    stream = request.stream()
    gathered = bytearray()
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream), SILENCE_S)
        except StopAsyncIteration:
            break
        except ClientDisconnect as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "the sender went away") from error
        except TimeoutError as error:
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT, "nothing more came; send the video again"
            ) from error
        gathered += piece
        if len(gathered) >= WRITE_BYTES:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


def _open_at(path: Path, offset: int) -> BufferedIOBase:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    file = os.fdopen(descriptor, "r+b")
    file.seek(offset)
    return file


def _flush(file: BufferedIOBase) -> None:
    file.flush()
    os.fsync(file.fileno())
