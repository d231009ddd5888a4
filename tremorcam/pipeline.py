"""One configuration and the stages in order."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import math
import platform
import time
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import IRIS_DIAMETER_MM
from tremorcam.data import Analysis, InputError
from tremorcam.interpret import interpret, parse_context
from tremorcam.measure import measure
from tremorcam.methods import parameters, references
from tremorcam.source.ahead import read_ahead
from tremorcam.source.timing import audit_timing
from tremorcam.source.video import Video
from tremorcam.track import track
from tremorcam.track.model import MODEL_NAME, MODEL_SHA256

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import xarray as xr

    from tremorcam.data import Timing, VideoInfo
    from tremorcam.source.video import Frame

log = logging.getLogger(__name__)

Cue = tuple[str, float, float, int]
"""A phase that the person was asked for: name, onset_s, offset_s, number of the smile."""

_DISTRIBUTIONS = ("tremorcam", "mediapipe", "opencv-contrib-python", "av", "numpy", "scipy")
LONGEST_EXPOSURE_S = 0.05
"""Half of a movement at 12 Hz is left; of longer exposures too little is to be given back."""
LARGEST_JITTER_S = 0.015
"""Half of a movement at 12 Hz is left."""
_TOLD_EVERY_S = 0.1
"""Progress is told no more often: each time costs a process that listens a change of threads."""
_TRACKING_SHARE = 0.97
"""Share of the work that is done when the last frame has been followed."""


def analyze(
    path: str | Path,
    *,
    iris_mm: float = IRIS_DIAMETER_MM,
    hold: tuple[float, float] | None = None,
    cues: Sequence[Cue] | None = None,
    context: Mapping[str, Any] | None = None,
    mirrored: bool = False,
    exposure_s: float | None = None,
    jitter_s: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> Analysis:
    """Measure the tremor of the face in a video.

    Parameters
    ----------
    path : path-like
        Any video that FFmpeg reads.
    iris_mm : float
        Horizontal diameter of the subject's iris, if it is known better than the average.
    hold : (start_s, end_s), optional
        When the smile is held; found from the mouth where not given.
    cues : sequence of (phase, onset_s, offset_s, smile), optional
        Phases as a guided recording asked for them.
    context : mapping, optional
        What the person told; it never changes a measurement.
    mirrored : bool
        The video shows the person as in a mirror, as selfie apps store it.
    exposure_s : float, optional
        How long each frame was exposed, if it is known: what frames that average over it lose
        of fast movement is then given back.
    jitter_s : float, optional
        By how much the frames' stated times are off (standard deviation), if it is known: what
        that hides of fast movement is then given back.
    progress : callable, optional
        Called with the share of the work done, 0 to 1.

    Returns
    -------
    Analysis

    Raises
    ------
    InputError
        If the file is no video, or no face is in it.

    Examples
    --------
    >>> analysis = analyze("smile.mp4", hold=(3.0, 13.0))  # doctest: +SKIP
    >>> left = analysis.measures.query(
    ...     "region == 'mouth_corner' and side == 'left' and phase == 'hold'"
    ... ).set_index("measure")
    >>> left.loc["tremor_frequency", ["value", "ci_low", "ci_high"]].to_list()  # Hz
    [7.2, 7.16, 7.25]
    >>> float(left.loc["tremor_amplitude_p2p", "value"])  # mm
    0.44
    """
    if not 5.0 <= iris_mm <= 20.0:
        raise InputError(f"the iris diameter should be 5 to 20 mm, not {iris_mm:g}")
    if exposure_s is not None and not 0 < exposure_s <= LONGEST_EXPOSURE_S:
        raise InputError(
            f"the exposure should be more than 0 and at most {1000 * LONGEST_EXPOSURE_S:g} ms, "
            f"not {1000 * exposure_s:g} ms"
        )
    if jitter_s is not None and not 0 < jitter_s <= LARGEST_JITTER_S:
        raise InputError(
            f"the jitter should be more than 0 and at most {1000 * LARGEST_JITTER_S:g} ms, "
            f"not {1000 * jitter_s:g} ms"
        )
    told = parse_context(context or {})
    report = progress or (lambda _share: None)
    with (
        Video(path, mirrored=mirrored) as video,
        contextlib.closing(read_ahead(video.frames())) as frames,
    ):
        log.info("reading %s", _in_short(video.info))
        signals = track(frames, iris_mm=iris_mm, on_frame=_share_done(video, report))
        n_corrected, info = video.n_corrected_times, video.info
    log.info("followed n_frames=%d n_corrected_times=%d face_found=%d", signals.sizes["frame"],
             n_corrected, signals["face_found"].sum())  # fmt: skip
    if not signals["face_found"].any():
        raise InputError(
            f"{info.name} shows no face that could be found; the face should look at the "
            "camera and fill at least a sixth of the picture's height"
        )
    timing = _audit(signals, n_corrected)
    measurement = measure(
        signals, timing, info, hold=hold, cues=cues, exposure_s=exposure_s, jitter_s=jitter_s
    )
    quality = measurement.quality
    log.info("measured quality=%s reasons=%s", quality.status, [r.code for r in quality.reasons])
    interpretation = interpret(measurement, context=told)
    log.info("interpreted findings=%s", {f.category: f.status for f in interpretation.findings})
    report(1.0)
    return Analysis(
        video=info,
        timing=timing,
        signals=signals,
        phases=measurement.phases,
        measures=measurement.measures,
        spectra=measurement.spectra,
        events=measurement.events,
        course=measurement.course,
        quality=measurement.quality,
        vetoes=measurement.vetoes,
        findings=interpretation.findings,
        words=interpretation.words,
        provenance=_provenance(
            iris_mm, hold, cues, mirrored=mirrored, exposure_s=exposure_s, jitter_s=jitter_s
        ),
        context=dict(context or {}),
    )


def _in_short(info: VideoInfo) -> str:
    """Describe a video without its name, which may be a person's."""
    return (
        f"container={info.container} codec={info.codec} pixel_format={info.pixel_format} "
        f"size_px={info.width_px}x{info.height_px} rotation_deg={info.rotation_deg} "
        f"size_bytes={info.size_bytes} sha256={info.sha256[:12]}"
    )


