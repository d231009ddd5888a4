"""Uploads, results and history in a real browser; and whether everyone can use them."""

import csv
import io
import time
import zipfile

import pytest
from serving import Server

from .conftest import LAPTOP, PHONE, SLOW_MS, check_accessible

pytestmark = pytest.mark.slow


def upload_files(page, server, *names):
    page.goto(f"{server.url}/#/upload")
    page.set_input_files(
        "#files", [{"name": n, "mimeType": "video/mp4", "buffer": b"video " * 9} for n in names]
    )


def test_upload_two_download_read_delete(stub_server, browser, open_page):
    page = open_page(browser, stub_server, accept_downloads=True)
    upload_files(page, stub_server, "monday.mp4", "<img src=x onerror=alert(1)>.mp4")
    links = page.get_by_role("link", name="See the result")
    links.nth(1).wait_for(timeout=SLOW_MS)
    assert links.count() == 2
    assert page.locator(".queue img").count() == 0
    page.get_by_role("link", name="See the result of monday.mp4").click()
    page.get_by_role("heading", level=1).get_by_text("left corner of your mouth").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download all as a zip").click()
    archive = zipfile.ZipFile(waiting.value.path())
    rows = list(csv.DictReader(io.StringIO(archive.read("summary.csv").decode())))
    assert [(row["video"], row["tremor_side"]) for row in rows] == [("monday.mp4", "left")]
    measures = list(csv.DictReader(io.StringIO(archive.read("measures.csv").decode())))
    assert {row["side"] for row in measures} == {"left", "right", "both"}
    page.get_by_role("button", name="Delete this recording").click()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_text("1 recording", exact=True).wait_for()
    assert len(stub_server.get("/recordings")) == 1
    assert len(list((stub_server.folder / "recordings").iterdir())) == 1


def test_a_mirrored_selfie(stub_server, browser, open_page):
    page = open_page(browser, stub_server)
    page.goto(f"{stub_server.url}/#/upload")
    page.get_by_label("These videos are mirrored").check()
    page.set_input_files("#files", [{"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"v"}])
    page.get_by_role("link", name="See the result").wait_for(timeout=SLOW_MS)
    assert stub_server.get("/recordings")[0]["result"]["tremor_side"] == "right"


def test_videos_can_be_dropped_and_chosen_with_the_keyboard(stub_server, browser, open_page):
    page = open_page(browser, stub_server)
    # Asked for from the start: asked for beside the key press, a busy page may see the key first.
    page.on("filechooser", lambda _: None)
    page.goto(f"{stub_server.url}/#/upload")
    dropped = page.evaluate_handle(
        """() => {
          const data = new DataTransfer();
          for (const name of ["one.mp4", "two.mov"]) data.items.add(new File(["video"], name));
          data.items.add(new File([], "empty.mp4"));
          return data;
        }"""
    )
    page.dispatch_event(".drop", "dragover", {"dataTransfer": dropped})
    assert page.locator(".drop.over").count() == 1
    page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    page.get_by_text("This file is empty.", exact=True).wait_for()
    page.get_by_role("button", name="Choose videos").focus()
    assert page.evaluate("document.activeElement.textContent") == "Choose videos"
    with page.expect_file_chooser() as waiting:
        page.keyboard.press("Enter")
    waiting.value.set_files([{"name": "three.mp4", "mimeType": "video/mp4", "buffer": b"video"}])
    page.get_by_role("link", name="See the result").nth(2).wait_for(timeout=SLOW_MS)
    names = {entry["name"] for entry in stub_server.get("/recordings")}
    assert names == {"one.mp4", "two.mov", "three.mp4"}


def test_a_reload_during_the_analysis_shows_it_again(tmp_path, browser, open_page):
    server = Server(tmp_path / "data", "web_stubs:by_content")
    server.start()
    try:
        page = open_page(browser, server)
        page.goto(f"{server.url}/#/upload")
        page.set_input_files(
            "#files", [{"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"slow video"}]
        )
        page.get_by_text("Measuring").wait_for(timeout=SLOW_MS)
        recording_id = server.get("/recordings")[0]["id"]
        page.goto(f"{server.url}/#/result/{recording_id}")
        page.reload()
        page.get_by_role("heading", name="Measuring…").wait_for()
        # Killed in mid-job, the server takes the job up again.
        server.kill()
        server.start()
        page.get_by_text("Measuring").first.wait_for(timeout=SLOW_MS)
        assert server.wait_for(recording_id, "running")["job"]["attempts"] == 2
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("heading", name="Cancelled").wait_for()
        server.stop()
    finally:
        server.kill()


def test_questions_are_kept_and_reasons_shown(seeded_server, browser, open_page):
    page = open_page(browser, seeded_server)
    entry = seeded_server.get("/recordings")[0]
    page.goto(f"{seeded_server.url}/#/result/{entry['id']}")
    page.get_by_text("Questions about today").click()
    page.get_by_label("Numbness in my face").check()
    page.get_by_label("How many hours did you sleep last night?").fill("5.5")
    page.get_by_role("button", name="Save the answers").click()
    page.locator(".urgent").wait_for()
    page.reload()
    page.locator(".urgent").wait_for(timeout=SLOW_MS)
    assert page.get_by_label("Numbness in my face").is_checked()
    assert seeded_server.get(f"/recordings/{entry['id']}/view")["context"] == {
        "sleep_h": 5.5, "symptoms": ["numbness"],
    }  # fmt: skip


def test_history_and_comparison(seeded_server, browser, open_page):
    page = open_page(browser, seeded_server)
    page.goto(f"{seeded_server.url}/#/history")
    page.get_by_role("img", name="Tremor of the mouth corner").wait_for()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("link", name="Compare these two").click()
    page.get_by_role("heading", name="Then and now").wait_for()
    page.get_by_text("No clear change").first.wait_for()


def test_the_keyboard_alone_is_enough(seeded_server, browser, open_page):
    page = open_page(browser, seeded_server)
    page.goto(f"{seeded_server.url}/#/history")
    page.get_by_role("heading", name="History").wait_for()

    def press_until(selector, key="Tab", most=60):
        for _ in range(most):
            page.keyboard.press(key)
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"the keyboard never reached {selector}")

    press_until(".recordings .answer")
    page.keyboard.press("Enter")
    page.locator(".answer-card").wait_for()
    assert page.evaluate("document.activeElement.tagName") in ("H1", "BODY")
    press_until(".pattern summary")
    page.keyboard.press("Enter")
    press_until("details:has(.events) > summary", key="Shift+Tab")
    page.keyboard.press("Enter")
    press_until(".events button")
    page.keyboard.press("Enter")
    press_until("section.card button.danger")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Keep it"
    page.keyboard.press("Escape")
    assert len(seeded_server.get("/recordings")) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_axe_finds_no_serious_fault(seeded_server, browser, open_page, scheme, viewport):
    page = open_page(
        browser, seeded_server, viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
    )
    ids = [entry["id"] for entry in seeded_server.get("/recordings")]
    views = ["record", "upload", "history", f"result/{ids[0]}", f"compare/{ids[0]}/{ids[1]}"]
    for view in views:
        page.goto(f"{seeded_server.url}/#/{view}")
        page.locator("main .card").first.wait_for()
        time.sleep(0.7)
        for summary in page.locator("summary").all():
            summary.click()
        check_accessible(page, viewport, view)
