"""The traces that run beneath the video."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from matplotlib.colors import to_rgb
from scipy.interpolate import CubicSpline

from tremorcam.dictionary import region_label
from tremorcam.publish.answer import Answer
from tremorcam.publish.figures.lanes import EVENT_LOOKS
from tremorcam.publish.figures.style import MUTED, SIDE_COLORS
from tremorcam.publish.figures.traces import band_movement, trace_range_mm
from tremorcam.publish.numbers import format_number
from tremorcam.publish.overlay.text import write_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.data import Analysis
    from tremorcam.publish.overlay.text import Color

    Floats = NDArray[np.float64]

HEIGHT_PX = 200
WINDOW_S = 6.0
_NOW = 0.75  # where "now" is, as a share of the width
_LANE_PX = 12
_TOP_PX = _LANE_PX + 22  # below the events and their names
_FRACTION_BITS = 4
_PER_PICTURE = 4


class Strip:
    """Draws the last seconds of both sides' tremor-band movement, and the events.

    Parameters
    ----------
    analysis : Analysis
    width_px : int
    """

    def __init__(self, analysis: Analysis, *, width_px: int) -> None:
        answer = Answer(analysis)
        time_s = analysis.signals["time_s"].values
        movements = {side: band_movement(answer, side) for side in answer.sides}
        self._range_mm = trace_range_mm(answer, movements)
        self._time_s, self._movements = _between_pictures(time_s, movements)
        self._holds = [
            (row["onset_s"], row["offset_s"])
            for row in analysis.phases.to_dict("records")
            if row["phase"] == "hold"
        ]
        self._events = analysis.events.to_dict("records")
        self._width = width_px
        self._label = region_label(answer.region)

    def draw(self, now_s: float) -> NDArray[np.uint8]:
        """Draw the strip as it is at a time, shape (HEIGHT_PX, width, 3)."""
        picture = np.full((HEIGHT_PX, self._width, 3), 255, np.uint8)
        for onset_s, offset_s in self._holds:
            left, right = (round(self._x(edge_s, now_s)) for edge_s in (onset_s, offset_s))
            if right > 0 and left < self._width:
                corner = (min(right, self._width), HEIGHT_PX)
                cv2.rectangle(picture, (max(left, 0), _TOP_PX), corner, rgb("#e4edf6"), cv2.FILLED)
        self._draw_seconds(picture, now_s)
        self._draw_events(picture, now_s)
        for row, side in enumerate(self._movements):
            self._draw_trace(picture, row, side, now_s)
        x = int(_NOW * self._width)
        cv2.line(picture, (x, _TOP_PX), (x, HEIGHT_PX), rgb("#1b2733"), 1)
        return picture

    def _x(self, time_s: float, now_s: float) -> float:
        return (_NOW + (time_s - now_s) / WINDOW_S) * self._width

    def _rows(self) -> tuple[float, float]:
        """Upper edge of the first trace and the height of each."""
        top = _TOP_PX + 4
        return top, (HEIGHT_PX - top - 4) / max(len(self._movements), 1)

    def _draw_seconds(self, picture: NDArray[np.uint8], now_s: float) -> None:
        begin_s = now_s - _NOW * WINDOW_S
        for second in range(max(int(np.ceil(begin_s)), 0), int(begin_s + WINDOW_S) + 1):
            x = int(self._x(second, now_s))
            cv2.line(picture, (x, _TOP_PX), (x, HEIGHT_PX), rgb("#d5dce3"), 1)
            write_text(picture, f"{second} s", (x + 4, HEIGHT_PX - 19), color=rgb(MUTED), size=13)
        top, height = self._rows()
        for row, side in enumerate(self._movements):
            name = f"{side} " if side != "both" else ""
            text = f"{name}{self._label}, ± {format_number(self._range_mm)} mm"
            at = (8, int(top + row * height))
            write_text(picture, text, at, color=rgb(SIDE_COLORS[side]), size=15)

    def _draw_events(self, picture: NDArray[np.uint8], now_s: float) -> None:
        free_px = 0
        for event in self._events:
            left, right = (self._x(event[name], now_s) for name in ("onset_s", "offset_s"))
            if right < 0 or left > self._width:
                continue
            color = rgb(EVENT_LOOKS.get(event["event"], (MUTED, ""))[0])
            left_px, right_px = max(int(left), 0), min(max(int(right), int(left) + 3), self._width)
            picture[4 : 4 + _LANE_PX, left_px:right_px] = color
            if left_px >= free_px:
                # Events crowd: one that starts beneath another's name stays without one.
                at, text = (left_px, _LANE_PX + 4), event["event"].replace("_", " ")
                free_px = write_text(picture, text, at, color=rgb("#1b2733"), size=13) + 8

    def _draw_trace(self, picture: NDArray[np.uint8], row: int, side: str, now_s: float) -> None:
        begin_s = now_s - _NOW * WINDOW_S
        shown = slice(*np.searchsorted(self._time_s, (begin_s - 0.2, begin_s + WINDOW_S + 0.2)))
        x = (self._time_s[shown] - begin_s) / WINDOW_S * self._width
        top, height = self._rows()
        share = np.clip(self._movements[side][shown] / self._range_mm, -1, 1)
        y = top + (row + 0.5 + 0.5 * share) * height
        known = np.isfinite(y)
        for run in np.split(np.arange(len(y)), np.flatnonzero(np.diff(known)) + 1):
            if len(run) > 1 and known[run[0]]:
                points = np.stack([x[run], y[run]], axis=1) * 2**_FRACTION_BITS
                cv2.polylines(
                    picture, [np.rint(points).astype(np.int32)], False, rgb(SIDE_COLORS[side]), 2,
                    cv2.LINE_AA, _FRACTION_BITS,
                )  # fmt: skip


def _between_pictures(
    time_s: Floats, movements: dict[str, Floats]
) -> tuple[Floats, dict[str, Floats]]:
    """Fill in the movement between the pictures; gaps stay gaps.

    The band ends well below half the frame rate, so a spline shows what lies between. Without
    it a fast tremor looks like a saw.
    """
    if len(time_s) < 2:
        return time_s, movements
    at = np.arange((len(time_s) - 1) * _PER_PICTURE + 1) / _PER_PICTURE
    fine_s = np.interp(at, np.arange(len(time_s)), time_s)
    fine = {}
    for side, movement in movements.items():
        known = np.isfinite(movement)
        # Interpolating NaN gives NaN.
        between = np.isfinite(np.interp(fine_s, time_s, movement))
        fine[side] = np.full(len(fine_s), np.nan)
        if known.sum() > 3:
            spline = CubicSpline(time_s[known], movement[known])
            fine[side][between] = spline(fine_s[between])
    return fine_s, fine


@cache
def rgb(color: str) -> Color:
    """Red, green and blue, 0 to 255, of a colour's name or code."""
    red, green, blue = (round(255 * share) for share in to_rgb(color))
    return red, green, blue