def _audit(signals: xr.Dataset, n_corrected: int) -> Timing:
    """Audit the whole video, but take the rate from where there is a face to measure.

    A title or a cartoon before it may run at a rate of its own.
    """
    time_s, duplicate = signals["time_s"].values, signals["duplicate"].values
    timing = audit_timing(time_s, duplicate, n_corrected)
    found = np.flatnonzero(signals["face_found"].values)
    part = slice(found[0], found[-1] + 1)
    rate_hz = audit_timing(time_s[part], duplicate[part]).effective_rate_hz
    return dataclasses.replace(timing, effective_rate_hz=rate_hz) if rate_hz else timing


def _share_done(video: Video, report: Callable[[float], None]) -> Callable[[Frame], None]:
    expected = video.n_frames_estimate
    told_s = -math.inf

    def on_frame(frame: Frame) -> None:
        nonlocal told_s
        if expected and time.monotonic() - told_s >= _TOLD_EVERY_S:
            told_s = time.monotonic()
            report(_TRACKING_SHARE * min(1.0, (frame.index + 1) / expected))

    return on_frame


def _provenance(
    iris_mm: float,
    hold: tuple[float, float] | None,
    cues: Sequence[Cue] | None,
    *,
    mirrored: bool,
    exposure_s: float | None,
    jitter_s: float | None,
) -> dict[str, Any]:
    versions = {name: metadata.version(name) for name in _DISTRIBUTIONS}
    return {
        "versions": {"python": platform.python_version(), **versions},
        "model": {"name": MODEL_NAME, "sha256": MODEL_SHA256},
        "parameters": {
            "iris_mm": iris_mm,
            "hold_s": None if hold is None else list(hold),
            "cues": None if cues is None else [list(cue) for cue in cues],
            "mirrored": mirrored,
            "exposure_s": exposure_s,
            "jitter_s": jitter_s,
            **parameters(),
        },
        "references": references(),
    }
