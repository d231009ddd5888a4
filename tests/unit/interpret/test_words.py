"""What people read: never a diagnosis, always the bound, always the warning signs."""

import re
from dataclasses import replace

import pytest
from synthetic_measurement import Shake, event, hand_made

from tremorcam.data import Reason, Veto
from tremorcam.interpret import interpret
from tremorcam.interpret.tables import Reading
from tremorcam.interpret.texts import load_texts
from tremorcam.interpret.wording import in_numbers

BOTH = {"mouth_corner_left": Shake(), "mouth_corner_right": Shake(mm=0.25)}
SPASMS = [event("eyelid_spasm", "left", at) for at in (7.0, 9.0, 12.0, 15.0)]
RECORDINGS = {
    "none": hand_made(),
    "both": hand_made(tremor=BOTH, asymmetry=0.1),
    "one_sided": hand_made(events=SPASMS),
    "eye": hand_made(narrowing=[(45, 20)] * 3),
    "poor": hand_made(reasons=[Reason("over_compressed", "The file has 0.3 Mbit/s.")]),
    "unusable": hand_made(reasons=[Reason("no_face", "No face.", severity="unusable")]),
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_words_are_complete_and_diagnose_nothing(name):
    words = interpret(RECORDINGS[name]).words
    assert set(words) == {
        "answer", "lay", "clinician", "red_flags", "red_flags_named", "cannot_tell",
        "contributors", "advice",
    }  # fmt: skip
    told = " ".join((words["answer"], words["lay"], words["clinician"]))
    assert not re.search(r"\b(you have|diagnosed|suffer|excluded|ruled out|healthy)\b", told, re.I)
    assert "not a diagnosis" in words["lay"]
    assert words["answer"].endswith(".")
    assert not re.search(r"\bnan\b|None|  ", told)


def test_nothing_detected_says_below_what():
    assert interpret(RECORDINGS["none"]).words["answer"] == (
        "No tremor was detected at the mouth while smiling; one above 0.06 mm would have been seen."
    )


def test_tremor_says_where_how_fast_and_how_large():
    assert interpret(RECORDINGS["both"]).words["answer"] == (
        "The face shook on both sides of the mouth, 9.0 times a second by 0.3 mm at most: "
        "it resembles fine tremor on both sides."
    )


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        (Reading(9.0, 8.997, 9.003), "9 [8.997, 9.003]"),
        (Reading(0.589, 0.554, 0.644), "0.589 [0.554, 0.644]"),
        (Reading(0.0, 0.0, 0.0), "0 [0, 0]"),
        (Reading(0.25), "0.25"),
    ],
)
def test_bounds_of_a_narrow_interval_differ_in_a_clinicians_line(reading, text):
    assert in_numbers(reading) == text


def test_the_paragraph_says_how_much_and_how_sure_and_does_not_repeat_the_answer():
    words = interpret(RECORDINGS["both"]).words
    assert words["answer"] not in words["lay"]
    assert "the left mouth corner shook by 0.3 mm, 9.0 times a second" in words["lay"]
    assert "the right mouth corner shook by 0.25 mm, 9.0 times a second" in words["lay"]
    assert "fewer than 1 of 1000 recordings" in words["lay"]
    assert "neither clearly grew nor faded" in words["lay"]
    assert "between 0.9 and 1.3 times as large as in the beginning" in words["lay"]
    still = interpret(RECORDINGS["none"]).words["lay"]
    assert "Over 14 s of held smile, neither side of the mouth shook by more than 0.06 mm." in still


@pytest.mark.parametrize(("kept", "warned"), [(0.45, True), (0.85, False)])
def test_a_rate_that_compression_may_have_mirrored_is_told_to_be_unsure(kept, warned):
    shakes = {"mouth_corner_left": Shake(), "mouth_corner_right": Shake(kept=kept)}
    lay = interpret(hand_made(tremor=shakes)).words["lay"]
    assert ("compression left 55 % of it out" in lay) == warned
    assert ("less sure" in lay) == warned


def test_growth_is_told():
    shake = Shake(growth=2.4, growth_ci=(1.7, 3.0))
    answer = interpret(hand_made(tremor={"cheek_right": shake})).words["answer"]
    assert "at the right cheek" in answer
    assert "it grew while the smile was held (2.4 times)" in answer


def test_one_sided_spasm_is_told_and_its_absence_only_for_the_time_seen():
    assert (
        "left eye alone closed or twitched 4 times"
        in interpret(RECORDINGS["one_sided"]).words["answer"]
    )
    lay = interpret(RECORDINGS["none"]).words["lay"]
    assert "No one-sided spasm was seen in 25 s." in lay


def test_a_count_says_how_little_a_short_time_tells():
    lay = interpret(RECORDINGS["one_sided"]).words["lay"]
    assert "over so short a time, that fits anything from 3 to 24 spasms a minute." in lay


