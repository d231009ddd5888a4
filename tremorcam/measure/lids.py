"""What the eyelids do: blinks, long closures, spasms, one-sided closures.

Closure is measured against the eye's own open aperture at the time
(:mod:`tremorcam.measure.closure`), so that the narrowing of a smile is no event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from tremorcam.anatomy import SIDES
from tremorcam.measure.blocks import median_interval_s
from tremorcam.measure.closure import closure
from tremorcam.measure.events import Event
from tremorcam.measure.intervals import crossing_s, hysteresis, inside, merge, overlap_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

CLOSED = 0.5
"""A closure is full from this share of the open aperture on (provisional)."""
NARROWED = 0.2
"""An event begins and ends at this share."""
LEAST_CLOSURE = 0.25
"""A closure is at least this strong."""
LEAST_ONE_SIDED = 0.3
"""Of one eye alone: a turning head narrows the eyes unequally by up to a quarter."""
LEAST_SIGNAL_TO_NOISE = 6.0
SHORTEST_S = 0.05
LONG_CLOSURE_S = 0.5
"""Blinks last at most 0.5 s: 100 ms closing, up to 300 ms closed, 100 ms opening (Stern 1984)."""
SPASM_S = 1.0
"""A closure of more than 1 s is a spasm (Jankovic rating scale, frequency 3)."""
CONJUGATE_LAG_S = 0.067
CONJUGATE_RATIO = 0.5
"""Lids act together when they begin within two pictures at 30 Hz of each other and the weaker
does at least half of what the stronger does (normal lids are conjugate: Osaki 2019,
doi:10.1007/s00417-019-04567-w; the numbers are provisional)."""
SHUT_OPENNESS = 0.2
"""An eye that is open by less than this share of its way from shut, as a closure of both eyes in
the same recording reads it, to wide open does not stay open beside one that closes
(provisional)."""
GOES_ALONG, BESIDE_S = 1 / 3, 0.4
"""Nor does one that closes by this share of what it is open within 0.4 s before and after:
83 rendered closures of one eye pulled the other along by 0.17 of it, 0.31 at the most; blinks of
both that read as one eye's closed it by 0.3 to 0.9 (provisional)."""
RUN_S = 1.5
"""One-sided closures this close to each other are a run, which is no wink."""
BOW_DEG, BEFORE_S = 6.0, 0.5
"""Lids sink with the gaze, and gaze and head go down together: a head that bows by this much more
than in the time before looks down. Closing lids alone bow the landmarks of rendered faces by up to
4 degrees; a woman who looked down twice bowed by 8 and 16 (provisional)."""
MERGE_S = 0.05
"""A dip this short is an error of the landmarks, not an opening."""
VALLEY = 0.4
"""Between two full closures the eye has opened where less than this remains closed."""


@dataclass(frozen=True)
class Closure:
    """One eye's closure; ``peak`` is the greatest share of the open aperture."""

    onset_s: float
    offset_s: float
    rise_s: float
    peak: float

    @property
    def span_s(self) -> tuple[float, float]:
        """Onset and offset."""
        return self.onset_s, self.offset_s


def find_closures(time_s: NDArray[np.float64], shut: NDArray[np.float64]) -> list[Closure]:
    """Find one eye's closures.

    Parameters
    ----------
    time_s, shut : ndarray, shape (n_frames,)
    """
    known = np.isfinite(shut)
    if known.sum() < 5:
        return []
    noise = 1.4826 * np.median(np.abs(np.diff(shut[known]))) / np.sqrt(2)
    high = max(LEAST_CLOSURE, LEAST_SIGNAL_TO_NOISE * noise)
    low = min(NARROWED, 0.8 * high)
    interval_s = median_interval_s(time_s)
    spans = merge(hysteresis(shut, low=low, high=high), gap=MERGE_S / interval_s)
    closures = []
    for start, stop in (part for a, b in spans for part in _split(shut, int(a), int(b))):
        peak = float(np.nanmax(shut[start:stop]))
        onset_s = crossing_s(time_s, shut, start - 1, low)
        offset_s = crossing_s(time_s, shut, stop - 1, low)
        if stop - start < 2 or offset_s - onset_s < SHORTEST_S:
            continue
        rise = start + int(np.argmax(shut[start:stop] >= peak / 2))
        closures.append(
            Closure(onset_s, offset_s, crossing_s(time_s, shut, rise - 1, peak / 2), min(peak, 1.0))
        )
    return closures


