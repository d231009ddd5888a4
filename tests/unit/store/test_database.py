"""The history file: migrations, permissions, and that nothing is lost when it is killed."""

import multiprocessing
import os
import random
import sqlite3
import stat
import sys
import time

import pytest
from unprivileged import read_only_folder

from tremorcam.data import TremorcamError
from tremorcam.store import Database, DataFolder
from tremorcam.store.history import History


def modes(folder):
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_a_new_folder_holds_the_latest_layout(tmp_path):
    folder = DataFolder.open(tmp_path / "new" / "data")
    Database(folder)
    with sqlite3.connect(folder.database) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        tables = {r[0] for r in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert {"recordings", "jobs", "results", "measures", "context_answers"} <= tables


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_can_read(tmp_path):
    previous = os.umask(0o000)
    try:
        folder = DataFolder.open(tmp_path / "data")
        history = History(Database(folder))
        recording = history.recordings.add(kind="live", name="a.mp4", video_file="video.mp4")
    finally:
        os.umask(previous)
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    found = modes(folder.root)
    assert found["recordings"] == found["trash"] == 0o700
    assert {mode for name, mode in found.items() if name.startswith("history.db")} == {0o600}
    assert stat.S_IMODE(folder.recording(recording.id).stat().st_mode) == 0o700


def test_opening_again_keeps_what_is_there(tmp_path):
    folder = DataFolder.open(tmp_path)
    kept = History(Database(folder)).recordings.add(kind="live", name="a", video_file="v.mp4")
    assert History(Database(DataFolder.open(tmp_path))).recordings.get(kept.id) == kept


def test_a_newer_layout_is_left_alone(tmp_path):
    folder = DataFolder.open(tmp_path)
    Database(folder)
    connection = sqlite3.connect(folder.database)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(TremorcamError, match="newer version of Tremorcam"):
        Database(folder)


def test_a_file_that_is_no_database_is_named(tmp_path):
    folder = DataFolder.open(tmp_path)
    folder.database.write_bytes(b"not a database, but longer than its header would be" * 9)
    with pytest.raises(TremorcamError, match=r"history\.db cannot be used"):
        Database(folder)


def test_a_read_only_folder_is_named():
    with (
        read_only_folder() as folder,
        pytest.raises(TremorcamError, match="choose another one with --data"),
    ):
        DataFolder.open(folder / "data")


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "data").write_text("taken")
    with pytest.raises(TremorcamError, match="choose another one with --data"):
        DataFolder.open(tmp_path / "data")


@pytest.mark.parametrize("path", ["..", "../x", "", "0123456789abcdeF", "a/b", "0" * 15, "0" * 17])
def test_only_ids_become_paths(tmp_path, path):
    with pytest.raises(ValueError, match="not the id"):
        DataFolder.open(tmp_path).recording(path)


def test_a_failed_transaction_leaves_nothing(tmp_path):
    history = History(Database(DataFolder.open(tmp_path)))
    recording = history.recordings.add(kind="live", name="a", video_file="v.mp4")
    with pytest.raises(RuntimeError), history.database.write() as connection:
        connection.execute("UPDATE recordings SET name = 'changed'")
        raise RuntimeError
    assert history.recordings.get(recording.id).name == "a"


def _write_for_ever(root, ready):
    history = History(Database(DataFolder.open(root)))
    ready.set()
    number = 0
    while True:
        recording = history.recordings.add(kind="live", name=f"n{number}", video_file="v.mp4")
        history.recordings.set_cues(recording.id, [{"task": "smile", "number": number}])
        job = history.jobs.add(recording.id)
        history.jobs.start_next()
        # What is printed has been promised to be on the disk.
        with (root / "promised.txt").open("a") as promised:
            promised.write(f"{recording.id} {job.id} {number}\n")
        history.jobs.finish(job.id)
        number += 1


def test_kills_lose_no_row_and_leave_no_half_written_one(tmp_path):
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    chance = random.Random(8)
    kills = 100
    for _ in range(kills):
        ready = context.Event()
        process = context.Process(target=_write_for_ever, args=(tmp_path, ready), daemon=True)
        process.start()
        assert ready.wait(30)
        time.sleep(chance.uniform(0.0, 0.12))
        process.kill()
        process.join()
    history = History(Database(DataFolder.open(tmp_path)))
    connection = sqlite3.connect(history.folder.database)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    promised = [line.split() for line in (tmp_path / "promised.txt").read_text().splitlines()]
    assert promised
    jobs = history.jobs.latest()
    for recording_id, job_id, number in promised:
        recording = history.recordings.get(recording_id)
        assert recording.name == f"n{number}"
        assert recording.cues == ({"task": "smile", "number": int(number)},)
        assert jobs[recording_id].id == int(job_id)
    print(f"{kills} kills survived, {len(promised)} promised rows all there")
