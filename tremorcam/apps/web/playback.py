"""A copy of a recording that a browser can seek in.

Browsers write recordings as they come, without an index or a duration, so that a player
cannot jump to a moment. The packets are copied unchanged into a container that has both.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STEM = "playable"


def playable(video: Path) -> Path:
    """Path of the copy to play where there is one, else of the video itself."""
    copy = video.with_name(f"{STEM}{video.suffix}")
    return copy if copy.exists() else video


def make_playable(video: Path) -> None:
    """Copy a video's packets into a container with an index; without one it is played as is."""
    import av

    copy = video.with_name(f"{STEM}{video.suffix}")
    partial = video.with_name(f".{copy.name}")
    with suppress(av.FFmpegError, ValueError):
        with av.open(video) as source, av.open(partial, "w", format=_format(video)) as target:
            streams = {
                stream.index: target.add_stream_from_template(stream)
                for stream in source.streams.video
            }
            for packet in source.demux(list(source.streams.video)):
                if packet.dts is not None:
                    packet.stream = streams[packet.stream.index]
                    target.mux(packet)
        partial.replace(copy)
    partial.unlink(missing_ok=True)


def _format(video: Path) -> str:
    return "webm" if video.suffix == ".webm" else "mp4"
