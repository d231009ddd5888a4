"""The sentences of ``words.toml``, checked once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from tremorcam.interpret.criteria import Category


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CategoryText(_Frozen):
    """How a pattern is called, what it would fit, and what the article says of it."""

    label: str
    fits: str
    article: str
    beyond: bool


class RedFlag(_Frozen):
    """A reason to see a doctor, and the answers and findings that name it."""

    text: str
    level: Literal["emergency", "urgent", "soon"]
    when: tuple[str, ...]


class CannotTell(_Frozen):
    """What a video, or this one, cannot tell."""

    always: tuple[str, ...]
    no_rest: str
    no_repeat: str
    no_growth: str
    no_levels: str
    short_blinks: str
    on_purpose: str


class ContributorText(_Frozen):
    """A possible contributor to fine tremor, and its reason where nothing was told."""

    label: str
    plain: str


class Texts(_Frozen):
    """All sentences; see ``words.toml``."""

    categories: dict[str, CategoryText]
    red_flags: tuple[RedFlag, ...]
    cannot_tell: CannotTell
    contributors: dict[str, ContributorText]
    medication: dict[str, tuple[str, ...]]
    advice: dict[str, str]

    @model_validator(mode="after")
    def _every_category(self) -> Texts:
        if set(self.categories) != set(get_args(Category)):
            raise ValueError(f"'categories' should be {', '.join(get_args(Category))}")
        return self


@cache
def load_texts() -> Texts:
    """Return the packaged sentences, read and checked once."""
    source = resources.files("tremorcam.interpret").joinpath("words.toml")
    return Texts.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
