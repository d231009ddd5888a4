"""What goes with a result: warning signs, what it cannot tell, and what may contribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tremorcam.interpret.texts import load_texts

if TYPE_CHECKING:
    from tremorcam.data import Finding
    from tremorcam.interpret.context import Context
    from tremorcam.interpret.criteria import Criteria
    from tremorcam.interpret.facts import Facts


def red_flags(
    findings: tuple[Finding, ...], context: Context, criteria: Criteria
) -> tuple[list[str], list[str]]:
    """Return all warning signs, and those that the context or a finding names.

    All are always returned, whatever was measured: a normal result withdraws none.
    """
    keys = {f.category for f in findings if f.status == "consistent"} | set(context.symptoms)
    keys |= {name for name in ("persistent", "worsening") if getattr(context, name)}
    if _met(criteria, "context.duration", context.duration_days):
        keys.add("long")
    flags = load_texts().red_flags
    named = [flag.text for flag in flags if keys.intersection(flag.when)]
    return named + [flag.text for flag in flags if flag.text not in named], named


def cannot_tell(facts: Facts, findings: tuple[Finding, ...]) -> list[str]:
    """List what no video can tell, and what this one cannot."""
    texts = load_texts().cannot_tell
    fits = {f.category for f in findings if f.status == "consistent"}
    peak, criteria = facts.tremor.strongest(), facts.criteria
    few = criteria["smile.repeats"].met_by(facts.recording.smiles.value) is not True
    short = criteria["lids.blink_observation"].met_by(facts.recording.observed_s) is not True
    checks = {
        texts.no_rest: not facts.recording.phase_s("neutral") > 0,
        texts.no_repeat: few,
        texts.no_growth: peak is not None
        and (not peak.growth.known or "course" in facts.undermined),
        texts.no_levels: peak is not None and not facts.tremor.tremulous_excursion.known,
        texts.short_blinks: short,
        texts.on_purpose: bool(fits & {"hemifacial_spasm", "blepharospasm"}),
    }
    return [*(text for text, applies in checks.items() if applies), *texts.always]


def contributors(findings: tuple[Finding, ...], context: Context, criteria: Criteria) -> list[str]:
    """Order the article's contributors to fine tremor by what the person told.

    Empty unless fine tremor on both sides, or twitching of a tired muscle, fits or could:
    the article names them for nothing else. Told ones come first, denied ones last.
    """
    concerned = {"generalized_tremor", "muscle_fatigue"}
    if not any(f.category in concerned and f.status == "consistent" for f in findings):
        return []
    texts = load_texts().contributors
    weighed = {
        "stress": _weigh_number(
            context.stress_0_10, "you rated your stress {:g} of 10", "context.stress", criteria
        ),
        "stimulants": _weigh_stimulants(context, criteria),
        "fluids": _weigh_fluids(context),
        "electrolytes": _weigh_electrolytes(context),
        "tiredness": _weigh_tiredness(context, criteria),
    }
    order = sorted(weighed, key=lambda name: -weighed[name][0])
    return [f"{texts[name].label}: {weighed[name][1] or texts[name].plain}." for name in order]


Weight = tuple[int, str]
"""1 told, 0 not known, -1 denied; and the reason."""


def _weigh_number(value: float | None, reason: str, name: str, criteria: Criteria) -> Weight:
    if value is None:
        return 0, ""
    return (1 if _met(criteria, name, value) else -1), reason.format(value)


def _weigh_stimulants(context: Context, criteria: Criteria) -> Weight:
    taken = _taken(context, "stimulants")
    if taken:
        return 1, f"you take {', '.join(taken)}"
    reason = "you had {:g} mg of caffeine"
    return _weigh_number(context.caffeine_mg, reason, "context.caffeine", criteria)


def _weigh_fluids(context: Context) -> Weight:
    if context.fluids is None:
        return 0, ""
    drank = {"little": "little", "usual": "as much as usual", "plenty": "plenty"}
    return (1 if context.fluids == "little" else -1), f"you drank {drank[context.fluids]}"


def _weigh_electrolytes(context: Context) -> Weight:
    taken = _taken(context, "electrolytes")
    if context.electrolytes_low:
        return 1, "a blood test showed it"
    if context.electrolytes_low is False:
        return -1, "a blood test was normal"
    return (1, f"{', '.join(taken)} can lower them") if taken else (0, "")


def _weigh_tiredness(context: Context, criteria: Criteria) -> Weight:
    if context.smiled_long:
        return 1, "you had smiled or laughed for long"
    return _weigh_number(context.sleep_h, "you slept {:g} hours", "context.sleep", criteria)


def _taken(context: Context, kind: str) -> list[str]:
    known = load_texts().medication[kind]
    return [name for name in context.medication if any(word in name.lower() for word in known)]


def _met(criteria: Criteria, name: str, value: float | None) -> bool:
    return value is not None and criteria[name].met_by(value) is True
