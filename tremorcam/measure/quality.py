"""How far a recording supports claims: ok, limited or unusable, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.integrate import trapezoid

from tremorcam.anatomy import MOUTH_REGIONS, REGIONS
from tremorcam.data import Quality, Reason
from tremorcam.measure.blocks import SERIES
from tremorcam.measure.light import light_percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    import xarray as xr

    from tremorcam.data import Timing, Veto, VideoInfo
    from tremorcam.measure.spectrum import Spectrum

# Limits are engineering choices unless a source is named; the frame-rate gates follow from
# aliasing and from a band that ends at 0.4 times the rate.
NO_FREQUENCY_RATE_HZ = 20.0
"""Below it fast tremor folds into the band of slow tremor: no frequency is told at all."""
FAST_RATE_HZ = 25.0
"""Below it fast tremor (6 to 12 Hz) is told only in part or not at all."""
FAST_CLAIM_RATE_HZ = 23.5
"""Below it nothing above 6 Hz is told; film's 24 pictures a second still tell up to 9.6 Hz."""
SLOWEST_FAST_HZ = 6.0
HIGHEST_SHARE_OF_RATE = 0.4
BAND_HZ = (3.0, 12.0)
INTERVAL_SD_S = 0.008
INTERVAL_NOTE_SD_S = 0.002
LOST_SHARE = 0.05
HALF_LOST_SHARE = 0.5
DUPLICATE_SHARE = 0.05
DUPLICATE_NOTE_SHARE = 0.005
FACE_WIDTH_PX = 160.0
"""About 75 px between the pupils; the iris, which gives the scale, is then 14 px wide."""
FACE_WIDTH_UNUSABLE_PX = 60.0
HOLD_NOTE_S, HOLD_LIMITED_S, HOLD_UNUSABLE_S = 10.0, 5.0, 2.0
TURN_DEG = 25.0
"""Beyond it one side of the face is foreshortened by more than the other by a fifth."""
FROZEN_SHARE = 0.5
"""No camera sees the same face twice: its noise alone changes the brightness of a patch."""
DARK_LEVEL = 40.0
FLICKER_PERCENT = 1.0
BITS_PER_PIXEL, BITS_PER_PIXEL_NOTE = 0.03, 0.08
"""Of a picture, at the effective rate; x264 at crf 23 lies near it and kept only a third of a
0.1 px movement in a trial."""
EFFICIENT_CODECS = ("hevc", "av1", "vp9")
EFFICIENT_SHARE = 0.6
SHAKE_PX = 1.0
SEEN_SHARE = 0.5
"""Share of the pictures that must show how the background moves, for it to tell of the camera."""
HEAD_RESIDUAL_MM = 0.3
STANDARD_ERROR_MM = 0.1


def analysis_band_hz(rate_hz: float) -> tuple[float, float] | None:
    """Frequencies that may be told at an effective frame rate, ``None`` if none may."""
    if not rate_hz >= NO_FREQUENCY_RATE_HZ:
        return None
    highest_hz = min(BAND_HZ[1], HIGHEST_SHARE_OF_RATE * rate_hz)
    if rate_hz < FAST_CLAIM_RATE_HZ:
        highest_hz = min(highest_hz, SLOWEST_FAST_HZ)
    return BAND_HZ[0], highest_hz


def assess_quality(
    signals: xr.Dataset,
    distinct: xr.Dataset,
    timing: Timing,
    video: VideoInfo,
    *,
    phases: pd.DataFrame,
    analysed_s: float,
    spectrum: Spectrum | None,
    vetoes: Sequence[Veto],
) -> Quality:
    """Collect everything that limits what can be said.

    Parameters
    ----------
    signals, distinct : xarray.Dataset
        With and without repeated frames.
    timing : Timing
    video : VideoInfo
    phases : pandas.DataFrame
    analysed_s : float
        Length of hold, or of the whole, that spectra rest on.
    spectrum : Spectrum or None
    vetoes : sequence of Veto
    """
    candidates = [
        *_faces(signals, distinct),
        *_timing(timing),
        *_length(phases, analysed_s),
        *_picture(distinct, timing, video, spectrum, vetoes),
        *_motion(distinct, vetoes),
    ]
    reasons = tuple(reason for reason in candidates if reason is not None)
    severities = {reason.severity for reason in reasons}
    status: Literal["ok", "limited", "unusable"] = "ok"
    if "unusable" in severities:
        status = "unusable"
    elif "limited" in severities:
        status = "limited"
    return Quality(status, reasons)


