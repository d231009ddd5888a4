"""Which videos are meant, and which folder the results of each go to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tremorcam.apps.logs import LOG_FOLDER
from tremorcam.apps.storage import is_remote
from tremorcam.data import InputError
from tremorcam.publish.files import ANALYSIS_FILE, rests
from tremorcam.publish.summary_file import SUMMARY_FILE
from tremorcam.source.container import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# fmt: off
VIDEO_SUFFIXES = frozenset((
    ".3gp", ".apng", ".asf", ".avi", ".flv", ".gif", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4",
    ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".qt", ".ts", ".vob", ".webm", ".wmv",
))
# fmt: on
LONGEST_NAME_BYTES = 200


def find_videos(paths: Iterable[Path]) -> list[Path]:
    """List the videos meant by files and folders, each once.

    A folder stands for the videos directly in it, by name. A file stands for itself,
    whatever it is called and whether or not it exists.

    Raises
    ------
    InputError
        If a folder holds no video.
    """
    return list({_identity(video): video for path in paths for video in _expand(path)}.values())


def _identity(video: Path) -> object:
    """Tell one file by, whatever leads to it; a link that leads to itself stands for itself."""
    return video.resolve() if is_remote(video) else os.path.realpath(video)


def _expand(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    videos = sorted(
        child
        for child in path.iterdir()
        if child.suffix.lower() in VIDEO_SUFFIXES
        and not child.name.startswith(".")
        and child.is_file()
    )
    if not videos:
        raise InputError(
            f"there is no video in the folder '{path}'; folders inside it are not searched, "
            "name them too"
        )
    return videos


class ResultFolders:
    """Gives every video of one run a folder of its own below ``out``.

    That is ``out/<stem>``, or ``out/<stem>-2`` and so on. Results of another video are never
    overwritten; those of the same video (same name, same SHA-256) are replaced.

    Parameters
    ----------
    out : path
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        # Compared without case: on Windows and macOS "A" and "a" are one folder.
        self._taken = {SUMMARY_FILE.casefold(), LOG_FOLDER}

    def assign(self, video: Path) -> Path:
        """Choose the folder of a video, and keep it from the next ones."""
        folder = next(
            folder
            for folder in self._candidates(video)
            if folder.name.casefold() not in self._taken and may_write(folder, video)
        )
        self._taken.add(folder.name.casefold())
        return folder

    def _candidates(self, video: Path) -> Iterator[Path]:
        name = folder_name(video)
        yield self.out / name
        number = 2
        while True:
            yield self.out / f"{name}-{number}"
            number += 1


def folder_name(video: Path) -> str:
    """Name a folder after a video: never ``.`` or ``..``, no longer than any system takes.

    Windows takes no name that ends in a dot or a space.
    """
    name = video.stem.encode()[:LONGEST_NAME_BYTES].decode(errors="ignore")
    return name.rstrip(". ") or "video"


def is_result_of(folder: Path, video: Path) -> bool:
    """Whether a folder holds the results of that very video (same name, same SHA-256)."""
    told = _video_entry(folder / ANALYSIS_FILE)
    if told.get("name") != video.name or not video.is_file():
        return False
    return told.get("size_bytes") == video.stat().st_size and told.get("sha256") == sha256_of(video)


def may_write(folder: Path, video: Path) -> bool:
    """Whether results of a video may go to a folder: none of another video are there."""
    if not folder.exists():
        # A link that leads nowhere is no folder, and none can be made in its place.
        return is_remote(folder) or not folder.is_symlink()
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()) or is_result_of(folder, video):
        return True
    return was_interrupted(folder) and not (folder / ANALYSIS_FILE).exists()


def was_interrupted(folder: Path) -> bool:
    """Whether a program was killed while it saved results here.

    ``analysis.json`` is the last file to get its name, so its temporary one is still there.
    """
    return bool(rests(folder, [ANALYSIS_FILE]))


def _video_entry(analysis_file: Path) -> dict[str, Any]:
    try:
        video = json.loads(analysis_file.read_bytes())["video"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return video if isinstance(video, dict) else {}
