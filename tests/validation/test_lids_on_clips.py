"""Lid events of real people, against what the eye sees in the frames.

The times were noted from single frames by eye; sides are the person's own.
"""

import pytest

pytestmark = pytest.mark.slow

WINKS = "lp_d3_woman_winks_asym_512p30.mp4"
BLINKS = "lp_d9_man_glasses_lips_smile_blinks_512x480p30.mp4"

ONE_SIDED_S = {"left": (0.2, 0.7), "right": (1.1, 1.55)}
"""When one eye is closed and the other open."""
SHUT_S = (0.45, 1.35, 4.73, 6.5, 9.85, 10.25, 12.2, 12.85, 14.15, 15.0, 16.25, 16.6, 17.55, 18.65)
"""Middle of every full closure of both eyes."""


def test_winks_are_found_on_their_sides_at_their_times(clip, analysis_of):
    events = analysis_of(clip(WINKS)).events
    one_sided = events[(events["region"] == "eye") & (events["side"] != "both")]
    assert sorted(one_sided["side"]) == ["left", "right"]
    for side, (onset_s, offset_s) in ONE_SIDED_S.items():
        (found,) = one_sided[one_sided["side"] == side].itertuples()
        assert found.onset_s == pytest.approx(onset_s, abs=0.1)
        assert found.offset_s == pytest.approx(offset_s, abs=0.1)


def test_every_blink_is_found_and_none_is_one_sided_or_a_spasm(clip, analysis_of):
    events = analysis_of(clip(BLINKS)).events
    lids = events[events["region"] == "eye"]
    assert set(lids["side"]) == {"both"}
    assert set(lids["event"]) <= {"blink", "long_closure"}
    assert len(lids) == len(SHUT_S)
    for found, middle_s in zip(lids.sort_values("onset_s").itertuples(), SHUT_S, strict=True):
        assert found.onset_s < middle_s < found.offset_s
