"""``tremorcam serve``: the page in the browser."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8420,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder for recordings and results, the user's own data folder if not given.",
            show_default=False,
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Videos analysed at the same time; half the processors if not given.",
            show_default=False,
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(help="Address to listen on. Others than this machine's own need --token."),
    ] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(
            help="Secret that other machines must know; 'new' draws one.", show_default=False
        ),
    ] = None,
) -> None:
    """Record, upload and see results in the browser.

    Everything stays on this machine.
    """
    from tremorcam.apps.web.server import serve as run_server
    from tremorcam.apps.web.settings import WebSettings, default_workers, is_loopback
    from tremorcam.store import DataFolder

    if token == "new":
        token = secrets.token_urlsafe(18)
    if not is_loopback(host):
        if not token:
            raise typer.BadParameter(
                f"{host} can be reached from other machines: add --token new, so that not "
                "everyone on the network sees your recordings"
            )
        typer.echo(
            "warning: other machines on this network can reach the page if they know its token; "
            "what travels between them is not encrypted",
            err=True,
        )
    settings = WebSettings(
        folder=DataFolder.open(data),
        host=host,
        port=port,
        token=token,
        workers=workers or default_workers(),
    )
    run_server(settings, open_browser=browser)
