"""When a person smiled: neutral, onset, hold and offset of every smile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import ndimage

from tremorcam.data import PHASE_COLUMNS, InputError
from tremorcam.measure.blocks import median_interval_s
from tremorcam.measure.intervals import hysteresis, merge, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from numpy.typing import NDArray

Cue = tuple[str, float, float, int]
"""Phase asked for, from when to when in seconds, and which smile it belongs to."""

LEAST_EXCURSION_MM = 2.5
"""A smaller movement of the mouth corners is no smile: commissures travel 7 to 22 mm (Paletz
1994), a slight or half-paralysed smile a third of that. Provisional."""
LEAST_SIGNAL_TO_NOISE = 6.0
LEAST_HOLD_S = 0.8
"""Shorter raises of the mouth corners are talk."""
TALK_GAP_S = 0.6
"""A dip of the mouth corners shorter than this does not end a smile."""
SMOOTH_S = 0.25
SMILE_LEVELS = (0.2, 0.35)
"""Share of the excursion where a smile is left and entered."""
EDGE_LEVELS = (0.1, 0.9)
"""Share of a smile's own height where its onset begins and ends."""
REST_BESIDE_S = 2.0
SETTLE_S = 0.3
"""The hold begins this long after the rise and ends this long before the fall."""
STEADY_MM = 1.0
"""How far the mouth corners may wander from the middle of a steady stretch."""


@dataclass(frozen=True)
class _Smile:
    """Times in seconds; onset or offset is empty where the recording cuts it off."""

    onset: tuple[float, float]
    hold: tuple[float, float]
    offset: tuple[float, float]


def find_phases(
    distinct: xr.Dataset,
    *,
    hold: tuple[float, float] | None = None,
    cues: Sequence[Cue] | None = None,
) -> pd.DataFrame:
    """Find every smile, or the longest steady stretch where there is none.

    Parameters
    ----------
    distinct : xarray.Dataset
        Signals without repeated frames.
    hold : (float, float), optional
        Start and end of the held smile in seconds, taken as given.
    cues : sequence of Cue, optional
        What a guided test asked for; a smile found within a cued hold gives its exact times.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`tremorcam.data.PHASE_COLUMNS`, in the order of time. Smile 0 with
        the phase ``whole`` where no smile was found.

    Raises
    ------
    InputError
        If the given hold does not lie within the recording.
    """
    time_s = distinct["time_s"].values.astype(float)
    if hold is not None:
        hold = _checked_hold(hold, time_s)
    if len(time_s) < 3:
        return _table([])
    course, interval_s = mean_excursion(distinct), median_interval_s(time_s)
    smiles = _find_smiles(time_s, course, interval_s)
    if hold is not None:
        smiles = [_impose_hold(smiles, hold)]
    elif cues:
        smiles = [_impose_cue(smiles, cue) for cue in _cued_holds(cues)] or smiles
    if smiles:
        return _table(_rows(smiles, time_s))
    return _table(_steady_stretch(time_s, course, distinct))


def _checked_hold(hold: tuple[float, float], time_s: NDArray[np.float64]) -> tuple[float, float]:
    start, stop = hold
    last = float(time_s[-1]) if len(time_s) else 0.0
    if not (start < stop and start < last and stop > 0):
        raise InputError(
            f"the hold {start:g}:{stop:g} s does not lie within the recording of {last:.1f} s; "
            "give its start and end in seconds of the recording, start first"
        )
    return max(start, 0.0), min(stop, last)


