"""Lid events of real people, against what the eye sees in the frames."""

import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

NOTED = tomllib.loads(Path(__file__).with_name("lid_times.toml").read_text(encoding="utf-8"))
EARLY_S = 0.12
"""Lids are noted to move when it shows in a frame; the onset of an event is a fifth of it."""
LATE_S = 0.25
"""An eye is noted to be open when the iris is free; the last fifth takes longer."""


def lids_of(analysis):
    lids = analysis.events[analysis.events["region"] == "eye"]
    return list(lids.sort_values("onset_s").itertuples())


def matches(event, noted):
    return (
        abs(event.onset_s - noted["onset"]) <= EARLY_S
        and abs(event.offset_s - noted["offset"]) <= LATE_S
    )


def test_winks_are_found_on_their_sides_at_their_times(clip, analysis_of):
    noted = NOTED["winks"]
    lids = lids_of(analysis_of(clip(noted["clip"])))
    one_sided = [event for event in lids if event.side != "both"]
    assert [event.side for event in one_sided] == [wink["side"] for wink in noted["one_sided"]]
    for event, wink in zip(one_sided, noted["one_sided"], strict=True):
        assert matches(event, wink), (event, wink)


def test_what_both_eyes_do_beside_the_winks_is_not_taken_for_one_sided(clip, analysis_of):
    noted = NOTED["winks"]
    both = [event for event in lids_of(analysis_of(clip(noted["clip"]))) if event.side == "both"]
    for blink in noted["both"]:
        assert sum(matches(event, blink) for event in both) == 1, blink
    told = [*noted["both"], *noted["looks_down"]]
    for event in both:
        assert any(
            event.onset_s < each["offset"] and event.offset_s > each["onset"] for each in told
        ), event


def test_looking_down_is_no_spasm_of_the_lids(clip, analysis_of):
    analysis = analysis_of(clip(NOTED["winks"]["clip"]))
    down = [event for event in lids_of(analysis) if event.event == "look_down"]
    assert [event.side for event in down] == ["both", "both"]
    assert "eyelid_spasm" not in {event.event for event in lids_of(analysis)}
    status = {finding.category: finding.status for finding in analysis.findings}
    assert status["blepharospasm"] != "consistent"


def test_every_blink_is_found_and_none_is_one_sided_or_a_spasm(clip, analysis_of):
    noted = NOTED["blinks"]
    lids = lids_of(analysis_of(clip(noted["clip"])))
    assert {event.side for event in lids} == {"both"}
    assert {event.event for event in lids} <= {"blink", "incomplete_blink", "long_closure"}
    for event, blink in zip(lids, noted["both"], strict=True):
        assert matches(event, blink), (event, blink)
        if blink["kind"] == "full":
            assert event.event != "incomplete_blink"


def test_blinking_is_no_spasm_of_the_lids(clip, analysis_of):
    analysis = analysis_of(clip(NOTED["blinks"]["clip"]))
    status = {finding.category: finding.status for finding in analysis.findings}
    assert status["hemifacial_spasm"] != "consistent"
    assert status["blepharospasm"] != "consistent"
