"""Analyses in worker processes: what they do, and what becomes of those that fail."""

import dataclasses
import io
import sqlite3
import zipfile

import pandas as pd
import pytest

from tremorcam.apps.web import runner
from tremorcam.apps.web.app import create_app
from tremorcam.store.jobs import MAX_ATTEMPTS, Jobs

from .conftest import open_client, upload, wait_for


def by_content(settings, **more):
    return create_app(dataclasses.replace(settings, analyzer="web_stubs:by_content", **more))


def test_a_result_from_upload_to_download(working_client):
    client = working_client
    entry = upload(client, name="Zoë's smile.mp4").json()
    done = wait_for(client, entry["id"], "done", "failed")
    assert done["job"]["error"] == ""
    assert done["job"]["progress"] == 1.0
    assert done["result"]["frequency_hz"] == pytest.approx(7.2)
    assert done["result"]["tremor_side"] == "left"
    path = f"/api/recordings/{entry['id']}"
    view = client.get(f"{path}/view").json()
    assert view["summary"]["video"] == "Zoë's smile.mp4"
    assert view["words"]["answer"] == done["result"]["answer"]
    assert (view["quality"]["status"], view["quality"]["label"]) == ("limited", "limited")
    # The gravest comes first.
    assert [r["code"] for r in view["quality"]["reasons"]] == ["head_turned", "duplicate_frames"]
    assert len(view["traces"]["time_s"]) == len(view["traces"]["tremor_mm"]["left"]) == 600
    left = next(r for r in view["regions"] if (r["region"], r["side"]) == ("cheek", "left"))
    assert (left["detected"], left["measured"]) == (False, True)
    names = {file["name"] for file in client.get(f"{path}/files").json()}
    assert {"analysis.json", "measures.csv", "signals.csv", "summary.csv"} <= names
    assert "measuring video.mp4" in client.get(f"{path}/files/analysis.log").text
    measures = pd.read_csv(io.BytesIO(client.get(f"{path}/files/measures.csv").content))
    assert (measures["measure"] == "tremor_frequency").any()
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{path}/archive").content))
    assert set(archive.namelist()) == names - {"analysis.log"}
    assert archive.read("measures.csv") == client.get(f"{path}/files/measures.csv").content


def test_a_mirrored_video_is_measured_as_mirrored(working_client):
    entry = upload(working_client, mirrored=True).json()
    done = wait_for(working_client, entry["id"], "done", "failed")
    assert done["result"]["tremor_side"] == "right"


def test_each_failure_is_its_own_and_the_server_lives(settings):
    with open_client(by_content(settings, workers=2)) as client:
        entries = {
            word: upload(client, word.encode() + b" video").json()["id"]
            for word in ("crash", "exit", "poor", "fault", "hungry", "fine")
        }
        errors = {
            word: wait_for(client, each, "done", "failed")["job"]["error"]
            for word, each in entries.items()
        }
        assert "was ended by SIGKILL" in errors["crash"]
        assert "ended with code 7" in errors["exit"]
        assert errors["poor"] == "there is no picture in it; export it again as MP4"
        assert "unexpected RuntimeError: a fault of ours" in errors["fault"]
        assert "more memory than there is" in errors["hungry"]
        assert errors["fine"] == ""
        log = client.get(f"/api/recordings/{entries['fault']}/files/analysis.log").text
        assert "Traceback" in log


def test_a_stuck_analysis_is_ended(settings):
    with open_client(by_content(settings, stall_s=6.0)) as client:
        entry = upload(client, b"stuck video").json()
        failed = wait_for(client, entry["id"], "failed")
        assert "nothing moved for 6 s" in failed["job"]["error"]


def test_cancelling_and_deleting_stop_the_work(settings):
    with open_client(by_content(settings)) as client:
        slow, waiting = (upload(client, b"slow video").json()["id"] for _ in range(2))
        wait_for(client, slow, "running")
        assert client.post(f"/api/recordings/{waiting}/cancel").json()["job"]["status"] == (
            "cancelled"
        )
        assert client.post(f"/api/recordings/{slow}/cancel").json()["job"]["status"] == "cancelled"
        again = client.post(f"/api/recordings/{slow}/analyze").json()
        assert again["job"]["status"] in ("queued", "running")
        wait_for(client, slow, "running")
        assert client.delete(f"/api/recordings/{slow}").status_code == 204
        assert not client.app.state.history.folder.recording(slow).exists()
        fine = upload(client, b"fine video").json()["id"]
        assert wait_for(client, fine, "done", "failed")["job"]["status"] == "done"


