r"""Requests whose JSON can be stored and sent again: all of its text is text, all numbers finite.

Python reads more than that: ``NaN``, and halves of characters (``"\ud800"``), which would be kept
and then break every answer that holds them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.routing import APIRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Response


class _StrictRequest(Request):
    async def json(self) -> Any:
        value = await super().json()
        try:
            json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except ValueError:
            raise json.JSONDecodeError("a number or a character that JSON has not", "", 0) from None
        return value


class StrictRoute(APIRoute):
    """A route that takes only such requests."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's own handler."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(_StrictRequest(request.scope, request.receive))

        return strictly
