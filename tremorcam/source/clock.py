"""Times of pictures that only ever increase, whatever the file states."""

from __future__ import annotations

from collections import deque
from itertools import chain, pairwise
from statistics import median
from typing import TYPE_CHECKING, TypeGuard, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Picture = TypeVar("Picture")

N_RECENT_STEPS = 15
LEAP_STEPS = 2.5


class Clock:
    """Mends the times of one stream of pictures and counts what it mended.

    A single time that steps out of line is put back between its neighbours. Where the times
    start over (a joined recording, a counter that wrapped), the later ones are moved behind
    the earlier by the step seen most recently. Pictures that no time can be given to at all
    are dropped: a guess there would be an invented number.

    Attributes
    ----------
    n_corrected : int
        Times that were changed, and pictures that were dropped for the lack of one.
    """

    def __init__(self) -> None:
        self.n_corrected = 0
        self._origin_s: float | None = None
        self._last_s = 0.0
        self._steps_s: deque[float] = deque(maxlen=N_RECENT_STEPS)

    def run(
        self, stated: Iterable[tuple[Picture, float | None]]
    ) -> Iterator[tuple[Picture, float]]:
        """Give each picture its time in seconds, the first at 0, strictly increasing.

        Parameters
        ----------
        stated : iterable of (picture, float or None)
            Pictures in the order they are shown, with the time the file states for each.
            One picture is looked ahead.
        """
        last: tuple[Picture | None, float | None] = (None, None)
        for (picture, stated_s), (_, following_s) in pairwise(chain(stated, [last])):
            time_s = self._advance(stated_s, following_s)
            if time_s is None or picture is None:
                self.n_corrected += 1
            else:
                yield picture, time_s

    def _advance(self, stated_s: float | None, following_s: float | None) -> float | None:
        if self._origin_s is None:
            self._origin_s = stated_s
            return None if stated_s is None else 0.0
        time_s = None if stated_s is None else stated_s - self._origin_s
        following_s = None if following_s is None else following_s - self._origin_s
        if time_s is not None and self._in_line(time_s, following_s):
            self._steps_s.append(time_s - self._last_s)
        else:
            mended_s = self._mend(following_s)
            if not self._is_later(mended_s):  # where steps are too small to be told apart, either
                return None
            self.n_corrected += 1
            if time_s is not None and not self._is_later(following_s):
                self._origin_s += time_s - mended_s
            time_s = mended_s
        self._last_s = time_s
        return time_s

    def _is_later(self, time_s: float | None) -> TypeGuard[float]:
        return time_s is not None and time_s > self._last_s

    def _in_line(self, time_s: float, following_s: float | None) -> bool:
        """Whether a time comes after the last one and does not leap over the next."""
        leaps = (
            len(self._steps_s) > 0
            and time_s - self._last_s > LEAP_STEPS * median(self._steps_s)
            and self._is_later(following_s)
            and following_s <= time_s
        )
        return time_s > self._last_s and not leaps

    def _mend(self, following_s: float | None) -> float | None:
        """Guess a time: one usual step on, or half-way where the next picture is nearer."""
        usual_s = self._last_s + median(self._steps_s) if self._steps_s else None
        if self._is_later(following_s) and (usual_s is None or usual_s >= following_s):
            return (self._last_s + following_s) / 2
        return usual_s
