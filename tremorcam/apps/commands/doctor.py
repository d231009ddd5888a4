"""``tremorcam doctor``: whether everything that measuring needs is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    results: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="RESULTS",
            help="Folders of results whose logs go into the bundle.",
            show_default=False,
        ),
    ] = None,
    *,
    bundle: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.zip",
            help="Also write versions, checks and logs into a file to send to whoever helps: "
            "no video, no result, and names and folders taken out.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the page's recordings, the user's own data folder if not given.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check the installation, and say how to mend it."""
    wrong = _show_checks()
    if bundle is not None:
        from tremorcam.apps.bundle import write_bundle
        from tremorcam.store.folder import default_folder

        n_logs = write_bundle(bundle, data=data or default_folder(), results=results or [])
        typer.echo(f"{bundle} holds versions, checks and {n_logs} logs; look into it before you "
                   "send it")  # fmt: skip
    raise typer.Exit(1 if wrong else 0)


def _show_checks() -> int:
    """Print every check, and what to do where one failed; give the number of those."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from tremorcam.apps.checkup import run_checks

    console = Console()
    table = Table(box=None, show_header=False, pad_edge=False)
    wrong = []
    for check in run_checks():
        mark = Text("ok", style="green") if check.ok else Text("wrong", style="bold red")
        table.add_row(mark, check.name, Text(check.found))
        if not check.ok:
            wrong.append(check)
    console.print(table)
    for check in wrong:
        console.print(Text(f"{check.name}: {check.remedy}"), soft_wrap=True)
    console.print("Everything is in order." if not wrong else f"{len(wrong)} to mend.")
    return len(wrong)
