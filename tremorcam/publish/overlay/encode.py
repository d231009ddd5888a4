"""Writing the overlay: H.264 at the times of the pictures, and the sound of the original."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np

from tremorcam.data import TremorcamError
from tremorcam.source.container import open_container

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from numpy.typing import NDArray

CLOCK = Fraction(1, 90_000)
ENCODER_OPTIONS = {"preset": "veryfast", "crf": "18", "bf": "0"}


class Encoder:
    """Writes pictures with their times into an MP4 that plays in every browser.

    The file gets its name when it is whole; on an error nothing is left behind.

    Parameters
    ----------
    path : path
        Where the video is to be.
    size_px : tuple of int
        Width and height, both even.
    rate_hz : float
        About how many pictures a second there will be.
    audio_from : path
        Recording whose sound, if any, is taken along.

    Raises
    ------
    TremorcamError
        If this installation cannot write H.264, or the file cannot be written.
    """

    def __init__(
        self, path: Path, *, size_px: tuple[int, int], rate_hz: float, audio_from: Path
    ) -> None:
        if "libx264" not in av.codecs_available:
            raise TremorcamError(
                "overlays need the H.264 encoder libx264, which this installation of PyAV lacks; "
                "reinstall 'av' from its wheel"
            )
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._output: OutputContainer = av.open(
                str(self._part), "w", format="mp4", options={"movflags": "+faststart"}
            )
        except OSError as error:
            raise _cannot_write(path, error) from error
        rate = Fraction(max(rate_hz, 1.0)).limit_denominator(1000)
        self._video = self._output.add_stream("libx264", rate=rate, options=ENCODER_OPTIONS)
        self._video.width, self._video.height = size_px
        self._video.pix_fmt = "yuv420p"
        self._video.codec_context.time_base = CLOCK
        self._audio = _Audio(audio_from, self._output)

    def write(self, picture: NDArray[np.uint8], time_s: float) -> None:
        """Add a picture, shape (height, width, 3), to be shown from ``time_s`` on.

        Raises
        ------
        TremorcamError
            If the disk is full.
        """
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.time_base = CLOCK
        frame.pts = round(time_s / CLOCK)
        try:
            self._output.mux(self._video.encode(frame))
            self._audio.copy_until(time_s)
        except OSError as error:
            raise _cannot_write(self._path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._audio.close()
            self._output.close()
            if kind is None:
                self._part.replace(self._path)
            self._part.unlink(missing_ok=True)

    def _finish(self) -> None:
        try:
            self._output.mux(self._video.encode(None))
            self._audio.copy_until(np.inf)
            self._audio.finish()
        except OSError as error:
            raise _cannot_write(self._path, error) from error


class _Audio:
    """The sound of a recording, as AAC, at its times from the first picture on."""

    def __init__(self, path: Path, output: OutputContainer) -> None:
        self._output = output
        self._input = open_container(path)
        self._stream: AudioStream | None = None
        self._frames: Iterator[AudioFrame] = iter(())
        self._waiting: AudioFrame | None = None
        if self._input.streams.audio:
            source = self._input.streams.audio[0]
            self._begin_s = _first_picture_s(path)
            self._stream = output.add_stream("aac", rate=source.rate)
            self._resampler = av.AudioResampler(format="fltp", layout="stereo", rate=source.rate)
            self._frames = self._input.decode(source)

    def copy_until(self, time_s: float) -> None:
        """Encode what is heard before ``time_s``."""
        while (frame := self._waiting or self._next()) is not None:
            self._waiting = None
            if frame.time is None or frame.time < self._begin_s:
                continue
            if frame.time - self._begin_s > time_s:
                self._waiting = frame
                return
            self._encode(frame)

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self._stream is not None:
            self._output.mux(self._stream.encode(None))

    def close(self) -> None:
        """Let go of the recording."""
        self._input.close()

    def _next(self) -> AudioFrame | None:
        try:
            return next(self._frames, None)
        except av.FFmpegError:
            return None  # damaged sound ends here; the pictures go on

    def _encode(self, frame: AudioFrame) -> None:
        if self._stream is None or frame.time_base is None or frame.pts is None:
            return
        frame.pts -= round(self._begin_s / frame.time_base)
        for resampled in self._resampler.resample(frame):
            self._output.mux(self._stream.encode(resampled))


def _first_picture_s(path: Path) -> float:
    with open_container(path) as container:
        for frame in container.decode(video=0):
            return float(frame.time or 0.0)
    return 0.0


def _cannot_write(path: Path, error: OSError) -> TremorcamError:
    return TremorcamError(
        f"the overlay '{path}' could not be written: {error.strerror or error}; "
        "free some space or choose another place, then try again"
    )
