"""The page's tables, from the rows of all clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from conditions import HOLD_S
from scipy import special, stats

from tremorcam.measure.peaks import ALPHA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TRACKERS = {
    "tremorcam": "Tremorcam",
    "landmarks": "landmarks, as they come",
    "unfiltered": "landmarks, filter off",
}
FACTORS = {
    "rate": "Frame rate", "face": "Distance between the pupils", "noise": "Sensor noise",
    "light": "Light", "head": "Head", "yaw": "Head turned by", "codec": "Codec",
    "exposure": "Exposure",
}  # fmt: skip
LARGEST_SMALL_HZ = 0.1
NOTHING = "–"
FEW = 5
"""Of fewer tries an interval would tell nothing."""


def page(rows: pd.DataFrame) -> str:
    """All tables as Markdown."""
    parts = [
        "### Against the goals", goals(rows),
        "### Beside a landmark loop", trackers(rows),
        "### By amplitude", by_amplitude(rows),
        "### By face", by_level(rows[rows["factor"] == "base"], "Face"),
        "### One factor at a time", *factor_tables(rows),
        "### Faces without tremor", alarms(rows),
    ]  # fmt: skip
    return "\n\n".join(parts)


def goals(rows: pd.DataFrame) -> str:
    """Each goal with what was measured."""
    own = rows[rows["tracker"] == "tremorcam"]
    tried = own[own["factor"].isin(["base", "amplitude", "smallest"])]
    sure = own[2 * own["true_mm"] >= own["limit_p2p_mm"]]
    below = own[2 * own["true_mm"] < own["limit_p2p_mm"]]
    still, small = own[own["factor"] == "still"], own[own["factor"] == "smallest"]
    clear = own[own["level"] == "x264 crf 4"]
    exact = own[own["level"].str.startswith("x264 crf 0")]
    large = tried[tried["true_mm"] > 0.09]
    alarm = own[own["factor"] == "alarm"].drop_duplicates("name")
    rates = own[own["factor"] == "rate"]
    lines = [
        *(
            (f"gain at 12 Mbit/s, {name}", "0.95 to 1.05",
             _spread(part["clear_gain"].dropna()))
            for name, part in (
                ("0.3 to 2 mm", tried[tried["true_mm"] > 0.25]),
                ("0.1 mm", tried[tried["true_mm"].between(0.08, 0.25)]),
                ("0.05 mm", tried[tried["true_mm"] < 0.08]),
            )
        ),
        ("0.05 mm, expected within of a reading without any error but this noise", "",
         _expected_within(small)),
        ("gain of 0.3 mm, at crf 4", "0.95 to 1.05", _range(clear["clear_gain"].dropna(), 3)),
        ("gain of 0.05 and 0.1 mm, without loss", "0.95 to 1.05",
         _range(exact["clear_gain"].dropna(), 3)),
        ("error of the scale, from the iris", "", _range(100 * _scale(own), 1, " %")),
        ("noise, still face, mm/√Hz", "≤ 0.003", _middle_worst(still["noise_mm_per_rthz"], 4)),
        ("the same over the Cramér-Rao bound", "≤ 2", _middle_worst(_over_bound(still), 1)),
        ("noise, swaying face, mm/√Hz", "", _middle_worst(_base_noise(own), 4)),
        ("cross-talk to the unmoved corner", "≤ 2 %", _middle_worst(100 * _talk(own), 2, " %")),
        ("frequency error from 0.1 mm, Hz", "≤ 0.05", _middle_worst(_error_hz(large), 3)),
        ("frequency error at 0.05 mm, Hz", "≤ 0.1",
         f"{_middle_worst(_error_hz(small), 3)}; {_share(_error_hz(small) <= LARGEST_SMALL_HZ)}"),
        ("24 to 60 Hz and variable rate: gain of 0.3 mm", "0.95 to 1.05",
         _spread(rates["clear_gain"].dropna())),
        ("the same: error of the frequency, Hz", "≤ 0.05", _middle_worst(_error_hz(rates), 3)),
        ("0.05 mm found", "≥ 95 %", _share(small["detected"])),
        ("0.05 mm that noise would not show, whatever its size", "",
         _share(small["p_value"].dropna() < ALPHA)),
        ("found of what is above the limit that the program states", "≥ 95 %",
         _share(sure["detected"])),
        ("found of what is below it", "", _share(below["detected"])),
        ("recordings without tremor that alarm", "≤ 1 %", _share(alarm["n_alarms"] > 0)),
        ("1 mm of head tremor at 5 Hz, left in the mouth", "≤ 5 %",
         _middle_worst(100 * own.loc[own["factor"] == "head", "head_leak"].dropna(), 2, " %")),
        ("0.2 to 1.5 mm at 3 to 9 Hz in faces of 70 px, the same with the noise", "",
         _middle_worst(100 * own.loc[own["factor"] == "alarm", "head_leak"].dropna(), 2, " %")),
        ("95 % intervals that hold the frequency", "90 to 99 %", _share(_held(own, "hz"))),
        ("95 % intervals that hold the amplitude, 12 Mbit/s", "90 to 99 %",
         _share(_held(own[own["factor"] != "codec"], "rms"))),
        ("the same, all codecs and rates", "", _share(_held(own, "rms"))),
    ]  # fmt: skip
    return _table(("", "goal", "measured"), lines)


def trackers(rows: pd.DataFrame) -> str:
    """Compare the three trackers on the clips that all of them read."""
    names = set(rows.loc[rows["tracker"] == "landmarks", "name"])
    lines = []
    for tracker, label in TRACKERS.items():
        own = rows[(rows["tracker"] == tracker) & rows["name"].isin(names)]
        moved = own["clear_gain"].dropna()
        bias, spread = 100 * (moved.mean() - 1), 196 * moved.std()
        lines.append((
            label, str(len(moved)), _range(moved, 2), f"{bias:+.1f} % ± {spread:.1f} %",
            _middle_worst(100 * own["cross_talk"].dropna(), 2, " %"),
            _middle_worst(own["noise_mm_per_rthz"], 4), _middle_worst(_error_hz(own), 3),
        ))  # fmt: skip
    head = ("tracker", "n", "gain", "bias and limits of agreement", "cross-talk", "noise, mm/√Hz",
            "error of the frequency, Hz")  # fmt: skip
    return _table(head, lines)


def by_amplitude(rows: pd.DataFrame) -> str:
    """Gain of all trackers, by true amplitude."""
    factors = ["base", "amplitude", "smallest", "faint"]
    moved = rows[rows["factor"].isin(factors)].dropna(subset=["gain"])
    lines = []
    for mm, group in moved.groupby(moved["true_mm"].round(3)):
        own = group[group["tracker"] == "tremorcam"]
        gains = [
            _range(group.loc[group["tracker"] == each, "clear_gain"].dropna(), 2)
            for each in TRACKERS
        ]
        path = _range(own["path_gain"], 2)
        lines.append((f"{mm:g} mm", str(len(own)), path, *gains, _share(own["detected"])))
    head = ("amplitude", "n", "in the pictures", *TRACKERS.values(), "found")
    return _table(head, lines)


def factor_tables(rows: pd.DataFrame) -> Iterable[str]:
    """Give one table for each factor."""
    own = rows[rows["tracker"] == "tremorcam"]
    for factor, title in FACTORS.items():
        group = own[own["factor"] == factor]
        if len(group):
            yield by_level(group, title)


def by_level(rows: pd.DataFrame, title: str) -> str:
    """One row for each level of a factor."""
    lines = []
    for level, group in rows[rows["tracker"] == "tremorcam"].groupby("level", sort=False):
        moved = group.dropna(subset=["true_hz"])
        lines.append((
            str(level), str(len(moved)), _range(group["clear_gain"].dropna(), 2),
            _middle_worst(100 * group["cross_talk"].dropna(), 2, " %"),
            _middle_worst(group["noise_mm_per_rthz"], 4), _middle_worst(_over_bound(group), 1),
            _middle_worst(group["limit_p2p_mm"].dropna(), 3),
            _middle_worst(_error_hz(moved), 3), _share(moved["detected"]),
        ))  # fmt: skip
    head = (title, "n", "gain", "cross-talk", "noise, mm/√Hz", "over the bound",
            "smallest seen, mm peak to peak", "error of the frequency, Hz", "found")  # fmt: skip
    return _table(head, lines)


def alarms(rows: pd.DataFrame) -> str:
    """Count false alarms by cause, and list what was named."""
    own = rows[(rows["factor"] == "alarm") & (rows["tracker"] == "tremorcam")]
    own = own.drop_duplicates("name")
    lines = []
    for cause, group in own.groupby("level", sort=False):
        named = sorted({name for row in group["vetoes"] for name in row})
        lines.append((str(cause), str(len(group)), str(int((group["n_alarms"] > 0).sum())),
                      ", ".join(named) or NOTHING))  # fmt: skip
    lines.append(("all", str(len(own)), str(int((own["n_alarms"] > 0).sum())), ""))
    return _table(("in the clip", "recordings", "with a false alarm", "named"), lines)


def _scale(own: pd.DataFrame) -> pd.Series:
    return own[own["factor"] == "base"].drop_duplicates("name")["scale_error"]


def _expected_within(rows: pd.DataFrame) -> str:
    """How many amplitudes the least possible error would leave within the goal of 5 %.

    That of Cramér and Rao for a sinusoid in the noise that was read, of which bidirectional
    pictures show the share that they kept.
    """
    read = rows.dropna(subset=["rms_mm", "kept"])
    if read.empty:
        return NOTHING
    seen = 1 - read["bidirectional"] * (1 - read["kept"] ** 2)
    sd = read["own_noise"] / np.sqrt(np.ptp(HOLD_S) * seen) / read["true_mm"]
    within = special.erf(0.05 / sd / np.sqrt(2)).sum()
    error = _middle_worst(100 * sd, 1, " %")
    return f"{within:.0f} of {len(read)}, at a standard deviation of {error}"


def _base_noise(own: pd.DataFrame) -> pd.Series:
    base = own[own["factor"] == "base"]
    return base.loc[base["true_hz"].isna(), "noise_mm_per_rthz"]


def _talk(own: pd.DataFrame) -> pd.Series:
    return own.loc[own["factor"] == "base", "cross_talk"].dropna()


def _over_bound(rows: pd.DataFrame) -> pd.Series:
    return (rows["noise_mm_per_rthz"] / rows["bound_mm_per_rthz"]).dropna()


def _error_hz(rows: pd.DataFrame) -> pd.Series:
    return (rows["hz"] - rows["true_hz"]).abs().dropna()


def _held(own: pd.DataFrame, what: str) -> pd.Series:
    """Whether the intervals of detected sinusoids hold the truth.

    Those of amplitudes do not claim to hold the scale's error, so it is taken out.
    """
    found = own[own["true_hz"].notna() & own["detected"].eq(True)]
    truth = found["true_hz"]
    if what == "rms":
        truth = found["true_mm"] / np.sqrt(2) * (1 + found["scale_error"])
    return (found[f"{what}_low"] <= truth) & (truth <= found[f"{what}_high"])


def _range(values: pd.Series, digits: int, unit: str = "") -> str:
    if not len(values):
        return NOTHING
    low, high = values.min(), values.max()
    if len(values) == 1:
        return f"{low:.{digits}f}{unit}"
    return f"{values.median():.{digits}f}{unit} ({low:.{digits}f} to {high:.{digits}f}{unit})"


def _spread(values: pd.Series) -> str:
    """Middle and range, and how many lie within the goal."""
    within = int(values.between(0.95, 1.05).sum())
    return f"{_range(values, 3)}; {within} of {len(values)} within" if len(values) else NOTHING


def _middle_worst(values: pd.Series, digits: int, unit: str = "") -> str:
    if not len(values):
        return NOTHING
    if len(values) == 1:
        return f"{values.max():.{digits}f}{unit}"
    return f"{values.median():.{digits}f}{unit} (at most {values.max():.{digits}f}{unit})"


def _share(flags: pd.Series) -> str:
    """How many of how many; from five on with the exact 95 % interval (Clopper and Pearson)."""
    n, k = len(flags), int(flags.astype(bool).sum())
    if n < FEW:
        return f"{k} of {n}" if n else NOTHING
    low, high = stats.binomtest(k, n).proportion_ci()
    return f"{k} of {n} ({100 * low:.0f} to {100 * high:.0f} %)"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
