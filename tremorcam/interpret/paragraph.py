"""The result in a paragraph for the person it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tremorcam.anatomy import SIDES
from tremorcam.interpret.answer import (
    Seen,
    bound_mm,
    enough,
    hidden_by,
    joined,
    none_seen,
    one_sided,
    others,
)
from tremorcam.interpret.texts import load_texts

if TYPE_CHECKING:
    from tremorcam.data import Finding, Reason
    from tremorcam.interpret.context import Context
    from tremorcam.interpret.facts import Facts
    from tremorcam.interpret.tremor import Peak


def lay(facts: Facts, findings: tuple[Finding, ...], context: Context, named: list[str]) -> str:
    """Say what was seen, how sure, what it could fit, what limits it, and when to see a doctor."""
    if facts.quality.status == "unusable":
        seen = [unusable(facts), *advice(facts)]
    else:
        seen = [
            *_what_was_seen(facts),
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


def _what_was_seen(facts: Facts) -> list[str]:
    held = f"Over {facts.recording.held_s:.0f} s" + (
        " of held smile" if facts.tremor.phase == "hold" else ""
    )
    found = [peak for peak in map(facts.tremor.strongest, (*SIDES, "both")) if peak]
    if found:
        shaking = joined([_shaking(peak) for peak in found])
        doubt = _left_out(facts, found)
        seen = [f"{held}, {shaking}.", *_how_sure(facts), *doubt, *_growth(facts)]
    elif hidden_by(facts) or not facts.tremor.looked_for:
        seen = [f"{none_seen(facts)}."]
    elif facts.tremor.detection_limit.known:
        limit_mm = bound_mm(facts.tremor.detection_limit.value)
        seen = [f"{held}, neither side of the mouth shook by more than {limit_mm} mm."]
    else:
        seen = []
    return [*seen, *map(_counted, others(facts))]


def _counted(seen: Seen) -> str:
    text = f"{seen.text[0].upper()}{seen.text[1:]}"
    if not seen.rate.bounded:
        return f"{text}."
    return (
        f"{text}; over so short a time, that fits anything from {seen.rate.ci_low:.0f} to "
        f"{seen.rate.ci_high:.0f} {seen.things} a minute."
    )


def _shaking(peak: Peak) -> str:
    size = ""
    if peak.p2p.known:
        size = f" by {peak.p2p.value:.2g} mm"
        low, high = f"{peak.p2p.ci_low:.2g}", f"{peak.p2p.ci_high:.2g}"
        if peak.p2p.bounded and low != high:
            size += f" ({low} to {high})"
    return f"the {peak.place} shook{size}, {peak.frequency.value:.1f} times a second"


def _how_sure(facts: Facts) -> list[str]:
    p_value = facts.tremor.clearest().p_value
    if not p_value.known:
        return []
    odds = round(1 / max(p_value.value, 0.001))
    return [f"Noise alone would look like that in fewer than 1 of {odds} recordings."]


def _left_out(facts: Facts, found: list[Peak]) -> list[str]:
    """Warn where so many pictures lack the movement that its frequency may be mirrored."""
    kept = facts.criteria["tremor.kept"]
    doubtful = [peak for peak in found if kept.met_by(peak.kept.value) is False]
    if not doubtful:
        return []
    share = min(peak.kept.value for peak in doubtful)
    return [
        f"The file's compression left {100 * (1 - share):.0f} % of it out of many pictures: "
        "how often it shook is less sure than the numbers say. Film again with less compression."
    ]


def _growth(facts: Facts) -> list[str]:
    growth = facts.tremor.clearest().growth
    if not growth.bounded or "course" in facts.undermined:
        return []
    low, high = f"{growth.ci_low:.1f}", f"{growth.ci_high:.1f}"
    if low == high == "1.0":
        return ["It stayed the same while the smile was held."]
    by_the_end = f"by the end it was between {low} and {high} times as large as in the beginning"
    if growth.ci_low > 1:
        return [f"It grew while the smile was held: {by_the_end}."]
    if growth.ci_high < 1:
        return [f"It faded while the smile was held: {by_the_end}."]
    return [f"It neither clearly grew nor faded while the smile was held: {by_the_end}."]


def _fitting(findings: tuple[Finding, ...]) -> str:
    texts = load_texts().categories
    fitting = [f for f in findings if f.status == "consistent"]
    unknown = [f for f in findings if f.status == "not_assessable"]
    if len(unknown) == len(findings):
        return "Which of the patterns looked for it fits could not be assessed."
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
    if not enough(facts, "lids.one_sided_count", count):
        text = one_sided(facts)
        return f"{text[0].upper()}{text[1:]}."
    if not enough(facts, "lids.same_side", share):
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
    return ["The recording limits what can be said: " + _sentences(limiting), *advice(facts)]


def _sentences(reasons: list[Reason]) -> str:
    """Say what is wrong; what to do about it, after a semicolon, is left to the advice."""
    return " ".join(reason.message.partition(";")[0].rstrip(".") + "." for reason in reasons)


def unusable(facts: Facts) -> str:
    """Say why nothing can be said."""
    worst = [r for r in facts.quality.reasons if r.severity == "unusable"]
    why = _sentences(worst or list(facts.quality.reasons)) or "Its quality is too poor."
    return f"This recording cannot answer the question. {why}"


def advice(facts: Facts) -> list[str]:
    """Say how to film better, by what limits this recording."""
    texts = load_texts().advice
    codes = [r.code for r in facts.quality.reasons if r.severity != "note"]
    return list(dict.fromkeys(texts[code] for code in codes if code in texts))
