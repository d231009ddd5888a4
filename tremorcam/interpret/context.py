"""What the person tells: it orders possible contributors and highlights warning signs.

A context never changes a measurement, and no finding looks at it.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tremorcam.data import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

Symptom = Literal[
    "weakness", "numbness", "pain", "vision_change", "hearing_change",
    "sudden_droop", "speech_or_limb", "worst_headache", "drowsy",
    "cannot_close_eye", "double_vision", "drooping_lid", "swallowing_or_breathing",
    "unequal_pupil", "spreads_to_cheek", "eyes_close", "constant_rippling", "shakes_at_rest",
]  # fmt: skip


class Context(BaseModel):
    """Answers to the context questions; all are optional, none is guessed.

    A context file (TOML or JSON) holds these names. ``symptoms`` takes the words listed in
    :data:`Symptom`, ``medication`` any names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    caffeine_mg: Annotated[float, Field(ge=0, le=5000)] | None = None
    """Caffeine in the six hours before the recording; a cup of coffee holds about 90 mg."""
    sleep_h: Annotated[float, Field(ge=0, le=24)] | None = None
    """Hours of sleep last night."""
    stress_0_10: Annotated[float, Field(ge=0, le=10)] | None = None
    """Stress now, from 0 (none) to 10 (the worst)."""
    fluids: Literal["little", "usual", "plenty"] | None = None
    """How much the person drank today."""
    electrolytes_low: bool | None = None
    """Whether a blood test showed low magnesium or potassium."""
    smiled_long: bool | None = None
    """Whether long smiling or laughing came just before."""
    medication: tuple[str, ...] = ()
    """Names of medicines taken."""
    duration_days: Annotated[float, Field(ge=0, le=40000)] | None = None
    """For how many days the shaking has been there."""
    persistent: bool | None = None
    """Whether it is there on most days."""
    worsening: bool | None = None
    """Whether it gets worse over time."""
    bells_palsy_past: bool | None = None
    """Whether there was a facial palsy before."""
    bells_palsy_side: Literal["left", "right"] | None = None
    """On which side, the person's own."""
    botulinum_date: dt.date | None = None
    """Date of the last botulinum toxin injection in the face."""
    symptoms: tuple[Symptom, ...] = ()
    """What else there is."""

    def told(self) -> dict[str, Any]:
        """Return what was answered, as values that JSON can hold."""
        return self.model_dump(mode="json", exclude_defaults=True)


def parse_context(answers: Mapping[str, Any]) -> Context:
    """Check answers against the questions.

    Raises
    ------
    InputError
        Naming every answer that is not understood, and what was expected.
    """
    try:
        return Context.model_validate(dict(answers))
    except ValidationError as error:
        faults = "; ".join(_fault(dict(entry)) for entry in error.errors())
        raise InputError(f"context: {faults}") from None


def load_context(path: str | Path) -> Context:
    """Read a context file, TOML or JSON by its suffix.

    Raises
    ------
    InputError
        If the file cannot be read, is neither, or holds answers that are not understood.
    """
    path = Path(path)
    readers = {".toml": tomllib.loads, ".json": json.loads}
    if path.suffix.lower() not in readers:
        raise InputError(f"context: {path.name} should end in .toml or .json")
    try:
        answers = readers[path.suffix.lower()](path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"context: {path.name} cannot be read ({error.strerror})") from None
    except ValueError as error:  # also TOML, JSON and Unicode errors
        kind = path.suffix[1:].upper()
        raise InputError(f"context: {path.name} is no valid {kind}: {error}") from None
    if not isinstance(answers, dict):
        raise InputError(f"context: {path.name} should hold names with values, as in sleep_h = 7")
    return parse_context(answers)


def _fault(entry: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in entry["loc"])
    if entry["type"] == "extra_forbidden":
        known = ", ".join(Context.model_fields)
        return f"{name!r} is not known; the questions are {known}"
    return f"{name} is {entry['input']!r}: {entry['msg']}"
