"""What is tried: one factor at a time around a base condition, and causes of false alarms.

The base is the middle of a 720p picture at 30 pictures a second: a face of 90 px between the
pupils that sways as people do, with the noise of an indoor webcam, at the share of
12 Mbit/s that falls to that part of the picture, whose left mouth corner moves by 0.3 mm at
7 Hz. Most clips move both corners, at frequencies that do not meet, so that each gives two
readings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.simulate.scene import Camera, Closure, Encoding, Head, Light, Scene, Talk, Tremor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tremorcam.anatomy import Side

HOLD_S = (0.4, 10.4)
"""What is measured; the movement fades in before."""
DURATION_S = 10.8
ALARM_HOLD_S = (0.2, 6.2)
ALARM_SEEDS = range(200, 400)
"""With the first 200 the vetoes were made; these tell how they do on others."""
SIDE_PX = 460
"""Of the square cut out of the 720p picture: what lies around the head costs time only."""
SQUARE_SHARE = SIDE_PX**2 / (1280 * 720)
BASE_CAMERA = Camera(width_px=SIDE_PX, height_px=SIDE_PX, interocular_px=90.0)
BASE_ENCODING = Encoding(bit_rate_bps=round(12e6 * SQUARE_SHARE))
SMALL_CAMERA = Camera(width_px=340, height_px=340, interocular_px=70.0)
CODECS = (
    ("libx264", "x264", (6.0, 1.5)), ("libvpx", "VP8", (12.0, 3.0)),
    ("libvpx-vp9", "VP9", (12.0, 3.0)),
)  # fmt: skip
"""Encoder, its name, and bit rates in Mbit/s of a whole 720p picture."""
BASE_MM, BASE_HZ, OTHER_HZ = 0.3, 7.0, 9.3


@dataclass(frozen=True)
class Condition:
    """One clip.

    Parameters
    ----------
    name : str
        Unique, safe as a file name.
    factor, level : str
        What is varied, and to what; ``base`` has the level of every factor.
    scene : Scene
    hold_s : (float, float)
    plain : bool
        Measured by the landmark loops as well.
    """

    name: str
    factor: str
    level: str
    scene: Scene
    hold_s: tuple[float, float] = HOLD_S
    plain: bool = False


def conditions(faces: Sequence[str | None]) -> list[Condition]:
    """Every clip, those that tell most first."""
    few = [faces[at] for at in _spread(len(faces), 4)]
    alarms = list(_alarms(faces, ALARM_SEEDS))
    factors = [list(_factors(face, 300 + seed)) for seed, face in enumerate(few[:2])]
    rates = [c for each in factors for c in each if c.factor == "rate"]
    return [
        *_faces(faces),
        *_smallest(faces),
        *_faint(faces),
        *rates,
        *alarms[:100],
        *_stills(few),
        *(c for c in factors[0] if c.factor != "rate"),
        *_amplitudes(few[:2]),
        *_exposures(few[:1]),
        *alarms[100:],
        *(c for each in factors[1:] for c in each if c.factor != "rate"),
        *_amplitudes(few[2:], first=2),
        *_qualities(faces),
    ]


def _spread(n: int, wanted: int) -> list[int]:
    return sorted({round(at) for at in np.linspace(0, n - 1, min(n, wanted))})


def face_name(face: str | None) -> str:
    """Give the photograph's name without its folder."""
    return "packaged" if face is None else face.replace("\\", "/").rpartition("/")[2][:-4]


def _corner(side: Side, hz: float, mm: float) -> Tremor:
    return Tremor("mouth_corner", side, hz, mm, when="always")


def _both(left: tuple[float, float], right: tuple[float, float]) -> tuple[Tremor, ...]:
    """Left and right corner, each with amplitude in mm and frequency in Hz."""
    return _corner("left", left[1], left[0]), _corner("right", right[1], right[0])


def _scene(face: str | None, seed: int, **changes: Any) -> Scene:
    fields: dict[str, Any] = {
        "duration_s": DURATION_S, "face": face, "seed": seed, "camera": BASE_CAMERA,
        "encoding": BASE_ENCODING,
        "tremors": (_corner("left", BASE_HZ, BASE_MM),),
    }  # fmt: skip
    return Scene(**{**fields, **changes})


def _faces(faces: Sequence[str | None]) -> Iterator[Condition]:
    """Give the base condition, which every table starts from."""
    for seed, face in enumerate(faces):
        name = face_name(face)
        yield Condition(f"base-{name}", "base", name, _scene(face, seed), plain=seed < 4)


def _stills(faces: Sequence[str | None]) -> Iterator[Condition]:
    """Give a face that holds still, written nearly without loss.

    A stronger encoder repeats what it takes for noise, and the floor would be its own.
    """
    for seed, face in enumerate(faces):
        still = _scene(
            face, seed, tremors=(), head=Head(sway_mm=0, sway_deg=0, sway_scale=0),
            encoding=Encoding(crf=4),
        )  # fmt: skip
        name = face_name(face)
        yield Condition(f"still-{name}", "still", name, still, plain=seed == 0)


