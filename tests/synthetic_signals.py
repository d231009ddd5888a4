"""Signals datasets with exactly known content, for tests that need no video."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from tremorcam.anatomy import REGIONS

REGION_PX: dict[str, tuple[float, float]] = {
    "mouth_corner_left": (370, 400), "mouth_corner_right": (270, 400),
    "upper_lip_left": (342, 385), "upper_lip_right": (298, 385),
    "lower_lip_left": (342, 418), "lower_lip_right": (298, 418),
    "cheek_left": (400, 345), "cheek_right": (240, 345),
    "lower_lid_left": (382, 262), "lower_lid_right": (258, 262),
    "brow_left": (384, 205), "brow_right": (256, 205),
    "chin_both": (320, 455), "nose_bridge_both": (320, 245), "forehead_both": (320, 185),
}  # fmt: skip
"""Where the regions of the synthetic face rest, in a picture of 640 by 520."""


def make_signals(
    *,
    duration_s: float = 20.0,
    rate_hz: float = 30.0,
    smiles: tuple[tuple[float, float], ...] = ((4.0, 17.0),),
    excursion_mm: Mapping[str, float] = {"left": 9.0, "right": 9.0},
    tremor: Mapping[str, tuple[float, float]] = {},
    noise_mm_per_rthz: float = 0.005,
    blinks_s: tuple[float, ...] = (2.0, 9.0, 18.0),
    seed: int = 0,
) -> xr.Dataset:
    """Build a dataset as tracking would give it.

    ``tremor`` maps a channel key to (frequency_hz, peak amplitude_mm), present while smiling,
    along the vertical; more elaborate motion is added to the result by the caller.
    """
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    n, keys = len(time_s), [region.key for region in REGIONS]
    smile = sum(
        0.5 * (np.tanh((time_s - on - 0.3) / 0.15) - np.tanh((time_s - off - 0.3) / 0.15))
        for on, off in smiles
    ) + np.zeros(n)
    sigma_mm = noise_mm_per_rthz * np.sqrt(rate_hz / 2)
    displacement = rng.normal(0, sigma_mm, (n, len(keys), 2))
    for key, (frequency_hz, amplitude_mm) in tremor.items():
        wave = amplitude_mm * np.sin(2 * np.pi * frequency_hz * time_s) * (smile > 0.95)
        displacement[:, keys.index(key), 1] += wave
    for side in ("left", "right"):
        corner = keys.index(f"mouth_corner_{side}")
        direction = np.array([0.7 if side == "left" else -0.7, -0.7])
        displacement[:, corner] += excursion_mm[side] * smile[:, None] * direction
    closure = np.clip(
        sum(np.exp(-0.5 * ((time_s - at) / 0.06) ** 2) for at in blinks_s) + np.zeros(n), 0, 1
    )
    aperture = 10 * (1 - 0.15 * smile) * (1 - 0.95 * closure)
    mm_per_px = 0.5
    region_px = np.array([REGION_PX[key] for key in keys]) + displacement / mm_per_px
    excursion = np.stack([25 + excursion_mm[s] * smile for s in ("left", "right")], axis=1)
    return xr.Dataset(
        {
            "face_found": ("frame", np.ones(n, bool)),
            "duplicate": ("frame", np.zeros(n, bool)),
            "displacement_mm": (("frame", "channel", "space"), displacement),
            # Steps of followed places scatter by 3 to 8 times of it in real clips; here by 2.8.
            "displacement_se_mm": (("frame", "channel"), np.full((n, len(keys)), sigma_mm / 2)),
            "brightness": (("frame", "channel"), 128 + rng.normal(0, 0.2, (n, len(keys)))),
            "eye_aperture_mm": (
                ("frame", "side"), np.stack([aperture] * 2, 1) + rng.normal(0, 0.08, (n, 2))
            ),
            "smile_excursion_mm": (("frame", "side"), excursion + rng.normal(0, 0.05, (n, 2))),
            "head_mm": (("frame", "space"), np.cumsum(rng.normal(0, 0.01, (n, 2)), axis=0)),
            "head_angle_deg": (("frame", "angle"), rng.normal(0, 0.1, (n, 3))),
            "head_residual_mm": ("frame", np.full(n, 0.02)),
            "background_px": (("frame", "space"), rng.normal(0, 0.01, (n, 2))),
            "mm_per_px": ("frame", np.full(n, mm_per_px)),
            "region_px": (("frame", "channel", "space"), region_px),
            "face_box_px": (("frame", "corner"), np.tile([190.0, 120.0, 450.0, 490.0], (n, 1))),
        },
        coords={
            "time_s": ("frame", time_s),
            "channel": keys,
            "space": ["x", "y"],
            "side": ["left", "right"],
            "angle": ["yaw", "pitch", "roll"],
            "corner": ["x0", "y0", "x1", "y1"],
        },
        attrs={"iris_mm": 11.71, "scale_relative_sd": 0.04, "face_width_px": 320.0, "n_faces": 1},
    )  # fmt: skip


def seen_in_a_mirror(signals: xr.Dataset) -> xr.Dataset:
    """Signals that tracking would give of the mirror image: left is right, x runs the other way."""
    keys = [region.key for region in REGIONS]
    other = {"left": "right", "right": "left", "both": "both"}
    twins = [keys.index(f"{region.name}_{other[region.side]}") for region in REGIONS]
    turned = signals.isel(channel=twins, side=[1, 0]).assign_coords(
        channel=signals["channel"], side=signals["side"]
    )
    for name in ("displacement_mm", "head_mm", "background_px"):
        turned[name] = turned[name] * xr.DataArray([-1.0, 1.0], dims="space")
    width_px = 2 * REGION_PX["chin_both"][0]
    turned["region_px"] = turned["region_px"] * xr.DataArray(
        [-1.0, 1.0], dims="space"
    ) + xr.DataArray([width_px, 0.0], dims="space")
    turned["head_angle_deg"] = turned["head_angle_deg"] * xr.DataArray([-1.0, 1, -1], dims="angle")
    return turned.transpose("frame", "channel", "space", "side", "angle", "corner")
