"""Recording from a stand-in for a camera: every picture, at its own time."""

import av
import numpy as np
import pytest

from tremorcam.data import TremorcamError
from tremorcam.source import recording
from tremorcam.source.camera import Camera, Shot
from tremorcam.source.recording import record


class Stand:
    """Gives pictures at known, uneven times; the grey level tells which is which."""

    width_px, height_px, rate_hz = 64, 48, 30.0

    def __init__(self, times_s):
        self.times_s = iter(times_s)
        self.number = 0

    def read(self):
        try:
            time_s = next(self.times_s)
        except StopIteration:
            raise TremorcamError("camera 0 gives no more pictures") from None
        self.number += 1
        level = 20 + 8 * (self.number % 25)
        return Shot(np.full((self.height_px, self.width_px, 3), level, np.uint8), time_s)


def read_back(path):
    with av.open(path) as container:
        return [
            (float(frame.pts * frame.time_base), float(frame.to_ndarray(format="gray").mean()))
            for frame in container.decode(video=0)
        ]


def test_every_picture_is_written_at_its_time(tmp_path):
    rng = np.random.default_rng(2)
    times_s = 7.0 + np.cumsum(rng.uniform(0.004, 0.09, 60))
    seen = []
    found = record(
        Stand(times_s), tmp_path / "a.mkv", duration_s=times_s[-1] - times_s[0],
        on_shot=lambda _, time_s: not seen.append(time_s),
    )  # fmt: skip
    frames = read_back(tmp_path / "a.mkv")
    assert (found.n_frames, found.n_lost, len(frames)) == (60, 0, 60)
    truth_s = times_s - times_s[0]
    # Matroska keeps milliseconds.
    np.testing.assert_allclose([t for t, _ in frames], truth_s, atol=0.001)
    np.testing.assert_allclose(seen, truth_s)
    levels = [20 + 8 * ((n + 1) % 25) for n in range(60)]
    np.testing.assert_allclose([grey for _, grey in frames], levels, atol=3)
    assert found.rate_hz == pytest.approx(59 / truth_s[-1])


def test_time_never_stands_still(tmp_path):
    found = record(
        Stand([1.0, 1.1, 1.1, 1.05, 1.2, 1.3]), tmp_path / "a.mkv", duration_s=0.3,
        on_shot=lambda *_: True,
    )  # fmt: skip
    assert found.n_frames == 4
    times = [t for t, _ in read_back(tmp_path / "a.mkv")]
    np.testing.assert_allclose(times, [0, 0.1, 0.2, 0.3], atol=0.001)


def test_it_can_be_ended_early(tmp_path):
    found = record(
        Stand(np.arange(100) / 30), tmp_path / "a.mkv", duration_s=9,
        on_shot=lambda _, time_s: time_s < 0.5,
    )  # fmt: skip
    assert found.n_frames == 16


def test_a_camera_that_fails_leaves_what_was_recorded(tmp_path):
    with pytest.raises(TremorcamError, match="no more pictures"):
        record(Stand(np.arange(20) / 30), tmp_path / "a.mkv", duration_s=9, on_shot=lambda *_: True)
    assert len(read_back(tmp_path / "a.mkv")) == 20


def test_a_slow_encoder_loses_pictures_loudly(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "_WAITING", 2)
    original = recording._Writer._encode

    def slow(self, shot, time_s):
        import time

        time.sleep(0.02)
        original(self, shot, time_s)

    monkeypatch.setattr(recording._Writer, "_encode", slow)
    found = record(
        Stand(np.arange(41) / 30), tmp_path / "a.mkv", duration_s=40 / 30, on_shot=lambda *_: True
    )
    assert found.n_lost > 0
    assert found.n_frames + found.n_lost == 41
    assert len(read_back(tmp_path / "a.mkv")) == found.n_frames


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(TremorcamError, match="choose another file"):
        record(Stand([0.0]), tmp_path / "no" / "a.mkv", duration_s=1, on_shot=lambda *_: True)


def test_a_camera_that_is_not_there_is_named(capfd):
    with pytest.raises(TremorcamError, match="camera 97 cannot be opened"):
        Camera(97)
    capfd.readouterr()
