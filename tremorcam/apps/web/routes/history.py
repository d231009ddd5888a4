"""The history as a whole: trends, comparison of two recordings, one table of all."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response

from tremorcam.anatomy import REGIONS
from tremorcam.apps.compare import compare_recordings
from tremorcam.apps.web.routes.shared import RecordingId, WithHistory

router = APIRouter(prefix="/api/history")

_NAMES = "|".join(sorted({region.name for region in REGIONS}))
RegionName = Annotated[str, Query(pattern=rf"^({_NAMES})?$")]
SideName = Annotated[str, Query(pattern=r"^(left|right|both)?$")]


@router.get("/trend")
def show_trend(
    history: WithHistory,
    person: Annotated[str, Query(max_length=60)] = "",
    region: RegionName = "",
    side: SideName = "",
) -> dict[str, Any]:
    """Follow one person's tremor from recording to recording."""
    trend = asdict(history.trend(person=person, region=region, side=side))
    for key in ("factor_per_month", "ci_low", "ci_high"):
        value = trend["course"][key]
        trend["course"][key] = None if value in (None, float("inf")) else value
    return trend | {"persons": history.persons()}


@router.get("/export.csv")
def export(history: WithHistory) -> Response:
    """Download every measure of every recording as one table."""
    return Response(
        history.export().to_csv(index=False, lineterminator="\n"),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="tremorcam-history.csv"'},
    )


@router.get("/compare")
def compare(
    history: WithHistory,
    a: Annotated[RecordingId, Query()],
    b: Annotated[RecordingId, Query()],
) -> dict[str, Any]:
    """Compare two recordings, the earlier one first."""
    found = compare_recordings(history, a, b)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "both recordings need a result to be compared")
    return asdict(found)