def _qualities(faces: Sequence[str | None]) -> Iterator[Condition]:
    """Give the base condition at constant quality."""
    for seed, face in enumerate(faces):
        for crf in (4, 16):
            scene = _scene(face, seed, encoding=Encoding(crf=crf))
            name = f"crf{crf}-{face_name(face)}"
            yield Condition(name, "codec", f"x264 crf {crf}", scene)


def _amplitudes(faces: Sequence[str | None], first: int = 0) -> Iterator[Condition]:
    """Amplitudes over frequencies; the sides take turns at being the stronger one."""
    pairs = (
        ((0.05, 4.0), (0.1, 9.0)), ((0.1, 6.0), (0.05, 11.0)), ((0.3, 3.2), (0.3, 11.8)),
        ((1.0, 5.0), (1.0, 9.0)), ((2.0, 3.5), (2.0, 8.0)), ((0.3, 5.0), (0.3, 10.0)),
    )  # fmt: skip
    for seed, face in enumerate(faces, start=first):
        for number, (left, right) in enumerate(pairs):
            scene = _scene(face, 100 + 10 * seed + number, tremors=_both(left, right))
            for crf in (0, 4) if not seed and min(left[0], right[0]) < 0.1 else ():
                clear = replace(scene, encoding=Encoding(crf=crf))
                name = f"crf{crf}-small{number}-{face_name(face)}"
                yield Condition(name, "codec", f"x264 crf {crf}, 0.05 and 0.1 mm", clear)
            level = f"{left[0]:g} mm at {left[1]:g} Hz, {right[0]:g} mm at {right[1]:g} Hz"
            yield Condition(
                f"amplitude{number}-{face_name(face)}", "amplitude", level, scene, plain=seed == 0
            )


def _smallest(faces: Sequence[str | None]) -> Iterator[Condition]:
    """0.05 mm on both sides, at frequencies drawn over the band."""
    rng = np.random.default_rng(5)
    for round_ in range(2):
        for seed, face in enumerate(faces):
            low_hz, high_hz = rng.uniform(3.3, 6.8), rng.uniform(7.8, 11.7)
            tremors = _both((0.05, low_hz), (0.05, high_hz))
            if round_ % 2:
                tremors = _both((0.05, high_hz), (0.05, low_hz))
            scene = _scene(face, 200 + 20 * round_ + seed, tremors=tremors)
            yield Condition(f"smallest{round_}-{face_name(face)}", "smallest", "0.05 mm", scene)


def _faint(faces: Sequence[str | None]) -> Iterator[Condition]:
    """Give movement around the limit of detection, at frequencies drawn over the band."""
    rng = np.random.default_rng(6)
    for seed, face in enumerate(faces):
        pair = (0.04, rng.uniform(3.3, 6.8)), (0.025, rng.uniform(7.8, 11.7))
        tremors = _both(*(pair if seed % 2 else pair[::-1]))
        scene = _scene(face, 260 + seed, tremors=tremors)
        yield Condition(f"faint-{face_name(face)}", "faint", "0.025 and 0.04 mm", scene)


def _factors(face: str | None, seed: int) -> Iterator[Condition]:
    both = _both((BASE_MM, BASE_HZ), (BASE_MM, OTHER_HZ))
    base = _scene(face, seed, tremors=both)
    for factor, level, changes in _changes():
        name = f"{factor}-{level}-{face_name(face)}".replace(" ", "_").replace("/", "_")
        yield Condition(name, factor, level, replace(base, **changes))


