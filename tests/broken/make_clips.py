"""The catalogue of bad input: every way a video can be broken, as a tiny clip.

``python tests/broken/make_clips.py FOLDER [NAME ...]`` writes the clips; nothing of them is
committed. Faces are those of a rendered sample: both mouth corners tremble at 9 Hz.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from tiny_clips import usual_priority

Picture = NDArray[np.uint8]

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "fine_tremor_both_sides.mp4"
TRUE_HZ = 9.0
FROM_S, TO_S, SIZE_PX = 1.6, 7.0, (640, 360)
RATE_HZ = 30
TICK = Fraction(1, 90_000)
CENTRE_PX = (320, 180)
"""Where the face is in the pictures."""
FAST = {"preset": "ultrafast", "crf": "16", "bf": "0"}

os.environ.setdefault("SVT_LOG", "0")  # the AV1 encoder tells its settings otherwise


@cache
def faces() -> tuple[Picture, ...]:
    """A neutral face that begins to smile, 30 pictures a second."""
    pictures = []
    with av.open(str(SAMPLE)) as container:
        for frame in container.decode(video=0):
            if FROM_S <= frame.time < TO_S:
                pictures.append(frame.to_ndarray(width=SIZE_PX[0], height=SIZE_PX[1],
                                                 format="rgb24", interpolation="AREA"))  # fmt: skip
    return tuple(pictures)


@cache
def scenery() -> tuple[Picture, ...]:
    """Pictures of nothing: noise that changes, blurred like a curtain."""
    rng = np.random.default_rng(1)
    still = cv2.GaussianBlur(rng.integers(0, 255, (360, 640, 3)).astype(np.float32), (0, 0), 9)
    return tuple(
        np.clip((still - 127) * 6 + 127 + rng.normal(0, 4, still.shape), 0, 255).astype(np.uint8)
        for _ in range(60)
    )


def write(
    path: Path,
    pictures: Sequence[Picture],
    *,
    times_s: Iterable[float] | None = None,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    options: dict[str, str] | None = None,
    file_options: dict[str, str] | None = None,
    aspect: Fraction | None = None,
    tick: Fraction = TICK,
    file_format: str | None = None,
) -> None:
    """Write pictures with times of their own, 30 a second where none are given."""
    height, width = pictures[0].shape[:2]
    times = [i / RATE_HZ for i in range(len(pictures))] if times_s is None else list(times_s)
    opened = av.open(str(path), "w", format=file_format, options=file_options or {})
    with usual_priority(), opened as container:
        stream: Any = container.add_stream(
            codec, rate=RATE_HZ, options=(FAST if codec == "libx264" else {}) | (options or {})
        )
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.time_base = tick
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        for picture, time_s in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time_s / tick), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def rewrite_times(path: Path, change: Callable[[list[int]], list[int]]) -> None:
    """Give the packets of a file other times, in the order they are stored."""
    old = path.with_name(f"old-{path.name}")
    path.rename(old)
    with av.open(str(old)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.pts is not None]
        times = change([packet.pts for packet in packets])
        for packet, time in zip(packets, times, strict=True):
            # Decoding comes long before showing, so that any order of that can be written.
            packet.stream, packet.pts, packet.dts = stream, time, packet.dts - 10**7
            target.mux(packet)
    old.unlink()


def edit(path: Path, change: Callable[[bytearray], bytes | bytearray]) -> None:
    """Change the bytes of a file."""
    path.write_bytes(change(bytearray(path.read_bytes())))


def set_display_matrix(path: Path, values: Sequence[float]) -> None:
    """Write ``a b c d`` into the track header of an MP4."""

    def change(content: bytearray) -> bytearray:
        a, b, c, d = (round(value * 65536) for value in values)
        place = content.index(b"tkhd") + 44
        matrix = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], dtype=">i4").tobytes()
        content[place : place + len(matrix)] = matrix
        return content

    edit(path, change)


# What is no video at all ---------------------------------------------------------------------


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("this is no video\n" * 100, encoding="utf-8")


def random_bytes(path: Path) -> None:
    path.write_bytes(np.random.default_rng(2).bytes(20_000))


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def without_index(path: Path) -> None:
    write(path, scenery())
    edit(path, lambda content: content[: content.index(b"moov")])


def header_only(path: Path) -> None:
    write(path, scenery())
    edit(path, lambda content: content[: content.index(b"\x1f\x43\xb6\x75") + 40])


def sound_only(path: Path, codec: str = "aac") -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


def still(path: Path) -> None:
    cv2.imwrite(str(path), faces()[0][:, :, ::-1])


def one_picture(path: Path) -> None:
    write(path, faces()[:1])


def playlist(path: Path) -> None:
    lines = ("#EXTM3U", "#EXTINF:5,", "http://127.0.0.1:9/a.ts", "#EXT-X-ENDLIST")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def concat_script(path: Path) -> None:
    path.write_text("ffconcat version 1.0\nfile '/etc/hostname'\n", encoding="utf-8")


def bare_stream(path: Path) -> None:
    write(path, scenery(), file_format="h264")


def giant(path: Path) -> None:
    write(path, [np.zeros((16, 8208, 3), np.uint8)] * 2, codec="ffv1")


def bomb(path: Path) -> None:
    """The largest pictures that are taken at all, from a file of a few kilobytes."""
    black = np.zeros((8192, 8192, 3), np.uint8)
    write(path, [black] * 2, codec="libx264", options={"crf": "51"})


def lying_size(path: Path) -> None:
    """The container says 16384 px, the coding 640."""
    write(
        path, faces(), codec="mpeg4", tick=Fraction(1, 30_000), options={"qmin": "2", "qmax": "3"}
    )

    def change(content: bytearray) -> bytearray:
        place = content.index(b"mp4v", content.index(b"stsd")) + 28
        content[place : place + 4] = (16384).to_bytes(2, "big") * 2
        return content

    edit(path, change)


def no_times(path: Path) -> None:
    write(path, scenery(), codec="mjpeg", pixel_format="yuvj420p", tick=Fraction(1, 1_000_000),
          times_s=[i * 1e-6 for i in range(60)])  # fmt: skip


# Times ---------------------------------------------------------------------------------------


def streamed(path: Path) -> None:
    write(path, faces(), file_options={"live": "1"})


def fragmented(path: Path) -> None:
    options = {"movflags": "frag_keyframe+empty_moov", "frag_duration": "500000"}
    write(path, faces(), file_options=options, options={"g": "15"})


def cut_off(path: Path) -> None:
    fragmented(path)
    edit(path, lambda content: content[: int(len(content) * 0.7)])


def cut_inside(path: Path) -> None:
    write(path, faces(), options={"g": "30"})
    edit(path, lambda content: content[: int(len(content) * 0.7)])


def wrong_duration(path: Path) -> None:
    write(path, faces())

    def change(content: bytearray) -> bytearray:
        for box, offset in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
            place = content.index(box) + offset
            content[place : place + 4] = b"\x7f\xff\xff\xff"
        return content

    edit(path, change)


def _some(keep: Iterable[int]) -> tuple[list[Picture], list[float]]:
    kept = list(keep)
    return [faces()[i] for i in kept], [i / RATE_HZ for i in kept]


def variable_rate(path: Path) -> None:
    rng = np.random.default_rng(3)
    pictures, times_s = _some(i for i in range(len(faces())) if rng.random() > 0.3)
    write(path, pictures, times_s=times_s)


def with_gap(path: Path) -> None:
    pictures, times_s = _some(i for i in range(len(faces())) if not 70 <= i < 90)
    write(path, pictures, times_s=times_s)


def every(n: int, path: Path) -> None:
    pictures, times_s = _some(range(0, len(faces()), n))
    write(path, pictures, times_s=times_s)


def repeated(every_nth: int, path: Path) -> None:
    """Every n-th picture repeats the one before, as pulled-up film does."""
    write(path, [faces()[i - (i % every_nth == every_nth - 1)] for i in range(len(faces()))])


def held(n: int, path: Path) -> None:
    """Each picture n times: 30 pictures a second are promised."""
    write(path, [faces()[i - i % n] for i in range(len(faces()))])


def frozen(path: Path) -> None:
    write(path, [faces()[100]] * 150)


def swapped_times(path: Path) -> None:
    write(path, faces(), codec="mjpeg", pixel_format="yuvj420p", options={"qmin": "2", "qmax": "3"})

    def change(times: list[int]) -> list[int]:
        for i in (20, 50, 95, 130):
            times[i], times[i + 1] = times[i + 1], times[i]
        return times

    rewrite_times(path, change)


def negative_times(path: Path) -> None:
    write(path, faces(), times_s=[i / RATE_HZ - 2 for i in range(len(faces()))],
          file_options={"avoid_negative_ts": "disabled"})  # fmt: skip


def negative_with_list(path: Path) -> None:
    write(path, faces(), times_s=[i / RATE_HZ - 2 for i in range(len(faces()))],
          file_options={"avoid_negative_ts": "disabled", "use_editlist": "0"})  # fmt: skip


def late_times(path: Path) -> None:
    write(path, faces(), times_s=[i / RATE_HZ + 36_000 for i in range(len(faces()))])


def joined(path: Path) -> None:
    """Two recordings one after the other: the times start over, the size changes."""
    parts = []
    for number, shrink in enumerate((1.0, 0.75)):
        part = path.with_name(f"part{number}-{path.name}")
        some = faces()[:70] if number == 0 else faces()[70:]
        write(part, [cv2.resize(p, None, fx=shrink, fy=shrink) for p in some])
        parts.append(part.read_bytes())
        part.unlink()
    path.write_bytes(b"".join(parts))


def fast(path: Path) -> None:
    """240 pictures a second; those in between are blends."""
    some = faces()[40:130]
    blends = [
        cv2.addWeighted(a, 1 - k / 8, b, k / 8, 0)
        for a, b in itertools.pairwise(some)
        for k in range(8)
    ]
    write(path, blends, times_s=[i / 240 for i in range(len(blends))])


# Pictures ------------------------------------------------------------------------------------


def coded(codec: str, path: Path, **more: Any) -> None:
    write(path, faces(), codec=codec, **more)


def damaged_packets(path: Path) -> None:
    write(path, faces(), options={"g": "10"})

    def change(content: bytearray) -> bytearray:
        rng = np.random.default_rng(4)
        start = content.index(b"mdat")
        for place in rng.integers(start + len(content) // 3, len(content) * 3 // 4, 12):
            content[place : place + 40] = rng.bytes(40)
        return content

    edit(path, change)


def rotated(path: Path) -> None:
    write(path, [np.ascontiguousarray(np.rot90(p)) for p in faces()])
    set_display_matrix(path, (0, 1, -1, 0))


def mirrored_tag(path: Path) -> None:
    write(path, [np.ascontiguousarray(p[:, ::-1]) for p in faces()])
    set_display_matrix(path, (-1, 0, 0, 1))


def flipped(path: Path) -> None:
    write(path, [np.ascontiguousarray(p[:, ::-1]) for p in faces()])


def scaled(width_px: int, height_px: int, path: Path, n: int | None = None, **more: Any) -> None:
    size = (width_px, height_px)
    write(path, [cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in faces()[:n]], **more)


def uhd(path: Path) -> None:
    size = (3840, 2160)
    write(path, [cv2.resize(p, size, interpolation=cv2.INTER_CUBIC) for p in faces()[45:85]])


def odd_size(path: Path) -> None:
    write(path, [np.ascontiguousarray(p[1:356, 2:633]) for p in faces()], pixel_format="yuv444p")


def cropped(path: Path) -> None:
    write(path, [np.ascontiguousarray(p[16:, 90:560]) for p in faces()])


def trimmed(path: Path) -> None:
    write(path, faces()[11:])


def doubled(path: Path) -> None:
    write(path, [p for p in faces() for _ in range(2)],
          times_s=[i / (2 * RATE_HZ) for i in range(2 * len(faces()))])  # fmt: skip


def with_quiet_end(path: Path) -> None:
    quiet = faces()[:24]
    write(path, [*faces(), *quiet[::-1], *quiet])


def wide_pixels(path: Path) -> None:
    squeezed = [cv2.resize(p, (480, 360), interpolation=cv2.INTER_AREA) for p in faces()]
    write(path, squeezed, aspect=Fraction(4, 3))


def two_streams(path: Path) -> None:
    """Sound and a second video beside the face."""
    with av.open(str(path), "w") as container:
        streams: list[Any] = []
        for _ in range(2):
            stream: Any = container.add_stream("libx264", rate=RATE_HZ, options=FAST)
            stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
            stream.codec_context.time_base = TICK
            streams.append(stream)
        for i, face in enumerate(faces()):
            for stream, picture in zip(streams, (face, scenery()[i % 60]), strict=True):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = round(i / RATE_HZ / TICK), TICK
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode())


# Faces ---------------------------------------------------------------------------------------


def painted(paint: Callable[[Picture, int], Picture], path: Path, **more: Any) -> None:
    """Every picture changed, knowing its number."""
    write(path, [paint(picture.copy(), i) for i, picture in enumerate(faces())], **more)


def lit(gain: float, offset: float = 0.0) -> Callable[[Picture, int], Picture]:
    return lambda p, _: np.clip(p.astype(np.float32) * gain + offset, 0, 255).astype(np.uint8)


def flickering(p: Picture, i: int) -> Picture:
    return lit(1 + 0.03 * float(np.sin(2 * np.pi * 10 * i / RATE_HZ + 0.5)))(p, i)


def leaving(p: Picture, i: int) -> Picture:
    """The face slides out of the picture after three seconds, and stays out."""
    shift_px = min(700, max(0, i - 90) * 40)
    return cv2.warpAffine(p, np.float32([[1, 0, shift_px], [0, 1, 0]]), SIZE_PX)


def coming_late(p: Picture, i: int) -> Picture:
    return scenery()[i % 60] if i < 45 else p


def with_second(p: Picture, _: int) -> Picture:
    """A smaller, still face in the corner."""
    crop = faces()[0][40:320, 200:440]
    p[:168, :144] = cv2.resize(crop, (144, 168), interpolation=cv2.INTER_AREA)
    return p


def with_hand(p: Picture, i: int) -> Picture:
    """Something smooth and skin-coloured over the mouth from the third second on."""
    if i >= 75:
        x, y = CENTRE_PX
        cv2.ellipse(p, (x, y + 75), (95, 60), 0, 0, 360, (205, 160, 140), -1)
    return p


def with_glasses(p: Picture, _: int) -> Picture:
    for x in (280, 360):
        cv2.circle(p, (x, 150), 34, (20, 20, 20), 4)
        cv2.ellipse(p, (x + 10, 138), (9, 5), 20, 0, 360, (245, 245, 250), -1)
    cv2.line(p, (314, 150), (326, 150), (20, 20, 20), 4)
    return p


def with_beard(p: Picture, _: int) -> Picture:
    shade = np.zeros(p.shape[:2], np.float32)
    cv2.ellipse(shade, (CENTRE_PX[0], 250), (75, 60), 0, 0, 360, 1.0, -1)
    shade = cv2.GaussianBlur(shade, (0, 0), 6)[:, :, None]
    return (p * (1 - 0.65 * shade)).astype(np.uint8)


def lying(path: Path) -> None:
    write(path, [np.ascontiguousarray(np.rot90(p)) for p in faces()])


# The catalogue -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refused:
    """The one line says this, and the exit code is 1."""

    says: str


@dataclass(frozen=True)
class Measured:
    """It is measured, its quality is one of these and has these reasons.

    ``hz`` is the frequency that must be found at a mouth corner, 0 where none may be, and
    ``None`` where it depends on what was lost. ``says`` stands in what is told with the result.
    """

    reasons: tuple[str, ...] = ()
    quality: tuple[str, ...] = ("ok", "limited")
    hz: float | None = TRUE_HZ
    says: str = ""


@dataclass(frozen=True)
class Broken:
    """One clip: its file name, how it is broken, what makes it, what it must give."""

    name: str
    how: str
    make: Callable[[Path], None]
    gives: Refused | Measured


UNREADABLE = "is no video that can be read"
POOR = ("limited", "unusable")

CATALOGUE = (
    Broken("zero.mp4", "zero bytes", empty, Refused("is empty")),
    Broken("text.mp4", "text under a video's name", text, Refused(UNREADABLE)),
    Broken("text.txt", "text", text, Refused("is text or a playlist")),
    Broken("random.mp4", "random bytes", random_bytes, Refused(UNREADABLE)),
    Broken("pipe.mp4", "a named pipe, which never ends", a_pipe, Refused("no regular file")),
    Broken("unfinished.mp4", "cut off before the index", without_index, Refused(UNREADABLE)),
    Broken("header.mkv", "cut off after the header", header_only, Refused("breaks off before")),
    Broken("sound.m4a", "sound alone", sound_only, Refused("sound but no picture")),
    Broken("still.png", "a still picture", still, Refused("is a picture")),
    Broken("still.jpg", "a still picture", still, Refused("is a picture")),
    Broken("single.mkv", "a video of one picture", one_picture, Refused("a single picture")),
    Broken("list.m3u8", "a playlist that points to the network", playlist, Refused(UNREADABLE)),
    Broken("script.ffconcat", "a script that names another file", concat_script,
           Refused(UNREADABLE)),
    Broken("bare.h264", "a stream without any times", bare_stream, Refused("without any times")),
    Broken("giant.mkv", "8208 px wide", giant, Refused("at most 8192 px")),
    Broken("bomb.mp4", "8192 × 8192 px black in a few kilobytes", bomb, Refused("no face")),
    Broken("no_times.mkv", "every picture at the same time", no_times, Refused("no usable times")),
    Broken("no_face.mp4", "a curtain", lambda path: write(path, scenery()), Refused("no face")),
    Broken("black.mp4", "black pictures", lambda path: painted(lit(0), path), Refused("no face")),
    Broken("streamed.mkv", "no duration and no index", streamed, Measured()),
    Broken("fragmented.mp4", "an index in pieces", fragmented, Measured()),
    Broken("cut_off.mp4", "pieces, cut off in one", cut_off,
           Measured(("too_short",), POOR, None)),
    Broken("cut_inside.mkv", "cut off inside a picture", cut_inside,
           Measured(("too_short",), POOR)),
    Broken("duration.mp4", "claims to last for years", wrong_duration, Measured()),
    Broken("variable.mkv", "a third of the pictures missing, at random", variable_rate,
           Measured(("irregular_timing",), POOR, None)),
    Broken("gap.mkv", "two thirds of a second missing", with_gap, Measured()),
    Broken("repeats.mp4", "every sixth picture repeats the one before", lambda p: repeated(6, p),
           Measured(("duplicate_frames",), ("limited",), None)),
    Broken("held.mp4", "each picture four times: 7.5 a second", lambda p: held(4, p),
           Measured(("low_frame_rate", "duplicate_frames"), POOR, 0)),
    Broken("fps15.mp4", "15 pictures a second, which cannot show 9 Hz", lambda p: every(2, p),
           Measured(("low_frame_rate",), POOR, 0)),
    Broken("fps5.mp4", "5 pictures a second", lambda p: every(6, p),
           Measured(("low_frame_rate",), POOR, 0)),
    Broken("frozen.mp4", "one picture for five seconds", frozen,
           Measured(("frozen",), ("unusable",), 0)),
    Broken("swapped.mkv", "four pairs of times swapped", swapped_times,
           Measured(says="time between pictures varies")),
    Broken("negative.mkv", "times from minus two seconds on", negative_times, Measured()),
    Broken("negative.mp4", "the same in MP4", negative_with_list, Measured()),
    Broken("late.mp4", "times from ten hours on", late_times, Measured()),
    Broken("joined.ts", "two recordings joined: times start over, the size changes", joined,
           Measured()),
    # Blended pictures are none a camera would take: what shakes in step with them is vetoed.
    Broken("fast.mp4", "240 pictures a second", fast, Measured(hz=None)),
    Broken("hevc.mp4", "HEVC", lambda p: coded("libx265", p, options={
        "preset": "ultrafast", "crf": "4", "x265-params": "log-level=none"}), Measured()),
    Broken("hevc10.mp4", "HEVC, 10 bits", lambda p: coded("libx265", p, pixel_format="yuv420p10le",
           options={"preset": "ultrafast", "crf": "4", "x265-params": "log-level=none"}),
           Measured()),
    Broken("vp8.webm", "VP8", lambda p: coded("libvpx", p, options={
        "deadline": "realtime", "cpu-used": "16", "b": "6M"}), Measured()),
    Broken("vp9.webm", "VP9", lambda p: coded("libvpx-vp9", p, options={
        "deadline": "realtime", "cpu-used": "8", "b": "6M"}), Measured()),
    Broken("av1.mp4", "AV1", lambda p: coded("libsvtav1", p, options={
        "preset": "10", "crf": "1"}), Measured()),
    Broken("gif.gif", "GIF, 320 px wide", lambda p: write(p, [cv2.resize(f, (320, 180)) for f in
           faces()[::2]], codec="gif", pixel_format="rgb8",
           times_s=[i / 15 for i in range(len(faces()[::2]))]),
           Measured(("low_frame_rate",), POOR, 0)),
    Broken("motion.avi", "Motion JPEG in AVI", lambda p: coded("mjpeg", p, pixel_format="yuvj420p",
           options={"qmin": "2", "qmax": "3"}, tick=Fraction(1, 30)), Measured()),
    Broken("smile.txt", "a good video under a text's name", lambda p: coded("libx264", p,
           file_format="mp4"), Measured()),
    Broken("damaged.mp4", "packets overwritten with noise", damaged_packets,
           Measured((), ("ok", "limited", "unusable"))),
    Broken("claims.mp4", "a container that claims 16384 px", lying_size, Measured()),
    Broken("rotated.mp4", "lying pictures with a rotation tag", rotated, Measured()),
    Broken("mirrored.mp4", "mirrored pictures with a tag that undoes it", mirrored_tag, Measured()),
    Broken("flipped.mp4", "a mirrored face that nobody told of", flipped, Measured()),
    Broken("lying_head.mp4", "lying pictures without a tag", lying,
           Measured(("head_turned",), POOR, None)),
    Broken("uhd.mp4", "3840 × 2160 px, a second", uhd, Measured(("too_short",), POOR, None)),
    Broken("odd.mp4", "631 × 355 px", odd_size, Measured()),
    Broken("cropped.mp4", "the face no longer in the middle", cropped, Measured()),
    Broken("trimmed.mp4", "0.4 s of the start cut off", trimmed, Measured()),
    Broken("doubled.mp4", "every picture twice, 60 a second", doubled,
           Measured(("duplicate_frames",))),
    Broken("quiet_end.mp4", "a neutral face after the smile", with_quiet_end, Measured()),
    Broken("small.mp4", "320 × 180 px", lambda p: scaled(320, 180, p),
           Measured(("face_too_small",), POOR, None)),
    Broken("tiny.mp4", "64 × 36 px", lambda p: scaled(64, 36, p),
           Measured(("face_too_small",), ("unusable",), None)),
    Broken("wide_pixels.mp4", "pixels that are not square", wide_pixels,
           Measured((), ("ok", "limited", "unusable"), None)),
    Broken("two_streams.mkv", "a second video stream", two_streams, Measured()),
    Broken("two_faces.mp4", "a second, smaller face", lambda p: painted(with_second, p),
           Measured(says="faces are in the picture; the largest was measured")),
    Broken("leaves.mp4", "the face leaves after three seconds", lambda p: painted(leaving, p),
           Measured(("face_lost",), POOR, None)),
    Broken("late_face.mp4", "no face for a second and a half", lambda p: painted(coming_late, p),
           Measured(("face_lost",), POOR, None)),
    Broken("dark.mp4", "a twelfth of the light", lambda p: painted(lit(1 / 12), p),
           Measured(("too_dark",), POOR, None)),
    Broken("bright.mp4", "overexposed", lambda p: painted(lit(2.5), p),
           Measured()),
    Broken("flicker.mp4", "light that flickers by 3 % at 10 Hz", lambda p: painted(flickering, p),
           Measured(("flicker",), ("limited",), None)),
    Broken("crf45.mp4", "compressed to almost nothing", lambda p: coded("libx264", p, options={
        "crf": "45", "preset": "medium"}), Measured(("over_compressed",), POOR, None)),
    Broken("hand.mp4", "a hand over the mouth", lambda p: painted(with_hand, p),
           Measured((), ("ok", "limited", "unusable"), None)),
    Broken("glasses.mp4", "glasses with reflections", lambda p: painted(with_glasses, p),
           Measured()),
    Broken("beard.mp4", "a beard", lambda p: painted(with_beard, p), Measured()),
)  # fmt: skip


def make(folder: Path, names: Iterable[str] = ()) -> None:
    """Write the clips of the catalogue, or some of them."""
    wanted = set(names)
    folder.mkdir(parents=True, exist_ok=True)
    for broken in CATALOGUE:
        if not wanted or broken.name in wanted:
            broken.make(folder / broken.name)


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2:])
