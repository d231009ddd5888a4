"""What sample_videos/README.md promises, held against the truth the clips were made with."""

import pytest

from tremorcam.simulate import Truth, truth_path
from validation.conftest import SAMPLES
from validation.readings import true_rms_mm, value

pytestmark = pytest.mark.slow

TREMBLING = ("fine_tremor_both_sides", "fatigue_like_growth")
STILL = ("no_tremor", "one_sided_spasms", "eye_closing_with_smile", "both_eyelids")
PATTERN = {
    "no_tremor": "no_tremor",
    "fine_tremor_both_sides": "generalized_tremor",
    "fatigue_like_growth": "muscle_fatigue",
    "one_sided_spasms": "hemifacial_spasm",
    "eye_closing_with_smile": "synkinesis",
    "both_eyelids": "blepharospasm",
}


@pytest.fixture
def sample(analysis_of):
    def load(name):
        path = SAMPLES / f"{name}.mp4"
        return analysis_of(path), Truth.load(truth_path(path))

    return load


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", TREMBLING)
def test_frequency_and_amplitude(sample, name, side):
    analysis, truth = sample(name)
    (true,) = (t for t in truth.tremors if (t["region"], t["side"]) == ("mouth_corner", side))
    frequency = value(analysis, "tremor_frequency", side=side)
    assert frequency["detected"]
    assert frequency["value"] == pytest.approx(true["frequency_hz"], abs=0.1)
    hold = analysis.phases.query("phase == 'hold'").iloc[0]
    rms_mm = true_rms_mm(truth, f"mouth_corner_{side}", hold["onset_s"], hold["offset_s"])
    amplitude = value(analysis, "tremor_amplitude_rms", side=side)
    assert amplitude["value"] == pytest.approx(rms_mm, rel=0.1)


@pytest.mark.parametrize("name", STILL)
def test_no_tremor_is_detected_where_there_is_none(sample, name):
    analysis, _ = sample(name)
    rows = analysis.measures.query("measure == 'tremor_frequency'")
    assert len(rows) > 0
    assert not rows["detected"].any()


@pytest.mark.parametrize(("name", "category"), PATTERN.items())
def test_the_pattern_is_found(sample, name, category):
    analysis, _ = sample(name)
    status = {finding.category: finding.status for finding in analysis.findings}
    assert status[category] == "consistent"


def test_growth_is_found_where_there_is_some(sample):
    growing = value(sample("fatigue_like_growth")[0], "growth_ratio")
    steady = value(sample("fine_tremor_both_sides")[0], "growth_ratio")
    assert growing["ci_low"] > 1.5
    assert steady["value"] == pytest.approx(1.0, abs=0.15)


def test_spasms_are_on_the_right_side(sample):
    events = sample("one_sided_spasms")[0].events
    one_sided = events[events["event"].isin(["eyelid_spasm", "wink"]) & (events["side"] != "both")]
    assert len(one_sided) >= 3
    assert set(one_sided["side"]) == {"right"}
