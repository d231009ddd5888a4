"""What every measure, reason, event and column means, read from ``dictionary.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby, product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tremorcam.anatomy import REGIONS, SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Measure:
    """A row kind of measures.csv: its unit and what it means."""

    unit: str
    text: str


@dataclass(frozen=True)
class Column:
    """A column of a published file.

    ``type`` is a Frictionless field type; ``unit`` is ``None`` where the column has none or
    each row has its own; ``enum`` lists the values allowed, empty for any.
    """

    name: str
    type: str
    text: str
    unit: str | None = None
    enum: tuple[str, ...] = ()


@cache
def measures() -> Mapping[str, Measure]:
    """Every measure by its name in measures.csv."""
    return MappingProxyType({name: Measure(**entry) for name, entry in _load()["measures"].items()})


def reasons() -> Mapping[str, str]:
    """Meaning of every reason code of ``quality``."""
    return MappingProxyType(_load()["reasons"])


def events() -> Mapping[str, str]:
    """Meaning of every event of events.csv."""
    return MappingProxyType(_load()["events"])


def categories() -> Mapping[str, str]:
    """Name of every pattern that findings speak of."""
    return MappingProxyType(_load()["categories"])


def vetoes() -> Mapping[str, str]:
    """Whose a vetoed peak is, by its cause."""
    return MappingProxyType(_load()["vetoes"])


def files() -> tuple[str, ...]:
    """Names of the published CSV files."""
    return tuple(_load()["columns"])


def columns(file: str) -> tuple[Column, ...]:
    """Columns of a published file, in their order.

    Raises
    ------
    KeyError
        If no such file is published.
    """
    entries = _load()["columns"][file].items()
    return tuple(
        Column(
            name=pattern.replace(placeholder, key),
            type=entry["type"],
            text=f"{where}: {entry['text']}" if where else entry["text"],
            unit=entry.get("unit"),
            enum=tuple(entry.get("enum", ())),
        )
        for placeholder, group in groupby(entries, lambda item: _placeholder(item[0]))
        for (key, where), (pattern, entry) in product(_keys(placeholder), list(group))
    )


def _placeholder(pattern: str) -> str:
    return next((mark for mark in ("<channel>", "<side>") if mark in pattern), "\0")


def _keys(placeholder: str) -> list[tuple[str, str]]:
    """List what stands in the place of the placeholder, and how a reader would call it."""
    if placeholder == "<channel>":
        return [(region.key, region_label(region.name, region.side)) for region in REGIONS]
    if placeholder == "<side>":
        return [(side, side) for side in SIDES]
    return [("", "")]


def region_label(name: str, side: str = "both") -> str:
    """Call a region as a reader would: ``left mouth corner``.

    Examples
    --------
    >>> region_label("mouth_corner", "left")
    'left mouth corner'
    """
    label = name.replace("_", " ")
    return label if side == "both" else f"{side} {label}"


@cache
def _load() -> dict[str, Any]:
    text = resources.files("tremorcam").joinpath("dictionary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
