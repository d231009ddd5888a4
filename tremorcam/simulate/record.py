"""Write down what a scene shows: displacements, phases, events and tremors."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import EYELIDS, REGIONS, SIDES
from tremorcam.simulate import courses
from tremorcam.simulate.motion import PHOTO_SMILE_MM, draw_twitches, motion_at, moved_regions
from tremorcam.simulate.truth import Truth
from tremorcam.simulate.warp import FaceWarp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.simulate.portrait import Portrait
    from tremorcam.simulate.scene import Scene
    from tremorcam.simulate.timing import FrameTimes


def region_centres(portrait: Portrait) -> NDArray[np.float64]:
    """Centres of all regions on the photograph, shape (regions, 2), pixels."""
    return np.array([portrait.region_centre(region.name, region.side) for region in REGIONS])


def describe(
    scene: Scene,
    portrait: Portrait,
    times: FrameTimes,
    video: str,
    positions_px: NDArray[np.float64] | None = None,
) -> Truth:
    """Write down a scene; a repeated frame shows what the frame before did.

    Parameters
    ----------
    scene, portrait, times
    video : str
        Name of the file.
    positions_px : ndarray, shape (n, regions, 2), optional
        Where :meth:`tremorcam.simulate.warp.FaceWarp.positions` puts the regions' centres in
        every frame; found here where not given.
    """
    shown = np.maximum.accumulate(np.where(times.duplicate, 0, np.arange(len(times.ticks))))
    motion = motion_at(scene, portrait, times.time_s[shown])
    if positions_px is None:
        warp, centres = FaceWarp(portrait, motion), region_centres(portrait)
        positions_px = np.array([warp.positions(i, centres) for i in range(len(shown))])
    photo_mm = PHOTO_SMILE_MM if portrait.smiling else 0.0
    return Truth(
        video=video,
        scene=dataclasses.asdict(scene),
        mm_per_px=portrait.mm_per_px,
        interocular_px=portrait.interocular_px,
        channels=tuple(region.key for region in REGIONS),
        time_s=times.time_s,
        duplicate=times.duplicate,
        displacement_mm=(positions_px - _rest_px(scene, portrait)) * portrait.mm_per_px,
        eye_aperture_mm=_aperture_mm(portrait) * (1 - motion.closure),
        smile_excursion_mm=motion.smile_mm + photo_mm,
        head_mm=motion.head.shift_mm,
        head_roll_deg=motion.head.roll_deg,
        phases=tuple(_phases(scene)),
        events=tuple(_events(scene)),
        tremors=tuple(tremor_rows(scene)),
    )


def _rest_px(scene: Scene, portrait: Portrait) -> NDArray[np.float64]:
    """Where the regions' centres are on the neutral face, shape (regions, 2)."""
    calm = dataclasses.replace(
        scene, smiles=(), tremors=(), twitches=(), contractions=(), closures=(), talks=()
    )
    warp = FaceWarp(portrait, motion_at(calm, portrait, np.zeros(1)))
    return warp.positions(0, region_centres(portrait))


def _aperture_mm(portrait: Portrait) -> NDArray[np.float64]:
    """Mean distance of the lids on the photograph, left and right."""
    points = portrait.landmarks_px[:, :2]
    gaps = [[np.hypot(*(points[a] - points[b])) for a, b in EYELIDS[side]] for side in SIDES]
    return np.asarray(np.mean(gaps, axis=1) * portrait.mm_per_px)


def _phases(scene: Scene) -> list[dict[str, Any]]:
    rows, before_s = [], 0.0
    for number, smile in enumerate(scene.smiles, start=1):
        after_s = smile.end_s + smile.offset_s
        edges = (before_s, smile.start_s, *smile.hold, after_s)
        for phase, onset, offset in zip(
            ("neutral", "onset", "hold", "offset"), edges, edges[1:], strict=False
        ):
            rows.append({"smile": number, "phase": phase, "onset_s": onset, "offset_s": offset})
        before_s = after_s
    return rows


def _events(scene: Scene) -> list[dict[str, Any]]:
    rows = [
        _event(item.event, item.side, (item.start_s, item.end_s), "eye", (100 * item.depth, "%"))
        for item in scene.closures
    ]
    rows += [
        _event(pull.event, pull.side, (pull.start_s, pull.end_s), pull.region, (pull.mm, "mm"))
        for pull in scene.contractions
        if pull.event
    ]
    for twitch in draw_twitches(scene):
        region, _, side = twitch.patch.key.rpartition("_")
        span = (twitch.start_s, twitch.start_s + twitch.duration_s)
        rows.append(_event("twitch", side, span, region, (twitch.mm, "mm")))
    return sorted(rows, key=lambda row: float(row["onset_s"]))


def _event(
    event: str, side: str, span_s: tuple[float, float], region: str, peak: tuple[float, str]
) -> dict[str, Any]:
    return {
        "event": event, "side": side, "onset_s": round(span_s[0], 4),
        "offset_s": round(span_s[1], 4), "region": region,
        "peak": round(peak[0], 4), "unit": peak[1],
    }  # fmt: skip


def tremor_rows(scene: Scene) -> list[dict[str, Any]]:
    """List every tremor of a scene, one row for each region and side."""
    rows = []
    for tremor in scene.tremors:
        for region, side, gain in moved_regions(tremor):
            rms_mm = tremor.mm * gain * rms_of_sine(tremor.growth)
            rows.append({
                "region": region, "side": side, "frequency_hz": tremor.hz,
                "amplitude_mm": round(tremor.mm * gain, 6),
                "rms_mm": round(rms_mm, 6),
                "p2p_mm": round(2 * 2**0.5 * rms_mm, 6), "axis_deg": tremor.axis_deg,
                "growth": tremor.growth,
                "intervals_s": [list(pair) for pair in courses.intervals(scene, tremor.when)],
            })  # fmt: skip
    return rows


def rms_of_sine(growth: float) -> float:
    """RMS of a sine of mean amplitude 1 whose amplitude grows linearly by that ratio."""
    return float(np.sqrt(2 * (1 + growth + growth**2) / 3) / (1 + growth))
