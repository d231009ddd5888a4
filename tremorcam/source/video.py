"""A video file as pictures with true times, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.video.frame import PictureType

from tremorcam.data import InputError, VideoInfo
from tremorcam.source import picture as pictures
from tremorcam.source.clock import Clock
from tremorcam.source.container import (
    PacketCensus,
    count_packets,
    decode,
    open_container,
    require_file,
    require_size,
    require_unchanged,
    sha256_of,
    video_stream,
    written_at,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import TracebackType
    from typing import Self

    import numpy as np
    from av.container import InputContainer
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

N_COMPARED_PIXELS = 120_000


@dataclass(frozen=True)
class Frame:
    """One picture of a video.

    Parameters
    ----------
    index : int
        Running number, without gaps.
    time_s : float
        When it is shown: presentation time stamp × time base, the first frame at 0, strictly
        increasing (see :class:`tremorcam.source.clock.Clock`).
    gray : ndarray of uint8, shape (height, width)
        Luminance, 0 black to 255 white, as the picture is meant to be seen.
    difference : float
        Share of pixels (of a subsample) whose grey level changed by more than 3 since the
        frame before, brought to the same brightness, 0 to 1; NaN for the first frame. It is
        what tells repeats:
        :func:`tremorcam.source.timing.find_duplicates`.
    bidirectional : bool
        The encoder predicted it from a picture before and one after it (a B-frame).
    """

    index: int
    time_s: float
    gray: NDArray[np.uint8]
    difference: float
    bidirectional: bool
    _picture: av.VideoFrame = field(repr=False, compare=False)
    _layout: pictures.Layout = field(repr=False, compare=False)

    def rgb(self) -> NDArray[np.uint8]:
        """Convert to colour, shape (height, width, 3), as the picture is meant to be seen."""
        return pictures.rgb(self._picture, self._layout)


class Video:
    """One video file; a context manager.

    Any container and codec that FFmpeg reads will do; the first video stream is taken.
    Nothing but the file itself is opened. The container's frame rate is used for nothing.

    Parameters
    ----------
    path : path-like
    mirrored : bool
        The file shows things as in a mirror (as selfie apps store it): undo that.

    Attributes
    ----------
    info : VideoInfo
        Size and rotation are those of the picture as shown.
    n_frames_estimate : int
        Number of packets. Decoding may give a different number of frames.
    duration_s_estimate : float or None
        Span of the packets' times, which may be wrong.
    n_corrected_times : int
        Frames whose stated time was missing or not increasing, so far.
    n_corrupt_packets : int
        Packets that could not be decoded and were skipped, so far.

    Raises
    ------
    InputError
        If the file is missing, a folder, empty, no video, without any picture, a still
        picture, or larger than 8192 px on a side.
    """

    def __init__(self, path: str | Path, *, mirrored: bool = False) -> None:
        self.path = Path(path)
        self.n_corrupt_packets = 0
        self._clock = Clock()
        self._running: Generator[Frame] | None = None
        require_file(self.path)
        self._written_at = written_at(self.path)
        self.info, layout, census = _probe(self.path)
        self._layout = layout.mirrored() if mirrored else layout
        self.n_frames_estimate = census.n_packets
        self.duration_s_estimate = census.duration_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop reading and let go of the file."""
        if self._running is not None:
            self._running.close()

    @property
    def n_corrected_times(self) -> int:
        """Frames whose stated time was missing or not increasing, so far."""
        return self._clock.n_corrected

    def frames(self) -> Iterator[Frame]:
        """Decode from the beginning, one frame at a time.

        Yields
        ------
        Frame
            No frame is kept here once the next but one is asked for; keep none yourself.

        Raises
        ------
        InputError
            If not even two frames with a time can be had, or the file has changed since it was
            opened.
        """
        self.close()
        self.n_corrupt_packets = 0
        self._clock = Clock()
        self._running = self._decode()
        return self._running

    def _decode(self) -> Generator[Frame]:
        index, before = -1, None
        with open_container(self.path) as container:
            stream = video_stream(self.path, container)
            decoded = decode(container, stream, on_corrupt=self._count_corrupt)
            timed = self._clock.run((picture, _stated_time_s(picture)) for picture in decoded)
            for index, (picture, time_s) in enumerate(timed):
                require_size(self.path, picture.width, picture.height)
                gray = pictures.gray(picture, self._layout)
                sample = pictures.sample(gray, N_COMPARED_PIXELS)
                difference = pictures.share_changed(sample, before)
                before = sample
                bidirectional = picture.pict_type == PictureType.B
                yield Frame(index, time_s, gray, difference, bidirectional, picture, self._layout)
        require_unchanged(self.path, self._written_at)
        if index < 1:
            raise InputError(
                f"{self.path.name}: its pictures carry no usable times; give the original recording"
            )

    def _count_corrupt(self) -> None:
        self.n_corrupt_packets += 1


def _probe(path: Path) -> tuple[VideoInfo, pictures.Layout, PacketCensus]:
    """Read what the container says, and make sure that there are moving pictures in it."""
    census = count_packets(path)
    with open_container(path) as container:
        stream = video_stream(path, container)
        first = _first_of_two(path, container, stream)
        layout = pictures.Layout.of(first, stream.sample_aspect_ratio)
        declared_rate = stream.average_rate or stream.guessed_rate
        bit_rate_bps = stream.bit_rate or container.bit_rate
        info = VideoInfo(
            name=path.name,
            size_bytes=path.stat().st_size,
            sha256=sha256_of(path),
            container=container.format.name,
            codec=stream.codec_context.name,
            pixel_format=first.format.name,
            width_px=layout.width_px,
            height_px=layout.height_px,
            rotation_deg=layout.rotation_deg,
            declared_rate_hz=float(declared_rate) if declared_rate else None,
            bit_rate_bps=float(bit_rate_bps) if bit_rate_bps else None,
            key_frame_interval_s=census.key_frame_interval_s,
        )
    return info, layout, census


def _first_of_two(path: Path, container: InputContainer, stream: VideoStream) -> av.VideoFrame:
    """Decode the first picture, and see that another one follows."""
    first_two = list(islice(decode(container, stream), 2))
    if not first_two:
        raise InputError(
            f"{path.name} breaks off before its first picture, or its coding "
            f"({stream.codec_context.name}) cannot be read; record it again or convert it to MP4"
        )
    if len(first_two) == 1:
        raise InputError(f"{path.name} is a single picture; tremor needs a video")
    return first_two[0]


def _stated_time_s(picture: av.VideoFrame) -> float | None:
    """Presentation time; where the container has none (old AVI), that of decoding."""
    if picture.time is None and picture.dts is not None and picture.time_base is not None:
        return float(picture.dts * picture.time_base)
    return picture.time
