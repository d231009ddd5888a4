"""The networks that look for landmarks, in threads beside the flow.

What carries the tracking on is looked for in one thread; what is only told of a face (each eye
by itself, the mirror image, how many faces there are) in another, which nobody waits for.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.track.landmarks import FaceLandmarks
from tremorcam.track.mirror import EyesAlone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Faces = list[NDArray[np.float64]]


@dataclass(frozen=True)
class Apart:
    """What is read of a face apart from its landmarks.

    Attributes
    ----------
    alone : (2, 2) array
        Each eye's aperture by itself, read twice; see :class:`EyesAlone`.
    mirrored : (478, 3) array, optional
        Landmarks in the mirrored picture.
    """

    alone: NDArray[np.float64]
    mirrored: NDArray[np.float64] | None


class Lookout:
    """Looks for landmarks; results come as futures, always the same whichever thread is faster."""

    def __init__(self) -> None:
        self._finder = FaceLandmarks(follow=False)
        self._follower: FaceLandmarks | None = None
        self._alone: EyesAlone | None = None
        self._twin: FaceLandmarks | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="landmarks")
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="aside")

    def close(self) -> None:
        """Wait for what is being looked for, and release the networks' memory."""
        self.restart()
        self._thread.shutdown()
        self._aside.shutdown()
        self._finder.close()

    def restart(self) -> None:
        """Forget where in its crop the face was; in another crop that misleads."""
        for thread in (self._thread, self._aside):
            thread.submit(int).result()  # the networks may still be at work
        for network in (self._follower, self._twin, self._alone):
            if network is not None:
                network.close()
        self._follower = self._twin = self._alone = None

    def count(self, gray: NDArray[np.uint8]) -> Future[int]:
        """Count the faces in a whole picture."""
        return self._aside.submit(lambda: len(self._finder.find(gray)))

    def find(self, gray: NDArray[np.uint8]) -> Faces:
        """Look for faces in a whole picture, the largest first."""
        return self._aside.submit(self._finder.find, gray).result()

    def search(self, gray: NDArray[np.uint8]) -> Faces:
        """Look for faces too small to be found in the whole picture."""
        return self._aside.submit(self._finder.search, gray).result()

    def follow(self, picture: NDArray[np.uint8], time_s: float) -> Future[Faces]:
        """Look for the landmarks of a followed face; times must increase."""
        return self._thread.submit(self._follow, picture, time_s)

    def read_apart(
        self, picture: NDArray[np.uint8], time_s: float, faces: Future[Faces]
    ) -> Future[Apart | None]:
        """Read more of a face that is being followed; ``None`` where there is none."""
        return self._aside.submit(self._read_apart, picture, time_s, faces)

    def _follow(self, picture: NDArray[np.uint8], time_s: float) -> Faces:
        if self._follower is None:
            self._follower = FaceLandmarks()
        return self._follower.find(picture, time_s=time_s)

    def _read_apart(
        self, picture: NDArray[np.uint8], time_s: float, faces: Future[Faces]
    ) -> Apart | None:
        found = faces.result()
        if not found:
            return None
        if self._alone is None or self._twin is None:
            self._alone, self._twin = EyesAlone(), FaceLandmarks()
        twins = self._twin.find(np.ascontiguousarray(picture[:, ::-1]), time_s=time_s)
        alone = self._alone.apertures_px(picture, found[0], time_s)
        return Apart(alone, twins[0] if twins else None)
