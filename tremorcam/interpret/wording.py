"""Plain words for a person, and a line of numbers for a clinician. Never a diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tremorcam.anatomy import SIDES
from tremorcam.interpret.advice import cannot_tell, contributors, red_flags
from tremorcam.interpret.answer import answer, bound_mm
from tremorcam.interpret.paragraph import advice, lay, unusable

if TYPE_CHECKING:
    from tremorcam.data import Finding
    from tremorcam.interpret.context import Context
    from tremorcam.interpret.facts import Facts
    from tremorcam.interpret.tables import Reading


def words(facts: Facts, findings: tuple[Finding, ...], context: Context) -> dict[str, Any]:
    """Put a result into words.

    Returns
    -------
    dict
        ``answer`` (a sentence), ``lay`` (a paragraph), ``clinician`` (a line), and the lists
        ``red_flags`` (those the context or a finding names first), ``red_flags_named`` (only
        those), ``cannot_tell``, ``contributors`` (likeliest first) and ``advice``.
    """
    flags, named = red_flags(findings, context, facts.criteria)
    nothing = facts.quality.status == "unusable"
    return {
        "answer": unusable(facts) if nothing else answer(facts, findings),
        "lay": lay(facts, findings, context, named),
        "clinician": _clinician(facts, findings),
        "red_flags": flags,
        "red_flags_named": named,
        "cannot_tell": cannot_tell(facts, findings),
        "contributors": contributors(findings, context, facts.criteria),
        "advice": advice(facts),
    }


def _clinician(facts: Facts, findings: tuple[Finding, ...]) -> str:
    if facts.quality.status == "unusable":
        codes = ", ".join(dict.fromkeys(reason.code for reason in facts.quality.reasons))
        return f"Not assessable; quality unusable ({codes})."
    parts = [_peak_line(facts)]
    joins = facts.lids.count.value > 0
    rates = [
        ("asymmetry", facts.tremor.asymmetry if facts.tremor.strongest() else None, ""),
        (f"bursts {facts.bursts.side}", facts.bursts.rate, "/min"),
        (f"one-sided lid events {facts.lids.side}", facts.lids.rate, "/min"),
        ("mouth joins the lids", joins and facts.lids.with_mouth, ""),
        ("mouth after eye", joins and facts.lids.eye_first, " s"),
        ("lid spasms, both eyes", facts.lids.spasm_rate, "/min"),
        ("blinks", facts.blink_rate, "/min"),
        (f"eye narrowing, {facts.narrowing.side} more", facts.narrowing.difference, " points"),
    ]
    parts += [f"{name} {in_numbers(reading)}{unit}" for name, reading, unit in rates
              if reading and reading.known]  # fmt: skip
    parts.append(f"observed {facts.recording.observed_s:.0f} s")
    for status in ("consistent", "not_assessable"):
        names = [f.category for f in findings if f.status == status]
        if names:
            parts.append(f"{status.replace('_', ' ')}: {', '.join(names)}")
    return f"{'; '.join(parts)}; quality {facts.quality.status}."


def _peak_line(facts: Facts) -> str:
    found = [peak for peak in map(facts.tremor.strongest, SIDES) if peak]
    middle = facts.tremor.strongest("both")
    lines = [
        f"{peak.place} {in_numbers(peak.frequency)} Hz, {in_numbers(peak.p2p)} mm p-p"
        + (f", growth {in_numbers(peak.growth)}" if peak.growth.known else "")
        for peak in (*found, *([middle] if middle else []))
    ]
    limit = facts.tremor.detection_limit
    if lines:
        return "Tremor " + "; ".join(lines)
    if not facts.tremor.looked_for:
        return "Tremor not measured"
    return "No tremor detected" + (
        f" (limit {bound_mm(limit.value)} mm p-p)" if limit.known else ""
    )


def in_numbers(reading: Reading) -> str:
    """Write a value with its interval, three digits each."""
    if not reading.known:
        return "n/a"
    low, high = reading.ci_low, reading.ci_high
    # More where the bounds of a narrow interval would read the same.
    digits = next((n for n in (3, 4, 5) if f"{low:.{n}g}" != f"{high:.{n}g}"), 3)
    text = f"{reading.value:.{digits}g}"
    if reading.bounded:
        text += f" [{low:.{digits}g}, {high:.{digits}g}]"
    return text
