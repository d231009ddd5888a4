"""From verdicts to findings: status, explanation, and which pattern is the clearest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from tremorcam.data import Finding
from tremorcam.interpret.judge import NOT_SO, Judge
from tremorcam.interpret.patterns import RULES
from tremorcam.interpret.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tremorcam.data import Evidence
    from tremorcam.interpret.criteria import Category
    from tremorcam.interpret.facts import Facts
    from tremorcam.interpret.patterns import Verdict

Status = Literal["consistent", "not_consistent", "not_assessable"]


def find(facts: Facts) -> tuple[Finding, ...]:
    """Compare a measurement with every pattern.

    Returns
    -------
    tuple of Finding
        One for each category, in their order.
    """
    judge = Judge(facts)
    verdicts = {category: rule(judge) for category, rule in RULES.items()}
    statuses = {category: _status(verdict, facts) for category, verdict in verdicts.items()}
    clearest = primary(statuses, facts.criteria.rivals)
    return tuple(
        Finding(
            category=category,
            status=statuses[category],
            primary=category == clearest,
            explanation=_explain(category, statuses[category], verdict, facts),
            evidence=(*verdict.needed, *map(_in_support, verdict.supporting)),
        )
        for category, verdict in verdicts.items()
    )


def primary(
    statuses: Mapping[Category, Status], rivals: Mapping[Category, tuple[Category, ...]]
) -> Category | None:
    """Name the clearest pattern, if there is one.

    It is the only consistent pattern of the article, or, where none of those is, the only
    consistent one beyond it; and none of its rivals may be not assessable, for then the
    rival could fit as well.
    """
    texts = load_texts().categories
    for beyond in (False, True):
        fitting = [
            category
            for category, status in statuses.items()
            if status == "consistent" and texts[category].beyond is beyond
        ]
        if fitting:
            open_rivals = [r for r in rivals[fitting[0]] if statuses[r] == "not_assessable"]
            return fitting[0] if len(fitting) == 1 and not open_rivals else None
    return None


def _status(verdict: Verdict, facts: Facts) -> Status:
    if verdict.fits is None or facts.quality.status == "unusable":
        return "not_assessable"
    return "consistent" if verdict.fits else "not_consistent"


def _in_support(piece: Evidence) -> Evidence:
    return replace(piece, description=f"In support: {_lower(piece.description)}")


def _explain(category: Category, status: Status, verdict: Verdict, facts: Facts) -> str:
    fits = load_texts().categories[category].fits
    if status == "consistent":
        return f"What was measured would fit {fits}."
    if status == "not_consistent":
        return f"What was measured does not look like {fits}. {_unmet(verdict)}"
    return f"Whether this looks like {fits} cannot be told{_for_lack(verdict, facts)}."


def _unmet(verdict: Verdict) -> str:
    """Say which criteria speak against it, the needed ones first of all."""
    pieces = [piece for piece in verdict.needed if piece.met is False]
    pieces = pieces or [piece for piece in verdict.supporting if piece.met is False]
    there = [piece for piece in pieces if piece.criterion.startswith("not ")]
    lacking = [piece for piece in pieces if piece not in there]
    texts = {"Not met": lacking, "Against it": there}
    return " ".join(
        f"{text}: {'; '.join(_held(piece) for piece in group)}."
        for text, group in texts.items()
        if group
    )


def _held(piece: Evidence) -> str:
    description = _lower(piece.description.removeprefix(NOT_SO))
    if piece.value is None:
        return description
    value = "below 0.001" if 0 < piece.value < 0.001 else f"{piece.value:.3g}"
    return f"{description}: {value} ({piece.limit})"


def _for_lack(verdict: Verdict, facts: Facts) -> str:
    """Name the qualities that take measured criteria away, else the criteria not measured."""
    unknown = [piece for piece in verdict.needed if piece.met is None]
    codes = dict.fromkeys(code for codes in facts.undermined.values() for code in codes)
    codes |= dict.fromkeys(r.code for r in facts.quality.reasons if r.severity == "unusable")
    if codes and any(piece.value is not None for piece in unknown):
        return f" because of the recording's quality ({', '.join(codes).replace('_', ' ')})"
    missing = "; ".join(_lower(piece.description) for piece in unknown)
    return f". Not known: {missing}" if missing else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
