"""Every pattern on measurements made by hand."""

import math
from dataclasses import replace

import pytest
from synthetic_measurement import HandMade, Shake, event, hand_made

from tremorcam.data import Finding, Reason, Veto
from tremorcam.interpret import BEYOND_ARTICLE, CATEGORIES, interpret

BOTH = {"mouth_corner_left": Shake(), "mouth_corner_right": Shake(hz=9.2, mm=0.25)}


def bursts(*onsets_s: float, side: str = "left", phase: str = "hold") -> list[dict]:
    return [event("mouth_burst", side, at, phase=phase) for at in onsets_s]


def spasms(*onsets_s: float, side: str = "left", phase: str = "hold") -> list[dict]:
    return [event("eyelid_spasm", side, at, phase=phase) for at in onsets_s]


HEMIFACIAL = [
    *spasms(1.0, 3.0, phase="neutral"),
    *spasms(7.0, 9.0, 12.0, 15.0),
    *bursts(7.04, 9.05, 12.03, 15.06),
    *bursts(1.04, phase="neutral"),
]
TIRED = bursts(7.0, 8.7, 11.0, 13.2, 15.5, 17.0)


def statuses(measurement: HandMade) -> dict[str, str]:
    return {f.category: f.status for f in interpret(measurement).findings}


def clearest(measurement: HandMade) -> str | None:
    return next((f.category for f in interpret(measurement).findings if f.primary), None)


def finding(measurement: HandMade, category: str) -> Finding:
    return next(f for f in interpret(measurement).findings if f.category == category)


def only(category: str, **others: str) -> dict[str, str]:
    expected = dict.fromkeys(CATEGORIES, "not_consistent") | {category: "consistent"}
    return expected | others


GROWING = Shake(growth=2.6, growth_ci=(1.8, 3.4))
CASES = {
    "no_tremor": hand_made(),
    "generalized_tremor": hand_made(tremor=BOTH, asymmetry=0.1),
    "muscle_fatigue": hand_made(events=TIRED),
    "hemifacial_spasm": hand_made(events=HEMIFACIAL, eye_mouth={"left": (0.9, 0.04)}),
    "synkinesis": hand_made(narrowing=[(48, 21), (45, 20), (50, 25)]),
    "blepharospasm": hand_made(
        events=[event("eyelid_spasm", "both", at, 1.5) for at in (2.0, 9.0, 14.0)], blink_rate=31
    ),
    "slow_tremor": hand_made(tremor={"chin_both": Shake(hz=4.5)}),
}


@pytest.mark.parametrize("category", CASES)
def test_each_plain_case_is_its_pattern_alone(category: str):
    more = {"synkinesis": {}, "generalized_tremor": {"smiling_tremor": "not_assessable"}}
    assert statuses(CASES[category]) == only(category, **more.get(category, {}))
    assert clearest(CASES[category]) == category


def test_findings_come_in_order_and_name_what_the_article_does_not():
    found = [f.category for f in interpret(CASES["no_tremor"]).findings]
    assert found == list(CATEGORIES)
    assert {"smiling_tremor", "slow_tremor"} == BEYOND_ARTICLE


def test_fine_tremor_that_grows_is_fatigue_even_on_both_sides():
    measured = hand_made(tremor=dict.fromkeys(BOTH, GROWING), asymmetry=0.0)
    assert clearest(measured) == "muscle_fatigue"
    assert statuses(measured)["generalized_tremor"] == "not_consistent"


@pytest.mark.parametrize(
    ("growth", "interval", "status"),
    [
        (1.49, (1.2, 1.8), "not_consistent"),
        (1.5, (1.2, 1.8), "consistent"),
        (1.9, (0.95, 3.0), "not_assessable"),
        (1.2, (0.6, 2.4), "not_consistent"),
        (math.nan, (math.nan, math.nan), "not_assessable"),
    ],
)
def test_growth_must_be_large_and_certain(growth, interval, status):
    shake = Shake(growth=growth, growth_ci=interval)
    assert statuses(hand_made(tremor={"cheek_left": shake}))["muscle_fatigue"] == status


def test_unknown_growth_keeps_generalized_tremor_but_makes_it_no_clear_case():
    shake = Shake(growth=math.nan, growth_ci=(math.nan, math.nan))
    measured = hand_made(tremor=dict.fromkeys(BOTH, shake), asymmetry=0.0)
    assert statuses(measured)["generalized_tremor"] == "consistent"
    assert statuses(measured)["muscle_fatigue"] == "not_assessable"
    assert clearest(measured) is None


def test_steady_fine_tremor_of_one_side_fits_nothing_of_the_article():
    found = statuses(hand_made(tremor={"mouth_corner_left": Shake()}, asymmetry=0.9))
    assert set(found.values()) == {"not_consistent"}


