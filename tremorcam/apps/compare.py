"""Two recordings side by side, place by place, with what differs beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tremorcam.anatomy import REGIONS
from tremorcam.dictionary import region_label
from tremorcam.store.history import parse_time
from tremorcam.store.trends import Change, Point, change

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tremorcam.data import Analysis
    from tremorcam.store.history import History

    Lookup = Callable[[str, str], Point | None]


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
    """An earlier and a later recording; places where neither found tremor are left out."""

    earlier_id: str
    later_id: str
    earlier_answer: str
    later_answer: str
    places: tuple[Place, ...]


def compare_recordings(history: History, first_id: str, second_id: str) -> Comparison | None:
    """Compare two recordings of a history in the order of time; ``None`` without two results."""
    recordings = [history.recordings.get(each) for each in (first_id, second_id)]
    results = [history.results.get(each) for each in (first_id, second_id)]
    pairs = [(r, s) for r, s in zip(recordings, results, strict=True) if r and s]
    if len(pairs) < 2:
        return None
    (earlier, before), (later, after) = sorted(pairs, key=lambda p: parse_time(p[0].recorded_at))

    def look_up(recording_id: str) -> Lookup:
        return lambda region, side: history.point(recording_id, region=region, side=side)

    return Comparison(
        earlier_id=earlier.id,
        later_id=later.id,
        earlier_answer=before.answer,
        later_answer=after.answer,
        places=_places(look_up(earlier.id), look_up(later.id)),
    )


def compare_results(earlier: Path, later: Path) -> Comparison:
    """Compare two folders of results, in the order given: files know no date of the smile.

    Raises
    ------
    TremorcamError
        If one holds no analysis.
    """
    from tremorcam.publish import load_analysis

    before, after = load_analysis(earlier), load_analysis(later)
    return Comparison(
        earlier_id=str(earlier),
        later_id=str(later),
        earlier_answer=str(before.words.get("answer", "")),
        later_answer=str(after.words.get("answer", "")),
        places=_places(_look_up(before), _look_up(after)),
    )


def _look_up(analysis: Analysis) -> Lookup:
    from tremorcam.publish.answer import Answer

    answer = Answer(analysis)

    def point(region: str, side: str) -> Point | None:
        amplitude = answer.lookup("tremor_amplitude_p2p", region=region, side=side)
        limit = answer.lookup("detection_limit", region=region, side=side)
        if analysis.quality.status == "unusable" or not (amplitude.known or limit.known):
            return None
        seen = amplitude.detected and amplitude.known
        return Point(
            recording_id=analysis.video.name,
            time=datetime.fromtimestamp(0, UTC),
            value=amplitude.value if seen else None,
            ci_low=amplitude.ci_low if seen and amplitude.has_interval else None,
            ci_high=amplitude.ci_high if seen and amplitude.has_interval else None,
            limit=limit.value if limit.known else None,
        )

    return point


def _places(earlier: Lookup, later: Lookup) -> tuple[Place, ...]:
    places = []
    for region in REGIONS:
        points = [look_up(region.name, region.side) for look_up in (earlier, later)]
        seen = any(point and point.value is not None for point in points)
        if region.role == "face" and seen:
            places.append(_place(region.name, region.side, *points))
    return tuple(places)


def _place(region: str, side: str, earlier: Point | None, later: Point | None) -> Place:
    label = region_label(region, side)
    if earlier is None or later is None:
        missing = Change("not_known", None, None, None, "Only one recording measured this place.")
        return Place(region, side, label, earlier, later, missing)
    return Place(region, side, label, earlier, later, change(earlier, later))
