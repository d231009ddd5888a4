"""The thresholds are data: checked, sourced, and all in use."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tremorcam.interpret as package
from tremorcam import dictionary
from tremorcam.interpret import CATEGORIES, load_criteria, parse_criteria
from tremorcam.interpret.texts import load_texts
from tremorcam.measure.peaks import ALPHA

GOOD = """
version = 1
doubts = []
rivals = {}
[criteria.one]
text = "x"
relation = "at_least"
value = 1.0
unit = "mm"
source = "article"
confidence = "low"
provisional = true
"""


def test_every_threshold_says_where_it_comes_from():
    for name, criterion in load_criteria().criteria.items():
        assert len(criterion.source) > 8, name
        assert criterion.unit, name
        if "provisional" in criterion.source:
            assert criterion.provisional, name


def test_every_threshold_is_used_and_every_name_in_the_code_exists():
    folder = Path(package.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r'"((?:tremor|bursts|lids|smile|context)\.[a-z_]+)"', code))
    assert used == set(load_criteria().criteria)


def test_a_tremor_is_judged_at_the_level_at_which_it_is_found():
    assert load_criteria()["tremor.p_value"].value == ALPHA


def test_doubts_and_advice_know_every_reason_of_the_dictionary():
    reasons = set(dictionary.reasons())
    assert {doubt.code for doubt in load_criteria().doubts} <= reasons
    assert set(load_texts().advice) == reasons


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("tremor.p_value", "at most 0.001"),
        ("tremor.slow_band", "within 3 to 6 Hz"),
        ("bursts.rate", "at least 10 /min"),
    ],
)
def test_a_threshold_tells_on_which_side_of_it_a_value_must_lie(name, limit):
    assert load_criteria()[name].limit == limit


def test_rivals_cover_the_categories():
    assert set(load_criteria().rivals) == set(CATEGORIES)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("value = 1.0", 'value = "many"', "valid number"),
        ("value = 1.0", "value = nan", "finite"),
        ('unit = "mm"', "", "unit"),
        ('"at_least"', '"about"', "relation"),
        ('"low"', '"sure"', "confidence"),
        ("value = 1.0", "value = 1.0\nupper = 2.0", "'upper' goes with"),
        ('"at_least"', '"within"', "'upper' goes with"),
        ("value = 1.0", "value = 1.0\nvalues = 3", "values"),
    ],
)
def test_a_wrong_file_is_refused_by_name(old: str, new: str, complaint: str):
    assert parse_criteria(GOOD)["one"].value == 1.0
    with pytest.raises(ValueError, match=complaint):
        parse_criteria(GOOD.replace(old, new))


@given(value=st.floats(-1e6, 1e6))
def test_relations(value: float):
    def met(relation: str) -> bool | None:
        text = GOOD.replace('"at_least"', f'"{relation}"')
        return parse_criteria(text)["one"].met_by(value)

    assert met("at_least") is (value >= 1)
    assert met("below") is (not met("at_least"))
    assert met("above") is (value > 1)
    assert met("at_most") is (not met("above"))
    assert parse_criteria(GOOD)["one"].met_by(float("nan")) is None


def test_a_band_includes_its_ends():
    band = load_criteria()["tremor.fine_band"]
    assert [band.met_by(hz) for hz in (5.99, 6.0, 12.0, 12.01)] == [False, True, True, False]
