"""From steps in pixels to displacement in millimetres, the head's motion taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from scipy import ndimage

from tremorcam.anatomy import MOUTH_REGIONS, REGIONS, SIDES
from tremorcam.source.timing import find_duplicates
from tremorcam.track.head import trusted_part, turn
from tremorcam.track.scale import find_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.track.records import Records
    from tremorcam.track.tracker import Tracker

_STEP = (
    "motion", "motion_se", "head_centre", "head_shift", "head_scale", "head_rotation",
    "head_residual",
)  # fmt: skip
"""What motion from frame to frame is made of, beside where it starts."""


def build_signals(tracker: Tracker, *, iris_mm: float) -> xr.Dataset:
    """Turn a tracker's records into the signals dataset.

    Parameters
    ----------
    tracker : Tracker
    iris_mm : float
        Horizontal diameter of the subject's iris.

    Returns
    -------
    xarray.Dataset
        As :func:`tremorcam.data.validate_signals` describes it.
    """
    records = tracker.records
    time_s = records.column("time_s")
    rate_hz = _rate_hz(time_s)
    raw = _from_landmarks(records)
    mm_per_px, scale_sd = find_scale(raw, iris_mm, rate_hz)
    displacement, displacement_se, head, residual = _integrate(records, mm_per_px, rate_hz)
    usual_scale = _finite_median(mm_per_px)
    alone = _spread_out(records.alone, len(records), (2, 2)) * mm_per_px[:, None, None]
    bounds = [bound_px * mm_per_px[at] for at, bound_px in records.bounds_px.items()]
    channel = ("frame", "channel")
    return xr.Dataset(
        {
            "face_found": ("frame", records.column("found")),
            "duplicate": ("frame", find_duplicates(records.column("difference"))),
            "bidirectional": ("frame", records.column("bidirectional")),
            "displacement_mm": (("frame", "channel", "space"), displacement),
            "displacement_se_mm": (channel, displacement_se),
            "brightness": (channel, records.column("brightness")),
            "eye_aperture_mm": (("frame", "side"), raw["aperture"] * mm_per_px[:, None]),
            "eye_aperture_alone_mm": (("frame", "side"), alone.mean(axis=2)),
            "smile_excursion_mm": (("frame", "side"), raw["excursion"] * mm_per_px[:, None]),
            "head_mm": (("frame", "space"), head),
            "head_angle_deg": (("frame", "angle"), raw["angles"]),
            "head_residual_mm": ("frame", residual),
            "background_px": (("frame", "space"), _background(records)),
            "mm_per_px": ("frame", mm_per_px),
            "region_px": (("frame", "channel", "space"), records.column("centres")),
            "face_box_px": (("frame", "corner"), raw["box"]),
            "bound_mm": ("channel", _median(bounds)),
        },
        coords={
            "time_s": ("frame", time_s),
            "channel": [region.key for region in REGIONS],
            "space": ["x", "y"],
            "side": list(SIDES),
            "angle": ["yaw", "pitch", "roll"],
            "corner": ["x0", "y0", "x1", "y1"],
        },
        attrs={
            "iris_mm": iris_mm,
            "scale_relative_sd": scale_sd,
            # Two readings of one thing tell the error of one, and of their mean.
            "aperture_sd_mm": _rms(_leans(records, "aperture")[1]) * np.sqrt(2) * usual_scale,
            "aperture_alone_sd_mm": _rms(alone[..., 1] - alone[..., 0]) / 2,
            "excursion_sd_mm": _rms(_leans(records, "excursion")[1]) * usual_scale,
            "face_width_px": float(_finite_median(raw["box"][:, 2] - raw["box"][:, 0])),
            "interocular_px": float(_finite_median(raw["iod"])),
            "n_faces": tracker.n_faces,
            "image_width_px": tracker.shape[1],
            "image_height_px": tracker.shape[0],
        },
    )


def _rate_hz(time_s: NDArray[np.float64]) -> float:
    return float(1 / np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0


def _finite_median(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else np.nan


def _median(rows: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    if not rows:
        return np.full(len(REGIONS), np.nan)
    return np.array([_finite_median(column) for column in np.array(rows).T])


def _spread_out(some: dict[int, Any], n_frames: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Put what is known of some frames among all of them, shape (n_frames, *shape)."""
    rows = np.full((n_frames, *shape), np.nan)
    for at, value in some.items():
        rows[at] = value
    return rows


def _of_shape(records: Records, name: str, shape: tuple[int, ...] = ()) -> NDArray[np.float64]:
    """One quantity of the landmarks in every frame.

    Landmarks are looked for in some frames only; between them the values are interpolated,
    but never across frames without a face.
    """
    read = {at: getattr(each, name) for at, each in records.shapes.items()}
    rows = _spread_out(read, len(records), shape)
    flat = rows.reshape(len(records), -1)
    known = np.isfinite(flat[:, 0])
    if not known.any():
        return rows
    time_s = records.column("time_s")
    filled = np.stack([np.interp(time_s, time_s[known], column[known]) for column in flat.T], 1)
    filled[~records.column("found")] = np.nan
    return filled.reshape(rows.shape)


