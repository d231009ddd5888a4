"""Confusion matrix and scores of the cohort."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tremorcam.interpret import CATEGORIES, interpret

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stored import Stored

NONE = "(none named)"
BEGIN, END = "<!-- scores: begin -->", "<!-- scores: end -->"


@dataclass(frozen=True)
class Outcome:
    """What was said of a recording."""

    stored: Stored
    primary: str
    status: str
    answer: str

    @property
    def assessable(self) -> bool:
        """Whether the pattern that was shown could be assessed."""
        return self.status != "not_assessable"


def outcome(stored: Stored) -> Outcome:
    """Interpret a stored measurement."""
    result = interpret(stored)
    primary = next((f.category for f in result.findings if f.primary), NONE)
    status = next(f.status for f in result.findings if f.category == stored.pattern)
    return Outcome(stored, primary, status, str(result.words["answer"]))


def report(recordings: Sequence[Stored], *, half: str, docs: Path | None) -> None:
    """Print the scores of these recordings, and write them into a page between its marks."""
    outcomes = [outcome(stored) for stored in recordings]
    text = "\n".join(_page(outcomes, half))
    print(text)
    for one in outcomes:
        if one.assessable and one.primary != one.stored.pattern:
            print(f"{one.stored.name} {one.stored.severity} {one.stored.confounders} "
                  f"{one.primary}: {one.answer}")  # fmt: skip
    if docs is not None:
        page = docs.read_text(encoding="utf-8")
        before, after = page.partition(BEGIN)[0], page.partition(END)[2]
        docs.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def _page(outcomes: list[Outcome], half: str) -> list[str]:
    usable = [one for one in outcomes if one.assessable]
    patterns = [c for c in CATEGORIES if any(one.stored.pattern == c for one in outcomes)]
    scores = {pattern: _scores(usable, pattern) for pattern in patterns}
    macro = sum(f1 for _, _, f1 in scores.values()) / max(len(scores), 1)
    lines = [
        f"{len(outcomes)} recordings of the {half} half, {len(usable)} of them assessable for the "
        "pattern they show. Rows: what was shown; columns: what was named the clearest.",
        "",
        *_matrix(usable, patterns),
        "",
        "| pattern | recordings | assessable | consistent | named | precision | F1 |",
        "|---|---|---|---|---|---|---|",
    ]
    for pattern, (sensitivity, precision, f1) in scores.items():
        shown = [one for one in outcomes if one.stored.pattern == pattern]
        told = [one for one in shown if one.assessable]
        fits = sum(one.status == "consistent" for one in told)
        lines.append(
            f"| {pattern} | {len(shown)} | {len(told)} | {_share(fits, len(told))} | "
            f"{sensitivity:.3f} | {precision:.3f} | {f1:.3f} |"
        )
    lines += ["", f"Macro F1 of the pattern named: {macro:.3f}.", *_fatigue_or_spasm(usable)]
    return [*lines, "", *_by_severity(usable, patterns)]


def _matrix(outcomes: list[Outcome], patterns: list[str]) -> list[str]:
    counts = Counter((one.stored.pattern, one.primary) for one in outcomes)
    columns = [*patterns, *sorted({c for _, c in counts} - set(patterns) - {NONE}), NONE]
    rows = [f"| {p} | " + " | ".join(str(counts[p, c]) for c in columns) + " |" for p in patterns]
    return ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|", *rows]


def _scores(outcomes: list[Outcome], pattern: str) -> tuple[float, float, float]:
    """Sensitivity, precision and F1 of naming a pattern."""
    hit = sum(one.stored.pattern == one.primary == pattern for one in outcomes)
    shown = sum(one.stored.pattern == pattern for one in outcomes)
    named = sum(one.primary == pattern for one in outcomes)
    f1 = 2 * hit / (shown + named) if shown + named else 0.0
    return hit / max(shown, 1), hit / max(named, 1), f1


def _fatigue_or_spasm(outcomes: list[Outcome]) -> list[str]:
    pair = ("muscle_fatigue", "hemifacial_spasm")
    those = [one for one in outcomes if one.stored.pattern in pair]
    wrong = sum(one.primary in pair and one.primary != one.stored.pattern for one in those)
    f1 = sum(_scores(those, pattern)[2] for pattern in pair) / 2
    return [
        f"Fatigue-like against one-sided, {len(those)} recordings: macro F1 {f1:.3f}; "
        f"{wrong} taken for the other."
    ]


def _by_severity(outcomes: list[Outcome], patterns: list[str]) -> list[str]:
    lines = ["| named right | mild | moderate | severe |", "|---|---|---|---|"]
    for pattern in patterns:
        cells = []
        for severity in ("mild", "moderate", "severe"):
            those = [
                one.primary == pattern
                for one in outcomes
                if one.stored.pattern == pattern and one.stored.severity == severity
            ]
            cells.append(_share(sum(those), len(those)))
        lines.append(f"| {pattern} | " + " | ".join(cells) + " |")
    return lines


def _share(n: int, of: int) -> str:
    return f"{n}/{of}"
