"""Opening a video file that nobody vouches for, and what its container says."""

from __future__ import annotations

import hashlib
import os
import statistics
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import av
from av.container import InputContainer

from tremorcam.data import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from av.format import ContainerFormat
    from av.video.stream import VideoStream

MAX_SIDE_PX = 8192

# Text and playlists that FFmpeg would draw, or follow to other files and to the network.
_NO_VIDEO_FORMATS = {"tty", "bin", "xbin", "idf", "adf", "concat", "dash", "hls", "imf", "sdp"}
_NO_TIMESTAMPS = 0x0080  # AVFMT_NOTIMESTAMPS


@dataclass(frozen=True)
class PacketCensus:
    """What the packets say without being decoded.

    ``n_packets`` and ``duration_s`` are estimates of what decoding will give: good enough for
    a progress bar.
    """

    n_packets: int
    duration_s: float | None
    key_frame_interval_s: float | None


def require_file(path: Path) -> None:
    """Check that there is something to open at all.

    Raises
    ------
    InputError
        If the path is missing, a folder, no regular file, or empty.
    """
    if not path.exists():
        raise InputError(f"{path.name}: there is no such file; check the path {str(path)!r}")
    if path.is_dir():
        raise InputError(f"{path.name} is a folder; give a video file")
    if not path.is_file():
        raise InputError(f"{path.name} is no regular file; save the video as a file first")
    if path.stat().st_size == 0:
        raise InputError(f"{path.name} is empty (0 bytes); record or copy it again")


def written_at(path: Path) -> tuple[int, int]:
    """Tell one state of a file from another: by its size, and when it was last written to.

    Not by its inode, which some network drives give anew each time.
    """
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def require_unchanged(path: Path, before: tuple[int, int]) -> None:
    """Check that a file is still in the state that :func:`written_at` told.

    Raises
    ------
    InputError
        If it was written to, replaced or removed.
    """
    if not path.is_file() or written_at(path) != before:
        raise InputError(
            f"{path.name} was changed while it was read; wait until it is written, then try again"
        )


def open_container(path: Path) -> InputContainer:
    """Open a video file; nothing but local files is ever touched.

    Raises
    ------
    InputError
        If FFmpeg cannot read it, or it is a playlist or a stream without times.
    """
    require_file(path)
    try:
        container = av.open(
            # An absolute path cannot be mistaken for an address ("http:...").
            str(path.absolute()),
            mode="r",
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (OSError, av.error.FFmpegError) as error:
        # FFmpeg refuses scripts that name other files in the same words.
        if isinstance(error, PermissionError) and not os.access(path, os.R_OK):
            raise InputError(f"{path.name} may not be read; change its permissions") from error
        raise InputError(
            f"{path.name} is no video that can be read: it is damaged, cut off before its index "
            "was written, or of another kind; open it in a player, or record it again"
        ) from error
    try:
        _require_video_format(path, container.format)
    except InputError:
        container.close()
        raise
    return container


def _require_video_format(path: Path, container_format: ContainerFormat) -> None:
    name = container_format.name
    if name in _NO_VIDEO_FORMATS:
        raise InputError(f"{path.name} is text or a playlist ({name}); give the video file itself")
    if name == "image2" or name.endswith("_pipe"):
        raise InputError(f"{path.name} is a picture ({name}); tremor needs a video")
    if int(container_format.flags) & _NO_TIMESTAMPS:
        raise InputError(
            f"{path.name} is a bare {name} stream without any times; frequencies cannot be "
            "measured from it; give the original recording (MP4, MOV, WebM, ...)"
        )


def video_stream(path: Path, container: InputContainer) -> VideoStream:
    """Give the first stream that is a video (not cover art), ready to decode in threads.

    Raises
    ------
    InputError
        If there is none, or its pictures are larger than 8192 px on a side.
    """
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & av.stream.Disposition.attached_pic
    ]
    if not streams:
        holds = "sound but no picture" if container.streams.audio else "no picture"
        raise InputError(f"{path.name} holds {holds}; give a video of the face")
    stream = streams[0]
    if stream.codec_context is None:
        raise InputError(f"{path.name}: its coding is unknown; convert it to MP4 (H.264)")
    require_size(path, stream.codec_context.width, stream.codec_context.height)
    stream.thread_type = "AUTO"
    return stream


def require_size(path: Path, width_px: int, height_px: int) -> None:
    """Refuse pictures that no webcam makes and that would fill the memory.

    Raises
    ------
    InputError
        If a side is longer than 8192 px.
    """
    if max(width_px, height_px) > MAX_SIDE_PX:
        raise InputError(
            f"{path.name} is {width_px}×{height_px} px, at most {MAX_SIDE_PX} px a side can be "
            "read; scale it down to 1080p, which measures just as well"
        )


def packets(container: InputContainer, stream: VideoStream) -> Iterator[av.Packet[VideoStream]]:
    """Read the packets of a stream; a file that breaks off simply ends here."""
    demuxed = container.demux(stream)
    while True:
        try:
            packet = next(demuxed)
        except (StopIteration, av.error.FFmpegError):
            return
        yield packet


def decode(
    container: InputContainer, stream: VideoStream, *, on_corrupt: Callable[[], None] | None = None
) -> Iterator[av.VideoFrame]:
    """Decode one picture after the other; packets that cannot be decoded are skipped.

    ``on_corrupt`` is called for each packet skipped.
    """
    for packet in packets(container, stream):
        try:
            pictures = stream.decode(packet)
        except av.error.FFmpegError:
            if on_corrupt is not None:
                on_corrupt()
            continue
        yield from pictures


def count_packets(path: Path) -> PacketCensus:
    """Read through a file's packets, decoding nothing."""
    times_s: list[float] = []
    key_times_s: list[float] = []
    n_packets = 0
    with open_container(path) as container:
        for packet in packets(container, video_stream(path, container)):
            n_packets += packet.size > 0
            if packet.pts is None or packet.time_base is None:
                continue
            time_s = float(packet.pts * packet.time_base)
            times_s.append(time_s)
            if packet.is_keyframe:
                key_times_s.append(time_s)
    key_intervals_s = [b - a for a, b in pairwise(key_times_s) if b > a]
    return PacketCensus(
        n_packets=n_packets,
        duration_s=max(times_s) - min(times_s) if times_s else None,
        key_frame_interval_s=statistics.median(key_intervals_s) if key_intervals_s else None,
    )


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
