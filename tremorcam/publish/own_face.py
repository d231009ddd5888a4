"""The person's own face with the tremor on it; only where asked for, as reports get shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Circle

from tremorcam.data import InputError
from tremorcam.publish.answer import Answer
from tremorcam.publish.figures.face import (
    add_colorbar,
    amplitudes_of,
    draw_arrow,
    look_of,
    scale_of,
)
from tremorcam.publish.figures.style import drawing, new_figure
from tremorcam.publish.overlay.scene import choose_crop
from tremorcam.publish.recording import open_recording

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from tremorcam.data import Analysis

_RADIUS_MM = 4.5
_WIDTH_IN = 4.4
_BELOW_IN = 0.62


@drawing
def own_face(analysis: Analysis, video_path: str | Path) -> Figure:
    """Draw the regions, their amplitudes and directions on a picture of the recording.

    The picture is from the middle of what the answer speaks of, with the eyes open.

    Parameters
    ----------
    analysis : Analysis
    video_path : path
        The recording that was analysed.

    Raises
    ------
    InputError
        If the recording cannot be read, or shows no face.
    TremorcamError
        If it is not the recording analysed.
    """
    answer, crop = Answer(analysis), choose_crop(analysis)
    index = _choose_frame(answer)
    width_px, height_px = crop.size
    picture_in = _WIDTH_IN * height_px / width_px
    figure = new_figure(_WIDTH_IN, picture_in + _BELOW_IN)
    below = _BELOW_IN / (picture_in + _BELOW_IN)
    axes = figure.add_axes((0, below, 1, 1 - below))
    axes.axis("off")
    axes.imshow(crop.cut(_read_frame(analysis, video_path, index)))
    axes.set(xlim=(0, width_px), ylim=(height_px, 0))
    amplitudes = amplitudes_of(answer)
    found = {place: e for place, e in amplitudes.items() if e.detected and e.known}
    scale = scale_of(found)
    px_per_mm = crop.scale / float(np.nanmedian(analysis.signals["mm_per_px"].values))
    centres_px = crop.place(analysis.signals["region_px"].values[index])
    keys = analysis.signals["channel"].values.tolist()
    for place, estimate in amplitudes.items():
        x, y = centres_px[keys.index("_".join(place))]
        look = look_of(estimate, scale)
        if look:
            see_through = {"alpha": 0.75} if place in found else {"facecolor": "none"}
            axes.add_patch(Circle((x, y), _RADIUS_MM * px_per_mm, **(look | see_through)))
        if place in found:
            axis = answer.lookup("tremor_axis", side=place[1], region=place[0])
            half_mm = _RADIUS_MM * (0.9 + 1.2 * scale(estimate.value))
            draw_arrow(axes, (x, y), axis.value, half_length=half_mm * px_per_mm)
    if found:
        add_colorbar(figure, scale, bottom=below - 0.035)
    return figure


def _choose_frame(answer: Answer) -> int:
    """Choose the frame nearest to the middle of the stretch that has the eyes open."""
    signals = answer.analysis.signals
    time_s = signals["time_s"].values
    open_mm = signals["eye_aperture_mm"].values.min(axis=1)
    known = np.isfinite(signals["region_px"].values).all(axis=(1, 2)) & np.isfinite(open_mm)
    inside = answer.in_stretch(time_s) & known
    candidates = np.flatnonzero(inside if inside.any() else known)
    if len(candidates) == 0:
        raise InputError(f"{answer.analysis.video.name}: no picture of it shows a face")
    wide = candidates[open_mm[candidates] >= np.median(open_mm[candidates])]
    middle_s = np.mean(time_s[candidates[[0, -1]]])
    return int(wide[np.abs(time_s[wide] - middle_s).argmin()])


def _read_frame(analysis: Analysis, video_path: str | Path, index: int) -> NDArray[np.uint8]:
    with open_recording(analysis, video_path) as video:
        for frame in video.frames():
            if frame.index == index:
                return frame.rgb()
    raise InputError(f"{analysis.video.name}: it has fewer pictures than were analysed")
