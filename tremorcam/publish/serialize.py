"""analysis.json: an analysis as strict JSON and back, to the last bit."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
import xarray as xr

from tremorcam.data import (
    SCHEMA_VERSION,
    Analysis,
    Evidence,
    Finding,
    Quality,
    Reason,
    Timing,
    TremorcamError,
    Veto,
    VideoInfo,
)
from tremorcam.publish.files import ANALYSIS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

_TABLES = ("phases", "measures", "spectra", "events", "course")
_MAPPINGS = ("words", "provenance", "context")

T = TypeVar("T")

ROWS_AT_ONCE = 1000
"""Rows of a table or frames of signals that are turned into text together."""


def to_json(analysis: Analysis) -> str:
    """Write an analysis as strict JSON, one top-level entry a line; see :func:`json_parts`."""
    return "".join(json_parts(analysis))


def json_parts(analysis: Analysis) -> Iterator[str]:
    """Write an analysis as strict JSON a part at a time.

    As Python objects, or as text, the signals of a long video take many times their memory.
    Floats keep all their bits; NaN becomes null, infinities the strings ``Infinity`` and
    ``-Infinity``. Tables are stored by column, without their index.

    Raises
    ------
    TypeError
        If something in it has no place in JSON.
    """
    entries: dict[str, Any] = {
        "schema_version": analysis.schema_version,
        "video": _plain(dataclasses.asdict(analysis.video)),
        "timing": _plain(dataclasses.asdict(analysis.timing)),
        "quality": _plain(dataclasses.asdict(analysis.quality)),
        "vetoes": _plain([dataclasses.asdict(veto) for veto in analysis.vetoes]),
        "findings": _plain([dataclasses.asdict(finding) for finding in analysis.findings]),
    }
    entries |= {name: _plain(getattr(analysis, name)) for name in _MAPPINGS}
    entries |= {name: _table_out(getattr(analysis, name)) for name in _TABLES}
    yield "{\n"
    for name, entry in entries.items():
        yield f"{_json(name)}: {_json(entry)},\n"
    yield '"signals": '
    yield from _dataset_parts(analysis.signals)
    yield "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def load_analysis(path: str | Path) -> Analysis:
    """Read a saved analysis again.

    Parameters
    ----------
    path : path
        An ``analysis.json``, or the folder that holds it.

    Raises
    ------
    TremorcamError
        If there is none, it is damaged, or another version of the format.

    Examples
    --------
    >>> from tremorcam import save_analysis
    >>> save_analysis(analysis, "out/smile")
    >>> again = load_analysis("out/smile")
    >>> again.measures.equals(analysis.measures), again.signals.identical(analysis.signals)
    (True, True)
    """
    path = Path(path) if isinstance(path, str) else path
    if path.is_dir():
        path = path / ANALYSIS_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TremorcamError(
            f"no analysis can be read from '{path}' ({error}); "
            "give an analysis.json, or the folder that holds one"
        ) from error
    return from_json(text, name=str(path))


def from_json(text: str, *, name: str = ANALYSIS_FILE) -> Analysis:
    """Make an analysis from the text of an analysis.json; ``name`` is for messages.

    Raises
    ------
    TremorcamError
        If the text is damaged or another version of the format.
    """
    try:
        entries = json.loads(text)
        version = entries["schema_version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TremorcamError(
            f"'{name}' is no analysis, or is damaged ({error}); analyse the video again"
        ) from error
    if version != SCHEMA_VERSION:
        newer = isinstance(version, int) and version > SCHEMA_VERSION
        raise TremorcamError(
            f"'{name}' has format version {version!r}, this Tremorcam reads {SCHEMA_VERSION}; "
            + ("update Tremorcam" if newer else "analyse the video again")
        )
    try:
        return _analysis_in(entries)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TremorcamError(
            f"'{name}' is damaged or incomplete ({error}); analyse the video again"
        ) from error


def _analysis_in(entries: Mapping[str, Any]) -> Analysis:
    quality = dict(entries["quality"])
    quality["reasons"] = tuple(_record(Reason, reason) for reason in quality["reasons"])
    parts: dict[str, Any] = {name: _table_in(entries[name]) for name in _TABLES if name in entries}
    parts |= {name: dict(entries[name]) for name in _MAPPINGS}
    return Analysis(
        schema_version=entries["schema_version"],
        video=_record(VideoInfo, entries["video"]),
        timing=_record(Timing, entries["timing"]),
        signals=_dataset_in(entries["signals"]),
        quality=_record(Quality, quality),
        vetoes=tuple(_record(Veto, veto) for veto in entries["vetoes"]),
        findings=tuple(_finding_in(finding) for finding in entries["findings"]),
        **parts,
    )


def _finding_in(entry: Mapping[str, Any]) -> Finding:
    evidence = tuple(_record(Evidence, item) for item in entry["evidence"])
    return _record(Finding, {**entry, "evidence": evidence})


def _record(kind: type[T], entry: Mapping[str, Any]) -> T:
    return kind(**entry)


def _plain(value: Any) -> Any:
    """Turn NumPy scalars, tuples and mappings into what JSON has."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "items"):
        return {str(key): _plain(item) for key, item in value.items()}
    raise TypeError(f"{value!r} ({type(value).__name__}) has no place in analysis.json")


