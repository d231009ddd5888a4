"""Write the accuracy page's tables between its marks, and its figures."""

from __future__ import annotations

import json
import platform
import re
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from figures import draw
from tables import page

BEGIN, END = "<!-- accuracy: begin -->", "<!-- accuracy: end -->"
DISTRIBUTIONS = ("tremorcam", "mediapipe", "opencv-contrib-python", "av", "numpy", "scipy")


def load(work: Path, version: str) -> pd.DataFrame:
    """Rows of all clips that were read by this version of the chain."""
    rows = [
        row
        for path in sorted((work / "rows").glob(f"*-{version}.json"), key=_natural)
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]
    if not rows:
        raise SystemExit(f"{work} holds no rows of this version; run `measure` first")
    table = pd.DataFrame(rows)
    table["n_alarms"] = [len(x) if isinstance(x, list) else 0 for x in table["false_alarms"]]
    for name in ("gain", "cross_talk", "head_leak", "true_hz", "true_mm", "rms_mm"):
        table[name] = pd.to_numeric(table.get(name))
    # Irises are read to a few percent, the same for every length of a clip: told by itself.
    scale = 1 + table["scale_error"].fillna(0)
    table["path_gain"] = table["gain"] / scale
    # The program's own amplitude; the loops report none.
    reported = np.sqrt(2) * table["rms_mm"] / table["true_mm"] / scale
    own = table["tracker"] == "tremorcam"
    table["clear_gain"] = table["path_gain"].where(~own, reported)
    return table


def _natural(path: Path) -> list[int | str]:
    """Sort key by which 50 px comes before 130 px."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.stem)]


def write(rows: pd.DataFrame, docs: Path | None) -> None:
    """Print the tables, and write them and the figures into the documentation."""
    text = f"{_made_with(rows)}\n\n{page(rows)}"
    print(text)
    if docs is not None:
        before, found, rest = docs.read_text(encoding="utf-8").partition(BEGIN)
        if not found:
            raise SystemExit(f"{docs} has no mark {BEGIN} to write the tables after")
        after = rest.partition(END)[2]
        docs.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
        draw(rows, docs.parent / "images")


def _made_with(rows: pd.DataFrame) -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in DISTRIBUTIONS)
    faces = rows.loc[rows["factor"] == "base", "level"].nunique()
    return (
        f"{rows['name'].nunique()} clips, {faces} faces; Python {platform.python_version()}, "
        f"{versions}. Values are the middle one, with the range or the worst in brackets."
    )
