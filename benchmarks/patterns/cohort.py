"""A cohort of smiles with known patterns: what each recording shows, drawn from sourced ranges.

The ranges come from what is published on people (see the comments), not from the thresholds
that interpret them. Odd recordings are for tuning, even ones for reporting.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from tremorcam.simulate import (
    Camera,
    Closure,
    Contraction,
    Encoding,
    Head,
    Light,
    Scene,
    Smile,
    Talk,
    Tremor,
    Twitches,
)
from tremorcam.simulate.motion import draw_twitches

PATTERNS = (
    "no_tremor", "muscle_fatigue", "generalized_tremor", "hemifacial_spasm", "synkinesis",
    "blepharospasm", "slow_tremor", "smiling_tremor",
)  # fmt: skip
SEVERITIES = ("mild", "moderate", "severe")
AMPLITUDE_MM = {"mild": (0.05, 0.1), "moderate": (0.1, 0.25), "severe": (0.25, 0.8)}
"""Peak amplitude of a tremor. No facial norm is published: from the smallest that issue is
taken with (0.1 mm peak to peak) to a plainly visible one."""
MOUTH_SPREAD = (("upper_lip", 0.8), ("cheek", 0.6))


@dataclass(frozen=True)
class Recording:
    """One recording of the cohort: what it shows and the scene that renders it."""

    name: str
    pattern: str
    severity: str
    half: str
    confounders: tuple[str, ...]
    scene: Scene


def mixtures(n_each: int, faces: tuple[str | None, ...], *, first: int = 0) -> list[Recording]:
    """Draw ``n_each`` recordings of every two patterns that are shown at once."""
    return [
        draw_mixture(shown, number, faces[(number // 2) % len(faces)])
        for number in range(first, first + n_each)
        for shown in MIXTURES
    ]


def draw_mixture(shown: str, number: int, face: str | None) -> Recording:
    """Draw one recording of two patterns, named with a plus between them."""
    seed = 1000 * number + 500 + list(MIXTURES).index(shown)
    rng = np.random.default_rng([seed, 77])
    severity = SEVERITIES[(number // 2) % 3]
    scene = _healthy(rng, seed, face, shown.partition("+")[0])
    for rule in MIXTURES[shown]:
        scene = rule(scene, severity, rng)
    half = "tuning" if number % 2 else "reported"
    return Recording(f"{shown}_{number:03d}", shown, severity, half, (), scene)


def cohort(n_each: int, faces: tuple[str | None, ...], *, first: int = 0) -> list[Recording]:
    """Draw ``n_each`` recordings of every pattern, faces and severities in turn."""
    return [
        draw(pattern, number, faces[(number // 2) % len(faces)])
        for number in range(first, first + n_each)
        for pattern in PATTERNS
    ]


def draw(pattern: str, number: int, face: str | None) -> Recording:
    """Draw one recording; the same pattern and number give the same one."""
    seed = 1000 * number + PATTERNS.index(pattern)
    rng = np.random.default_rng([seed, 77])
    severity = SEVERITIES[(number // 2) % 3]
    scene = _healthy(rng, seed, face, pattern)
    scene = _RULES[pattern](scene, severity, rng)
    scene, confounders = _confound(scene, pattern, rng)
    scene = replace(scene, pattern=pattern, severity=float(SEVERITIES.index(severity)))
    half = "tuning" if number % 2 else "reported"
    return Recording(f"{pattern}_{number:03d}", pattern, severity, half, confounders, scene)


# --- what everyone does --------------------------------------------------------------------


def _healthy(rng: np.random.Generator, seed: int, face: str | None, pattern: str) -> Scene:
    smiles = _protocol(rng, pattern)
    duration_s = smiles[-1].end_s + 3.0
    return Scene(
        duration_s=duration_s,
        face=face,
        seed=seed,
        smiles=smiles,
        closures=_blinks(rng, duration_s, rng.uniform(8.0, 21.0)),
        head=Head(sway_mm=rng.uniform(0.3, 1.2), sway_deg=rng.uniform(0.2, 0.6)),
        light=Light(read_noise=rng.uniform(0.5, 1.5), shot_noise=rng.uniform(0.8, 2.0)),
        camera=Camera(width_px=512, height_px=400, interocular_px=rng.uniform(100.0, 135.0)),
        # As a camera's own encoder does: quick, and generous with bits.
        encoding=Encoding(preset="ultrafast"),
    )


def _protocol(rng: np.random.Generator, pattern: str) -> tuple[Smile, ...]:
    """One long smile; or several for what shows only in them, and at times for its rivals."""
    if pattern == "synkinesis" and rng.uniform() < 0.5:
        return _smiles(rng, 3, hold_s=5.0)
    levels = pattern in ("no_tremor", "generalized_tremor") and rng.uniform() < 0.3
    if pattern == "smiling_tremor" or levels:
        half, full = _smiles(rng, 2, hold_s=7.0)
        return (_weaker(half, rng.uniform(0.4, 0.65)), full)
    return _smiles(rng, 1, hold_s=11.0)


def _weaker(smile: Smile, share: float) -> Smile:
    return replace(
        smile,
        left_mm=share * smile.left_mm,
        right_mm=share * smile.right_mm,
        narrowing_left=share * smile.narrowing_left,
        narrowing_right=share * smile.narrowing_right,
    )


def _smiles(rng: np.random.Generator, n: int, *, hold_s: float) -> tuple[Smile, ...]:
    # Excursion 7-22 mm, mostly 10-15 (Paletz 1994); sides differ by 0.5-2.3 mm (Coulson 2002);
    # the eye narrows by 21.6 +- 13.4 % (lary.23778), both alike (r = 0.8, assumed).
    mean_mm, apart_mm = rng.uniform(7.0, 15.0), rng.normal(0.0, 1.0)
    common, own = rng.normal(size=1), rng.normal(size=2)
    narrowing = np.clip(0.2156 + 0.1338 * (np.sqrt(0.8) * common + np.sqrt(0.2) * own), 0.0, 0.5)
    smiles, at_s = [], rng.uniform(4.0, 5.0)
    for _ in range(n):
        smile = Smile(
            start_s=at_s,
            end_s=at_s + 0.6 + hold_s,
            left_mm=max(mean_mm + apart_mm / 2, 3.0),
            right_mm=max(mean_mm - apart_mm / 2, 3.0),
            narrowing_left=float(narrowing[0]),
            narrowing_right=float(narrowing[1]),
        )
        smiles.append(smile)
        at_s = smile.end_s + smile.offset_s + rng.uniform(2.5, 3.5)
    return tuple(smiles)


def _blinks(
    rng: np.random.Generator, duration_s: float, rate_per_min: float
) -> tuple[Closure, ...]:
    # 8.0-21.0 a minute in silent gaze (Doughty 2001); up to 0.5 s long (Stern 1984); often
    # incomplete (Sforza 2008).
    starts = _event_times(rng, 0.5, duration_s - 1.0, rate_per_min, apart_s=1.0)
    return tuple(
        Closure("both", at, at + rng.uniform(0.2, 0.4), depth=rng.uniform(0.75, 1.0))
        for at in starts
    )


def _event_times(
    rng: np.random.Generator, start_s: float, end_s: float, rate_per_min: float, *, apart_s: float
) -> list[float]:
    """Draw a Poisson process whose events keep a distance."""
    times: list[float] = []
    at = start_s + rng.exponential(60.0 / rate_per_min)
    while at < end_s:
        if not times or at - times[-1] >= apart_s:
            times.append(float(at))
        at += rng.exponential(60.0 / rate_per_min)
    return times


# --- the patterns --------------------------------------------------------------------------


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
    times = _event_times(rng, 1.0, scene.duration_s - 2.5, rate, apart_s=1.2)
    while len(times) < 4:
        times = _event_times(rng, 1.0, scene.duration_s - 2.5, rate, apart_s=1.2)
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
        times = _event_times(rng, 1.0, scene.duration_s - 4.5, rng.uniform(6, 15), apart_s=5.0)
    spasms = tuple(
        Closure("both", at, at + rng.uniform(*lasts_s), depth=rng.uniform(0.8, 1.0),
                clonic_hz=rng.choice([0.0, 4.0]), clonic_depth=0.1, event="eyelid_spasm")
        for at in times
    )  # fmt: skip
    blinks = _blinks(rng, scene.duration_s, rng.uniform(27.0, 45.0))
    kept = tuple(b for b in blinks if all(not -0.6 < b.start_s - s.start_s < 5.0 for s in spasms))
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


_RULES = {
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


# --- what else happens ---------------------------------------------------------------------


def _confound(
    scene: Scene, pattern: str, rng: np.random.Generator
) -> tuple[Scene, tuple[str, ...]]:
    """Add what is no pattern: talking before the smile, a wink on purpose, head, lights."""
    draws = rng.uniform(size=4)
    names = []
    if draws[0] < 0.15:
        names.append("talk")
        scene = replace(scene, talks=(Talk(0.5, 2.5),))
    if draws[1] < 0.15 and pattern not in ("hemifacial_spasm", "blepharospasm"):
        names.append("wink")
        scene = _wink(scene, rng)
    if draws[2] < 0.15:
        names.append("head_tremor")
        head = replace(scene.head, tremor_hz=rng.uniform(3.0, 7.0), tremor_mm=rng.uniform(0.2, 0.8))
        scene = replace(scene, head=head)
    if draws[3] < 0.15:
        names.append("flicker")
        scene = replace(scene, light=replace(scene.light, flicker_hz=100.0, flicker_depth=0.03))
    return scene, tuple(names)


def _wink(scene: Scene, rng: np.random.Generator) -> Scene:
    """One wink on purpose in the rest before the smile; the cheek and mouth rise with it."""
    side = str(rng.choice(["left", "right"]))
    at, lasts_s = rng.uniform(1.0, 2.3), rng.uniform(0.4, 0.9)
    lid = Closure(side, at, at + lasts_s, event="wink", close_s=0.15, open_s=0.2)  # type: ignore[arg-type]
    pull = Contraction("cheek", side, at, at + lasts_s, mm=2.0, event="")  # type: ignore[arg-type]
    clear = tuple(c for c in scene.closures if abs(c.start_s - at) > 1.2)
    return replace(scene, closures=(*clear, lid), contractions=(*scene.contractions, pull))
