"""Left against right: how alike the sides' tremor is, and whether they move together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import REGIONS
from tremorcam.measure.confidence import CONFIDENCE, DRAWS, NORMAL, Interval
from tremorcam.measure.coupling import Coupling, couple
from tremorcam.measure.narrowband import Narrowband, narrowband
from tremorcam.measure.peaks import clean_background

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.measure.tremor import RegionTremor, StretchTremor


@dataclass(frozen=True)
class SidePair:
    """Tremor of one region's two sides at the frequency of the stronger.

    Parameters
    ----------
    region : str
    left, right : Narrowband
    asymmetry : Interval
        (left - right) / (left + right) of the noise-corrected RMS.
    coupling : Coupling
        Along the sides' mirrored directions.
    """

    region: str
    left: Narrowband
    right: Narrowband
    asymmetry: Interval
    coupling: Coupling

    @property
    def lag_s(self) -> Interval:
        """How long the right side trails the left; NaN where they are not coherent."""
        if not self.coupling.significant:
            return Interval(float("nan"))
        phase, turn = self.coupling.phase_interval_rad, 2 * np.pi * self.left.centre_hz
        return Interval(phase.value / turn, phase.low / turn, phase.high / turn)


def side_pairs(found: StretchTremor, *, seed: int = 0) -> list[SidePair]:
    """Compare the sides of every region of which at least one side trembles."""
    by_key = {each.region.key: each for each in found.regions}
    pairs = []
    for name in dict.fromkeys(region.name for region in REGIONS if region.side == "left"):
        left, right = by_key[f"{name}_left"], by_key[f"{name}_right"]
        pair = _compare(found, left, right, seed)
        if pair is not None:
            pairs.append(pair)
    return pairs


def _compare(
    found: StretchTremor, left: RegionTremor, right: RegionTremor, seed: int
) -> SidePair | None:
    peaks = [each.peak for each in (left, right) if each.peak is not None]
    if not peaks:
        return None
    stronger = max(peaks, key=lambda peak: peak.tremor.rms_mm.value)
    one, other = (_at(found, each, stronger.tremor.centre_hz, seed) for each in (left, right))
    if one is None or other is None:
        return None
    shared = one.axis * (1, 1) + other.axis * (-1, 1) * np.sign(one.axis @ (other.axis * (-1, 1)))
    axis = _outward(shared if np.linalg.norm(shared) > 1e-6 else one.axis)
    coupling = couple(one, other, first_axis=axis, second_axis=axis * (-1, 1))
    return SidePair(left.region.name, one, other, _asymmetry(one, other, seed), coupling)


def _at(
    found: StretchTremor, each: RegionTremor, frequency_hz: float, seed: int
) -> Narrowband | None:
    """Measure a side's movement at a frequency, its background cleared of that movement."""
    series = [region.key for region in REGIONS].index(each.region.key)
    blocks = found.stretch.blocks
    first = narrowband(blocks, series, found.spectrum, frequency_hz, refine=False)
    if first is None:
        return None
    spectrum = clean_background(blocks, found.spectrum, first)
    return narrowband(blocks, series, spectrum, frequency_hz, refine=False, seed=seed)


def _outward(axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the left side's axis to point outward and up, as a smile goes."""
    unit: NDArray[np.float64] = axis / np.linalg.norm(axis)
    return unit if unit @ (1.0, -1.0) >= 0 else -unit


def _asymmetry(left: Narrowband, right: Narrowband, seed: int) -> Interval:
    """Asymmetry index with an interval from the sides' own, taken as independent."""
    rng = np.random.default_rng(seed + 1)
    value = _index(left.rms_mm.value, right.rms_mm.value)
    draws = _index(*(_draw(each.rms_mm, rng) for each in (left, right)))
    low, high = np.nanquantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(value), float(min(low, value)), float(max(high, value)))


def _index(
    left: NDArray[np.float64] | float, right: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        index: NDArray[np.float64] = (np.asarray(left) - right) / (np.asarray(left) + right)
    return index


def _draw(rms_mm: Interval, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw amplitudes whose squares scatter as the interval says."""
    above = (rms_mm.high**2 - rms_mm.value**2) / NORMAL
    below = (rms_mm.value**2 - rms_mm.low**2) / NORMAL
    unit = rng.standard_normal(10 * DRAWS)
    square = rms_mm.value**2 + unit * np.where(unit > 0, above, below)
    drawn: NDArray[np.float64] = np.sqrt(np.maximum(square, 0.0))
    return drawn
