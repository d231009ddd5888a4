"""What the results page needs of an analysis, as plain JSON."""

from __future__ import annotations

import math
from dataclasses import asdict
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import SIDES
from tremorcam.dictionary import categories, region_label
from tremorcam.dictionary import events as event_texts
from tremorcam.dictionary import measures as measure_texts
from tremorcam.publish import summary_row
from tremorcam.publish.answer import FACE_REGIONS, Answer, Estimate
from tremorcam.publish.figures.traces import band_movement
from tremorcam.publish.limits import describe_limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.data import Analysis

BOTH_SIDES = (
    ("tremor_amplitude_p2p", "Tremor, peak to peak", None),
    ("tremor_frequency", "Tremor frequency", None),
    ("detection_limit", "Smallest tremor that would be seen", None),
    ("smile_excursion", "How far the mouth corner moves", "mouth_corner"),
    ("smile_onset_speed", "Speed at the smile's onset", "mouth_corner"),
    ("eye_closure_with_smile", "Narrowing of the eye while smiling", "eye"),
)
"""Measure, its label, and its region (``None``: where the tremor is)."""

_SPECTRUM_FROM_HZ = 2.0


def build_view(analysis: Analysis) -> dict[str, Any]:
    """Draw together what the page shows.

    Returns
    -------
    dict
        Ready for JSON: missing values are ``None``.
    """
    answer = Answer(analysis)
    view = {
        "summary": summary_row(analysis),
        "region": {"name": answer.region, "label": region_label(answer.region)},
        "stretch": {"phase": answer.stretch.phase, "bounds_s": answer.stretch_bounds_s()},
        "words": dict(analysis.words),
        "quality": {"status": analysis.quality.status} | asdict(describe_limits(answer)),
        "findings": [
            {"label": categories()[finding.category]} | asdict(finding)
            for finding in analysis.findings
        ],
        "vetoes": [asdict(veto) for veto in analysis.vetoes],
        "timing": asdict(analysis.timing),
        "video": asdict(analysis.video),
        "regions": _regions(answer),
        "sides": _sides(answer),
        "phases": analysis.phases.to_dict("records"),
        "events": _events(analysis),
        "traces": _traces(answer),
        "spectrum": _spectrum(answer),
        "course": _course(answer),
    }
    plain: dict[str, Any] = _plain(view)
    return plain


def _regions(answer: Answer) -> list[dict[str, Any]]:
    regions = []
    for region in FACE_REGIONS:
        at: dict[str, Any] = {"region": region.name, "side": region.side}
        amplitude = answer.lookup("tremor_amplitude_p2p", **at)
        regions.append(
            at
            | {
                "label": region_label(region.name, region.side),
                "detected": amplitude.detected and amplitude.known,
                "measured": amplitude.known or answer.lookup("detection_limit", **at).known,
                "amplitude": _estimate(amplitude),
                "frequency": _estimate(answer.lookup("tremor_frequency", **at)),
                "limit_mm": answer.lookup("detection_limit", **at).value,
            }
        )
    return regions


def _sides(answer: Answer) -> list[dict[str, Any]]:
    rows = []
    for measure, label, region in BOTH_SIDES:
        where = region or answer.region
        estimates = {side: answer.lookup(measure, side=side, region=where) for side in SIDES}
        if any(estimate.known for estimate in estimates.values()):
            unit = measure_texts()[measure].unit
            about = measure_texts()[measure].text
            row = {side: _estimate(estimate) for side, estimate in estimates.items()}
            rows.append({"measure": measure, "label": label, "unit": unit, "about": about} | row)
    return rows


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": estimate.value,
        "low": estimate.ci_low,
        "high": estimate.ci_high,
        "detected": estimate.detected,
    }


def _events(analysis: Analysis) -> list[dict[str, Any]]:
    texts = event_texts()
    return [
        {str(name): value for name, value in row.items()}
        | {"text": texts.get(str(row["event"]), "")}
        for row in analysis.events.to_dict("records")
    ]


def _traces(answer: Answer) -> dict[str, Any]:
    signals = answer.analysis.signals
    per_side = {
        "smile_mm": signals["smile_excursion_mm"],
        "eye_mm": signals["eye_aperture_mm"],
    }
    traces = {
        name: {side: _rounded(values.sel(side=side).values, 2) for side in SIDES}
        for name, values in per_side.items()
    }
    return traces | {
        "time_s": _rounded(signals["time_s"].values, 4),
        "tremor_mm": {side: _rounded(band_movement(answer, side), 4) for side in answer.sides},
    }


def _spectrum(answer: Answer) -> list[dict[str, Any]]:
    spectra = answer.analysis.spectra
    curves = []
    for side in answer.sides:
        rows = spectra[
            (spectra["region"] == answer.region)
            & (spectra["side"] == side)
            & (spectra["phase"] == answer.stretch.phase)
            & spectra["frequency_hz"].between(_SPECTRUM_FROM_HZ, answer.highest_frequency_hz)
        ]
        curves.append(
            {
                "side": side,
                "frequency_hz": rows["frequency_hz"].tolist(),
                # Densities as amplitudes: what the eye compares is then millimetres.
                "density": np.sqrt(rows["psd_mm2_per_hz"]).tolist(),
                "noise": np.sqrt(rows["noise_psd_mm2_per_hz"]).tolist(),
            }
        )
    return curves


def _course(answer: Answer) -> list[dict[str, Any]]:
    course = answer.analysis.course
    rows = course[course["region"] == answer.region]
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def _rounded(values: NDArray[np.float64], digits: int) -> list[float]:
    rounded: list[float] = np.asarray(values, dtype=float).round(digits).tolist()
    return rounded


def _plain(value: Any) -> Any:
    """Turn a value into what JSON knows; NaN and infinities become ``None``."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, bool, int, float, NoneType)) else str(value)
