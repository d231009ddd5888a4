"""What limits a recording, in the words that the terminal, the page and the report share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tremorcam.dictionary import reasons

if TYPE_CHECKING:
    from tremorcam.data import Reason
    from tremorcam.publish.answer import Answer

_LABELS = {"ok": "good", "limited": "limited", "unusable": "unusable"}
_GRAVEST_FIRST = ("unusable", "limited", "note")


@dataclass(frozen=True)
class Limits:
    """A recording's quality in a word, a sentence and the reasons for it, gravest first."""

    label: str
    sentence: str
    reasons: tuple[Reason, ...]


def describe_limits(answer: Answer) -> Limits:
    """Put a recording's quality into words; each reason has a message."""
    quality = answer.analysis.quality
    told = [
        replace(reason, message=reason.message or reasons().get(reason.code, reason.code))
        for reason in quality.reasons
    ]
    told.sort(key=lambda reason: _GRAVEST_FIRST.index(reason.severity))
    return Limits(_LABELS[quality.status], _sentence(answer), tuple(told))


def _sentence(answer: Answer) -> str:
    quality = answer.analysis.quality
    if quality.status == "unusable":
        return "This recording cannot answer the question."
    if quality.status == "limited":
        return "Read the numbers with what limits them."
    if not answer.assessed:
        return "The pictures are good, but too little of a held smile could be measured."
    # What is only noted limits something, too: fewer seconds see less.
    if quality.reasons:
        return "The recording supports these numbers; a better one could tell more."
    return "Nothing limits what this recording can tell."
