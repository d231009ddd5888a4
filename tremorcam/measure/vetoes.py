"""Peaks that are not the face's own: the head's, the camera's, the light's, the codec's.

A cause is named only where its own series has a peak at the same frequency, large enough and
coherent with the face's: neither alone is proof, as a strong tremor leaks a little into
everything. Only what is tiny beside its cause needs no coherence, and neither does what flicker may
do, which is not linear (:mod:`tremorcam.measure.flicker`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.data import Veto
from tremorcam.dictionary import region_label
from tremorcam.measure.blocks import SERIES
from tremorcam.measure.coupling import couple
from tremorcam.measure.flicker import in_step_with, out_of_step
from tremorcam.measure.narrowband import Narrowband, narrowband
from tremorcam.measure.witnesses import in_step, peak_there, stands_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tremorcam.anatomy import Region
    from tremorcam.measure.blocks import Block
    from tremorcam.measure.peaks import Peak
    from tremorcam.measure.spectrum import Spectrum

REFERENCE_SHARE = 0.5
"""The nose bridge or forehead moves at least this share of what the face does (peak at half
the mouth's amplitude; provisional)."""
HEAD_SHARE = 0.5
"""The head as a whole, which is taken out of the face's movement, moves at least this share.

That holds for a head that turns, too: its face shifts by the distance to the axis, some 80 mm,
times the angle, while what that leaves in the mouth comes of differences in depth of at most
40 mm. The angles themselves, as landmarks tell them, are no witness: a mouth corner that moves
by 0.3 mm tilts the landmarks' model of the head by 0.1°."""
KEY_FRAME_RATE_HZ = 0.5
"""Key frames less frequent than this have harmonics everywhere and prove nothing."""
COMB_SHARE = 0.1
"""Least amplitude of another line of a comb beside the peak it explains: a train of pulses has
lines of one size, and the twelfth of a sawtooth is a twelfth of its first."""
CROSS_TALK_SHARE = 0.05
"""A movement this small beside a coherent one elsewhere is that one's, carried by the skin or
the tracker."""
SAME_CAUSE_HZ = 0.3


@dataclass(frozen=True)
class Cause:
    """A series that may explain a peak."""

    name: str
    series: str
    share: float
    words: str


CAUSES = (
    Cause("camera_shake", "background", HEAD_SHARE, "the whole picture moves"),
    Cause("head_motion", "head", HEAD_SHARE, "the head moves"),
    Cause("head_motion", "nose_bridge_both", REFERENCE_SHARE, "the bridge of the nose moves"),
    Cause("head_motion", "forehead_both", REFERENCE_SHARE, "the forehead moves"),
)


def explain_peak(
    peak: Peak,
    region: Region,
    blocks: Sequence[Block],
    spectrum: Spectrum,
    *,
    key_frame_interval_s: float | None = None,
) -> Veto | None:
    """Name what else has the same peak, or ``None`` if it is the face's own.

    Parameters
    ----------
    peak : Peak
    region : Region
        Where the peak was found.
    blocks : sequence of Block
    spectrum : Spectrum
        Of all series, over the same blocks.
    key_frame_interval_s : float, optional
        Time between the video's key frames.
    """
    at_hz = peak.tremor.centre_hz
    percent = out_of_step(peak.tremor, blocks, spectrum)
    if percent is not None:
        return _veto("flicker", region, at_hz, _flicker_words(percent))
    for cause in CAUSES:
        own = peak_there(peak.tremor, cause.series, blocks, spectrum)
        if own is not None and _explains(own, peak.tremor, cause):
            if cause.name == "head_motion" and _is_codec(peak, key_frame_interval_s, spectrum):
                return _veto("codec", region, at_hz, _codec_words(key_frame_interval_s))
            size = f" ({own.rms_mm.value:.2f} mm RMS beside {peak.tremor.rms_mm.value:.2f} mm here)"
            return _veto(cause.name, region, at_hz, cause.words + size)
    percent = in_step_with(peak.tremor, blocks, spectrum)
    if percent is not None:
        return _veto("flicker", region, at_hz, _flicker_words(percent))
    if _is_codec(peak, key_frame_interval_s, spectrum):
        return _veto("codec", region, at_hz, _codec_words(key_frame_interval_s))
    return None


def is_cross_talk(
    tremor: Narrowband, strongest: Narrowband, blocks: Sequence[Block], spectrum: Spectrum
) -> bool:
    """Whether a small peak is only what a far stronger one elsewhere carries along.

    Skin, patches wider than what moves, and encoders that spend their bits on what moves most
    pass a few percent of a movement on. A peak of at most 5 % of the strongest one's amplitude,
    at its frequency or coherent with it, is therefore no tremor of its own; where both sides
    truly shake, they differ by less.
    """
    if tremor.rms_mm.value > CROSS_TALK_SHARE * strongest.rms_mm.value:
        return False
    if abs(tremor.centre_hz - strongest.centre_hz) <= SAME_CAUSE_HZ:
        return True
    same = narrowband(blocks, tremor.series, spectrum, strongest.centre_hz, refine=False)
    return same is not None and couple(same, strongest).significant


def speech_veto(region: Region, at_hz: float) -> Veto:
    """Give the veto for a peak that talking makes."""
    return _veto("speech", region, at_hz, "the lips open and close as in talking")


def blink_veto(region: Region, at_hz: float) -> Veto:
    """Give the veto for a peak that is only there while the eyes blink."""
    return _veto("blink", region, at_hz, "it is only there while the eyes blink")


def gather(vetoes: Sequence[tuple[float, Veto]]) -> tuple[Veto, ...]:
    """One veto for each cause and frequency: that of the region where the peak is greatest.

    Parameters
    ----------
    vetoes : sequence of (float, Veto)
        With the RMS in mm of the peak each explains.
    """
    groups: list[list[Veto]] = []
    for _, veto in sorted(vetoes, key=lambda each: -each[0]):
        for group in groups:
            same_hz = abs(group[0].frequency_hz - veto.frequency_hz) <= SAME_CAUSE_HZ
            if group[0].cause == veto.cause and same_hz:
                group.append(veto)
                break
        else:
            groups.append([veto])
    return tuple(_representative(group) for group in groups)


def _representative(group: Sequence[Veto]) -> Veto:
    others = {(veto.region, veto.side) for veto in group} - {(group[0].region, group[0].side)}
    if not others:
        return group[0]
    many = f" The same holds for {len(others)} other region{'s' if len(others) > 1 else ''}."
    return replace(group[0], explanation=group[0].explanation + many)


def _veto(cause: str, region: Region, at_hz: float, because: str) -> Veto:
    where = region_label(region.name, region.side)
    return Veto(
        region=region.name,
        side=region.side,
        frequency_hz=at_hz,
        cause=cause,
        explanation=f"The {at_hz:.1f} Hz peak at the {where} is not its own: {because}.",
    )


def _explains(own: Narrowband, tremor: Narrowband, cause: Cause) -> bool:
    """Whether a cause's movement is what a region shows at its frequency.

    It is large enough and in step. What a head leaves that moves 20 times as much is its own in
    any step: landmarks, patches and encoder fail a little at each turn of the movement, and
    differently at each region.
    """
    if cause.series == "head" and tremor.rms_mm.value <= CROSS_TALK_SHARE * own.rms_mm.value:
        return True
    large = own.rms_mm.value >= cause.share * tremor.rms_mm.value
    return large and in_step(tremor, own)


def _is_codec(peak: Peak, key_frame_interval_s: float | None, spectrum: Spectrum) -> bool:
    """Whether a peak lies in a comb of harmonics of the key-frame rate.

    A lone harmonic may be a coincidence: the nose bridge or the forehead, which every key
    frame redraws too, must have at least one other line of the comb, and one that is not tiny
    beside the peak.
    """
    if not key_frame_interval_s or 1 / key_frame_interval_s < KEY_FRAME_RATE_HZ:
        return False
    at_hz, rate_hz = peak.tremor.centre_hz, 1 / key_frame_interval_s
    if abs(at_hz / rate_hz - round(at_hz / rate_hz)) * rate_hz > spectrum.half_width_hz:
        return False
    others = np.arange(1, 40) * rate_hz
    low, high = spectrum.band_hz
    others = others[(others >= low) & (others <= high) & (np.abs(others - at_hz) > rate_hz / 2)]
    least = COMB_SHARE**2 * _power(spectrum, peak.tremor.series, at_hz)
    return any(
        stands_out(spectrum, series, _ratio(spectrum, series, f))
        and _power(spectrum, series, f) >= least
        for series in (SERIES.index("nose_bridge_both"), SERIES.index("forehead_both"))
        for f in others
    )


def _ratio(spectrum: Spectrum, series: int, frequency_hz: float) -> float:
    return float(np.interp(frequency_hz, spectrum.frequency_hz, spectrum.ratio[:, series]))


def _power(spectrum: Spectrum, series: int, frequency_hz: float) -> float:
    """Power density at a frequency, mm²/Hz, as its ratio to the background tells."""
    background = spectrum.background_at(series, frequency_hz).sum()
    return float(background * _ratio(spectrum, series, frequency_hz))


def _flicker_words(percent: float) -> str:
    return f"the light flickers ({percent:.2f} % RMS)"


def _codec_words(key_frame_interval_s: float | None) -> str:
    every = key_frame_interval_s or float("nan")
    return f"the video's key frames, one every {every:.2g} s, redraw the picture at that rate"
