"""Add a known motion to a real clip, along the face that is tracked in it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from tremorcam.anatomy import IRIS_DIAMETER_MM, REGIONS
from tremorcam.data import InputError
from tremorcam.simulate.colour import to_limited, to_planes
from tremorcam.simulate.encode import VideoWriter
from tremorcam.simulate.fields import FALLOFF_IOD, FLAT_IOD, patch_weights
from tremorcam.simulate.motion import patch_motion
from tremorcam.simulate.record import tremor_rows
from tremorcam.simulate.scene import Encoding, Interval, Scene, Tremor
from tremorcam.simulate.timing import TICKS_PER_S
from tremorcam.simulate.truth import Truth, truth_path
from tremorcam.source.video import Video
from tremorcam.track.geometry import eye_axis, iris_px
from tremorcam.track.landmarks import FaceLandmarks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.anatomy import Side

SMOOTHING_S = 0.1
"""Gaussian that the anchors' paths are smoothed with: at 5 Hz it leaves 0.7 % of the
landmarks' jitter, so that nothing but the motion asked for is added to the tremor band."""

_SUPERSAMPLING = 4
_KEYS = tuple(region.key for region in REGIONS)


def inject(
    video_in: Path | str,
    out_path: Path | str,
    *,
    hz: float,
    mm: float,
    region: str = "mouth_corner",
    side: Side = "left",
    axis_deg: float = 90.0,
    when: Literal["always"] | tuple[Interval, ...] = "always",
    spread: tuple[tuple[str, float], ...] = (),
    crf: int = 4,
    seed: int = 0,
) -> Truth:
    """Re-encode a clip, nearly losslessly and at its own times, with a tremor added.

    The skin around the region moves as a whole, on top of whatever it does in the clip.
    Frames without a face are left as they are.

    Parameters
    ----------
    video_in, out_path : path
    hz, mm, region, side, axis_deg, when, spread
        See :class:`tremorcam.simulate.scene.Tremor`.
    crf : int
        Quality of x264; 0 is lossless.
    seed : int

    Returns
    -------
    Truth
        Of the added motion alone (what the face does by itself is not known), also saved as
        ``<stem>.truth.json``.

    Raises
    ------
    InputError
        If the clip cannot be read or shows no face at all.
    """
    out_path, path = Path(out_path), follow(video_in)
    tremor = Tremor(region, side, hz, mm, axis_deg, when, spread=spread)
    duration_s = float(path.time_s[-1])
    scene = Scene(duration_s=duration_s, seed=seed, pattern="injected", tremors=(tremor,))
    keys, patch_mm = patch_motion(scene, path.time_s)
    patch_mm *= path.present[:, None, None]
    ticks = np.round(path.time_s * TICKS_PER_S).astype(np.int64)
    rate_hz = (len(ticks) - 1) / duration_s
    with Video(video_in) as video:
        width, height = video.info.width_px // 2 * 2, video.info.height_px // 2 * 2
        with VideoWriter(out_path, width, height, rate_hz, Encoding(crf=crf)) as writer:
            for frame in video.frames():
                i = frame.index
                # The luma is kept as decoded; colour may go through RGB.
                planes = to_planes(frame.rgb()[:height, :width])
                planes[0] = frame.gray[:height, :width].astype(np.float32)
                shift_px = patch_mm[i] / path.mm_per_px[i]
                if np.any(shift_px):
                    _move(planes, path.centres(i), path.interocular_px[i], keys, shift_px)
                writer.write(to_limited(planes), int(ticks[i]))
    truth = _truth(scene, path, keys, patch_mm, out_path.name)
    truth.save(truth_path(out_path))
    return truth


@dataclass(frozen=True)
class FacePath:
    """Where the regions of a face are over a clip, smoothed.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
    present : ndarray of bool, shape (n,)
        Whether a face was found.
    regions_px : ndarray, shape (n, regions, 2)
    interocular_px, mm_per_px : ndarray, shape (n,)
    """

    time_s: NDArray[np.float64]
    present: NDArray[np.bool_]
    regions_px: NDArray[np.float64]
    interocular_px: NDArray[np.float64]
    mm_per_px: NDArray[np.float64]

    def centres(self, i: int) -> dict[str, NDArray[np.float64]]:
        """Centre of every region in frame ``i``."""
        return dict(zip(_KEYS, self.regions_px[i], strict=True))


def follow(video_in: Path | str) -> FacePath:
    """Track the regions' centres and the scale, and smooth them by ``SMOOTHING_S``.

    Raises
    ------
    InputError
        If there is no face, or less than two frames.
    """
    times, rows = [], []
    with Video(video_in) as video, FaceLandmarks() as landmarks:
        for frame in video.frames():
            times.append(frame.time_s)
            faces = landmarks.find(frame.gray, time_s=frame.time_s)
            rows.append(_row(faces[0]) if faces else np.full(2 * len(REGIONS) + 2, np.nan))
    table, time_s = np.array(rows), np.array(times)
    present = np.asarray(np.isfinite(table).all(axis=-1), bool)
    if present.sum() < 2:
        raise InputError(f"{Path(video_in).name} shows no face that could be moved")
    # The iris spans few pixels: its share of the eyes' distance is taken over all frames.
    iris_share = np.median(table[present, -1] / table[present, -2])
    smooth = _smooth(time_s, table, present)
    return FacePath(
        time_s=time_s,
        present=present,
        regions_px=smooth[:, :-2].reshape(len(smooth), -1, 2),
        interocular_px=smooth[:, -2] / np.sqrt(2),
        mm_per_px=IRIS_DIAMETER_MM / (iris_share * smooth[:, -2]),
    )