def _changes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Factor, level and what it changes of the scene."""
    for rate_hz in (24.0, 25.0, 50.0, 60.0):
        yield "rate", f"{rate_hz:g} Hz", {"camera": replace(BASE_CAMERA, rate_hz=rate_hz)}
    uneven = replace(BASE_CAMERA, interval_sd_s=0.006, drop_share=0.03)
    yield "rate", "30 Hz variable", {"camera": uneven}
    for iod_px in (50, 70, 130, 170):
        side_px = 10 * round(iod_px * SIDE_PX / 900)
        camera = Camera(width_px=side_px, height_px=side_px, interocular_px=float(iod_px))
        yield "face", f"{iod_px} px", {"camera": camera}
    for noise in (2.0, 4.0, 8.0):
        light = Light(read_noise=noise, shot_noise=1.5 * noise)
        yield "noise", f"{noise:g} x", {"light": light}
    yield "light", "a quarter", {"light": Light(gain=0.25)}
    yield "head", "sway 3 mm", {"head": Head(sway_mm=3.0, sway_deg=1.5, sway_scale=0.008)}
    yield "head", "turning 2 deg", {"head": Head(turn_sway_deg=2.0)}
    tremor = Head(tremor_hz=5.0, tremor_mm=1.0)
    yield "head", "tremor 1 mm at 5 Hz", {"head": tremor}
    for yaw_deg in (8.0, 15.0):
        yield "yaw", f"{yaw_deg:g} deg", {"head": Head(yaw_deg=yaw_deg)}
    yield "codec", "x264 crf 23", {"encoding": Encoding(crf=23)}
    for codec, label, mbits in CODECS:
        for mbit in mbits:
            encoding = Encoding(codec, bit_rate_bps=round(mbit * 1e6 * SQUARE_SHARE))
            yield "codec", f"{label} {mbit:g} Mbit/s", {"encoding": encoding}


def _exposures(faces: Sequence[str | None]) -> Iterator[Condition]:
    for seed, face in enumerate(faces):
        for number, exposure_s in enumerate((1 / 60, 1 / 30)):
            camera = replace(BASE_CAMERA, exposure_s=exposure_s)
            tremors = _both((0.3, 7.0), (0.3, 11.0))
            scene = _scene(face, 400 + seed, tremors=tremors, camera=camera)
            yield Condition(
                f"exposure{number}-{face_name(face)}", "exposure", f"1/{1 / exposure_s:g} s", scene
            )


def _alarms(faces: Sequence[str | None], seeds: Sequence[int]) -> Iterator[Condition]:
    """Faces without tremor, each with a cause that could pass for one; small and short."""
    kinds = tuple(_causes())
    for seed in seeds:
        rng = np.random.default_rng([seed, 9])
        cause, changes = kinds[seed % len(kinds)]
        face = faces[(seed // len(kinds) + seed) % len(faces)]
        camera = changes(rng).pop("camera", SMALL_CAMERA)
        rest = {key: value for key, value in changes(rng).items() if key != "camera"}
        scene = _scene(
            face, 1000 + seed, tremors=(), camera=camera,
            **{"duration_s": 6.4, "encoding": Encoding(), **rest},
        )  # fmt: skip
        yield Condition(f"alarm{seed:03d}", "alarm", cause, scene, ALARM_HOLD_S)


def _causes() -> Iterator[tuple[str, Any]]:
    """Name of a cause, and what it changes of the scene given a random generator."""
    yield "nothing", lambda _: {}
    yield "head tremor", lambda rng: {
        "head": Head(
            tremor_hz=rng.uniform(3.2, 9), tremor_mm=rng.uniform(0.2, 1.5),
            tremor_axis_deg=rng.uniform(0, 180),
        )
    }  # fmt: skip
    yield "camera shake", lambda rng: {
        "camera": Camera(
            width_px=640, height_px=360, interocular_px=70.0,
            shake_hz=rng.uniform(3.2, 9), shake_px=rng.uniform(0.3, 2),
        )
    }  # fmt: skip
    for rate_hz in (24.0, 25.0, 30.0, 50.0, 60.0):
        yield f"mains at {rate_hz:g} Hz", lambda rng, rate_hz=rate_hz: {
            "camera": replace(SMALL_CAMERA, rate_hz=rate_hz),
            "light": Light(
                flicker_hz=2 * float(rng.choice((50, 60))) + rng.uniform(-0.1, 0.1),
                flicker_depth=rng.uniform(0.01, 0.05), flicker_local=rng.uniform(0, 1),
                readout_s=float(rng.choice((0.0, 0.02))),
            ),
        }  # fmt: skip
    yield (
        "key frames",
        lambda rng: {
            "encoding": Encoding(
                crf=int(rng.integers(26, 34)), key_frame_every=int(rng.integers(5, 16))
            )
        },
    )
    yield "blinks", lambda rng: {"closures": _blinks(rng)}
    yield "talking", lambda rng: {"talks": (Talk(0.0, 6.4, mm=rng.uniform(1, 4)),)}
    yield (
        "large sway",
        lambda rng: {
            "head": Head(
                sway_mm=rng.uniform(2, 5), sway_deg=2.0, sway_scale=0.01, turn_sway_deg=2.0
            )
        },
    )
    yield "strong compression", lambda rng: {"encoding": Encoding(crf=int(rng.integers(28, 36)))}


def _blinks(rng: np.random.Generator) -> tuple[Closure, ...]:
    """Blinks that come about as fast as they can, in a rhythm or without one."""
    if rng.uniform() < 0.5:
        at_s = np.arange(0.3, 6.0, rng.uniform(0.45, 0.8))
    else:
        at_s = np.sort(rng.uniform(0.2, 6.0, 9))
        at_s = at_s[np.r_[True, np.diff(at_s) > 0.35]]
    return tuple(Closure("both", float(at), float(at) + 0.28) for at in at_s)
