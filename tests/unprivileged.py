"""Be somebody who may not write everywhere, where the tests run as root."""

import contextlib
import os
import tempfile
from pathlib import Path

import pytest

NOBODY = 65534


@contextlib.contextmanager
def unprivileged():
    """Lay down root's rights for a while; nothing changes for anybody else."""
    if not hasattr(os, "geteuid"):
        pytest.skip("folders are made read-only in another way here")
    if os.geteuid() != 0:
        yield
        return
    try:
        os.seteuid(NOBODY)
    except OSError as error:
        pytest.skip(f"root cannot lay down its rights here: {error}")
    try:
        yield
    finally:
        os.seteuid(0)


@contextlib.contextmanager
def read_only_folder(**files):
    """A folder with files of given text, that all may read and nobody unprivileged may change."""
    with tempfile.TemporaryDirectory() as folder:
        for stem, text in files.items():
            (Path(folder) / f"{stem}.mp4").write_text(text, encoding="utf-8")
        Path(folder).chmod(0o555)
        with unprivileged():
            yield Path(folder)
        Path(folder).chmod(0o755)
