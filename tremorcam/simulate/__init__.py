"""Render videos of a real face photograph whose every motion is known exactly."""

from tremorcam.simulate.patterns import PATTERNS, add_pattern
from tremorcam.simulate.presets import exact_tremor, simulate, smile_scene
from tremorcam.simulate.render import render
from tremorcam.simulate.scene import (
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
from tremorcam.simulate.truth import Truth, truth_path

__all__ = [
    "PATTERNS", "Camera", "Closure", "Contraction", "Encoding", "Head", "Light", "Scene", "Smile",
    "Talk", "Tremor", "Truth", "Twitches", "add_pattern", "exact_tremor", "render", "simulate",
    "smile_scene", "truth_path",
]  # fmt: skip