def test_a_side_too_noisy_to_show_the_other_sides_tremor_is_unknown():
    shaking = {"mouth_corner_left": Shake(mm=0.3)}
    seen = hand_made(tremor=shaking, detection_limit_mm=0.09)
    hidden = hand_made(tremor=shaking, detection_limit_mm=0.11)
    assert statuses(seen)["generalized_tremor"] == "not_consistent"
    assert statuses(hidden)["generalized_tremor"] == "not_assessable"


def test_a_vetoed_peak_is_no_tremor_however_significant():
    measured = hand_made(tremor=dict.fromkeys(BOTH, Shake(detected=False)))
    assert clearest(measured) == "no_tremor"


# --- fatigue against one-sided spasm ---------------------------------------------------------


def test_twitches_that_come_with_the_eye_are_not_fatigue():
    assert finding(CASES["hemifacial_spasm"], "muscle_fatigue").status == "not_consistent"
    joined = {
        e.criterion: e.met for e in finding(CASES["hemifacial_spasm"], "hemifacial_spasm").evidence
    }
    assert joined["lids.with_mouth"] is True
    assert joined["lids.eye_first"] is True
    assert joined["lids.at_rest"] is True


def test_two_sided_blinks_during_twitches_do_not_make_a_spasm():
    blinks = [event("blink", "both", at) for at in (7.02, 11.0, 13.2, 17.0)]
    assert clearest(hand_made(events=TIRED + blinks)) == "muscle_fatigue"


def test_twitches_on_both_sides_are_fatigue_as_well():
    both = bursts(7.0, 9.0, 12.0) + bursts(8.0, 10.0, 14.0, side="right")
    assert clearest(hand_made(events=both)) == "muscle_fatigue"


def test_movements_longer_than_twitches_are_neither_a_tired_muscle_nor_nothing():
    slow = [{**burst, "offset_s": burst["onset_s"] + 1.1, "duration_s": 1.1} for burst in TIRED]
    found = statuses(hand_made(events=slow))
    assert found["muscle_fatigue"] == "not_consistent"
    assert found["no_tremor"] == "not_consistent"


def test_twitches_that_stay_at_rest_are_not_fatigue():
    resting = bursts(0.5, 1.0, 2.0, 3.0, 4.0, phase="neutral")
    assert statuses(hand_made(events=TIRED + resting))["muscle_fatigue"] == "not_consistent"
    assert statuses(hand_made(events=TIRED, rest_s=0.0))["muscle_fatigue"] == "consistent"


def test_two_twitches_at_rest_make_no_rate_that_speaks_against_fatigue():
    resting = bursts(0.5, 3.0, phase="neutral")
    tired = hand_made(events=TIRED[:3] + resting)
    evidence = finding(tired, "muscle_fatigue").evidence
    rest = next(piece for piece in evidence if piece.criterion == "bursts.rest")
    assert rest.value > rest.threshold
    assert rest.met is None
    assert clearest(tired) == "muscle_fatigue"


def test_a_cheek_that_joins_the_mouth_a_little_later_is_the_same_twitch():
    mouth = [event("mouth_burst", "left", at, 0.6) for at in (7.0, 11.0)]
    cheek = [event("cheek_burst", "left", at + 0.15, 0.6) for at in (7.0, 11.0)]
    assert clearest(hand_made(events=mouth + cheek)) == "no_tremor"
    apart = [event("cheek_burst", "left", at + 0.5, 0.6) for at in (7.0, 11.0)]
    assert clearest(hand_made(events=mouth + apart)) == "muscle_fatigue"


def test_twitches_while_both_eyes_are_in_spasm_are_not_fatigue():
    shut = [event("eyelid_spasm", "both", at, 1.5) for at in (6.9, 10.9, 15.4)]
    assert statuses(hand_made(events=TIRED[::2] + shut))["muscle_fatigue"] == "not_consistent"


def test_speech_explains_bursts():
    speech = Veto("mouth_corner", "left", 4.0, "speech", "The mouth speaks.")
    assert statuses(hand_made(events=TIRED, vetoes=[speech]))["muscle_fatigue"] == "not_assessable"


def test_two_winks_are_no_spasm():
    winks = [event("wink", "left", at, 0.5) for at in (7.0, 9.0)]
    assert statuses(hand_made(events=winks))["hemifacial_spasm"] == "not_consistent"


def test_closures_that_change_sides_get_no_label():
    lids = spasms(2.0, 8.0, 12.0) + spasms(4.0, 10.0, side="right")
    assert statuses(hand_made(events=lids))["hemifacial_spasm"] == "not_consistent"
    assert "changed sides" in interpret(hand_made(events=lids)).words["lay"]


