"""The WebSocket of live guidance: small pictures in, advice out, the latest picture wins."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import anyio
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from tremorcam.apps.web.security import TOKEN_PROTOCOL
from tremorcam.apps.web.settings import MAX_PICTURE_BYTES

if TYPE_CHECKING:
    from tremorcam.apps.web.guidance import Guide

router = APIRouter(prefix="/api")

MAX_SESSIONS = 10
BUSY, BAD_DATA = 1013, 1007


class _Latest:
    """Holds one picture: a newer one replaces it, since advice on an old one is worthless."""

    def __init__(self) -> None:
        self._picture: bytes | None = None
        self._arrived = asyncio.Event()

    def put(self, picture: bytes) -> None:
        self._picture = picture
        self._arrived.set()

    async def take(self) -> bytes:
        await self._arrived.wait()
        self._arrived.clear()
        picture, self._picture = self._picture, None
        return picture or b""


@router.websocket("/guidance")
async def guide(socket: WebSocket) -> None:
    """Advise on pictures as they come; answers carry the number of the picture they are for."""
    state = socket.app.state
    await socket.accept(subprotocol=_token_protocol(socket))
    if state.n_guided >= MAX_SESSIONS:
        await socket.close(BUSY, "too many cameras are open at once")
        return
    state.n_guided += 1
    try:
        guide = await run_in_threadpool(state.make_guide)
        try:
            await _converse(socket, guide)
        finally:
            # Also when the server ends, which cancels whatever waits.
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(guide.close)
    finally:
        state.n_guided -= 1


async def _converse(socket: WebSocket, guide: Guide) -> None:
    latest = _Latest()
    answering = asyncio.create_task(_answer(socket, guide, latest))
    try:
        with contextlib.suppress(WebSocketDisconnect):
            await _listen(socket, guide, latest)
    finally:
        answering.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            await answering


async def _listen(socket: WebSocket, guide: Guide, latest: _Latest) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if (picture := message.get("bytes")) is not None:
            if len(picture) > MAX_PICTURE_BYTES:
                await socket.close(BAD_DATA, "the picture is too large")
                return
            latest.put(picture)
        else:
            guide.hear(message.get("text") or "")


async def _answer(socket: WebSocket, guide: Guide, latest: _Latest) -> None:
    while True:
        picture = await latest.take()
        await socket.send_json(await run_in_threadpool(guide.observe, picture))


def _token_protocol(socket: WebSocket) -> str | None:
    offered: list[str] = socket.scope.get("subprotocols", [])
    return next((each for each in offered if each.startswith(TOKEN_PROTOCOL)), None)
