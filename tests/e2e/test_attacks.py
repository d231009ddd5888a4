"""What an attacker at this machine or in a foreign page sends: the server answers on."""

import asyncio
import contextlib
import gzip
import json
import socket
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import websockets

pytestmark = pytest.mark.slow
HOSTILE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
    "a method unheard of": b"BREW /api/recordings HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "two lengths": b"POST /api/uploads?name=a.mp4 HTTP/1.1\r\nHost: {host}\r\n"
    b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nvideo",
    "a length and pieces": b"POST /api/uploads?name=a.mp4 HTTP/1.1\r\nHost: {host}\r\n"
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST /api/uploads?name=a.mp4 HTTP/1.1\r\nHost: {host}\r\n"
    b"Content-Length: -1\r\n\r\nvideo",
    "a piece without end": b"POST /api/uploads?name=a.mp4 HTTP/1.1\r\nHost: {host}\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFFF\r\nvideo",
    "a giant header": b"GET /api/config HTTP/1.1\r\nHost: {host}\r\n"
    b"X: " + b"a" * 200_000 + b"\r\n\r\n",
    "ten thousand headers": b"GET /api/config HTTP/1.1\r\nHost: {host}\r\n"
    + b"X: a\r\n" * 10_000 + b"\r\n",
    "another machine's address": b"GET http://evil.example/api/recordings HTTP/1.1\r\n"
    b"Host: evil.example\r\n\r\n",
    "a split line": b"GET /api/recordings\r\nHost: evil.example HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "zeros in the path": b"GET /api/\x00/recordings HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "no host": b"GET /api/recordings HTTP/1.1\r\n\r\n",
    "the old protocol": b"GET /api/recordings HTTP/1.0\r\n\r\n",
}  # fmt: skip


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def request(server, path, **more):
    sent = urllib.request.Request(f"{server.url}{path}", **more)
    with urllib.request.urlopen(sent, timeout=60) as answer:
        return json.load(answer)


def settle(server, ids):
    """Wait until no more recordings than these are known, or on the disk."""
    for _ in range(300):
        known = [entry["id"] for entry in server.get("/recordings")]
        stored = [path.name for path in (server.folder / "recordings").iterdir()]
        if known == stored == ids:
            return
        time.sleep(0.2)
    raise AssertionError(f"{known} known and {stored} stored, not {ids}")


def test_malformed_requests_open_nothing(stub_server):
    for what, raw in HOSTILE.items():
        with connect(stub_server) as attacker:
            host = f"127.0.0.1:{stub_server.port}".encode()
            with contextlib.suppress(ConnectionError):
                attacker.sendall(raw.replace(b"{host}", host))
                attacker.shutdown(socket.SHUT_WR)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while piece := attacker.recv(65536):
                    answer += piece
        assert not answer or answer.split()[1] in (b"400", b"403", b"404", b"405", b"431"), what
        settle(stub_server, [])
    print(f"{len(HOSTILE)} kinds of malformed requests refused")


def test_slow_senders_keep_nobody_waiting_and_leave_nothing(stub_server):
    host = f"127.0.0.1:{stub_server.port}"
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(stub_server)) for _ in range(60)]
        for number, sender in enumerate(slow):
            half = f"POST /api/uploads?name=slow{number}.mp4 HTTP/1.1\r\nHost: {host}\r\n"
            sender.sendall(half.encode())
            if number % 2:
                sender.sendall(b"Content-Length: 1000000\r\n\r\n" + b"x" * 1000)
        assert request(stub_server, "/api/config")["version"]
        sent = request(stub_server, "/api/uploads?name=good.mp4", data=b"video", method="POST")
    # The senders are gone now.
    assert stub_server.wait_for(sent["id"], "done", "failed")["job"]["status"] == "done"
    settle(stub_server, [sent["id"]])


def test_what_unpacks_to_much_is_not_unpacked(stub_server):
    bomb = gzip.compress(bytes(200_000_000), 9)
    headers = {"content-encoding": "gzip"}
    entry = request(
        stub_server, "/api/uploads?name=bomb.mp4", data=bomb, method="POST", headers=headers
    )
    assert entry["size_bytes"] == len(bomb)
    before = psutil.Process(stub_server.process.pid).memory_info().rss

    async def send():
        url = f"ws://127.0.0.1:{stub_server.port}/api/guidance"
        async with websockets.connect(url, origin=stub_server.url, compression="deflate") as it:
            await it.send(bytes(200_000_000))
            with contextlib.suppress(websockets.ConnectionClosed):
                await it.recv()
            return it.close_code

    # The browser's tests run an event loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, send()).result() == 1009  # too big
    after = psutil.Process(stub_server.process.pid).memory_info().rss
    # The finder of live guidance takes some; what was sent would have taken 200 MB.
    assert after - before < 150_000_000
    assert request(stub_server, "/api/config")["version"]
