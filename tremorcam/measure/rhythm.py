"""How rhythmic a tremor is: persistence, bandwidth, stability, harmonics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats
from scipy.interpolate import CubicSpline

from tremorcam.measure.blocks import SLOW_HZ
from tremorcam.measure.confidence import NORMAL, Interval
from tremorcam.measure.narrowband import main_axis, narrowband
from tremorcam.measure.spectrum import FIT_TO_SHARE_OF_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Block
    from tremorcam.measure.narrowband import Envelope, Narrowband
    from tremorcam.measure.peaks import Peak
    from tremorcam.measure.spectrum import Spectrum

WINDOW_S = 3.0
"""Windows of 3 s tell tremor from other movement (Luft 2019, doi:10.3390/s19194301)."""
WINDOW_STEP_S = 1.5
SAME_PEAK_HZ = 1.0
WINDOW_QUANTILE = 0.99
LEAST_COVERAGE = 0.6
STABILITY_HALF_BAND_HZ = 2.0
UPSAMPLING = 16
LEAST_CYCLES = 60
"""At 30 pictures a second fewer cycles do not tell a stability index."""
RANGE_ERROR = 1.166
"""Standard error of an interquartile range of n normal values: so many times itself over √n."""


def persistence(peak: Peak, blocks: Sequence[Block]) -> float:
    """Share of 3 s windows whose strongest peak is the tremor's, within 1 Hz.

    A window holds the peak if its Hann periodogram is highest there, relative to the
    background, and higher than noise is once in a hundred times; what the head or another
    cause adds elsewhere does not compete with it. NaN without a window.
    """
    spectrum, series = peak.spectrum, peak.tremor.series
    frequency_hz = spectrum.frequency_hz[spectrum.in_band]
    least = stats.chi2.ppf(WINDOW_QUANTILE, 4) / 4
    same = np.abs(frequency_hz - peak.tremor.centre_hz) <= SAME_PEAK_HZ
    from_explained_hz = np.abs(frequency_hz[:, None] - np.array(peak.explained_hz))
    competes = same | (from_explained_hz > SAME_PEAK_HZ).all(axis=1)
    held = [
        bool(same[competes][np.argmax(ratio[competes])]) and ratio[competes].max() >= least
        for block in blocks
        for ratio in _window_ratios(block, spectrum, series, frequency_hz)
    ]
    return float(np.mean(held)) if held else float("nan")


def _window_ratios(
    block: Block, spectrum: Spectrum, series: int, frequency_hz: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    motion = block.motion_mm[:, series] @ spectrum.axes[series]
    background = spectrum.background[spectrum.in_band, series]
    starts = np.arange(
        block.time_s[0], block.time_s[-1] - WINDOW_S + 2 * block.interval_s, WINDOW_STEP_S
    )
    ratios = []
    for start_s in starts:
        place = (block.time_s - start_s) / WINDOW_S
        inside = (place >= 0) & (place <= 1) & block.valid[:, series]
        if inside.sum() * block.interval_s < LEAST_COVERAGE * WINDOW_S:
            continue
        window = np.sin(np.pi * place[inside]) ** 2
        turn = np.exp(-2j * np.pi * np.outer(frequency_hz, block.time_s[inside]))
        power = np.abs(turn @ (window[:, None] * motion[inside])) ** 2
        density = 2 * block.interval_s * power / (window**2).sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            ratios.append(np.nanmean(density / background, axis=1))
    return ratios


def bandwidth_hz(peak: Peak) -> float:
    """Width of the peak at half its height above the background, in Hz."""
    spectrum, series = peak.spectrum, peak.tremor.series
    height = np.nansum(spectrum.psd[:, series] - spectrum.background[:, series], axis=1)
    near = np.flatnonzero(np.abs(spectrum.frequency_hz - peak.tremor.centre_hz) <= SAME_PEAK_HZ)
    if not len(near):
        return float("nan")
    top = int(near[np.argmax(height[near])])
    below = height < height[top] / 2
    left = np.flatnonzero(below[:top])
    right = np.flatnonzero(below[top:])
    if not len(left) or not len(right):
        return float("nan")
    return _half_crossing(spectrum, height, top + right[0], -1, height[top] / 2) - _half_crossing(
        spectrum, height, left[-1], 1, height[top] / 2
    )


def _half_crossing(
    spectrum: Spectrum, height: NDArray[np.float64], outside: int, inwards: int, level: float
) -> float:
    inside = outside + inwards
    share = (level - height[outside]) / (height[inside] - height[outside])
    frequency_hz = spectrum.frequency_hz
    return float(frequency_hz[outside] + share * (frequency_hz[inside] - frequency_hz[outside]))


def stability_index_hz(peak: Peak, blocks: Sequence[Block]) -> Interval:
    """Tremor stability index: interquartile range of the change of frequency between cycles.

    Positive-going zero crossings of the movement within 2 Hz of the peak, along its main
    axis, upsampled (di Biase 2017, doi:10.1093/brain/awx104). NaN below 60 cycles.

    Its interval rests on as many values as the band lets be independent: 4 in a second.
    """
    wide = narrowband(
        blocks, peak.tremor.series, peak.spectrum, peak.tremor.centre_hz,
        refine=False, half_band_hz=STABILITY_HALF_BAND_HZ,
    )  # fmt: skip
    if wide is None:
        return Interval(float("nan"))
    axis = main_axis(wide.envelopes)
    changes, n_cycles = [], 0
    for envelope in wide.envelopes:
        for crossing_s in _zero_crossings(envelope, axis, wide.centre_hz):
            rate_hz = 1 / np.diff(crossing_s)
            n_cycles += len(rate_hz)
            changes.append(np.diff(rate_hz))
    if n_cycles < LEAST_CYCLES:
        return Interval(float("nan"))
    low, high = np.percentile(np.concatenate(changes), [25, 75])
    n_free = n_cycles * min(2 * STABILITY_HALF_BAND_HZ / wide.centre_hz, 1.0)
    index_hz = float(high - low)
    reach_hz = NORMAL * RANGE_ERROR * index_hz / np.sqrt(n_free)
    return Interval(index_hz, index_hz - reach_hz, index_hz + reach_hz)


def _zero_crossings(
    envelope: Envelope, axis: NDArray[np.float64], centre_hz: float
) -> list[NDArray[np.float64]]:
    """Find positive-going zero crossings in seconds, an array for each stretch without a gap."""
    steps = np.diff(envelope.time_s)
    gaps = np.flatnonzero(steps > 2.5 * np.median(steps)) + 1
    crossings = []
    for part in np.split(np.arange(len(envelope.time_s)), gaps):
        if len(part) < 4:
            continue
        time_s = envelope.time_s[part]
        # The envelope is slow, so that a spline through it misses nothing.
        smooth = CubicSpline(time_s, envelope.value[part] @ axis)
        dense_s = np.linspace(time_s[0], time_s[-1], UPSAMPLING * len(part))
        motion = (smooth(dense_s) * np.exp(2j * np.pi * centre_hz * dense_s)).real
        at = np.flatnonzero((motion[:-1] < 0) & (motion[1:] >= 0))
        share = -motion[at] / (motion[at + 1] - motion[at])
        crossings.append(dense_s[at] + share * (dense_s[1] - dense_s[0]))
    return crossings


def harmonics(peak: Peak, blocks: Sequence[Block], *, rate_hz: float) -> tuple[float, float]:
    """Power at twice the peak over that at the peak, and the peak's share of all harmonics.

    Returns
    -------
    harmonic_ratio, sinusoidality : float
        NaN where twice the frequency is beyond what the frame rate tells.
    """
    tremor, highest_hz = peak.tremor, FIT_TO_SHARE_OF_RATE * rate_hz - SLOW_HZ / 2
    power = []
    for order in (2, 3):
        at_hz = order * tremor.centre_hz
        if at_hz <= min(highest_hz, float(peak.spectrum.frequency_hz[-1])):
            part = _power_mm2(narrowband(blocks, tremor.series, peak.spectrum, at_hz, refine=False))
            power.append(part)
    if not power:
        return float("nan"), float("nan")
    base = tremor.rms_mm.value**2
    return power[0] / base, base / (base + sum(power))


def _power_mm2(part: Narrowband | None) -> float:
    return 0.0 if part is None else part.rms_mm.value**2
