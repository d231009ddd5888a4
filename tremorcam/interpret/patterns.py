"""One rule for each pattern: which criteria it takes, and whether they add up.

A rule returns a truth (``None`` where it cannot be known) and its evidence. Criteria that
are *needed* decide; those that only *support* are listed, and decide only where they speak
against (:func:`~tremorcam.interpret.logic.not_contradicted`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

from tremorcam.interpret.criteria import Aspect, Category
from tremorcam.interpret.judge import absent, truths
from tremorcam.interpret.logic import all_of, any_of, not_contradicted
from tremorcam.interpret.tables import MISSING, Reading

if TYPE_CHECKING:
    from tremorcam.data import Evidence
    from tremorcam.interpret.judge import Judge
    from tremorcam.interpret.logic import Truth
    from tremorcam.interpret.tremor import Peak

CATEGORIES: tuple[Category, ...] = get_args(Category)
BEYOND_ARTICLE: frozenset[Category] = frozenset({"smiling_tremor", "slow_tremor"})
"""Patterns that the article does not name."""

UNSEEN: tuple[Aspect] = ("unseen",)
"""What alone can hide movement of the lids, which is never small."""


@dataclass(frozen=True)
class Verdict:
    """Whether a pattern fits, with everything that was held against it."""

    fits: Truth
    needed: tuple[Evidence, ...]
    supporting: tuple[Evidence, ...] = ()


def muscle_fatigue(judge: Judge) -> Verdict:
    """Fine tremor that grows with the hold, or irregular twitches of the mouth without the eye.

    What sets it apart from hemifacial spasm: the lids take no part, it is not there at rest,
    and fine tremor may grow with the hold.
    """
    growing, twitching = _growing_tremor(judge), _local_twitches(judge)
    return Verdict(
        fits=any_of(growing.fits, twitching.fits),
        needed=(*growing.needed, *twitching.needed),
        supporting=(*growing.supporting, *twitching.supporting),
    )


def _growing_tremor(judge: Judge) -> Verdict:
    facts = judge.facts
    peak = facts.tremor.clearest()
    tremor = (
        judge.significant(peak, "fine_frequency"),
        judge.state("tremor.fine_band", peak.frequency, "frequency", "fine_frequency"),
    )
    growth = (
        judge.state("tremor.growth", peak.growth, "course"),
        judge.state("tremor.growth_certain", peak.growth.least, "course"),
    )
    lids = absent(*_one_sided_lids(judge))
    fits = all_of(*truths(*tremor), _beyond_chance(*growth), not_contradicted(lids[0].met))
    recovers = judge.state("tremor.recovery", facts.tremor.recovery, "course")
    return Verdict(fits, (*tremor, *growth), (*lids, recovers))


def _beyond_chance(large: Evidence, certain: Evidence) -> Truth:
    """Whether a thing is there; what is large enough but could be chance is neither."""
    seen = truths(large, certain)
    return None if seen == (True, False) else all_of(*seen)


def _local_twitches(judge: Judge) -> Verdict:
    facts = judge.facts
    speech = any(veto.cause == "speech" for veto in facts.vetoes)
    seen = (
        judge.present("bursts.count", MISSING if speech else facts.bursts.count),
        judge.present("bursts.rate", MISSING if speech else facts.bursts.rate),
    )
    lids = (*facts.lids.one_sided(facts.bursts.side), *facts.lids.spasms)
    needed = (
        *seen,
        judge.state("bursts.length", facts.bursts.length),
        judge.state("lids.independent_bursts", facts.bursts.share_within(lids), "lids"),
    )
    rest = _leaves_at_rest(judge)
    fits = all_of(*truths(*needed), not_contradicted(rest.met))
    irregular = judge.state("bursts.irregular", facts.bursts.irregularity)
    return Verdict(fits, needed, (rest, irregular))


def _leaves_at_rest(judge: Judge) -> Evidence:
    """Judge whether twitches leave at rest; too few there to make a rate speak not against it."""
    bursts = judge.facts.bursts
    evidence = judge.state("bursts.rest", bursts.rest_ratio)
    make_a_rate = judge.facts.criteria["bursts.count"].met_by(len(bursts.resting))
    return evidence if evidence.met or make_a_rate else replace(evidence, met=None)


def generalized_tremor(judge: Judge) -> Verdict:
    """Fine tremor on both sides, of similar size and the same frequency, without growth."""
    facts = judge.facts
    left, right = facts.tremor.clearest("left"), facts.tremor.clearest("right")
    both = _both_sides(judge, left, right)
    needed = (
        *both,
        judge.state("tremor.one_sided", facts.tremor.asymmetry, "sides"),
        _persistent(judge, facts.tremor.clearest("left", "right")),
    )
    growth = _no_growth(judge, facts.tremor.clearest("left", "right"))
    # What leaves when the smile widens is the tremor of moderate smiles, not a general one.
    (every,) = absent(
        judge.state("tremor.moderate_smile", facts.tremor.tremulous_excursion, "smile")
    )
    fits = all_of(*truths(*needed), not_contradicted(growth[0].met), not_contradicted(every.met))
    return Verdict(fits, needed, (*growth, every))


def _both_sides(judge: Judge, left: Peak, right: Peak) -> tuple[Evidence, ...]:
    apart = abs(left.frequency.value - right.frequency.value)
    reference = "; ".join(filter(None, (left.frequency.reference, right.frequency.reference)))
    bands = (
        judge.state(
            "tremor.fine_band", peak.frequency, "frequency", "fine_frequency", where=peak.side
        )
        for peak in (left, right)
    )
    return (
        _unless_hidden(judge, left, right),
        _unless_hidden(judge, right, left),
        *bands,
        judge.state("tremor.same_frequency", Reading(apart, reference=reference), "frequency"),
    )


def _unless_hidden(judge: Judge, peak: Peak, other: Peak) -> Evidence:
    """Judge a side; unknown where the other side's tremor, evenly there, could hide in noise."""
    evidence = judge.significant(peak, "fine_frequency")
    limit = judge.facts.criteria["tremor.one_sided"].value
    smallest_mm = other.p2p.value * (1 - limit) / (1 + limit)
    if evidence.met is False and other.detected and peak.limit.value > smallest_mm:
        return replace(evidence, met=None)
    return evidence