def _split(shut: NDArray[np.float64], start: int, stop: int) -> list[tuple[int, int]]:
    """Part full closures between which the eye opens without opening wholly."""
    full = [
        run for run in hysteresis(shut[start:stop], low=VALLEY, high=CLOSED) if run[1] - run[0] > 1
    ]
    cuts = [
        start + first[1] + int(np.nanargmin(shut[start + first[1] : start + second[0]]))
        for first, second in pairwise(full)
    ]
    edges = [start, *cuts, stop]
    return list(pairwise(edges))


def lid_events(distinct: xr.Dataset, phases: pd.DataFrame) -> list[Event]:
    """Find and name every lid event of a recording.

    A full one-sided closure of up to a second that stands alone is called a wink, everything
    else on one side a spasm: video cannot tell a wink on purpose from a single spasm, so both
    count in ``one_sided_lid_rate``.
    """
    time_s = distinct["time_s"].values.astype(float)
    shut = closure(distinct, phases)
    left, right = (find_closures(time_s, shut[:, at]) for at in (0, 1))
    pairs, *lone = _pair(left, right)
    openness = _openness(distinct, [each.span_s for pair in pairs for each in pair])
    for at, own in enumerate(lone):
        unseen = [each for each in own if not _stays_open(time_s, openness[:, 1 - at], each)]
        lone[at] = [each for each in own if each not in unseen]
        pairs += [(each, each) for each in unseen]
    both = [event for pair in pairs if (event := _both(*pair)) is not None]
    events = [_unless_down(event, distinct) for event in both]
    for side, own in zip(SIDES, lone, strict=True):
        strong = [each for each in own if each.peak >= LEAST_ONE_SIDED]
        events += [_one_sided(each, side, strong) for each in strong]
    return events


def _pair(
    left: Sequence[Closure], right: Sequence[Closure]
) -> tuple[list[tuple[Closure, Closure]], list[Closure], list[Closure]]:
    """Which closures belong together, and which are one eye's alone.

    A much weaker partner is the stronger's own spill-over. A much shorter one is a blink of
    both eyes, in the midst of one eye's long closure.
    """
    pairs: list[tuple[Closure, Closure]] = []
    alone: tuple[list[Closure], list[Closure]] = ([], [])
    for sides in _groups(left, right):
        if not all(sides):
            alone[0 if sides[0] else 1].extend(sides[0] or sides[1])
            continue
        lasts_s = [sum(each.offset_s - each.onset_s for each in side) for side in sides]
        peaks = [max(each.peak for each in side) for side in sides]
        longer, stronger = int(np.argmax(lasts_s)), int(np.argmax(peaks))
        if min(lasts_s) < CONJUGATE_RATIO * max(lasts_s) and max(lasts_s) > LONG_CLOSURE_S:
            blinks = [each for each in sides[1 - longer] if each.peak >= CLOSED]
            alone[longer].extend(_before_blinks(each, blinks) for each in sides[longer])
            pairs += [(each, each) for each in blinks]
        elif min(peaks) < CONJUGATE_RATIO * max(peaks):
            alone[stronger].extend(sides[stronger])
        else:
            pairs.append((_joined(sides[0]), _joined(sides[1])))
    return pairs, *alone


