"""A real server, a real headless Chromium, and a fake camera that plays a rendered face."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FFMPEG = shutil.which("ffmpeg")
TESTS = Path(__file__).parents[1]

SLOW_MS = 240_000
"""A page may take this long on a busy machine; nothing waits longer than it must."""

CLIP_S = 45.0
SMILE_S = (17.0, 33.0)
"""The fake camera shows a smile from then to then, counted from when it is opened."""
TREMOR_HZ, TREMOR_MM = 7.0, 0.3


def pytest_collection_modifyitems(items):
    missing = "Debian's chromium is not installed" if CHROMIUM is None else None
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


class Server:
    """A server in a process of its own, that can be killed and started again."""

    def __init__(self, folder, analyzer):
        self.folder, self.analyzer = folder, analyzer
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.wrapper = []

    def start(self):
        paths = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            [*self.wrapper, sys.executable, TESTS / "e2e" / "run_server.py", self.folder,
             str(self.port), self.analyzer],
            env=os.environ | {"PYTHONPATH": paths},
            start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + 300
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                self.get("/config")
                return
            time.sleep(0.2)
        raise AssertionError("the server did not start")

    def kill(self):
        """End the server and all that it started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """End the server as Ctrl-C does; its group, since strace passes no signal on."""
        os.killpg(self.process.pid, signal.SIGINT)
        assert self.process.wait(timeout=60) == 0

    def get(self, path):
        with urllib.request.urlopen(f"{self.url}/api{path}", timeout=30) as answer:
            return json.load(answer)

    def wait_for(self, recording_id, *statuses, timeout_s=240):
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            entry = self.get(f"/recordings/{recording_id}")
            if entry["job"] and entry["job"]["status"] in statuses:
                return entry
            time.sleep(0.5)
        raise AssertionError(f"still {entry['job']}")


@pytest.fixture
def stub_server(tmp_path):
    """Server whose analyses answer at once, for what is about the page alone."""
    server = Server(tmp_path / "data", "web_stubs:quick")
    server.start()
    yield server
    server.kill()


def seed(folder, *days):
    """Fill a history with measured recordings of known content, one on each day of March."""
    from synthetic_analysis import make_analysis

    from tremorcam.publish import save_analysis, summary_row
    from tremorcam.store import Database, DataFolder
    from tremorcam.store.history import History

    history = History(Database(DataFolder.open(folder)))
    for day in days:
        recording = history.recordings.add(
            kind="upload", name=f"day{day}.mp4", video_file="video.mp4",
            recorded_at=f"2026-03-{day:02d}T09:00:00+00:00",
        )  # fmt: skip
        history.recordings.video(recording).write_bytes(b"video")
        history.recordings.complete(recording.id, size_bytes=5)
        analysis = make_analysis(name=recording.name)
        save_analysis(analysis, history.folder.analysis(recording.id))
        history.results.save(
            recording.id, summary=summary_row(analysis), measures=analysis.measures
        )
        history.jobs.add(recording.id)
        history.jobs.finish(history.jobs.start_next().id)


@pytest.fixture
def seeded_server(tmp_path):
    """Server whose history holds two measured recordings."""
    server = Server(tmp_path / "data", "web_stubs:quick")
    seed(server.folder, 1, 25)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def face_clip(tmp_path_factory):
    """A rendered face that smiles once, its left mouth corner shaking, and its truth."""
    from tremorcam.simulate import Scene, Smile, exact_tremor, render

    path = tmp_path_factory.mktemp("clip") / "face.mp4"
    scene = Scene(
        duration_s=CLIP_S,
        smiles=(Smile(*SMILE_S),),
        tremors=(exact_tremor("mouth_corner", "left", TREMOR_HZ, TREMOR_MM),),
    )
    scene = replace(scene, encoding=replace(scene.encoding, crf=12))
    return path, render(scene, path)


@pytest.fixture(scope="session")
def camera_file(face_clip):
    """The clip as Chromium's fake camera wants it."""
    if FFMPEG is None:
        pytest.skip("ffmpeg is not installed")
    path = face_clip[0].with_suffix(".mjpeg")
    subprocess.run(
        [FFMPEG, "-loglevel", "error", "-i", face_clip[0], "-c:v", "mjpeg", "-q:v", "2", path],
        check=True,
    )
    return path


@pytest.fixture(scope="session")
def playwright():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as running:
        yield running


def launch(playwright, *flags):
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=["--headless=new", "--no-sandbox", *flags]
    )


@pytest.fixture
def browser(playwright):
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def camera_browser(playwright, camera_file):
    browser = launch(
        playwright,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_file}",
    )
    yield browser
    browser.close()


@pytest.fixture
def open_page():
    """Open a page that fails the test on any script error or request to elsewhere."""
    faults = []

    def open_in(browser, server, **options):
        page = browser.new_context(**options).new_page()
        page.set_default_timeout(SLOW_MS)
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on(
            "request",
            lambda sent: (
                None
                if sent.url.startswith((server.url, "data:", "blob:"))
                else faults.append(f"request to {sent.url}")
            ),
        )
        page.on(
            "console",
            lambda message: (
                faults.append(f"console: {message.text}")
                if "Content Security Policy" in message.text
                else None
            ),
        )
        return page

    yield open_in
    assert faults == []