def _persistent(judge: Judge, peak: Peak) -> Evidence:
    return judge.state("tremor.persistence", peak.persistence, "frequency")


def _no_growth(judge: Judge, peak: Peak) -> tuple[Evidence, ...]:
    return absent(
        judge.state("tremor.growth", peak.growth, "course"),
        judge.state("tremor.growth_certain", peak.growth.least, "course"),
    )


def blepharospasm(judge: Judge) -> Verdict:
    """Both eyes shut again and again for longer than a blink, or shut once and blink very often."""
    facts = judge.facts
    spasms = _lid_spasms(judge)
    blinking = (
        judge.present("lids.any_spasm", facts.lids.spasm_count, "lids", hidden_by=UNSEEN),
        judge.present("lids.blink_rate", facts.blink_rate, "lids", hidden_by=UNSEEN),
    )
    long_enough = judge.state("lids.blink_observation", facts.observed)
    fits = any_of(all_of(*truths(*spasms)), all_of(*truths(*blinking)))
    return Verdict(fits, (*spasms, *blinking), (long_enough,))


def _lid_spasms(judge: Judge) -> tuple[Evidence, Evidence]:
    lids = judge.facts.lids
    return (
        judge.present("lids.spasm_count", lids.spasm_count, "lids", hidden_by=UNSEEN),
        judge.present("lids.spasm_rate", lids.spasm_rate, "lids", hidden_by=UNSEEN),
    )


def hemifacial_spasm(judge: Judge) -> Verdict:
    """One eye closes or twitches again and again, on one side, not just with the smile.

    Lid events that begin with the rise or fall of a smile are left out: they are what
    synkinesis does. That the mouth joins, trails the eye, runs clonically or does so at rest
    supports it.
    """
    facts = judge.facts
    same_side = judge.state("lids.same_side", facts.lids.same_side, "lids")
    needed = (*_one_sided_lids(judge), same_side)
    supporting = (
        judge.state("lids.with_mouth", facts.lids.with_mouth, "lids"),
        judge.state("lids.eye_first", facts.lids.eye_first, "lids"),
        judge.state("lids.at_rest", facts.lids.at_rest, "lids"),
        judge.state("bursts.clonic", facts.bursts.clonic_pairs),
    )
    return Verdict(all_of(*truths(*needed)), needed, supporting)