def _lean(records: Records, name: str, shape: tuple[int, ...] = ()) -> NDArray[np.float64]:
    """Tell what added to landmarks of every frame makes a mirrored picture's their mirror image.

    It changes with the expression alone, so that seldom readings do for what is slow; a
    median of three leaves out what a blink does to one.
    """
    read_s, leans = _leans(records, name)
    if not len(leans):
        return np.zeros((len(records), *shape))
    time_s = records.column("time_s")
    steady = ndimage.median_filter(leans.reshape(len(leans), -1), size=(3, 1), mode="nearest")
    lean = np.stack([np.interp(time_s, read_s, column) for column in steady.T], axis=1)
    return lean.reshape(len(records), *shape)


def _leans(records: Records, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find half of what the face's mirror image is told to be more than the face, and when."""
    read = sorted(records.mirrored)
    leans = [
        (getattr(records.mirrored[at], name) - getattr(records.shapes[at], name)) / 2 for at in read
    ]
    return records.column("time_s")[read], np.array(leans, dtype=float)


def _rms(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(finite**2))) if finite.size else np.nan


def _from_landmarks(records: Records) -> dict[str, NDArray[np.float64]]:
    return {
        "aperture": _of_shape(records, "aperture", (2,)),
        "excursion": _of_shape(records, "excursion", (2,)) + _lean(records, "excursion", (2,)),
        "angles": _of_shape(records, "angles_deg", (3,)),
        "box": _of_shape(records, "box", (4,)),
        "iod": _of_shape(records, "interocular"),
        "span": _of_shape(records, "eye_span") + _lean(records, "eye_span"),
        "iris": _of_shape(records, "iris"),
        "ratio": _iris_ratios(records),
    }


def _iris_ratios(records: Records) -> NDArray[np.float64]:
    """Iris diameter over distance of the eye corners, where read from both mirror images."""
    ratios = {
        at: (records.shapes[at].iris + twin.iris) / (records.shapes[at].eye_span + twin.eye_span)
        for at, twin in records.mirrored.items()
    }
    return _spread_out(ratios, len(records), ())


def _stretches(records: Records) -> list[slice]:
    """Find runs of frames whose steps are known, each from its first step's frame on."""
    known = records.column("stepped").astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known, [0]])))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _integrate(
    records: Records, mm_per_px: NDArray[np.float64], rate_hz: float
) -> tuple[NDArray[np.float64], ...]:
    n, k = len(records), len(REGIONS)
    displacement, displacement_se = np.full((n, k, 2), np.nan), np.full((n, k), np.nan)
    head, residual = np.full((n, 2), np.nan), np.full(n, np.nan)
    steps = {"starts": records.starts()} | {name: records.column(name) for name in _STEP}
    for run in _stretches(records):
        scale = mm_per_px[run]
        own, shift = _own_motion({name: each[run] for name, each in steps.items()}, rate_hz)
        # The frame that the first step starts from is the stretch's zero.
        start = run.start - 1
        displacement[start], head[start] = 0.0, 0.0
        steps_mm = own * scale[:, None, None]
        # A region outside the picture is unknown there; what follows is a stretch of its own.
        displacement[run] = np.cumsum(np.nan_to_num(steps_mm), axis=0) + 0 * steps_mm
        head[run] = np.cumsum(shift * scale[:, None], axis=0)
        displacement_se[run] = steps["motion_se"][run] * scale[:, None]
        residual[run] = steps["head_residual"][run] * scale
        displacement_se[start], residual[start] = displacement_se[run.start], residual[run.start]
    return displacement, displacement_se, head, residual


def _own_motion(
    steps: dict[str, NDArray[np.float64]], rate_hz: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Motion of every region less the head's there, and the head's own at its centre."""
    shift, motion = steps["head_shift"][:, None], steps["motion"]
    arm = steps["starts"] - steps["head_centre"][:, None]
    witness = _lower_face_turn(arm, motion - shift)
    scale, rotation = (
        trusted_part(steps[f"head_{name}"], witness[name], rate_hz=rate_hz)[:, None]
        for name in ("scale", "rotation")
    )
    return motion - shift - turn(arm, scale, rotation), shift[:, 0]


def _lower_face_turn(
    arm: NDArray[np.float64], motion: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Scale and rotation about the head's centre that would explain the lower face's motion."""
    lower = [i for i, region in enumerate(REGIONS) if region.name in MOUTH_REGIONS]
    arm, motion = arm[:, lower], np.nan_to_num(motion[:, lower])
    inertia = (arm**2).sum(axis=(1, 2))
    crossed = arm[..., 0] * motion[..., 1] - arm[..., 1] * motion[..., 0]
    return {
        "scale": (arm * motion).sum(axis=(1, 2)) / inertia,
        "rotation": crossed.sum(axis=1) / inertia,
    }


def _background(records: Records) -> NDArray[np.float64]:
    steps = records.column("background_px")
    position = np.cumsum(np.nan_to_num(steps), axis=0)
    position[np.isnan(steps)] = np.nan
    return position
