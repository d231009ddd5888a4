import numpy as np
import pytest
from tiny_clips import noise_pictures, write_clip

from tremorcam.data import InputError
from tremorcam.source.video import Video

CODECS = {
    "clip.mp4": ("libx264", "yuv420p"),
    "clip.webm": ("libvpx", "yuv420p"),
    "clip.avi": ("mpeg4", "yuv420p"),
    "clip.gif": ("gif", "gray"),
}
N_MUTATIONS = 25


def mutated(content, rng):
    """Cut a file off, change bytes anywhere or in its header, or take a piece out."""
    data, kind = bytearray(content), rng.integers(4)
    if kind == 0:
        return data[: rng.integers(1, len(data))]
    if kind == 1:
        first, last = sorted(rng.integers(0, len(data), 2))
        return data[:first] + data[last:]
    reach = len(data) if kind == 2 else min(len(data), 700)
    for place in rng.integers(0, reach, rng.integers(1, 20)):
        data[place] = rng.integers(256)
    return data


@pytest.mark.parametrize("name", CODECS)
def test_mutated_files_are_read_or_refused(tmp_path, name):
    codec, pixel_format = CODECS[name]
    path = write_clip(tmp_path / name, noise_pictures(10), codec=codec, pixel_format=pixel_format)
    content, rng = path.read_bytes(), np.random.default_rng(0)
    n_read = 0
    for _ in range(N_MUTATIONS):
        path.write_bytes(mutated(content, rng))
        try:
            with Video(path) as video:
                frames = [(frame.time_s, frame.gray.shape) for frame in video.frames()]
        except InputError as error:
            assert "\n" not in str(error)
            continue
        n_read += 1
        time_s, shapes = zip(*frames, strict=True)
        assert time_s[0] == 0
        assert (np.diff(time_s) > 0).all()
        assert set(shapes) == {(video.info.height_px, video.info.width_px)}
    assert n_read > 0
