"""Confusion matrix and scores of the cohort."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from scipy.stats import binomtest

from tremorcam.interpret import CATEGORIES, interpret

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stored import Stored

NONE = "(none named)"
PACKAGES = ("tremorcam", "mediapipe", "opencv-contrib-python", "numpy", "scipy")


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


def report(recordings: Sequence[Stored], *, half: str, source: str, docs: Path | None) -> None:
    """Print the scores of these recordings, and write them into a page between its marks."""
    outcomes = [outcome(stored) for stored in recordings]
    text = "\n".join(_page(outcomes, half, source))
    print(text)
    for one in outcomes:
        if one.assessable and one.primary != one.stored.pattern:
            print(f"{one.stored.name} {one.stored.severity} {one.stored.confounders} "
                  f"{one.primary}: {one.answer}")  # fmt: skip
    if docs is not None:
        page = docs.read_text(encoding="utf-8")
        begin, end = (f"<!-- {source} scores: {edge} -->" for edge in ("begin", "end"))
        before, after = page.partition(begin)[0], page.partition(end)[2]
        docs.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _page(outcomes: list[Outcome], half: str, source: str) -> list[str]:
    usable = [one for one in outcomes if one.assessable]
    patterns = [c for c in CATEGORIES if any(one.stored.pattern == c for one in outcomes)]
    scores = {pattern: _scores(usable, pattern) for pattern in patterns}
    macro = sum(f1 for _, _, f1 in scores.values()) / max(len(scores), 1)
    lines = [
        f"{len(outcomes)} recordings of the {half} half, {_how(outcomes, source)}; "
        f"{len(usable)} of them assessable for the pattern they show. "
        f"Versions: {', '.join(f'{name} {version(name)}' for name in PACKAGES)}. "
        "Rows: what was shown; columns: what was named the clearest.",
        "",
        *_matrix(usable, patterns),
        "",
        "| pattern | shown | assessable | consistent | named (95 % interval) | precision | F1 |",
        "|---|---|---|---|---|---|---|",
    ]
    for pattern, (sensitivity, precision, f1) in scores.items():
        shown = [one for one in outcomes if one.stored.pattern == pattern]
        told = [one for one in shown if one.assessable]
        fits = sum(one.status == "consistent" for one in told)
        lines.append(
            f"| {pattern} | {len(shown)} | {len(told)} | {_share(fits, len(told))} | "
            f"{sensitivity:.2f} ({_interval(told)}) | {precision:.2f} | {f1:.2f} |"
        )
    lines += ["", f"Macro F1 of the pattern named: {macro:.3f}.", *_fatigue_or_spasm(usable)]
    return [*lines, "", *_by_severity(usable, patterns)]


def _how(outcomes: list[Outcome], source: str) -> str:
    if source == "signals":
        return "measured from signals, without pictures"
    n_faces = len({one.stored.face for one in outcomes})
    return f"rendered on {n_faces} faces and measured from video files"


def _interval(told: list[Outcome]) -> str:
    """Exact 95 % interval of how often the pattern shown is named (Clopper & Pearson 1934)."""
    if not told:
        return "–"
    hits = sum(one.primary == one.stored.pattern for one in told)
    exact = binomtest(hits, len(told)).proportion_ci()
    return f"{exact.low:.2f}–{exact.high:.2f}"


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
        f"{wrong} of them taken for the other."
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