def test_advice_is_given_once():
    reason = Reason("flicker", "The light flickers by 2 % RMS; use daylight or another lamp.")
    lay = interpret(hand_made(reasons=[reason])).words["lay"]
    assert lay.count("daylight") == 1
    assert "The light flickers by 2 % RMS." in lay


def test_what_speaks_against_a_pattern_is_said_without_a_double_negative():
    found = {f.category: f.explanation for f in interpret(RECORDINGS["both"]).findings}
    assert "Against it: probability that noise alone" in found["no_tremor"]
    assert "ot so: " not in " ".join(found.values())


def test_where_nothing_can_be_assessed_no_pattern_is_listed():
    reasons = [Reason(code, "So.") for code in ("face_lost", "low_frame_rate", "head_turned")]
    lay = interpret(hand_made(reasons=reasons)).words["lay"]
    assert "Which of the patterns looked for it fits could not be assessed." in lay
    assert load_texts().categories["synkinesis"].label not in lay


def test_an_unusable_recording_says_why_and_how_to_film_better():
    words = interpret(RECORDINGS["unusable"]).words
    assert words["answer"] == "This recording cannot answer the question. No face."
    assert words["advice"] == [load_texts().advice["no_face"]]
    assert words["advice"][0] in words["lay"]
    assert words["clinician"] == "Not assessable; quality unusable (no_face)."


def test_a_limited_recording_says_what_could_be_hidden():
    words = interpret(RECORDINGS["poor"]).words
    assert "could hide one (over compressed)" in words["answer"]
    assert "Could not be assessed: tired-muscle twitching" in words["lay"]


def test_vetoed_peaks_are_explained():
    veto = Veto("mouth_corner", "left", 5.0, "head_motion", "x")
    lay = interpret(hand_made(vetoes=[veto, replace(veto, side="right")])).words["lay"]
    assert lay.count("A shaking of 5.0 Hz was not counted, because the head moved") == 1


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_warning_sign_is_always_shown(name):
    words = interpret(RECORDINGS[name]).words
    assert sorted(words["red_flags"]) == sorted(flag.text for flag in load_texts().red_flags)


def test_what_the_person_tells_puts_its_warning_first():
    words = interpret(
        RECORDINGS["none"], context={"worsening": True, "symptoms": ["numbness"]}
    ).words
    assert len(words["red_flags_named"]) == 2
    assert words["red_flags"][:2] == words["red_flags_named"]
    assert all(text in words["lay"] for text in words["red_flags_named"])
    long = interpret(RECORDINGS["none"], context={"duration_days": 22}).words["red_flags_named"]
    assert [text for text in long if "three weeks" in text] == long != []
    assert (
        interpret(RECORDINGS["none"], context={"duration_days": 21}).words["red_flags_named"] == []
    )


def test_a_finding_names_its_warning():
    named = interpret(RECORDINGS["one_sided"]).words["red_flags_named"]
    assert [text for text in named if "one side of the face" in text] == named != []


def test_contributors_are_ordered_by_what_was_told_and_only_for_tremor():
    context = {"caffeine_mg": 300, "stress_0_10": 2, "sleep_h": 5.5}
    listed = interpret(RECORDINGS["both"], context=context).words["contributors"]
    assert listed[0] == "Caffeine and other stimulants: you had 300 mg of caffeine."
    assert listed[1] == "Tiredness: you slept 5.5 hours."
    assert listed[-1] == "Stress and tension: you rated your stress 2 of 10."
    assert len(listed) == 5
    assert interpret(RECORDINGS["eye"], context=context).words["contributors"] == []


def test_medicines_raise_their_contributor():
    context = {"medication": ["Salbutamol spray", "Hydrochlorothiazide"], "caffeine_mg": 0}
    listed = interpret(RECORDINGS["both"], context=context).words["contributors"]
    assert listed[0].endswith("you take Salbutamol spray.")
    assert listed[1].endswith("Hydrochlorothiazide can lower them.")


def test_context_changes_words_and_no_finding():
    context = {"stress_0_10": 10, "bells_palsy_past": True, "bells_palsy_side": "left",
               "symptoms": ["pain"], "botulinum_date": "2026-01-02"}  # fmt: skip
    for measured in RECORDINGS.values():
        assert interpret(measured, context=context).findings == interpret(measured).findings
    lay = interpret(RECORDINGS["eye"], context=context).words["lay"]
    assert "You told of a facial palsy on the left, the same side." in lay
    assert "Botulinum toxin (2026-01-02)" in lay


def test_what_this_recording_cannot_tell():
    texts = load_texts().cannot_tell
    bare = interpret(hand_made(tremor=BOTH, asymmetry=0.1, rest_s=0.0)).words["cannot_tell"]
    assert texts.no_rest in bare
    assert texts.no_repeat in bare
    full = interpret(hand_made(narrowing=[(20, 20)] * 3)).words["cannot_tell"]
    assert texts.no_rest not in full
    assert texts.no_repeat not in full
    assert texts.short_blinks not in full
    assert set(texts.always) <= set(full)
    assert texts.on_purpose in interpret(RECORDINGS["one_sided"]).words["cannot_tell"]
