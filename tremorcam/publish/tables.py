"""The files of one recording: CSV tables, their description, analysis.json."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tremorcam.anatomy import SIDES
from tremorcam.dictionary import Column, columns, files
from tremorcam.publish.csv_text import write_csv
from tremorcam.publish.files import ANALYSIS_FILE, write_files
from tremorcam.publish.serialize import ROWS_AT_ONCE, json_parts
from tremorcam.publish.summary import summary_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from tremorcam.data import Analysis


def save_analysis(analysis: Analysis, folder: str | Path) -> None:
    """Write every file of one recording into a folder, each whole or not at all.

    The same analysis gives the same bytes. See :mod:`tremorcam.dictionary` for what the
    columns mean.

    Raises
    ------
    TremorcamError
        If the folder cannot be written to.

    Examples
    --------
    >>> import pandas as pd
    >>> save_analysis(analysis, "out/smile")
    >>> events = pd.read_csv("out/smile/events.csv")
    >>> events["event"].unique().tolist()
    ['blink', 'mouth_burst']
    """
    from tremorcam.publish.report import render_report  # who writes a summary draws nothing

    package = json.dumps(describe(analysis.video.name), ensure_ascii=False, indent=2)
    write_files(
        folder,
        {name: _encoded(_table_parts(analysis, name)) for name in _TABLES}
        | {
            "datapackage.json": package.encode(),
            "report.html": render_report(analysis).encode(),
            ANALYSIS_FILE: _encoded(json_parts(analysis)),
        },
    )


def _encoded(parts: Iterator[str]) -> Iterator[bytes]:
    return (part.encode() for part in parts)


def make_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Lay out an analysis as the tables of its CSV files, by file name."""
    return {name: lay_out(analysis) for name, lay_out in _TABLES.items()}


def _table_parts(analysis: Analysis, file: str) -> Iterator[str]:
    """Write one of the tables a part at a time; it is laid out when the first is asked for."""
    yield from csv_parts(_TABLES[file](analysis), file)


def to_csv(table: pd.DataFrame, file: str) -> str:
    """Write a table as the CSV that the dictionary says ``file`` is."""
    return "".join(csv_parts(table, file))


def csv_parts(table: pd.DataFrame, file: str) -> Iterator[str]:
    """Write a table as CSV a part at a time.

    As Python objects its numbers take many times the memory of the table.
    """
    for start in range(0, max(1, len(table)), ROWS_AT_ONCE):
        part = table.iloc[start : start + ROWS_AT_ONCE]
        yield write_csv(_cells(part, file), file, header=start == 0)


def _cells(table: pd.DataFrame, file: str) -> Iterator[list[Any]]:
    return (_values(table[column.name]) for column in columns(file))


def _values(column: pd.Series[Any]) -> list[Any]:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "bif":
        return column.to_list()
    values = column.astype(object)
    return values.where(values.notna(), None).tolist()


def signals_table(analysis: Analysis) -> pd.DataFrame:
    """Lay the signals out wide, one row a frame, with the columns of signals.csv."""
    signals = analysis.signals
    time_s = signals["time_s"].values
    phase, smile = _phase_of_frames(analysis.phases, time_s)
    wide: dict[str, Any] = {
        "frame": np.arange(len(time_s)),
        "time_s": time_s,
        "phase": phase,
        "smile": smile,
        "face_found": signals["face_found"].values,
        "duplicate": signals["duplicate"].values,
        "head_residual_mm": signals["head_residual_mm"].values,
        "mm_per_px": signals["mm_per_px"].values,
    }
    for at, key in enumerate(signals["channel"].values):
        wide[f"{key}_x_mm"] = signals["displacement_mm"].values[:, at, 0]
        wide[f"{key}_y_mm"] = signals["displacement_mm"].values[:, at, 1]
        wide[f"{key}_se_mm"] = signals["displacement_se_mm"].values[:, at]
        wide[f"{key}_brightness"] = signals["brightness"].values[:, at]
    for at, side in enumerate(SIDES):
        wide[f"eye_aperture_{side}_mm"] = signals["eye_aperture_mm"].values[:, at]
        wide[f"smile_excursion_{side}_mm"] = signals["smile_excursion_mm"].values[:, at]
    for at, axis in enumerate(("x", "y")):
        wide[f"head_{axis}_mm"] = signals["head_mm"].values[:, at]
        wide[f"background_{axis}_px"] = signals["background_px"].values[:, at]
    for at, angle in enumerate(("yaw", "pitch", "roll")):
        wide[f"head_{angle}_deg"] = signals["head_angle_deg"].values[:, at]
    return pd.DataFrame({column.name: wide[column.name] for column in columns("signals.csv")})


_TABLES: dict[str, Callable[[Analysis], pd.DataFrame]] = {
    "summary.csv": lambda analysis: pd.DataFrame([summary_row(analysis)]),
    "measures.csv": lambda analysis: analysis.measures,
    "signals.csv": signals_table,
    "spectra.csv": lambda analysis: analysis.spectra,
    "events.csv": lambda analysis: analysis.events,
    "course.csv": lambda analysis: analysis.course,
}


def describe(video_name: str) -> dict[str, Any]:
    """Describe the CSV files as a Frictionless tabular data package (version 1)."""
    stem = re.sub(r"[^a-z0-9._-]+", "-", Path(video_name).stem.lower()).strip("-") or "recording"
    return {
        "profile": "tabular-data-package",
        "name": f"tremorcam-{stem}",
        "title": f"Facial tremor in {video_name}",
        "resources": [_describe_file(name) for name in files()],
    }


def _describe_file(name: str) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": Path(name).stem,
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "schema": {
            "fields": [_describe_column(column) for column in columns(name)],
            "missingValues": [""],
        },
    }


def _describe_column(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": column.text,
    }
    if column.unit is not None:
        field["unit"] = column.unit
    if column.enum:
        field["constraints"] = {"enum": list(column.enum)}
    return field


def _phase_of_frames(
    phases: pd.DataFrame, time_s: NDArray[np.float64]
) -> tuple[NDArray[Any], NDArray[np.int_]]:
    phase = np.full(len(time_s), "", dtype=object)
    smile = np.zeros(len(time_s), dtype=int)
    for row in phases.to_dict("records"):
        inside = (time_s >= row["onset_s"]) & (time_s < row["offset_s"])
        phase[inside] = row["phase"]
        smile[inside] = int(row["smile"])
    return phase, smile
