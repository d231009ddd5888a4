"""The signals that tracking would give of a scene: its noise, and how it reads lids.

It takes no video, so that rules can be tried on thousands of recordings; the figures that are
reported come from rendered videos.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import xarray as xr
from scipy.signal import lfilter

from tremorcam.anatomy import REGIONS, SIDES
from tremorcam.simulate.motion import Motion, motion_at
from tremorcam.simulate.timing import frame_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.simulate import Scene
    from tremorcam.simulate.portrait import Portrait

KEYS = [region.key for region in REGIONS]
APERTURE_MM = 10.0  # Read 2006: 9.7 +- 1.2 mm
SMILE_GAIN = {"mouth_corner": 1.0, "upper_lip": 0.5, "lower_lip": 0.4, "cheek": 0.5}
READ_BOTH = ((0.0, 0.2, 0.37, 0.7, 1.0), (0.0, 0.1, 0.2, 0.5, 0.95))
READ_ALONE, ALONE_EVERY = 0.8, 10
READ_APART = ((0.0, 0.2, 0.33, 0.5, 0.7, 1.0), (0.0, 0.055, 0.1, 0.2, 0.32, 0.34))
"""How landmarks read the closure that both eyes share, and what one closes more than the other,
on rendered faces; and how each eye by itself, in every tenth frame (docs/patterns.md)."""
JAW_GAIN = {"chin": 1.0, "lower_lip": 0.9, "mouth_corner": 0.3}
PLACE_MM = {
    "mouth_corner": (28, 83), "upper_lip": (12, 76), "lower_lip": (12, 92), "cheek": (43, 60),
    "lower_lid": (33, 38), "brow": (33, 5), "chin": (0, 124), "nose_bridge": (0, 34),
    "forehead": (0, 0),
}  # fmt: skip
"""Where the regions are on rendered faces, outwards and down from the forehead's."""
FACE_PORTRAIT = cast("Portrait", SimpleNamespace(smiling=False))


def signals_of(scene: Scene, *, noise_mm_per_rthz: float = 0.008) -> xr.Dataset:
    """Build the dataset of a scene, as tracking gives it."""
    rng = np.random.default_rng([scene.seed, 99])
    times = frame_times(scene)
    time_s, n = times.time_s, len(times.ticks)
    motion = motion_at(scene, FACE_PORTRAIT, time_s)
    sigma_mm = noise_mm_per_rthz * np.sqrt(scene.camera.rate_hz / 2)
    displacement = _displacement_mm(motion) + rng.normal(0, sigma_mm, (n, len(KEYS), 2))
    aperture = APERTURE_MM * (1 - _read(motion.closure)) + _slow_noise(rng, (n, 2), 0.12)
    alone = APERTURE_MM * (1 - READ_ALONE * motion.closure) + rng.normal(0, 0.2, (n, 2))
    alone[np.arange(n) % ALONE_EVERY > 0] = np.nan
    flicker = (
        128
        * scene.light.flicker_depth
        * np.sin(2 * np.pi * scene.light.flicker_hz * time_s)[:, None]
    )
    ones = np.ones(n)
    return xr.Dataset(
        {
            "face_found": ("frame", ones.astype(bool)),
            "duplicate": ("frame", times.duplicate),
            "displacement_mm": (("frame", "channel", "space"), displacement),
            # Steps of followed places scatter by 3 to 8 times of it in real clips; here by 2.8.
            "displacement_se_mm": (("frame", "channel"), np.full((n, len(KEYS)), sigma_mm / 2)),
            "brightness": (
                ("frame", "channel"), 128 + flicker + rng.normal(0, 0.2, (n, len(KEYS)))
            ),
            "eye_aperture_mm": (("frame", "side"), np.maximum(aperture, 0.3)),
            "eye_aperture_alone_mm": (("frame", "side"), np.maximum(alone, 0.3)),
            "smile_excursion_mm": (
                ("frame", "side"), 25 + motion.smile_mm + _slow_noise(rng, (n, 2), 0.08)
            ),
            "head_mm": (("frame", "space"), motion.head.shift_mm),
            "head_angle_deg": (
                ("frame", "angle"),
                np.stack([0 * ones, 0 * ones, motion.head.roll_deg], axis=1)
                + rng.normal(0, 0.1, (n, 3)),
            ),
            "head_residual_mm": ("frame", 0.02 * ones),
            "background_px": (("frame", "space"), rng.normal(0, 0.01, (n, 2))),
            "mm_per_px": ("frame", 0.5 * ones),
            "region_px": (("frame", "channel", "space"), (_places_mm() + displacement) / 0.5),
            "face_box_px": (("frame", "corner"), np.tile([190.0, 120.0, 450.0, 490.0], (n, 1))),
        },
        coords={
            "time_s": ("frame", time_s),
            "channel": KEYS,
            "space": ["x", "y"],
            "side": list(SIDES),
            "angle": ["yaw", "pitch", "roll"],
            "corner": ["x0", "y0", "x1", "y1"],
        },
        attrs=_attributes(),
    )  # fmt: skip


def _read(closure: NDArray[np.float64]) -> NDArray[np.float64]:
    """Closure as landmarks read it, shape (n, 2): each eye's is drawn towards the other's."""
    both, apart = closure.mean(axis=1), closure[:, 0] - closure[:, 1]
    read_both = np.interp(both, *READ_BOTH)
    read_apart = np.sign(apart) * np.interp(np.abs(apart), *READ_APART)
    return np.stack([read_both + read_apart / 2, read_both - read_apart / 2], axis=1)


def _attributes() -> dict[str, Any]:
    return {"iris_mm": 11.71, "scale_relative_sd": 0.04, "face_width_px": 320.0, "n_faces": 1}


def _places_mm() -> NDArray[np.float64]:
    outward = {"left": 1.0, "right": -1.0, "both": 0.0}
    return np.array([PLACE_MM[region.name] for region in REGIONS]) * [
        (outward[region.side], 1.0) for region in REGIONS
    ] + (150.0, 60.0)


def _displacement_mm(motion: Motion) -> NDArray[np.float64]:
    total = np.zeros((len(motion.jaw_mm), len(KEYS), 2))
    for at, region in enumerate(REGIONS):
        outward = {"left": 1.0, "right": -1.0, "both": 0.0}[region.side]
        if region.side in SIDES:
            pull = SMILE_GAIN.get(region.name, 0.0) * motion.smile_mm[:, SIDES.index(region.side)]
            total[:, at] += pull[:, None] * np.array([0.7 * outward, -0.7])
        total[:, at, 1] += JAW_GAIN.get(region.name, 0.0) * motion.jaw_mm
    for at, key in enumerate(motion.patch_keys):
        total[:, KEYS.index(key)] += motion.patch_mm[:, at]
    for at, patch in enumerate(motion.twitch_patches):
        # What a disc of 0.11 interocular distances reads of a patch beside its centre.
        seen = np.clip(1 - np.hypot(*patch.offset_iod) / 0.11, 0, 1)
        total[:, KEYS.index(patch.key)] += seen * motion.twitch_mm[:, at]
    return total


def _slow_noise(
    rng: np.random.Generator, shape: tuple[int, int], sd_mm: float
) -> NDArray[np.float64]:
    """Draw noise as landmarks have it: correlated over a few frames."""
    white = rng.normal(0, sd_mm * np.sqrt(1 - 0.6**2), shape)
    return np.asarray(lfilter([1.0], [1.0, -0.6], white, axis=0))
