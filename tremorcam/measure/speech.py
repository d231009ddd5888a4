"""Whether a person talks: lips that open and close slowly while they also move fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from tremorcam.anatomy import MOUTH_REGIONS, Region
from tremorcam.measure.blocks import SERIES, Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.measure.narrowband import Narrowband

SPEECH_HZ = (2.5, 7.5)
"""Syllables come at 2 to 7 Hz without a steady rhythm (Chandrasekaran 2009,
doi:10.1371/journal.pcbi.1000436)."""
LEAST_OPENING_MM = 0.5
"""Slow RMS movement of the lips against each other from which a peak may be talk; lips that
hold a smile stay within a fraction of it (provisional)."""
LEAST_SHARE = 0.3
FAST_S, SLOW_S = 0.3, 1.5
"""Moving averages between which slow opening lies: about 0.5 to 2 Hz."""
LEAST_S = 2.0
LIPS = (("lower_lip_left", "upper_lip_left"), ("lower_lip_right", "upper_lip_right"))


def lip_opening_mm(samples: Samples, start_s: float, stop_s: float) -> float:
    """RMS of how the lips slowly open and close within a span, in mm; 0 where unknown."""
    within = (samples.time_s >= start_s) & (samples.time_s <= stop_s)
    openings = []
    for lower, upper in LIPS:
        pair = [SERIES.index(lower), SERIES.index(upper)]
        kept = within & samples.valid[:, pair].all(axis=1)
        if kept.sum() * samples.interval_s >= LEAST_S:
            motion = samples.motion_mm[kept][:, pair, 1]
            openings.append(_slow_rms_mm(motion[:, 0] - motion[:, 1], samples.interval_s))
    return max(openings, default=0.0)


def _slow_rms_mm(opening_mm: NDArray[np.float64], interval_s: float) -> float:
    smooth = opening_mm
    for _ in range(2):
        smooth = ndimage.uniform_filter1d(smooth, max(1, round(FAST_S / interval_s)))
    rest = ndimage.uniform_filter1d(smooth, max(1, round(SLOW_S / interval_s)))
    return float(np.sqrt(np.mean((smooth - rest) ** 2)))


def is_speech(region: Region, tremor: Narrowband, opening_mm: float) -> bool:
    """Whether a peak of the mouth at the rate of syllables goes with slowly moving lips."""
    return (
        region.name in MOUTH_REGIONS
        and SPEECH_HZ[0] <= tremor.centre_hz <= SPEECH_HZ[1]
        and opening_mm >= max(LEAST_OPENING_MM, LEAST_SHARE * tremor.rms_mm.value)
    )