def _faces(signals: xr.Dataset, distinct: xr.Dataset) -> Iterable[Reason | None]:
    found = distinct["face_found"].values.astype(bool)
    share = float(found.mean()) if len(found) else 0.0
    if share == 0:
        yield Reason("no_face", "No face was found in the video.", 0.0, None, "1", "unusable")
        return
    n_faces = _attribute(signals, "n_faces")
    if n_faces > 1:
        message = f"Up to {n_faces:.0f} faces are in the picture; the largest was measured."
        yield Reason("several_faces", message, n_faces, 1, "1", "note")
    if share < 1 - LOST_SHARE:
        severity: Literal["limited", "unusable"] = (
            "unusable" if share < HALF_LOST_SHARE else "limited"
        )
        message = f"The face could not be followed for {100 * (1 - share):.0f} % of the time."
        yield Reason("face_lost", message, 1 - share, LOST_SHARE, "1", severity)
    width_px = _attribute(signals, "face_width_px")
    if width_px < FACE_WIDTH_PX:
        severity = "unusable" if width_px < FACE_WIDTH_UNUSABLE_PX else "limited"
        message = f"The face is only {width_px:.0f} px wide; come closer to the camera."
        yield Reason("face_too_small", message, width_px, FACE_WIDTH_PX, "px", severity)


def _timing(timing: Timing) -> Iterable[Reason | None]:
    rate_hz = timing.effective_rate_hz
    if not rate_hz >= NO_FREQUENCY_RATE_HZ:
        message = (
            f"{rate_hz:.1f} pictures a second: fast tremor would look like slow tremor, so no "
            "frequency is given; record at 30 or more, in better light."
        )
        yield Reason("low_frame_rate", message, rate_hz, NO_FREQUENCY_RATE_HZ, "Hz", "limited")
    elif rate_hz < FAST_RATE_HZ - 0.1:
        highest_hz = (analysis_band_hz(rate_hz) or BAND_HZ)[1]
        message = (
            f"{rate_hz:.1f} pictures a second: nothing above {highest_hz:.1f} Hz can be told, "
            "which leaves out fast tremor in part or whole."
        )
        yield Reason("low_frame_rate", message, rate_hz, FAST_RATE_HZ, "Hz", "limited")
    # Repeats alone make intervals uneven; they are named by themselves.
    note = timing.interval_sd_s > INTERVAL_NOTE_SD_S and not timing.n_duplicates
    if note or timing.interval_sd_s > INTERVAL_SD_S:
        message = f"The time between pictures varies by {1000 * timing.interval_sd_s:.1f} ms."
        yield Reason("irregular_timing", message, timing.interval_sd_s, INTERVAL_SD_S, "s",
                     "limited" if timing.interval_sd_s > INTERVAL_SD_S else "note")  # fmt: skip
    elif timing.n_corrected_times:
        message = f"{timing.n_corrected_times} impossible frame times were corrected."
        yield Reason("irregular_timing", message, timing.n_corrected_times, 0, "1", "note")
    share = timing.n_duplicates / timing.n_frames if timing.n_frames else 0.0
    if share > DUPLICATE_NOTE_SHARE:
        message = f"{100 * share:.1f} % of the pictures are repeats; they are not counted."
        limit = DUPLICATE_SHARE
        yield Reason("duplicate_frames", message, share, limit, "1",
                     "limited" if share > limit else "note")  # fmt: skip


def _length(phases: pd.DataFrame, analysed_s: float) -> Iterable[Reason | None]:
    if not (phases["phase"] == "hold").any():
        message = "No smile was found; the longest steady stretch was measured instead."
        yield Reason("no_smile", message)
    if analysed_s < HOLD_NOTE_S:
        severity: Literal["note", "limited", "unusable"] = "note"
        if analysed_s < HOLD_LIMITED_S:
            severity = "unusable" if analysed_s < HOLD_UNUSABLE_S else "limited"
        message = f"Only {analysed_s:.1f} s could be measured; hold the smile for 15 s or longer."
        yield Reason("too_short", message, analysed_s, HOLD_NOTE_S, "s", severity)


