"""A real server, a real headless Chromium, and a fake camera that plays a rendered face."""

from pathlib import Path

import fake_camera
import pytest
from fake_camera import CHROMIUM
from serving import Server

STEP_MS = 60_000
"""One step of a page may take this long on a busy machine."""
SLOW_MS = 240_000
"""As may what a server measures, or a whole guided test; nothing waits longer than it must."""

LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

HASTE = 0.12
"""Servers with stub analyses run the guided tests in this share of their time."""


def pytest_collection_modifyitems(items):
    missing = "Debian's chromium is not installed" if CHROMIUM is None else None
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture
def stub_server(tmp_path):
    """Server whose analyses answer at once, for what is about the page alone."""
    server = Server(tmp_path / "data", "web_stubs:quick", pace=HASTE)
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


@pytest.fixture(scope="module")
def seeded_server(tmp_path_factory):
    """Server whose history holds two measured recordings; tests leave both there."""
    server = Server(tmp_path_factory.mktemp("seeded") / "data", "web_stubs:quick")
    seed(server.folder, 1, 25)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def camera_file(tmp_path_factory):
    """The numbered clip that the fake camera plays, and that is removed for its size."""
    path = fake_camera.make_clip(tmp_path_factory.mktemp("camera"))
    yield path
    path.unlink()


@pytest.fixture(scope="session")
def playwright():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright):
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=["--headless=new", "--no-sandbox"]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def camera_browser(playwright, camera_file):
    browser = fake_camera.launch_browser(playwright, camera_file)
    yield browser
    browser.close()


@pytest.fixture
def open_page():
    """Open a page that fails the test on any script error or request to elsewhere."""
    faults, contexts = [], []

    def open_in(browser, server, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(STEP_MS)
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
    for context in contexts:
        context.close()
    assert faults == []


def check_accessible(page, viewport, where):
    """Fail on serious faults that axe finds, and on what is wider than the screen."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    serious = [
        (fault["id"], [node["html"][:120] for node in fault["nodes"]])
        for fault in axe.Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == [], where
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"], where
