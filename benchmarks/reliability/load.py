"""A soak: uploads by the dozen beside open live sessions, and what the server takes meanwhile.

``python benchmarks/reliability/load.py --minutes 5`` starts a server on this machine whose
analyses are stubs (the queue, the processes and the database are real), sends 50 videos at once,
again and again, while 10 sessions of live guidance send pictures, and tells after every round
what the server holds. It fails if a job is lost, ends wrongly or out of order, or if memory,
open files or threads of the server grow from round to round.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import numpy as np
import psutil
import websockets
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from serving import Server

UPLOADS, SESSIONS = 50, 10
MEMORY_GROWTH = 0.05


def jpeg(seed: int) -> bytes:
    """Draw a small picture of nothing."""
    file = io.BytesIO()
    grey = np.random.default_rng(seed).integers(0, 255, (240, 320), dtype=np.uint8)
    Image.fromarray(grey).save(file, "JPEG")
    return file.getvalue()


def upload(server: Server, number: int) -> str:
    """Send one video, and give its id."""
    sent = urllib.request.Request(
        f"{server.url}/api/uploads?name=v{number}.mp4", data=b"poor video", method="POST"
    )
    with urllib.request.urlopen(sent, timeout=300) as answer:
        return json.load(answer)["id"]


async def session(server: Server, number: int, end_s: float, counts: dict[str, int]) -> None:
    """Send pictures and take each answer, a picture a second; connect anew as the page does.

    A server on a machine that is very busy takes a session for dead whose pong comes too late.
    """
    url = f"ws://127.0.0.1:{server.port}/api/guidance"
    while time.monotonic() < end_s:
        try:
            async with websockets.connect(url, origin=server.url, open_timeout=120) as socket:
                while time.monotonic() < end_s:
                    await socket.send(jpeg(number))
                    answer = json.loads(await asyncio.wait_for(socket.recv(), 120))
                    assert answer["box"] is None
                    counts["pictures"] += 1
                    await asyncio.sleep(1.0)
        except websockets.ConnectionClosed:
            counts["reconnected"] += 1
            await asyncio.sleep(1.0)


async def sessions(server: Server, end_s: float, counts: dict[str, int]) -> None:
    """Keep ten sessions open."""
    await asyncio.gather(*(session(server, n, end_s, counts) for n in range(SESSIONS)))


def held(server: Server) -> tuple[int, int, int]:
    """Memory in bytes, open files and threads of the server's own process."""
    process = psutil.Process(server.process.pid)
    return process.memory_info().rss, process.num_fds(), process.num_threads()


def one_round(server: Server, first: int, n: int) -> list[dict]:
    """Send videos at once, wait until all have ended, and delete them."""
    with ThreadPoolExecutor(n) as pool:
        ids = list(pool.map(lambda number: upload(server, number), range(first, first + n)))
    jobs = [server.wait_for(each, "done", "failed", timeout_s=1800)["job"] for each in ids]
    assert len(jobs) == n
    for job in jobs:
        assert job["status"] == "failed", job
        assert job["error"] == "there is no picture in it; export it again as MP4", job
    by_id = sorted(jobs, key=lambda job: job["id"])
    assert [job["finished_at"] for job in by_id] == sorted(job["finished_at"] for job in jobs)
    for each in ids:
        sent = urllib.request.Request(f"{server.url}/api/recordings/{each}", method="DELETE")
        urllib.request.urlopen(sent, timeout=60).close()
    return jobs


def main(minutes: float, n: int) -> None:
    """Run until the time is up, then judge."""
    counts = {"pictures": 0, "reconnected": 0}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", "web_stubs:by_content")
        server.start()
        try:
            began_s = time.monotonic()
            end_s = began_s + 60 * minutes
            talking = ThreadPoolExecutor(1).submit(
                lambda: asyncio.run(sessions(server, end_s, counts))
            )
            rounds, n_jobs = [], 0
            while time.monotonic() < end_s:
                if talking.done():  # a session has failed
                    break
                n_jobs += len(one_round(server, n_jobs, n))
                rounds.append(held(server))
                rss, files, threads = rounds[-1]
                print(f"{time.monotonic() - began_s:5.0f} s: {n_jobs} jobs ended, "
                      f"{counts['pictures']} pictures answered, {rss / 1e6:.0f} MB, "
                      f"{files} open files, {threads} threads", flush=True)  # fmt: skip
            talking.result()
            assert server.get("/recordings") == []
        finally:
            server.kill()
    versions = ", ".join(
        f"{p} {metadata.version(p)}" for p in ("tremorcam", "uvicorn", "starlette")
    )
    print(f"{n} uploads at once, {SESSIONS} live sessions ({versions}): {n_jobs} jobs, none lost, "
          f"all in order; {counts['pictures']} pictures answered, "
          f"{counts['reconnected']} times connected anew")  # fmt: skip
    # In the first quarter threads start and open their connections to the database, as many as
    # there may be; in the last round, sessions end and give back theirs.
    settled = rounds[max(1, len(rounds) // 4) : -1] if len(rounds) > 3 else rounds
    growth = settled[-1][0] / settled[0][0] - 1
    print(
        f"memory {100 * growth:+.1f} %, open files {settled[-1][1] - settled[0][1]:+d}, "
        f"threads {settled[-1][2] - settled[0][2]:+d} over {len(settled)} of {len(rounds)} rounds"
    )
    assert growth < MEMORY_GROWTH
    assert settled[-1][1] <= settled[0][1] + SESSIONS


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--uploads", type=int, default=UPLOADS)
    told = parser.parse_args()
    main(told.minutes, told.uploads)
