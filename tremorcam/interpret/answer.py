"""The result in one sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tremorcam.anatomy import SIDES
from tremorcam.interpret.logic import all_of
from tremorcam.interpret.tables import MISSING, Reading
from tremorcam.interpret.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tremorcam.data import Finding
    from tremorcam.interpret.facts import Facts
    from tremorcam.interpret.tremor import Peak


def answer(facts: Facts, findings: tuple[Finding, ...]) -> str:
    """Say the result in one sentence."""
    seen = joined([other.text for other in others(facts)])
    if facts.tremor.strongest() or not seen:
        text = "; ".join(filter(None, (_tremor(facts), seen)))
    else:
        limit = facts.tremor.detection_limit
        above = f" above {bound_mm(limit.value)} mm" if limit.known else ""
        text = f"{seen}, and no tremor{above} was detected" if facts.tremor.looked_for else seen
    return f"{text[0].upper()}{text[1:]}{_resemblance(findings)}."


def _resemblance(findings: tuple[Finding, ...]) -> str:
    labels = load_texts().categories
    fitting = [f for f in findings if f.status == "consistent" and f.category != "no_tremor"]
    for finding in fitting:
        if finding.primary:
            return f": it resembles {labels[finding.category].label}"
    names = " or ".join(labels[f.category].label for f in fitting)
    if len(fitting) > 1:
        return f": it would fit {names}, which this recording cannot tell apart"
    return f": it would fit {names}, and perhaps not only that" if fitting else ""


def _tremor(facts: Facts) -> str:
    peak = facts.tremor.strongest()
    if peak is None:
        return none_seen(facts)
    sides = [side for side in SIDES if facts.tremor.strongest(side)]
    where = "on both sides of the mouth" if len(sides) == 2 else f"at the {peak.place}"
    size = f" by {peak.p2p.value:.2g} mm" if peak.p2p.known else ""
    largest = " at most" if len(sides) == 2 and size else ""
    rate = f"{peak.frequency.value:.1f} times a second"
    return f"The face shook {where}, {rate}{size}{largest}{_growth(peak, facts)}"


def _growth(peak: Peak, facts: Facts) -> str:
    grew = all_of(
        facts.criteria["tremor.growth"].met_by(peak.growth.value),
        facts.criteria["tremor.growth_certain"].met_by(peak.growth.ci_low),
    )
    if grew is None or "course" in facts.undermined:
        return ""
    return f", and it grew while the smile was held ({peak.growth.value:.1f} times)" if grew else ""


def hidden_by(facts: Facts) -> tuple[str, ...]:
    """Name the qualities for which a tremor could be there unseen."""
    lost = (facts.undermined.get(aspect, ()) for aspect in ("faint", "rhythm", "unseen"))
    return tuple(dict.fromkeys(code.replace("_", " ") for codes in lost for code in codes))


def none_seen(facts: Facts) -> str:
    """Say that no tremor was seen, and above what size or why one could be hidden."""
    if not facts.tremor.looked_for:
        return f"Whether the mouth shook could not be measured{_too_short(facts)}"
    during = " while smiling" if facts.tremor.phase == "hold" else ""
    text = f"No tremor was detected at the mouth{during}"
    if hidden_by(facts):
        return f"{text}, but this recording could hide one ({', '.join(hidden_by(facts))})"
    limit = facts.tremor.detection_limit
    return text + (
        f"; one above {bound_mm(limit.value)} mm would have been seen" if limit.known else ""
    )


def _too_short(facts: Facts) -> str:
    held = [p.duration_s for p in facts.recording.phases if p.name == facts.tremor.phase]
    if "frequency" in facts.undermined or not held:
        return ""
    what = "smile was held" if facts.tremor.phase == "hold" else "part was steady"
    return f": no {what} for longer than {max(held):.1f} s"


@dataclass(frozen=True)
class Seen:
    """Something that was seen apart from tremor, and how often a minute if it was counted."""

    text: str
    rate: Reading = MISSING
    things: str = ""


def others(facts: Facts) -> list[Seen]:
    """Return what was seen apart from tremor, in words."""
    bursts, lids, spasms = facts.bursts.count, facts.lids.count, facts.lids.spasm_count
    seen = []
    if enough(facts, "bursts.count", bursts) and enough(facts, "bursts.rate", facts.bursts.rate):
        brief = enough(facts, "bursts.length", facts.bursts.length)
        does, things = ("twitched irregularly", "twitches") if brief else ("moved", "movements")
        text = f"the {facts.bursts.side} side of the mouth {does} {times(bursts.value)}"
        seen.append(Seen(text, facts.bursts.rate, things))
    if enough(facts, "lids.one_sided_count", lids):
        seen.append(Seen(one_sided(facts), facts.lids.rate, "spasms"))
    if enough(facts, "lids.any_spasm", spasms):
        text = f"both eyes shut {times(spasms.value)} for longer than a blink"
        seen.append(Seen(text, facts.lids.spasm_rate, "closures"))
    difference = facts.narrowing.difference
    narrows = enough(facts, "smile.eye_difference", difference)
    if narrows and enough(facts, "smile.eye_difference_certain", difference.least):
        text = f"the {facts.narrowing.side} eye narrowed more than the other with the smile"
        points = difference.value
        seen.append(Seen(f"{text}, by {points:.0f} percentage points"))
    return seen


def enough(facts: Facts, criterion: str, reading: Reading) -> bool:
    """Whether a reading is known and meets a criterion."""
    return facts.criteria[criterion].met_by(reading.value) is True


def one_sided(facts: Facts) -> str:
    """Say how often one eye, or its side's mouth where the eye mostly joins, twitched alone."""
    side = facts.lids.side
    who = f"the {side} eye or mouth" if facts.lids.joining else f"the {side} eye"
    return f"{who} alone closed or twitched {times(facts.lids.count.value)}"


def joined(texts: Sequence[str]) -> str:
    """Join as a sentence does: commas, and 'and' before the last.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, (", ".join(texts[:-1]), *texts[-1:])))


def bound_mm(limit_mm: float) -> str:
    """Write an upper bound in mm: rounded up, and never finer than a hundredth.

    >>> bound_mm(0.0091), bound_mm(0.123), bound_mm(0.3)
    ('0.01', '0.13', '0.3')
    """
    return f"{math.ceil(round(100 * limit_mm, 6)) / 100:g}"


def times(n: float) -> str:
    """Say how often in words."""
    return {1.0: "once", 2.0: "twice"}.get(n, f"{n:.0f} times")
