"""The two faces of the overlay: as filmed with its regions, and with the tremor magnified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tremorcam.anatomy import REGIONS, SIDES
from tremorcam.publish.answer import Answer
from tremorcam.publish.figures.lanes import EVENT_LOOKS
from tremorcam.publish.figures.style import MUTED, SIDE_COLORS
from tremorcam.publish.overlay.strip import rgb
from tremorcam.publish.overlay.text import write_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.data import Analysis

    Floats = NDArray[np.float64]
    Picture = NDArray[np.uint8]

HEIGHT_PX = 720
WIDTH_PX = 640
_GREATEST_SCALE = 2.0
_FACE_SHARE = 0.62  # of the crop's height
_AFTERGLOW_S = 0.25


@dataclass(frozen=True)
class Crop:
    """The part of the frames that is shown, the same for the whole video.

    Parameters
    ----------
    left, top, width, height : int
        In pixels of the frame.
    scale : float
        Pixels shown per pixel of the frame.
    """

    left: int
    top: int
    width: int
    height: int
    scale: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as shown, both even."""
        width, height = (2 * round(side * self.scale / 2) for side in (self.width, self.height))
        return width, height

    def cut(self, frame: Picture) -> Picture:
        """Cut the part out of a frame, as a copy at the size shown."""
        part = frame[self.top : self.top + self.height, self.left : self.left + self.width]
        if part.shape[1::-1] == self.size:
            return part.copy()
        way = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_CUBIC
        return cv2.resize(part, self.size, interpolation=way)  # type: ignore[return-value]

    def place(self, points_px: Floats) -> Floats:
        """Where points of the frame are in the part shown."""
        placed: Floats = (points_px - (self.left, self.top)) * self.scale
        return placed


def choose_crop(analysis: Analysis) -> Crop:
    """Choose the part of the frames around the face, wherever it was; all where unknown."""
    frame_width, frame_height = analysis.video.width_px, analysis.video.height_px
    boxes = analysis.signals["face_box_px"].values
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if len(boxes) == 0:
        box = np.array([0.0, 0.0, frame_width, frame_height])
    else:
        box = np.concatenate(
            [np.percentile(boxes[:, :2], 2, axis=0), np.percentile(boxes[:, 2:], 98, axis=0)]
        )
    middle = (box[:2] + box[2:]) / 2
    height = max((box[3] - box[1]) / _FACE_SHARE, (box[2] - box[0]) / 0.8 * HEIGHT_PX / WIDTH_PX)
    height = min(height, frame_height)
    width = min(height * WIDTH_PX / HEIGHT_PX, frame_width)
    left = np.clip(middle[0] - width / 2, 0, frame_width - width)
    top = np.clip(middle[1] - 0.52 * height, 0, frame_height - height)
    scale = min(HEIGHT_PX / height, _GREATEST_SCALE)
    if abs(scale - 1) < 0.12 and frame_height >= HEIGHT_PX and frame_width >= WIDTH_PX:
        # Nearly its own size: show it unscaled, so that no pixel is interpolated.
        width, height, scale = WIDTH_PX, HEIGHT_PX, 1.0
        left = np.clip(middle[0] - width / 2, 0, frame_width - width)
        top = np.clip(middle[1] - 0.52 * height, 0, frame_height - height)
    return Crop(int(left), int(top), int(width), int(height), float(scale))


class Marks:
    """Draws regions and events on a face.

    Parameters
    ----------
    analysis : Analysis
    crop : Crop
    """

    def __init__(self, analysis: Analysis, crop: Crop) -> None:
        signals = analysis.signals
        self._centre_px = crop.place(signals["region_px"].values)
        scale = signals["mm_per_px"].values
        known = scale[np.isfinite(scale)]
        self._px_per_mm = crop.scale / float(np.median(known)) if len(known) else 1.0
        self._keys: list[str] = signals["channel"].values.tolist()
        self._events: list[dict[Any, Any]] = analysis.events.to_dict("records")
        self._detected = {
            f"{row['region']}_{row['side']}" for row in Answer(analysis).detected_amplitudes()
        }

    def draw(self, picture: Picture, index: int, time_s: float) -> None:
        """Draw what belongs to a frame, in place."""
        if index >= len(self._centre_px):
            return
        for region in REGIONS:
            x, y = self._centre_px[index, self._keys.index(region.key)]
            if region.role == "face" and np.isfinite(x) and np.isfinite(y):
                self._draw_region(picture, region.key, region.side, (x, y))
        flashing = [
            event
            for event in self._events
            if event["onset_s"] <= time_s <= event["offset_s"] + _AFTERGLOW_S
        ]
        for event in flashing:
            self._flash(picture, index, event)
        for row, name in enumerate(dict.fromkeys(event["event"] for event in flashing)):
            write_text(
                picture, name.replace("_", " "), (picture.shape[1] // 2, 40 + 36 * row),
                color=(255, 255, 255), size=22, anchor="center", shadow=True,
            )  # fmt: skip

    def _draw_region(self, picture: Picture, key: str, side: str, at: tuple[float, float]) -> None:
        radius = max(3.5 * self._px_per_mm, 4.0)
        if key in self._detected:
            _ring(picture, at, radius * 1.3, (255, 255, 255), 4)
            _ring(picture, at, radius * 1.3, rgb(SIDE_COLORS[side]), 2)
        else:
            _ring(picture, at, radius * 0.7, (225, 229, 233), 1)

    def _flash(self, picture: Picture, index: int, event: dict[Any, Any]) -> None:
        color = rgb(EVENT_LOOKS.get(event["event"], (MUTED, ""))[0])
        sides = SIDES if event["side"] == "both" else (event["side"],)
        for side in sides:
            # The eye has no region of its own; the lower lid is at it.
            keys = (f"{event['region']}_{side}", f"{event['region']}_both", f"lower_lid_{side}")
            at = self._keys.index(next(key for key in keys if key in self._keys))
            x, y = self._centre_px[index, at]
            if np.isfinite(x) and np.isfinite(y):
                _ring(picture, (x, y), max(9 * self._px_per_mm, 12.0), (255, 255, 255), 6)
                _ring(picture, (x, y), max(9 * self._px_per_mm, 12.0), color, 4)


def _ring(
    picture: Picture,
    at: tuple[float, float],
    radius: float,
    color: tuple[int, int, int],
    width: int,
) -> None:
    bits = 4
    centre = (round(at[0] * 2**bits), round(at[1] * 2**bits))
    cv2.circle(picture, centre, round(radius * 2**bits), color, width, cv2.LINE_AA, bits)
