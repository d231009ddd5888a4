"""What the report says about the tremor: the answer's numbers, left and right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import SIDES
from tremorcam.dictionary import measures, region_label
from tremorcam.publish.answer import Answer, Estimate
from tremorcam.publish.numbers import NOTHING, format_estimate, format_limit, format_number

if TYPE_CHECKING:
    from collections.abc import Mapping

_P_FLOOR = 0.001


@dataclass(frozen=True)
class Card:
    """A question and its answer in a few words."""

    question: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class SideRow:
    """A measure on both sides; ``joint`` where it has one value for both."""

    label: str
    unit: str
    text: str
    cells: Mapping[str, str] = field(default_factory=dict)
    joint: str = ""


def describe_answer(answer: Answer) -> dict[str, Any]:
    """Gather the sentence, the cards and the words below them."""
    words = answer.analysis.words
    sentence = str(words.get("answer", "")) or _plain_answer(answer)
    lay = str(words.get("lay", ""))
    return {
        "sentence": sentence,
        # The paragraph repeats the sentence that already stands above it.
        "lay": lay.removeprefix(sentence).strip(),
        "clinician": str(words.get("clinician", "")),
        "cards": _cards(answer),
        "region": region_label(answer.region),
        "detected": answer.tremor is not None,
        **{
            name: [str(item) for item in words.get(name, ())]
            for name in ("red_flags", "red_flags_named", "cannot_tell", "contributors", "advice")
        },
    }


def _plain_answer(answer: Answer) -> str:
    if answer.analysis.quality.status == "unusable":
        return "This recording cannot answer the question."
    if answer.tremor is None:
        return "No tremor was detected."
    return f"A tremor was detected: {region_label(answer.tremor.region, answer.tremor.side)}."


def _cards(answer: Answer) -> list[Card]:
    if answer.analysis.quality.status == "unusable":
        return [Card("Is there a tremor?", "not measured", "see what limits this recording")]
    limit = format_limit(answer.detection_limit_mm, "mm")
    hidden = Card(
        "What could hide it?",
        f"below {limit}" if limit != NOTHING else "not known",
        f"smaller is not seen; nothing is told above {answer.highest_frequency_hz:.0f} Hz",
    )
    tremor = answer.tremor
    if tremor is None:
        return [Card("Is there a tremor?", "none detected", _phase_note(answer)), hidden]
    frequency = answer.at_tremor("tremor_frequency")
    size = answer.at_tremor("tremor_amplitude_p2p")
    size_note = _interval(size, "mm", 2)
    p_value = _format_p(answer.at_tremor("tremor_p_value").value)
    return [
        Card("Is there a tremor?", "detected", _phase_note(answer)),
        Card("Where?", region_label(tremor.region, tremor.side), _elsewhere(answer)),
        Card("How fast?", f"{format_number(frequency.value)} Hz", _interval(frequency, "Hz", 3)),
        Card("How large?", f"{format_number(size.value)} mm", f"peak to peak; {size_note}"),
        Card("How sure?", p_value, _persistence(answer)),
        hidden,
    ]


def _phase_note(answer: Answer) -> str:
    begin_s, end_s = answer.stretch_bounds_s()
    what = {"hold": "while the smile was held", "whole": "in the steadiest stretch"}
    return f"{what.get(answer.stretch.phase, answer.stretch.phase)}, {end_s - begin_s:.0f} s"


def _elsewhere(answer: Answer) -> str:
    others = [
        region_label(r["region"], r["side"])
        for r in answer.detected_amplitudes()
        if answer.tremor and (r["region"], r["side"]) != (answer.tremor.region, answer.tremor.side)
    ]
    others = list(dict.fromkeys(others))
    if not others:
        return "nowhere else"
    return f"also {others[0]}" + (f" and {len(others) - 1} more" if len(others) > 1 else "")


def _interval(estimate: Estimate, unit: str, digits: int) -> str:
    if not estimate.has_interval:
        return "interval not known"
    low, high = (format_number(bound, digits) for bound in (estimate.ci_low, estimate.ci_high))
    return f"95 % interval {low} to {high} {unit}"


def _format_p(p_value: float) -> str:
    if np.isnan(p_value):
        return NOTHING
    return f"p < {_P_FLOOR}" if p_value < _P_FLOOR else f"p = {p_value:.2g}"


def _persistence(answer: Answer) -> str:
    persistence = answer.at_tremor("tremor_persistence")
    if not persistence.known:
        return "that noise alone looks like it"
    return f"that noise alone looks like it; in {100 * persistence.value:.0f} % of time windows"


_TREMOR_ROWS = (
    ("tremor_frequency", "Frequency", 3),
    ("tremor_amplitude_p2p", "Amplitude, peak to peak", 2),
    ("tremor_amplitude_rms", "Amplitude, RMS", 2),
    ("detection_limit", "Smallest that would be seen", 2),
    ("noise_density", "Noise", 2),
    ("tremor_persistence", "Persistence", 2),
    ("tremor_stability_index", "Instability of frequency", 2),
    ("growth_ratio", "Growth during the hold", 2),
    ("recovery_ratio", "Strength after a rest", 2),
    ("burst_rate", "Irregular bursts", 2),
)
_DETECTED = ("tremor_frequency", "tremor_amplitude_p2p", "tremor_amplitude_rms")
_FACE_ROWS = (
    ("tremor_spread", "Regions of this side that shake", 1),
    ("smile_excursion", "Smile excursion", 2),
    ("smile_onset_speed", "Speed of the smile", 2),
    ("eye_aperture", "Eye open", 2),
    ("eye_closure_with_smile", "Eye narrows with the smile", 2),
    ("eye_closure_lag", "Eye trails the smile by", 2),
    ("one_sided_lid_rate", "This eye closes alone", 2),
    ("eye_mouth_coincidence", "Share of these that the mouth joins", 2),
)
_JOINT_ROWS = (
    ("asymmetry_index", "Asymmetry of the tremor", 2),
    ("coherence", "Left–right coherence", 2),
    ("lag", "Right trails left by", 2),
    ("smile_asymmetry", "Asymmetry of the smile", 2),
    ("smile_onset_lag", "Smile: right trails left by", 2),
    ("eye_closure_difference", "Left eye narrows more by", 2),
    ("blink_rate", "Blinks", 2),
    ("incomplete_blink_rate", "Incomplete blinks", 2),
    ("eyelid_spasm_rate", "Both eyes shut for over 1 s", 2),
    ("closed_time", "Time with the eyes closed", 2),
)


def side_table(answer: Answer) -> dict[str, Any]:
    """Lay left and right side by side: the region of the tremor, the smile and the eyes."""
    region = answer.region if len(answer.sides) == 2 else "mouth_corner"
    rows = [_side_row(answer, *row, region=region) for row in _TREMOR_ROWS]
    rows += [_side_row(answer, *row, region=None) for row in _FACE_ROWS]
    rows += [_joint_row(answer, *row) for row in _JOINT_ROWS]
    return {"region": region_label(region), "rows": [row for row in rows if row is not None]}


def _side_row(
    answer: Answer, measure: str, label: str, digits: int, *, region: str | None
) -> SideRow | None:
    cells: dict[str, str] = {}
    for side in SIDES:
        estimate = answer.lookup(measure, side=side, region=region)
        cells[side] = format_estimate(estimate, digits)
        if estimate.detected is False:
            cells[side] = "none detected" if measure in _DETECTED else NOTHING
    if set(cells.values()) == {NOTHING}:
        return None
    meaning = measures()[measure]
    return SideRow(label, _unit(meaning.unit), meaning.text, cells)


def _joint_row(answer: Answer, measure: str, label: str, digits: int) -> SideRow | None:
    estimate = answer.lookup(measure)
    if not estimate.known:
        return None
    meaning = measures()[measure]
    return SideRow(
        label, _unit(meaning.unit), meaning.text, joint=format_estimate(estimate, digits)
    )


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit
