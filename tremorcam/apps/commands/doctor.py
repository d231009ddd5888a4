"""``tremorcam doctor``: whether everything that measuring needs is there."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor() -> None:
    """Check the installation, and say what to do where something is wrong."""
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
    raise typer.Exit(1 if wrong else 0)
