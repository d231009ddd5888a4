"""Nothing leaves the machine: every socket of the server and its workers is looked at."""

import json
import re
import shutil
import urllib.request
from importlib import resources

import pytest
from serving import Server

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
