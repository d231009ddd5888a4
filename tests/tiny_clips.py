"""Tiny video files of exactly known content, for tests of reading."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 64, 48
TIME_BASE = Fraction(1, 1000)


def noise_pictures(
    n: int, *, width: int = WIDTH_PX, height: int = HEIGHT_PX, seed: int = 0
) -> list[NDArray[np.uint8]]:
    """Grey pictures that all differ, in the levels that limited range can hold."""
    rng = np.random.default_rng(seed)
    return [rng.integers(20, 230, (height, width), dtype=np.uint8) for _ in range(n)]


@contextlib.contextmanager
def usual_priority() -> Iterator[None]:
    """Keep a thread's priority: SVT-AV1 makes it real-time for good where it runs as root."""
    try:
        yield
    finally:
        if hasattr(os, "sched_setscheduler"):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def write_clip(
    path: Path,
    pictures: Sequence[NDArray[np.uint8]],
    *,
    times_ms: Sequence[int] | None = None,
    codec: str = "ffv1",
    pixel_format: str = "gray",
    pixel_aspect: Fraction | None = None,
    gop_size: int = 12,
    bit_rate_bps: int = 0,
) -> Path:
    """Write grey pictures (height, width) into whatever container the suffix names.

    ``times_ms`` are the pictures' times, 40 ms apart where not given.
    """
    height, width = pictures[0].shape
    times_ms = times_ms or [40 * i for i in range(len(pictures))]
    with usual_priority(), av.open(str(path), "w") as container:
        options = {"deadline": "realtime", "cpu-used": "8"} if codec == "libvpx" else {}
        if pixel_aspect:
            options["aspect"] = str(pixel_aspect)
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.time_base = TIME_BASE
        stream.codec_context.gop_size = gop_size
        if bit_rate_bps:
            stream.bit_rate = bit_rate_bps
        for time_ms, picture in zip(times_ms, pictures, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=pixel_format)
            frame.pts, frame.time_base = time_ms, TIME_BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_tone(path: Path) -> Path:
    """Write a second of silence, without any picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 44100), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def set_display_matrix(path: Path, matrix: Iterable[float]) -> None:
    """Write ``a b c d`` (x' = a x + c y, y' = b x + d y) into the track header of an MP4."""
    a, b, c, d = (round(value * 65536) for value in matrix)
    content = bytearray(path.read_bytes())
    payload = content.index(b"tkhd") + 4
    assert content[payload] == 0, "only version 0 of the box is laid out here"
    values = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], dtype=">i4").tobytes()
    content[payload + 40 : payload + 40 + len(values)] = values
    path.write_bytes(content)


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """Cut a file off, change bytes anywhere or in its header, or take a piece out."""
    data, kind = bytearray(content), rng.integers(4)
    if kind == 0:
        return bytes(data[: rng.integers(1, len(data))])
    if kind == 1:
        first, last = sorted(rng.integers(0, len(data), 2))
        return bytes(data[:first] + data[last:])
    reach = len(data) if kind == 2 else min(len(data), 700)
    for place in rng.integers(0, reach, rng.integers(1, 20)):
        data[place] = rng.integers(256)
    return bytes(data)
