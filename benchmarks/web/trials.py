"""Try on a real server what must never bring it down; print what came of it as a table.

    python benchmarks/web/trials.py [NAME ...]

The trial of a full disk mounts a small one of its own, for which it needs Linux and either root
or user namespaces (``unshare``).
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from serving import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MB = 1024**2
STUB = "web_stubs:by_content"
SMALL_DISK_MB = 480


def call(
    server: Server,
    method: str,
    path: str,
    body: bytes | Iterator[bytes] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, object]:
    """Send one request; status and what was answered."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.request(method, f"/api{path}", body, headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    return answer.status, json.loads(content) if is_json and content else content


def upload(server: Server, content: bytes, name: str = "a.mp4") -> tuple[int, object]:
    return call(server, "POST", f"/uploads?name={name}", content)


def blocks(n_bytes: int, sent: list[int]) -> Iterator[bytes]:
    """Give a body piece by piece, noting how much was taken."""
    block = b"tremor  " * (MB // 8)
    for _ in range(n_bytes // MB):
        sent[0] += MB
        yield block


def n_stored(server: Server) -> int:
    return len(list((server.folder / "recordings").iterdir()))


def try_two_gigabytes(server: Server) -> str:
    sent = [0]
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    begun = time.monotonic()
    length = {"content-length": str(2048 * MB)}
    status, entry = call(server, "POST", "/uploads?name=long.mp4", blocks(2048 * MB, sent), length)
    took_s = time.monotonic() - begun
    peak = int(
        next(
            line.split()[1]
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
            if line.startswith("VmHWM")
        )
    )
    size = entry["size_bytes"]
    call(server, "DELETE", f"/recordings/{entry['id']}")
    return (
        f"{status}; {size / MB:.0f} MB stored in {took_s:.0f} s; the server's memory rose from "
        f"{before / MB:.0f} to at most {peak / 1024:.0f} MB; after deletion "
        f"{n_stored(server)} folders are left"
    )


def try_three_gigabytes_declared(server: Server) -> str:
    status, told = call(
        server, "POST", "/uploads?name=a.mp4", b"", {"content-length": str(3072 * MB)}
    )
    return f"{status} before anything is sent: “{told['detail']}”; {n_stored(server)} folders"


def try_three_gigabytes_undeclared(server: Server) -> str:
    sent = [0]
    try:
        answer = str(call(server, "POST", "/uploads?name=a.mp4", blocks(3072 * MB, sent))[0])
    except OSError as error:
        answer = f"cut off ({type(error).__name__})"
    return f"{answer} after {sent[0] / MB:.0f} MB; {n_stored(server)} folders are left"


def try_200_uploads(server: Server) -> str:
    def send(number: int) -> int:
        return upload(server, f"poor {number} ".encode() * 100_000, f"{number}.mp4")[0]

    begun = time.monotonic()
    with ThreadPoolExecutor(200) as pool:
        statuses = list(pool.map(send, range(200)))
    took_s = time.monotonic() - begun
    entries = server.get("/recordings")
    right = sum(
        (server.folder / "recordings" / entry["id"] / "video.mp4").read_bytes()
        == f"poor {entry['name'].removesuffix('.mp4')} ".encode() * 100_000
        for entry in entries
    )
    queued = len({entry["job"]["id"] for entry in entries})
    return (
        f"{statuses.count(201)} of 200 answered 201 within {took_s:.0f} s; {right} stored byte "
        f"for byte; {queued} jobs"
    )


def worker_of(server: Server) -> psutil.Process:
    """Find the server's child that is no helper of multiprocessing's."""
    children = psutil.Process(server.process.pid).children()
    return next(child for child in children if "spawn_main" in " ".join(child.cmdline()))


def try_a_killed_worker(server: Server) -> str:
    _, slow = upload(server, b"slow video")
    _, fine = upload(server, b"fine video")
    server.wait_for(slow["id"], "running")
    end = time.monotonic() + 60
    while server.get(f"/recordings/{slow['id']}")["job"]["progress"] < 0.003:
        assert time.monotonic() < end
        time.sleep(0.1)
    worker_of(server).send_signal(signal.SIGKILL)
    failed = server.wait_for(slow["id"], "failed")["job"]
    done = server.wait_for(fine["id"], "done", "failed")["job"]
    return f"its job: {failed['status']}, “{failed['error']}”; the next one: {done['status']}"


def try_a_restart(server: Server) -> str:
    _, slow = upload(server, b"slow video")
    _, fine = upload(server, b"fine video")
    server.wait_for(slow["id"], "running")
    server.kill()
    video = server.folder / "recordings" / slow["id"] / "video.mp4"
    video.write_bytes(b"fine after all")
    server.start()
    ended = [server.wait_for(each["id"], "done", "failed")["job"] for each in (slow, fine)]
    return ", ".join(f"{job['status']} at attempt {job['attempts']}" for job in ended)


def fill_disk(server: Server) -> Path:
    """Take all the space that is left; delete the file to give it back."""
    filler = server.folder.parent / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return filler


def try_a_full_disk(server: Server) -> str:
    """Fill the disk during a recording, an upload and an analysis; then make room."""
    said = []
    begun = {"protocol": "quick", "mime_type": "video/mp4"}
    _, earlier = upload(server, b"fine video" * 100_000, "earlier.mp4")
    server.wait_for(earlier["id"], "done")
    _, live = call(server, "POST", "/recordings", json.dumps(begun).encode(), JSON)
    first = call(server, "PUT", f"/recordings/{live['id']}/chunks/0", b"a" * MB)[1]
    _, slow = upload(server, b"slow video", "slow.mp4")
    server.wait_for(slow["id"], "running")
    filler = fill_disk(server)
    chunk = call(server, "PUT", f"/recordings/{live['id']}/chunks/{first['size_bytes']}", b"b" * MB)
    said.append(f"a chunk of a recording: {chunk[0]}, “{chunk[1]['detail']}”")
    said.append(f"an upload: {upload(server, b'video')[0]}")
    said.append(f"the page: {call(server, 'GET', '/recordings')[0]}")
    video = server.folder / "recordings" / slow["id"] / "video.mp4"
    video.open("r+b").write(b"fine ")
    kept = (server.folder / "recordings" / live["id"] / "video.mp4").stat().st_size
    said.append(f"{kept / MB:.0f} MB of the recording kept")
    deleted = call(server, "DELETE", f"/recordings/{earlier['id']}")
    said.append(f"deleting another: {deleted[0]}")
    assert server.process.poll() is None
    filler.unlink()
    again = call(server, "PUT", f"/recordings/{live['id']}/chunks/{first['size_bytes']}", b"b" * MB)
    said.append(f"with room again the same chunk: {again[0]}")
    ended = server.wait_for(slow["id"], "failed", "done")["job"]
    said.append(f"the analysis meanwhile: {ended['status']} {ended['error']}")
    return "; ".join(said)


def try_an_analysis_on_a_full_disk(server: Server) -> str:
    """Let an analysis end on a full disk, and one be asked for; then make room."""
    said = []
    _, running = upload(server, b"slow video")
    _, waiting = upload(server, b"slow video")
    server.wait_for(running["id"], "running")
    filler = fill_disk(server)
    again = call(server, "POST", f"/recordings/{waiting['id']}/analyze")
    said.append(f"asked to measure another: {again[0]}")
    cancelled = call(server, "POST", f"/recordings/{waiting['id']}/cancel")
    said.append(f"to cancel it: {cancelled[0]}")
    for each in (running, waiting):
        (server.folder / "recordings" / each["id"] / "video.mp4").open("r+b").write(b"fine ")
    worker = worker_of(server)
    worker.send_signal(signal.SIGKILL)
    time.sleep(8)
    said.append(f"its worker killed: {server.get('/recordings')[1]['job']['status']}")
    filler.unlink()
    ended = server.wait_for(running["id"], "failed", "done")["job"]
    said.append(f"with room again: {ended['status']}, “{ended['error']}”")
    ended = server.wait_for(waiting["id"], "failed", "done", "cancelled")["job"]
    said.append(f"and the other: {ended['status']} {ended['error']}")
    return "; ".join(said)


JSON = {"content-type": "application/json"}
TRIALS: dict[str, tuple[str, Callable[[Server], str]]] = {
    "2gb": ("An upload of exactly 2 GB", try_two_gigabytes),
    "3gb": ("A body of 3 GB that says so", try_three_gigabytes_declared),
    "3gb-chunked": ("A body of 3 GB that does not say so", try_three_gigabytes_undeclared),
    "200": ("200 uploads of 1 MB at once", try_200_uploads),
    "worker": ("A worker killed in mid-job, another job waiting", try_a_killed_worker),
    "restart": ("The server killed in mid-job, and started again", try_a_restart),
    "disk": ("A disk that fills up meanwhile", try_a_full_disk),
    "disk-analysis": ("An analysis on a full disk", try_an_analysis_on_a_full_disk),
}
ON_SMALL_DISK = ("disk", "disk-analysis")


def run(name: str, folder: Path) -> str:
    """Run one trial with a server of its own."""
    server = Server(folder / "data", STUB)
    server.start()
    try:
        found = TRIALS[name][1](server)
        server.get("/recordings")
        return f"{found}; the server lives"
    finally:
        server.kill()


def run_on_small_disk(name: str) -> str:
    """Run a trial anew in a namespace that has a small disk."""
    with tempfile.TemporaryDirectory() as folder:
        mount = f"mount -t tmpfs -o size={SMALL_DISK_MB}m tmpfs {folder}"
        inside = [sys.executable, __file__, "--inside", folder, name]
        done = subprocess.run(
            ["unshare", "--map-root-user", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh",
             *inside],
            stdout=subprocess.PIPE, text=True, check=False, env=os.environ,
        )  # fmt: skip
    return done.stdout.strip() or f"could not be tried (code {done.returncode})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TRIALS))
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        print(run(asked.names[0], asked.inside))
        return
    print("| what was done | what came of it |\n|---|---|")
    for name in asked.names or TRIALS:
        if name in ON_SMALL_DISK:
            found = run_on_small_disk(name)
        else:
            with tempfile.TemporaryDirectory() as folder:
                found = run(name, Path(folder))
        print(f"| {TRIALS[name][0]} | {found} |", flush=True)


if __name__ == "__main__":
    main()
