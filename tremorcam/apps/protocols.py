"""The guided smile tests that the page and the laboratory recorder walk a person through."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SMILES = ("gentle_smile", "full_smile")
RESTS = ("neutral", "rest")
EYE_CLOSURE = "eye_closure"


@dataclass(frozen=True)
class Step:
    """One thing to do and for how long; ``task`` becomes the cue that is stored."""

    task: str
    duration_s: float
    say: str
    hint: str


@dataclass(frozen=True)
class Protocol:
    """A guided test."""

    name: str
    title: str
    about: str
    steps: tuple[Step, ...]

    @property
    def duration_s(self) -> float:
        """Length of the whole test without pauses, in seconds."""
        return sum(step.duration_s for step in self.steps)


@cache
def load_protocols() -> Mapping[str, Protocol]:
    """Read the packaged tests, by name."""
    text = (resources.files("tremorcam.apps") / "protocols.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            name: Protocol(
                name=name,
                title=entry["title"],
                about=entry["about"],
                steps=tuple(Step(**step) for step in entry["steps"]),
            )
            for name, entry in tomllib.loads(text).items()
        }
    )


def phase_cues(cues: Iterable[Mapping[str, Any]]) -> list[tuple[str, float, float, int]]:
    """Translate what a test asked for into the phases that measuring knows.

    Parameters
    ----------
    cues : iterable of mapping
        ``task``, ``onset_s`` and ``offset_s``, as stored with a recording.

    Returns
    -------
    list of (phase, onset_s, offset_s, smile)
        Smiles are numbered from 1 on. Eye closures that were asked for are handed on, so that
        they are not taken for events; other tasks are left out.
    """
    phases: list[tuple[str, float, float, int]] = []
    n_smiles = 0
    for cue in cues:
        span = (float(cue["onset_s"]), float(cue["offset_s"]))
        if cue["task"] in SMILES:
            n_smiles += 1
            phases.append(("hold", *span, n_smiles))
        elif cue["task"] in RESTS:
            phases.append(("neutral", *span, 0))
        elif cue["task"] == EYE_CLOSURE:
            phases.append((EYE_CLOSURE, *span, 0))
    return phases
