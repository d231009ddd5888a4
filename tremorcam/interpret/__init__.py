"""What a measurement resembles: findings with their evidence, and plain words.

It reads measures, events, phases and quality, and knows no signals. A recording's context
(:class:`Context`) orders contributors and warning signs; it never changes a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tremorcam.interpret.context import Context, load_context, parse_context
from tremorcam.interpret.criteria import Criteria, Criterion, load_criteria, parse_criteria
from tremorcam.interpret.facts import Facts
from tremorcam.interpret.findings import find
from tremorcam.interpret.patterns import BEYOND_ARTICLE, CATEGORIES
from tremorcam.interpret.wording import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tremorcam.data import Finding
    from tremorcam.interpret.tables import Measured

__all__ = [
    "BEYOND_ARTICLE", "CATEGORIES", "Context", "Criteria", "Criterion", "Interpretation",
    "interpret", "load_context", "load_criteria", "parse_context", "parse_criteria",
]  # fmt: skip


@dataclass(frozen=True)
class Interpretation:
    """Findings, one for each category, and the words for them.

    ``words`` holds ``answer``, ``lay`` and ``clinician`` (text) and ``red_flags``,
    ``red_flags_named``, ``cannot_tell``, ``contributors`` and ``advice`` (lists of text).
    """

    findings: tuple[Finding, ...]
    words: Mapping[str, Any]


def interpret(
    measurement: Measured,
    *,
    context: Context | Mapping[str, Any] | None = None,
    criteria: Criteria | None = None,
) -> Interpretation:
    """Compare a measurement with the article's patterns.

    Parameters
    ----------
    measurement
        Anything with ``phases``, ``measures``, ``events``, ``vetoes`` and ``quality``: what
        measuring gives, or a saved analysis.
    context : Context or mapping, optional
        What the person told; a mapping is checked by :func:`parse_context`.
    criteria : Criteria, optional
        Other thresholds than the packaged ones.

    Raises
    ------
    InputError
        If the context holds answers that are not understood.
    """
    if not isinstance(context, Context):
        context = parse_context(context or {})
    facts = Facts(measurement, criteria or load_criteria())
    findings = find(facts)
    return Interpretation(findings=findings, words=words(facts, findings, context))
