"""The ``tremorcam`` command."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Annotated

import typer

from tremorcam.apps import commands
from tremorcam.apps.wording import one_line, unexpected
from tremorcam.data import TremorcamError

INTERRUPTED = 130

app = typer.Typer(
    name="tremorcam",
    help="Measure facial tremor during a smile: where, how fast (Hz), how much (mm). "
    "It measures and never diagnoses.",
    epilog="Exit code 0: every video was measured; 1: at least one could not be; 2: wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # loading rich would take most of the time of every start
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tremorcam {version('tremorcam')}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option(
            "--debug",
            help="Measure in this process, and show tracebacks and what native libraries print.",
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the log of each video when it is done.")
    ] = False,
) -> None:
    del version  # its callback has ended the program
    context.obj = {"debug": debug, "verbose": verbose}


def _register_commands() -> None:
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda found: found.name):
        importlib.import_module(f"{commands.__name__}.{module.name}").register(app)


_register_commands()


def main() -> None:
    """Run the command line; every failure ends in one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Names and signs that a terminal, or the file in its place, cannot show stop nothing.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="tremorcam")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        known = isinstance(error, TremorcamError)
        sys.stderr.write(f"error: {one_line(str(error)) if known else unexpected(error)}\n")
        sys.exit(1)
