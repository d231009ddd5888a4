"""summary.csv of many recordings as pictures: recordings or groups beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from tremorcam.data import TremorcamError
from tremorcam.dictionary import categories, columns, region_label
from tremorcam.publish.answer import Estimate
from tremorcam.publish.figures import cohort
from tremorcam.publish.figures.style import inline_svg
from tremorcam.publish.files import write_files
from tremorcam.publish.numbers import NOTHING, format_estimate, format_number
from tremorcam.publish.report import page_environment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUP_COLUMN = "group"


def report_cohort(summary_csv: str | Path, *, group: str | None = None) -> str:
    """Render a summary.csv as one self-contained HTML page.

    Parameters
    ----------
    summary_csv : path
        Written by :func:`tremorcam.publish.write_summary`; columns may have been added.
    group : str, optional
        Column that tells the groups apart. The column ``group`` where there is one; else all
        recordings are one group.

    Returns
    -------
    str
        A page without scripts that loads nothing.

    Raises
    ------
    TremorcamError
        If the file cannot be read, is no summary.csv, or lacks the column asked for.
    """
    table = _read(Path(summary_csv), group)
    measured = table[table["error"].isna()]
    names = list(dict.fromkeys(measured[GROUP_COLUMN]))
    figures = {
        "amplitudes": _inline(cohort.amplitudes(measured), "amplitudes"),
        "frequencies": _inline(cohort.frequencies(measured), "frequencies"),
        "groups": _inline(cohort.groups(measured), "groups") if len(names) > 1 else None,
    }
    return page_environment().get_template("cohort.html.jinja").render(
        name=Path(summary_csv).name,
        n_recordings=len(table),
        n_asked=int(measured["detected"].notna().sum()),
        n_detected=int((measured["detected"] == True).sum()),  # noqa: E712 - may be missing
        groups=[_describe_group(name, measured) for name in names],
        recordings=[_describe_recording(row) for row in _records(cohort.in_order(measured))],
        failed=_records(table[table["error"].notna()]),
        figures=figures,
    )  # fmt: skip


def save_cohort_report(
    summary_csv: str | Path, path: str | Path, *, group: str | None = None
) -> None:
    """Write the page of a summary.csv to a file; see :func:`report_cohort`.

    Raises
    ------
    TremorcamError
        As there, or if it cannot be written.
    """
    path = Path(path)
    write_files(path.parent, {path.name: report_cohort(summary_csv, group=group).encode()})


def _read(path: Path, group: str | None) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, encoding="utf-8", keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise TremorcamError(
            f"'{path}' cannot be read as a table ({error}); give a summary.csv"
        ) from error
    needed = [column.name for column in columns("summary.csv")]
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise TremorcamError(
            f"'{path}' is no summary.csv of this version: it lacks {', '.join(missing[:4])}"
            f"{' …' if len(missing) > 4 else ''}; analyse the videos again"
        )
    if group is not None and group not in table.columns:
        raise TremorcamError(f"'{path}' has no column '{group}'; it has {', '.join(table.columns)}")
    column = group or (GROUP_COLUMN if GROUP_COLUMN in table.columns else None)
    names = table[column].fillna("without group").astype(str) if column else "all recordings"
    table[GROUP_COLUMN] = names
    order = list(dict.fromkeys(table[GROUP_COLUMN]))
    table["group_index"] = [order.index(name) for name in table[GROUP_COLUMN]]
    for entry in columns("summary.csv"):
        if entry.type in ("number", "integer"):
            table[entry.name] = pd.to_numeric(table[entry.name], errors="coerce")
        elif entry.type == "boolean":
            known = {"true": True, "false": False}
            table[entry.name] = table[entry.name].astype(str).str.lower().map(known).astype(object)
    return table


def _describe_group(name: str, measured: pd.DataFrame) -> dict[str, Any]:
    rows = measured[measured[GROUP_COLUMN] == name]
    asked = rows[rows["detected"].notna()]
    found = asked[asked["detected"] == True]  # noqa: E712
    return {
        "name": name,
        "n": len(rows),
        "detected": f"{len(found)} of {len(asked)}",
        "share": _share(len(found), len(asked)),
        "amplitude": _spread(found["amplitude_p2p_mm"]),
        "frequency": _spread(found["frequency_hz"]),
        "asymmetry": _spread(found["asymmetry_index"]),
        "growth": _spread(found["growth_ratio"]),
        "limit": _spread(rows["detection_limit_mm"]),
    }


def _share(n: int, total: int) -> str:
    """Write a share in percent with its 95 % interval.

    Wilson's, doi:10.1080/01621459.1927.10502953.
    """
    if total == 0:
        return NOTHING
    z, share = 1.959964, n / total
    middle = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    low, high = 100 * max(middle - half, 0.0), 100 * min(middle + half, 1.0)
    return f"{100 * share:.0f} % ({low:.0f} to {high:.0f})"


def _spread(values: pd.Series[Any]) -> str:
    """Write median and quartiles."""
    known = values.dropna()
    if known.empty:
        return NOTHING
    low, middle, high = np.percentile(known, (25, 50, 75))
    return format_estimate(Estimate(float(middle), float(low), float(high)))


def _describe_recording(row: dict[str, Any]) -> dict[str, str]:
    found = row["detected"] is True
    size = Estimate(
        row["amplitude_p2p_mm"], row["amplitude_p2p_ci_low_mm"], row["amplitude_p2p_ci_high_mm"]
    )
    limit = format_number(row["detection_limit_mm"])
    none = f"none above {limit}" if limit != NOTHING else "none"
    return {
        "video": row["video"],
        "group": row[GROUP_COLUMN],
        "where": region_label(row["tremor_region"], row["tremor_side"]) if found else NOTHING,
        "frequency": format_number(row["frequency_hz"]),
        "amplitude": {True: format_estimate(size), False: none}.get(row["detected"], NOTHING),
        "growth": format_number(row["growth_ratio"]),
        "finding": categories().get(row["finding"], NOTHING),
        "quality": row["quality"],
    }  # fmt: skip


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _inline(figure: Figure, name: str) -> Markup:
    labels = {
        "amplitudes": "Tremor amplitude of each recording.",
        "frequencies": "Frequency, amplitude and sides of detected tremors.",
        "groups": "Tremor amplitude of each group.",
    }
    return Markup(inline_svg(figure, name=name, label=labels[name]))  # nosec B704
