"""Two recordings side by side, place by place, with what differs beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tremorcam.anatomy import REGIONS
from tremorcam.dictionary import region_label
from tremorcam.store.history import parse_time
from tremorcam.store.trends import Change, Point, change

if TYPE_CHECKING:
    from tremorcam.store.history import History


@dataclass(frozen=True)
class Place:
    """One place of the face in both recordings; ``None`` where one did not measure it."""

    region: str
    side: str
    label: str
    earlier: Point | None
    later: Point | None
    change: Change


@dataclass(frozen=True)
class Comparison:
    """Two recordings in the order of time; places where neither found tremor are left out."""

    earlier_id: str
    later_id: str
    earlier_answer: str
    later_answer: str
    places: tuple[Place, ...]


def compare_recordings(history: History, first_id: str, second_id: str) -> Comparison | None:
    """Compare two recordings of a history; ``None`` unless both have a result."""
    recordings = [history.recordings.get(each) for each in (first_id, second_id)]
    results = [history.results.get(each) for each in (first_id, second_id)]
    pairs = [(r, s) for r, s in zip(recordings, results, strict=True) if r and s]
    if len(pairs) < 2:
        return None
    (earlier, before), (later, after) = sorted(pairs, key=lambda p: parse_time(p[0].recorded_at))
    places = []
    for region in REGIONS:
        if region.role != "face":
            continue
        points = [
            history.point(each.id, region=region.name, side=region.side)
            for each in (earlier, later)
        ]
        if any(point and point.value is not None for point in points):
            places.append(_place(region.name, region.side, *points))
    return Comparison(
        earlier_id=earlier.id,
        later_id=later.id,
        earlier_answer=before.answer,
        later_answer=after.answer,
        places=tuple(places),
    )


def _place(region: str, side: str, earlier: Point | None, later: Point | None) -> Place:
    label = region_label(region, side)
    if earlier is None or later is None:
        missing = Change("not_known", None, None, None, "Only one recording measured this place.")
        return Place(region, side, label, earlier, later, missing)
    return Place(region, side, label, earlier, later, change(earlier, later))
