"""Nothing leaves the machine: every socket of the server and its workers is looked at."""

import base64
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import urllib.request
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
import pytest
from broken.make_clips import faces, write
from serving import Server

from tremorcam.track.landmarks import FaceLandmarks

pytestmark = pytest.mark.slow
STRACE = shutil.which("strace")
INTERNET = re.compile(r"\b(connect|sendto|sendmsg|bind)\([^\n]*sa_family=AF_INET6?[^\n]*")
LOOPBACK = re.compile(r'inet_addr\("127\.0\.0\.1"\)|inet_pton\(AF_INET6, "::1"')


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_the_server_talks_to_nobody(tmp_path):
    log = tmp_path / "network.txt"
    server = Server(tmp_path / "data", "web_stubs:quick")
    server.wrapper = [STRACE, "-f", "-e", "trace=network", "-o", str(log)]
    server.start()
    try:
        sent = urllib.request.Request(
            f"{server.url}/api/uploads?name=a.mp4", data=b"video", method="POST"
        )
        with urllib.request.urlopen(sent, timeout=60) as answer:
            recording_id = json.load(answer)["id"]
        assert server.wait_for(recording_id, "done", "failed")["job"]["status"] == "done"
        server.get(f"/recordings/{recording_id}/view")
        server.stop()
    finally:
        server.kill()
    calls = INTERNET.finditer(log.read_text())
    elsewhere = [call.group() for call in calls if not LOOPBACK.search(call.group())]
    assert elsewhere == []
    assert 'inet_addr("127.0.0.1")' in log.read_text()


def no_way_out():
    """Prefix of a command that has no network but its own loopback; empty if that is refused."""
    command = ["unshare", "--map-root-user", "--net"]
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return command


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_a_whole_visit_needs_no_network_and_leaves_nothing_others_can_read(tmp_path):
    isolated = no_way_out()
    if not isolated:
        pytest.skip("this system gives nobody a network namespace of their own")
    video, log = tmp_path / "smile.mp4", tmp_path / "network.txt"
    write(video, faces()[:110])
    done = subprocess.run(
        [STRACE, "-f", "-qq", "-e", "trace=network", "-o", str(log), *isolated, sys.executable,
         str(Path(__file__).with_name("whole_visit.py")), str(tmp_path / "data"), str(video)],
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    came = json.loads(done.stdout.splitlines()[-1])
    assert (came["job"], came["error"]) == ("done", "")
    assert all(size > 0 for size in came["sizes"].values())
    calls = [call.group() for call in INTERNET.finditer(log.read_text())]
    assert len(calls) > 20
    assert [call for call in calls if not LOOPBACK.search(call)] == []
    print(f"a whole visit: {len(calls)} calls with an address, all of them on the loopback device")
    for path in (tmp_path / "data").rglob("*"):
        if path.name.startswith("server.lock"):
            continue  # empty
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_results_name_no_person_no_place_and_hold_no_picture(tmp_path):
    person = "zaphod-beeblebrox"
    folder = tmp_path / person / "videos"
    folder.mkdir(parents=True)
    write(folder / "smile.mp4", faces()[:110])
    home = {"HOME": str(tmp_path / person), "USER": person, "LOGNAME": person}
    command = [sys.executable, "-m", "tremorcam", "analyze", str(folder / "smile.mp4")]
    subprocess.run(
        [*command, "-o", str(tmp_path / "out")],
        env=os.environ | home, check=True, capture_output=True,
    )  # fmt: skip
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(files) >= 10
    pictures = []
    for path in files:
        content = path.read_bytes()
        assert person.encode() not in content, path.name
        assert str(tmp_path).encode() not in content, path.name
        assert not re.search(rb"image/(jpeg|webp|gif)|\xff\xd8\xff|\x89PNG|JFIF", content), (
            path.name
        )
        pictures += re.findall(rb"data:image/png;base64,([A-Za-z0-9+/=\s]+)", content)
    # Charts may hold fields of colour; whether a face is among them, the face finder knows.
    with FaceLandmarks(follow=False) as face_finder:
        assert face_finder.find(cv2.cvtColor(faces()[0], cv2.COLOR_RGB2GRAY))
        for picture in pictures:
            grey = cv2.imdecode(np.frombuffer(base64.b64decode(picture), np.uint8), 0)
            assert face_finder.find(grey) == []
    print(f"{len(files)} files, {len(pictures)} pictures in them, none of a face")


def test_what_is_stored_names_no_path_and_holds_no_picture(stub_server):
    sent = urllib.request.Request(
        f"{stub_server.url}/api/uploads?name=a.mp4", data=b"video", method="POST"
    )
    with urllib.request.urlopen(sent, timeout=60) as answer:
        recording_id = json.load(answer)["id"]
    assert stub_server.wait_for(recording_id, "done", "failed")["job"]["status"] == "done"
    folder = stub_server.folder / "recordings" / recording_id / "analysis"
    for path in folder.iterdir():
        content = path.read_bytes()
        assert str(stub_server.folder).encode() not in content, path.name
        assert b"image/jpeg" not in content, path.name


def test_the_page_names_no_other_machine():
    static = resources.files("tremorcam.apps.web") / "static"
    named = re.compile(r"https?://(?!www\.w3\.org/2000/svg|127\.0\.0\.1|localhost)")
    checked = 0
    for folder in (static, static / "js", static / "css"):
        for file in folder.iterdir():
            if file.is_file():
                assert not named.search(file.read_text(encoding="utf-8")), file.name
                checked += 1
    assert checked > 20
