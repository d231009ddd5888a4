"""Recordings on their way in: live in chunks, uploads whole, and what goes wrong."""

import errno
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from tremorcam.apps.protocols import load_protocols
from tremorcam.apps.web import receiving
from tremorcam.apps.web.receiving import video_file_name
from tremorcam.store.recordings import Recordings

from .conftest import upload

QUICK = {"protocol": "quick", "mime_type": "video/mp4;codecs=avc1.42E01E"}
CUES = [
    {"task": "neutral", "onset_s": 0.1, "offset_s": 5.1},
    {"task": "full_smile", "onset_s": 5.1, "offset_s": 20.1},
]


def begin(client, **more):
    return client.post("/api/recordings", json=QUICK | more).json()["id"]


def chunk(client, recording_id, offset, content):
    return client.put(f"/api/recordings/{recording_id}/chunks/{offset}", content=content)


def stored_video(client, recording_id):
    history = client.app.state.history
    return history.recordings.video(history.recordings.get(recording_id))


def test_the_tests_last_as_long_as_they_say():
    protocols = load_protocols()
    assert [(s.task, s.duration_s) for s in protocols["quick"].steps] == [
        ("neutral", 5), ("full_smile", 15), ("rest", 5),
    ]  # fmt: skip
    tasks = [step.task for step in protocols["full"].steps]
    assert protocols["full"].duration_s >= 60
    assert {t: tasks.count(t) for t in ("gentle_smile", "full_smile", "eye_closure", "pucker")} == {
        "gentle_smile": 3, "full_smile": 1, "eye_closure": 2, "pucker": 2,
    }  # fmt: skip


def test_a_live_recording_is_on_the_disk_as_it_comes(client):
    recording_id = begin(client, person="me")
    assert chunk(client, recording_id, 0, b"first ").json() == {"size_bytes": 6}
    assert stored_video(client, recording_id).read_bytes() == b"first "
    assert chunk(client, recording_id, 6, b"second").json() == {"size_bytes": 12}
    # Sent again after a lost answer.
    assert chunk(client, recording_id, 6, b"second").json() == {"size_bytes": 12}
    assert client.put(f"/api/recordings/{recording_id}/cues", json=CUES[:1]).status_code == 204
    account = {
        "cues": CUES,
        "settings": {"width": 1280, "height": 720, "frameRate": 30.0, "deviceId": "abc"},
        "frame_columns": ["media_time_s", "capture_time_s"],
        "frames": [[0.0, 0.01], [0.033, None]],
        "bits_per_second": 12e6,
    }
    entry = client.post(f"/api/recordings/{recording_id}/finish", json=account).json()
    assert entry["state"] == "complete"
    assert entry["job"]["status"] == "queued"
    assert (entry["cues"], entry["size_bytes"], entry["person"]) == (CUES, 12, "me")
    assert stored_video(client, recording_id).read_bytes() == b"first second"
    stored = json.loads((stored_video(client, recording_id).parent / "capture.json").read_text())
    assert stored["settings"] == account["settings"]
    assert stored["frames"] == account["frames"]


def test_a_missing_chunk_is_asked_for(client):
    recording_id = begin(client)
    chunk(client, recording_id, 0, b"first")
    assert chunk(client, recording_id, 9, b"third").status_code == 409
    assert stored_video(client, recording_id).read_bytes() == b"first"


def test_an_ended_recording_takes_no_more(client):
    recording_id = begin(client)
    chunk(client, recording_id, 0, b"all")
    client.post(f"/api/recordings/{recording_id}/finish")
    assert chunk(client, recording_id, 3, b"more").status_code == 409
    assert client.put(f"/api/recordings/{recording_id}/cues", json=[]).status_code == 409
    assert client.post(f"/api/recordings/{recording_id}/finish").status_code == 409


def test_a_recording_of_nothing_is_not_analysed(client):
    assert client.post(f"/api/recordings/{begin(client)}/finish").status_code == 409


def test_what_arrived_of_a_cut_off_recording_can_be_taken(client):
    recording_id = begin(client)
    chunk(client, recording_id, 0, b"half a face")
    client.put(f"/api/recordings/{recording_id}/cues", json=CUES)
    listed = client.get("/api/recordings").json()[0]
    assert (listed["state"], listed["size_bytes"]) == ("receiving", 11)
    assert client.post(f"/api/recordings/{recording_id}/finish").json()["cues"] == CUES


@pytest.mark.parametrize(
    "cue",
    [
        {"task": "x", "onset_s": -1, "offset_s": 2},
        {"task": "x", "onset_s": 1e9, "offset_s": 2e9},
        {"task": "<b>", "onset_s": 0, "offset_s": 1},
        {"task": "x", "onset_s": 0, "offset_s": 1, "more": 1},
        {"task": "x", "onset_s": "soon", "offset_s": 1},
    ],
)
def test_odd_cues_are_refused(client, cue):
    assert client.put(f"/api/recordings/{begin(client)}/cues", json=[cue]).status_code == 422


def test_an_unknown_test_is_refused(client):
    answer = client.post("/api/recordings", json=QUICK | {"protocol": "dance"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("a.mp4", "video.mp4"),
        ("A.MOV", "video.mov"),
        ("a.mkv.exe", "video.bin"),
        ("../../x", "video.bin"),
        ("", "video.bin"),
        ("a.webm\x00.sh", "video.bin"),
    ],
)
def test_videos_lie_under_our_own_names(name, stored):
    assert video_file_name(name) == stored


