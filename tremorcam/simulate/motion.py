"""All of a scene's motion at given times, in the units the warp takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import REGIONS, SIDES, Side
from tremorcam.simulate import courses
from tremorcam.simulate.fields import OUTWARD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tremorcam.simulate.portrait import Portrait
    from tremorcam.simulate.scene import Contraction, Scene, Tremor, Twitches

PHOTO_SMILE_MM = 8.0
"""Excursion that a photograph which smiles is taken to show; the neutral face undoes it."""
PHOTO_NARROWING = 0.15


@dataclass(frozen=True)
class TwitchPatch:
    """A small patch that twitches: its place relative to its region's centre."""

    key: str
    offset_iod: tuple[float, float]


@dataclass(frozen=True)
class HeadMotion:
    """Where the head is at ``n`` times.

    Parameters
    ----------
    shift_mm : ndarray, shape (n, 2)
    roll_deg, scale, yaw_deg, pitch_deg : ndarray, shape (n,)
        Roll is clockwise in the picture, yaw towards the picture's right, pitch chin down.
    """

    shift_mm: NDArray[np.float64]
    roll_deg: NDArray[np.float64]
    scale: NDArray[np.float64]
    yaw_deg: NDArray[np.float64]
    pitch_deg: NDArray[np.float64]


@dataclass(frozen=True)
class Motion:
    """Every moving part at ``n`` times.

    Parameters
    ----------
    smile_mm : ndarray, shape (n, 2)
        Excursion of the left and right mouth corner from the photograph's.
    jaw_mm : ndarray, shape (n,)
    lips : ndarray, shape (n,)
        Share of the photograph's lip opening that is closed.
    closure : ndarray, shape (n, 2)
        Share of the photograph's eye opening that is closed, left and right.
    patch_keys : tuple of str
        Regions that move as a whole, ``<region>_<side>``.
    patch_mm : ndarray, shape (n, len(patch_keys), 2)
    twitch_patches : tuple of TwitchPatch
    twitch_mm : ndarray, shape (n, len(twitch_patches), 2)
    head : HeadMotion
    shake_px : ndarray, shape (n, 2)
        Motion of the whole picture.
    """

    smile_mm: NDArray[np.float64]
    jaw_mm: NDArray[np.float64]
    lips: NDArray[np.float64]
    closure: NDArray[np.float64]
    patch_keys: tuple[str, ...]
    patch_mm: NDArray[np.float64]
    twitch_patches: tuple[TwitchPatch, ...]
    twitch_mm: NDArray[np.float64]
    head: HeadMotion
    shake_px: NDArray[np.float64]


def motion_at(scene: Scene, portrait: Portrait, time_s: NDArray[np.float64]) -> Motion:
    """Evaluate a scene at times (n,); the same scene and time give the same values."""
    smile_mm, narrowing = _smiles(scene, time_s)
    jaw_mm = np.zeros(len(time_s))
    for index, talk in enumerate(scene.talks):
        jaw_mm += courses.talk_level(talk, scene, _rng(scene, 4, index), time_s)
    patch_keys, patch_mm = patch_motion(scene, time_s)
    twitch_patches, twitch_mm = _twitch_motion(scene, time_s)
    photo_mm = PHOTO_SMILE_MM if portrait.smiling else 0.0
    return Motion(
        smile_mm=smile_mm - photo_mm,
        jaw_mm=jaw_mm,
        lips=_lips(smile_mm, jaw_mm, portrait),
        closure=_closures(scene, narrowing, portrait, time_s),
        patch_keys=patch_keys,
        patch_mm=patch_mm,
        twitch_patches=twitch_patches,
        twitch_mm=twitch_mm,
        head=_head(scene, time_s),
        shake_px=_shake(scene, time_s),
    )


def _rng(scene: Scene, purpose: int, index: int = 0) -> np.random.Generator:
    return np.random.default_rng([scene.seed, purpose, index])


