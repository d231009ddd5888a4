"""Rows of the measures table about the smile, the eyes, bursts and the recording."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import SIDES, Side
from tremorcam.measure.blocks import SERIES, median_interval_s
from tremorcam.measure.closure import closure
from tremorcam.measure.confidence import NORMAL, Interval
from tremorcam.measure.events import rate_per_min, rate_ratio
from tremorcam.measure.eye_mouth import eye_mouth
from tremorcam.measure.intervals import inside, runs
from tremorcam.measure.lids import CLOSED
from tremorcam.measure.phases import spans_of
from tremorcam.measure.smile import (
    LEAST_APART,
    SideSmile,
    landmark_sd_mm,
    measure_smile,
    middle_of,
    minus,
    repeats,
)
from tremorcam.measure.tables import NAN, MeasureRows, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Samples
    from tremorcam.measure.events import Event

LEAST_INTERVALS = 3
"""Intervals between bursts from which their irregularity is told."""
STEADY = ("hold", "neutral", "whole")
BURST_REGIONS = {"mouth_corner": "mouth_burst", "cheek": "cheek_burst"}
USUALLY_OPEN_PERCENTILE = 90
LID_RATES = {
    "blink_rate": ("blink",),
    "incomplete_blink_rate": ("incomplete_blink",),
    "long_closure_rate": ("long_closure",),
    "eyelid_spasm_rate": ("eyelid_spasm",),
}


def add_smiles(
    rows: MeasureRows, distinct: xr.Dataset, phases: pd.DataFrame, lids: Sequence[Event]
) -> None:
    """Add excursion, speed, lag and eye closure: of all smiles together, then of each."""
    spans = [lid.span_s for lid in lids]
    smiles = [number for number, _, _ in spans_of(phases, "hold")]
    measured = {smile: measure_smile(distinct, phases, smile, spans) for smile in smiles}
    if len(smiles) > 1:
        _add_smile(rows, 0, list(measured.values()))
    for smile, sides in measured.items():
        _add_smile(rows, smile, [sides])


def _add_smile(rows: MeasureRows, smile: int, repeated: Sequence[Mapping[Side, SideSmile]]) -> None:
    for side in SIDES:
        each = [sides[side] for sides in repeated]
        corner = Place("mouth_corner", side, "hold", smile)
        onset = Place("mouth_corner", side, "onset", smile)
        eye = Place("eye", side, "hold", smile)
        rows.add(corner, "smile_excursion", repeats([one.excursion_mm for one in each]))
        rows.add(onset, "smile_onset_speed", repeats([one.onset_speed_mm_s for one in each]))
        rows.add(eye, "eye_closure_with_smile", repeats([one.closure_percent for one in each]))
        rows.add(eye, "eye_closure_lag", repeats([one.eye_lag_s for one in each]))
    mouth = Place("mouth_corner", "both", "hold", smile)
    rows.add(
        mouth,
        "smile_asymmetry",
        repeats([minus(s["left"].excursion_mm, s["right"].excursion_mm) for s in repeated]),
    )
    rows.add(
        Place("mouth_corner", "both", "onset", smile),
        "smile_onset_lag",
        repeats([minus(s["right"].half_rise_s, s["left"].half_rise_s) for s in repeated]),
    )
    rows.add(Place("eye", "both", "hold", smile), "eye_closure_difference", repeats(
        [minus(s["left"].closure_percent, s["right"].closure_percent) for s in repeated]
    ))  # fmt: skip


def add_eyes(
    rows: MeasureRows, distinct: xr.Dataset, phases: pd.DataFrame, lids: Sequence[Event]
) -> None:
    """Add apertures, the rates of lid events and the time the eyes are shut."""
    time_s = distinct["time_s"].values.astype(float)
    aperture_mm = distinct["eye_aperture_mm"].values.astype(float)
    known = np.isfinite(aperture_mm).any(axis=1)
    seen_s = float(known.sum() * median_interval_s(time_s)) if len(time_s) > 1 else 0.0
    rest = inside(time_s, [span[1:] for span in spans_of(phases, "neutral")])
    for side in SIDES:
        for phase, when in (("neutral", rest), ("whole", np.ones_like(rest))):
            rows.add(Place("eye", side, phase, 0), "eye_aperture", _aperture(distinct, side, when))
        count = sum(lid.side == side for lid in lids)
        rows.add(Place("eye", side, "whole", 0), "one_sided_lid_rate", rate_per_min(count, seen_s))
    both = Place("eye", "both", "whole", 0)
    rows.add(both, "observed_time", seen_s)
    for measure, names in LID_RATES.items():
        count = sum(lid.side == "both" and lid.event in names for lid in lids)
        rows.add(both, measure, rate_per_min(count, seen_s))
    rows.add(both, "closed_time", _closed_percent(distinct, phases))


def _closed_percent(distinct: xr.Dataset, phases: pd.DataFrame) -> Interval:
    """Share of the time that both eyes are closed, to half a frame at either end of a closure."""
    shut = closure(distinct, phases) if distinct.sizes["frame"] > 2 else np.full((0, 2), np.nan)
    told = np.isfinite(shut).all(axis=1)
    if not told.any():
        return Interval(NAN)
    closed = np.asarray(told & (np.nan_to_num(shut) >= CLOSED).all(axis=1))
    frame = 100 / int(told.sum())
    percent, reach = frame * int(closed.sum()), frame * len(runs(closed))
    return Interval(percent, max(percent - reach, 0.0), min(percent + reach, 100.0))


def _aperture(distinct: xr.Dataset, side: Side, when: NDArray[np.bool_]) -> Interval:
    """Median aperture of an open eye, read without the other eye where it was.

    Landmarks lend each eye what they see of the other, and in a mirror they lend otherwise.
    """
    if "eye_aperture_alone_mm" in distinct:
        alone_mm = distinct["eye_aperture_alone_mm"].sel(side=side).values.astype(float)
        values = _open(alone_mm, when)
        if len(values) >= LEAST_APART:
            return middle_of(values, common=landmark_sd_mm(distinct, "aperture_alone"))
    values = _open(distinct["eye_aperture_mm"].sel(side=side).values.astype(float), when)
    middle_mm = float(np.median(values)) if len(values) else NAN
    reach_mm = NORMAL * landmark_sd_mm(distinct, "aperture") or NAN
    return Interval(middle_mm, middle_mm - reach_mm, middle_mm + reach_mm)


def _open(aperture_mm: NDArray[np.float64], when: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Apertures of an open eye: at least half as wide as it usually opens.

    No event decides here, so that one that is hardly an event makes no difference.
    """
    known = np.isfinite(aperture_mm)
    if not known.any():
        return np.empty(0)
    usual_mm = np.percentile(aperture_mm[known], USUALLY_OPEN_PERCENTILE)
    return aperture_mm[known & when & (aperture_mm > (1 - CLOSED) * usual_mm)]