def test_an_upload_is_stored_and_queued(client):
    answer = upload(
        client, b"x" * 3_000_000, name="../../me/selfie.MOV", mirrored=True, person="A",
        recorded_at="2020-05-01T10:00:00+02:00",
    )  # fmt: skip
    entry = answer.json()
    assert answer.status_code == 201
    assert (entry["name"], entry["mirrored"], entry["person"]) == ("selfie.MOV", True, "A")
    assert entry["recorded_at"] == "2020-05-01T08:00:00.000000+00:00"
    assert entry["job"]["status"] == "queued"
    stored = stored_video(client, entry["id"])
    assert stored.name == "video.mov"
    assert stored.stat().st_size == 3_000_000
    assert stored.stat().st_mode & 0o077 == 0


def test_a_clock_that_is_ahead_is_not_believed(client):
    entry = upload(client, recorded_at="2990-01-01T00:00:00Z").json()
    assert not entry["recorded_at"].startswith("2990")


def test_an_empty_upload_leaves_nothing(client):
    answer = upload(client, b"")
    assert answer.status_code == 422
    assert "empty" in answer.json()["detail"]
    assert client.get("/api/recordings").json() == []


def test_an_aborted_upload_leaves_nothing(app, client):
    arriving = iter(
        [
            {"type": "http.request", "body": b"x" * 2_000_000, "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    recordings = app.state.history.folder.recordings
    held = []

    async def receive():
        held.append(len(list(recordings.iterdir())))
        return next(arriving)

    async def send(_):
        """Nobody is there to hear an answer."""

    scope = {
        "type": "http", "method": "POST", "path": "/api/uploads", "query_string": b"name=a.mp4",
        "headers": [(b"host", b"127.0.0.1:8420")], "http_version": "1.1", "scheme": "http",
        "server": ("127.0.0.1", 8420), "client": ("127.0.0.1", 5), "root_path": "",
    }  # fmt: skip
    client.portal.call(app, scope, receive, send)
    assert held == [1, 1]
    assert list(recordings.iterdir()) == []
    assert client.get("/api/recordings").json() == []


def test_a_full_disk_is_said_before_anything_is_sent(client, monkeypatch):
    monkeypatch.setattr("tremorcam.store.folder.DataFolder.free_bytes", lambda _: 10**8)
    for answer in (upload(client), client.post("/api/recordings", json=QUICK)):
        assert answer.status_code == 507
        assert "the disk is full" in answer.json()["detail"]
    assert client.get("/api/recordings").json() == []


def test_a_disk_that_fills_up_meanwhile_is_said_too(client, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(receiving, "_flush", full)
    answer = upload(client)
    assert answer.status_code == 507
    assert client.get("/api/recordings").json() == []
    recording_id = begin(client)
    assert chunk(client, recording_id, 0, b"x").status_code == 507
    assert client.get("/api/config").status_code == 200


def full_database(*_, **__):
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = "SQLITE_FULL"
    raise error


def test_a_database_that_cannot_grow_is_said(client, monkeypatch):
    monkeypatch.setattr("tremorcam.store.recordings.Recordings.add", full_database)
    answer = upload(client)
    assert answer.status_code == 507
    assert "delete recordings" in answer.json()["detail"]


def test_a_recording_can_be_deleted_to_make_room(client, monkeypatch):
    entry = upload(client).json()
    folder = stored_video(client, entry["id"]).parent
    delete_row = Recordings._delete_row

    def needs_room(self, recording_id):
        return full_database() if folder.exists() else delete_row(self, recording_id)

    monkeypatch.setattr(Recordings, "_delete_row", needs_room)
    assert client.delete(f"/api/recordings/{entry['id']}").status_code == 204
    assert client.get("/api/recordings").json() == []
    assert not folder.exists()


def test_200_uploads_at_once_all_arrive(client):
    def send(number):
        return upload(client, f"video {number}".encode() * 1000, name=f"{number}.mp4")

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(200)))
    assert {answer.status_code for answer in answers} == {201}
    entries = client.get("/api/recordings").json()
    assert len(entries) == 200
    contents = {entry["name"]: stored_video(client, entry["id"]).read_bytes() for entry in entries}
    assert contents == {f"{n}.mp4": f"video {n}".encode() * 1000 for n in range(200)}
    jobs = sorted(entries, key=lambda entry: entry["job"]["id"])
    assert len({entry["job"]["id"] for entry in jobs}) == 200


def test_deleting_leaves_nothing(client):
    entry = upload(client).json()
    folder = stored_video(client, entry["id"]).parent
    assert client.delete(f"/api/recordings/{entry['id']}").status_code == 204
    assert not folder.exists()
    assert client.get(f"/api/recordings/{entry['id']}").status_code == 404
    assert client.delete(f"/api/recordings/{entry['id']}").status_code == 404


def test_a_person_can_be_named_later(client):
    entry = upload(client).json()
    path = f"/api/recordings/{entry['id']}"
    assert client.patch(path, json={"person": " B "}).json()["person"] == "B"
    assert client.patch(path, json={"person": "x" * 61}).status_code == 422


def test_the_video_can_be_played_in_parts(client):
    entry = upload(client, b"0123456789").json()
    answer = client.get(f"/api/recordings/{entry['id']}/video", headers={"range": "bytes=2-4"})
    assert (answer.status_code, answer.content) == (206, b"234")
