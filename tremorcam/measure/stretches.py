"""Parts of a recording whose blocks are analysed together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import REGIONS
from tremorcam.measure.blocks import SHORTEST_BLOCK_S, SHORTEST_PART_S, Samples, cut_blocks
from tremorcam.measure.intervals import inside
from tremorcam.measure.phases import spans_of
from tremorcam.measure.quality import analysis_band_hz
from tremorcam.measure.speech import lip_opening_mm

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from tremorcam.measure.blocks import Block
    from tremorcam.measure.events import Event

LID_MARGIN_S = 0.1
LID_REGIONS = ("lower_lid", "brow")


@dataclass(frozen=True)
class Stretch:
    """A part of the recording that is analysed together.

    Parameters
    ----------
    phase : str
    smile : int
        0 for all smiles together or none.
    blocks : tuple of Block
    blinkless : tuple of Block
        The same without the moments around lid events.
    holds : tuple of (int, float, float)
        Smile number, start and end in seconds of what it is made of.
    opening_mm : float
        How far the lips slowly open and close, RMS.
    """

    phase: str
    smile: int
    blocks: tuple[Block, ...]
    blinkless: tuple[Block, ...]
    holds: tuple[tuple[int, float, float], ...]
    opening_mm: float = 0.0


def stretches_of(
    samples: Samples,
    phases: pd.DataFrame,
    lids: Sequence[Event],
    irregular: NDArray[np.bool_],
    rate_hz: float,
) -> list[Stretch]:
    """Gather what spectra are taken of: all holds together and each, all neutrals, or the whole."""
    if analysis_band_hz(rate_hz) is None:
        return []
    blinking = inside(samples.time_s, [lid.span_s for lid in lids], margin_s=LID_MARGIN_S)
    at_lids = irregular.copy()
    for at, region in enumerate(REGIONS):
        at_lids[:, at] |= blinking & (region.name in LID_REGIONS)
    stretches = []
    for phase in ("hold", "neutral", "whole"):
        spans = spans_of(phases, phase)
        shortest_s = SHORTEST_BLOCK_S if len(spans) < 2 else SHORTEST_PART_S
        cuts = [_cut(samples, span, at_lids, blinking, shortest_s) for span in spans]
        parts = [_stretch(samples, cut, phase, span) for cut, span in zip(cuts, spans, strict=True)]
        if len(spans) > 1 and _duration_s(parts) >= SHORTEST_BLOCK_S:
            stretches.append(_pool([part for part in parts if part.blocks]))
        if len(spans) == 1 or phase == "hold":
            stretches += [alone for part in parts if (alone := _by_itself(part)).blocks]
    return stretches


def _duration_s(parts: Sequence[Stretch]) -> float:
    return sum(block.duration_s for part in parts for block in part.blocks)


def _by_itself(part: Stretch) -> Stretch:
    """Leave of a stretch what is long enough without others."""
    return replace(
        part,
        blocks=tuple(block for block in part.blocks if block.lasts(SHORTEST_BLOCK_S)),
        blinkless=tuple(block for block in part.blinkless if block.lasts(SHORTEST_BLOCK_S)),
    )


def _cut(
    samples: Samples,
    span: tuple[int, float, float],
    exclude: NDArray[np.bool_],
    blinking: NDArray[np.bool_],
    shortest_s: float,
) -> tuple[list[Block], list[Block]]:
    """Cut a span into blocks, and again without the moments around lid events if there are any."""
    smile, start_s, stop_s = span
    cut = partial(cut_blocks, samples, start_s, stop_s, smile=smile, shortest_s=shortest_s)
    blocks = cut(exclude=exclude)
    if not (blinking & inside(samples.time_s, [(start_s, stop_s)])).any():
        return blocks, []
    return blocks, cut(exclude=exclude | blinking[:, None])


def _stretch(
    samples: Samples,
    cut: tuple[list[Block], list[Block]],
    phase: str,
    span: tuple[int, float, float],
) -> Stretch:
    blocks, blinkless = cut
    return Stretch(
        phase=phase,
        smile=span[0],
        blocks=tuple(blocks),
        blinkless=tuple(blinkless),
        holds=(span,),
        opening_mm=lip_opening_mm(samples, *span[1:]),
    )


def _pool(parts: Sequence[Stretch]) -> Stretch:
    return Stretch(
        phase=parts[0].phase,
        smile=0,
        blocks=tuple(block for part in parts for block in part.blocks),
        blinkless=tuple(block for part in parts for block in part.blinkless),
        holds=tuple(hold for part in parts for hold in part.holds),
        opening_mm=max(part.opening_mm for part in parts),
    )
