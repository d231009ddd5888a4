"""The recording that an analysis was made from, for what cannot be drawn without it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tremorcam.data import TremorcamError
from tremorcam.source.video import Video

if TYPE_CHECKING:
    from tremorcam.data import Analysis


def open_recording(analysis: Analysis, video_path: str | Path) -> Video:
    """Open the recording that was analysed, turned as it was then.

    Raises
    ------
    InputError
        If it cannot be read.
    TremorcamError
        If it is another one.
    """
    mirrored = bool(analysis.provenance.get("parameters", {}).get("mirrored"))
    video = Video(video_path, mirrored=mirrored)
    if video.info.sha256 != analysis.video.sha256:
        raise TremorcamError(
            f"'{Path(video_path).name}' is not the recording that was analysed "
            f"('{analysis.video.name}'); give that one, or analyse this one first"
        )
    return video
