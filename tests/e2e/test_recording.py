"""A person records the guided test; what comes out is held against the rendered truth."""

import json

import numpy as np
import pytest
from fake_camera import BEGIN_AT_S, CLICK_WHEN_SHOWN_JS, RATE_HZ, TREMOR_MM, Recorded
from serving import Server

from tremorcam.apps.protocols import load_protocols

from .conftest import LAPTOP, PHONE, SLOW_MS, check_accessible

pytestmark = pytest.mark.slow
MOST_LAG = 0.05
"""A fake camera that lags more, or jumps, is that of a machine too busy for this."""


@pytest.fixture
def real_server(tmp_path):
    server = Server(tmp_path / "data", "tremorcam.pipeline:analyze")
    server.start()
    yield server
    server.kill()


def open_camera(page, server):
    page.goto(server.url)
    page.get_by_role("button", name="Open the camera").click()
    page.wait_for_selector(".checks .ok", timeout=SLOW_MS)


def begin(page):
    page.get_by_role("button", name="Start").click()
    page.wait_for_selector(".stage .say", timeout=SLOW_MS)


def begin_when_the_clip_is_at(page, clip_s):
    """Start at a moment of the clip, as seen in the page's own picture."""
    first = round(clip_s * RATE_HZ)
    page.evaluate(CLICK_WHEN_SHOWN_JS, [".side .start button", first, first + 30])
    page.wait_for_selector(".stage .say", timeout=SLOW_MS)


def wait_for_words(page, words):
    """Wait until the test says this; the list of its steps holds the same words."""
    page.locator(".say", has_text=words).wait_for(timeout=SLOW_MS)


def video_of(server, recording_id):
    return next((server.folder / "recordings" / recording_id).glob("video.*"))


def test_the_quick_test_measures_the_truth(real_server, camera_browser, open_page):
    page = open_page(camera_browser, real_server, viewport=LAPTOP)
    open_camera(page, real_server)
    begin_when_the_clip_is_at(page, BEGIN_AT_S)
    page.wait_for_url("**/#/result/*", timeout=SLOW_MS)
    latencies = page.evaluate("document.documentElement.guidanceLatencies")
    recording_id = page.url.rsplit("/", 1)[1]
    entry = real_server.wait_for(recording_id, "done", "failed")
    assert entry["job"]["status"] == "done", entry["job"]["error"]
    page.wait_for_selector(".answer-card", timeout=SLOW_MS)

    view = real_server.get(f"/recordings/{recording_id}/view")
    held = next(phase for phase in view["phases"] if phase["phase"] == "hold")
    recorded = Recorded(video_of(real_server, recording_id))
    speed = recorded.speed(held["onset_s"], held["offset_s"])
    result = entry["result"]
    print(
        f"{json.dumps(result)}\nclip at {speed:.4f} of its speed, {recorded.n_missing} "
        f"of {len(recorded.numbers)} pictures missing; guidance: median "
        f"{np.median(latencies):.0f} ms over {len(latencies)} answers"
    )
    assert [cue["task"] for cue in entry["cues"]] == ["neutral", "full_smile", "rest"]
    asked = [cue["offset_s"] - cue["onset_s"] for cue in entry["cues"]]
    assert asked == pytest.approx([5, 15, 5], abs=0.3)
    cue = entry["cues"][1]
    assert cue["onset_s"] <= held["onset_s"] < held["offset_s"] <= cue["offset_s"] + 0.1

    account = json.loads((video_of(real_server, recording_id).parent / "capture.json").read_text())
    assert (account["settings"]["width"], account["settings"]["height"]) == (1280, 720)
    assert account["bits_per_second"] >= 12_000_000
    assert account["frame_columns"][1] == "media_time_s"
    assert len(account["frames"]) > 200
    seek_by_the_time_line(page)

    if abs(speed - 1) > MOST_LAG:
        # What was filmed is then no tremor of one frequency any more.
        pytest.skip(f"this machine played the camera at {speed:.2f} of its speed")
    assert (result["tremor_side"], result["detected"]) == ("left", True)
    assert result["frequency_hz"] == pytest.approx(
        recorded.tremor_hz(held["onset_s"], held["offset_s"]), abs=0.2
    )
    assert result["amplitude_p2p_mm"] == pytest.approx(2 * TREMOR_MM, rel=0.15)


def seek_by_the_time_line(page):
    """Click on the middle of a lane: the video jumps there."""
    lane = page.locator("svg.lane").first
    lane.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.screen video').duration > 20")
    box = lane.bounding_box()
    lane.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    page.wait_for_function(
        "Math.abs(document.querySelector('.screen video').currentTime - 12.5) < 1.5"
    )


