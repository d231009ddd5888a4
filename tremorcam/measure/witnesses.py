"""What another series does at a tremor's frequency: whether it stands out, and in step with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from tremorcam.measure.blocks import SERIES
from tremorcam.measure.coupling import couple
from tremorcam.measure.narrowband import Narrowband, narrowband

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tremorcam.measure.blocks import Block
    from tremorcam.measure.spectrum import Spectrum

POINTWISE_P = 1e-3
"""How unlikely the witness' own peak is at that one frequency."""
LEAST_COHERENCE = 0.5
"""The witness explains at least half of the peak's power (provisional)."""


def peak_there(
    tremor: Narrowband,
    name: str,
    blocks: Sequence[Block],
    spectrum: Spectrum,
    *,
    p: float = POINTWISE_P,
) -> Narrowband | None:
    """Movement of another series at a tremor's frequency, if it stands out."""
    series = SERIES.index(name)
    near = np.abs(spectrum.frequency_hz - tremor.centre_hz) <= spectrum.half_width_hz
    ratio = float(spectrum.ratio[near, series].max(initial=0.0))
    if not stands_out(spectrum, series, ratio, p=p):
        return None
    return narrowband(blocks, series, spectrum, tremor.centre_hz, refine=False)


def stands_out(spectrum: Spectrum, series: int, ratio: float, *, p: float = POINTWISE_P) -> bool:
    """Whether noise hardly ever reaches a ratio at one frequency that is given beforehand."""
    dof = spectrum.dof[series]
    return bool(np.isfinite(dof) and special.chdtrc(dof, dof * ratio) <= p)


def in_step(tremor: Narrowband, witness: Narrowband) -> bool:
    """Whether a tremor goes with its witness, what noise dilutes given back."""
    coupling = couple(tremor, witness)
    clean = coupling.coherence * _noise_factor(tremor) * _noise_factor(witness)
    return bool(coupling.significant and clean >= LEAST_COHERENCE)


def _noise_factor(tremor: Narrowband) -> float:
    """By how much noise within the band dilutes a coherence."""
    return 1 + (tremor.noise_rms_mm / max(tremor.rms_mm.value, 1e-9)) ** 2