def add_bursts(
    rows: MeasureRows, samples: Samples, phases: pd.DataFrame, bursts: Sequence[Event]
) -> None:
    """Add how often bursts come and how evenly, for the mouth (at its corner) and the cheek."""
    for phase in STEADY:
        spans = spans_of(phases, phase)
        if not spans:
            continue
        smile = spans[0][0] if len(spans) == 1 else 0
        within = inside(samples.time_s, [span[1:] for span in spans])
        for side, (region, kind) in product(SIDES, BURST_REGIONS.items()):
            own = [
                burst.rise_s
                for burst in bursts
                if burst.event == kind
                and burst.side in (side, "both")
                and any(start <= burst.onset_s <= stop for _, start, stop in spans)
            ]
            followed = samples.valid[within, SERIES.index(f"{region}_{side}")]
            followed_s = float(followed.sum() * samples.interval_s)
            place = Place(region, side, phase, smile)
            rows.add(place, "burst_rate", rate_per_min(len(own), followed_s))
            rows.add(place, "burst_irregularity", _irregularity(own))
            if phase == "hold":
                rows.add(place, "burst_growth_ratio", _growth(own, spans))


def _irregularity(times_s: Sequence[float]) -> float:
    intervals_s = np.diff(sorted(times_s))
    if len(intervals_s) < LEAST_INTERVALS:
        return NAN
    return float(intervals_s.std(ddof=1) / intervals_s.mean())


def _growth(times_s: Sequence[float], holds: Sequence[tuple[int, float, float]]) -> Interval:
    """Bursts in the last thirds of the holds over those in the first."""
    share = [
        (at_s - start_s) / (stop_s - start_s)
        for _, start_s, stop_s in holds
        for at_s in times_s
        if start_s <= at_s <= stop_s
    ]
    return rate_ratio(sum(at >= 2 / 3 for at in share), sum(at < 1 / 3 for at in share))


def add_coupling(
    rows: MeasureRows, phases: pd.DataFrame, lids: Sequence[Event], bursts: Sequence[Event]
) -> None:
    """Add how eye and mouth go together on each side."""
    steady = [span[1:] for phase in STEADY for span in spans_of(phases, phase)]
    for side in SIDES:
        together = eye_mouth(side, lids, bursts, steady)
        place = Place("face", side, "whole", 0)
        rows.add(place, "eye_mouth_coincidence", together.coincidence)
        rows.add(place, "eye_mouth_lag", together.lag_s)


def add_scale(rows: MeasureRows, attributes: Mapping[Any, Any]) -> None:
    """Add the uncertainty that all millimetres share."""
    sd = attributes.get("scale_relative_sd")
    percent = 100 * float(sd) if sd is not None else NAN
    rows.add(Place("face", "both", "whole", 0), "scale_uncertainty", percent)