def test_a_reload_in_the_middle_loses_at_most_the_last_seconds(tmp_path, camera_browser, open_page):
    server = Server(tmp_path / "data", "web_stubs:quick")
    server.start()
    try:
        page = open_page(camera_browser, server)
        page.on("dialog", lambda dialog: dialog.accept())
        open_camera(page, server)
        begin(page)
        wait_for_words(page, "Smile fully")
        page.wait_for_timeout(2000)
        while not server.get("/recordings")[0]["cues"]:
            page.wait_for_timeout(100)
        page.reload()
        entry = server.get("/recordings")[0]
        assert entry["state"] == "receiving"
        assert [cue["task"] for cue in entry["cues"]] == ["neutral"]
        # Killed and started again, the server still has it.
        server.kill()
        server.start()
        recorded = Recorded(video_of(server, entry["id"]))
        assert recorded.time_s[-1] - recorded.time_s[0] > 4.5
        page.goto(f"{server.url}/#/history")
        page.get_by_role("button", name="Measure what was recorded").click()
        assert server.wait_for(entry["id"], "done", "failed")["job"]["status"] == "done"
        page.get_by_role("link", name="the left corner of your mouth").wait_for()
    finally:
        server.kill()


def test_pause_repeat_and_stop(tmp_path, camera_browser, open_page):
    pace = 0.4
    server = Server(tmp_path / "data", "web_stubs:quick", pace=pace)
    server.start()
    try:
        page = open_page(camera_browser, server)
        open_camera(page, server)
        begin(page)
        page.get_by_role("button", name="Pause").click()
        wait_for_words(page, "Paused")
        page.get_by_role("button", name="Go on").click()
        wait_for_words(page, "Smile fully")
        page.get_by_role("button", name="Repeat this step").click()
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Keep it").click()
        page.wait_for_url("**/#/result/*", timeout=SLOW_MS)
        cues = server.get("/recordings")[0]["cues"]
    finally:
        server.kill()
    assert [cue["task"] for cue in cues] == [
        "interrupted", "pause", "neutral", "interrupted", "interrupted", "pause", "full_smile",
        "rest",
    ]  # fmt: skip
    edges = [cue["onset_s"] for cue in cues[1:]], [cue["offset_s"] for cue in cues[:-1]]
    assert edges[0] == pytest.approx(edges[1], abs=0.2)
    whole = {cue["task"]: cue["offset_s"] - cue["onset_s"] for cue in cues}
    assert whole["neutral"] == pytest.approx(5 * pace, abs=0.3)
    assert whole["full_smile"] == pytest.approx(15 * pace, abs=0.3)


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(LAPTOP, "light"), (PHONE, "dark")], ids=["laptop", "phone"]
)
def test_stopping_throws_the_recording_away_and_axe_finds_no_fault(
    tmp_path, camera_browser, open_page, viewport, scheme
):
    server = Server(tmp_path / "data", "web_stubs:quick")
    server.start()
    try:
        page = open_page(
            camera_browser, server, viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
        )
        open_camera(page, server)
        check_accessible(page, viewport, "before the test")
        begin(page)
        check_accessible(page, viewport, "during the test")
        page.get_by_role("button", name="Stop").click()
        check_accessible(page, viewport, "asked whether to stop")
        page.get_by_role("button", name="Stop and throw away").click()
        page.get_by_role("button", name="Open the camera").wait_for()
        assert server.get("/recordings") == []
        assert list((server.folder / "recordings").iterdir()) == []
    finally:
        server.kill()


def test_the_full_test_by_the_keyboard_alone(stub_server, camera_browser, open_page):
    page = open_page(camera_browser, stub_server)
    page.goto(stub_server.url)
    page.get_by_role("heading", level=1).wait_for()

    def press_until(selector, key="Tab"):
        for _ in range(30):
            page.keyboard.press(key)
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"the keyboard never reached {selector}")

    press_until("input[name=protocol]")
    page.keyboard.press("ArrowDown")
    press_until("button.primary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".checks .ok", timeout=SLOW_MS)
    press_until(".card.side .start button")
    page.keyboard.press("Enter")
    wait_for_words(page, "Relax your face")
    # The space bar pauses, and goes on, wherever the focus is not on a button.
    page.keyboard.press("Space")
    wait_for_words(page, "Paused")
    page.keyboard.press("Space")
    page.wait_for_url("**/#/result/*", timeout=SLOW_MS)
    entry = stub_server.get("/recordings")[0]
    done = [cue["task"] for cue in entry["cues"] if cue["task"] not in ("interrupted", "pause")]
    assert done == [step.task for step in load_protocols()["full"].steps]
    assert entry["protocol"] == "full"
