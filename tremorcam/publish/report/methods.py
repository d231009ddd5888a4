"""How it was measured, told from what the analysis says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tremorcam.publish.answer import measured_with
from tremorcam.publish.bands import BAND_HZ
from tremorcam.publish.numbers import format_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tremorcam.data import Analysis


def describe_methods(analysis: Analysis) -> dict[str, Any]:
    """Write the methods: what was done to which file, with which parameters, after whom."""
    provenance = analysis.provenance
    version = measured_with(analysis)
    return {
        "paragraphs": [_recording(analysis), _timing(analysis), _measuring(analysis)],
        "parameters": list(_flatten(provenance.get("parameters", {}))),
        "versions": list(_flatten(provenance.get("versions", {}))),
        "references": [_reference(item) for item in provenance.get("references", ())],
        "version": version,
        "citation": _citation(analysis, version),
    }


def _recording(analysis: Analysis) -> str:
    video = analysis.video
    rate = f", {video.bit_rate_bps / 1e6:.1f} Mbit/s" if video.bit_rate_bps is not None else ""
    turned = f", turned by {video.rotation_deg}°" if video.rotation_deg else ""
    return (
        f"The recording {video.name} ({video.width_px} × {video.height_px} pixels{turned}, "
        f"{video.codec}{rate}, SHA-256 {video.sha256[:16]}…) was read picture by picture at the "
        "times stored in it."
    )


def _timing(analysis: Analysis) -> str:
    timing = analysis.timing
    return (
        f"Of {timing.n_frames} pictures, {timing.n_duplicates} repeated the one before and were "
        f"left out; the rest came at {format_number(timing.effective_rate_hz, 3)} Hz with a "
        f"standard deviation of the interval of {1000 * timing.interval_sd_s:.1f} ms, "
        f"{timing.n_gaps} gaps and {timing.n_corrected_times} corrected times. "
        "Nothing was interpolated across gaps."
    )


def _measuring(analysis: Analysis) -> str:
    iris_mm = analysis.signals.attrs.get("iris_mm")
    scale = (
        f"Pixels became millimetres by the iris, taken as {iris_mm:g} mm wide. "
        if iris_mm is not None
        else ""
    )
    return (
        f"{scale}Regions were placed by facial landmarks and followed from picture to picture by "
        "optical flow; the head's own motion, fitted to points that a smile hardly moves, was "
        f"taken out.{_spectra(analysis)} Amplitudes have the noise's power subtracted. Peaks "
        "shared with the head, the light or the camera are named and not counted. Intervals are "
        "95 % confidence intervals. The parameters below are those of this very analysis."
    )


def _spectra(analysis: Analysis) -> str:
    """Tell how a tremor was looked for, with the numbers that this analysis gives for it."""
    used = analysis.provenance.get("parameters", {}).get("measure", {})
    low_hz, high_hz = used.get("band_hz", BAND_HZ)
    told = (
        " Spectra are multitaper estimates at the true times of the pictures, along both principal "
        f"axes of the movement; a peak from {low_hz:g} to {high_hz:g} Hz was looked for"
    )
    if "alpha" in used:
        told += (
            ", and counts if noise alone would reach its height anywhere in that band with a "
            f"probability below {used['alpha']:g}"
        )
    if "high_pass_hz" in used:
        told += f". What is slower than {used['high_pass_hz']:g} Hz was taken out before"
    return f"{told}."


def _flatten(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, item in value.items():
        if hasattr(item, "items"):
            yield from _flatten(item, f"{prefix}{name}.")
        elif isinstance(item, (list, tuple)):
            yield f"{prefix}{name}", ", ".join(_text(part) for part in item)
        else:
            yield f"{prefix}{name}", _text(item)


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _reference(item: Any) -> dict[str, str]:
    if hasattr(item, "get"):
        return {"text": str(item.get("text", "")), "doi": str(item.get("doi", ""))}
    return {"text": str(item), "doi": ""}


def _citation(analysis: Analysis, version: str) -> str:
    said = f", version {version}" if version else ""
    return (
        f"The Tremorcam authors. Tremorcam{said}: facial tremor measured from video. Analysis of a "
        f"recording of {analysis.timing.duration_s:.0f} s (SHA-256 {analysis.video.sha256[:16]}…)."
    )
