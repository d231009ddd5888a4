"""The guided test before a laboratory camera: cues on the terminal and in a window."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tremorcam.apps.protocols import Protocol, Step
    from tremorcam.source.camera import Shot

WINDOW = "Tremorcam"
ESCAPE = 27


@dataclass
class Guide:
    """Knows which step it is at any time, and leaves the cues that were given.

    Parameters
    ----------
    protocol : Protocol
    say : callable
        Told each step as it begins.
    """

    protocol: Protocol
    say: Callable[[Step], None]
    cues: list[dict[str, Any]] = field(default_factory=list)
    _number: int = -1

    def advance(self, time_s: float) -> Step:
        """Give the step at a time, announcing it if it is new."""
        ends = list(accumulate(step.duration_s for step in self.protocol.steps))
        number = min(sum(time_s >= end for end in ends), len(ends) - 1)
        if number != self._number:
            self.close(time_s)
            self._number = number
            step = self.protocol.steps[number]
            self.cues.append({"task": step.task, "onset_s": time_s, "offset_s": time_s})
            self.say(step)
        return self.protocol.steps[number]

    def close(self, time_s: float) -> None:
        """End the step that is under way."""
        if self.cues:
            self.cues[-1]["offset_s"] = time_s


class Preview:
    """A window with the mirrored picture and the words; the file is never mirrored."""

    def __init__(self) -> None:
        import cv2

        self._cv2: Any = cv2

    def show(self, shot: Shot, words: str) -> bool:
        """Draw a picture; false once Escape was pressed."""
        cv2 = self._cv2
        picture = cv2.flip(cv2.resize(shot.bgr, None, fx=0.75, fy=0.75), 1)
        for colour, width in (((0, 0, 0), 8), ((255, 255, 255), 2)):
            cv2.putText(picture, words, (24, 56), cv2.FONT_HERSHEY_DUPLEX, 1.4, colour, width)
        cv2.imshow(WINDOW, picture)
        return bool(cv2.waitKey(1) != ESCAPE)

    def close(self) -> None:
        """Close the window."""
        self._cv2.destroyAllWindows()