def _smiles(
    scene: Scene, time_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Excursion (n, 2) in mm and narrowing of the eyes (n, 2)."""
    excursion, narrowing = np.zeros((2, len(time_s), 2))
    for smile in scene.smiles:
        level = courses.smile_level(smile, time_s)[:, None]
        excursion += level * (smile.left_mm, smile.right_mm)
        narrowing += level * (smile.narrowing_left, smile.narrowing_right)
    return excursion, narrowing


def _lips(
    smile_mm: NDArray[np.float64], jaw_mm: NDArray[np.float64], portrait: Portrait
) -> NDArray[np.float64]:
    """Lips that are apart in a smiling photograph meet in the neutral face."""
    if not portrait.smiling:
        return np.zeros(len(smile_mm))
    closed = 1 - np.clip(smile_mm.mean(axis=1) / PHOTO_SMILE_MM, 0, 1)
    return np.asarray(np.clip(0.97 * closed - jaw_mm / PHOTO_SMILE_MM, 0, 1))


def _closures(
    scene: Scene, narrowing: NDArray[np.float64], portrait: Portrait, time_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    opening = 1 - narrowing
    for closure in scene.closures:
        level = courses.closure_level(closure, time_s)
        for column, side in enumerate(SIDES):
            if closure.side in (side, "both"):
                opening[:, column] *= 1 - level
    photo_opening = 1 - PHOTO_NARROWING if portrait.smiling else 1.0
    return np.asarray(1 - opening / photo_opening)


def _sides(region: str, side: Side) -> tuple[Side, ...]:
    """Sides of a region that a motion moves."""
    own = tuple(r.side for r in REGIONS if r.name == region)
    if not own:
        raise ValueError(f"no region {region!r}; there are {sorted({r.name for r in REGIONS})}")
    if own == ("both",):
        return own
    return SIDES if side == "both" else (side,)


def _direction(axis_deg: float, side: Side) -> NDArray[np.float64]:
    angle = np.deg2rad(axis_deg)
    return np.array([OUTWARD[side] * np.cos(angle), -np.sin(angle)])


def moved_regions(item: Tremor | Contraction) -> list[tuple[str, Side, float]]:
    """Every region and side that a tremor or a pull moves, with its gain."""
    right_gain = getattr(item, "right_gain", 1.0) if item.side == "both" else 1.0
    return [
        (region, side, gain * (right_gain if side == "right" else 1.0))
        for region, gain in ((item.region, 1.0), *item.spread)
        for side in _sides(region, item.side)
    ]


def patch_motion(
    scene: Scene, time_s: NDArray[np.float64]
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Find the moved regions and their displacement (n, regions, 2) in mm."""
    moved: dict[str, NDArray[np.float64]] = {}

    def add(item: Tremor | Contraction, waves_mm: Mapping[str, NDArray[np.float64]]) -> None:
        for region, side, gain in moved_regions(item):
            key = f"{region}_{side}"
            moved.setdefault(key, np.zeros((len(time_s), 2)))
            moved[key] += gain * waves_mm[side][:, None] * _direction(item.axis_deg, side)

    for index, tremor in enumerate(scene.tremors):
        late_s = {"left": 0.0, "both": 0.0, "right": tremor.right_lag_s * (tremor.side == "both")}
        add(tremor, {
            side: courses.tremor_wave(tremor, scene, _rng(scene, 1, index), time_s - late_s[side])
            for side in {side for _, side, _ in moved_regions(tremor)}
        })  # fmt: skip
    for pull in scene.contractions:
        level_mm = pull.mm * courses.contraction_level(pull, time_s)
        add(pull, {"left": level_mm, "right": level_mm, "both": level_mm})
    values = np.stack(list(moved.values()), axis=1) if moved else np.zeros((len(time_s), 0, 2))
    return tuple(moved), values


@dataclass(frozen=True)
class Twitch:
    """One twitch: when, where, how far."""

    start_s: float
    duration_s: float
    patch: TwitchPatch
    direction_rad: float
    mm: float


def draw_twitches(scene: Scene) -> list[Twitch]:
    """Every twitch of a scene."""
    drawn = []
    for index, twitches in enumerate(scene.twitches):
        for side in _sides(twitches.region, twitches.side):
            rng = _rng(scene, 2, 10 * index + ("left", "right", "both").index(side))
            places = _twitch_places(twitches, side, rng)
            for start, duration, patch, angle, mm in courses.twitch_times(twitches, scene, rng):
                drawn.append(Twitch(start, duration, places[patch], angle, mm))
    return drawn


def _twitch_places(twitches: Twitches, side: Side, rng: np.random.Generator) -> list[TwitchPatch]:
    radius = twitches.scatter_iod * np.sqrt(rng.uniform(0, 1, twitches.n_patches))
    angle = rng.uniform(0, 2 * np.pi, twitches.n_patches)
    return [
        TwitchPatch(f"{twitches.region}_{side}", (float(r * np.cos(a)), float(r * np.sin(a))))
        for r, a in zip(radius, angle, strict=True)
    ]


def _twitch_motion(
    scene: Scene, time_s: NDArray[np.float64]
) -> tuple[tuple[TwitchPatch, ...], NDArray[np.float64]]:
    twitches = draw_twitches(scene)
    patches = tuple(dict.fromkeys(twitch.patch for twitch in twitches))
    values = np.zeros((len(time_s), len(patches), 2))
    for twitch in twitches:
        end_s = twitch.start_s + twitch.duration_s
        level = courses.plateau(
            time_s, twitch.start_s, end_s, 0.3 * twitch.duration_s, 0.6 * twitch.duration_s
        )
        way = np.array([np.cos(twitch.direction_rad), np.sin(twitch.direction_rad)])
        values[:, patches.index(twitch.patch)] += twitch.mm * level[:, None] * way
    return patches, values


def _head(scene: Scene, time_s: NDArray[np.float64]) -> HeadMotion:
    head, rng = scene.head, _rng(scene, 3)
    # White noise smoothed by a Gaussian of s seconds has an RMS frequency of 1 / (√8 π s).
    smooth_s = 1 / (np.sqrt(8) * np.pi * head.sway_hz)
    sway = [
        courses.look_up(courses.slow_noise(rng, scene.duration_s, smooth_s), time_s)
        for _ in range(4)
    ]
    tremor = head.tremor_mm * np.sin(2 * np.pi * head.tremor_hz * time_s + rng.uniform(0, 6.28))
    turns = [
        courses.look_up(courses.slow_noise(rng, scene.duration_s, smooth_s), time_s)
        for _ in range(2)
    ]
    shift_mm = head.sway_mm * np.stack(sway[:2], axis=1)
    shift_mm += tremor[:, None] * _direction(head.tremor_axis_deg, "both")
    return HeadMotion(
        shift_mm=shift_mm,
        roll_deg=head.sway_deg * sway[2],
        scale=1 + head.sway_scale * sway[3],
        yaw_deg=head.yaw_deg + head.turn_sway_deg * turns[0],
        pitch_deg=head.pitch_deg + head.turn_sway_deg * turns[1],
    )


def _shake(scene: Scene, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    phases = _rng(scene, 5).uniform(0, 2 * np.pi, 2)
    turns = 2 * np.pi * scene.camera.shake_hz * time_s
    return np.asarray(scene.camera.shake_px * np.sin(turns[:, None] + phases))
