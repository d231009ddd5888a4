"""Rows of the measures table that speak of tremor."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import REGIONS, SIDES
from tremorcam.measure.confidence import NORMAL, Interval
from tremorcam.measure.course import growth_ratio, recovery_ratio
from tremorcam.measure.projection import HALF_BAND_HZ
from tremorcam.measure.quality import BITS_PER_PIXEL
from tremorcam.measure.rhythm import bandwidth_hz, harmonics, persistence, stability_index_hz
from tremorcam.measure.tables import NAN, MeasureRows, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tremorcam.measure.peaks import Peak
    from tremorcam.measure.stretches import Stretch
    from tremorcam.measure.symmetry import SidePair
    from tremorcam.measure.tremor import RegionTremor, StretchTremor

GAIN_RELATIVE_SD = 0.03
"""What the encoder and the patches' averaging do to an amplitude, relative to it: 0.3 mm read 0.96
to 1.04 of the truth on ten rendered faces at 12 Mbit/s (docs/accuracy.md)."""
ENCODER_LOSS_PX = 0.02
"""RMS that an encoder may take from any small movement, which it thinks not worth its bits, beyond
what is given back (`tremorcam.measure.prediction`): at 12 Mbit/s of x264, up to 0.02 px were
missing from 0.05 mm as from 0.3 mm, on skin from light to dark; 0.006 px at 2 bits a pixel, none
without loss (docs/accuracy.md)."""
CLEAR_BITS_PER_PIXEL = 3.0
"""Files without loss take 3.4 and more."""
HIDDEN_PX, HIDDEN_HARD_PX = 0.03, 0.05
"""RMS of any movement that the pictures do not show at all, as a rule: what was missing, before
anything is given back, from 0.05 mm at 12 Mbit/s of x264, and from 0.3 mm where it compresses so
hard that the quality says so (docs/accuracy.md)."""
PEAK_TO_PEAK = 2 * np.sqrt(2)
"""Of a sinusoid's RMS."""
PEAK_MEASURES = (
    "tremor_frequency", "tremor_amplitude_rms", "tremor_amplitude_p2p", "tremor_axis",
    "tremor_p_value", "tremor_persistence", "tremor_bandwidth", "tremor_stability_index",
    "tremor_sinusoidality", "harmonic_ratio", "growth_ratio", "tremor_kept",
)  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """What the recording does to every amplitude.

    Parameters
    ----------
    rate_hz : float
    noise_bound : mapping of str to float
        Least possible noise density of each region, mm/√Hz.
    encoder_loss_mm : float
        RMS that the encoder may have taken from an amplitude.
    hidden_mm : float
        RMS of a movement that it leaves out altogether.
    """

    rate_hz: float
    noise_bound: Mapping[str, float]
    encoder_loss_mm: float = 0.0
    hidden_mm: float = 0.0


def lost_px(bits_per_pixel: float) -> tuple[float, float]:
    """RMS that an encoder may take from an amplitude, and of a movement that it leaves out, px.

    What is not known to be clear is taken for compressed.
    """
    if bits_per_pixel >= CLEAR_BITS_PER_PIXEL:
        return 0.0, 0.0
    return ENCODER_LOSS_PX, HIDDEN_HARD_PX if bits_per_pixel < BITS_PER_PIXEL else HIDDEN_PX


def add_tremor(rows: MeasureRows, found: StretchTremor, recorded: Recorded) -> None:
    """Add every region's rows of one stretch."""
    stretch = found.stretch
    for each in found.regions:
        place = Place(each.region.name, each.region.side, stretch.phase, stretch.smile)
        if each.peak is None:
            _add_undetected(rows, place, each)
        else:
            _add_detected(rows, place, each.peak, stretch, recorded)
        rows.add(place, "noise_density", each.noise_density)
        rows.add(place, "noise_bound", recorded.noise_bound.get(each.region.key, NAN))
        rms = each.detection_limit_rms_mm
        limit_mm = np.array([rms.value, rms.low, rms.high]) + recorded.hidden_mm
        rows.add(place, "detection_limit", Interval(*(PEAK_TO_PEAK * limit_mm)))


def add_not_assessed(rows: MeasureRows, phase: str, smile: int) -> None:
    """Add the rows of a stretch that is too short, or too coarse in time, for any spectrum."""
    for region in REGIONS:
        if region.role == "face":
            place = Place(region.name, region.side, phase, smile)
            for measure in (*PEAK_MEASURES, "noise_density", "noise_bound", "detection_limit"):
                rows.add(place, measure, NAN)