def _one_sided_lids(judge: Judge) -> tuple[Evidence, Evidence]:
    lids = judge.facts.lids
    return (
        judge.present("lids.one_sided_count", lids.count, "lids", hidden_by=UNSEEN),
        judge.present("lids.one_sided_rate", lids.rate, "lids", hidden_by=UNSEEN),
    )


def synkinesis(judge: Judge) -> Verdict:
    """One eye narrows much more than the other, in every smile."""
    facts = judge.facts
    narrows = _one_eye_narrows(judge, "smile")
    every = judge.state("smile.every_smile", facts.narrowing.every_smile, "lids", "smile", "sides")
    apart = Reading(abs(facts.narrowing.lag.value), reference=facts.narrowing.lag.reference)
    supporting = (
        judge.state("smile.repeats", facts.recording.smiles, "smile"),
        judge.state("smile.eye_onset", apart, "lids", "smile"),
    )
    return Verdict(all_of(_beyond_chance(*narrows), every.met), (*narrows, every), supporting)


def _one_eye_narrows(judge: Judge, *aspects: Aspect) -> tuple[Evidence, Evidence]:
    difference = judge.facts.narrowing.difference
    return (
        judge.state("smile.eye_difference", difference, "lids", "sides", *aspects),
        judge.state("smile.eye_difference_certain", difference.least, "lids", "sides", *aspects),
    )


def no_tremor(judge: Judge) -> Verdict:
    """Nothing of all this was seen, and a tremor of the size people notice would have been."""
    facts = judge.facts
    peak = facts.tremor.clearest()
    tremor = absent(judge.significant(peak))
    twitches = absent(
        judge.present("bursts.count", facts.bursts.count),
        judge.present("bursts.rate", facts.bursts.rate),
    )
    bound = judge.state("tremor.upper_bound", facts.tremor.detection_limit)
    elsewhere = (
        *absent(*_one_sided_lids(judge)),
        *absent(*_lid_spasms(judge)),
        *absent(*_one_eye_narrows(judge)),
    )
    mouth = (*tremor, *twitches)
    # A recording too coarse to show a tremor is no evidence against there being none.
    looked = True if facts.tremor.looked_for and bound.met else None
    fits = all_of(looked, *truths(*mouth), *map(not_contradicted, truths(*elsewhere)))
    return Verdict(fits, (*mouth, bound), elsewhere)


def smiling_tremor(judge: Judge) -> Verdict:
    """Tremor of 8 to 10 Hz on both sides in moderate smiles, and none in full ones."""
    facts = judge.facts
    left, right = facts.tremor.clearest("left"), facts.tremor.clearest("right")
    needed = (
        judge.significant(left, "fine_frequency"),
        judge.significant(right, "fine_frequency"),
        _in_smiling_band(judge, left),
        _in_smiling_band(judge, right),
        judge.state("tremor.moderate_smile", facts.tremor.tremulous_excursion, "smile"),
    )
    return Verdict(all_of(*truths(*needed)), needed)


def _in_smiling_band(judge: Judge, peak: Peak) -> Evidence:
    aspects: tuple[Aspect, Aspect] = ("frequency", "fine_frequency")
    return judge.state("tremor.smiling_band", peak.frequency, *aspects, where=peak.side)


def slow_tremor(judge: Judge) -> Verdict:
    """Lasting tremor of 3 to 6 Hz anywhere at the mouth; unknown if a part of it was not seen."""
    facts = judge.facts
    band = facts.criteria["tremor.slow_band"]
    slow = [p for p in facts.tremor.peaks if p.detected and band.met_by(p.frequency.value)]
    peak = max(slow or [facts.tremor.clearest()], key=lambda peak: peak.size)
    needed: tuple[Evidence, ...] = (
        judge.significant(peak),
        judge.state("tremor.slow_band", peak.frequency, "frequency"),
        _persistent(judge, peak),
    )
    if not (slow or facts.tremor.everywhere):
        needed = tuple(replace(piece, met=piece.met or None) for piece in needed)
    return Verdict(all_of(*truths(*needed)), needed)


RULES: dict[Category, Callable[[Judge], Verdict]] = {
    "muscle_fatigue": muscle_fatigue,
    "generalized_tremor": generalized_tremor,
    "blepharospasm": blepharospasm,
    "hemifacial_spasm": hemifacial_spasm,
    "synkinesis": synkinesis,
    "no_tremor": no_tremor,
    "smiling_tremor": smiling_tremor,
    "slow_tremor": slow_tremor,
}
"""The rule of each category, in the order of the findings."""
