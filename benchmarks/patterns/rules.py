"""What each pattern adds to a healthy recording, drawn from published ranges."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from people import blinks, event_times

from tremorcam.simulate import Closure, Contraction, Scene, Smile, Tremor, Twitches
from tremorcam.simulate.motion import draw_twitches

AMPLITUDE_MM = {"mild": (0.05, 0.1), "moderate": (0.1, 0.25), "severe": (0.25, 0.8)}
"""Peak amplitude of a tremor. No facial norm is published: from the smallest that issue is
taken with (0.1 mm peak to peak) to a plainly visible one."""
MOUTH_SPREAD = (("upper_lip", 0.8), ("cheek", 0.6))


def _no_tremor(scene: Scene, _severity: str, _rng: np.random.Generator) -> Scene:
    return scene


def _generalized(scene: Scene, severity: str, rng: np.random.Generator) -> Scene:
    # Jaw 6-8 Hz (Sowman 2008), physiological 8-12 Hz (Luft 2019); 30 pictures a second show
    # up to 12 Hz, kept clear of by half a hertz. Even essential tremor is uneven (Farkas 2006).
    tremor = Tremor(
        "mouth_corner",
        "both",
        hz=rng.uniform(6.0, 11.5),
        mm=rng.uniform(*AMPLITUDE_MM[severity]),
        axis_deg=rng.uniform(30.0, 120.0),
        when="smile",
        growth=rng.uniform(0.85, 1.2),
        spread=MOUTH_SPREAD,
        right_gain=float(np.exp(rng.normal(0.0, 0.25))),
        right_lag_s=rng.uniform(0.0, 0.05),
        frequency_sd_hz=rng.uniform(0.05, 0.3),
        amplitude_cv=rng.uniform(0.05, 0.25),
    )
    return replace(scene, tremors=(tremor,))


def _fatigue(scene: Scene, severity: str, rng: np.random.Generator) -> Scene:
    return (_growing if rng.uniform() < 0.5 else _twitching)(scene, severity, rng)


def _growing(scene: Scene, severity: str, rng: np.random.Generator) -> Scene:
    # Amplitude grows up to tenfold with fatigue (limb; Lippold); the frequencies are kept.
    low_mm, high_mm = AMPLITUDE_MM[severity]
    tremor = Tremor(
        "mouth_corner",
        str(rng.choice(["left", "right", "both"])),  # type: ignore[arg-type]
        hz=rng.uniform(6.0, 11.5),
        mm=rng.uniform(1.5 * low_mm, 1.5 * high_mm),
        axis_deg=rng.uniform(30.0, 120.0),
        growth=float(np.exp(rng.uniform(np.log(3.0), np.log(10.0)))),
        spread=MOUTH_SPREAD,
        frequency_sd_hz=rng.uniform(0.05, 0.3),
        amplitude_cv=rng.uniform(0.05, 0.25),
    )
    return replace(scene, tremors=(tremor,))


def _twitching(scene: Scene, severity: str, rng: np.random.Generator) -> Scene:
    # Fasciculation 0.1-10 Hz, 0.1-0.5 s (textbook); fewer than five of a side show no pattern.
    mm = {"mild": (0.3, 0.6), "moderate": (0.6, 1.2), "severe": (1.2, 2.5)}[severity]
    hold_s = sum(smile.hold[1] - smile.hold[0] for smile in scene.smiles)
    twitches = Twitches(
        str(rng.choice(["mouth_corner", "cheek"])),
        str(rng.choice(["left", "right", "both"])),  # type: ignore[arg-type]
        rate_hz=max(float(np.exp(rng.uniform(np.log(0.3), np.log(2.5)))), 5.0 / hold_s),
        mm=rng.uniform(*mm),
        growth=rng.uniform(1.0, 3.0),
    )
    scene = replace(scene, twitches=(twitches,))
    while max(Counter(t.patch.key for t in draw_twitches(scene)).values(), default=0) < 5:
        scene = replace(scene, seed=scene.seed + 1_000_000)
    return scene


def _orbicularis(
    side: str, span_s: tuple[float, float], rise_s: float, fall_s: float, closes: float,
    *, brow: float = -1.0,
) -> tuple[Contraction, ...]:  # fmt: skip
    """Skin that goes along where the muscle around the eye closes it, unlike in a blink.

    The lower lid and the cheek rise, the brow sinks; a photograph of which only the lid
    slides down is a drooping lid, which no spasm makes. No size in millimetres is published:
    what a full squeeze does here is a choice.
    """
    pulls = (("lower_lid", 2.5), ("cheek", 3.0), ("brow", 2.5 * brow))
    return tuple(
        Contraction(
            region,
            side,  # type: ignore[arg-type]
            *span_s,
            mm=abs(mm) * closes,
            axis_deg=90.0 if mm > 0 else -90.0,
            rise_s=rise_s,
            fall_s=fall_s,
            event="",
        )
        for region, mm in pulls
    )


def _hemifacial(scene: Scene, severity: str, rng: np.random.Generator) -> Scene:
    # One-sided lid events 0.3-24.7 a minute (Osaki 2020), weaker than blinks; the mouth joins in
    # 93 % (mdc3.12106), 9-35 ms later when stimulated, 0-70 ms here; clonic runs of 5-20 Hz, of
    # which 30 pictures a second show up to 12. A recording with under three shows no pattern.
    side = str(rng.choice(["left", "right"]))
    strength = {"mild": 0.0, "moderate": 0.5, "severe": 1.0}[severity]
    spreads = rng.uniform() < 0.934
    # The brow rises with the eye's closure in 68 % (Rodrigues 2017), else it sinks.
    brow = 1.0 if rng.uniform() < 0.68 else -1.0
    rate = float(np.exp(rng.uniform(np.log(9.0), np.log(24.7))))
    times = event_times(rng, 1.0, scene.duration_s - 2.5, rate, apart_s=1.2)
    while len(times) < 4:
        times = event_times(rng, 1.0, scene.duration_s - 2.5, rate, apart_s=1.2)
    closures, pulls = [], []
    for at in times:
        lid, pull = _spasm(rng, side, at, strength)
        closures.append(lid)
        span_s = (lid.start_s, lid.end_s)
        pulls += _orbicularis(side, span_s, lid.close_s, lid.open_s, lid.depth, brow=brow)
        if spreads:
            pulls.append(pull)
    kept = tuple(c for c in scene.closures if min(abs(c.start_s - at) for at in times) > 0.8)
    return replace(scene, closures=(*kept, *closures), contractions=tuple(pulls))


def _spasm(
    rng: np.random.Generator, side: str, at_s: float, strength: float
) -> tuple[Closure, Contraction]:
    lasts_s = rng.uniform(0.15, 1.0)
    clonic_hz = rng.uniform(5.0, 12.0) if lasts_s > 0.4 and rng.uniform() < 0.6 else 0.0
    depth = rng.uniform(0.3, 0.8)
    lid = Closure(
        side,  # type: ignore[arg-type]
        at_s,
        at_s + lasts_s,
        depth=min(0.25 + 0.25 * strength + rng.uniform(0.0, 0.3), 1.0),
        close_s=rng.uniform(0.06, 0.12),
        open_s=rng.uniform(0.08, 0.15),
        clonic_hz=clonic_hz,
        clonic_depth=depth,
        event="eyelid_spasm",
    )
    late_s = rng.uniform(0.0, 0.07)
    pull = Contraction(
        "mouth_corner",
        side,  # type: ignore[arg-type]
        at_s + late_s,
        at_s + late_s + lasts_s,
        mm=rng.uniform(0.6, 1.5) + 2.0 * strength * rng.uniform(),
        axis_deg=rng.uniform(20.0, 70.0),
        clonic_hz=clonic_hz,
        clonic_depth=depth,
        spread=(("cheek", 0.8), ("upper_lip", 0.6)),
    )
    return lid, pull


def _synkinesis(scene: Scene, severity: str, rng: np.random.Generator) -> Scene:
    # 2 mm of a 9.7-10.2 mm aperture is what observers see (Hohman 2014; Read 2006): 20 points.
    # The published mean difference of 11 points (lary.23778) cannot be told from health by
    # anyone; see the remark in docs/patterns.md.
    extra = {"mild": (0.2, 0.3), "moderate": (0.3, 0.45), "severe": (0.45, 0.6)}[severity]
    side, more = str(rng.choice(["left", "right"])), rng.uniform(*extra)

    def narrowed(smile: Smile) -> Smile:
        base = smile.narrowing_right if side == "left" else smile.narrowing_left
        value = float(np.clip(base + more * rng.uniform(0.9, 1.1), 0.0, 0.9))
        return replace(smile, **{f"narrowing_{side}": value})  # type: ignore[arg-type]

    pulls = [
        pull
        for smile in scene.smiles
        for pull in _orbicularis(
            side, (smile.start_s, smile.end_s + smile.offset_s), smile.onset_s, smile.offset_s, more
        )
    ]
    smiles = tuple(map(narrowed, scene.smiles))
    return replace(scene, smiles=smiles, contractions=tuple(pulls))


def _blepharospasm(scene: Scene, severity: str, rng: np.random.Generator) -> Scene:
    # Spasms of more than 1 s (Jankovic scale, 3), prolonged from 3 s (Defazio 2015); more than
    # 27 blinks a minute at rest (Bentivoglio 2006).
    lasts_s = {"mild": (1.2, 2.0), "moderate": (1.5, 3.0), "severe": (2.5, 4.0)}[severity]
    times: list[float] = []
    while len(times) < 2:
        times = event_times(rng, 1.0, scene.duration_s - 4.5, rng.uniform(6, 15), apart_s=5.0)
    spasms = tuple(
        Closure("both", at, at + rng.uniform(*lasts_s), depth=rng.uniform(0.8, 1.0),
                clonic_hz=rng.choice([0.0, 4.0]), clonic_depth=0.1, event="eyelid_spasm")
        for at in times
    )  # fmt: skip
    often = blinks(rng, scene.duration_s, rng.uniform(27.0, 45.0))
    kept = tuple(b for b in often if all(not -0.6 < b.start_s - s.start_s < 5.0 for s in spasms))
    pulls = [
        pull
        for spasm in spasms
        for pull in _orbicularis(
            "both", (spasm.start_s, spasm.end_s), spasm.close_s, spasm.open_s, spasm.depth
        )
    ]
    return replace(scene, closures=(*kept, *spasms), contractions=tuple(pulls))


def _slow(scene: Scene, severity: str, rng: np.random.Generator) -> Scene:
    # Parkinson 4-7 Hz at lips and jaw (PMC12219005), dystonic 3-6.5 Hz, rabbit 4-6 Hz; slower
    # than 6 Hz by the pattern's name.
    low_mm, high_mm = AMPLITUDE_MM[severity]
    tremor = Tremor(
        str(rng.choice(["chin", "lower_lip"])),
        "both",
        hz=rng.uniform(3.5, 5.8),
        mm=rng.uniform(2 * low_mm, 2 * high_mm),
        when="always",
        frequency_sd_hz=rng.uniform(0.05, 0.2),
        amplitude_cv=rng.uniform(0.05, 0.25),
    )
    return replace(scene, tremors=(tremor,))


def _smiling(scene: Scene, severity: str, rng: np.random.Generator) -> Scene:
    # Isolated smiling tremor: 8-10 Hz, irregular, both sides, in moderate smiles and not in
    # full ones (Radmard 2024, PMC10883399; n = 4). No size is published.
    moderate, _ = scene.smiles
    tremor = Tremor(
        "mouth_corner",
        "both",
        hz=rng.uniform(8.2, 9.8),
        mm=rng.uniform(*AMPLITUDE_MM[severity]),
        axis_deg=rng.uniform(30.0, 120.0),
        when=(moderate.hold,),
        spread=MOUTH_SPREAD,
        right_gain=float(np.exp(rng.normal(0.0, 0.25))),
        right_lag_s=rng.uniform(0.0, 0.05),
        frequency_sd_hz=rng.uniform(0.1, 0.3),
        amplitude_cv=rng.uniform(0.1, 0.3),
    )
    return replace(scene, tremors=(tremor,))


RULES = {
    "no_tremor": _no_tremor,
    "muscle_fatigue": _fatigue,
    "generalized_tremor": _generalized,
    "hemifacial_spasm": _hemifacial,
    "synkinesis": _synkinesis,
    "blepharospasm": _blepharospasm,
    "slow_tremor": _slow,
    "smiling_tremor": _smiling,
}
MIXTURES = {
    "synkinesis+muscle_fatigue": (_synkinesis, _twitching),
    "blepharospasm+muscle_fatigue": (_blepharospasm, _growing),
    "blepharospasm+generalized_tremor": (_blepharospasm, _generalized),
    "hemifacial_spasm+generalized_tremor": (_hemifacial, _generalized),
}
"""What a person may show at once, as the rules are applied: the lids first."""
