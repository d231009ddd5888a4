"""Write yuv420p frames with their own times to any container and codec FFmpeg knows."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from tremorcam.data import TremorcamError
from tremorcam.simulate.timing import TICKS_PER_S

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from av.video.stream import VideoStream
    from numpy.typing import NDArray

    from tremorcam.simulate.scene import Encoding

_BT709 = 1
_LIMITED_RANGE = 1


class VideoWriter:
    """Context manager that encodes frames one at a time.

    A file that could not be finished is removed.

    Raises
    ------
    TremorcamError
        If the codec is not available, does not fit the container, or the file cannot be
        written.
    """

    def __init__(
        self, path: Path, width_px: int, height_px: int, rate_hz: float, encoding: Encoding
    ) -> None:
        self._path, self._time_base = path, Fraction(1, TICKS_PER_S)
        if not path.parent.is_dir():
            raise TremorcamError(f"cannot write {path.name}: there is no folder {path.parent}")
        try:
            self._container = av.open(str(path), "w")
            rate = Fraction(rate_hz).limit_denominator(1001)
            self._stream = cast(
                "VideoStream", self._container.add_stream(encoding.codec, rate=rate)
            )
        except (av.FFmpegError, ValueError) as error:
            raise self._failure(f"codec {encoding.codec!r}: {error}") from error
        stream = self._stream
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        stream.codec_context.time_base = self._time_base
        stream.codec_context.gop_size = encoding.key_frame_every
        stream.codec_context.colorspace = _BT709
        stream.codec_context.color_range = _LIMITED_RANGE
        stream.options = dict(_options(encoding))
        if encoding.bit_rate_bps is not None:
            stream.bit_rate = encoding.bit_rate_bps

    def __enter__(self) -> VideoWriter:
        return self

    def write(self, planes: NDArray[np.uint8], ticks: int) -> None:
        """Add one frame, shape (3/2 height, width), at a time in ticks."""
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = ticks, self._time_base
        frame.colorspace, frame.color_range = _BT709, _LIMITED_RANGE
        self._encode(frame)

    def _encode(self, frame: av.VideoFrame | None) -> None:
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, ValueError) as error:
            raise self._failure(str(error)) from error

    def _failure(self, why: str) -> TremorcamError:
        return TremorcamError(
            f"cannot write {self._path.name}, {why}; try libx264 with .mp4, or libvpx-vp9 with "
            ".webm, and see that the disk has room"
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        finished = False
        try:
            if kind is None:
                self._encode(None)
                self._container.close()
                finished = True
        finally:
            if not finished:
                self._discard()

    def _discard(self) -> None:
        with contextlib.suppress(av.FFmpegError, ValueError):
            self._container.close()
        self._path.unlink(missing_ok=True)


def _options(encoding: Encoding) -> dict[str, object]:
    """Quality options in the names each encoder has for them."""
    constant = encoding.bit_rate_bps is None
    if encoding.codec in ("libx264", "libx265"):
        options: dict[str, object] = {"preset": encoding.preset}
        if encoding.codec == "libx264":
            # Without it x264 chooses differently on other processors, and from run to run.
            options["x264-params"] = "cpu-independent=1"
        return options | ({"crf": str(encoding.crf)} if constant else {})
    if encoding.codec in ("libvpx", "libvpx-vp9"):
        options = {"deadline": "realtime", "cpu-used": "6"}
        return options | ({"crf": str(encoding.crf), "b": "0"} if constant else {})
    return {"qscale": str(encoding.crf), "flags": "+qscale"} if constant else {}
