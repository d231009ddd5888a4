"""How far small patches of skin move from one frame to the next, to a hundredth of a pixel.

Adjacent frames are compared by pyramidal Lucas-Kanade registration. Against one fixed
reference frame the noise would be smaller on a rendered face and far larger on a real one,
whose light, pose and expression change; and longer steps between frames, fused by least
squares, gain nothing either: on real video the errors of consecutive steps already cancel
when they are added up (see docs/accuracy.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DISC_RADIUS = 0.09
"""Radius of a region's disc of points, in interocular distances (IOD)."""
POINTS_PER_DISC = 9
WINDOW = 0.22
"""Side of a point's window in IOD: 35 px at an IOD of 160 px.

Smaller windows are noisier on every real clip tried; larger ones reach beyond what moves."""
_LEAST_WINDOW_PX = 3  # OpenCV takes none below
_ROW_PX = 8
_NORMALISE_SIGMA = 0.08
_PYRAMID_LEVELS = 2
# Steps below a hundredth of a pixel are within the noise, and cost a quarter of the time.
_CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.01)


@lru_cache(maxsize=8)
def disc(n: int, radius: float) -> NDArray[np.float64]:
    """Points spread evenly over a disc, by the golden angle, shape (n, 2)."""
    k = np.arange(n) + 0.5
    r, angle = radius * np.sqrt(k / n), np.pi * (1 + np.sqrt(5)) * k
    points = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
    points.flags.writeable = False
    return points