def test_a_restart_resumes_what_was_left(settings):
    with open_client(by_content(settings)) as client:
        running = upload(client, b"slow video").json()["id"]
        queued = upload(client, b"fine video").json()["id"]
        wait_for(client, running, "running")
        history = client.app.state.history
    left = history.jobs.latest()
    assert {left[running].status, left[queued].status} == {"queued"}
    assert left[running].attempts == 0
    # Now it is quick enough to end.
    video = history.recordings.video(history.recordings.get(running))
    video.write_bytes(b"fine after all")
    with open_client(by_content(settings)) as client:
        for each in (running, queued):
            assert wait_for(client, each, "done", "failed")["job"]["status"] == "done"


def test_an_end_that_cannot_be_noted_is_noted_when_there_is_room(settings, monkeypatch):
    monkeypatch.setattr(runner, "PAUSE_S", 0.1)
    fail, n_tries = Jobs.fail, 0

    def full_at_first(self, job_id, reason):
        nonlocal n_tries
        n_tries += 1
        if n_tries < 3:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorname = "SQLITE_FULL"
            raise error
        fail(self, job_id, reason)

    monkeypatch.setattr(Jobs, "fail", full_at_first)
    with open_client(by_content(settings)) as client:
        entry = upload(client, b"poor video").json()
        failed = wait_for(client, entry["id"], "failed")
    assert "export it again" in failed["job"]["error"]
    assert n_tries == 3


def test_an_analysis_that_fills_the_disk_says_so(settings):
    with open_client(by_content(settings)) as client:
        entry = upload(client, b"full video").json()
        failed = wait_for(client, entry["id"], "failed")
    assert "the disk is full" in failed["job"]["error"]


def test_a_video_that_ended_the_program_often_is_given_up(app, client):
    entry = upload(client).json()
    history = app.state.history
    for _ in range(MAX_ATTEMPTS):
        history.jobs.requeue_interrupted()
        history.jobs.start_next()
    history.jobs.requeue_interrupted()
    failed = client.get(f"/api/recordings/{entry['id']}").json()
    assert failed["job"]["status"] == "failed"


def test_answers_word_the_result_anew_and_change_no_measure(working_client):
    client = working_client
    entry = upload(client).json()
    wait_for(client, entry["id"], "done")
    path = f"/api/recordings/{entry['id']}"
    before = client.get(f"{path}/files/measures.csv").content
    told = {"caffeine_mg": 360, "symptoms": ["numbness"]}
    view = client.put(f"{path}/context", json=told).json()
    assert view["context"] == told
    assert client.get(f"{path}/view").json()["context"] == told
    assert client.get(f"{path}/files/measures.csv").content == before
    wrong = client.put(f"{path}/context", json={"caffeine_mg": -3})
    assert wrong.status_code == 422
    assert "caffeine_mg" in wrong.json()["detail"]
    assert client.put(f"{path}/context", json={"nonsense": 1}).status_code == 422


def test_history_over_the_web(working_client):
    client = working_client
    ids = []
    for day in (1, 23):
        entry = upload(client, recorded_at=f"2026-03-{day:02d}T09:00:00Z", person="A").json()
        wait_for(client, entry["id"], "done")
        ids.append(entry["id"])
    trend = client.get("/api/history/trend", params={"person": "A"}).json()
    assert [point["recording_id"] for point in trend["points"]] == ids
    assert trend["course"]["status"] == "not_known"
    assert trend["persistence"]["n_with_tremor"] == 2
    compared = client.get("/api/history/compare", params={"a": ids[1], "b": ids[0]}).json()
    assert (compared["earlier_id"], compared["later_id"]) == (ids[0], ids[1])
    corner = compared["places"][0]
    assert corner["change"]["ratio"] == pytest.approx(1.0)
    table = pd.read_csv(io.BytesIO(client.get("/api/history/export.csv").content))
    assert set(table["recording_id"]) == set(ids)
    missing = client.get("/api/history/compare", params={"a": ids[0], "b": "0" * 16})
    assert missing.status_code == 404
