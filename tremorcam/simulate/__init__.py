"""Render videos of a real face photograph whose every motion is known exactly."""

from tremorcam.simulate.presets import simulate, smile_scene
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
    "Camera", "Closure", "Contraction", "Encoding", "Head", "Light", "Scene", "Smile", "Talk",
    "Tremor", "Truth", "Twitches", "render", "simulate", "smile_scene", "truth_path",
]  # fmt: skip
