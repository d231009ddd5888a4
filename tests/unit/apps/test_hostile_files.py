"""Names, links and answers that nobody gives by mistake, and some that people do."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from tremorcam.apps.batch import measure_video
from tremorcam.apps.cli import app
from tremorcam.apps.outputs import ResultFolders, find_videos, folder_name
from tremorcam.apps.tasks import Settings, Task
from tremorcam.apps.wording import is_text

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="names, links or devices of Linux")


def refused(*arguments):
    """What the command says in this process, on one line, when it ends with code 2."""
    ended = CliRunner().invoke(app, ["analyze", *map(str, arguments)])
    assert ended.exit_code == 2, ended.output
    return " ".join(ended.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("smile.mp4", "smile"),
        ("..mp4", "video"),
        ("...mp4", "video"),
        ("smile .mp4", "smile"),
        ("smile...mp4", "smile"),
        (".mp4", ".mp4"),
        ("\N{GRINNING FACE}" * 60 + ".mp4", "\N{GRINNING FACE}" * 50),
    ],
)
def test_no_name_leads_out_of_the_folder_or_is_too_long(tmp_path, name, folder):
    assert folder_name(Path(name)) == folder
    assert ResultFolders(tmp_path).assign(Path(name)) == tmp_path / folder


@LINUX
def test_a_name_that_is_no_text_is_refused_and_the_others_are_done(tmp_path):
    odd = tmp_path / os.fsdecode(b"sm\xffle.mp4")
    for video in (odd, tmp_path / "poor.mp4"):
        video.write_bytes(b"no video")
    command = [sys.executable, "-m", "tremorcam", "analyze", str(tmp_path), "-o"]
    done = subprocess.run(
        [*command, str(tmp_path / "out")], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 2 and all(line.startswith("error: ") for line in lines)
    assert "its name is no text (UTF-8); rename it" in done.stderr
    assert len(pd.read_csv(tmp_path / "out" / "summary.csv")) == 2
    assert not is_text(odd.name)


@LINUX
def test_a_link_that_leads_to_itself_is_one_line(tmp_path):
    loop = tmp_path / "loop.mp4"
    loop.symlink_to(loop)
    assert find_videos([loop]) == [loop]
    nowhere = tmp_path / "smile"
    nowhere.symlink_to(tmp_path / "none")
    assert ResultFolders(tmp_path).assign(Path("smile.mp4")).name == "smile-2"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("deep.json", "[" * 100_000, "nested without end"),
        ("deep.toml", "a=" + "[" * 100_000, "nested without end"),
        ("large.toml", "sleep_h = '" + "x" * 1_000_000 + "'", "too large"),
        ("wide.json", "{" + ", ".join(f'"k{n}": 1' for n in range(9000)) + "}", "k0"),
    ],
)
def test_a_context_file_of_any_kind_ends_in_a_short_fault(tmp_path, name, content, says):
    (tmp_path / name).write_text(content)
    told = refused("smile.mp4", "-o", tmp_path / "out", "--context", tmp_path / name)
    assert says in told
    assert len(told) < 1300


@LINUX
def test_a_context_file_that_never_ends_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    told = refused("smile.mp4", "-o", tmp_path / "out", "--context", tmp_path / "pipe.json")
    assert "no regular file" in told


def test_results_that_another_run_wrote_meanwhile_stay(tmp_path, monkeypatch):
    theirs = tmp_path / "out" / "smile" / "analysis.json"

    def analyze(*_, **__):
        theirs.parent.mkdir(parents=True)
        theirs.write_text('{"video": {"name": "other.mp4"}}')

    monkeypatch.setattr("tremorcam.pipeline.analyze", analyze)
    video = tmp_path / "smile.mp4"
    video.write_bytes(b"some")
    outcome = measure_video(Task(video, theirs.parent, Settings(11.7)), lambda _: None)
    assert "another run has meanwhile written" in outcome.error
    assert "other.mp4" in theirs.read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_log_that_the_disk_does_not_take_costs_nothing():
    command = (
        "from pathlib import Path; from tremorcam.apps.logs import logging_to\n"
        "with logging_to(Path('/dev/full')): print('said')\n"
        "import os; os._exit(7)"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, check=False)
    assert done.returncode == 7
