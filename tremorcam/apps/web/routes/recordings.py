"""Recordings: made live chunk by chunk, uploaded whole, listed, deleted, analysed again."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from tremorcam.apps.protocols import load_protocols
from tremorcam.apps.web.playback import playable
from tremorcam.apps.web.receiving import append_body, require_space, video_file_name
from tremorcam.apps.web.routes.shared import WithHistory, WithRecording, WithRunner
from tremorcam.apps.web.settings import MAX_UPLOAD_BYTES, MIN_BITS_PER_SECOND
from tremorcam.apps.web.strict_json import StrictRoute
from tremorcam.store.folder import write_whole
from tremorcam.store.history import Entry, History
from tremorcam.store.recordings import Recording

router = APIRouter(prefix="/api", route_class=StrictRoute)

CAPTURE_FILE = "capture.json"
MAX_TEST_S = 600
Person = Annotated[str, Field(max_length=60)]
_SUFFIX_OF_TYPE = {"video/mp4": ".mp4", "video/webm": ".webm", "video/x-matroska": ".mkv"}
# Chunks of one recording must be written one after the other.
_locks: dict[str, asyncio.Lock] = {}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class NewRecording(_Strict):
    """What is known when the test begins."""

    protocol: str
    mime_type: Annotated[str, Field(max_length=100)]
    person: Person = ""


class Cue(_Strict):
    """What the test asked for, and when, in seconds of the recording."""

    task: Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")]
    onset_s: Annotated[float, Field(ge=0, le=MAX_TEST_S)]
    offset_s: Annotated[float, Field(ge=0, le=MAX_TEST_S)]


Cues = Annotated[list[Cue], Field(max_length=200)]


class Finish(_Strict):
    """The end of a live recording, with the browser's own account of it.

    ``settings`` is what ``track.getSettings()`` says; ``frames`` has a list for each entry of
    ``frame_columns`` and frame that ``requestVideoFrameCallback`` told.
    """

    cues: Cues
    settings: dict[str, str | float | bool | list[str] | None] = {}
    frame_columns: Annotated[list[str], Field(max_length=10)] = []
    frames: Annotated[list[list[float | None]], Field(max_length=MAX_TEST_S * 240)] = []
    user_agent: Annotated[str, Field(max_length=400)] = ""
    bits_per_second: float | None = None


class Changes(_Strict):
    """What may be changed of a recording later."""

    person: Person


@router.get("/recordings")
def list_recordings(history: WithHistory) -> list[dict[str, Any]]:
    """List every recording with its job and result, the latest first."""
    return [describe(history, entry) for entry in history.entries()]


@router.post("/recordings", status_code=HTTPStatus.CREATED)
def begin_recording(new: NewRecording, history: WithHistory) -> dict[str, str]:
    """Begin a live recording; its chunks follow."""
    if new.protocol not in load_protocols():
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "there is no test of that name")
    longest_s = 2 * load_protocols()[new.protocol].duration_s
    require_space(history.folder, int(longest_s * 2 * MIN_BITS_PER_SECOND / 8))
    suffix = _SUFFIX_OF_TYPE.get(new.mime_type.split(";")[0].strip().lower(), ".bin")
    recording = history.recordings.add(
        kind="live",
        name=f"smile-{datetime.now():%Y-%m-%d-%H%M%S}{suffix}",
        video_file=f"video{suffix}",
        person=new.person,
        protocol=new.protocol,
    )
    return {"id": recording.id}


@router.put("/recordings/{recording_id}/chunks/{offset}")
async def receive_chunk(
    request: Request,
    recording: WithRecording,
    history: WithHistory,
    offset: Annotated[int, Path(ge=0, lt=MAX_UPLOAD_BYTES)],
) -> dict[str, int]:
    """Take the next chunk of a live recording; it is on the disk when this answers.

    Sending a chunk again is harmless; leaving one out is refused with 409 and the size so far.
    """
    async with _locks.setdefault(recording.id, asyncio.Lock()):
        _require_receiving(recording)
        video = history.recordings.video(recording)
        if offset > history.recordings.received_bytes(recording):
            raise HTTPException(HTTPStatus.CONFLICT, "a chunk before this one is missing")
        size = await append_body(request, video, folder=history.folder, offset=offset)
    return {"size_bytes": size}


@router.put("/recordings/{recording_id}/cues", status_code=HTTPStatus.NO_CONTENT)
def store_cues(cues: Cues, recording: WithRecording, history: WithHistory) -> None:
    """Store what the test has asked for so far, so that a crash does not lose it."""
    _require_receiving(recording)
    history.recordings.set_cues(recording.id, [cue.model_dump() for cue in cues])


@router.post("/recordings/{recording_id}/finish")
def finish_recording(
    recording: WithRecording,
    history: WithHistory,
    runner: WithRunner,
    finish: Annotated[Finish | None, Body()] = None,
) -> dict[str, Any]:
    """End a live recording and queue its analysis.

    Without a body it takes what arrived of a recording that was cut off.
    """
    _require_receiving(recording)
    size = history.recordings.received_bytes(recording)
    if not size:
        raise HTTPException(HTTPStatus.CONFLICT, "nothing of this recording has arrived")
    if finish is not None:
        history.recordings.set_cues(recording.id, [cue.model_dump() for cue in finish.cues])
        account = finish.model_dump(exclude={"cues"})
        folder = history.folder.recording(recording.id)
        write_whole(folder / CAPTURE_FILE, json.dumps(account))
    history.recordings.complete(recording.id, size_bytes=size)
    _locks.pop(recording.id, None)
    return _queue(history, runner, recording.id)


@router.post("/uploads", status_code=HTTPStatus.CREATED)
async def upload(
    request: Request,
    *,
    history: WithHistory,
    runner: WithRunner,
    name: Annotated[str, Query(min_length=1, max_length=500)],
    mirrored: bool = False,
    person: Annotated[str, Query(max_length=60)] = "",
    recorded_at: datetime | None = None,
) -> dict[str, Any]:
    """Take a whole video as the body of the request, and queue its analysis."""
    length = request.headers.get("content-length", "")
    require_space(history.folder, int(length) if length.isdigit() else 0)
    recording = await run_in_threadpool(
        lambda: history.recordings.add(
            kind="upload",
            name=name,
            video_file=video_file_name(name),
            recorded_at=_not_in_future(recorded_at),
            person=person,
            mirrored=mirrored,
        )
    )
    video = history.recordings.video(recording)
    try:
        size = await append_body(request, video, folder=history.folder, offset=0)
        if not size:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "the file is empty")
    except BaseException:
        # A half video is of no use to anyone, whatever the reason.
        history.recordings.delete(recording.id)
        raise
    history.recordings.complete(recording.id, size_bytes=size)
    return await run_in_threadpool(_queue, history, runner, recording.id)


@router.get("/recordings/{recording_id}")
def show_recording(recording: WithRecording, history: WithHistory) -> dict[str, Any]:
    """Describe one recording with its job and result."""
    return describe(history, _entry(history, recording))


@router.patch("/recordings/{recording_id}")
def change_recording(
    changes: Changes, recording: WithRecording, history: WithHistory
) -> dict[str, Any]:
    """Say whose face it is."""
    history.recordings.set_person(recording.id, changes.person)
    return show_recording(get_again(history, recording), history)


@router.delete("/recordings/{recording_id}", status_code=HTTPStatus.NO_CONTENT)
def delete_recording(recording: WithRecording, history: WithHistory, runner: WithRunner) -> None:
    """Delete a recording, its video and its results, for good."""
    job = history.jobs.latest().get(recording.id)
    if job is not None and job.status in ("queued", "running"):
        runner.cancel(job.id)
    history.recordings.delete(recording.id)
    _locks.pop(recording.id, None)


@router.post("/recordings/{recording_id}/analyze")
def analyze_again(
    recording: WithRecording, history: WithHistory, runner: WithRunner
) -> dict[str, Any]:
    """Queue the analysis of a recording once more."""
    if recording.state != "complete":
        raise HTTPException(HTTPStatus.CONFLICT, "this recording has not ended yet")
    return _queue(history, runner, recording.id)


@router.post("/recordings/{recording_id}/cancel")
def cancel_analysis(
    recording: WithRecording, history: WithHistory, runner: WithRunner
) -> dict[str, Any]:
    """Stop the analysis of a recording; the video stays."""
    job = history.jobs.latest().get(recording.id)
    if job is not None:
        runner.cancel(job.id)
    return show_recording(recording, history)


@router.get("/recordings/{recording_id}/video")
def play_video(recording: WithRecording, history: WithHistory) -> FileResponse:
    """Play a recording; ranges are served, so a player can jump."""
    video = history.recordings.video(recording)
    if recording.state != "complete" or not video.exists():
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no video of this recording")
    return FileResponse(playable(video), filename=recording.name, content_disposition_type="inline")


def describe(history: History, entry: Entry) -> dict[str, Any]:
    """Describe a recording as the page needs it."""
    recording, job = entry.recording, entry.job
    received = (
        recording.size_bytes
        if recording.state == "complete"
        else history.recordings.received_bytes(recording)
    )
    return {
        "id": recording.id,
        "recorded_at": recording.recorded_at,
        "kind": recording.kind,
        "state": recording.state,
        "name": recording.name,
        "person": recording.person,
        "protocol": recording.protocol,
        "mirrored": recording.mirrored,
        "size_bytes": received,
        "cues": list(recording.cues),
        "job": None if job is None else asdict(job),
        "result": None if entry.result is None else asdict(entry.result),
    }


def get_again(history: History, recording: Recording) -> Recording:
    """Read a recording anew after a change."""
    return history.recordings.get(recording.id) or recording


def _entry(history: History, recording: Recording) -> Entry:
    return Entry(
        recording, history.jobs.latest().get(recording.id), history.results.get(recording.id)
    )


def _queue(history: History, runner: WithRunner, recording_id: str) -> dict[str, Any]:
    history.jobs.add(recording_id)
    runner.wake()
    recording = history.recordings.get(recording_id)
    if recording is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such recording (any more)")
    return describe(history, _entry(history, recording))


def _require_receiving(recording: Recording) -> None:
    if recording.state != "receiving":
        raise HTTPException(HTTPStatus.CONFLICT, "this recording has ended already")


def _not_in_future(time: datetime | None) -> str | None:
    """Time in UTC; a camera's clock that is ahead is not believed."""
    if time is None:
        return None
    utc = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    return None if utc > datetime.now(UTC) else utc.isoformat(timespec="microseconds")
