"""Whatever the tables hold, interpretation stands, and more of a sign is never less of it."""

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic_measurement import HandMade, Shake, event, hand_made

from tremorcam import dictionary
from tremorcam.anatomy import REGIONS
from tremorcam.data import (
    EVENT_COLUMNS,
    MEASURE_COLUMNS,
    PHASE_COLUMNS,
    PHASES,
    Quality,
    Reason,
    Veto,
)
from tremorcam.interpret import CATEGORIES, interpret

NUMBERS = st.one_of(
    st.just(np.nan), st.just(np.inf), st.none(), st.floats(-1e9, 1e9), st.floats(0, 20)
)
SIDES = st.sampled_from(["left", "right", "both"])
PLACES = st.sampled_from([region.name for region in REGIONS] + ["eye"])
MEASURE_ROW = st.fixed_dictionaries(
    {
        "region": PLACES, "side": SIDES, "phase": st.sampled_from(PHASES),
        "measure": st.sampled_from(sorted(dictionary.measures())), "value": NUMBERS,
        "unit": st.just("1"), "ci_low": NUMBERS, "ci_high": NUMBERS, "noise_floor": NUMBERS,
        "detected": st.sampled_from([None, True, False, np.nan, np.bool_(True)]),
        "smile": st.integers(0, 3),
    }
)  # fmt: skip
EVENT_ROW = st.fixed_dictionaries(
    {
        "event": st.sampled_from(sorted(dictionary.events())), "side": SIDES, "onset_s": NUMBERS,
        "offset_s": NUMBERS, "duration_s": NUMBERS, "peak": NUMBERS, "unit": st.just("mm"),
        "region": PLACES, "phase": st.sampled_from(PHASES),
    }
)  # fmt: skip
PHASE_ROW = st.fixed_dictionaries(
    {"smile": st.integers(0, 3), "phase": st.sampled_from(PHASES), "onset_s": NUMBERS,
     "offset_s": NUMBERS}
)  # fmt: skip
REASON = st.builds(
    Reason,
    code=st.sampled_from(sorted(dictionary.reasons())),
    message=st.just("So."),
    value=st.one_of(st.none(), st.floats(0, 60)),
    severity=st.sampled_from(["note", "limited", "unusable"]),
)
VETO = st.builds(
    Veto,
    region=PLACES,
    side=SIDES,
    frequency_hz=st.floats(1, 12),
    cause=st.sampled_from(["head_motion", "flicker", "speech"]),
    explanation=st.just("So."),
)


def _table(columns):
    return lambda rows: pd.DataFrame(rows, columns=list(columns))


MEASUREMENTS = st.builds(
    HandMade,
    phases=st.lists(PHASE_ROW, max_size=8).map(_table(PHASE_COLUMNS)),
    measures=st.lists(MEASURE_ROW, max_size=40).map(_table(MEASURE_COLUMNS)),
    events=st.lists(EVENT_ROW, max_size=12).map(_table(EVENT_COLUMNS)),
    vetoes=st.lists(VETO, max_size=3).map(tuple),
    quality=st.builds(
        Quality,
        status=st.sampled_from(["ok", "limited", "unusable"]),
        reasons=st.lists(REASON, max_size=3).map(tuple),
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(measured=MEASUREMENTS)
def test_any_tables_give_well_formed_findings(measured: HandMade):
    before = [table.copy() for table in (measured.phases, measured.measures, measured.events)]
    found = interpret(measured)
    assert [f.category for f in found.findings] == list(CATEGORIES)
    assert {f.status for f in found.findings} <= {"consistent", "not_consistent", "not_assessable"}
    clearest = [f for f in found.findings if f.primary]
    assert len(clearest) <= 1
    assert all(f.status == "consistent" for f in clearest)
    for piece in (piece for f in found.findings for piece in f.evidence):
        assert piece.met in (True, False, None)
        assert piece.value is None or np.isfinite(piece.value)
        assert piece.threshold is not None
    if measured.quality.status == "unusable":
        assert {f.status for f in found.findings} == {"not_assessable"}
    assert found.words["answer"]
    for table, copy in zip(
        (measured.phases, measured.measures, measured.events), before, strict=True
    ):
        pd.testing.assert_frame_equal(table, copy)


def _status(measured: HandMade, category: str) -> str:
    return next(f.status for f in interpret(measured).findings if f.category == category)


@settings(max_examples=40, deadline=None)
@given(onsets_s=st.lists(st.floats(6.0, 19.0), max_size=12), more_s=st.floats(6.0, 19.0))
def test_one_more_spasm_never_makes_a_one_sided_spasm_less_likely(onsets_s, more_s):
    fewer = [event("eyelid_spasm", "right", at) for at in onsets_s]
    before = _status(hand_made(events=fewer), "hemifacial_spasm")
    after = _status(
        hand_made(events=[*fewer, event("eyelid_spasm", "right", more_s)]), "hemifacial_spasm"
    )
    assert not (before == "consistent" and after != "consistent")


@settings(max_examples=40, deadline=None)
@given(growth=st.floats(0.3, 6.0), more=st.floats(1.0, 2.0))
def test_more_growth_never_makes_fatigue_less_likely(growth, more):
    def status(ratio: float) -> str:
        shake = Shake(growth=ratio, growth_ci=(0.75 * ratio, 1.3 * ratio))
        return _status(hand_made(tremor={"cheek_left": shake}), "muscle_fatigue")

    assert not (status(growth) == "consistent" and status(growth * more) != "consistent")


@settings(max_examples=40, deadline=None)
@given(left=st.floats(-20, 100), right=st.floats(-20, 100))
def test_the_sides_are_treated_alike(left, right):
    one = _status(hand_made(narrowing=[(left, right)]), "synkinesis")
    other = _status(hand_made(narrowing=[(right, left)]), "synkinesis")
    assert one == other


@settings(max_examples=40, deadline=None)
@given(reasons=st.lists(REASON, max_size=4), hz=st.floats(3, 12), n=st.integers(0, 6))
def test_poorer_quality_only_ever_takes_answers_away(reasons, hz, n):
    tremor = {"mouth_corner_left": Shake(hz=hz), "mouth_corner_right": Shake(hz=hz)}
    lids = [event("eyelid_spasm", "left", 7.0 + i) for i in range(n)]
    good = hand_made(tremor=tremor, asymmetry=0.0, events=lids)
    poor = replace(good, quality=hand_made(reasons=reasons).quality)
    for better, worse in zip(interpret(good).findings, interpret(poor).findings, strict=True):
        assert worse.status in (better.status, "not_assessable")