def _picture(
    distinct: xr.Dataset,
    timing: Timing,
    video: VideoInfo,
    spectrum: Spectrum | None,
    vetoes: Sequence[Veto],
) -> Iterable[Reason | None]:
    frozen = _frozen_share(distinct)
    if frozen > FROZEN_SHARE:
        message = f"The face does not change at all in {100 * frozen:.0f} % of the pictures."
        yield Reason("frozen", message, frozen, FROZEN_SHARE, "1", "unusable")
    level = _median(distinct["brightness"].values)
    if level < DARK_LEVEL:
        message = f"The face's brightness is {level:.0f} of 255; add light from the front."
        yield Reason("too_dark", message, level, DARK_LEVEL, "1")
    percent = _flicker_percent(distinct, spectrum)
    vetoed = any(veto.cause == "flicker" for veto in vetoes)
    if vetoed or percent > FLICKER_PERCENT:
        message = f"The light flickers by {percent:.2f} % RMS; use daylight or another lamp."
        yield Reason("flicker", message, percent, FLICKER_PERCENT, "%")
    bits = bits_per_pixel(video, timing.effective_rate_hz)
    share = EFFICIENT_SHARE if video.codec in EFFICIENT_CODECS else 1.0
    limit = BITS_PER_PIXEL * share
    if bits < BITS_PER_PIXEL_NOTE * share:
        message = f"{bits:.3f} bits a pixel: compression may have taken small movements away."
        yield Reason("over_compressed", message, bits, limit, "1",
                     "limited" if bits < limit else "note")  # fmt: skip
    error_mm = _median(_mouth(distinct, "displacement_se_mm"))
    if error_mm > STANDARD_ERROR_MM:
        message = f"The mouth can be followed only to {error_mm:.2f} mm in a single picture."
        yield Reason("low_texture", message, error_mm, STANDARD_ERROR_MM, "mm")


def _motion(distinct: xr.Dataset, vetoes: Sequence[Veto]) -> Iterable[Reason | None]:
    for angle, word in (("yaw", "sideways"), ("pitch", "up or down")):
        turned_deg = abs(_median(distinct["head_angle_deg"].sel(angle=angle).values))
        if turned_deg > TURN_DEG:
            message = f"The head is turned {word} by {turned_deg:.0f}°; face the camera."
            yield Reason("head_turned", message, turned_deg, TURN_DEG, "deg")
            break
    residual_mm = _percentile(distinct["head_residual_mm"].values, 90)
    if residual_mm > HEAD_RESIDUAL_MM:
        message = f"Head movement leaves up to {residual_mm:.2f} mm after it was taken out."
        yield Reason("head_motion", message, residual_mm, HEAD_RESIDUAL_MM, "mm")
    shake_px = _shake_px(distinct)
    vetoed = any(veto.cause == "camera_shake" for veto in vetoes)
    if vetoed or shake_px > SHAKE_PX:
        message = f"The camera shakes by {shake_px:.2f} px a picture; put it on something firm."
        yield Reason("camera_shake", message, shake_px, SHAKE_PX, "px")


def _attribute(signals: xr.Dataset, name: str) -> float:
    value: Any = signals.attrs.get(name)
    return float(value) if value is not None else float("nan")


def _median(values: Any) -> float:
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    return float(np.median(known)) if known.size else float("nan")


def _percentile(values: Any, percent: float) -> float:
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    return float(np.percentile(known, percent)) if known.size else float("nan")


def _mouth(distinct: xr.Dataset, variable: str) -> Any:
    keys = [region.key for region in REGIONS if region.name in MOUTH_REGIONS]
    return distinct[variable].sel(channel=keys).values


def _frozen_share(distinct: xr.Dataset) -> float:
    """Share of pictures in which no region's brightness differs from the picture before."""
    levels = distinct["brightness"].values
    changes = np.diff(levels[np.isfinite(levels).all(axis=1)], axis=0)
    return float((changes == 0).all(axis=1).mean()) if len(changes) else 0.0


def _flicker_percent(distinct: xr.Dataset, spectrum: Spectrum | None) -> float:
    """RMS of the light in the analysed band; of its frame-to-frame change where there is none."""
    if spectrum is None:
        return _median(np.abs(np.diff(light_percent(distinct))))
    psd = spectrum.psd[:, SERIES.index("light")].sum(axis=1)
    return float(np.sqrt(trapezoid(psd, spectrum.frequency_hz)))


def bits_per_pixel(video: VideoInfo, rate_hz: float) -> float:
    """Bits that the encoder spent on a pixel of a distinct picture, NaN where not known."""
    pixels = video.width_px * video.height_px * rate_hz
    if not video.bit_rate_bps or not pixels > 0:
        return float("nan")
    return video.bit_rate_bps / pixels


def _shake_px(distinct: xr.Dataset) -> float:
    """Median movement of the background from picture to picture; NaN where it is not known.

    A camera that shakes moves the face in the picture as it does the background, so that less is
    left of the face's movement without the background's. Before a blank wall points wander by
    themselves, and not with the face.
    """
    if len(distinct["time_s"]) < 2:
        return float("nan")
    scale = distinct["mm_per_px"].values[1:, None]
    background_px = np.diff(distinct["background_px"].values, axis=0)
    face_px = np.diff(distinct["head_mm"].values, axis=0) / scale
    known = np.isfinite(background_px + face_px).all(axis=1)
    if known.mean() < SEEN_SHARE:
        return float("nan")
    shake_px, moved_px, left_px = (
        _median(np.hypot(*steps[known].T))
        for steps in (background_px, face_px, face_px - background_px)
    )
    return shake_px if left_px < moved_px else float("nan")
