"""Context files: checked with clear errors, kept as they were told."""

import json
from pathlib import Path

import pytest

from tremorcam.data import InputError
from tremorcam.interpret import Context, load_context, parse_context

TOML = """
caffeine_mg = 180
sleep_h = 6.5
fluids = "little"
medication = ["salbutamol"]
botulinum_date = 2026-03-01
symptoms = ["numbness", "vision_change"]
"""


def test_toml_and_json_read_alike(tmp_path: Path):
    (tmp_path / "a.toml").write_text(TOML, encoding="utf-8")
    context = load_context(tmp_path / "a.toml")
    (tmp_path / "a.json").write_text(json.dumps(context.told()), encoding="utf-8")
    assert load_context(tmp_path / "a.json") == context
    assert context.told() == {
        "caffeine_mg": 180.0, "sleep_h": 6.5, "fluids": "little", "medication": ["salbutamol"],
        "botulinum_date": "2026-03-01", "symptoms": ["numbness", "vision_change"],
    }  # fmt: skip


def test_nothing_told_is_nothing_kept():
    assert parse_context({}) == Context()
    assert Context().told() == {}


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({"coffee": 2}, r"'coffee' is not known; the questions are caffeine_mg, sleep_h"),
        ({"stress_0_10": 11}, r"stress_0_10 is 11: .*less than or equal to 10"),
        ({"sleep_h": "long"}, r"sleep_h is 'long'"),
        ({"symptoms": ["hiccups"]}, r"symptoms\.0 is 'hiccups'"),
        ({"sleep_h": -1, "fluids": "none"}, r"sleep_h is -1.*; fluids is 'none'"),
    ],
)
def test_a_wrong_answer_is_named(answers, complaint):
    with pytest.raises(InputError, match=complaint):
        parse_context(answers)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.yaml", b"", "should end in .toml or .json"),
        ("a.toml", b"= 3", "a.toml is no valid TOML"),
        ("a.json", b"{", "a.json is no valid JSON"),
        ("a.json", b"\xff\xfe", "a.json is no valid JSON"),
        ("a.json", b"[1]", "should hold names with values"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, name, content, complaint):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=complaint):
        load_context(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be read"):
        load_context(tmp_path / "none.toml")
