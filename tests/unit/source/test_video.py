import gc
import hashlib
import os
import weakref
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tiny_clips import noise_pictures, set_display_matrix, write_clip, write_tone

from tremorcam.data import InputError
from tremorcam.source.video import Video


def read(path):
    with Video(path) as video:
        return list(video.frames()), video


def test_frames_times_and_info_of_a_plain_clip(tmp_path):
    pictures = noise_pictures(5)
    path = write_clip(tmp_path / "plain.mkv", pictures, times_ms=[100, 140, 173, 240, 281])
    frames, video = read(path)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.04, 0.073, 0.14, 0.181])
    for frame, picture in zip(frames, pictures, strict=True):
        assert np.array_equal(frame.gray, picture)
        assert np.array_equal(frame.rgb(), np.repeat(picture[:, :, None], 3, axis=2))
    info = video.info
    assert (info.name, info.size_bytes) == ("plain.mkv", path.stat().st_size)
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (info.codec, info.pixel_format) == ("ffv1", "gray")
    assert (info.width_px, info.height_px, info.rotation_deg) == (64, 48, 0)
    assert (video.n_frames_estimate, video.n_corrected_times, video.n_corrupt_packets) == (5, 0, 0)
    assert video.duration_s_estimate == pytest.approx(0.181)


def test_difference_is_the_share_of_pixels_that_changed(tmp_path):
    base = np.full((48, 64), 100, np.uint8)
    slightly, quarter = base + 3, base + 3
    quarter[:24, :32] -= 4
    frames, _ = read(write_clip(tmp_path / "steps.mkv", [base, slightly, quarter, quarter]))
    assert np.isnan(frames[0].difference)
    assert [frame.difference for frame in frames[1:]] == [0, 0.25, 0]


def test_key_frame_interval(tmp_path):
    still = noise_pictures(1) * 13
    path = write_clip(tmp_path / "keys.mkv", still, codec="mpeg4",
                      pixel_format="yuv420p", gop_size=4)  # fmt: skip
    assert Video(path).info.key_frame_interval_s == pytest.approx(0.16)


def test_frames_can_be_read_again_from_the_start(tmp_path):
    path = write_clip(tmp_path / "twice.mkv", noise_pictures(4))
    with Video(path) as video:
        assert next(iter(video.frames())).index == 0
        assert [frame.index for frame in video.frames()] == [0, 1, 2, 3]


def _rewrite(path):
    path.write_bytes(path.read_bytes() + b"more")


def _replace_by_another_of_its_size(path):
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(0, 0))
    other.replace(path)


@pytest.mark.parametrize("change", [_rewrite, _replace_by_another_of_its_size, Path.unlink])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, change):
    path = write_clip(tmp_path / "changing.mkv", noise_pictures(4))
    with Video(path) as video:
        frames = video.frames()
        next(frames)
        change(path)
        with pytest.raises(InputError, match=r"^changing\.mkv was changed while it was read; .*$"):
            list(frames)


def test_frames_are_not_held(tmp_path):
    path = write_clip(tmp_path / "long.mkv", noise_pictures(30))
    with Video(path) as video:
        alive, most = [], 0
        for frame in video.frames():
            alive.append(weakref.ref(frame))
            del frame
            gc.collect()
            most = max(most, sum(reference() is not None for reference in alive))
    assert most <= 1


@pytest.mark.parametrize(
    ("pixel_format", "colour_range", "luma", "expected"),
    [
        ("yuv420p", None, 16, 0),
        ("yuv420p", None, 235, 255),
        ("yuv420p", 1, 126, 128),
        ("yuv420p", 2, 126, 126),
        ("yuv422p", None, 8, 0),
        ("yuv444p", 1, 250, 255),
        ("yuv420p10le", None, 64, 0),
        ("yuv420p10le", 1, 940, 255),
        ("yuv420p10le", 2, 1023, 255),
        ("gray", None, 16, 16),
    ],
)
def test_luminance_has_full_range(tmp_path, pixel_format, colour_range, luma, expected):
    path = tmp_path / "range.mkv"
    sample = np.uint16 if "10" in pixel_format else np.uint8
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixel_format
        if colour_range is not None:
            stream.codec_context.color_range = colour_range
        for i in range(2):
            frame = av.VideoFrame(64, 48, pixel_format)
            for number, plane in enumerate(frame.planes):
                level = luma if number == 0 else 128 * (4 if sample is np.uint16 else 1)
                n_samples = plane.buffer_size // np.dtype(sample).itemsize
                plane.update(np.full(n_samples, level, sample).tobytes())
            if colour_range is not None:
                frame.color_range = colour_range
            frame.pts = i
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    frames, _ = read(path)
    assert np.unique(frames[0].gray).tolist() == [expected]


