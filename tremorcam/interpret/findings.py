"""From verdicts to findings: status, explanation, and which pattern is the clearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tremorcam.data import Finding
from tremorcam.interpret.judge import Judge
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
            evidence=verdict.evidence,
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


def _explain(category: Category, status: Status, verdict: Verdict, facts: Facts) -> str:
    fits = load_texts().categories[category].fits
    if status == "consistent":
        return f"What was measured would fit {fits}."
    if status == "not_consistent":
        unmet = [piece for piece in verdict.evidence if piece.met is False]
        return f"What was measured does not look like {fits}{_because(unmet)}."
    return f"Whether this looks like {fits} cannot be told{_for_lack(verdict, facts)}."


def _because(unmet: list[Evidence]) -> str:
    return "; not met: " + "; ".join(_lower(piece.description) for piece in unmet) if unmet else ""


def _for_lack(verdict: Verdict, facts: Facts) -> str:
    codes = dict.fromkeys(code for codes in facts.undermined.values() for code in codes)
    codes |= dict.fromkeys(r.code for r in facts.quality.reasons if r.severity == "unusable")
    if codes:
        return " because of the recording's quality (" + ", ".join(codes) + ")"
    unknown = [piece for piece in verdict.evidence if piece.met is None]
    if not unknown:
        return ""
    return "; not assessable: " + "; ".join(_lower(piece.description) for piece in unknown)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
