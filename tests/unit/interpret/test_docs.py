"""The page about the patterns shows the thresholds that are used."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_table_of_thresholds_is_up_to_date():
    script = runpy.run_path(str(ROOT / "benchmarks" / "patterns" / "thresholds.py"))
    page = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
    assert script["with_table"](page) == page, "run python benchmarks/patterns/thresholds.py"
