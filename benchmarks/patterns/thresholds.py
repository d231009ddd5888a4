"""Write the table of thresholds into docs/patterns.md."""

from __future__ import annotations

from pathlib import Path

from tremorcam.interpret import Criterion, load_criteria

PAGE = Path(__file__).parents[2] / "docs" / "patterns.md"
BEGIN, END = "<!-- thresholds: begin -->", "<!-- thresholds: end -->"


def table() -> str:
    """Every threshold as a row of a Markdown table."""
    rows = ["| criterion | what | limit | confidence | source |", "|---|---|---|---|---|"]
    for name, criterion in load_criteria().criteria.items():
        mark = ", provisional" if criterion.provisional else ""
        what = criterion.text.replace("|", "\\|")
        source = criterion.source.replace("|", "\\|")
        rows.append(
            f"| `{name}` | {what} | {_limit(criterion)} | {criterion.confidence}{mark} | {source} |"
        )
    return "\n".join(rows)


def _limit(criterion: Criterion) -> str:
    unit = {"1": "", "1/min": " /min"}.get(criterion.unit, f" {criterion.unit}")
    if criterion.upper is not None:
        return f"{criterion.value:g} to {criterion.upper:g}{unit}"
    return f"{criterion.relation.replace('_', ' ')} {criterion.value:g}{unit}"


def with_table(page: str) -> str:
    """Put the table into the page, between its marks."""
    return f"{page.partition(BEGIN)[0]}{BEGIN}\n{table()}\n{END}{page.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
