import numpy as np
import pytest
from tiny_clips import mutated, noise_pictures, write_clip

from tremorcam.data import InputError
from tremorcam.source.video import Video

CODECS = {
    "clip.mp4": ("libx264", "yuv420p"),
    "clip.webm": ("libvpx", "yuv420p"),
    "clip.avi": ("mpeg4", "yuv420p"),
    "clip.gif": ("gif", "gray"),
}
N_MUTATIONS = 80


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
