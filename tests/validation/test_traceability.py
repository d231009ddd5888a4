"""Every number in a finding is in a row of measures.csv or events.csv, or follows from some."""

import re
import statistics
from itertools import pairwise

import pandas as pd
import pytest

from tremorcam.interpret import load_criteria
from tremorcam.publish import save_analysis
from validation.conftest import SAMPLES

pytestmark = pytest.mark.slow

MEASURE = re.compile(
    r"measures\.csv: ([a-z_]+),([a-z]+),([a-z]+),([a-z0-9_]+)(?: \(smile (\d+)\))?"
)
EVENTS = re.compile(r"events\.csv: ([^()]+) \((no rows|rows [\d, ]+)\)(?: in ([\d.]+) s)?")
NONE = "measures.csv: no smile"


@pytest.fixture(scope="session")
def published(analysis_of, tmp_path_factory):
    """The tables of a sample as they are published, and its findings."""

    def load(name):
        analysis = analysis_of(SAMPLES / f"{name}.mp4")
        folder = tmp_path_factory.mktemp("published") / name
        save_analysis(analysis, folder)
        tables = (pd.read_csv(folder / f"{table}.csv") for table in ("measures", "events"))
        return *tables, analysis.findings

    return load


def measure_of(measures, reference):
    region, side, phase, measure, smile = MEASURE.fullmatch(reference).groups()
    place = measures["region"].eq(region) & measures["side"].eq(side) & measures["phase"].eq(phase)
    rows = measures[place & measures["measure"].eq(measure)]
    if "smile" in rows:
        rows = rows[rows["smile"] == int(smile or 0)]
    assert len(rows) == 1, reference
    return rows.iloc[0]


def rows_of(events, reference):
    """Rows of the events that are named."""
    _, rows, _ = EVENTS.fullmatch(reference).groups()
    return events.iloc[[int(number) - 1 for number in re.findall(r"\d+", rows)]]


def events_of(events, reference):
    """Number of the events that are named, and over how many seconds."""
    label, _, seconds = EVENTS.fullmatch(reference).groups()
    named = rows_of(events, reference)
    for side in ("left", "right", "both"):
        if f",{side}" in label:
            assert set(named["side"]) <= {side}, reference
    return len(named), float(seconds) if seconds else None


def first(rows, counts):
    """A row's own value, or a count, or a rate where a time is named."""
    if rows:
        return rows[0]["value"]
    n, seconds = counts[0]
    return n if seconds is None else 60 * n / seconds


def middle(rows, _counts):
    """Size of the median over smiles, or of the only row."""
    return abs(statistics.median(row["value"] for row in rows))


def nearest_zero(rows, _counts):
    """Bound of the middle smile's interval that is nearer to no difference, which it may hold."""
    row = sorted(rows, key=lambda row: row["value"])[len(rows) // 2]
    return max(row["ci_low"], -row["ci_high"], 0.0)


def share_of_smiles(rows, _counts):
    """Share of smiles in which the eye that narrows more does so by enough."""
    values = [row["value"] for row in rows]
    sign = 1 if statistics.median(values) >= 0 else -1
    least = load_criteria()["smile.eye_difference"].value
    return sum(sign * value >= least for value in values) / len(values)


def ratio_of_smiles(rows, _counts):
    """Mean of the sides in the one smile over that in the other, or in the same."""
    values = [row["value"] for row in rows]
    return sum(values[:2]) / sum(values[-2:])


def rest_over_smile(_rows, counts):
    """Rate at rest over that in the smile."""
    (resting, rest_s), (smiling, held_s) = counts
    return (resting / rest_s) / (smiling / held_s)


DERIVED = {
    "tremor.growth_certain": lambda rows, _: rows[0]["ci_low"],
    "tremor.same_frequency": lambda rows, _: abs(rows[0]["value"] - rows[1]["value"]),
    "tremor.one_sided": middle,
    "tremor.moderate_smile": ratio_of_smiles,
    "smile.eye_difference": middle,
    "smile.eye_difference_certain": nearest_zero,
    "smile.eye_onset": middle,
    "smile.every_smile": share_of_smiles,
    "smile.repeats": lambda rows, _: len(rows),
    "lids.same_side": lambda _, counts: max(counts)[0] / sum(n for n, _ in counts),
    "lids.independent_bursts": lambda _, counts: counts[1][0] / counts[0][0],
    "bursts.rest": rest_over_smile,
}
"""How a value follows from its rows where it is not simply theirs."""


def value_of(piece, measures, events):
    """Work the evidence's value out of the rows it names."""
    references = [part for part in piece.reference.split("; ") if part != NONE]
    rows = [measure_of(measures, each) for each in references if each.startswith("measures.csv")]
    counts = [events_of(events, each) for each in references if each.startswith("events.csv")]
    assert len(rows) + len(counts) == len(references), piece
    return DERIVED.get(piece.criterion.removeprefix("not "), first)(rows, counts)


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.mp4")))
def test_every_number_in_a_finding_follows_from_the_rows_it_names(published, name):
    measures, events, findings = published(name)
    assert sum(piece.value is not None for found in findings for piece in found.evidence) > 20
    for found in findings:
        for piece in found.evidence:
            criterion = load_criteria()[piece.criterion.removeprefix("not ")]
            assert (piece.threshold, piece.source) == (criterion.value, criterion.source)
            assert piece.source
            if piece.value is None or piece.criterion == "bursts.clonic":
                continue  # clonic pairs are counted by their times, not by their number
            if piece.criterion == "bursts.length":
                expected = rows_of(events, piece.reference)["duration_s"].median()
            else:
                expected = value_of(piece, measures, events)
            assert piece.value == pytest.approx(expected, rel=2e-3, abs=1e-6), piece


def test_clonic_pairs_are_counted_on_the_rows_they_name(published):
    _, events, findings = published("one_sided_spasms")
    (piece,) = (
        piece
        for found in findings
        for piece in found.evidence
        if piece.criterion == "bursts.clonic"
    )
    onsets_s = sorted(rows_of(events, piece.reference)["onset_s"])
    limit_s = load_criteria()["bursts.clonic_interval"].value
    pairs = sum(b - a <= limit_s for a, b in pairwise(onsets_s))
    assert piece.value == pairs
