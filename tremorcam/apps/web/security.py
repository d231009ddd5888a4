"""The door: who may talk to the server, and what a browser may do with its pages.

A web page from anywhere can make a browser send requests to this machine. Each request and
each WebSocket is therefore checked before any route sees it:

- ``Host`` must name this server. A name of an attacker's that was pointed at 127.0.0.1 (DNS
  rebinding) does not, since only loopback names and literal addresses are taken.
- ``Origin`` and ``Sec-Fetch-Site``, which browsers send and pages cannot forge, must say
  that the request comes from this server's own page. A WebSocket must carry an ``Origin``.
- Where the server can be reached from other machines, everything below ``/api`` needs the
  token. There are no cookies that a foreign page could make use of.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

from tremorcam.apps.web.settings import MAX_BODY_BYTES, MAX_UPLOAD_BYTES, is_loopback

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tremorcam.apps.web.settings import WebSettings

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# A report carries its style and pictures inside; the sandbox keeps it from this origin.
REPORT_POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
TOKEN_PROTOCOL = "tremorcam.token."
"""Prefix of the WebSocket subprotocol that carries the token; browsers can set no header."""

_STREAMED = ("/api/uploads", "/chunks/")


class Door:
    """Checks every request and WebSocket, limits bodies and adds the security headers.

    Parameters
    ----------
    app : ASGI application
    settings : WebSettings
    """

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or turn it away with 401, 403 or 413."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, receive, send, *refusal)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._app(scope, _limited(scope, receive), _with_headers(scope, send))

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        headers = Headers(scope=scope)
        fault = self._foreign(scope, headers)
        if fault:
            return HTTPStatus.FORBIDDEN, fault
        if not self._has_token(scope, headers):
            return HTTPStatus.UNAUTHORIZED, "this server asks for its token"
        if scope["type"] == "http" and _declared_bytes(headers) > _limit_bytes(scope["path"]):
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(scope["path"])
        return None

    def _foreign(self, scope: Scope, headers: Headers) -> str | None:
        """Say why a request does not come from this server's own page; ``None`` if it does."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_own_host(hosts[0]):
            return "the Host header does not name this server"
        origins = headers.getlist("origin")
        if any(origin != f"http://{hosts[0]}" for origin in origins):
            return "the request comes from another web page"
        if scope["type"] == "websocket" and not origins:
            return "a WebSocket must say where it comes from"
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return "the request comes from another web page"
        return None

    def _is_own_host(self, host: str) -> bool:
        name, _, port = host.rpartition(":")
        if port != str(self._settings.port) or not name:
            return False
        name = name.removeprefix("[").removesuffix("]").lower()
        if self._settings.is_loopback:
            return is_loopback(name)
        return name == self._settings.host.lower() or is_loopback(name) or _is_address(name)

    def _has_token(self, scope: Scope, headers: Headers) -> bool:
        token = self._settings.token
        if token is None or not scope["path"].startswith("/api"):
            return True
        given = [headers.get("authorization", "").removeprefix("Bearer ")]
        given += parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        given += [
            protocol.removeprefix(TOKEN_PROTOCOL)
            for protocol in scope.get("subprotocols", ())
            if protocol.startswith(TOKEN_PROTOCOL)
        ]
        return any(secrets.compare_digest(each.encode(), token.encode()) for each in given)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _declared_bytes(headers: Headers) -> int:
    text = headers.get("content-length", "0")
    return int(text) if text.isascii() and text.isdigit() else 0


def _limit_bytes(path: str) -> int:
    return MAX_UPLOAD_BYTES if any(part in path for part in _STREAMED) else MAX_BODY_BYTES


def _too_large(path: str) -> str:
    return (
        f"this is larger than {_limit_bytes(path) / 1024**2:.0f} MB, the most that is taken; "
        "cut the video or scale it down to 720p"
    )


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Count what comes, since a body need not be as long as it says."""
    limit, received = _limit_bytes(scope["path"]), 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(scope["path"]))
        return message

    return counted


def _with_headers(scope: Scope, send: Send) -> Send:
    async def extended(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            # The page's own files may change with the next version; results are private.
            cache = "no-store" if scope["path"].startswith("/api") else "no-cache"
            headers.setdefault("cache-control", cache)
        await send(message)

    return extended


async def _refuse(
    scope: Scope, receive: Receive, send: Send, status: HTTPStatus, reason: str
) -> None:
    body = json.dumps({"detail": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    prefix = "http"
    if scope["type"] == "websocket":
        await receive()
        prefix = "websocket.http"
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
            return
    await send({"type": f"{prefix}.response.start", "status": int(status), "headers": headers})
    await send({"type": f"{prefix}.response.body", "body": body})
