"""Results of one recording: the page's view, files to download, context answers."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from http import HTTPStatus
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Path, Response
from starlette.responses import FileResponse

from tremorcam.apps.web.routes.shared import WithHistory, WithRecording
from tremorcam.apps.web.security import REPORT_POLICY
from tremorcam.apps.web.strict_json import StrictRoute
from tremorcam.apps.web.worker import LOG_FILE
from tremorcam.apps.wording import shortened
from tremorcam.data import InputError, TremorcamError

if TYPE_CHECKING:
    from tremorcam.data import Analysis
    from tremorcam.store.history import History
    from tremorcam.store.recordings import Recording

LONGEST_FAULT = 1000

router = APIRouter(prefix="/api/recordings/{recording_id}", route_class=StrictRoute)

REPORT_FILE = "report.html"
Answers = Annotated[dict[str, Any], Body(max_length=40)]


@router.get("/view")
def show_view(recording: WithRecording, history: WithHistory) -> dict[str, Any]:
    """Give everything the results page shows."""
    from tremorcam.apps.web.view import build_view

    view = build_view(_load(history, recording))
    return view | {"context": history.context.get(recording.id)}


@router.put("/context")
def answer_questions(
    answers: Answers, recording: WithRecording, history: WithHistory
) -> dict[str, Any]:
    """Store what the person tells, and word the result anew; no measurement changes."""
    from tremorcam.apps.web.view import build_view
    from tremorcam.interpret import interpret, parse_context
    from tremorcam.publish import save_analysis, summary_row

    try:
        told = parse_context(answers).told()
    except InputError as error:
        raise HTTPException(
            HTTPStatus.UNPROCESSABLE_ENTITY, shortened(str(error), LONGEST_FAULT)
        ) from error
    history.context.save(recording.id, told)
    if history.results.get(recording.id) is None:
        return {"context": told}
    analysis = _load(history, recording)
    interpretation = interpret(analysis, context=told)
    analysis = dataclasses.replace(
        analysis, findings=interpretation.findings, words=interpretation.words, context=told
    )
    save_analysis(analysis, history.folder.analysis(recording.id))
    history.results.save(recording.id, summary=summary_row(analysis), measures=analysis.measures)
    return build_view(analysis) | {"context": told}


@router.get("/files")
def list_files(recording: WithRecording, history: WithHistory) -> list[dict[str, Any]]:
    """List what can be downloaded."""
    return [
        {"name": name, "size_bytes": path.stat().st_size}
        for name, path in sorted(_files(history, recording).items())
    ]


@router.get("/files/{name}")
def download_file(
    recording: WithRecording,
    history: WithHistory,
    name: Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$")],
) -> FileResponse:
    """Download one file of the result, or the log of the analysis."""
    path = _files(history, recording).get(name)
    if path is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such file")
    stem = FilePath(recording.name).stem
    return FileResponse(
        path,
        filename=f"{stem}-{name}",
        headers={"content-security-policy": REPORT_POLICY},
    )


@router.get("/report")
def show_report(recording: WithRecording, history: WithHistory) -> FileResponse:
    """Show the report in the browser, kept apart from this page by a sandbox."""
    path = _files(history, recording).get(REPORT_FILE)
    if path is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no report of this recording")
    return FileResponse(
        path, media_type="text/html", headers={"content-security-policy": REPORT_POLICY}
    )


@router.get("/archive")
def download_archive(recording: WithRecording, history: WithHistory) -> Response:
    """Download all files of the result as one zip; the video is not in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(_files(history, recording).items()):
            if name != LOG_FILE:
                archive.write(path, name)
    stem = FilePath(recording.name).stem.encode("ascii", "replace").decode()
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in stem)
    return Response(
        buffer.getvalue(),
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{safe}.zip"'},
    )


def _files(history: History, recording: Recording) -> dict[str, FilePath]:
    """Files that may be downloaded, by name: only what lies in the result's own folder."""
    folder = history.folder.analysis(recording.id)
    files = {}
    if folder.is_dir():
        files = {
            path.name: path
            for path in folder.iterdir()
            if path.is_file() and not path.name.startswith(".")
        }
    log = history.folder.recording(recording.id) / LOG_FILE
    return files | ({LOG_FILE: log} if log.is_file() else {})


def _load(history: History, recording: Recording) -> Analysis:
    if history.results.get(recording.id) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no result of this recording yet")
    from tremorcam.publish import load_analysis

    try:
        return load_analysis(history.folder.analysis(recording.id))
    except TremorcamError as error:
        raise HTTPException(HTTPStatus.CONFLICT, f"{error}; analyse the recording again") from error
