"""A cohort of smiles with known patterns: what each recording shows, drawn from sourced ranges.

The ranges come from what is published on people (see the comments), not from the thresholds
that interpret them. Odd recordings are for tuning, even ones for reporting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from people import healthy
from rules import MIXTURES, RULES

from tremorcam.simulate import Closure, Contraction, Scene, Talk

PATTERNS = (
    "no_tremor", "muscle_fatigue", "generalized_tremor", "hemifacial_spasm", "synkinesis",
    "blepharospasm", "slow_tremor", "smiling_tremor",
)  # fmt: skip
SEVERITIES = ("mild", "moderate", "severe")


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
    scene = healthy(rng, seed, face, shown.partition("+")[0])
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
    scene = healthy(rng, seed, face, pattern)
    scene = RULES[pattern](scene, severity, rng)
    scene, confounders = _confound(scene, pattern, rng)
    scene = replace(scene, pattern=pattern, severity=float(SEVERITIES.index(severity)))
    half = "tuning" if number % 2 else "reported"
    return Recording(f"{pattern}_{number:03d}", pattern, severity, half, confounders, scene)


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