# What a display matrix (a, b, c, d) makes of the picture, and the clockwise turn in degrees.
ORIENTATIONS = {
    (1, 0, 0, 1): (lambda image: image, 0),
    (0, 1, -1, 0): (lambda image: np.rot90(image, -1), 90),  # a phone held upright
    (-1, 0, 0, -1): (lambda image: np.rot90(image, 2), 180),
    (0, -1, 1, 0): (np.rot90, 270),
    (-1, 0, 0, 1): (np.fliplr, 0),  # a mirrored selfie
    (1, 0, 0, -1): (np.flipud, 180),
    (0, 1, 1, 0): (lambda image: np.swapaxes(image, 0, 1), 90),
}


@pytest.mark.parametrize("matrix", ORIENTATIONS)
def test_display_matrix_is_applied(tmp_path, matrix):
    path = write_clip(tmp_path / "phone.mp4", noise_pictures(3), codec="mpeg4",
                      pixel_format="yuv420p")  # fmt: skip
    stored, _ = read(path)
    set_display_matrix(path, matrix)
    frames, video = read(path)
    turn, clockwise_deg = ORIENTATIONS[matrix]
    for frame, plain in zip(frames, stored, strict=True):
        assert np.array_equal(frame.gray, turn(plain.gray))
        assert np.array_equal(frame.rgb(), turn(plain.rgb()))
    if np.linalg.det(np.reshape(matrix, (2, 2))) > 0:
        assert video.info.rotation_deg == clockwise_deg
    assert (video.info.height_px, video.info.width_px) == frames[0].gray.shape


@pytest.mark.parametrize("matrix", ORIENTATIONS)
def test_a_mirrored_file_is_turned_back(tmp_path, matrix):
    path = write_clip(tmp_path / "selfie.mp4", noise_pictures(3), codec="mpeg4",
                      pixel_format="yuv420p")  # fmt: skip
    set_display_matrix(path, matrix)
    shown, _ = read(path)
    with Video(path, mirrored=True) as video:
        for frame, mirror_image in zip(video.frames(), shown, strict=True):
            assert np.array_equal(frame.gray, mirror_image.gray[:, ::-1])
            assert np.array_equal(frame.rgb(), mirror_image.rgb()[:, ::-1])


def test_other_pixel_aspects_are_made_square(tmp_path):
    path = write_clip(tmp_path / "wide.mp4", noise_pictures(3), codec="mpeg4",
                      pixel_format="yuv420p", pixel_aspect=Fraction(4, 3))  # fmt: skip
    frames, video = read(path)
    assert frames[0].gray.shape == (48, 85)
    assert frames[0].rgb().shape == (48, 85, 3)
    assert (video.info.width_px, video.info.height_px) == (85, 48)


def test_odd_sizes(tmp_path):
    pictures = noise_pictures(3, width=63, height=47)
    frames, _ = read(write_clip(tmp_path / "odd.mkv", pictures))
    assert np.array_equal(frames[2].gray, pictures[2])
    assert frames[2].rgb().shape == (47, 63, 3)


def test_gif(tmp_path):
    pictures = [np.full((48, 64), level, np.uint8) for level in (0, 255, 0)]
    path = write_clip(tmp_path / "two-levels.gif", pictures, codec="gif", pixel_format="gray",
                      times_ms=[0, 80, 170])  # fmt: skip
    frames, video = read(path)
    assert video.info.container == "gif"
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.08, 0.17])
    assert [int(frame.gray[0, 0]) for frame in frames] == [0, 255, 0]


