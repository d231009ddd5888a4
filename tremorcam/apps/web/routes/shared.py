"""What every route needs: the history, the runner, and recordings by id."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Path
from starlette.requests import HTTPConnection

from tremorcam.apps.web.runner import Runner
from tremorcam.store.history import History
from tremorcam.store.recordings import Recording

RecordingId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]


def get_history(connection: HTTPConnection) -> History:
    """History of this server's data folder."""
    history: History = connection.app.state.history
    return history


def get_runner(connection: HTTPConnection) -> Runner:
    """Runner of this server's jobs."""
    runner: Runner = connection.app.state.runner
    return runner


WithHistory = Annotated[History, Depends(get_history)]
WithRunner = Annotated[Runner, Depends(get_runner)]


def get_recording(recording_id: RecordingId, history: WithHistory) -> Recording:
    """Find the recording named in the path; 404 where there is none."""
    recording = history.recordings.get(recording_id)
    if recording is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such recording (any more)")
    return recording


WithRecording = Annotated[Recording, Depends(get_recording)]
