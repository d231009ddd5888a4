"""Recording a camera to a file, almost without loss and with the true times."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tremorcam.source.camera import Shot, Source

TIME_BASE = Fraction(1, 90_000)
NEAR_LOSSLESS: dict[str, object] = {"crf": "10", "preset": "ultrafast", "tune": "zerolatency"}
"""Above crf 18 small movement is lost; ultrafast keeps up with 720p at 60 a second."""

_WAITING = 120
"""Pictures that may wait for the encoder: 330 MB of 720p."""


@dataclass(frozen=True)
class Recorded:
    """What was written. ``n_lost`` pictures came while the encoder could not keep up."""

    n_frames: int
    n_lost: int
    duration_s: float

    @property
    def rate_hz(self) -> float:
        """True mean rate; 0 for fewer than two pictures."""
        return (self.n_frames - 1) / self.duration_s if self.duration_s > 0 else 0.0


def record(
    camera: Source, path: Path, *, duration_s: float, on_shot: Callable[[Shot, float], bool]
) -> Recorded:
    """Record for a time, or until ``on_shot`` returns false.

    Parameters
    ----------
    camera : Source
    path : path
        Matroska file; what was written until a crash can be read.
    duration_s : float
    on_shot : callable
        Gets every picture and its time since the first one, in seconds; it should be quick,
        since the camera waits for it.

    Raises
    ------
    TremorcamError
        If the camera fails, or the file cannot be written.
    """
    writer = _Writer(camera, path)
    first_s: float | None = None
    last_s = -1.0
    try:
        while last_s < duration_s:
            shot = camera.read()
            first_s = shot.time_s if first_s is None else first_s
            time_s = shot.time_s - first_s
            # A driver's clock may stand still for a picture; time must not.
            if time_s <= last_s:
                continue
            last_s = time_s
            writer.put(shot, time_s)
            if not on_shot(shot, time_s):
                break
    finally:
        writer.close()
    return Recorded(writer.n_frames, writer.n_lost, max(last_s, 0.0))


class _Writer:
    """Encodes in a thread of its own, so that the camera is never kept waiting."""

    def __init__(self, camera: Source, path: Path) -> None:
        self.n_frames = 0
        self.n_lost = 0
        self._path = path
        self._waiting: queue.Queue[tuple[Shot, float] | None] = queue.Queue(_WAITING)
        self._error: Exception | None = None
        try:
            self._container = av.open(path, "w", format="matroska")
        except OSError as error:
            raise self._failure(error) from error
        stream = self._container.add_stream("libx264", rate=round(camera.rate_hz))
        stream.width, stream.height = camera.width_px, camera.height_px
        stream.pix_fmt = "yuv420p"
        stream.options = NEAR_LOSSLESS
        stream.time_base = TIME_BASE
        stream.codec_context.time_base = TIME_BASE
        self._stream = stream
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)
        self._thread.start()

    def put(self, shot: Shot, time_s: float) -> None:
        if self._error is not None:
            raise self._failure(self._error) from self._error
        try:
            self._waiting.put_nowait((shot, time_s))
        except queue.Full:
            self.n_lost += 1

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._failure(self._error) from self._error

    def _run(self) -> None:
        try:
            while (item := self._waiting.get()) is not None:
                self._encode(*item)
            self._container.mux(self._stream.encode(None))
            self._container.close()
        except Exception as error:
            self._error = error
            # Whoever puts more must not wait for an encoder that is gone.
            while self._waiting.get() is not None:
                pass

    def _encode(self, shot: Shot, time_s: float) -> None:
        frame = av.VideoFrame.from_ndarray(shot.bgr, format="bgr24")
        frame.pts = round(time_s / TIME_BASE)
        frame.time_base = TIME_BASE
        self._container.mux(self._stream.encode(frame))
        self.n_frames += 1

    def _failure(self, error: Exception) -> TremorcamError:
        return TremorcamError(
            f"the recording cannot be written to {self._path} ({error}); choose another file "
            "with -o, or free some space"
        )
