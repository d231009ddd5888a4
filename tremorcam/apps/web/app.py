"""The web application put together."""

from __future__ import annotations

import contextlib
import importlib
import logging
import sqlite3
import threading
import tomllib
from dataclasses import asdict
from http import HTTPStatus
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from tremorcam.apps.protocols import load_protocols
from tremorcam.apps.web.receiving import DISK_IS_FULL
from tremorcam.apps.web.routes import history as history_routes
from tremorcam.apps.web.routes import live, recordings, results
from tremorcam.apps.web.runner import Runner
from tremorcam.apps.web.security import Door
from tremorcam.apps.web.settings import MAX_UPLOAD_BYTES, MIN_BITS_PER_SECOND
from tremorcam.apps.wording import shortened
from tremorcam.store import Database
from tremorcam.store.folder import is_disk_full
from tremorcam.store.history import History

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tremorcam.apps.web.guidance import Guide
    from tremorcam.apps.web.settings import WebSettings

STATIC = Path(__file__).parent / "static"
MOST_FAULTS = 10

# MediaPipe's modules import each other in a circle: two threads that import them at the same
# time would each find them half done.
_IMPORTING = threading.Lock()

log = logging.getLogger(__name__)


def create_app(settings: WebSettings) -> FastAPI:
    """Put the application together.

    Parameters
    ----------
    settings : WebSettings

    Raises
    ------
    TremorcamError
        If the data folder cannot be used.
    """
    history = History(Database(settings.folder))
    runner = Runner(history, settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with history.database.kept_open():
            history.recordings.sweep()
            runner.start()
            yield
            runner.close()

    app = FastAPI(
        title="Tremorcam",
        version=metadata.version("tremorcam"),
        lifespan=lifespan,
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.history, app.state.runner = history, runner
    app.state.make_guide, app.state.n_guided = _make_guide, 0
    for routes in (recordings, results, history_routes, live):
        app.include_router(routes.router)
    _add_page(app)
    for kind in (sqlite3.OperationalError, OSError):
        app.add_exception_handler(kind, _say_if_disk_is_full)
    app.add_exception_handler(RequestValidationError, _say_what_is_wrong)
    app.add_exception_handler(Exception, _say_what_failed)
    app.add_middleware(Door, settings=settings)
    return app


def _add_page(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.get("/api/config")
    def config() -> dict[str, Any]:
        """Tell the page what it has to know."""
        text = resources.files("tremorcam.apps.web") / "questions.toml"
        return {
            "version": metadata.version("tremorcam"),
            "protocols": [
                asdict(protocol) | {"duration_s": protocol.duration_s}
                for protocol in load_protocols().values()
            ],
            "questions": tomllib.loads(text.read_text(encoding="utf-8"))["question"],
            "max_upload_bytes": MAX_UPLOAD_BYTES,
            "bits_per_second": MIN_BITS_PER_SECOND,
        }

    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def load_slow_modules() -> None:
    """Import what takes seconds: done while a person still looks at the page."""
    with _IMPORTING:
        for name in ("tremorcam.apps.web.guidance", "mediapipe.tasks.python.vision"):
            importlib.import_module(name)
    importlib.import_module("tremorcam.apps.web.view")


def _make_guide() -> Guide:
    load_slow_modules()
    from tremorcam.apps.web.guidance import Guide

    return Guide()


async def _say_if_disk_is_full(_: Request, error: Exception) -> JSONResponse:
    if not is_disk_full(error):
        raise error
    return JSONResponse({"detail": DISK_IS_FULL}, HTTPStatus.INSUFFICIENT_STORAGE)


async def _say_what_is_wrong(_: Request, error: Exception) -> JSONResponse:
    """Name the first faults of a request, without what was sent: it may be long, or no text."""
    faults = cast("RequestValidationError", error).errors()[:MOST_FAULTS]
    detail = [
        {
            "type": fault["type"],
            "loc": [shortened(str(part)) for part in fault["loc"]],
            "msg": shortened(fault["msg"]),
        }
        for fault in faults
    ]
    return JSONResponse({"detail": detail}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _say_what_failed(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return JSONResponse(
        {"detail": f"something went wrong here ({type(error).__name__}); the log says more"},
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