def test_packets_damaged_in_the_middle_cost_only_themselves(tmp_path):
    path = write_clip(tmp_path / "hurt.mov", noise_pictures(12), codec="png")
    content = bytearray(path.read_bytes())
    signatures = [i for i in range(len(content)) if content[i : i + 8] == b"\x89PNG\r\n\x1a\n"]
    assert len(signatures) == 12
    content[signatures[5] : signatures[5] + 4] = b"gone"
    path.write_bytes(content)
    frames, video = read(path)
    assert video.n_corrupt_packets == 1
    assert [frame.index for frame in frames] == list(range(11))
    assert frames[5].time_s - frames[4].time_s == pytest.approx(0.08)


def test_a_file_that_breaks_off_gives_what_it_holds(tmp_path):
    path = write_clip(tmp_path / "short.mkv", noise_pictures(20))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    frames, _ = read(path)
    assert 5 <= len(frames) <= 12
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(0.04)


def still_picture(path):
    frame = av.VideoFrame.from_ndarray(noise_pictures(1)[0], format="gray")
    frame.save(str(path))
    return path


def sound_only(path):
    return write_tone(path)


def sound_with_cover_art(path):
    cover = write_clip(path.with_name("cover.mkv"), noise_pictures(1), codec="mjpeg",
                       pixel_format="yuvj420p")  # fmt: skip
    with av.open(str(cover)) as pictures, av.open(str(path), "w") as container:
        sound = container.add_stream("libmp3lame", rate=44100)
        art = container.add_stream_from_template(pictures.streams.video[0])
        art.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        container.mux(sound.encode(frame))
        container.mux(sound.encode())
        for packet in pictures.demux(video=0):
            if packet.size:
                packet.stream = art
                container.mux(packet)
    return path


def one_picture(path):
    return write_clip(path, noise_pictures(1))


def folder(path):
    path.mkdir()
    return path


def empty(path):
    path.write_bytes(b"")
    return path


def text(path):
    path.write_text("this is no video\n" * 100, encoding="utf-8")
    return path


def header_only(path):
    write_clip(path, noise_pictures(20))
    content = path.read_bytes()
    first_cluster = content.index(b"\x1f\x43\xb6\x75")
    path.write_bytes(content[: first_cluster + 40])
    return path


def without_index(path):
    write_clip(path, noise_pictures(20), codec="mpeg4", pixel_format="yuv420p")
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"moov")])
    return path


def playlist(path):
    path.write_text("#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", "utf-8")
    return path


def bare_stream(path):
    return write_clip(path, noise_pictures(5), codec="libx264", pixel_format="yuv420p")


def giant(path):
    pictures = [np.zeros((16, 8208), np.uint8)] * 2
    return write_clip(path, pictures, codec="ffv1")


@pytest.mark.parametrize(
    ("make", "name", "message"),
    [
        (lambda path: path, "missing.mp4", "no such file"),
        (folder, "folder", "is a folder"),
        (empty, "empty.mp4", "is empty"),
        (text, "text.mp4", "no video that can be read"),
        (text, "text.txt", "text or a playlist"),
        (sound_only, "sound.m4a", "sound but no picture"),
        (sound_with_cover_art, "song.mp3", "sound but no picture"),
        (still_picture, "still.png", "is a picture"),
        (still_picture, "still.jpg", "is a picture"),
        (one_picture, "single.mkv", "a single picture"),
        (header_only, "header.mkv", "breaks off before its first picture"),
        (without_index, "unfinished.mp4", "no video that can be read"),
        (playlist, "list.m3u8", "no video that can be read"),
        (bare_stream, "bare.h264", "without any times"),
        (giant, "giant.mkv", "8208×16 px, at most 8192"),
    ],
)
def test_what_is_no_video_says_so_in_one_line(tmp_path, make, name, message):
    path = make(tmp_path / name)
    with pytest.raises(InputError, match=message) as caught:
        Video(path)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(Path.home()) not in str(caught.value)


def test_pictures_without_times_are_not_given_invented_ones(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "stuck.mkv", noise_pictures(5))
    monkeypatch.setattr("tremorcam.source.video._stated_time_s", lambda _picture: 0.0)
    with Video(path) as video, pytest.raises(InputError, match="no usable times"):
        list(video.frames())
