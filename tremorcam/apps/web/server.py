"""Starting and ending the server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sqlite3
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

import uvicorn

from tremorcam.apps.web.app import create_app, load_slow_modules
from tremorcam.apps.web.settings import MAX_PICTURE_BYTES
from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tremorcam.apps.web.settings import WebSettings
    from tremorcam.store import DataFolder


def serve(settings: WebSettings, *, open_browser: bool) -> None:
    """Run the server until it is interrupted.

    Raises
    ------
    TremorcamError
        If the port or the data folder is in use already.
    """
    os.umask(0o077)
    with _only_server_of(settings.folder), _listening_socket(settings) as listening:
        config = uvicorn.Config(
            create_app(settings),
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            ws_max_size=2 * MAX_PICTURE_BYTES,
            timeout_graceful_shutdown=3,
        )
        server = _Announcing(config, settings, open_browser=open_browser)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(server.serve(sockets=[listening]))


class _Announcing(uvicorn.Server):
    """Says where the page is, and opens it, once it can be opened."""

    def __init__(
        self, config: uvicorn.Config, settings: WebSettings, *, open_browser: bool
    ) -> None:
        super().__init__(config)
        self._settings = settings
        self._open_browser = open_browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        sys.stderr.write(
            f"Tremorcam is at {self._settings.url}  (Ctrl-C ends it)\n"
            f"Recordings and results stay in {self._settings.folder.root}\n"
        )
        # Loaded while the person looks at the page, not when they wait for a result.
        threading.Thread(target=load_slow_modules, daemon=True).start()
        if self._open_browser:
            await asyncio.to_thread(webbrowser.open, self._settings.url)


@contextlib.contextmanager
def _listening_socket(settings: WebSettings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, settings.port))
        except OSError as error:
            raise TremorcamError(
                f"port {settings.port} of {settings.host} cannot be used "
                f"({error.strerror or error}); perhaps Tremorcam is running already: open "
                f"{settings.url}, or choose another port with --port"
            ) from error
        listening.listen(128)
        yield listening


@contextlib.contextmanager
def _only_server_of(folder: DataFolder) -> Iterator[None]:
    """Hold a lock that the system releases however the program ends.

    Two servers on one folder would take each other's running jobs for interrupted ones.
    SQLite's file locks do the same on every system.
    """
    lock = sqlite3.connect(folder.root / "server.lock", timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise TremorcamError(
            f"another Tremorcam uses the data folder {folder.root}; use that one, or choose "
            "another folder with --data"
        ) from error
    try:
        yield
    finally:
        lock.close()
