"""What the report says about the tremor: the answer's numbers, left and right."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tremorcam.anatomy import SIDES
from tremorcam.dictionary import measures, region_label
from tremorcam.publish.answer import Answer, Estimate
from tremorcam.publish.bands import BAND_HZ
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
        "assessed": answer.assessed,
        **{
            name: [str(item) for item in words.get(name, ())]
            for name in ("red_flags", "red_flags_named", "cannot_tell", "contributors", "advice")
        },
    }


def _plain_answer(answer: Answer) -> str:
    if answer.analysis.quality.status == "unusable":
        return "This recording cannot answer the question."
    if not answer.assessed:
        return "Whether there is a tremor could not be assessed."
    if answer.tremor is None:
        return "No tremor was detected."
    return f"A tremor was detected: {region_label(answer.tremor.region, answer.tremor.side)}."


def _cards(answer: Answer) -> list[Card]:
    if answer.analysis.quality.status == "unusable":
        return [Card("Is there a tremor?", "not measured", "see what limits this recording")]
    if not answer.assessed:
        note = f"too little could be measured {answer.stretch.words}: {_length(answer)}"
        return [Card("Is there a tremor?", "could not be assessed", note)]
    hidden = _what_could_hide(answer)
    tremor = answer.tremor
    if tremor is None:
        sure = "19 in 20" if np.isfinite(answer.detection_limit_mm) else "not known"
        return [
            Card("Is there a tremor?", "none detected", _phase_note(answer)),
            hidden,
            Card("How sure?", sure, f"tremors of {_limit(answer)} would have been detected"),
        ]
    frequency = answer.at_tremor("tremor_frequency")
    size = answer.at_tremor("tremor_amplitude_p2p")
    size_note = _interval(size, "mm", 2)
    p_value = _format_p(answer.at_tremor("tremor_p_value").value)
    return [
        Card("Is there a tremor?", "detected", _phase_note(answer)),
        Card("Where?", region_label(tremor.region, tremor.side), _elsewhere(answer)),
        Card("How fast?", f"{format_number(frequency.value)} Hz", _interval(frequency, "Hz", 3)),
        Card("How large?", f"{format_number(size.value)} mm", f"peak to peak; {size_note}"),
        Card("How sure?", p_value, _chance(answer)),
        hidden,
    ]


def _what_could_hide(answer: Answer) -> Card:
    """Say which tremor would have been missed: too small, too fast, or behind another peak."""
    low_hz, high_hz = BAND_HZ[0], min(answer.highest_frequency_hz, BAND_HZ[1])
    note = f"a smaller one, or one outside {low_hz:g} to {high_hz:.3g} Hz"
    hidden_hz = sorted({round(veto.frequency_hz, 1) for veto in answer.analysis.vetoes})
    if hidden_hz:
        note += f", or at {', '.join(map(str, hidden_hz))} Hz, where something else moves"
    limit = _limit(answer)
    value = f"under {limit}" if limit != NOTHING else "size not known"
    return Card("What could hide it?", value, note)


def _limit(answer: Answer) -> str:
    return format_limit(answer.detection_limit_mm, "mm")


def _phase_note(answer: Answer) -> str:
    return f"{answer.stretch.words}, {_length(answer)}"


def _length(answer: Answer) -> str:
    """How long the answer's stretch is in all."""
    parts = answer.stretch_parts_s()
    total_s = sum(end_s - begin_s for begin_s, end_s in parts)
    return f"{total_s:.0f} s" + (f" in {len(parts)} parts" if len(parts) > 1 else "")


def _elsewhere(answer: Answer) -> str:
    """Where else there is a tremor; the other side of the same region first."""
    tremor = answer.tremor
    places = [(row["region"], row["side"]) for row in answer.detected_amplitudes()]
    if tremor is not None:
        places = [place for place in places if place != (tremor.region, tremor.side)]
        places.sort(key=lambda place: place[0] != tremor.region)
    others = [region_label(*place) for place in dict.fromkeys(places)]
    if not others:
        return "nowhere else"
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return f"strongest there; also {others[0]}{more}"


def _interval(estimate: Estimate, unit: str, digits: int) -> str:
    if not estimate.has_interval:
        return "interval not known"
    _, _, interval = format_estimate(estimate, digits).partition(" (")
    return f"95 % interval {interval.rstrip(')')} {unit}"


def _format_p(p_value: float) -> str:
    if np.isnan(p_value):
        return NOTHING
    return f"p < {_P_FLOOR}" if p_value < _P_FLOOR else f"p = {p_value:.2g}"


def _chance(answer: Answer) -> str:
    chance = "the chance that noise alone looks like it"
    persistence = answer.at_tremor("tremor_persistence")
    if not persistence.known:
        return chance
    return f"{chance}; there in {100 * persistence.value:.0f} % of the time"


_TREMOR_ROWS = (
    ("tremor_frequency", "Frequency", 3),
    ("tremor_amplitude_p2p", "Amplitude, peak to peak", 2),
    ("tremor_amplitude_rms", "Amplitude, RMS", 2),
    ("detection_limit", "Smallest that would be seen", 2),
    ("noise_density", "Noise", 2),
    ("tremor_persistence", "Persistence, share of the time", 2),
    ("tremor_stability_index", "Instability of frequency", 2),
    ("growth_ratio", "Growth during the hold, end to begin", 2),
    ("recovery_ratio", "Strength after a rest, after to before", 2),
    ("burst_rate", "Irregular bursts", 2),
)
_DETECTED = ("tremor_frequency", "tremor_amplitude_p2p", "tremor_amplitude_rms")
_SPREAD_ROW = ("tremor_spread", "Regions of this side that shake", 1)
_FACE_ROWS = (
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
    if answer.assessed:
        rows.append(_side_row(answer, *_SPREAD_ROW, region=None))
    rows += [_side_row(answer, *row, region=None) for row in _FACE_ROWS]
    rows += [_joint_row(answer, *row) for row in _JOINT_ROWS]
    return {"region": region_label(region), "rows": [row for row in rows if row is not None]}


def _side_row(
    answer: Answer, measure: str, label: str, digits: int, *, region: str | None
) -> SideRow | None:
    cells: dict[str, str] = {}
    meaning = measures()[measure]
    for side in SIDES:
        estimate, unit = _readable(answer.lookup(measure, side=side, region=region), meaning.unit)
        cells[side] = format_estimate(estimate, digits)
        if estimate.detected is False:
            cells[side] = "none detected" if measure in _DETECTED else NOTHING
    if set(cells.values()) == {NOTHING}:
        return None
    return SideRow(label, unit, meaning.text, cells)


def _joint_row(answer: Answer, measure: str, label: str, digits: int) -> SideRow | None:
    meaning = measures()[measure]
    estimate, unit = _readable(answer.lookup(measure), meaning.unit)
    if not estimate.known:
        return None
    return SideRow(label, unit, meaning.text, joint=format_estimate(estimate, digits))


def _readable(estimate: Estimate, unit: str) -> tuple[Estimate, str]:
    """Turn what would have many zeros, a lag in seconds, into milliseconds; and name the unit."""
    if unit != "s":
        return estimate, "" if unit == "1" else unit
    milliseconds = replace(
        estimate,
        value=1000 * estimate.value,
        ci_low=1000 * estimate.ci_low,
        ci_high=1000 * estimate.ci_high,
    )
    return milliseconds, "ms"
