"""A face video must cause no traffic: no analysis may open a network socket."""

import re
import shutil
import subprocess
import sys

import pytest

from tremorcam.simulate import simulate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

INTERNET_SOCKET = re.compile(r"socket\((AF_INET6?|AF_PACKET)")


def internet_sockets(command, log):
    """Run a command under strace; its exit code and the calls that open internet sockets."""
    strace = ["strace", "-f", "-qq", "-e", "trace=socket,connect,sendto", "-o", str(log)]
    done = subprocess.run([*strace, *command], capture_output=True, text=True, check=False)
    calls = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return done, [call for call in calls if INTERNET_SOCKET.search(call)]


def test_the_watch_sees_a_socket(tmp_path):
    code = "import socket; socket.socket(socket.AF_INET).close()"
    _, sockets = internet_sockets([sys.executable, "-c", code], tmp_path / "strace.log")
    assert len(sockets) == 1


def test_an_analysis_opens_no_internet_socket(tmp_path):
    video = tmp_path / "smile.mp4"
    simulate(video, duration_s=5.0, hz=7.0, mm=0.3)
    command = [sys.executable, "-m", "tremorcam", "analyze", str(video), "-o", str(tmp_path)]
    done, sockets = internet_sockets(command, tmp_path / "strace.log")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "smile" / "report.html").exists()
    assert sockets == []