def _add_undetected(rows: MeasureRows, place: Place, each: RegionTremor) -> None:
    assessed = np.isfinite(each.noise_density.value)
    detected = False if assessed else None
    # What the background alone reads in the band of a peak, both axes together.
    floor_mm = each.noise_density.value * np.sqrt(2 * 2 * HALF_BAND_HZ)
    floors = {
        "tremor_amplitude_rms": floor_mm,
        "tremor_amplitude_p2p": PEAK_TO_PEAK * floor_mm,
    }
    for measure in PEAK_MEASURES:
        value = each.p_value if measure == "tremor_p_value" else NAN
        rows.add(place, measure, value, noise_floor=floors.get(measure, NAN), detected=detected)


def _add_detected(
    rows: MeasureRows, place: Place, peak: Peak, stretch: Stretch, recorded: Recorded
) -> None:
    tremor, blocks = peak.tremor, stretch.blocks
    rms, floor_mm = _with_gain_error(tremor.rms_mm, recorded), tremor.noise_rms_mm
    p2p = Interval(*(PEAK_TO_PEAK * np.array([rms.value, rms.low, rms.high])))
    axis_deg = np.rad2deg(np.arctan2(-tremor.axis[1], tremor.axis[0])) % 180
    harmonic_ratio, sinusoidality = harmonics(peak, blocks, rate_hz=recorded.rate_hz)
    resolution_hz = 2 * peak.spectrum.half_width_hz
    values: dict[str, float | Interval] = {
        "tremor_frequency": tremor.frequency_hz,
        "tremor_amplitude_rms": rms,
        "tremor_amplitude_p2p": p2p,
        "tremor_axis": float(axis_deg),
        "tremor_p_value": peak.p_value,
        "tremor_persistence": persistence(peak, blocks),
        "tremor_bandwidth": bandwidth_hz(peak),
        "tremor_stability_index": stability_index_hz(peak, blocks),
        "tremor_sinusoidality": sinusoidality,
        "harmonic_ratio": harmonic_ratio,
        "growth_ratio": growth_ratio(tremor, stretch.holds),
        "tremor_kept": Interval(tremor.kept.value, tremor.kept.low, tremor.kept.high),
    }
    floors = {
        "tremor_amplitude_rms": floor_mm,
        "tremor_amplitude_p2p": PEAK_TO_PEAK * floor_mm,
        "tremor_bandwidth": resolution_hz,
    }
    for measure, value in values.items():
        rows.add(place, measure, value, noise_floor=floors.get(measure, NAN), detected=True)


def _with_gain_error(rms: Interval, recorded: Recorded) -> Interval:
    """Widen an amplitude's interval by the tracker's error, and upwards by the encoder's loss.

    The tracker's is independent of the noise's; the encoder only ever takes.
    """
    reach = NORMAL * GAIN_RELATIVE_SD * rms.value
    low = rms.value - np.hypot(rms.value - rms.low, reach)
    high = rms.value + np.hypot(rms.high - rms.value, reach) + recorded.encoder_loss_mm
    return Interval(rms.value, max(low, 0.0), high)


def add_symmetry(rows: MeasureRows, found: StretchTremor, pairs: Sequence[SidePair]) -> None:
    """Add how the sides compare: for the face (its strongest region), then region by region."""
    stretch = found.stretch
    ordered = sorted(
        pairs, key=lambda pair: max(pair.left.rms_mm.value, pair.right.rms_mm.value), reverse=True
    )
    named = [("face", pair) for pair in ordered[:1]] + [(pair.region, pair) for pair in ordered]
    for name, pair in named:
        place = Place(name, "both", stretch.phase, stretch.smile)
        coupling = pair.coupling
        rows.add(place, "asymmetry_index", pair.asymmetry)
        rows.add(place, "coherence", coupling.coherence_interval, noise_floor=coupling.limit,
                 detected=coupling.significant)  # fmt: skip
        rows.add(place, "lag", pair.lag_s)
    if not pairs:
        place = Place("face", "both", stretch.phase, stretch.smile)
        for measure in ("asymmetry_index", "coherence", "lag"):
            rows.add(place, measure, NAN)


def add_spread(rows: MeasureRows, found: StretchTremor) -> None:
    """Add how many regions of each side tremble."""
    stretch = found.stretch
    for side in SIDES:
        count = sum(each.peak is not None for each in found.regions if each.region.side == side)
        assessed = any(
            np.isfinite(each.noise_density.value)
            for each in found.regions
            if each.region.side == side
        )
        place = Place("face", side, stretch.phase, stretch.smile)
        rows.add(place, "tremor_spread", count if assessed else NAN)


def add_recovery(rows: MeasureRows, pooled: StretchTremor) -> None:
    """Add, for every smile but the first, how far the strongest tremor had recovered."""
    peak = pooled.strongest()
    holds = pooled.stretch.holds
    for before, after in pairwise(holds):
        place = Place("face", "both", "hold", after[0])
        ratio = NAN if peak is None else recovery_ratio(peak.tremor, before, after)
        rows.add(place, "recovery_ratio", ratio)
