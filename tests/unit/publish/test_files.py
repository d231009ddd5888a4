"""Files are whole or not there at all, whatever ends the program or fills the disk."""

import hashlib
import json
import multiprocessing
import random
import subprocess
import sys
import time

import pytest

from tremorcam.data import TremorcamError
from tremorcam.publish.files import ANALYSIS_FILE, rests, write_files

NAMES = ("measures.csv", "report.html", ANALYSIS_FILE)
LARGE = 30_000


def whole(version):
    """Contents that tell whether they are whole."""
    body = f"{version} ".encode() * (LARGE // (len(str(version)) + 1))
    return {name: hashlib.sha256(body).hexdigest().encode() + b"\n" + body for name in NAMES}


def is_whole(content):
    digest, _, body = content.partition(b"\n")
    return hashlib.sha256(body).hexdigest().encode() == digest


def write_for_ever(folder, ready):
    ready.set()
    version = 0
    while True:
        write_files(folder, whole(version))
        version += 1


@pytest.mark.skipif(sys.platform == "win32", reason="forks, so that a kill costs no start")
def test_kills_leave_whole_files_and_the_next_run_tidies_up(tmp_path):
    context, chance = multiprocessing.get_context("fork"), random.Random(4)
    n_kills, n_interrupted = 40, 0
    for _ in range(n_kills):
        ready = context.Event()
        process = context.Process(target=write_for_ever, args=(tmp_path, ready), daemon=True)
        process.start()
        assert ready.wait(60)
        time.sleep(chance.uniform(0.0, 0.06))
        process.kill()
        process.join()
        n_interrupted += bool(rests(tmp_path, NAMES))
        for name in NAMES:
            if (tmp_path / name).exists():
                assert is_whole((tmp_path / name).read_bytes())
    write_files(tmp_path, whole("last"))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)
    print(f"{n_kills} kills survived, {n_interrupted} of them while files were written")
    assert n_interrupted > 0


LIMITED = """
import json, resource, sys
from tremorcam.data import TremorcamError
from tremorcam.publish.files import write_files
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_files(sys.argv[1], {"measures.csv": b"new", "report.html": b"x" * 200_000})
except TremorcamError as error:
    print(json.dumps(str(error)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no limit of file sizes")
def test_a_disk_that_fills_up_leaves_what_was_there(tmp_path):
    write_files(tmp_path, {"measures.csv": b"old", "report.html": b"old"})
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, check=True
    )
    said = json.loads(done.stdout)
    assert "results could not be written" in said
    assert "free some space or choose another folder" in said
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "measures.csv": b"old", "report.html": b"old",
    }  # fmt: skip


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(TremorcamError, match="results could not be written to"):
        write_files(tmp_path / "taken", {"a": b"b"})
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_file_whose_making_fails_halfway_leaves_what_was_there(tmp_path):
    def half():
        yield b"half"
        raise ValueError("no more")

    write_files(tmp_path, {"measures.csv": iter([b"ol", b"d"])})
    with pytest.raises(ValueError, match="no more"):
        write_files(tmp_path, {"measures.csv": b"new", "report.html": half()})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"measures.csv": b"old"}
