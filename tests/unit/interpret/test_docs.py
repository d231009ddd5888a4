"""The page about the patterns shows the thresholds that are used."""

import re
import runpy
import tomllib
from pathlib import Path
from typing import get_args

from tremorcam.interpret import Context, parse_context
from tremorcam.interpret.context import Symptom

ROOT = Path(__file__).parents[3]


def test_the_table_of_thresholds_is_up_to_date():
    script = runpy.run_path(str(ROOT / "benchmarks" / "patterns" / "thresholds.py"))
    page = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
    assert script["with_table"](page) == page, "run python benchmarks/patterns/thresholds.py"


def test_the_example_of_a_context_file_names_every_question_and_symptom():
    page = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
    example = tomllib.loads(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0])
    assert set(example) == set(Context.model_fields)
    assert parse_context(example).told().keys() <= set(example)
    assert all(f"`{symptom}`" in page for symptom in get_args(Symptom))
