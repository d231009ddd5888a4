"""Clips of any length, size and rate, made from a sample of the repository."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "fine_tremor_both_sides.mp4"


def clip(folder: Path, *, seconds: float, height_px: int = 720, rate_hz: int = 30) -> Path:
    """Give a clip of that length, made where it does not exist.

    The sample is played forwards and backwards, without a seam; its pictures are repeated, not
    encoded again, so that minutes of video take seconds to make.
    """
    path = folder / f"{height_px}p{rate_hz}_{seconds:g}s.mp4"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _repeat(_base(folder, height_px), path, round(seconds * rate_hz), rate_hz)
    return path


def _base(folder: Path, height_px: int) -> Path:
    path = folder / f"base_{height_px}p.mp4"
    if path.exists():
        return path
    with av.open(str(SAMPLE)) as source:
        stream = source.streams.video[0]
        width_px = round(stream.width * height_px / stream.height / 2) * 2
        frames = [frame.to_ndarray(format="yuv420p") for frame in source.decode(video=0)]
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        # As webcams and browsers record: no pictures out of order; half a bit a pixel.
        stream.bit_rate = round(0.45 * width_px * height_px * 30)
        stream.options = {"preset": "veryfast", "bf": "0"}
        for index, array in enumerate([*frames, *frames[-2:0:-1]]):
            frame = av.VideoFrame.from_ndarray(array, format="yuv420p")
            frame = frame.reformat(width=width_px, height=height_px)
            frame.pts, frame.time_base = index, Fraction(1, 30)
            target.mux(stream.encode(frame))
        target.mux(stream.encode())
    return path


def _repeat(base: Path, path: Path, n_frames: int, rate_hz: int) -> None:
    partial = path.with_suffix(".part.mp4")
    with av.open(str(partial), "w") as target:
        written = 0
        stream = None
        while written < n_frames:
            with av.open(str(base)) as source:
                if stream is None:
                    stream = target.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(video=0):
                    if packet.size == 0 or written == n_frames:
                        continue
                    packet.stream, packet.time_base = stream, Fraction(1, rate_hz)
                    packet.pts = packet.dts = written
                    packet.duration = 1
                    target.mux(packet)
                    written += 1
    partial.replace(path)
