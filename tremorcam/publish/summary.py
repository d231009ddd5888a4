"""summary.csv: the answer of a recording in one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import SIDES
from tremorcam.dictionary import columns
from tremorcam.publish.answer import Answer, Estimate, measured_with

if TYPE_CHECKING:
    from tremorcam.data import Analysis


def summary_row(analysis: Analysis) -> dict[str, Any]:
    """Condense an analysis into the row of summary.csv.

    Returns
    -------
    dict
        Every column of summary.csv in its order; NaN or ``None`` where there is no value.
        The columns are described in :mod:`tremorcam.dictionary`.
    """
    answer = Answer(analysis)
    found = _recording(analysis) | _tremor(answer) | _sides(answer) | _findings(analysis)
    return {column.name: found[column.name] for column in columns("summary.csv")}


def failed_row(name: str, error: str) -> dict[str, Any]:
    """Row of summary.csv for a video that could not be measured."""
    row: dict[str, Any] = {column.name: None for column in columns("summary.csv")}
    return row | {"video": name, "error": error}


def _recording(analysis: Analysis) -> dict[str, Any]:
    timing, phases = analysis.timing, analysis.phases
    hold = phases[phases["phase"] == "hold"]
    scale = analysis.signals["mm_per_px"].values
    return {
        "video": analysis.video.name,
        "error": None,
        "quality": analysis.quality.status,
        "quality_reasons": ";".join(
            reason.code for reason in analysis.quality.reasons if reason.severity != "note"
        ),
        "answer": str(analysis.words.get("answer", "")),
        "duration_s": timing.duration_s,
        "hold_s": float((hold["offset_s"] - hold["onset_s"]).sum()),
        "n_frames": timing.n_frames,
        "n_duplicates": timing.n_duplicates,
        "effective_rate_hz": timing.effective_rate_hz,
        "mm_per_px": float(np.nanmedian(scale)) if np.isfinite(scale).any() else np.nan,
        "sha256": analysis.video.sha256,
        "tremorcam_version": measured_with(analysis),
        "vetoes": ";".join(f"{veto.cause}@{veto.frequency_hz:.1f}" for veto in analysis.vetoes),
    }


def _tremor(answer: Answer) -> dict[str, Any]:
    tremor, at_tremor = answer.tremor, answer.at_tremor
    told = answer.assessed and answer.analysis.quality.status != "unusable"
    return (
        {
            "detected": tremor is not None if told else None,
            "tremor_region": tremor.region if tremor else None,
            "tremor_side": tremor.side if tremor else None,
            "tremor_phase": answer.stretch.phase,
            "p_value": at_tremor("tremor_p_value").value,
            "persistence": at_tremor("tremor_persistence").value,
            "detection_limit_mm": answer.detection_limit_mm,
            "noise_density_mm_per_rthz": answer.worst("noise_density"),
            "highest_frequency_hz": answer.highest_frequency_hz,
        }
        | _with_interval("frequency", "_hz", at_tremor("tremor_frequency"))
        | _with_interval("amplitude_p2p", "_mm", at_tremor("tremor_amplitude_p2p"))
        | _with_interval("amplitude_rms", "_mm", at_tremor("tremor_amplitude_rms"))
        | _with_interval("growth_ratio", "", at_tremor("growth_ratio"))
    )


def _sides(answer: Answer) -> dict[str, Any]:
    row = _with_interval("asymmetry_index", "", answer.lookup("asymmetry_index"))
    bursts = []
    for side in SIDES:
        corner = {"side": side, "region": "mouth_corner"}
        amplitude = answer.lookup("tremor_amplitude_p2p", **corner)
        closure = answer.lookup("eye_closure_with_smile", side=side)
        row[f"amplitude_p2p_{side}_mm"] = amplitude.value if amplitude.detected else np.nan
        row[f"detection_limit_{side}_mm"] = answer.lookup("detection_limit", **corner).value
        row[f"smile_excursion_{side}_mm"] = answer.lookup("smile_excursion", side=side).value
        row[f"eye_closure_with_smile_{side}_percent"] = closure.value
        bursts.append(answer.lookup("burst_rate", **corner).value)
    row["burst_rate_per_min"] = float(np.max(bursts))
    row["blink_rate_per_min"] = answer.lookup("blink_rate").value
    return row


def _findings(analysis: Analysis) -> dict[str, Any]:
    def having(status: str) -> str:
        return ";".join(f.category for f in analysis.findings if f.status == status)

    return {
        "finding": next((f.category for f in analysis.findings if f.primary), None),
        "findings_consistent": having("consistent"),
        "findings_not_assessable": having("not_assessable"),
    }


def _with_interval(stem: str, unit: str, estimate: Estimate) -> dict[str, Any]:
    return {
        f"{stem}{unit}": estimate.value,
        f"{stem}_ci_low{unit}": estimate.ci_low,
        f"{stem}_ci_high{unit}": estimate.ci_high,
    }