def test_a_low_rate_over_a_long_time_is_not_called_a_spasm():
    assert statuses(hand_made(events=spasms(7, 20, 50), hold_s=70))["hemifacial_spasm"] == (
        "not_consistent"
    )


# --- synkinesis ------------------------------------------------------------------------------


def test_closures_that_begin_with_each_smile_are_the_smiles_own():
    narrowing = [(50, 20)] * 3
    smile_starts = (5.3, 25.5, 45.7)
    lids = [event("eyelid_spasm", "left", at, 10.0, phase="onset") for at in smile_starts]
    measured = hand_made(narrowing=narrowing, events=lids)
    assert clearest(measured) == "synkinesis"
    assert statuses(measured)["hemifacial_spasm"] == "not_consistent"


@pytest.mark.parametrize(
    ("narrowing", "status"),
    [
        ([(35.0, 20.0)], "consistent"),
        ([(34.9, 20.0)], "not_consistent"),
        ([(42, 20), (41, 20), (20, 20)], "not_consistent"),
        ([(42, 20), (20, 42), (42, 20)], "not_consistent"),
        ([(10, 40), (12, 38), (15, 42), (10, 40), (20, 21)], "consistent"),
        ([(math.nan, 20.0)], "not_assessable"),
    ],
)
def test_the_eye_must_narrow_more_by_enough_and_every_time(narrowing, status):
    assert statuses(hand_made(narrowing=narrowing))["synkinesis"] == status


def test_a_difference_that_could_be_a_healthy_smiles_is_neither_there_nor_absent():
    unsure = hand_made(narrowing=[(36.0, 20.0)])
    rows = unsure.measures["measure"] == "eye_closure_difference"
    unsure.measures.loc[rows, ["ci_low", "ci_high"]] = [5.0, 27.0]
    assert statuses(unsure)["synkinesis"] == "not_assessable"
    assert clearest(unsure) == "no_tremor"


def test_both_one_sided_patterns_at_once_name_neither():
    measured = hand_made(narrowing=[(50, 20)] * 3, events=HEMIFACIAL)
    found = statuses(measured)
    assert (found["hemifacial_spasm"], found["synkinesis"]) == ("consistent", "consistent")
    assert clearest(measured) is None
    assert "cannot tell apart" in interpret(measured).words["answer"]


# --- lids, slow and smiling tremor -----------------------------------------------------------


@pytest.mark.parametrize(
    ("n_spasms", "duration_s", "blink_rate", "status"),
    [
        (2, 1.2, 10, "consistent"),
        (1, 1.2, 28, "consistent"),
        (1, 1.2, 10, "not_consistent"),
        (3, 0.8, 10, "not_consistent"),
        (0, 1.2, 40, "not_consistent"),
    ],
)
def test_blepharospasm(n_spasms, duration_s, blink_rate, status):
    closed = [event("long_closure", "both", 6 + 3 * i, duration_s) for i in range(n_spasms)]
    measured = hand_made(events=closed, blink_rate=blink_rate)
    assert statuses(measured)["blepharospasm"] == status


def test_slow_tremor_must_last():
    brief = hand_made(tremor={"chin_both": Shake(hz=4.5, persistence=0.3)})
    assert statuses(brief)["slow_tremor"] == "not_consistent"


def test_a_chin_that_was_not_seen_leaves_slow_tremor_open_and_the_mouth_as_it_is():
    seen = hand_made()
    chin = seen.measures["region"].eq("chin") & seen.measures["measure"].eq("detection_limit")
    cut_off = replace(seen, measures=seen.measures[~chin])
    assert statuses(seen)["slow_tremor"] == "not_consistent"
    assert statuses(cut_off)["slow_tremor"] == "not_assessable"
    assert statuses(cut_off)["no_tremor"] == "consistent"


def test_smiling_tremor_needs_smiles_of_two_widths():
    even = hand_made(tremor=BOTH, asymmetry=0.1, narrowing=[(18, 20)] * 2)
    assert statuses(even)["smiling_tremor"] == "not_assessable"
    levels = hand_made(narrowing=[(18, 20)] * 2, excursion_mm=[5.0, 10.0])
    moderate = _per_smile(even.measures, levels, shaking=1)
    full = _per_smile(even.measures, levels, shaking=2)
    assert statuses(moderate)["smiling_tremor"] == "consistent"
    assert clearest(moderate) == "smiling_tremor"
    assert statuses(full)["smiling_tremor"] == "not_consistent"
    assert clearest(full) == "generalized_tremor"


