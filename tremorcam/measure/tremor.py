"""Tremor of every region over one part of the recording: found, cleared of other causes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import REGIONS, Region
from tremorcam.measure.confidence import Interval, known_by
from tremorcam.measure.narrowband import Narrowband, narrowband
from tremorcam.measure.peaks import Peak, find_peak, series_alpha, strongest_p_value
from tremorcam.measure.spectrum import Spectrum, combine
from tremorcam.measure.speech import is_speech
from tremorcam.measure.vetoes import (
    blink_veto,
    explain_peak,
    is_cross_talk,
    speech_veto,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.data import Veto
    from tremorcam.measure.stretches import Stretch

FACE_SERIES = tuple(at for at, region in enumerate(REGIONS) if region.role == "face")
MOST_VETOES = 3
"""Peaks of one region that are explained away before its search ends."""
LEAST_BLINK_FREE_SHARE = 0.5
"""A peak that loses more than this share of its amplitude without the blinks is theirs."""


@dataclass(frozen=True)
class RegionTremor:
    """What one region does in one stretch.

    Parameters
    ----------
    region : Region
    peak : Peak or None
        The strongest peak that is the region's own.
    p_value : float
        That of the peak, or of the strongest ratio in the band where there is none.
    noise_density : Interval
        mm/√Hz, along one axis (root mean square of both).
    detection_limit_rms_mm : Interval
    """

    region: Region
    peak: Peak | None
    p_value: float
    noise_density: Interval
    detection_limit_rms_mm: Interval


@dataclass(frozen=True)
class StretchTremor:
    """Every region's tremor in one stretch, in the order of ``FACE_SERIES``.

    ``vetoes`` come with the RMS in mm of the peaks that they explain.
    """

    stretch: Stretch
    spectrum: Spectrum
    regions: tuple[RegionTremor, ...]
    vetoes: tuple[tuple[float, Veto], ...] = ()

    def strongest(self) -> Peak | None:
        """Peak of the greatest amplitude on the face."""
        peaks = [region.peak for region in self.regions if region.peak is not None]
        return max(peaks, key=lambda peak: peak.tremor.rms_mm.value, default=None)


def find_tremor(
    stretch: Stretch,
    frequency_hz: NDArray[np.float64],
    *,
    band_hz: tuple[float, float],
    n_tests: int,
    key_frame_interval_s: float | None = None,
    hidden_mm: float = 0.0,
    seed: int = 0,
) -> StretchTremor:
    """Look for tremor in every region of the face.

    Parameters
    ----------
    stretch : Stretch
        With at least one block.
    frequency_hz : ndarray, shape (n_frequencies,)
    band_hz : tuple of float
        Where peaks may be told.
    n_tests : int
        Regions times stretches of the recording.
    key_frame_interval_s : float, optional
    hidden_mm : float, optional
        RMS of a movement that the encoder leaves out: what is smaller is its own doing.
    seed : int, optional
    """
    spectrum = combine(stretch.blocks, frequency_hz, band_hz=band_hz)
    search = _Search(stretch, spectrum, n_tests, key_frame_interval_s, hidden_mm, seed)
    peaks = search.own_peaks()
    regions = tuple(
        RegionTremor(
            region=REGIONS[series],
            peak=peak,
            p_value=peak.p_value if peak else strongest_p_value(spectrum, series, n_tests),
            noise_density=_noise_density(peak.spectrum if peak else spectrum, series),
            detection_limit_rms_mm=_limit(peak.spectrum if peak else spectrum, series, n_tests),
        )
        for series, peak in peaks.items()
    )
    return StretchTremor(stretch, spectrum, regions, tuple(search.vetoes))


@dataclass
class _Search:
    stretch: Stretch
    spectrum: Spectrum
    n_tests: int
    key_frame_interval_s: float | None
    hidden_mm: float
    seed: int
    vetoes: list[tuple[float, Veto]] = field(default_factory=list)

    def own_peaks(self) -> dict[int, Peak | None]:
        """Peak of every region that nothing else explains.

        From the strongest to the weakest, so that what is carried over from a far stronger
        one is known as such; see :func:`tremorcam.measure.vetoes.is_cross_talk`.
        """
        first = {series: self._next_peak(series, ()) for series in FACE_SERIES}
        order = sorted(FACE_SERIES, key=lambda series: -_rms_mm(first[series]))
        own: dict[int, Peak | None] = dict.fromkeys(FACE_SERIES)
        strongest: Narrowband | None = None
        for series in order:
            peak = self._own_peak(series, first[series], strongest)
            own[series] = peak
            if peak is not None and peak.tremor.rms_mm.value > _rms_of(strongest):
                strongest = peak.tremor
        return own

    def _own_peak(
        self, series: int, peak: Peak | None, strongest: Narrowband | None
    ) -> Peak | None:
        explained_hz: tuple[float, ...] = ()
        for _ in range(MOST_VETOES):
            if peak is None:
                return None
            carried = strongest is not None and is_cross_talk(
                peak.tremor, strongest, self.stretch.blocks, self.spectrum
            )
            veto = None if carried else self._veto(peak, series)
            if veto is None and not carried and peak.tremor.rms_mm.value >= self.hidden_mm:
                return replace(peak, explained_hz=explained_hz)
            if veto is not None:
                self.vetoes.append((peak.tremor.rms_mm.value, veto))
            explained_hz += (peak.tremor.centre_hz,)
            peak = self._next_peak(series, explained_hz)
        return None

    def _next_peak(self, series: int, explained_hz: tuple[float, ...]) -> Peak | None:
        reach_hz = 2 * self.spectrum.half_width_hz + 0.1
        return find_peak(
            self.stretch.blocks,
            self.spectrum,
            series,
            n_tests=self.n_tests,
            blocked=[(at_hz - reach_hz, at_hz + reach_hz) for at_hz in explained_hz],
            seed=self.seed,
        )

    def _veto(self, peak: Peak, series: int) -> Veto | None:
        region, at_hz = REGIONS[series], peak.tremor.centre_hz
        veto = explain_peak(
            peak, region, self.stretch.blocks, self.spectrum,
            key_frame_interval_s=self.key_frame_interval_s,
        )  # fmt: skip
        if veto is not None:
            return veto
        if self._is_blinks(peak, series):
            return blink_veto(region, at_hz)
        if is_speech(region, peak.tremor, self.stretch.opening_mm):
            return speech_veto(region, at_hz)
        return None

    def _is_blinks(self, peak: Peak, series: int) -> bool:
        blinkless = [block for block in self.stretch.blinkless if block.valid[:, series].any()]
        if not blinkless:
            return False
        rest = narrowband(blinkless, series, peak.spectrum, peak.tremor.centre_hz, refine=False)
        return rest is not None and (
            rest.rms_mm.value < LEAST_BLINK_FREE_SHARE * peak.tremor.rms_mm.value
        )


def _rms_of(tremor: Narrowband | None) -> float:
    return 0.0 if tremor is None else tremor.rms_mm.value


def _rms_mm(peak: Peak | None) -> float:
    return _rms_of(None if peak is None else peak.tremor)


def _noise_density(spectrum: Spectrum, series: int) -> Interval:
    density = spectrum.background[spectrum.in_band, series]
    dof = float(spectrum.dof[series]) * spectrum.n_bands
    if not np.isfinite(dof):
        return Interval(float("nan"))
    return known_by(dof, float(np.sqrt(np.median(np.nanmean(density, axis=1)))))


def _limit(spectrum: Spectrum, series: int, n_tests: int) -> Interval:
    if not np.isfinite(spectrum.dof[series]):
        return Interval(float("nan"))
    return spectrum.detection_limit_rms_mm(series, series_alpha(n_tests))
