"""A real server in a process of its own, for the browser tests and for trials."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

TESTS = Path(__file__).parent


def wait_until_it_answers(url, timeout_s=300):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=30).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


class Server:
    """A server in a process of its own, that can be killed and started again."""

    def __init__(self, folder, analyzer, *, pace=1.0):
        self.folder, self.analyzer, self.pace = folder, analyzer, pace
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.wrapper = []

    def start(self):
        paths = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            [*self.wrapper, sys.executable, TESTS / "run_server.py", self.folder,
             str(self.port), self.analyzer, str(self.pace)],
            env=os.environ | {"PYTHONPATH": paths},
            start_new_session=True,
        )  # fmt: skip
        wait_until_it_answers(f"{self.url}/api/config")

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