def _per_smile(shaking_rows, levels: HandMade, *, shaking: int) -> HandMade:
    import pandas as pd

    rest = levels.measures
    of_tremor = rest["measure"].str.match("tremor|growth|detection")
    other = 3 - shaking
    tables = [
        shaking_rows[shaking_rows["measure"].str.match("tremor|growth|detection")].assign(
            smile=shaking
        ),
        rest[of_tremor].assign(smile=other),
        rest[~of_tremor],
    ]
    asymmetry = shaking_rows[shaking_rows["measure"] == "asymmetry_index"]
    return replace(levels, measures=pd.concat([*tables, asymmetry], ignore_index=True))


# --- quality ---------------------------------------------------------------------------------


def test_an_unusable_recording_says_nothing():
    no_face = Reason("no_face", "No face was found.", severity="unusable")
    for case in CASES.values():
        measured = replace(case, quality=hand_made(reasons=[no_face]).quality)
        assert set(statuses(measured).values()) == {"not_assessable"}
        assert all(e.met is None for f in interpret(measured).findings for e in f.evidence)


@pytest.mark.parametrize(
    ("code", "value", "category", "status"),
    [
        ("low_frame_rate", 24.0, "generalized_tremor", "consistent"),
        ("low_frame_rate", 24.0, "no_tremor", "not_assessable"),
        ("low_frame_rate", 23.0, "generalized_tremor", "not_assessable"),
        ("low_frame_rate", 24.0, "slow_tremor", "consistent"),
        ("low_frame_rate", 18.0, "slow_tremor", "not_assessable"),
        ("low_frame_rate", 18.0, "hemifacial_spasm", "consistent"),
        ("over_compressed", None, "generalized_tremor", "consistent"),
        ("over_compressed", None, "no_tremor", "not_assessable"),
        ("head_turned", None, "synkinesis", "not_assessable"),
        ("head_turned", None, "muscle_fatigue", "not_assessable"),
        ("several_faces", None, "no_tremor", "consistent"),
    ],
)
def test_poor_quality_takes_away_what_it_touches_and_no_more(code, value, category, status):
    reason = Reason(code, "So.", value=value)
    measured = replace(CASES[category], quality=hand_made(reasons=[reason]).quality)
    assert statuses(measured)[category] == status


def test_what_hides_small_movement_makes_its_absence_unknown_and_leaves_lids_alone():
    reason = Reason("over_compressed", "So.")
    found = statuses(replace(CASES["no_tremor"], quality=hand_made(reasons=[reason]).quality))
    lids = ("blepharospasm", "hemifacial_spasm", "synkinesis")
    assert found == {c: "not_consistent" if c in lids else "not_assessable" for c in CATEGORIES}


@pytest.mark.parametrize("code", ["face_lost", "too_short", "no_smile"])
def test_what_leaves_time_unseen_makes_every_absence_of_events_unknown(code):
    found = statuses(
        replace(CASES["no_tremor"], quality=hand_made(reasons=[Reason(code, "So.")]).quality)
    )
    unknown = {c for c, status in found.items() if status == "not_assessable"}
    assert unknown >= set(CATEGORIES) - {"synkinesis"}


def test_a_note_changes_nothing():
    note = Reason("over_compressed", "A little.", severity="note")
    measured = replace(CASES["no_tremor"], quality=hand_made(reasons=[note]).quality)
    assert clearest(measured) == "no_tremor"


def test_a_recording_that_sees_only_gross_tremor_is_not_called_free_of_it():
    assert statuses(hand_made(detection_limit_mm=0.6))["no_tremor"] == "consistent"
    assert statuses(hand_made(detection_limit_mm=0.7))["no_tremor"] == "not_assessable"
    assert statuses(hand_made(detection_limit_mm=math.nan))["no_tremor"] == "not_assessable"


def test_a_spasm_whose_lids_were_too_faint_to_read_counts_where_the_eye_mostly_joins():
    eye = [event("lid_twitch", "left", at) for at in (8.0, 11.0)]
    mouth = [event("mouth_burst", "left", at) for at in (8.02, 11.03, 14.0)]
    assert clearest(hand_made(events=[*eye, *mouth])) == "hemifacial_spasm"
    assert statuses(hand_made(events=[*eye, *mouth[:2]]))["hemifacial_spasm"] == "not_consistent"
    one_wink = hand_made(events=[eye[0], *mouth, event("mouth_burst", "left", 16.0)])
    assert statuses(one_wink)["hemifacial_spasm"] == "not_consistent"


# --- evidence --------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_every_value_in_evidence_names_its_rows(case):
    for found in interpret(CASES[case]).findings:
        assert found.evidence
        for piece in found.evidence:
            assert piece.source
            assert piece.confidence in ("high", "medium", "low")
            if piece.value is not None:
                assert piece.reference.startswith(("measures.csv:", "events.csv:", "phases")), piece
