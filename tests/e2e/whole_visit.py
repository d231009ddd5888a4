"""All that a visit to the page asks for, in one process: ``whole_visit.py FOLDER VIDEO``.

Brings up the loopback device where it is down, as it is in a network namespace of its own,
starts a server with the real analysis, and prints what came of it as JSON.
"""

import contextlib
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 1
PORT = 18420
URL = f"http://127.0.0.1:{PORT}"
PAGE = ("/", "/static/index.html", "/api/config", "/api/recordings", "/api/openapi.json")
RESULT = ("view", "files", "files/measures.csv", "files/analysis.log", "report", "archive", "video")


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack("16xh14x", fcntl.ioctl(any_socket, GET_FLAGS, request))
        if not flags & UP:
            fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", flags | UP))


def get(path):
    with urllib.request.urlopen(URL + path, timeout=60) as answer:
        return answer.read()


def wait_until(found, seconds=500):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if (answer := found()) is not None:
                return answer
        time.sleep(0.5)
    raise TimeoutError


def visit(video):
    for path in PAGE:
        get(path)
    sent = urllib.request.Request(
        f"{URL}/api/uploads?name=smile.mp4", data=video.read_bytes(), method="POST"
    )
    with urllib.request.urlopen(sent, timeout=60) as answer:
        path = f"/api/recordings/{json.load(answer)['id']}"

    def ended():
        job = json.loads(get(path))["job"]
        return job if job["status"] in ("done", "failed") else None

    job = wait_until(ended)
    told = urllib.request.Request(f"{URL}{path}/context", data=b'{"caffeine_mg": 80}', method="PUT")
    told.add_header("content-type", "application/json")
    urllib.request.urlopen(told, timeout=60).close()
    return job, {part: len(get(f"{path}/{part}")) for part in RESULT}


if __name__ == "__main__":
    folder, video = Path(sys.argv[1]), Path(sys.argv[2])
    raise_loopback()
    os.umask(0)
    server = subprocess.Popen(
        [sys.executable, Path(__file__).parents[1] / "run_server.py", folder, str(PORT),
         "tremorcam.pipeline:analyze", "1"]
    )  # fmt: skip
    try:
        wait_until(lambda: get("/api/config"))
        job, sizes = visit(video)
    finally:
        server.terminate()
        server.wait()
    print(json.dumps({"job": job["status"], "error": job["error"], "sizes": sizes}))
