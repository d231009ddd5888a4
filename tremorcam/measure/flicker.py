"""Light that flickers at a tremor's frequency, and what of it may be no movement at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tremorcam.measure.witnesses import POINTWISE_P, in_step, peak_there

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tremorcam.measure.blocks import Block
    from tremorcam.measure.narrowband import Narrowband
    from tremorcam.measure.spectrum import Spectrum

LIGHTS = ("light", "light_slope")
LEAST_PERCENT = 0.05
"""Weaker flicker moves nothing: 3 % of it became 0.24 px of false movement in a trial without
local normalisation of brightness."""
STRONG_PERCENT = 0.5
"""Such flicker hides whatever has its frequency."""
FALSE_MM_PER_PERCENT = 0.25
"""Of 87 false peaks on ten rendered faces under lights of 0.1 to 2.6 % RMS, the largest was 0.24 mm
for each percent, at a cheek, and 0.15 mm elsewhere; most were below 0.1 mm."""
OUT_OF_STEP_P = 1e-6
"""How unlikely the light's own peak is where nothing else ties it to the movement."""
HEAD_MM_PER_PERCENT = 0.1
"""A head that moves this much for each percent is itself what changes the light on its skin;
flicker moved it by 0.02 mm a percent."""


def out_of_step(tremor: Narrowband, blocks: Sequence[Block], spectrum: Spectrum) -> float | None:
    """Percent RMS of light that flickers enough to have made a peak, in whatever step.

    What flicker does to flow is not linear: a shutter that rolls, and an encoder that redraws some
    pictures more than others, make it everywhere another movement.
    """
    lights = _lights(tremor, blocks, spectrum, OUT_OF_STEP_P)
    if not lights:
        return None
    percent = _percent(lights)
    head = peak_there(tremor, "head", blocks, spectrum)
    if head is not None and head.rms_mm.value > HEAD_MM_PER_PERCENT * percent:
        return None
    enough = tremor.rms_mm.value <= FALSE_MM_PER_PERCENT * percent
    return percent if percent >= STRONG_PERCENT or enough else None


def in_step_with(tremor: Narrowband, blocks: Sequence[Block], spectrum: Spectrum) -> float | None:
    """Percent RMS of light that flickers in step with a peak."""
    lights = _lights(tremor, blocks, spectrum, POINTWISE_P)
    percent = _percent([light for light in lights if in_step(tremor, light)])
    return percent if percent >= LEAST_PERCENT else None


def _lights(
    tremor: Narrowband, blocks: Sequence[Block], spectrum: Spectrum, p: float
) -> list[Narrowband]:
    found = (peak_there(tremor, name, blocks, spectrum, p=p) for name in LIGHTS)
    return [light for light in found if light is not None]


def _percent(lights: Sequence[Narrowband]) -> float:
    """Of a wave that passes the face, its mean and its slope together."""
    return float(np.hypot.reduce([light.rms_mm.value for light in lights], initial=0.0))