def normalise(gray: NDArray[np.uint8], iod_px: float) -> NDArray[np.uint8]:
    """Take the local brightness and contrast out of a picture.

    A light that flickers or a shadow that passes changes grey levels, not positions; without
    this step 3 % of flicker reads as a quarter of a pixel of motion. The local mean and
    spread are smooth, so they are computed on a picture a quarter the size.
    """
    height, width = gray.shape
    size = (max(1, width // 4), max(1, height // 4))
    sigma = _NORMALISE_SIGMA * iod_px / 4
    picture = gray.astype(np.float32)
    mean = cv2.GaussianBlur(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (0, 0), sigma)
    square = cv2.resize(picture * picture, size, interpolation=cv2.INTER_AREA)
    variance = np.maximum(cv2.GaussianBlur(square, (0, 0), sigma) - mean * mean, 0)
    gain = 32 / np.sqrt(variance + 4)  # 4: the square of two grey levels, camera noise
    mean = cv2.resize(mean, (width, height), interpolation=cv2.INTER_LINEAR)
    gain = cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR)
    # In place: memory that is new for every frame costs as much as the arithmetic.
    cv2.subtract(picture, mean, dst=picture)
    cv2.multiply(picture, gain, dst=picture)
    return np.asarray(cv2.add(picture, 128.0, dtype=cv2.CV_8U), np.uint8)  # type: ignore[call-overload]


class Levels(NamedTuple):
    """A normalised picture, and the same half as large."""

    whole: NDArray[np.uint8]
    half: NDArray[np.uint8]


def levels(gray: NDArray[np.uint8], iod_px: float) -> Levels:
    """Prepare a picture to be compared with the one before it and the one after."""
    whole = normalise(gray, iod_px)
    return Levels(whole, np.asarray(cv2.pyrDown(whole), np.uint8))


@dataclass(frozen=True)
class Flow:
    """Motion of discs and points between two frames, in pixels of the pictures compared.

    Attributes
    ----------
    region : (n_regions, 2) array
        Robust mean motion over each disc.
    region_se : (n_regions,) array
        Standard error of it, from how far the disc's points disagree.
    reference : (n_reference, 2) array
    mismatch : float
        Median over points of the grey difference left after registration.
    """

    region: NDArray[np.float64]
    region_se: NDArray[np.float64]
    reference: NDArray[np.float64]
    mismatch: float


def measure_flow(
    before: Levels,
    after: Levels,
    *,
    regions: NDArray[np.float64],
    reference: NDArray[np.float64],
    iod_px: float,
) -> Flow:
    """Register the discs around ``regions`` and the points ``reference``.

    Parameters
    ----------
    before, after : Levels
    regions, reference : (n, 2) arrays
        Where the discs' centres and the points are in ``before``, whole.
    iod_px : float
        Distance between the pupils in these pictures.
    """
    n_regions = len(regions)
    coarse = _register_coarsely(
        before.half, after.half, np.concatenate([regions, reference]), iod_px
    )
    offsets = disc(POINTS_PER_DISC, DISC_RADIUS * iod_px)
    points = np.concatenate([(regions[:, None] + offsets).reshape(-1, 2), reference])
    start = np.concatenate(
        [np.repeat(coarse[:n_regions], POINTS_PER_DISC, axis=0), coarse[n_regions:]]
    )
    points = points.astype(np.float32)
    moved, _, mismatch = cv2.calcOpticalFlowPyrLK(
        before.whole,
        after.whole,
        points,
        points + start,
        winSize=_window(iod_px),
        maxLevel=0,
        criteria=_CRITERIA,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    motion = (moved - points).astype(float)
    in_discs = motion[: -len(reference)].reshape(n_regions, POINTS_PER_DISC, 2)
    region = _robust_mean(in_discs)
    return Flow(
        region=region,
        region_se=_standard_error(in_discs, region),
        reference=motion[-len(reference) :],
        mismatch=float(np.median(mismatch)),
    )


def _register_coarsely(
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    points: NDArray[np.float64],
    iod_px: float,
) -> NDArray[np.float32]:
    """Motion of points between pictures half as large, in pixels of the whole ones.

    All points of a disc can start from its centre's: the last, whole level finds the same.
    """
    halved = (points / 2).astype(np.float32)
    moved, _, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        halved,
        np.empty_like(halved),
        winSize=_window(iod_px),
        maxLevel=_PYRAMID_LEVELS - 1,
        criteria=_CRITERIA,
    )
    return np.asarray(2 * (moved - halved), np.float32)


def _window(iod_px: float) -> tuple[int, int]:
    """Width and height with the area that :data:`WINDOW` says.

    OpenCV takes eight pixels of a row at once, and what is left of it one by one.
    """
    side = WINDOW * iod_px
    width = _ROW_PX * max(1, round(side / _ROW_PX))
    return width, max(_LEAST_WINDOW_PX, round(side**2 / width))


def _robust_mean(in_discs: NDArray[np.float64], *, iterations: int = 3) -> NDArray[np.float64]:
    """Take the Huber mean over the points of every disc.

    It is nearly as precise as the plain mean where the points agree, and nearly as stubborn
    as the median where teeth or shadows mislead some.
    """
    centre = _middle(in_discs)
    for _ in range(iterations):
        apart = in_discs - centre[:, None]
        away = np.sqrt((apart * apart).sum(axis=2))
        limit = 2 * _middle(away)[:, None] / 1.1774 + 1e-3
        weight = 1 / np.maximum(1.0, away / limit)
        centre = (in_discs * weight[:, :, None]).sum(axis=1) / weight.sum(axis=1, keepdims=True)
    return np.asarray(centre)


def _middle(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median along the second axis of an odd number of values; np.median takes longer."""
    return np.asarray(np.sort(values, axis=1)[:, values.shape[1] // 2])


def _standard_error(
    in_discs: NDArray[np.float64], region: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Robust standard error of the discs' medians, one axis' worth.

    The points' windows overlap: the disc holds only as many independent ones as windows fit
    into the area they cover together.
    """
    apart = np.sort(np.abs(in_discs - region[:, None]).reshape(len(region), -1), axis=1)
    middle = apart.shape[1] // 2  # of an even number; np.median takes three times as long
    spread = 1.4826 * apart[:, middle - 1 : middle + 1].mean(axis=1)
    independent = (2 * DISC_RADIUS + WINDOW) ** 2 / WINDOW**2
    return np.asarray(spread / np.sqrt(independent))


def registration_bound(
    gray: NDArray[np.uint8], regions: NDArray[np.float64], *, iod_px: float, mismatch: float
) -> NDArray[np.float64]:
    """Cramér-Rao bound of one frame's position of every disc, shape (n_regions,), in pixels.

    The variance of a shift estimated from N pixels with white noise σ is at least
    σ² / Σ (∂I/∂x)² (Robinson & Milanfar 2004, doi:10.1109/TIP.2004.832923); σ comes from what
    registration left over (the mean absolute difference of two noisy pictures). Root mean
    square over both axes.
    """
    sigma = mismatch * 1.2533 / np.sqrt(2)
    covered = _covered(iod_px)
    half = len(covered) // 2
    bound = np.full(len(regions), np.nan)
    for k, (x, y) in enumerate(np.round(regions).astype(int)):
        patch = gray[max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1]
        if patch.shape != covered.shape:
            continue
        slopes = np.stack(np.gradient(patch.astype(float)))[:, covered]
        # Noise has gradients of its own, σ²/2 with central differences: they are no texture.
        information = (slopes**2 - sigma**2 / 2).sum(axis=1)
        if (information > 0).all():
            bound[k] = sigma * np.sqrt((1 / information).mean())
    return bound


@lru_cache(maxsize=1)
def _covered(iod_px: float) -> NDArray[np.bool_]:
    """Mark the pixels that the windows of a disc's points cover together, in a square."""
    half_window = WINDOW * iod_px / 2
    half = int(np.ceil(DISC_RADIUS * iod_px + half_window))
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    near = [
        np.maximum(np.abs(x - dx), np.abs(y - dy)) <= half_window
        for dx, dy in disc(POINTS_PER_DISC, DISC_RADIUS * iod_px)
    ]
    return np.asarray(np.any(near, axis=0))
