"""What holds for any input, stage by stage; what is interpreted has properties of its own."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from measuring import measured
from synthetic_analysis import make_analysis
from synthetic_signals import make_signals, seen_in_a_mirror

from tremorcam.anatomy import REGIONS
from tremorcam.data import validate_signals
from tremorcam.publish import from_json, to_json
from tremorcam.publish.tables import make_tables, to_csv
from tremorcam.source.clock import Clock
from tremorcam.source.timing import audit_timing
from tremorcam.track.displacement import build_signals
from tremorcam.track.geometry import Shape
from tremorcam.track.head import Similarity
from tremorcam.track.records import Records, Step

SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
OTHER = {"left": "right", "right": "left", "both": "both"}
SIGNED = {
    "asymmetry_index", "lag", "smile_asymmetry", "smile_onset_lag", "eye_closure_difference",
}  # fmt: skip
"""Measures that change their sign when left and right change places."""


@given(stated_s=st.lists(st.none() | st.floats(-1e6, 1e6), max_size=60))
@example(stated_s=[0.0, 3e-113, 1e-38, 1.0, None])  # a usual step that adds nothing
def test_times_only_ever_increase(stated_s):
    clock = Clock()
    kept = list(clock.run(enumerate(stated_s)))
    times_s = np.array([time_s for _, time_s in kept])
    assert np.isfinite(times_s).all()
    assert (times_s[:1] == 0).all()
    assert (np.diff(times_s) > 0).all()
    assert [at for at, _ in kept] == sorted({at for at, _ in kept})
    assert clock.n_corrected >= len(stated_s) - len(kept)


@given(
    steps_s=st.lists(st.floats(1e-4, 100), min_size=1, max_size=60),
    repeated=st.randoms(use_true_random=False),
)
def test_a_rate_is_one_that_frames_have(steps_s, repeated):
    time_s = np.concatenate([[0.0], np.cumsum(steps_s)])
    duplicate = np.array([False, *(repeated.random() < 0.3 for _ in steps_s)])
    found = audit_timing(time_s, duplicate)
    between_s = np.diff(time_s[~duplicate])
    assert found.n_duplicates == duplicate.sum()
    if len(between_s):
        assert 0.99 / between_s.max() <= found.effective_rate_hz <= 1.01 / between_s.min()
    else:
        assert found.effective_rate_hz == 0


def note(records, rng, *, found, looked, mirrored, followed):
    """Add a frame of a tracker that saw what it is told."""
    n = len(REGIONS)

    def shape():
        return Shape(
            aperture=rng.uniform(1, 20, 2), excursion=rng.normal(0, 30, 2),
            angles_deg=rng.normal(0, 20, 3), box=np.array([100.0, 100, 300, 340]),
            interocular=rng.uniform(20, 200), eye_span=rng.uniform(30, 300),
            iris=rng.uniform(2, 40),
        )  # fmt: skip

    at = records.add(len(records) / 30, 0.5)
    if followed:
        head = Similarity(rng.uniform(0, 300, 2), rng.normal(0, 3, 2), 1e-3, 1e-3, 0.1)
        motion = rng.normal(0, 5, (n, 2))
        motion[rng.random(n) < 0.1] = np.nan
        step = Step(rng.uniform(0, 300, (n, 2)), motion, np.full(n, 0.1), head)
        records.note_step(at, step)
        if at % 15 == 0:
            records.bounds_px[at] = np.full(n, 0.01)
    if found:
        records.note_face(at, rng.uniform(0, 300, (n, 2)), rng.uniform(0, 255, n))
    if looked:
        records.shapes[at] = shape()
    if mirrored:
        records.alone[at], records.mirrored[at] = rng.uniform(1, 20, (2, 2)), shape()


@SLOW
@given(
    seed=st.integers(0, 2**32 - 1),
    seen=st.lists(st.tuples(*[st.booleans()] * 4), min_size=1, max_size=90),
)
def test_any_records_of_a_tracker_are_signals(seed, seen):
    rng = np.random.default_rng(seed)
    records = Records()
    for number, (found, looked, mirrored, followed) in enumerate(seen):
        note(
            records, rng, found=found, looked=found and looked,
            mirrored=found and looked and mirrored, followed=number > 0 and found and followed,
        )  # fmt: skip
    tracker = SimpleNamespace(records=records, n_faces=1, shape=(360, 640))
    signals = build_signals(tracker, iris_mm=11.71)
    validate_signals(signals)
    lost = ~records.column("found")
    for name in ("eye_aperture_mm", "smile_excursion_mm"):
        assert np.isnan(signals[name].values[lost]).all()
    for name, variable in signals.data_vars.items():
        assert not np.isinf(variable.values.astype(float)).any(), name


@SLOW
@given(data=st.data())
def test_whatever_the_signals_hold_is_measured_or_empty(data):
    signals = make_signals(duration_s=7, smiles=((1.5, 6.5),), blinks_s=(3.0,))
    n = signals.sizes["frame"]
    names = sorted(name for name, v in signals.data_vars.items() if v.dtype == float)
    for _ in range(data.draw(st.integers(1, 4))):
        values = signals[data.draw(st.sampled_from(names))].values
        first = data.draw(st.integers(0, n - 1))
        last = data.draw(st.integers(first, n))
        values[first:last] = data.draw(st.sampled_from([np.nan, 0.0, 1e9, -1e9, 1e-12]))
    lost = data.draw(st.integers(0, n))
    signals["face_found"].values[:lost] = False
    measures = measured(signals).measures
    numbers = measures[["value", "ci_low", "ci_high", "noise_floor"]].to_numpy(float)
    assert not np.isinf(numbers).any()
    told = measures.dropna(subset=["value", "ci_low", "ci_high"])
    slack = 1e-9 * (1 + told["value"].abs())
    assert (told["ci_low"] <= told["value"] + slack).all()
    assert (told["value"] <= told["ci_high"] + slack).all()
    # Nothing is found where nothing is known.
    assert not measures.loc[measures["value"].isna(), "detected"].isin([True]).any()


@settings(SLOW, max_examples=6)
@given(
    hz=st.floats(4, 11), mm=st.floats(0.05, 0.6), share=st.floats(0, 1),
    left_mm=st.floats(5, 10), right_mm=st.floats(5, 10), seed=st.integers(0, 1000),
)  # fmt: skip
def test_sides_swap_when_the_signals_do(*, hz, mm, share, left_mm, right_mm, seed):
    signals = make_signals(
        duration_s=10, smiles=((1.5, 9.5),), blinks_s=(4.0,), seed=seed,
        excursion_mm={"left": left_mm, "right": right_mm},
        tremor={"mouth_corner_left": (hz, mm), "mouth_corner_right": (hz, share * mm)},
    )  # fmt: skip
    keys = ["region", "side", "phase", "smile", "measure"]
    before, after = (
        measured(each).measures.set_index(keys)[["value", "detected"]]
        for each in (signals, seen_in_a_mirror(signals))
    )
    for place, row in before.iterrows():
        region, side, phase, smile, measure = place
        other = after.loc[(region, OTHER[side], phase, smile, measure)]
        assert (row["detected"] is True) == (other["detected"] is True), place
        expected = -row["value"] if measure in SIGNED else row["value"]
        if measure == "tremor_axis":
            apart = (expected + other["value"]) % 180
            assert math.isnan(apart) or min(apart, 180 - apart) < 1e-3, place
        else:
            assert other["value"] == pytest.approx(expected, rel=1e-6, abs=1e-9, nan_ok=True), place


@SLOW
@given(values=st.lists(st.floats(), min_size=1, max_size=40))
def test_no_table_holds_a_word_for_a_number(values):
    analysis = make_analysis()
    measures = analysis.measures.copy()
    n = min(len(values), len(measures))
    for column in ("value", "ci_low", "ci_high"):
        measures.loc[measures.index[:n], column] = values[:n]
    object.__setattr__(analysis, "measures", measures)
    text = to_csv(make_tables(analysis)["measures.csv"], "measures.csv")
    cells = {cell.lower() for line in text.splitlines() for cell in line.split(",")}
    assert not cells & {"nan", "inf", "-inf", "infinity", "none", "null"}
    back = from_json(to_json(analysis)).measures
    np.testing.assert_array_equal(back["value"].to_numpy(float), measures["value"].to_numpy(float))
