"""The thresholds of ``criteria.toml``, checked once and read by name."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Aspect = Literal[
    "faint", "rhythm", "unseen", "frequency", "fine_frequency", "lids", "sides", "course", "smile"
]
Relation = Literal["at_least", "at_most", "above", "below", "within"]
Category = Literal[
    "muscle_fatigue", "generalized_tremor", "blepharospasm", "hemifacial_spasm",
    "synkinesis", "no_tremor", "smiling_tremor", "slow_tremor",
]  # fmt: skip
Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Criterion(_Frozen):
    """One threshold: what it means, its value and unit, where it comes from, how sure it is.

    ``provisional`` marks engineering choices that wait for data of healthy people.
    """

    text: str = Field(min_length=1)
    relation: Relation
    value: Finite
    upper: Finite | None = None
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1)
    confidence: Literal["high", "medium", "low"]
    provisional: bool

    @model_validator(mode="after")
    def _bounds_agree(self) -> Criterion:
        if (self.relation == "within") != (self.upper is not None):
            raise ValueError("'upper' goes with the relation 'within', and only with it")
        if self.upper is not None and self.upper <= self.value:
            raise ValueError(f"'upper' ({self.upper}) should exceed 'value' ({self.value})")
        return self

    @property
    def limit(self) -> str:
        """The threshold in words: its relation, value and unit."""
        upper = "" if self.upper is None else f" to {self.upper:g}"
        unit = "" if self.unit == "1" else f" {self.unit.removeprefix('1')}"
        return f"{self.relation.replace('_', ' ')} {self.value:g}{upper}{unit}"

    def met_by(self, value: float) -> bool | None:
        """Hold a value against the threshold; ``None`` where the value is NaN."""
        if math.isnan(value):
            return None
        if self.relation == "within":
            return self.upper is not None and self.value <= value <= self.upper
        return {
            "at_least": value >= self.value,
            "at_most": value <= self.value,
            "above": value > self.value,
            "below": value < self.value,
        }[self.relation]


class Doubt(_Frozen):
    """What a quality reason takes away from what can be said.

    Where ``below`` (or ``above``) is given, it holds only for reasons whose value is under
    (over) it, or is not given.
    """

    code: str
    undermines: tuple[Aspect, ...] = Field(min_length=1)
    why: str = Field(min_length=1)
    below: Finite | None = None
    above: Finite | None = None

    def concerns(self, value: float | None) -> bool:
        """Whether a reason with that value falls under it."""
        if value is None or math.isnan(value):
            return True
        under = self.below is None or value < self.below
        return under and (self.above is None or value > self.above)


class Criteria(_Frozen):
    """All thresholds by name, what each quality reason undermines, and rival patterns."""

    version: int
    criteria: dict[str, Criterion]
    doubts: tuple[Doubt, ...]
    rivals: dict[Category, tuple[Category, ...]]

    def __getitem__(self, name: str) -> Criterion:
        return self.criteria[name]


def parse_criteria(text: str) -> Criteria:
    """Read thresholds from TOML text of the form of the packaged ``criteria.toml``.

    Raises
    ------
    ValueError
        If the text is no TOML, or names every entry that is missing, superfluous or wrong.
    """
    return Criteria.model_validate(tomllib.loads(text))


@cache
def load_criteria() -> Criteria:
    """Return the packaged thresholds, read and checked once."""
    source = resources.files("tremorcam.interpret").joinpath("criteria.toml")
    return parse_criteria(source.read_text(encoding="utf-8"))
