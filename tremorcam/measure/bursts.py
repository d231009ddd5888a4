"""Brief irregular movements of the mouth and the cheeks, as intervals.

Twitches of single regions are held against the head's and the lids', and what neighbouring
regions or both sides do at once is one event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import MOUTH_REGIONS, REGIONS, SIDES, Region
from tremorcam.measure.blocks import SERIES, Samples
from tremorcam.measure.events import Event
from tremorcam.measure.intervals import inside, merge, overlap_s
from tremorcam.measure.turning import share_of_roll, turned_deg
from tremorcam.measure.twitches import MERGE_S, Twitch, find_twitches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import xarray as xr
    from numpy.typing import NDArray

LEAST_PEAK_MM = 0.2
"""Smaller twitches are not told from errors of the tracking (provisional)."""
CONJUGATE_LAG_S = 0.067
CONJUGATE_RATIO = 0.5
TOGETHER_S, TOGETHER_SHARE = 0.5, 0.5
"""What both sides do for so long, and for so much of the longer one's time, is one movement, such
as talk: twitches of muscle fibres that meet by chance are over sooner (provisional)."""
HEAD_RATIO = 0.5
"""A burst of the nose bridge or forehead at the same time and of at least this share is the
head's, not the mouth's (provisional)."""
TURN_DEG = 4.0
"""A head that turns by more meanwhile shows the mouth from elsewhere: what moves then is no twitch.
Lids that close turn the landmarks of rendered faces by up to 4 degrees; a woman who winked and made
faces turned her head by 4 to 23 during what looked like bursts (provisional)."""
ROLL_SHARE = 0.5
"""A movement is the head's if a roll that the rest of the lower face makes with it explains at
least so much of its variance (provisional). A fifth of a roll was left at the chin of rendered
faces."""
LID_COUPLING = 0.06
"""Movement of the mouth per movement of the lids that the tracker itself makes, mm per mm: the
95th percentile over 63 rendered closures of nine faces was 0.05 at the mouth and 0.06 at cheek
and chin (``benchmarks/patterns/coupling.py``)."""
LID_MARGIN_S = 0.1
FOLLOWING_Z, FOLLOWING_MARGIN_S = 5.0, 0.1
"""A burst exceeds by so much what the errors of following add up to from before it until after:
places are sums of steps from picture to picture (provisional)."""
REFERENCES = ("nose_bridge_both", "forehead_both")
BURST_SERIES = tuple(at for at, region in enumerate(REGIONS) if region.name in MOUTH_REGIONS)


def find_bursts(
    samples: Samples,
    distinct: xr.Dataset,
    spans: Sequence[tuple[float, float]],
    lid_events: Sequence[Event],
    aperture_mm: float,
) -> tuple[list[Event], NDArray[np.bool_]]:
    """Find mouth and cheek bursts within steady spans.

    Parameters
    ----------
    samples : Samples
    distinct : xarray.Dataset
        The signals they were collected from.
    spans : sequence of (float, float)
        Steady stretches in seconds: holds, neutrals, or the whole.
    lid_events : sequence of Event
    aperture_mm : float
        Open aperture of the eyes, to turn closures into millimetres.

    Returns
    -------
    events : list of Event
    excluded : ndarray of bool, shape (n_frames, n_series)
        Samples within a burst of their own region or side: no part of a rhythm.
    """
    twitches = [
        twitch
        for start_s, stop_s in spans
        for at in range(len(REGIONS))
        for twitch in find_twitches(samples, at, start_s, stop_s)
    ]
    references = [twitch for twitch in twitches if twitch.region.role == "reference"]
    own = [
        twitch
        for twitch in twitches
        if twitch.whole
        and SERIES.index(twitch.region.key) in BURST_SERIES
        and twitch.peak_mm >= LEAST_PEAK_MM
        and twitch.peak_mm >= FOLLOWING_Z * _following_error_mm(distinct, twitch)
        and not _is_heads(twitch, references)
        and not turned_deg(distinct, twitch.span_s) > TURN_DEG
        and share_of_roll(distinct, twitch.region, twitch.span_s) < ROLL_SHARE
        and not _is_lids(twitch, lid_events, aperture_mm)
    ]
    events = _merge_regions(own)
    return events, _exclude(samples, twitches, events)


def _exclude(
    samples: Samples, twitches: Iterable[Twitch], events: Iterable[Event]
) -> NDArray[np.bool_]:
    """Leave bursts out of the samples of their regions, with a sample on either side.

    What a side of the mouth does, all its regions do, whichever of them show it clearly. What a
    stretch's edge cuts is no event, as it may be part of something slow, but no rhythm either.
    """
    excluded = np.zeros_like(samples.valid)
    moved = [(twitch.span_s, [twitch.region]) for twitch in twitches]
    moved += [(event.span_s, _regions_of(event)) for event in events]
    for span_s, regions in moved:
        mask = inside(samples.time_s, [span_s], margin_s=samples.interval_s)
        for region in regions:
            excluded[mask, SERIES.index(region.key)] = True
    return excluded


def _regions_of(event: Event) -> list[Region]:
    sides = SIDES if event.side == "both" else (event.side,)
    return [
        region
        for region in REGIONS
        if region.name in MOUTH_REGIONS
        and region.side in sides
        and (region.name == "cheek") == (event.event == "cheek_burst")
    ]


def _following_error_mm(distinct: xr.Dataset, twitch: Twitch) -> float:
    """Add up the standard errors of the steps of a twitch; 0 where they are not known."""
    within = inside(distinct["time_s"].values, [twitch.span_s], margin_s=FOLLOWING_MARGIN_S)
    steps_mm = distinct["displacement_se_mm"].sel(channel=twitch.region.key).values[within]
    return float(np.sqrt(np.nansum(steps_mm**2)))


def _is_heads(twitch: Twitch, references: Sequence[Twitch]) -> bool:
    return any(
        overlap_s(twitch.span_s, other.span_s) > 0 and other.peak_mm >= HEAD_RATIO * twitch.peak_mm
        for other in references
    )


def _is_lids(twitch: Twitch, lid_events: Sequence[Event], aperture_mm: float) -> bool:
    """Whether a burst is no more than what closing lids do to the tracking of the mouth."""
    return any(
        overlap_s(twitch.span_s, event.span_s) > -LID_MARGIN_S
        and event.side in (twitch.region.side, "both")
        and twitch.peak_mm < LID_COUPLING * event.peak / 100 * aperture_mm
        for event in lid_events
    )


def _merge_regions(twitches: Sequence[Twitch]) -> list[Event]:
    """One event for what neighbouring regions, or both sides, show at the same time."""
    events = []
    for kind in ("mouth_burst", "cheek_burst"):
        members = [t for t in twitches if (t.region.name == "cheek") == (kind == "cheek_burst")]
        sides = {
            side: _merge_one_side([t for t in members if t.region.side == side], kind)
            for side in ("left", "right", "both")
        }
        events += _merge_sides(sides["left"], sides["right"], sides["both"])
    return events


def _merge_one_side(twitches: Sequence[Twitch], kind: str) -> list[Event]:
    events = []
    for start, stop in merge([t.span_s for t in twitches], gap=MERGE_S):
        group = [t for t in twitches if start <= t.onset_s <= stop]
        strongest = max(group, key=lambda t: t.peak_mm)
        side = strongest.region.side
        events.append(
            Event(
                kind,
                side,
                start,
                stop,
                strongest.rise_s,
                strongest.peak_mm,
                "mm",
                strongest.region.name,
            )
        )
    return events


def _merge_sides(
    left: Sequence[Event], right: Sequence[Event], middle: Sequence[Event]
) -> list[Event]:
    """Join sides that move together, by themselves or with the jaw.

    A much weaker partner is the stronger's own spill-over.
    """
    gone: set[Event] = set()
    joined = []
    for one in left:
        for other in right:
            if overlap_s(one.span_s, other.span_s) <= 0:
                continue
            weaker, stronger = sorted((one, other), key=lambda event: event.peak)
            if weaker.peak < CONJUGATE_RATIO * stronger.peak:
                gone.add(weaker)
            elif _are_one(one, other) or any(
                overlap_s(jaw.span_s, stronger.span_s) > 0
                and jaw.peak >= CONJUGATE_RATIO * stronger.peak
                for jaw in middle
            ):
                gone |= {one, other}
                joined.append(_joined(one, other))
    sided = [event for event in (*left, *right) if event not in gone] + joined
    # The chin goes along with either side.
    alone = [
        event
        for event in middle
        if not any(overlap_s(event.span_s, other.span_s) > 0 for other in sided)
    ]
    return sided + alone


def _are_one(left: Event, right: Event) -> bool:
    """Whether the sides begin together, or last together for longer than chance lets them."""
    begin_together = abs(left.rise_s - right.rise_s) <= CONJUGATE_LAG_S
    longer_s = max(event.offset_s - event.onset_s for event in (left, right))
    least_s = max(TOGETHER_S, TOGETHER_SHARE * longer_s)
    return begin_together or overlap_s(left.span_s, right.span_s) >= least_s


def _joined(one: Event, other: Event) -> Event:
    stronger = max((one, other), key=lambda event: event.peak)
    return Event(
        stronger.event, "both", min(one.onset_s, other.onset_s),
        max(one.offset_s, other.offset_s), min(one.rise_s, other.rise_s),
        stronger.peak, stronger.unit, stronger.region,
    )  # fmt: skip
