"""Plain words for a person, and a line of numbers for a clinician. Never a diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tremorcam.anatomy import SIDES
from tremorcam.interpret.advice import cannot_tell, contributors, red_flags
from tremorcam.interpret.logic import all_of
from tremorcam.interpret.texts import load_texts

if TYPE_CHECKING:
    from tremorcam.data import Finding, Reason
    from tremorcam.interpret.context import Context
    from tremorcam.interpret.facts import Facts
    from tremorcam.interpret.tables import Reading
    from tremorcam.interpret.tremor import Peak


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
    unusable = facts.quality.status == "unusable"
    return {
        "answer": _unusable(facts) if unusable else _answer(facts, findings),
        "lay": _lay(facts, findings, context, named),
        "clinician": _clinician(facts, findings),
        "red_flags": flags,
        "red_flags_named": named,
        "cannot_tell": cannot_tell(facts, findings),
        "contributors": contributors(findings, context, facts.criteria),
        "advice": _advice(facts),
    }


# --- the sentence --------------------------------------------------------------------------


def _answer(facts: Facts, findings: tuple[Finding, ...]) -> str:
    seen = " and ".join(_others(facts))
    if facts.tremor.strongest() or not seen:
        text = "; ".join(filter(None, (_tremor(facts), seen)))
    else:
        limit = facts.tremor.detection_limit
        above = f" above {limit.value:.2g} mm" if limit.known else ""
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
        return _none_seen(facts)
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


def _none_seen(facts: Facts) -> str:
    if not facts.tremor.looked_for:
        return "Whether the mouth shook could not be measured"
    limit = facts.tremor.detection_limit
    bound = f"; one above {limit.value:.2g} mm would have been seen" if limit.known else ""
    during = " while smiling" if facts.tremor.phase == "hold" else ""
    lost = (facts.undermined.get(aspect, ()) for aspect in ("faint", "rhythm", "unseen"))
    hidden = dict.fromkeys(code for codes in lost for code in codes)
    doubt = f", but the recording could hide one ({', '.join(hidden)})" if hidden else ""
    return f"No tremor was detected at the mouth{during}{bound}{doubt}"


def _others(facts: Facts) -> list[str]:
    """Return what was seen apart from tremor, in words."""
    bursts, lids, spasms = facts.bursts.count, facts.lids.count, facts.lids.spasm_count
    seen = []
    if _enough(facts, "bursts.count", bursts) and _enough(facts, "bursts.rate", facts.bursts.rate):
        side = facts.bursts.side
        seen.append(f"the {side} side of the mouth twitched irregularly {_times(bursts.value)}")
    if _enough(facts, "lids.one_sided_count", lids):
        seen.append(f"the {facts.lids.side} eye alone closed or twitched {_times(lids.value)}")
    if _enough(facts, "lids.any_spasm", spasms):
        seen.append(f"both eyes shut {_times(spasms.value)} for longer than a blink")
    if _enough(facts, "smile.eye_difference", facts.narrowing.difference):
        seen.append(
            f"the {facts.narrowing.side} eye narrowed {facts.narrowing.difference.value:.0f} "
            "percentage points more than the other with the smile"
        )
    return seen


def _enough(facts: Facts, criterion: str, reading: Reading) -> bool:
    return facts.criteria[criterion].met_by(reading.value) is True


def _times(n: float) -> str:
    return {1.0: "once", 2.0: "twice"}.get(n, f"{n:.0f} times")


# --- the paragraph -------------------------------------------------------------------------


def _lay(facts: Facts, findings: tuple[Finding, ...], context: Context, named: list[str]) -> str:
    if facts.quality.status == "unusable":
        seen = [_unusable(facts), *_advice(facts)]
    else:
        seen = [
            _answer(facts, findings),
            *_not_the_face(facts),
            _spasm_bound(facts),
            _fitting(findings),
            *_history(facts, findings, context),
            *_limits(facts),
        ]
    doctor = named or ["See a doctor if it persists, gets worse, or comes with weakness, numbness, "
                       "pain, or changes in vision or hearing."]  # fmt: skip
    closing = "This is a measurement, not a diagnosis; the cause cannot be seen in a video."
    return " ".join(filter(None, (*seen, closing, *doctor)))


def _fitting(findings: tuple[Finding, ...]) -> str:
    texts = load_texts().categories
    fitting = [f for f in findings if f.status == "consistent"]
    unknown = [f for f in findings if f.status == "not_assessable"]
    if not fitting and unknown:
        text = "What could be assessed fits none of the patterns looked for."
    elif fitting:
        text = "It would fit " + ", or ".join(texts[f.category].fits for f in fitting) + "."
    else:
        text = "It clearly fits none of the patterns looked for."
    if unknown:
        labels = ", ".join(texts[f.category].label for f in unknown)
        text += f" Could not be assessed: {labels}."
    return text


def _spasm_bound(facts: Facts) -> str:
    count, share = facts.lids.count, facts.lids.same_side
    if "lids" in facts.undermined or not count.known:
        return ""
    if count.value == 0:
        return f"No one-sided spasm was seen in {facts.recording.observed_s:.0f} s."
    if not _enough(facts, "lids.one_sided_count", count):
        return f"The {facts.lids.side} eye alone closed or twitched {_times(count.value)}."
    if not _enough(facts, "lids.same_side", share):
        return "The one-sided closures changed sides, which no pattern here does: ask a doctor."
    return ""


def _history(facts: Facts, findings: tuple[Finding, ...], context: Context) -> list[str]:
    """Return what was told that bears on the sides; it changes no finding."""
    told = []
    eye = any(f.category == "synkinesis" and f.status == "consistent" for f in findings)
    if eye and context.bells_palsy_past and context.bells_palsy_side:
        same = context.bells_palsy_side == facts.narrowing.side
        agree = "the same side" if same else "the other side"
        told.append(f"You told of a facial palsy on the {context.bells_palsy_side}, {agree}.")
    if context.botulinum_date:
        told.append(
            f"Botulinum toxin ({context.botulinum_date.isoformat()}) weakens muscles for months "
            "and can itself make a smile uneven."
        )
    return told


def _not_the_face(facts: Facts) -> list[str]:
    causes = {
        "head_motion": "the head moved",
        "camera_shake": "the camera shook",
        "flicker": "the light flickered",
        "codec": "the file's compression pulsed",
        "blink": "the eyes blinked",
        "speech": "the mouth spoke",
    }
    seen = dict.fromkeys(
        f"A shaking of {veto.frequency_hz:.1f} Hz was not counted, because "
        f"{causes.get(veto.cause, veto.cause)} at the same rate."
        for veto in facts.vetoes
    )
    return list(seen)


def _limits(facts: Facts) -> list[str]:
    limiting = [r for r in facts.quality.reasons if r.severity != "note"]
    if not limiting:
        return []
    return ["The recording limits what can be said: " + _sentences(limiting), *_advice(facts)]


def _sentences(reasons: list[Reason]) -> str:
    return " ".join(reason.message.rstrip(".") + "." for reason in reasons)


def _unusable(facts: Facts) -> str:
    worst = [r for r in facts.quality.reasons if r.severity == "unusable"]
    why = _sentences(worst or list(facts.quality.reasons)) or "Its quality is too poor."
    return f"This recording cannot answer the question. {why}"


def _advice(facts: Facts) -> list[str]:
    advice = load_texts().advice
    codes = [r.code for r in facts.quality.reasons if r.severity != "note"]
    return list(dict.fromkeys(advice[code] for code in codes if code in advice))


# --- the line for a clinician --------------------------------------------------------------


def _clinician(facts: Facts, findings: tuple[Finding, ...]) -> str:
    if facts.quality.status == "unusable":
        codes = ", ".join(dict.fromkeys(reason.code for reason in facts.quality.reasons))
        return f"Not assessable; quality unusable ({codes})."
    parts = [_peak_line(facts)]
    rates = [
        ("asymmetry", facts.tremor.asymmetry if facts.tremor.strongest() else None, ""),
        (f"bursts {facts.bursts.side}", facts.bursts.rate, "/min"),
        (f"one-sided lid events {facts.lids.side}", facts.lids.rate, "/min"),
        ("lid spasms, both eyes", facts.lids.spasm_rate, "/min"),
        ("blinks", facts.blink_rate, "/min"),
        (f"eye narrowing, {facts.narrowing.side} more", facts.narrowing.difference, " points"),
    ]
    parts += [f"{name} {_numbers(reading)}{unit}" for name, reading, unit in rates
              if reading is not None and reading.known]  # fmt: skip
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
        f"{peak.place} {_numbers(peak.frequency)} Hz, {_numbers(peak.p2p)} mm p-p"
        + (f", growth {_numbers(peak.growth)}" if peak.growth.known else "")
        for peak in (*found, *([middle] if middle else []))
    ]
    limit = facts.tremor.detection_limit
    if lines:
        return "Tremor " + "; ".join(lines)
    if not facts.tremor.looked_for:
        return "Tremor not measured"
    return "No tremor detected" + (f" (limit {limit.value:.2g} mm p-p)" if limit.known else "")


def _numbers(reading: Reading) -> str:
    if not reading.known:
        return "n/a"
    text = f"{reading.value:.3g}"
    if reading.ci_low == reading.ci_low and reading.ci_high == reading.ci_high:
        text += f" [{reading.ci_low:.3g}, {reading.ci_high:.3g}]"
    return text