def _row(face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centres of all regions, distance of the outer eye corners, diameter of the irises."""
    centres = [face[list(region.landmarks), :2].mean(axis=0) for region in REGIONS]
    return np.array([*np.ravel(centres), eye_axis(face)[1], iris_px(face)])


def _smooth(
    time_s: NDArray[np.float64], table: NDArray[np.float64], present: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Low-pass every column on an even grid of times, bridging frames without a face."""
    step_s = float(np.median(np.diff(time_s)))
    even_s = np.arange(time_s[0], time_s[-1] + step_s, step_s)
    smooth = np.empty_like(table)
    for column in range(table.shape[1]):
        even = np.interp(even_s, time_s[present], table[present, column])
        low = gaussian_filter1d(even, SMOOTHING_S / step_s, mode="nearest")
        smooth[:, column] = np.interp(time_s, even_s, low)
    return smooth


def _move(
    planes: list[NDArray[np.float32]],
    centres_px: dict[str, NDArray[np.float64]],
    iod_px: float,
    keys: tuple[str, ...],
    shift_px: NDArray[np.float64],
) -> None:
    """Move the skin around regions by ``shift_px`` (regions, 2), in place in all planes."""
    reach = (FLAT_IOD + FALLOFF_IOD) * iod_px + np.abs(shift_px).max() + 2
    moved = np.array([centres_px[key] for key in keys])
    rows, columns = planes[0].shape
    low = np.maximum(np.floor(moved.min(axis=0) - reach), 0).astype(int) // 2 * 2
    high = np.minimum(np.ceil(moved.max(axis=0) + reach), (columns, rows)).astype(int) // 2 * 2
    if (high <= low).any():
        return
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    weights = patch_weights(np.stack([x, y], axis=-1), centres_px, iod_px, keys)
    offset = -np.tensordot(weights, shift_px, (0, 0)).astype(np.float32)
    _resample(planes[0], low, offset)
    half = np.asarray((offset[::2, ::2] + offset[1::2, 1::2]) / 4, np.float32)
    for plane in planes[1:]:
        _resample(plane, low // 2, half)


def _resample(
    plane: NDArray[np.float32], low: NDArray[np.int64], offset_px: NDArray[np.float32]
) -> None:
    """Replace a rectangle, from ``low`` (x, y) on, by what lies ``offset_px`` away, in place.

    Linear sampling of a fourfold Lanczos enlargement that holds the pixels themselves: exact
    in position, and pixels that do not move stay as they are.
    """
    rows, columns = offset_px.shape[:2]
    pad = 8 + int(np.abs(offset_px).max())
    index_y = np.clip(np.arange(low[1] - pad, low[1] + rows + pad), 0, plane.shape[0] - 1)
    index_x = np.clip(np.arange(low[0] - pad, low[0] + columns + pad), 0, plane.shape[1] - 1)
    part = plane[np.ix_(index_y, index_x)]
    zoom = np.array([[_SUPERSAMPLING, 0, 0], [0, _SUPERSAMPLING, 0]], float)
    size = (part.shape[1] * _SUPERSAMPLING, part.shape[0] * _SUPERSAMPLING)
    fine = cv2.warpAffine(part, zoom, size, flags=cv2.INTER_LANCZOS4)
    y, x = np.mgrid[pad : pad + rows, pad : pad + columns].astype(np.float32)
    at_x, at_y = ((p + offset_px[..., k]) * _SUPERSAMPLING for k, p in enumerate((x, y)))
    sampled = cv2.remap(fine, at_x, at_y, cv2.INTER_LINEAR)
    plane[low[1] : low[1] + rows, low[0] : low[0] + columns] = sampled


def _truth(
    scene: Scene,
    path: FacePath,
    keys: tuple[str, ...],
    patch_mm: NDArray[np.float64],
    name: str,
) -> Truth:
    n = len(path.time_s)
    displacement = np.zeros((n, len(REGIONS), 2))
    for i in range(n):
        nodes = path.regions_px[i][:, None].astype(np.float32)
        weights = patch_weights(nodes, path.centres(i), path.interocular_px[i], keys)[..., 0]
        displacement[i] = weights.T @ patch_mm[i]
    unknown = np.full((n, 2), np.nan)
    return Truth(
        video=name,
        scene=dataclasses.asdict(scene),
        mm_per_px=float(np.median(path.mm_per_px)),
        interocular_px=float(np.median(path.interocular_px)),
        channels=_KEYS,
        time_s=path.time_s,
        duplicate=np.zeros(n, bool),
        displacement_mm=displacement,
        eye_aperture_mm=unknown,
        smile_excursion_mm=unknown,
        head_mm=unknown,
        head_roll_deg=unknown[:, 0],
        tremors=tuple(tremor_rows(scene)),
    )
