"""One analysis, in a process of its own: what it decodes may crash it, and it alone."""

from __future__ import annotations

import dataclasses
import importlib
import os
import signal
import traceback
from typing import TYPE_CHECKING

from tremorcam.apps.isolation import leave_out_dask, limit_own_memory, share_one_heap
from tremorcam.apps.logs import logging_to
from tremorcam.apps.protocols import phase_cues
from tremorcam.data import TremorcamError
from tremorcam.store import Database, DataFolder
from tremorcam.store.folder import is_disk_full
from tremorcam.store.history import History

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from tremorcam.store.recordings import Recording

LOG_FILE = "analysis.log"


def run_job(
    root: Path, recording_id: str, analyzer: str, memory_bytes: int, connection: Connection
) -> None:
    """Analyse a recording; tell ``connection`` the progress and in the end how it went.

    Messages are ``("progress", fraction, stage)``, ``("done", "")`` and
    ``("failed", reason)``.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
    share_one_heap()
    leave_out_dask()
    limit_own_memory(memory_bytes)
    folder = DataFolder.open(root)
    history = History(Database(folder))
    recording = history.recordings.get(recording_id)
    if recording is None:
        connection.send(("failed", "the recording is gone"))
        return
    reason = _attempt(history, recording, analyzer, connection)
    connection.send(("failed", reason) if reason else ("done", ""))


def _attempt(history: History, recording: Recording, analyzer: str, connection: Connection) -> str:
    """Analyse a recording; why that failed, in words a person can act on, empty if it did not."""
    try:
        with logging_to(history.folder.recording(recording.id) / LOG_FILE):
            try:
                _analyze(history, recording, analyzer, connection)
            except BaseException:
                traceback.print_exc()
                raise
    except TremorcamError as error:
        return str(error)
    except MemoryError:
        return "the video takes more memory than there is; scale it down to 720p"
    except Exception as error:
        if is_disk_full(error):
            return "the disk is full; free some space, then measure the recording again"
        return f"unexpected {type(error).__name__}: {error}; see the log file"
    return ""


def _analyze(history: History, recording: Recording, analyzer: str, connection: Connection) -> None:
    module, function = analyzer.split(":")
    analyze = getattr(importlib.import_module(module), function)

    def report(fraction: float, stage: str = "") -> None:
        connection.send(("progress", float(fraction), stage))

    report(0.0, "starting")
    analysis = analyze(
        history.recordings.video(recording),
        cues=phase_cues(recording.cues) or None,
        context=history.context.get(recording.id),
        mirrored=recording.mirrored,
        progress=report,
    )
    # Only a worker with a result draws; the server imports this module and none of that.
    from tremorcam.apps.web.playback import make_playable
    from tremorcam.publish import save_analysis, summary_row

    video = dataclasses.replace(analysis.video, name=recording.name)
    analysis = dataclasses.replace(analysis, video=video)
    report(1.0, "saving")
    save_analysis(analysis, history.folder.analysis(recording.id))
    history.results.save(recording.id, summary=summary_row(analysis), measures=analysis.measures)
    if recording.kind == "live":
        make_playable(history.recordings.video(recording))
