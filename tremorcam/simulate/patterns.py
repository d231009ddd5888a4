"""Named patterns of facial movement, drawn from published ranges by severity and seed.

Each pattern adds its motion to a scene that already has its smiles. ``severity`` runs from 0
(just there) to 1 (plain to see). No norm in millimetres is published for tremor of the
smiling face, so amplitudes span what is hardly to what is easily seen; everything else has
its source beside it.
"""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.data import TremorcamError
from tremorcam.simulate.draws import Draw, draw_blinks
from tremorcam.simulate.scene import (
    Closure,
    Contraction,
    Scene,
    Smile,
    Talk,
    Tremor,
    Twitches,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tremorcam.anatomy import Side

MOUTH_SPREAD = (("upper_lip", 1.0), ("lower_lip", 0.7), ("cheek", 0.5))
"""How a tremor of the mouth corner is shared by its neighbours."""


def add_pattern(
    scene: Scene, pattern: str, *, severity: float = 0.5, side: Side | None = None
) -> Scene:
    """Add one pattern, or several joined by ``+``, to a scene.

    Parameters
    ----------
    scene : Scene
        With its smiles; its seed decides what is drawn.
    pattern : str
        A key of :data:`PATTERNS`.
    severity : float
        0 to 1.
    side : {'left', 'right', 'both'}, optional
        Side of one-sided patterns; drawn where not given.

    Raises
    ------
    TremorcamError
        If there is no such pattern, or the severity is out of range.
    """
    if not 0 <= severity <= 1:
        raise TremorcamError(f"severity should be from 0 to 1, is {severity}")
    for index, name in enumerate(pattern.split("+")):
        if name not in PATTERNS:
            raise TremorcamError(
                f"no pattern {name!r}; there are {', '.join(PATTERNS)}, and several joined by +"
            )
        rng = np.random.default_rng([scene.seed, 20, index])
        scene = PATTERNS[name](scene, Draw(rng, severity, side))
    return dataclasses.replace(scene, pattern=pattern, severity=severity)


def _none(scene: Scene, _draw: Draw) -> Scene:
    return scene


def _fine_tremor(scene: Scene, draw: Draw) -> Scene:
    """Both sides, 6 to 12 Hz.

    Physiological tremor 8-12 Hz (PMC6806079), jaw 6-8 Hz (Sowman 2008, Mov Disord 23:441);
    present with the smile, about equal on both sides.
    """
    return _add(scene, tremors=(_mouth_tremor(draw, hz=draw.between(6, 12), mm=(0.1, 0.7)),))


def _smiling_tremor(scene: Scene, draw: Draw) -> Scene:
    """Isolated smiling tremor, 8 to 10 Hz, both sides (Radmard 2024, PMC10883399)."""
    tremor = _mouth_tremor(draw, hz=draw.between(8, 10), mm=(0.15, 0.9))
    return _add(scene, tremors=(dataclasses.replace(tremor, when="hold"),))


def _slow_tremor(scene: Scene, draw: Draw) -> Scene:
    """Lips and chin at 3 to 6 Hz, also at rest.

    Parkinson rest tremor 4-7 Hz, alike at lips and jaw (PMC12219005); dystonic 3-6.5 Hz.
    """
    tremor = Tremor(
        "lower_lip",
        "both",
        hz=draw.between(3.2, 6),
        mm=draw.strength(0.2, 1.2),
        when="always",
        spread=(("chin", 0.8), ("mouth_corner", 0.4)),
        frequency_sd_hz=0.1,
        amplitude_cv=0.15,
    )
    return _add(scene, tremors=(tremor,))


def _fatigue(scene: Scene, draw: Draw) -> Scene:
    """Quiver of growing amplitude while the smile is held, with twitches that come oftener.

    Tiring raises 8-12 Hz and adds 4-6 Hz (Lippold, "The tremor in fatigue"); a rise of the
    amplitude by 2.5 to 5 times over the hold is a choice within its "up to ten times".
    """
    growth = draw.between(2.5, 5)
    side: Side = draw.wanted or ("left", "right", "both")[int(draw.rng.integers(3))]
    quiver = _mouth_tremor(draw, hz=draw.between(8, 11), mm=(0.12, 0.7))
    slow = _mouth_tremor(draw, hz=draw.between(4, 6), mm=(0.04, 0.2))
    tremors = tuple(
        dataclasses.replace(t, side=side, when="hold", growth=growth) for t in (quiver, slow)
    )
    twitches = Twitches(
        "mouth_corner", side, draw.between(0.3, 1), draw.strength(0.15, 0.7), growth=growth
    )
    return _add(scene, tremors=tremors, twitches=(twitches,))


def _fasciculation(scene: Scene, draw: Draw) -> Scene:
    """Irregular twitches of one local group.

    Visible twitches last 0.1 to 0.5 s and come at 0.1 to 10 Hz; here at 0.5 to 3 Hz, so that a
    recording of seconds holds several. Facial myokymia bursts come "several times a second"
    (AAEM minimonograph 37, 1991).
    """
    region = ("mouth_corner", "cheek", "lower_lid")[int(draw.rng.integers(3))]
    twitches = Twitches(
        region, draw.side(), draw.between(0.5, 3), draw.strength(0.25, 1.2), when="smile"
    )
    return _add(scene, twitches=(twitches,))


def _hemifacial_spasm(scene: Scene, draw: Draw) -> Scene:
    """One-sided runs: the eye first, the mouth 0 to 70 ms later, with the brow raised.

    Lid events on one side 0.3-24.7 a minute (doi:10.1007/s00417-019-04567-w; the upper half
    is drawn, for seconds of video to show any), spread to other muscles of that side in 93 %,
    delay of oris after oculi 9-35 ms when stimulated (Misawa 2006), clonic runs at 5-20 Hz,
    the brow rises with the closure (Pawlowski 2013).
    """
    side = draw.side()
    closures: list[Closure] = []
    pulls: list[Contraction] = []
    for start_s in draw.times(0.8, scene.duration_s - 1.5, draw.between(12, 24.7)):
        lids, moves = _spasm(start_s, side, draw)
        closures.append(lids)
        pulls += moves
    return _add(scene, closures=tuple(closures), contractions=tuple(pulls))


def _spasm(start_s: float, side: Side, draw: Draw) -> tuple[Closure, list[Contraction]]:
    """One run on one side: a single twitch, a clonic train, or a tonic pull."""
    kind = draw.rng.choice(["twitch", "clonic", "tonic"], p=[0.3, 0.5, 0.2])
    lasts_s = {"twitch": (0.2, 0.35), "clonic": (0.5, 1.5), "tonic": (1.0, 2.0)}[str(kind)]
    end_s = start_s + draw.between(*lasts_s)
    rate_hz = draw.between(5, 12) if kind == "clonic" else 0.0
    depth = float(np.clip(draw.strength(0.45, 0.9), 0.3, 1.0))
    lids = Closure(side, start_s, end_s, depth, 0.08, 0.12, rate_hz, 0.6, "eyelid_spasm")
    late_s = draw.between(0.0, 0.07)
    mouth = Contraction(
        "mouth_corner", side, start_s + late_s, end_s + late_s, draw.strength(1.2, 4.0),
        draw.between(20, 50), spread=(("upper_lip", 0.9), ("cheek", 0.6)),
    )  # fmt: skip
    brow = Contraction("brow", side, start_s, end_s, draw.strength(0.5, 2.0), event="")
    mouth, brow = (
        dataclasses.replace(pull, clonic_hz=rate_hz, clonic_depth=0.6) for pull in (mouth, brow)
    )
    return lids, [mouth, brow]


def _blepharospasm(scene: Scene, draw: Draw) -> Scene:
    """Both eyes close for more than a second, again and again, and blink often.

    Spasms over 1 s: Jankovic rating scale grade 3; over 27 blinks a minute: Bentivoglio 2006.
    """
    spasms = []
    at_s = draw.between(0.8, 2.0)
    while at_s < scene.duration_s - 2:
        lasts_s = min(draw.strength(1.3, 3.0), scene.duration_s - at_s)
        spasms.append(Closure("both", at_s, at_s + lasts_s, 1.0, 0.12, 0.2, event="eyelid_spasm"))
        at_s += lasts_s + draw.between(1.5, 4.0)
    blinks = tuple(
        blink
        for blink in draw_blinks(draw.rng, scene.duration_s, draw.between(28, 45))
        if all(blink.end_s < s.start_s - 0.2 or blink.start_s > s.end_s + 0.2 for s in spasms)
    )
    return dataclasses.replace(scene, closures=(*spasms, *blinks))


def _synkinesis(scene: Scene, draw: Draw) -> Scene:
    """One eye narrows with every smile by 20 to 60 points more than the other.

    Narrowing 22 ± 13 % in health, 33 ± 14 % in synkinesis (doi:10.1002/lary.23778); the
    corner of the affected side moves less (by up to a third, a choice).
    """
    side, extra = draw.side(), draw.strength(0.2, 0.6)
    healthy = draw.between(0.1, 0.25)

    def affected(smile: Smile) -> Smile:
        more = min(healthy + extra * draw.between(0.9, 1.1), 0.95)
        weaker = 1 - 0.33 * draw.severity
        left = side == "left"
        return dataclasses.replace(
            smile,
            narrowing_left=more if left else healthy,
            narrowing_right=healthy if left else more,
            left_mm=smile.left_mm * (weaker if left else 1),
            right_mm=smile.right_mm * (1 if left else weaker),
        )

    return dataclasses.replace(scene, smiles=tuple(map(affected, scene.smiles)))


def _talking(scene: Scene, draw: Draw) -> Scene:
    """Talk before the smile: a confounder."""
    end_s = scene.smiles[0].start_s if scene.smiles else scene.duration_s
    return _add(scene, talks=(Talk(0.2, end_s - 0.2, draw.between(2, 5)),))


def _wink(scene: Scene, draw: Draw) -> Scene:
    """One wink on purpose, with the cheek's help: a confounder."""
    at_s, side = draw.between(0.5, scene.duration_s - 1.5), draw.side()
    wink = Closure(side, at_s, at_s + draw.between(0.35, 0.8), 1.0, 0.12, 0.18, event="wink")
    cheek = Contraction("cheek", side, wink.start_s, wink.end_s, 1.5, event="")
    return _add(scene, closures=(wink,), contractions=(cheek,))


def _blinks(scene: Scene, draw: Draw) -> Scene:
    """More blinks than at rest, 26 to 32 a minute as when talking: a confounder."""
    return _add(scene, closures=draw_blinks(draw.rng, scene.duration_s, draw.between(26, 32)))


def _mouth_tremor(draw: Draw, *, hz: float, mm: tuple[float, float]) -> Tremor:
    """Tremor of the mouth on both sides, about equal, wandering a little."""
    return Tremor(
        "mouth_corner",
        "both",
        hz=hz,
        mm=draw.strength(*mm),
        axis_deg=draw.between(45, 100),
        when="smile",
        spread=MOUTH_SPREAD,
        right_gain=draw.between(0.8, 1.25),
        frequency_sd_hz=0.15,
        amplitude_cv=0.15,
    )


def _add(
    scene: Scene,
    *,
    tremors: tuple[Tremor, ...] = (),
    twitches: tuple[Twitches, ...] = (),
    contractions: tuple[Contraction, ...] = (),
    closures: tuple[Closure, ...] = (),
    talks: tuple[Talk, ...] = (),
) -> Scene:
    return dataclasses.replace(
        scene,
        tremors=scene.tremors + tremors,
        twitches=scene.twitches + twitches,
        contractions=scene.contractions + contractions,
        closures=scene.closures + closures,
        talks=scene.talks + talks,
    )


PATTERNS: Mapping[str, Callable[[Scene, Draw], Scene]] = MappingProxyType(
    {
        "none": _none,
        "fine_tremor": _fine_tremor,
        "fatigue": _fatigue,
        "fasciculation": _fasciculation,
        "hemifacial_spasm": _hemifacial_spasm,
        "blepharospasm": _blepharospasm,
        "synkinesis": _synkinesis,
        "smiling_tremor": _smiling_tremor,
        "slow_tremor": _slow_tremor,
        "blinks": _blinks,
        "talking": _talking,
        "wink": _wink,
    }
)
"""Patterns and confounders by name."""
