"""Install as a new user would, record the quick test, and see how long it takes to a result.

    python benchmarks/web/new_user.py [--clip camera.mjpeg]

Everything is new but pip's cache: a virtual environment, the data folder, the browser's
profile. The person's clicks are made at once; the camera is Chromium's fake one.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import fake_camera
from playwright.sync_api import sync_playwright
from serving import wait_until_it_answers

ROOT = Path(__file__).parents[2]
PORT = 8431
SLOW_MS = 240_000


class Clock:
    """Prints how long each step took, and all of them."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()

    def tell(self, step: str) -> None:
        now = time.monotonic()
        print(f"{step:40} {now - self._last:6.1f} s  {now - self._begun:6.1f} s", flush=True)
        self._last = now


def use_the_page(url: str, clip: Path, clock: Clock) -> str:
    """Click what a person would click; the answer that is shown."""
    with sync_playwright() as playwright:
        browser = fake_camera.launch_browser(playwright, clip)
        page = browser.new_page()
        page.set_default_timeout(SLOW_MS)
        page.goto(url)
        page.get_by_role("button", name="Open the camera").click()
        page.wait_for_selector(".checks .ok")
        clock.tell("the camera is open, the face is found")
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/#/result/*")
        clock.tell("the quick test is recorded")
        page.wait_for_selector(".answer-card")
        clock.tell("the answer is there")
        answer = page.get_by_role("heading", level=1).inner_text()
        browser.close()
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", type=Path, help="made there if it does not exist")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        clip = asked.clip if asked.clip and asked.clip.exists() else fake_camera.make_clip(work)
        print(f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        clock = Clock()
        subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
        programs = work / "venv" / "bin"
        subprocess.run(
            [programs / "pip", "install", "-q", "--disable-pip-version-check", "-c",
             ROOT / "constraints.txt", ROOT],
            check=True,
        )  # fmt: skip
        clock.tell("pip install")
        server = subprocess.Popen(
            [programs / "tremorcam", "serve", "--no-browser", "--port", str(PORT), "--data",
             work / "data"],
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            cwd=work,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{PORT}/"
            wait_until_it_answers(url)
            clock.tell("tremorcam serve, the page is there")
            print(use_the_page(url, clip, clock))
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


if __name__ == "__main__":
    main()
