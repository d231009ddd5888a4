"""Measure whether live guidance answers in time during a recording, and costs no pictures.

    python benchmarks/web/guidance.py [--pairs 3] [--clip camera.mjpeg]

Chromium's fake camera plays a numbered clip of 720p at 30 pictures a second; the quick test is
recorded with guidance and, in turn, without. Which of the camera's pictures are in a recording
is read from their numbers.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import fake_camera
from playwright.sync_api import sync_playwright
from serving import Server

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_GUIDANCE = """
window.WebSocket = class { static OPEN = 1; readyState = 0; close() {} send() {} };
"""
SLOW_MS = 240_000


@dataclass(frozen=True)
class Run:
    """One recording: what its guidance took, and what it lost."""

    guided: bool
    latency_ms: tuple[float, ...]
    answers_per_s: float
    n_pictures: int
    n_missing: int
    load: float


def record(browser: Any, server: Server, *, guided: bool) -> Run:
    """Record the quick test once."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    if not guided:
        page.add_init_script(NO_GUIDANCE)
    page.goto(server.url)
    page.get_by_role("button", name="Open the camera").click()
    page.wait_for_selector(".checks .ok" if guided else "video")
    page.wait_for_timeout(3000)
    page.get_by_role("button", name="Start").click()
    page.locator(".say", has_text="Smile fully").wait_for()
    load = os.getloadavg()[0]
    page.wait_for_url("**/#/result/*")
    latency_ms = page.evaluate("document.documentElement.guidanceLatencies ?? []")
    recording_id = page.url.rsplit("/", 1)[1]
    context.close()
    server.wait_for(recording_id, "done", "failed")
    entry = server.get(f"/recordings/{recording_id}")
    asked_s = entry["cues"][-1]["offset_s"] - entry["cues"][0]["onset_s"]
    video = next((server.folder / "recordings" / recording_id).glob("video.*"))
    recorded = fake_camera.Recorded(video)
    return Run(
        guided=guided,
        latency_ms=tuple(latency_ms),
        answers_per_s=len(latency_ms) / asked_s,
        n_pictures=len(recorded.numbers),
        n_missing=recorded.n_missing,
        load=load,
    )


def table(runs: Iterable[Run]) -> str:
    """Results as Markdown."""
    lines = [
        "| guidance | answers a second | latency, median (90 %), ms | pictures recorded | missing "
        "| machine's load |",
        "|---|---|---|---|---|---|",
    ]
    for run in runs:
        median, most = np.percentile(run.latency_ms, [50, 90]) if run.guided else (0, 0)
        lines.append(
            f"| {'on' if run.guided else 'off'} "
            f"| {f'{run.answers_per_s:.1f}' if run.guided else '–'} "
            f"| {f'{median:.0f} ({most:.0f})' if run.guided else '–'} "
            f"| {run.n_pictures} | {run.n_missing} | {run.load:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--clip", type=Path, help="made there if it does not exist")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        folder = asked.clip.parent if asked.clip else Path(work)
        clip = asked.clip if asked.clip and asked.clip.exists() else fake_camera.make_clip(folder)
        server = Server(Path(work) / "data", "web_stubs:quick")
        server.start()
        browser = fake_camera.launch_browser(playwright, clip)
        try:
            record(browser, server, guided=True)  # warm
            runs = [
                record(browser, server, guided=guided)
                for _ in range(asked.pairs)
                for guided in (True, False)
            ]
            version = browser.version
        finally:
            browser.close()
            server.kill()
    print(
        f"{table(runs)}\n\nChromium {version}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores."
    )


if __name__ == "__main__":
    main()
