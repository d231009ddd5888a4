"""A camera at this machine: pictures with the times at which they were taken."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray

MOST_CAMERAS = 10
SETTLING_S = 0.5


@dataclass(frozen=True)
class Shot:
    """One picture: ``bgr`` of shape (height, width, 3), ``time_s`` on a clock that only rises."""

    bgr: NDArray[np.uint8]
    time_s: float


class Source(Protocol):
    """What can be recorded from: a :class:`Camera`, or a stand-in for one."""

    width_px: int
    height_px: int
    rate_hz: float

    def read(self) -> Shot:
        """Wait for the next picture."""
        ...


@dataclass(frozen=True)
class Delivery:
    """What a camera really gives: picture size, and pictures a second promised and come."""

    number: int
    width_px: int
    height_px: int
    promised_hz: float
    delivered_hz: float


def try_cameras(*, seconds: float = 2.0) -> Iterator[Delivery]:
    """Watch every camera of this machine for a while.

    Parameters
    ----------
    seconds : float
        How long each is watched; the first half second, while exposure settles, not counted.
    """
    for number in range(MOST_CAMERAS):
        if sys.platform == "linux" and not Path(f"/dev/video{number}").exists():
            continue
        try:
            with Camera(number) as camera:
                yield _watch(camera, number, seconds)
        except TremorcamError:
            # Video4Linux has nodes that are no cameras; elsewhere numbers have no gaps.
            if sys.platform != "linux":
                return


def _watch(camera: Source, number: int, seconds: float) -> Delivery:
    first_s = camera.read().time_s
    times_s = [first_s]
    while times_s[-1] < first_s + SETTLING_S + seconds:
        times_s.append(camera.read().time_s)
    counted_s = [time_s for time_s in times_s if time_s >= first_s + SETTLING_S]
    spent_s = counted_s[-1] - counted_s[0]
    delivered_hz = (len(counted_s) - 1) / spent_s if spent_s > 0 else 0.0
    return Delivery(number, camera.width_px, camera.height_px, camera.rate_hz, delivered_hz)


class Camera:
    """A camera by its number; a context manager.

    Parameters
    ----------
    number : int
        0 is the first.
    width_px, height_px : int
        Wished for; what the camera gives is in the attributes of the same names.
    rate_hz : float
        Wished for; cameras promise more than they give, so measure it from the times.

    Raises
    ------
    TremorcamError
        If there is no such camera, or it is in use.
    """

    def __init__(
        self, number: int, *, width_px: int = 1280, height_px: int = 720, rate_hz: float = 60.0
    ) -> None:
        import cv2

        self._cv2: Any = cv2
        self._number = number
        backend = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
        self._capture = cv2.VideoCapture(number, backend)
        if not self._capture.isOpened():
            raise TremorcamError(
                f"camera {number} cannot be opened; check that it is plugged in, that no other "
                "program uses it, and its number: the first one is 0"
            )
        # Uncompressed pictures do not fit through USB at 720p and 30 a second.
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, width_px)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height_px)
        self._capture.set(cv2.CAP_PROP_FPS, rate_hz)
        first = self.read()
        self.height_px, self.width_px = first.bgr.shape[:2]
        self.rate_hz = float(self._capture.get(cv2.CAP_PROP_FPS)) or rate_hz

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the camera back."""
        self._capture.release()

    def read(self) -> Shot:
        """Wait for the next picture.

        Its time is the driver's stamp where there is one (Video4Linux), else the moment at
        which the picture arrived.

        Raises
        ------
        TremorcamError
            If the camera gives no more pictures.
        """
        grabbed = self._capture.grab()
        arrived_s = time.monotonic()
        found, picture = self._capture.retrieve() if grabbed else (False, None)
        if not found:
            raise TremorcamError(f"camera {self._number} gives no more pictures; was it unplugged?")
        stamp_ms = float(self._capture.get(self._cv2.CAP_PROP_POS_MSEC))
        is_stamped = sys.platform == "linux" and stamp_ms > 0
        return Shot(np.asarray(picture, np.uint8), stamp_ms / 1000 if is_stamped else arrived_s)
