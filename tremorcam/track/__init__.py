"""From frames to the movement of every region of the face, in millimetres."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING

from tremorcam.anatomy import IRIS_DIAMETER_MM
from tremorcam.data import validate_signals
from tremorcam.track.displacement import build_signals
from tremorcam.track.tracker import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import xarray as xr

    from tremorcam.source.video import Frame

__all__ = ["track"]


def track(
    frames: Iterable[Frame],
    *,
    iris_mm: float = IRIS_DIAMETER_MM,
    on_frame: Callable[[Frame], None] | None = None,
) -> xr.Dataset:
    """Follow the largest face through the frames of a video.

    Parameters
    ----------
    frames : iterable of Frame
        Taken one at a time, one ahead of what is measured.
    iris_mm : float
        Horizontal iris diameter of the subject, which sets the scale.
    on_frame : callable, optional
        Called after every frame.

    Returns
    -------
    xarray.Dataset
        The signals, as :func:`tremorcam.data.validate_signals` describes them.
    """
    with Tracker() as tracker:
        for frame, coming in pairwise(chain(frames, [None])):
            assert frame is not None
            tracker.add(frame, coming)
            if on_frame is not None:
                on_frame(frame)
    signals = build_signals(tracker, iris_mm=iris_mm)
    validate_signals(signals)
    return signals
