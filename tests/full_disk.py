"""A disk so small that it is full at once, where the tests may mount one."""

import contextlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(size_bytes):
    """Mount an empty disk of that size, in memory."""
    with tempfile.TemporaryDirectory() as name:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", name]
        if shutil.which("mount") is None:
            pytest.skip("there is no mount here")
        mounted = subprocess.run(command, capture_output=True, check=False)
        if mounted.returncode:
            pytest.skip("only root can mount a disk here")
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def fill(disk, *, leave_bytes=0):
    """Fill a disk but for so much; the file that does so, to be removed again."""
    filler = disk / "filler"
    free_bytes = shutil.disk_usage(disk).free
    filler.write_bytes(b"\1" * (free_bytes - leave_bytes))
    return filler