def _openness(distinct: xr.Dataset, shut_s: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """How far each eye is open, 0 as in closures of both and 1 wide open; shape (n_frames, 2).

    NaN where no eye was seen shut: a photograph's or a person's shut eye may read half open.
    """
    aperture_mm = distinct["eye_aperture_mm"].sel(side=list(SIDES)).values
    together = aperture_mm[inside(distinct["time_s"].values, shut_s)]
    if not np.isfinite(together).any(axis=0).all():
        return np.full(aperture_mm.shape, np.nan)
    shut_mm, wide_mm = np.nanmin(together, axis=0), np.nanpercentile(aperture_mm, 90, axis=0)
    return np.asarray((aperture_mm - shut_mm) / np.maximum(wide_mm - shut_mm, 1e-6))


def _stays_open(
    time_s: NDArray[np.float64], openness: NDArray[np.float64], closed: Closure
) -> bool:
    """Whether an eye mostly stays open while the other closes, as far as that is known.

    One that a smile has narrowed has little left to close, and is held against that.
    """
    within = inside(time_s, [closed.span_s])
    beside = inside(time_s, [closed.span_s], margin_s=BESIDE_S) & ~inside(
        time_s, [closed.span_s], margin_s=BESIDE_S / 4
    )
    if not (np.isfinite(openness[within]).any() and np.isfinite(openness[beside]).any()):
        return True
    still_open = (1 - GOES_ALONG) * np.nanmedian(openness[beside])
    return bool(np.nanmedian(openness[within]) >= max(SHUT_OPENNESS, still_open))


def _before_blinks(one: Closure, blinks: Sequence[Closure]) -> Closure:
    """End one eye's closure where a blink of both eyes takes it over until it opens."""
    for blink in blinks:
        if one.onset_s + SHORTEST_S < blink.onset_s < one.offset_s <= blink.offset_s + SHORTEST_S:
            return replace(one, offset_s=blink.onset_s)
    return one


def _groups(
    left: Sequence[Closure], right: Sequence[Closure]
) -> list[tuple[list[Closure], list[Closure]]]:
    """Gather closures of either eye that happen together, directly or through another one."""
    groups: list[tuple[list[Closure], list[Closure]]] = [([one], []) for one in left]
    for other in right:
        touched = [group for group in groups if any(_together(one, other) for one in group[0])]
        merged = (
            [one for group in touched for one in group[0]],
            [*(each for group in touched for each in group[1]), other],
        )
        groups = [group for group in groups if group not in touched] + [merged]
    return groups


def _together(one: Closure, other: Closure) -> bool:
    shared_s = overlap_s(one.span_s, other.span_s)
    shorter_s = min(one.offset_s - one.onset_s, other.offset_s - other.onset_s)
    at_once = abs(one.rise_s - other.rise_s) <= CONJUGATE_LAG_S and shared_s >= -CONJUGATE_LAG_S
    return at_once or shared_s >= 0.5 * shorter_s


def _joined(closures: Sequence[Closure]) -> Closure:
    return Closure(
        onset_s=min(each.onset_s for each in closures),
        offset_s=max(each.offset_s for each in closures),
        rise_s=min(each.rise_s for each in closures),
        peak=max(each.peak for each in closures),
    )


def _both(left: Closure, right: Closure) -> Event | None:
    onset_s = min(left.onset_s, right.onset_s)
    offset_s = max(left.offset_s, right.offset_s)
    peak, duration_s = (left.peak + right.peak) / 2, offset_s - onset_s
    if peak < CLOSED and duration_s > LONG_CLOSURE_S:
        return None  # narrowed for a while: a smile or a squint
    event: Literal["blink", "incomplete_blink", "long_closure", "eyelid_spasm"] = "blink"
    if peak < CLOSED:
        event = "incomplete_blink"
    elif duration_s > SPASM_S:
        event = "eyelid_spasm"
    elif duration_s > LONG_CLOSURE_S:
        event = "long_closure"
    rise_s = min(left.rise_s, right.rise_s)
    return Event(event, "both", onset_s, offset_s, rise_s, 100 * peak, "%", "eye")


def _unless_down(event: Event, distinct: xr.Dataset) -> Event:
    """Call a spasm of both eyes a look down if the head bows meanwhile."""
    time_s = distinct["time_s"].values
    pitch_deg = distinct["head_angle_deg"].sel(angle="pitch").values
    meanwhile = pitch_deg[inside(time_s, [event.span_s])]
    before = pitch_deg[inside(time_s, [(event.onset_s - BEFORE_S, event.onset_s)])]
    known = np.isfinite(meanwhile).any() and np.isfinite(before).any()
    if event.event != "eyelid_spasm" or not known:
        return event
    bows = np.nanmedian(meanwhile) - np.nanmedian(before) >= BOW_DEG
    return replace(event, event="look_down") if bows else event


def _one_sided(each: Closure, side: str, lone: Sequence[Closure]) -> Event:
    in_run = any(
        other is not each and -overlap_s(each.span_s, other.span_s) < RUN_S for other in lone
    )
    is_wink = each.peak >= CLOSED and each.offset_s - each.onset_s <= SPASM_S and not in_run
    return Event(
        "wink" if is_wink else "eyelid_spasm",
        side, each.onset_s, each.offset_s, each.rise_s, 100 * each.peak, "%", "eye",
    )  # fmt: skip
