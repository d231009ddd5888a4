"""Rows as the CSV that the dictionary says a file is."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

from tremorcam.dictionary import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tremorcam.dictionary import Column


def write_csv(cells: Iterable[Iterable[Any]], file: str, *, header: bool = True) -> str:
    """Write columns of values, in the file's order, as CSV.

    Comma-separated, ``.`` for decimals, lines ended by LF; numbers keep seven significant
    digits, times microseconds. Missing and infinite values are empty.

    Parameters
    ----------
    cells : iterable of iterables
        One for each column of ``file``.
    file : str
        Name of a file that the dictionary describes.
    header : bool
        Begin with the names of the columns.
    """
    layout = columns(file)
    texts = [_texts(values, column) for values, column in zip(cells, layout, strict=True)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow([column.name for column in layout])
    writer.writerows(zip(*texts, strict=True))
    return text.getvalue()


def _texts(values: Iterable[Any], column: Column) -> list[str]:
    write = _writer(column)
    return ["" if _is_missing(value) else write(value) for value in values]


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _writer(column: Column) -> Callable[[Any], str]:
    if column.type == "boolean":
        return lambda value: "true" if value else "false"
    if column.type == "integer":
        return lambda value: str(int(value))
    if column.type == "number":
        return _time if column.name.endswith("_s") else _number
    return str


def _time(value: float) -> str:
    return f"{round(float(value), 6):.6f}".rstrip("0").rstrip(".")


def _number(value: float) -> str:
    # Adding zero turns the negative zero into zero.
    return f"{float(value) + 0.0:.7g}"