def _values_out(values: NDArray[Any]) -> Any:
    """Nested lists of an array, NaN as None and infinities as strings."""
    if values.dtype.kind in "biuU":
        return values.tolist()
    if values.dtype.kind != "f":
        raise TypeError(f"an array of {values.dtype} has no place in analysis.json")
    if np.isfinite(values).all():
        return values.tolist()
    loose = values.astype(object)
    loose[np.isnan(values)] = None
    loose[values == np.inf] = "Infinity"
    loose[values == -np.inf] = "-Infinity"
    return loose.tolist()


def _dataset_parts(dataset: xr.Dataset) -> Iterator[str]:
    sizes = {str(name): size for name, size in dataset.sizes.items()}
    yield f'{{"sizes": {_json(sizes)}, "attrs": {_json(_plain(dataset.attrs))}, "coords": {{'
    yield from _variables_parts(dataset.coords)
    yield '}, "data_vars": {'
    yield from _variables_parts(dataset.data_vars)
    yield "}}"


def _variables_parts(group: Mapping[Any, xr.DataArray]) -> Iterator[str]:
    for at, (name, variable) in enumerate(group.items()):
        about = {
            "dims": list(variable.dims),
            "dtype": variable.dtype.str,
            "attrs": _plain(variable.attrs),
        }
        yield f'{", " if at else ""}{_json(str(name))}: {_json(about)[:-1]}, "values": '
        yield from _array_parts(variable.values)
        yield "}"


def _array_parts(values: NDArray[Any]) -> Iterator[str]:
    yield "["
    for start in range(0, len(values), ROWS_AT_ONCE):
        yield ", " if start else ""
        yield _json(_values_out(values[start : start + ROWS_AT_ONCE]))[1:-1]
    yield "]"


def _dataset_in(entry: Mapping[str, Any]) -> xr.Dataset:
    sizes = entry["sizes"]

    def variables(group: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: (
                variable["dims"],
                np.array(variable["values"], dtype=variable["dtype"]).reshape(
                    [sizes[dim] for dim in variable["dims"]]
                ),
                variable["attrs"],
            )
            for name, variable in group.items()
        }

    return xr.Dataset(
        variables(entry["data_vars"]), coords=variables(entry["coords"]), attrs=entry["attrs"]
    )


def _table_out(table: pd.DataFrame) -> dict[str, Any]:
    return {
        str(name): {"dtype": str(column.dtype), "values": _column_out(column)}
        for name, column in table.items()
    }


def _column_out(column: pd.Series[Any]) -> Any:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return _values_out(column.to_numpy())
    missing = column.isna().to_numpy()
    return [None if gone else _plain(value) for value, gone in zip(column, missing, strict=True)]


def _table_in(entry: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({name: _column_in(**column) for name, column in entry.items()})


def _column_in(dtype: str, values: list[Any]) -> pd.Series[Any]:
    if dtype.startswith("float"):
        return pd.Series(np.array(values, dtype=dtype))
    return pd.Series(values, dtype=dtype)
