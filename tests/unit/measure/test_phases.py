"""When a person smiled, against signals that smile at known times."""

import numpy as np
import pytest
from measuring import measured, row
from synthetic_signals import make_signals

from tremorcam.data import InputError
from tremorcam.measure.phases import find_phases, phase_at, spans_of

# The builder's smile from a to b follows tanh((t - a - 0.3) / 0.15): 10 % of it is reached
# 0.165 s before a + 0.3, 90 % as long after.
REACH_S = 0.15 * np.arctanh(0.8)


def spans(phases, name):
    return [(start, stop) for _, start, stop in spans_of(phases, name)]


def test_a_smile_is_found_with_its_rise_and_fall():
    phases = find_phases(make_signals(smiles=((4, 17),)))
    assert list(phases["phase"]) == ["neutral", "onset", "hold", "offset"]
    (neutral,), (onset,) = spans(phases, "neutral"), spans(phases, "onset")
    (hold,), (offset,) = spans(phases, "hold"), spans(phases, "offset")
    assert neutral[0] == 0
    assert onset[0] == neutral[1] == pytest.approx(4.3 - REACH_S, abs=0.15)
    assert hold[0] == onset[1] == pytest.approx(4.3 + REACH_S + 0.3, abs=0.15)
    assert hold[1] == offset[0] == pytest.approx(17.3 - REACH_S - 0.3, abs=0.15)
    assert offset[1] == pytest.approx(17.3 + REACH_S, abs=0.15)


def test_repeated_smiles_are_numbered():
    phases = find_phases(make_signals(duration_s=30, smiles=((3, 8), (11, 16), (19, 27))))
    assert [smile for smile, _, _ in spans_of(phases, "hold")] == [1, 2, 3]
    assert [smile for smile, _, _ in spans_of(phases, "neutral")] == [1, 2, 3]
    starts = [start for start, _ in spans(phases, "hold")]
    assert starts == pytest.approx([3.76, 11.76, 19.76], abs=0.15)


def test_a_half_smile_beside_a_full_one_is_found():
    signals = make_signals(duration_s=24, smiles=((3, 10), (13, 21)))
    half = signals["time_s"].values < 11.5
    signals["smile_excursion_mm"].values[half] -= (
        0.5 * (signals["smile_excursion_mm"].values - 25)[half]
    )
    assert len(spans(find_phases(signals), "hold")) == 2


def test_a_smile_that_the_recording_cuts_has_no_onset_or_offset():
    begins = find_phases(make_signals(smiles=((-2, 10),)))
    assert "onset" not in set(begins["phase"])
    (neutral,) = spans(begins, "neutral")
    assert neutral[0] > 10
    ends = find_phases(make_signals(smiles=((10, 40),)))
    assert "offset" not in set(ends["phase"])


def test_talk_and_spikes_are_no_smiles_and_end_none():
    signals = make_signals()
    rng = np.random.default_rng(0)
    excursion = signals["smile_excursion_mm"].values
    excursion[rng.integers(0, len(excursion), 12)] += 15
    time_s = signals["time_s"].values
    excursion[(time_s > 1.5) & (time_s < 2.0)] += 6
    excursion[(time_s > 9.0) & (time_s < 9.3)] -= 7
    assert len(spans(find_phases(signals), "hold")) == 1


def test_one_side_that_smiles_is_a_smile():
    phases = find_phases(make_signals(excursion_mm={"left": 9.0, "right": 0.0}))
    assert len(spans(phases, "hold")) == 1


def test_no_smile_gives_the_longest_steady_stretch():
    signals = make_signals(smiles=())
    assert spans(find_phases(signals), "whole") == [(0, signals["time_s"].values[-1])]
    signals["displacement_mm"].values[150:240] = np.nan
    (whole,) = spans(find_phases(signals), "whole")
    assert whole == (8.0, signals["time_s"].values[-1])
    measurement = measured(signals)
    assert measurement.quality.has("no_smile")
    assert set(measurement.phases["phase"]) == {"whole"}


