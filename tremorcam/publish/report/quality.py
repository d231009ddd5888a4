"""What the report says about the recording: its limits, and what it could not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.dictionary import categories, region_label, vetoes
from tremorcam.publish.bands import BAND_HZ
from tremorcam.publish.limits import describe_limits
from tremorcam.publish.numbers import NOTHING, format_limit, format_number

if TYPE_CHECKING:
    from tremorcam.data import Analysis, Finding
    from tremorcam.publish.answer import Answer

_SEVERITY = {"unusable": "stops the measurement", "limited": "limits it", "note": "for the record"}
_FINDING_STATUS = {
    "consistent": ("fits", "fits"),
    "not_consistent": ("differs", "does not fit"),
    "not_assessable": ("unknown", "could not be assessed"),
}


def describe_quality(answer: Answer) -> dict[str, Any]:
    """Gather the quality, the validity envelope, the vetoes and the findings."""
    analysis = answer.analysis
    limits = describe_limits(answer)
    return {
        "label": limits.label,
        "sentence": limits.sentence,
        "reasons": [
            {
                "severity": _SEVERITY[reason.severity],
                "message": reason.message,
                "value": format_limit(reason.value, reason.unit),
                "limit": format_limit(reason.limit, reason.unit),
            }
            for reason in limits.reasons
        ],
        "envelope": _envelope(answer),
        "vetoes": [
            {
                "where": region_label(veto.region, veto.side),
                "frequency": f"{format_number(veto.frequency_hz)} Hz",
                "cause": vetoes().get(veto.cause, veto.cause),
                "explanation": veto.explanation,
            }
            for veto in analysis.vetoes
        ],
        "findings": [_finding(finding) for finding in _in_order(analysis)],
    }


def _in_order(analysis: Analysis) -> list[Finding]:
    order = list(_FINDING_STATUS)
    return sorted(analysis.findings, key=lambda f: (not f.primary, order.index(f.status)))


def _finding(finding: Finding) -> dict[str, Any]:
    kind, status = _FINDING_STATUS[finding.status]
    return {
        "name": categories().get(finding.category, finding.category),
        "kind": kind,
        "status": status + (" best" if finding.primary else ""),
        "explanation": finding.explanation,
        "evidence": finding.evidence,
    }


def _envelope(answer: Answer) -> list[tuple[str, str, str]]:
    """List what bounds the answer: name, value, and what it means."""
    analysis, timing = answer.analysis, answer.analysis.timing
    scale = analysis.signals["mm_per_px"].values
    scale = scale[np.isfinite(scale)]
    scale_sd = analysis.signals.attrs.get("scale_relative_sd")
    mm_per_px = float(np.median(scale)) if len(scale) else None
    rows = [
        (
            "Smallest tremor seen",
            format_limit(answer.detection_limit_mm, "mm"),
            "peak to peak; a smaller one would not have been told from noise",
        ),
        (
            "Frequencies told",
            f"{BAND_HZ[0]:g} to {min(answer.highest_frequency_hz, BAND_HZ[1]):.3g} Hz",
            f"{format_number(timing.effective_rate_hz, 3)} distinct pictures a second tell "
            f"nothing above {format_number(answer.highest_frequency_hz, 3)} Hz: faster movement "
            "can appear as slower",
        ),
        _noise(answer),
        _exposure(answer),
        *_jitter(answer),
        ("Scale", format_limit(mm_per_px, "mm per pixel"), _scale_note(scale_sd)),
        (
            "Length",
            f"{timing.duration_s:.1f} s",
            f"{timing.n_frames} pictures, {timing.n_duplicates} of them repeats; longest gap "
            f"{format_number(timing.longest_gap_s)} s",
        ),
        (
            "Face followed",
            f"{100 * float(np.mean(analysis.signals['face_found'].values)):.0f} %",
            "share of the pictures in which the face was found",
        ),
    ]
    return rows


def _noise(answer: Answer) -> tuple[str, str, str]:
    noise, bound = answer.worst("noise_density"), answer.worst("noise_bound")
    note = "what stays at the mouth or the strongest region when nothing trembles"
    if bound > 0 and noise > 0:
        note += (
            f"; {noise / bound:.2g} times the {format_limit(bound, 'mm/√Hz')} that the texture and "
            "the pixel noise of these pictures allow (Cramér-Rao): the rest is compression and "
            "movement"
        )
    return "Noise", format_limit(noise, "mm/√Hz"), note


def _exposure(answer: Answer) -> tuple[str, str, str]:
    """Tell what exposure was corrected for, or how much an unknown one may hide."""
    exposure_s = answer.analysis.provenance.get("parameters", {}).get("exposure_s")
    rate_hz = answer.analysis.timing.effective_rate_hz
    if exposure_s:
        kept = np.sinc(exposure_s * BAND_HZ[1])
        note = f"amplitudes are corrected for it, by up to {100 * (1 / kept - 1):.0f} %"
        return "Exposure", f"{1000 * exposure_s:.3g} ms", note
    if not rate_hz > 0:
        return "Exposure", NOTHING, "not told"
    tremor_hz = answer.at_tremor("tremor_frequency").value
    at_hz = tremor_hz if np.isfinite(tremor_hz) else min(BAND_HZ[1], answer.highest_frequency_hz)
    lost = 1 - np.sinc(at_hz / rate_hz)
    note = (
        f"so not corrected for: had every picture been exposed until the next one, "
        f"{100 * lost:.0f} % of a movement at {at_hz:.3g} Hz would be hidden"
    )
    return "Exposure", "not known", note


def _jitter(answer: Answer) -> list[tuple[str, str, str]]:
    """Tell what uncertain times were corrected for, if they were."""
    jitter_s = answer.analysis.provenance.get("parameters", {}).get("jitter_s")
    if not jitter_s:
        return []
    kept = np.exp(-2 * (np.pi * BAND_HZ[1] * jitter_s) ** 2)
    note = f"amplitudes are corrected for it, by up to {100 * (1 / kept - 1):.0f} %"
    return [("Uncertain times", f"± {1000 * jitter_s:.3g} ms", note)]


def _scale_note(relative_sd: float | None) -> str:
    note = "millimetres come from the width of the iris, which differs between people"
    if relative_sd is None:
        return note
    return f"{note}: every length here may be off by ± {200 * relative_sd:.0f} %"
