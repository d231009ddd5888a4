"""Holding readings against criteria: one piece of evidence each."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tremorcam.data import Evidence
from tremorcam.interpret.logic import all_of, negate
from tremorcam.interpret.tables import Reading

if TYPE_CHECKING:
    from tremorcam.interpret.criteria import Aspect
    from tremorcam.interpret.facts import Facts
    from tremorcam.interpret.logic import Truth
    from tremorcam.interpret.tremor import Peak


NOT_SO = "Not so: "
"""Before a criterion's text where what it describes speaks against a pattern."""


class Judge:
    """Makes evidence, with an eye on what the recording's quality takes away.

    Parameters
    ----------
    facts : Facts
        The measurement, with the criteria and the aspects its quality undermines.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def present(
        self,
        name: str,
        reading: Reading,
        *aspects: Aspect,
        hidden_by: tuple[Aspect, ...] = ("faint", "unseen"),
        where: str = "",
    ) -> Evidence:
        """Judge whether something was seen: a "no" counts only where nothing could hide it.

        Parameters
        ----------
        name : str
            Name of a criterion.
        reading : Reading
            What was measured; unknown values are not assessable.
        *aspects
            What the answer rests on; if quality undermines one, it is not assessable.
        hidden_by : tuple
            Aspects without which a "no" is not assessable, while a "yes" stands.
        where : str
            Said with the criterion's text, such as ``left``.
        """
        met = self._met(name, reading, *aspects)
        if met is False and any(map(self._lost, hidden_by)):
            met = None
        return self._evidence(name, reading, met, where)

    def state(self, name: str, reading: Reading, *aspects: Aspect, where: str = "") -> Evidence:
        """Judge a property of what was seen, true or false alike."""
        return self._evidence(name, reading, self._met(name, reading, *aspects), where)

    def significant(self, peak: Peak, *aspects: Aspect) -> Evidence:
        """Judge whether a region shakes: significant, and called a tremor by the measurement."""
        reading = peak.p_value
        if not reading.known:
            reading = replace(reading, reference=peak.frequency.reference)
        hiding: tuple[Aspect, ...] = ("faint", "rhythm", "unseen")
        evidence = self.present(
            "tremor.p_value", reading, "frequency", *aspects, hidden_by=hiding, where=peak.place
        )
        if peak.measured and not peak.detected and self._assessable("frequency", *aspects):
            return replace(evidence, met=None if any(map(self._lost, hiding)) else False)
        if peak.detected and not reading.known:
            met = True if self._assessable("frequency", *aspects) else None
            return replace(evidence, met=met)
        return evidence

    def _met(self, name: str, reading: Reading, *aspects: Aspect) -> Truth:
        if not self._assessable(*aspects):
            return None
        return self.facts.criteria[name].met_by(reading.value)

    def _assessable(self, *aspects: Aspect) -> bool:
        return self.facts.quality.status != "unusable" and not any(map(self._lost, aspects))

    def _lost(self, aspect: Aspect) -> bool:
        return aspect in self.facts.undermined

    def _evidence(self, name: str, reading: Reading, met: Truth, where: str) -> Evidence:
        criterion = self.facts.criteria[name]
        return Evidence(
            criterion=name,
            description=f"{criterion.text} ({where})" if where else criterion.text,
            value=_cell(reading.value),
            ci_low=_cell(reading.ci_low),
            ci_high=_cell(reading.ci_high),
            threshold=criterion.value,
            unit=criterion.unit,
            met=met,
            source=criterion.source,
            confidence=criterion.confidence,
            reference=reading.reference,
            limit=criterion.limit,
        )


def absent(*evidence: Evidence) -> tuple[Evidence, ...]:
    """Turn evidence that together shows a thing into evidence that it is not there.

    The thing is there only if all of it is met, so each is marked met where the whole is not.
    """
    gone = negate(all_of(*(piece.met for piece in evidence)))
    return tuple(
        replace(
            piece,
            criterion=f"not {piece.criterion}",
            description=f"{NOT_SO}{piece.description[0].lower()}{piece.description[1:]}",
            met=gone,
        )
        for piece in evidence
    )


def truths(*evidence: Evidence) -> tuple[Truth, ...]:
    """Return what each piece of evidence says."""
    return tuple(piece.met for piece in evidence)


def _cell(value: float) -> float | None:
    return value if math.isfinite(value) else None
