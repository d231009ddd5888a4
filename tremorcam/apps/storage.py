"""Where videos and results lie: on this machine, or anywhere that fsspec reaches."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tremorcam.data import TremorcamError
from tremorcam.publish.files import ANALYSIS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tremorcam.apps.tasks import Task

LITTLE_SPACE_BYTES = 100_000_000
"""The results of ten minutes of video take half of it."""


def location(text: str) -> Path:
    """Path of a file or folder, or what stands for an address such as ``s3://bucket/videos``.

    Addresses give a ``UPath``, which does what a ``Path`` does, by way of fsspec.

    Raises
    ------
    TremorcamError
        If it is an address and what is needed for it is not installed.
    """
    if "://" not in text:
        return Path(text)
    try:
        from upath import UPath

        return cast("Path", UPath(text))
    except (ImportError, ValueError) as error:
        raise TremorcamError(
            f"'{text}' cannot be reached ({error}); addresses need "
            "pip install 'tremorcam[cluster]' and the package that fsspec names for them"
        ) from error


def is_remote(path: Path) -> bool:
    """Whether a location is an address and no path of this machine."""
    return not isinstance(path, Path)


@contextmanager
def at_hand(task: Task) -> Iterator[Task]:
    """Give a task whose video and folder are on this machine.

    A video from elsewhere is copied, and results that belong elsewhere are copied there when
    all is done; ``analysis.json`` goes last, so that no folder looks finished before it is.
    """
    with ExitStack() as stack:
        video, folder = task.video, task.folder
        if is_remote(task.video) or is_remote(task.folder):
            temporary = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tremorcam-")))
        if is_remote(task.video):
            video = temporary / "video" / task.video.name
            copy_file(task.video, video)
        if is_remote(task.folder):
            folder = temporary / "results"
        yield dataclasses.replace(task, video=video, folder=folder)
        if is_remote(task.folder) and folder.exists():
            for file in sorted(folder.iterdir(), key=lambda file: file.name == ANALYSIS_FILE):
                copy_file(file, task.folder / file.name)


def require_writable(folder: Path) -> None:
    """Find out before any work is done whether results can be saved.

    Raises
    ------
    TremorcamError
        If not.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if is_remote(folder):
            probe = folder / ".tremorcam"
            probe.write_bytes(b"")
            probe.unlink()
        else:
            with tempfile.TemporaryFile(dir=folder):
                pass
    except FileExistsError:
        raise TremorcamError(
            f"results cannot be written to '{folder}': that is a file, or a link that leads to no "
            "folder; choose another folder with -o"
        ) from None
    except Exception as error:  # fsspec's back ends raise errors of their own
        raise TremorcamError(
            f"results cannot be written to '{folder}': "
            f"{getattr(error, 'strerror', None) or error}; choose another folder with -o"
        ) from error
    if not is_remote(folder):
        _require_space(folder)


def _require_space(folder: Path) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < LITTLE_SPACE_BYTES:
        raise TremorcamError(
            f"only {free_bytes / 1e6:.0f} MB are free where '{folder}' is, and results need up to "
            f"{LITTLE_SPACE_BYTES / 1e6:.0f} MB; free some space or choose another folder with -o"
        )


def copy_file(source: Path, target: Path) -> None:
    """Copy a file from or to anywhere, piece by piece; folders are made where there are none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as original, target.open("wb") as copy:
        shutil.copyfileobj(original, copy, 1 << 20)
