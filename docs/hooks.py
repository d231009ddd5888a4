"""What the documentation takes from the program itself, so that it cannot drift from it."""

from __future__ import annotations

import re
import subprocess
import sys
from html import escape
from typing import TYPE_CHECKING, Any

from tremorcam import dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SPHINX_ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):<code>~?([\w.]+)</code>")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put what is generated in the place of its mark, a comment on a line of its own."""
    for mark, write in GENERATED.items():
        if f"<!-- {mark} -->" in markdown:
            markdown = markdown.replace(f"<!-- {mark} -->", write())
    return markdown


def on_page_content(html: str, **_: Any) -> str:
    """Show the cross-references of docstrings as plain code."""
    return SPHINX_ROLE.sub(r"<code>\1</code>", html)


def measures() -> str:
    """Every measure with its unit and meaning."""
    rows = [
        (f"`{name}`", _unit(entry.unit), entry.text)
        for name, entry in dictionary.measures().items()
    ]
    return _table(("measure", "unit", "what it is"), rows)


def columns() -> str:
    """Every column of every file."""
    parts = []
    for file in dictionary.files():
        rows = [
            (f"`{column.name}`", _unit(column.unit), column.text)
            for column in dictionary.columns(file)
        ]
        parts.append(f"### {file}\n\n{_table(('column', 'unit', 'what it is'), rows)}")
    return "\n\n".join(parts)


def codes(read: Callable[[], Any], heading: str) -> str:
    """Codes with their meaning."""
    return _table((heading, "what it means"), ((f"`{k}`", text) for k, text in read().items()))


def commands() -> str:
    """Every command with its options, as the program tells them."""
    done = subprocess.run(
        [
            sys.executable,
            *["-m", "typer", "tremorcam.apps.cli", "utils", "docs", "--name", "tremorcam"],
        ],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    _title, _, text = done.stdout.partition("\n")
    return _in_full(text)


def _in_full(text: str) -> str:
    """Give the lists of commands their whole first sentences, which Typer cuts off."""
    told = dict(re.findall(r"^#+ `(tremorcam [^`]+)`\n\n([^\n]+)", text, flags=re.MULTILINE))
    above, lines = "tremorcam", []
    for line in text.split("\n"):
        if heading := re.match(r"#+ `([^`]+)`", line):
            above = heading[1]
        entry = re.match(r"\* `([^`]+)`: .*\.\.\.$", line)
        sentence = told.get(f"{above} {entry[1]}") if entry else None
        lines.append(f"* `{entry[1]}`: {sentence}" if entry and sentence else line)
    return "\n".join(lines)


def _unit(unit: str | None) -> str:
    return "" if unit in (None, "1") else str(unit)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head)]
    lines += [tuple(escape(cell, quote=False).replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


GENERATED: dict[str, Callable[[], str]] = {
    "measures": measures,
    "columns": columns,
    "reasons": lambda: codes(dictionary.reasons, "reason"),
    "events": lambda: codes(dictionary.events, "event"),
    "vetoes": lambda: codes(dictionary.vetoes, "cause"),
    "commands": commands,
}
