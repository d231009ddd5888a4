"""Versions, checks and logs in one file to send to whoever is to help, and nothing personal."""

from __future__ import annotations

import getpass
import importlib.metadata
import re
import socket
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from tremorcam.apps.checkup import run_checks
from tremorcam.apps.logs import LOG_FOLDER
from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST_LOG_BYTES = 1_000_000
_QUOTED_PATH = re.compile(r"""(["'])[^"'\n]*[\\/]([^"'\\/\n]+)\1""")
_PATH = re.compile(r"(?:[A-Za-z]:)?(?:[\\/]|~[\\/])(?:[^\s\"'\\/:]+[\\/])+")
_NAME_LENGTH = 3


def write_bundle(path: Path, *, data: Path, results: Iterable[Path]) -> int:
    """Write the checks, the versions and every log as a zip file.

    Parameters
    ----------
    path : path
        The zip file; one that exists is not overwritten.
    data : path
        Data folder of the page, whether or not it exists.
    results : iterable of path
        Folders that ``tremorcam analyze`` wrote to.

    Returns
    -------
    int
        How many logs are in it.

    Raises
    ------
    TremorcamError
        If it cannot be written.
    """
    texts = {"checks.txt": _checks(), "versions.txt": _versions()}
    logs = sorted(data.glob("recordings/*/analysis.log"))
    for folder in results:
        logs += sorted(folder.glob(f"{LOG_FOLDER}/*.log"))
    for number, log in enumerate(logs, start=1):
        texts[f"logs/{number:04d}.log"] = without_personal_data(_read(log), names=[log.stem])
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as bundle:
            for name, text in texts.items():
                bundle.writestr(name, text)
    except FileExistsError as error:
        raise TremorcamError(f"'{path}' exists and is not overwritten; choose another name") from (
            error
        )
    except OSError as error:
        raise TremorcamError(
            f"'{path}' could not be written ({error.strerror or error}); choose another place"
        ) from error
    return len(logs)


def without_personal_data(text: str, *, names: Iterable[str] = ()) -> str:
    """Take folders, the names of the user and the machine, and other ``names`` out of a text.

    Of a path only the last part stays, of a video only that it is one.
    """
    text = _PATH.sub("…/", _QUOTED_PATH.sub(r"\1…/\2\1", text))
    for name in sorted({*names, *_own_names()}, key=len, reverse=True):
        if len(name) >= _NAME_LENGTH and name != "analysis":
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "<name>", text, flags=re.IGNORECASE)
    return text


def _own_names() -> Iterator[str]:
    yield Path.home().name
    yield socket.gethostname()
    try:
        yield getpass.getuser()
    except (OSError, KeyError):
        return


def _read(log: Path) -> str:
    """Read a log's end, which tells how it ended."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LARGEST_LOG_BYTES))
        return file.read().decode(errors="replace")


def _checks() -> str:
    return "".join(
        f"{'ok' if check.ok else 'WRONG'}\t{check.name}\t{without_personal_data(check.found)}\n"
        for check in run_checks()
    )


def _versions() -> str:
    """Version of what Tremorcam requires, and of nothing else that is installed."""
    required = {
        re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0]
        for requirement in importlib.metadata.requires("tremorcam") or ()
    }
    lines = []
    for name in sorted({"tremorcam", *required}):
        try:
            lines.append(f"{name}=={importlib.metadata.version(name)}\n")
        except importlib.metadata.PackageNotFoundError:
            continue
    return "".join(lines)
