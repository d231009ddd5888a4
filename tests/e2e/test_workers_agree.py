"""What is measured does not depend on how many workers measure, nor on who was faster."""

import subprocess
import sys
from pathlib import Path

import av
import pytest

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "fine_tremor_both_sides.mp4"


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """Two short parts of a sample, one longer than the other."""
    folder = tmp_path_factory.mktemp("videos")
    for name, n_frames in (("short", 40), ("longer", 70)):
        with av.open(str(SAMPLE)) as source, av.open(str(folder / f"{name}.mp4"), "w") as target:
            stream = target.add_stream_from_template(source.streams.video[0])
            for _, packet in zip(range(n_frames), source.demux(video=0), strict=False):
                packet.stream = stream
                target.mux(packet)
    return folder


def tables(videos, out, workers):
    command = ["analyze", videos, "-o", out, "--workers", workers]
    subprocess.run(
        [sys.executable, "-m", "tremorcam", *map(str, command)], check=True, capture_output=True
    )
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*.csv")}


def test_one_worker_and_two_give_the_same_bytes(videos, tmp_path):
    alone = tables(videos, tmp_path / "one", 1)
    assert {"summary.csv", "short/signals.csv", "longer/spectra.csv"} <= set(alone)
    assert tables(videos, tmp_path / "two", 2) == alone