def mean_excursion(distinct: xr.Dataset) -> NDArray[np.float64]:
    """Mean of both mouth corners' excursion in mm, gaps bridged and spikes removed, (n_frames,)."""
    sides = distinct["smile_excursion_mm"].values.astype(float)
    known = np.isfinite(sides)
    both = np.where(known, sides, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    found = known.any(axis=1)
    time_s = distinct["time_s"].values
    if found.sum() < 3:
        return np.full(len(time_s), np.nan)
    filled = np.interp(time_s, time_s[found], both[found])
    width = max(3, round(SMOOTH_S / median_interval_s(time_s)))
    median = ndimage.median_filter(filled, width, mode="nearest")
    smooth: NDArray[np.float64] = ndimage.uniform_filter1d(median, width, mode="nearest")
    return smooth


def _find_smiles(
    time_s: NDArray[np.float64], course: NDArray[np.float64], interval_s: float
) -> list[_Smile]:
    if not np.isfinite(course).all():
        return []
    rest, top = np.percentile(course, [8, 97])
    height = top - rest
    noise = 1.4826 * np.median(np.abs(np.diff(course))) / np.sqrt(2)
    if height < LEAST_EXCURSION_MM or height < LEAST_SIGNAL_TO_NOISE * noise:
        return []
    low, high = SMILE_LEVELS
    raised = hysteresis((course - rest) / height, low=low, high=high)
    spans = merge(raised, gap=TALK_GAP_S / interval_s)
    beside = round(REST_BESIDE_S / interval_s)
    smiles = [_edges(time_s, course, int(start), int(stop), beside) for start, stop in spans]
    return [
        smile for smile in smiles
        if smile is not None and smile.hold[1] - smile.hold[0] >= LEAST_HOLD_S
    ]  # fmt: skip


def _edges(
    time_s: NDArray[np.float64], course: NDArray[np.float64], start: int, stop: int, beside: int
) -> _Smile | None:
    """Onset, hold and offset of the smile that raises the course within ``start:stop``.

    ``beside`` is how many samples before and after tell the level at rest.
    """
    plateau = np.percentile(course[start:stop], 75)
    before = _level_beside(course[max(start - beside, 0) : start])
    after = _level_beside(course[stop : stop + beside])
    rises, falls = start > 0, stop < len(course)
    first, last = EDGE_LEVELS
    up = np.flatnonzero(course[start:stop] >= before + last * (plateau - before))
    down = np.flatnonzero(course[start:stop] >= after + last * (plateau - after))
    if (rises and len(up) == 0) or (falls and len(down) == 0):
        return None
    # Where the recording cuts a smile off, it is held up to the cut.
    top_from = start + up[0] if rises else start
    top_to = start + down[-1] if falls else stop - 1
    foot = _last_below(course[:top_from], before + first * (plateau - before))
    end = _first_below(course, top_to, after + first * (plateau - after))
    begin_s = time_s[foot] if rises else time_s[top_from]
    end_s = time_s[end] if falls else time_s[top_to]
    hold = (
        min(time_s[top_from] + (SETTLE_S if rises else 0.0), time_s[top_to]),
        max(time_s[top_to] - (SETTLE_S if falls else 0.0), time_s[top_from]),
    )
    if hold[1] <= hold[0]:
        return None
    return _Smile(
        onset=(float(begin_s), float(hold[0])),
        hold=(float(hold[0]), float(hold[1])),
        offset=(float(hold[1]), float(end_s)),
    )


def _level_beside(course: NDArray[np.float64]) -> float:
    return float(np.percentile(course, 25)) if len(course) else np.nan


def _last_below(course: NDArray[np.float64], level: float) -> int:
    below = np.flatnonzero(course < level)
    return int(below[-1]) if len(below) else 0


def _first_below(course: NDArray[np.float64], start: int, level: float) -> int:
    below = np.flatnonzero(course[start:] < level)
    return int(start + below[0]) if len(below) else len(course) - 1


def _impose_hold(smiles: list[_Smile], hold: tuple[float, float]) -> _Smile:
    """Take the hold as given, with the onset and offset of the smile it lies in, if any."""
    for smile in smiles:
        if smile.hold[0] < hold[1] and smile.hold[1] > hold[0]:
            return _Smile(
                onset=(min(smile.onset[0], hold[0]), hold[0]),
                hold=hold,
                offset=(hold[1], max(smile.offset[1], hold[1])),
            )
    return _Smile(onset=(hold[0], hold[0]), hold=hold, offset=(hold[1], hold[1]))


def _cued_holds(cues: Sequence[Cue]) -> list[tuple[float, float]]:
    return [(start, stop) for phase, start, stop, _ in cues if phase == "hold" and stop > start]


def _impose_cue(smiles: list[_Smile], cue: tuple[float, float]) -> _Smile:
    """Smile that was held when it was asked for; the cue itself where none was found.

    People follow a cue late: the part of a found hold that lies within the cue counts.
    """
    best, longest_s = None, 0.0
    for smile in smiles:
        shared_s = min(smile.hold[1], cue[1]) - max(smile.hold[0], cue[0])
        if shared_s > longest_s:
            best, longest_s = smile, shared_s
    if best is None or longest_s < LEAST_HOLD_S:
        return _Smile(onset=(cue[0], cue[0]), hold=cue, offset=(cue[1], cue[1]))
    hold = (max(best.hold[0], cue[0]), min(best.hold[1], cue[1]))
    return _Smile(
        onset=(min(best.onset[0], hold[0]), hold[0]),
        hold=hold,
        offset=(hold[1], max(best.offset[1], hold[1])),
    )


def _rows(smiles: list[_Smile], time_s: NDArray[np.float64]) -> list[tuple[int, str, float, float]]:
    """Rows of the table; the rest before a smile is its neutral, after it where none is before."""
    rows: list[tuple[int, str, float, float]] = []
    before_s = float(time_s[0])
    for number, smile in enumerate(smiles, start=1):
        next_s = smiles[number].onset[0] if number < len(smiles) else float(time_s[-1])
        spans = {
            "neutral": (before_s, smile.onset[0]),
            "onset": smile.onset,
            "hold": smile.hold,
            "offset": smile.offset,
        }
        if spans["neutral"][1] - spans["neutral"][0] < SETTLE_S:
            spans["neutral"] = (smile.offset[1], next_s)
        rows += [(number, name, *span) for name, span in spans.items() if span[1] > span[0]]
        before_s = smile.offset[1]
    return sorted(rows, key=lambda row: row[2])


def _steady_stretch(
    time_s: NDArray[np.float64], course: NDArray[np.float64], distinct: xr.Dataset
) -> list[tuple[int, str, float, float]]:
    """Longest stretch with the face in view and the mouth corners at rest."""
    seen = np.isfinite(distinct["displacement_mm"].values).all(axis=2).any(axis=1)
    interval_s = median_interval_s(time_s)
    if np.isfinite(course).all():
        width = max(3, round(4 / interval_s))
        middle = ndimage.median_filter(course, width, mode="nearest")
        seen &= np.abs(course - middle) < STEADY_MM
    spans = [
        (float(time_s[start]), float(time_s[stop - 1]))
        for start, stop in runs(seen)
        if stop - start > 1
    ]
    spans = merge(spans, gap=2.5 * interval_s)
    if not spans:
        return []
    longest = max(spans, key=lambda span: span[1] - span[0])
    return [(0, "whole", *longest)]


def _table(rows: list[tuple[int, str, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(PHASE_COLUMNS))
    return table.astype({"smile": int, "phase": str, "onset_s": float, "offset_s": float})


def spans_of(phases: pd.DataFrame, phase: str) -> list[tuple[int, float, float]]:
    """Smile number, start and end of every stretch of a phase."""
    rows = phases[phases["phase"] == phase]
    return [
        (int(smile), float(start), float(stop))
        for smile, start, stop in zip(rows["smile"], rows["onset_s"], rows["offset_s"], strict=True)
    ]


def phase_at(phases: pd.DataFrame, time_s: float) -> str:
    """Name of the phase a time lies in, ``whole`` outside of all."""
    rows = phases[(phases["onset_s"] <= time_s) & (time_s < phases["offset_s"])]
    return str(rows["phase"].iloc[0]) if len(rows) else "whole"