def test_a_given_hold_is_taken_as_it_is():
    phases = find_phases(make_signals(), hold=(6.0, 15.0))
    assert spans(phases, "hold") == [(6.0, 15.0)]
    (onset,) = spans(phases, "onset")
    assert onset[1] == 6.0


@pytest.mark.parametrize("hold", [(12.0, 8.0), (30.0, 40.0), (-5.0, -1.0)])
def test_a_hold_outside_of_the_recording_is_refused(hold):
    with pytest.raises(InputError, match=r"hold .* does not lie within the recording of 20\.0 s"):
        find_phases(make_signals(), hold=hold)


def test_cues_bound_the_hold_that_followed_them():
    phases = find_phases(make_signals(), cues=[("neutral", 0, 4, 1), ("hold", 4.0, 15.0, 1)])
    ((start, stop),) = spans(phases, "hold")
    assert start == pytest.approx(4.3 + REACH_S + 0.3, abs=0.15)
    assert stop == 15.0


def test_a_cue_without_a_smile_is_taken_at_its_word():
    phases = find_phases(make_signals(smiles=()), cues=[("hold", 5.0, 15.0, 1)])
    assert spans(phases, "hold") == [(5.0, 15.0)]


def test_a_time_has_a_phase():
    phases = find_phases(make_signals())
    assert [phase_at(phases, at) for at in (1.0, 10.0, 19.0)] == ["neutral", "hold", "whole"]


def test_excursion_speed_and_lag_of_a_known_smile():
    signals = make_signals(excursion_mm={"left": 10.0, "right": 6.0})
    corner = signals["displacement_mm"].sel(channel="mouth_corner_right").values
    for right in (signals["smile_excursion_mm"].values[:, 1], corner):
        right[3:] = right[:-3].copy()
    measurement = measured(signals)
    for side, excursion_mm in (("left", 10.0), ("right", 6.0)):
        found = row(measurement, "smile_excursion", region="mouth_corner", side=side)
        assert found["ci_low"] < excursion_mm < found["ci_high"]
        assert found["value"] == pytest.approx(excursion_mm, abs=0.1)
    asymmetry = row(measurement, "smile_asymmetry", region="mouth_corner", side="both")
    assert asymmetry["value"] == pytest.approx(4.0, abs=0.1)
    place = {"region": "mouth_corner", "phase": "onset"}
    lag = row(measurement, "smile_onset_lag", side="both", **place)
    assert lag["value"] == pytest.approx(0.1, abs=0.01)
    speed = row(measurement, "smile_onset_speed", side="left", **place)
    # 10 mm of tanh(t / 0.15) / 2 are 33 mm/s at most; smoothing over 0.15 s takes a tenth.
    assert speed["value"] == pytest.approx(30.5, rel=0.05)
    assert speed["ci_low"] < 30.5 < speed["ci_high"]


def test_the_speed_of_a_smile_is_told_between_landmarks():
    """Landmarks are looked for five times a second; a smile takes half of one."""
    signals = make_signals()
    time_s, seen = signals["time_s"].values, slice(None, None, 6)
    for course in signals["smile_excursion_mm"].values.T:
        course[:] = np.interp(time_s, time_s[seen], course[seen])
    place = {"region": "mouth_corner", "phase": "onset", "side": "left"}
    speed = row(measured(signals), "smile_onset_speed", **place)
    assert speed["value"] == pytest.approx(0.9 * 30.5, rel=0.05)


def test_repeated_smiles_have_a_mean_and_its_spread():
    signals = make_signals(duration_s=34, smiles=((3, 9), (13, 19), (23, 30)))
    signals["smile_excursion_mm"].values[360:600] += np.array([0.0, 0.0])
    measurement = measured(signals)
    place = {"region": "mouth_corner", "side": "left"}
    each = [row(measurement, "smile_excursion", smile=n, **place)["value"] for n in (1, 2, 3)]
    together = row(measurement, "smile_excursion", smile=0, **place)
    assert together["value"] == pytest.approx(np.mean(each))
    assert together["ci_low"] < min(each) and together["ci_high"] > max(each)
