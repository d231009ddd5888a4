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

STATUSES = ("consistent", "not_consistent", "not_assessable")
NONE = "(none named)"
PAIR = ("muscle_fatigue", "hemifacial_spasm")
PACKAGES = ("tremorcam", "mediapipe", "opencv-contrib-python", "numpy", "scipy")


@dataclass(frozen=True)
class Outcome:
    """What was said of a recording."""

    stored: Stored
    primary: str
    status: str
    consistent: frozenset[str]
    answer: str

    @property
    def assessable(self) -> bool:
        """Whether the pattern that was shown could be assessed."""
        return self.status != "not_assessable"


def outcome(stored: Stored) -> Outcome:
    """Interpret a stored measurement."""
    result = interpret(stored)
    primary = next((f.category for f in result.findings if f.primary), NONE)
    statuses = {f.category: f.status for f in result.findings}
    shown = [statuses[category] for category in stored.pattern.split("+")]
    status = max(shown, key=STATUSES.index)
    consistent = frozenset(c for c, status in statuses.items() if status == "consistent")
    return Outcome(stored, primary, status, consistent, str(result.words["answer"]))


def report(recordings: Sequence[Stored], *, half: str, source: str, docs: Path | None) -> None:
    """Print the scores of these recordings, and write them into a page between its marks."""
    outcomes = [outcome(stored) for stored in recordings]
    mixed = [one for one in outcomes if "+" in one.stored.pattern]
    outcomes = [one for one in outcomes if one not in mixed]
    text = "\n".join([*_page(outcomes, half, source), *_mixtures(mixed)])
    print(text)
    for one in (*outcomes, *mixed):
        shown = one.stored.pattern.split("+")
        right = one.primary in shown or (len(shown) > 1 and one.consistent >= set(shown))
        if one.assessable and not right:
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
        "| pattern | shown | assessable | consistent | sensitivity (95 % interval) "
        "| specificity (95 % interval) | precision | F1 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for pattern, (sensitivity, precision, f1) in scores.items():
        shown = [one for one in outcomes if one.stored.pattern == pattern]
        told = [one for one in shown if one.assessable]
        fits = sum(one.status == "consistent" for one in told)
        lines.append(
            f"| {pattern} | {len(shown)} | {len(told)} | {_share(fits, len(told))} | "
            f"{sensitivity:.2f} ({_interval(told, named=pattern)}) | "
            f"{_specificity(usable, pattern)} | {precision:.2f} | {f1:.2f} |"
        )
    lines += ["", f"Macro F1 of the pattern named: {macro:.3f}.", *_fatigue_or_spasm(usable)]
    lines += ["", *_by_severity(usable, patterns)]
    return [*lines, *_by_face(usable)] if source == "video" else lines


def _how(outcomes: list[Outcome], source: str) -> str:
    if source == "signals":
        return "measured from signals, without pictures"
    n_faces = len({one.stored.face for one in outcomes})
    return f"rendered on {n_faces} faces and measured from video files"


def _interval(told: list[Outcome], *, named: str) -> str:
    """Exact 95 % interval of how often a pattern is named (Clopper & Pearson 1934)."""
    if not told:
        return "–"
    exact = binomtest(sum(one.primary == named for one in told), len(told)).proportion_ci()
    return f"{exact.low:.2f}–{exact.high:.2f}"


def _specificity(outcomes: list[Outcome], pattern: str) -> str:
    """How often a pattern is not named where another is shown, with its exact 95 % interval."""
    others = [one.primary != pattern for one in outcomes if one.stored.pattern != pattern]
    if not others:
        return "–"
    exact = binomtest(sum(others), len(others)).proportion_ci()
    return f"{sum(others) / len(others):.3f} ({exact.low:.3f}–{exact.high:.3f})"


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
    """Tell a tired muscle from a one-sided spasm, where either is named and over all of them."""
    those = [one for one in outcomes if one.stored.pattern in PAIR]
    named = [one for one in those if one.primary in PAIR]
    wrong = sum(one.primary != one.stored.pattern for one in named)
    among, over_all = (
        sum(_scores(some, pattern)[2] for pattern in PAIR) / 2 for some in (named, those)
    )
    hits = binomtest(len(named) - wrong, len(named)).proportion_ci() if named else None
    interval = f" ({hits.low:.2f}–{hits.high:.2f})" if hits else ""
    return [
        "",
        f"Fatigue-like against one-sided, {len(those)} recordings that show one of the two:",
        "",
        f"- told apart: one of the two is named the clearest in {len(named)}; of these "
        f"{_share(len(named) - wrong, len(named))} are right{interval}, macro F1 {among:.3f};",
        f"- with everything else that was named, or not named, counted as a miss: macro F1 "
        f"{over_all:.3f}.",
    ]


def _mixtures(outcomes: list[Outcome]) -> list[str]:
    """Count recordings of two patterns: both found, one of them named, or something else."""
    if not outcomes:
        return []
    lines = [
        "",
        f"{len(outcomes)} recordings that show two patterns at once, in none of the numbers above. "
        "Right is that both are consistent, or that one of them is named:",
        "",
        "| shown | assessable | both consistent | and a third | only one, named | another named "
        "| none named |",
        "|---|---|---|---|---|---|---|",
    ]
    for shown in sorted({one.stored.pattern for one in outcomes}):
        told = [one for one in outcomes if one.stored.pattern == shown and one.assessable]
        both = [one for one in told if one.status == "consistent"]
        rest = [one for one in told if one not in both]
        one_of = sum(one.primary in shown.split("+") for one in rest)
        nothing = sum(one.primary == NONE for one in rest)
        third = sum(len(one.consistent - {"no_tremor"}) > 2 for one in both)
        n = sum(one.stored.pattern == shown for one in outcomes)
        other = len(rest) - one_of - nothing
        lines.append(f"| {shown.replace('+', ' + ')} | {_share(len(told), n)} | "
                     f"{len(both)} | {third} | {one_of} | {other} | {nothing} |")  # fmt: skip
    return lines


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


def _by_face(outcomes: list[Outcome]) -> list[str]:
    """Named right on each face, and on averaged faces by what people they were averaged of."""
    faces = [one.stored.face.removesuffix(".jpg") for one in outcomes]
    people = [face[2:] if face[:2] in ("f_", "m_") else "(single people)" for face in faces]
    lines = []
    for title, groups in (("face", faces), ("averaged of", people)):
        right: dict[str, list[bool]] = {name: [] for name in sorted(set(groups))}
        for group, one in zip(groups, outcomes, strict=True):
            right[group].append(one.primary == one.stored.pattern)
        shares = [_share(sum(those), len(those)) for those in right.values()]
        lines += [
            "",
            f"| {title} | " + " | ".join(right) + " |",
            "|---" * (len(right) + 1) + "|",
            "| named right | " + " | ".join(shares) + " |",
        ]
    return lines


def _share(n: int, of: int) -> str:
    return f"{n}/{of}"
