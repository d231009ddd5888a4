"""overlay.mp4: the recording with what was measured, beside it the tremor magnified."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.data import TremorcamError
from tremorcam.publish.overlay.encode import Encoder
from tremorcam.publish.overlay.magnify import Magnifier
from tremorcam.publish.overlay.scene import Marks, choose_crop
from tremorcam.publish.overlay.strip import HEIGHT_PX as STRIP_PX
from tremorcam.publish.overlay.strip import Strip
from tremorcam.publish.overlay.text import write_text
from tremorcam.publish.recording import open_recording

if TYPE_CHECKING:
    from collections.abc import Callable

    from tremorcam.data import Analysis
    from tremorcam.source.video import Video

__all__ = ["write_overlay"]

_WHITE = (255, 255, 255)


def write_overlay(
    analysis: Analysis,
    video_path: str | Path,
    out_path: str | Path,
    *,
    magnify: float = 10.0,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Render a recording with its regions, events and traces, and its tremor magnified.

    On the left is the face as filmed, on the right the same with the detected tremor
    ``magnify`` times as large, beneath the movement of both sides. Pictures keep their
    times, and the sound is kept. Where no tremor was detected nothing is moved.

    Parameters
    ----------
    analysis : Analysis
    video_path : path
        The recording that was analysed.
    out_path : path
        An MP4 file to write, H.264 and AAC; it appears when it is whole.
    magnify : float
        How many times as large the tremor is to be shown, 1 to 100.
    progress : callable, optional
        Is told the share done, 0 to 1.

    Raises
    ------
    InputError
        If the recording cannot be read.
    TremorcamError
        If it is not the recording analysed, or the overlay cannot be written.
    """
    if not 1 <= magnify <= 100:
        raise TremorcamError(f"the magnification should be 1 to 100, not {magnify:g}")
    with open_recording(analysis, video_path) as video:
        _render(analysis, video, Path(out_path), magnify=magnify, progress=progress)


def _render(
    analysis: Analysis,
    video: Video,
    out_path: Path,
    *,
    magnify: float,
    progress: Callable[[float], None] | None,
) -> None:
    crop = choose_crop(analysis)
    width, height = crop.size
    marks, strip = Marks(analysis, crop), Strip(analysis, width_px=2 * width)
    magnifier = Magnifier(analysis, magnify=magnify)
    origin_px = np.array([crop.left, crop.top], dtype=float)
    canvas = np.empty((height + STRIP_PX, 2 * width, 3), np.uint8)
    n_frames = max(analysis.timing.n_frames, 1)
    with Encoder(
        out_path,
        size_px=(2 * width, height + STRIP_PX),
        rate_hz=analysis.timing.effective_rate_hz,
        audio_from=video.path,
    ) as encoder:
        for frame in video.frames():
            face = crop.cut(frame.rgb())
            canvas[:height, :width] = face
            canvas[:height, width:] = magnifier.warp(
                face, frame.index, origin_px=origin_px, scale=crop.scale
            )
            marks.draw(canvas[:height, :width], frame.index, frame.time_s)
            canvas[height:] = strip.draw(frame.time_s)
            _write_captions(canvas, width, frame.time_s, magnifier)
            encoder.write(canvas, frame.time_s)
            if progress is not None:
                progress(min((frame.index + 1) / n_frames, 1.0))


def _write_captions(
    canvas: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    width: int,
    time_s: float,
    magnifier: Magnifier,
) -> None:
    write_text(canvas, "as filmed", (14, 12), color=_WHITE, shadow=True)
    write_text(canvas, magnifier.caption, (width + 14, 12), color=_WHITE, shadow=True)
    write_text(
        canvas, f"{time_s:.1f} s", (2 * width - 14, 12), color=_WHITE, anchor="right", shadow=True
    )
