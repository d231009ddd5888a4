"""What a disk that is really full does to results, tables, recordings and the history."""

import sqlite3

import av
import numpy as np
import pytest
import stub_pipeline
from full_disk import fill, small_disk
from starlette.testclient import TestClient
from typer.testing import CliRunner

from tremorcam.apps.batch import measure_video
from tremorcam.apps.cli import app as command
from tremorcam.apps.tasks import Settings, Task
from tremorcam.apps.web.app import create_app
from tremorcam.apps.web.settings import WebSettings
from tremorcam.data import TremorcamError
from tremorcam.publish.summary import failed_row
from tremorcam.publish.summary_file import append_summary, write_summary
from tremorcam.source.camera import Shot
from tremorcam.source.recording import record
from tremorcam.store import Database, DataFolder
from tremorcam.store.folder import is_disk_full
from tremorcam.store.history import History

MB = 1_000_000
ORIGIN = "http://127.0.0.1:8420"


def test_a_disk_that_is_nearly_full_is_told_before_any_work(tmp_path):
    (tmp_path / "smile.mp4").write_bytes(b"some")
    with small_disk(MB) as disk:
        ended = CliRunner().invoke(
            command, ["analyze", str(tmp_path / "smile.mp4"), "-o", str(disk / "out")]
        )
        assert "only 1 MB are free" in str(ended.exception)
        assert list((disk / "out").iterdir()) == []


def test_results_are_whole_or_absent_on_a_disk_that_fills_up(tmp_path, monkeypatch):
    monkeypatch.setattr("tremorcam.pipeline.analyze", stub_pipeline.analyze)
    video = tmp_path / "smile.mp4"
    video.write_text("ok")
    with small_disk(4 * MB) as disk:
        filler = fill(disk, leave_bytes=MB // 10)
        task = Task(video, disk / "out" / "smile", Settings(11.7))
        outcome = measure_video(task, lambda _: None)
        assert "No space left on device; free some space" in outcome.error
        assert "\n" not in outcome.error
        assert list(task.folder.iterdir()) == []
        filler.unlink()
        assert measure_video(task, lambda _: None).error is None


def test_a_table_on_a_full_disk_keeps_whole_rows():
    row = failed_row("smile.mp4", "x" * 900)
    with small_disk(MB) as disk:
        write_summary([row], disk / "summary.csv")
        filler = fill(disk)
        with pytest.raises(TremorcamError, match="No space left on device; free some space"):
            for _ in range(100):
                append_summary(row, disk / "summary.csv")
        text = (disk / "summary.csv").read_text()
        assert text.endswith("\n")
        assert {line.count("x") for line in text.splitlines()[1:]} == {900}
        filler.unlink()
        append_summary(row, disk / "summary.csv")
        assert (disk / "summary.csv").read_text().count("x" * 900) == len(text.splitlines())


class Noise:
    """Stands in for a camera whose pictures cannot be compressed."""

    width_px, height_px, rate_hz = 320, 240, 30.0

    def __init__(self):
        self.number, self.rng = 0, np.random.default_rng(0)

    def read(self):
        self.number += 1
        picture = self.rng.integers(0, 255, (self.height_px, self.width_px, 3), np.uint8)
        return Shot(picture, self.number / self.rate_hz)


def test_a_recording_on_a_full_disk_keeps_what_was_written():
    with small_disk(4 * MB) as disk:
        with pytest.raises(TremorcamError, match="No space left on device") as told:
            record(Noise(), disk / "a.mkv", duration_s=60.0, on_shot=lambda *_: True)
        assert "\n" not in str(told.value)
        with av.open(disk / "a.mkv") as container:
            assert sum(1 for _ in container.decode(video=0)) > 10


def test_the_history_keeps_what_it_promised_on_a_full_disk():
    with small_disk(4 * MB) as disk:
        history = History(Database(DataFolder.open(disk / "data")))
        with history.database.kept_open():
            first = history.recordings.add(kind="upload", name="n", video_file="v.mp4")
            history.recordings.video(first).write_bytes(b"v" * (MB // 2))
            filler, promised = fill(disk, leave_bytes=MB // 10), [first.id]
            with pytest.raises((sqlite3.OperationalError, OSError)) as told:
                for _ in range(1000):
                    recording = history.recordings.add(
                        kind="upload", name="n" * 100, video_file="v.mp4"
                    )
                    promised.append(recording.id)
            assert is_disk_full(told.value)
            assert len(promised) > 1
            assert {recording.id for recording in history.recordings.all()} >= set(promised)
            with history.database.read() as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            history.recordings.delete(promised[0])
            filler.unlink()
            history.recordings.add(kind="upload", name="n", video_file="v.mp4")
        again = History(Database(DataFolder.open(disk / "data")))
        assert {recording.id for recording in again.recordings.all()} >= set(promised[1:])


def test_the_server_says_that_the_disk_is_full_and_goes_on(monkeypatch):
    monkeypatch.setattr("tremorcam.apps.web.receiving.RESERVE_BYTES", 0)
    with small_disk(4 * MB) as disk:
        settings = WebSettings(DataFolder.open(disk / "data"), analyzer="web_stubs:quick")
        app = create_app(settings)
        for name in ("start", "close"):
            monkeypatch.setattr(app.state.runner, name, lambda: None)
        headers = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
        with TestClient(app, base_url=ORIGIN, headers=headers) as client:

            def upload(content):
                return client.post("/api/uploads", params={"name": "a.mp4"}, content=content)

            kept = upload(b"video").json()["id"]
            fill(disk, leave_bytes=MB)
            # Without its length, which would be refused beforehand.
            refused = upload(iter([b"v" * MB] * 2))
            assert refused.status_code == 507
            assert "the disk is full" in refused.json()["detail"]
            assert [entry["id"] for entry in client.get("/api/recordings").json()] == [kept]
            assert client.get("/").status_code == 200
            assert client.delete(f"/api/recordings/{kept}").status_code == 204
            assert client.get("/api/recordings").json() == []
