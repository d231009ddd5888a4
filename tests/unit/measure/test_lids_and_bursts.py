"""Events as intervals, against movements of known time and size."""

import numpy as np
import pytest
from measuring import measured, move, row
from synthetic_signals import REGION_PX, make_signals

from tremorcam.anatomy import MOUTH_REGIONS, REGIONS
from tremorcam.measure.blocks import SERIES, collect_samples
from tremorcam.measure.bursts import find_bursts
from tremorcam.measure.events import rate_per_min, rate_ratio


def close(signals, sides, at_s, lasts_s, depth):
    """Close eyes from one time for another, within 0.1 s each way."""
    time_s = signals["time_s"].values
    shape = 0.5 * (np.tanh((time_s - at_s) / 0.04) - np.tanh((time_s - at_s - lasts_s) / 0.04))
    for side in sides:
        at = ["left", "right"].index(side)
        signals["eye_aperture_mm"].values[:, at] *= 1 - depth * shape
    return signals


def twitch(signals, keys, at_s, size_mm, width_s=0.06):
    time_s = signals["time_s"].values
    return move(signals, keys, size_mm * np.exp(-0.5 * ((time_s - at_s) / width_s) ** 2))


def events(measurement, *names):
    table = measurement.events
    return table[table["event"].isin(names)] if names else table


def test_blinks_are_found_at_their_times():
    blinks = events(measured(make_signals(blinks_s=(2.0, 9.0, 18.0))))
    assert list(blinks["event"]) == ["blink"] * 3
    assert set(blinks["side"]) == {"both"}
    middle = (blinks["onset_s"] + blinks["offset_s"]) / 2
    assert list(middle) == pytest.approx([2.0, 9.0, 18.0], abs=0.03)
    assert (blinks["peak"] > 85).all()
    assert list(blinks["phase"]) == ["neutral", "hold", "whole"]


@pytest.mark.parametrize(
    ("sides", "lasts_s", "depth", "event"),
    [
        (("left", "right"), 0.2, 0.9, "blink"),
        (("left", "right"), 0.2, 0.4, "incomplete_blink"),
        (("left", "right"), 0.7, 0.9, "long_closure"),
        (("left", "right"), 1.8, 0.9, "eyelid_spasm"),
        (("left",), 0.35, 0.9, "wink"),
        (("right",), 0.3, 0.45, "eyelid_spasm"),
        (("right",), 1.6, 0.9, "eyelid_spasm"),
    ],
)
def test_a_closure_is_named(sides, lasts_s, depth, event):
    signals = close(make_signals(blinks_s=()), sides, 11.0, lasts_s, depth)
    found = events(measured(signals))
    assert list(found["event"]) == [event]
    assert found["side"].iloc[0] == ("both" if len(sides) == 2 else sides[0])
    assert found["duration_s"].iloc[0] == pytest.approx(lasts_s, abs=0.08)
    assert found["peak"].iloc[0] == pytest.approx(100 * depth, abs=5)


@pytest.mark.parametrize(("bows_deg", "event"), [(3.0, "eyelid_spasm"), (9.0, "look_down")])
def test_lids_that_sink_with_the_head_look_down(bows_deg, event):
    signals = close(make_signals(blinks_s=()), ("left", "right"), 8.0, 2.0, 0.9)
    time_s = signals["time_s"].values
    signals["head_angle_deg"].values[:, 1] += bows_deg * ((time_s > 8.0) & (time_s < 10.0))
    assert list(events(measured(signals))["event"]) == [event]


def test_closures_that_were_asked_for_are_no_events():
    signals = make_signals(blinks_s=())
    for at_s in (3.4, 12.0):
        close(signals, ("left", "right"), at_s, 1.8, 0.9)
    cues = [("eye_closure", 3.0, 5.0, 0)]
    assert list(events(measured(signals))["event"]) == ["eyelid_spasm"] * 2
    found = events(measured(signals, cues=cues))
    assert list(found["onset_s"]) == pytest.approx([12.0], abs=0.1)
    spasms = row(
        measured(signals, cues=cues), "eyelid_spasm_rate", region="eye", side="both", phase="whole"
    )
    assert spasms["value"] == pytest.approx(60 / 20, rel=0.05)


def test_closures_of_one_eye_in_a_row_are_no_winks():
    signals = make_signals(blinks_s=())
    for at in (8.0, 8.6, 9.2):
        close(signals, ("left",), at, 0.2, 0.9)
    found = events(measured(signals))
    assert list(found["event"]) == ["eyelid_spasm"] * 3
    rate = row(measured(signals), "one_sided_lid_rate", region="eye", side="left", phase="whole")
    assert rate["value"] == pytest.approx(9.0)


def test_the_narrowing_of_a_smile_is_no_event_and_is_measured():
    signals = make_signals(blinks_s=(2.0, 9.0))
    smile = (signals["smile_excursion_mm"].values[:, :1] - 25) / 9
    signals["eye_aperture_mm"].values[:, :1] *= 1 - 0.35 * smile
    measurement = measured(signals)
    assert set(measurement.events["event"]) == {"blink"}
    left = row(measurement, "eye_closure_with_smile", region="eye", side="left")
    right = row(measurement, "eye_closure_with_smile", region="eye", side="right")
    assert left["value"] == pytest.approx(100 * (1 - 0.85 * 0.65), abs=1)
    assert right["value"] == pytest.approx(15, abs=1)
    assert right["ci_low"] < 15 < right["ci_high"]
    apart = row(measurement, "eye_closure_difference", region="eye", side="both")
    assert apart["value"] == pytest.approx(left["value"] - right["value"])
    lag = row(measurement, "eye_closure_lag", region="eye", side="left")
    assert abs(lag["value"]) < 0.05


@pytest.mark.parametrize("every_frames", [9, 54])
def test_narrowing_is_told_from_eyes_read_alone_where_they_were_however_seldom(every_frames):
    signals = make_signals(blinks_s=(2.0, 9.0))
    smile = (signals["smile_excursion_mm"].values - 25) / 9
    alone = signals["eye_aperture_mm"] * (1 - smile * (0.5, 0.0))
    signals["eye_aperture_alone_mm"] = alone.where(
        np.arange(alone.sizes["frame"])[:, None] % every_frames == 0
    )
    measurement = measured(signals)
    apart = row(measurement, "eye_closure_difference", region="eye", side="both")
    assert apart["value"] == pytest.approx(100 * 0.85 * 0.5, abs=2)
    assert apart["ci_low"] < 100 * 0.85 * 0.5 < apart["ci_high"]


@pytest.mark.parametrize(("error_mm", "told"), [(0.2, True), (2.5, False)])
def test_a_narrowing_is_timed_only_where_it_is_sure(error_mm, told):
    signals = make_signals(blinks_s=())
    smile = (signals["smile_excursion_mm"].values[:, :1] - 25) / 9
    signals["eye_aperture_mm"].values[:, :1] *= 1 - 0.35 * smile
    signals.attrs["aperture_sd_mm"] = error_mm
    lag = row(measured(signals), "eye_closure_lag", region="eye", side="left")
    assert np.isfinite(lag["value"]) == told


def test_the_open_aperture_is_that_of_the_eye_alone_where_it_was_read():
    signals = make_signals(blinks_s=())
    apart = signals["eye_aperture_mm"] + (0.5, -1.0)
    signals["eye_aperture_alone_mm"] = apart.where(
        np.arange(apart.sizes["frame"])[:, None] % 15 == 0
    )
    signals.attrs |= {"aperture_sd_mm": 0.5, "aperture_alone_sd_mm": 0.1}
    place = {"region": "eye", "phase": "neutral"}
    for side, expected_mm in (("left", 10.5), ("right", 9.0)):
        found = row(measured(signals), "eye_aperture", side=side, **place)
        assert found["value"] == pytest.approx(expected_mm, abs=0.05)
        assert 1.96 * 0.1 <= found["ci_high"] - found["value"] < 1.96 * 0.2


def test_an_eye_that_the_smile_shuts_is_no_event_in_it():
    signals = make_signals(smiles=((4.0, 6.5), (9.0, 11.5)), blinks_s=(), noise_mm_per_rthz=0.005)
    twitch(signals, ("mouth_corner_left",), 5.5, 1.0)
    for at_s in (4.2, 9.2):
        close(signals, ("left",), at_s, 2.2, 0.9)
    found = measured(signals)
    assert set(events(found, "eyelid_spasm")["side"]) == {"left"}
    together = row(found, "eye_mouth_coincidence", region="face", side="left", phase="whole")
    assert np.isnan(together["value"])
    assert np.isfinite(row(found, "noise_density", region="lower_lid", side="left")["value"])


def test_intervals_hold_by_how_much_the_face_finder_errs():
    signals = make_signals(smiles=((4.0, 9.0), (12.0, 17.0)))
    plain = measured(signals)
    signals.attrs |= {"excursion_sd_mm": 0.3, "aperture_sd_mm": 0.2, "aperture_alone_sd_mm": 0.1}
    doubtful = measured(signals)

    def reach(measurement, measure, region, side="left", phase="hold"):
        found = row(measurement, measure, region=region, side=side, phase=phase)
        return found["ci_high"] - found["value"]

    for measure, region, least in (
        ("smile_excursion", "mouth_corner", 1.96 * np.sqrt(2) * 0.3),
        ("eye_closure_with_smile", "eye", 100 * 1.96 * 0.2 / 10),
    ):
        assert reach(plain, measure, region) < least <= reach(doubtful, measure, region)
    assert reach(doubtful, "smile_asymmetry", "mouth_corner", "both") > 1.96 * 2 * 0.3 * 0.99
    assert np.isnan(reach(plain, "eye_aperture", "eye", phase="neutral"))
    aperture = reach(doubtful, "eye_aperture", "eye", phase="neutral")
    assert aperture == pytest.approx(1.96 * 0.2, rel=1e-3)


def test_the_open_aperture_is_the_same_whether_a_closure_is_an_event_or_not():
    signals = make_signals(blinks_s=())
    time_s = signals["time_s"].values
    signals["eye_aperture_mm"].values[(time_s > 4) & (time_s < 16), 0] = 1.0
    place = {"region": "eye", "phase": "whole"}
    left, right = (
        row(measured(signals), "eye_aperture", side=side, **place)["value"]
        for side in ("left", "right")
    )
    assert left == pytest.approx(10.0, abs=0.2)
    assert right == pytest.approx(8.5, abs=0.2)


def test_rates_have_poisson_intervals():
    none = rate_per_min(0, 60.0)
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(3.689, abs=1e-3)
    ten = rate_per_min(10, 60.0)
    assert (ten.low, ten.high) == pytest.approx((4.795, 18.390), abs=1e-3)
    assert np.isnan(rate_per_min(3, 0.0).value)
    # Ten seconds do not pretend to know a rate.
    assert rate_per_min(2, 10.0).high > 40


def test_twitches_are_found_on_their_side():
    signals = make_signals(noise_mm_per_rthz=0.005)
    twitch(signals, ("mouth_corner_left", "upper_lip_left"), 8.0, 1.0)
    twitch(signals, ("cheek_right",), 11.0, 0.6)
    twitch(signals, ("mouth_corner_left", "mouth_corner_right"), 13.5, 0.8)
    found = events(measured(signals), "mouth_burst", "cheek_burst")
    assert list(zip(found["event"], found["side"], strict=True)) == [
        ("mouth_burst", "left"),
        ("cheek_burst", "right"),
        ("mouth_burst", "both"),
    ]
    middle = (found["onset_s"] + found["offset_s"]) / 2
    assert list(middle) == pytest.approx([8.0, 11.0, 13.5], abs=0.08)
    assert list(found["peak"]) == pytest.approx([1.0, 0.6, 0.8], rel=0.1)
    assert list(found["region"][1:]) == ["cheek", "mouth_corner"]


def test_what_a_side_of_the_mouth_does_is_left_out_of_all_its_regions():
    signals = twitch(make_signals(noise_mm_per_rthz=0.005), ("upper_lip_left",), 8.0, 1.0)
    samples = collect_samples(signals)
    _, excluded = find_bursts(samples, signals, [(6.0, 15.0)], [], 10.0)
    then = int(np.argmin(np.abs(samples.time_s - 8.0)))
    left_out = {SERIES[at] for at in np.flatnonzero(excluded[then])}
    assert left_out == {f"{name}_left" for name in ("mouth_corner", "upper_lip", "lower_lip")}


def test_what_the_edge_of_a_stretch_cuts_is_no_event_and_no_rhythm_either():
    signals = twitch(make_signals(noise_mm_per_rthz=0.005), ("upper_lip_left",), 8.0, 1.0)
    samples = collect_samples(signals)
    found, excluded = find_bursts(samples, signals, [(8.0, 15.0)], [], 10.0)
    assert found == []
    out_s = samples.time_s[excluded[:, SERIES.index("upper_lip_left")]]
    assert out_s.min() <= 8.0 + samples.interval_s
    assert out_s.max() == pytest.approx(8.15, abs=0.1)


def test_small_twitches_are_found_however_many_there_are():
    signals = make_signals(duration_s=16, smiles=((4, 15),), noise_mm_per_rthz=0.008)
    at_s = 5.5 + np.cumsum(np.resize((0.5, 1.1, 0.6, 0.9), 11))
    for at, size_mm in zip(at_s, np.resize((0.4, -0.5, 0.45), len(at_s)), strict=True):
        twitch(signals, ("cheek_right",), at, size_mm)
    found = events(measured(signals), "cheek_burst")
    assert set(found["side"]) == {"right"}
    assert len(found) >= 0.8 * len(at_s)


def test_twitches_between_which_the_skin_hardly_returns_are_parted():
    signals = make_signals()
    time_s = signals["time_s"].values
    away = 0.2 * ((time_s > 7.8) & (time_s < 10.2))
    move(signals, ("cheek_left",), away)
    at_s = [8.0, 8.5, 9.0, 9.5, 10.0]
    for at in at_s:
        twitch(signals, ("cheek_left",), at, 2.0)
    found = events(measured(signals), "cheek_burst")
    assert list((found["onset_s"] + found["offset_s"]) / 2) == pytest.approx(at_s, abs=0.05)
    assert (found["duration_s"] < 0.3).all()


@pytest.mark.parametrize(("size_mm", "expected"), [(0.6, 0), (2.5, 1)])
def test_what_a_region_is_followed_too_badly_for_is_no_twitch(size_mm, expected):
    signals = twitch(make_signals(), ("cheek_left",), 11.0, size_mm)
    signals["displacement_se_mm"].sel(channel="cheek_left").values[:] = 0.09
    assert len(events(measured(signals), "cheek_burst")) == expected


@pytest.mark.parametrize(("fast", "expected"), [("blurred", 1), ("lost", 0)])
def test_a_twitch_too_fast_to_be_sure_of_is_whole_as_long_as_it_was_followed(fast, expected):
    signals = twitch(make_signals(blinks_s=()), ("cheek_left",), 11.0, 2.0)
    rises = np.abs(signals["time_s"].values - 10.93) < 0.05
    if fast == "blurred":
        signals["displacement_se_mm"].sel(channel="cheek_left").values[rises] = 0.15
    else:
        signals["displacement_mm"].sel(channel="cheek_left").values[rises] = np.nan
    assert len(events(measured(signals), "cheek_burst")) == expected


@pytest.mark.parametrize("tremor_mm", [0.0, 0.15])
def test_what_swells_like_a_swaying_head_is_no_burst_beside_a_tremor_either(tremor_mm):
    keys = ("mouth_corner_left", "upper_lip_left")
    signals = make_signals()
    tremor = tremor_mm * np.sin(2 * np.pi * 9.0 * signals["time_s"].values)
    move(signals, keys, tremor, (1.0, 0.0))
    for at in (7.5, 10.0, 13.0, 15.5):
        twitch(signals, keys, at, 0.5, width_s=0.35)
    assert events(measured(signals), "mouth_burst").empty


def test_a_jaw_that_moves_both_sides_unevenly_twitches_on_neither():
    signals = make_signals()
    for at in (8.0, 9.0, 10.0):
        twitch(signals, ("lower_lip_left", "chin_both"), at, 2.0)
        twitch(signals, ("lower_lip_right",), at + 0.09, 1.5)
    assert set(events(measured(signals), "mouth_burst")["side"]) == {"both"}


@pytest.mark.parametrize(("lasts_s", "sides"), [(0.8, {"both"}), (0.25, {"left", "right"})])
def test_what_both_sides_do_for_longer_than_a_twitch_is_of_both(lasts_s, sides):
    signals = make_signals()
    time_s = signals["time_s"].values
    for key, late_s in (("lower_lip_left", 0.0), ("lower_lip_right", 0.15)):
        start_s, stop_s = 9.0 + late_s, 9.0 + late_s + lasts_s
        move(
            signals, (key,), np.tanh((time_s - start_s) / 0.03) - np.tanh((time_s - stop_s) / 0.03)
        )
    assert set(events(measured(signals), "mouth_burst")["side"]) == sides


def test_a_weak_partner_is_the_stronger_sides_own():
    signals = make_signals()
    twitch(signals, ("mouth_corner_left",), 10.0, 2.0)
    twitch(signals, ("mouth_corner_right",), 10.0, 0.3)
    assert list(events(measured(signals), "mouth_burst")["side"]) == ["left"]


def test_a_twitch_that_the_head_makes_is_none_of_the_mouth():
    signals = make_signals()
    twitch(signals, ("mouth_corner_left", "nose_bridge_both"), 10.0, 1.0)
    assert events(measured(signals), "mouth_burst").empty


@pytest.mark.parametrize(("turns_deg", "expected"), [(2.0, 1), (12.0, 0)])
def test_what_the_mouth_does_while_the_head_turns_is_no_twitch(turns_deg, expected):
    signals = twitch(make_signals(blinks_s=()), ["mouth_corner_left"], 11.0, 1.0)
    swing = np.tanh((signals["time_s"].values - 11.0) / 0.1)
    signals["head_angle_deg"].sel(angle="yaw").values[:] += turns_deg / 2 * swing
    assert len(events(measured(signals), "mouth_burst")) == expected


@pytest.mark.parametrize("twitches", [False, True])
def test_what_is_left_of_a_roll_of_the_head_is_no_twitch_of_one_side(twitches):
    lower = [region for region in REGIONS if region.name in MOUTH_REGIONS]
    # Noise hides the roll at the right.
    noisy = {region.key: (8.0, 0.3) for region in lower if region.side == "right"}
    signals = make_signals(blinks_s=(), tremor=noisy)
    for at_s, roll_rad in ((8.0, 0.01), (11.0, -0.01), (14.0, 0.01)):
        for region in lower:
            x_px, y_px = np.subtract(REGION_PX[region.key], REGION_PX["forehead_both"])
            pulse = roll_rad * np.exp(-0.5 * ((signals["time_s"].values - at_s) / 0.1) ** 2)
            move(signals, (region.key,), 0.5 * pulse, (-y_px, x_px))
        if twitches:
            twitch(signals, ("mouth_corner_left",), at_s + 1.5, 1.0)
    found = events(measured(signals), "mouth_burst", "cheek_burst")
    assert list(found["onset_s"]) == pytest.approx([9.5, 12.5, 15.5][: 3 * twitches], abs=0.2)
    assert set(found["side"]) <= {"left"}


def test_what_a_blink_does_to_the_tracking_of_the_cheek_is_no_burst():
    signals = make_signals(blinks_s=(9.0,))
    twitch(signals, ("cheek_left", "cheek_right"), 9.0, 0.3)
    assert events(measured(signals), "cheek_burst").empty
    larger = twitch(make_signals(blinks_s=(9.0,)), ("cheek_left",), 9.0, 1.5)
    assert list(events(measured(larger), "cheek_burst")["side"]) == ["left"]


@pytest.mark.parametrize("seed", range(3))
def test_neither_noise_nor_smile_nor_steady_tremor_is_a_burst(seed):
    tremor = {"mouth_corner_left": (6, 0.5), "cheek_right": (9, 0.2)}
    measurement = measured(make_signals(tremor=tremor, seed=seed))
    assert set(measurement.events["event"]) == {"blink"}


def test_burst_rate_and_its_irregularity():
    signals = make_signals(duration_s=30, smiles=((4, 28),))
    at_s = np.array([6.0, 7.1, 9.6, 10.5, 14.0, 16.2, 21.5, 24.0])
    for at in at_s:
        twitch(signals, ("mouth_corner_right",), at, 0.8)
    measurement = measured(signals)
    place = {"region": "mouth_corner", "side": "right"}
    rate = row(measurement, "burst_rate", **place)
    (hold,) = measurement.phases[measurement.phases["phase"] == "hold"].itertuples()
    lasts_s = hold.offset_s - hold.onset_s
    assert rate["value"] == pytest.approx(8 / lasts_s * 60, rel=0.01)
    assert rate["ci_low"] == pytest.approx(rate["value"] * 3.4538 / 8, rel=1e-3)
    steps_s = np.diff(at_s)
    irregular = row(measurement, "burst_irregularity", **place)["value"]
    assert irregular == pytest.approx(steps_s.std(ddof=1) / steps_s.mean(), rel=0.05)
    growth = row(measurement, "burst_growth_ratio", **place)
    assert growth["value"] == 2 / 4
    assert (growth["ci_low"], growth["ci_high"]) == pytest.approx((0.045, 3.49), rel=0.01)


def test_no_ratio_of_rates_without_a_first_and_none_that_pretends_to_know():
    assert np.isnan(rate_ratio(5, 0).value)
    assert rate_ratio(0, 5).low == 0.0
    known = rate_ratio(60, 30)
    assert 1 < known.low < known.value == 2.0 < known.high < 4


def test_two_tracking_errors_beside_each_other_are_no_burst():
    signals = make_signals()
    for at in (10.0, 10.1):
        motion = signals["displacement_mm"].sel(channel="cheek_left").values
        motion[np.argmin(np.abs(signals["time_s"].values - at)), 1] += 1.0
    assert events(measured(signals), "cheek_burst").empty


def test_the_eye_that_acts_before_the_mouth():
    signals = make_signals(blinks_s=(2.0, 12.0))
    lag_s = 0.05
    for at in (5.5, 7.2, 8.9, 10.1, 13.4, 15.2):
        time_s = signals["time_s"].values
        shape = np.exp(-0.5 * ((time_s - at) / 0.06) ** 2)
        signals["eye_aperture_mm"].values[:, 0] *= 1 - 0.6 * shape
        twitch(signals, ("mouth_corner_left", "cheek_left"), at + lag_s, 1.2)
    measurement = measured(signals)
    place = {"region": "face", "side": "left", "phase": "whole"}
    assert row(measurement, "eye_mouth_coincidence", **place)["value"] == 1.0
    lag = row(measurement, "eye_mouth_lag", **place)
    assert lag["value"] == pytest.approx(lag_s, abs=0.02)
    other = row(measurement, "eye_mouth_coincidence", region="face", side="right", phase="whole")
    assert np.isnan(other["value"])
    blinks = row(measurement, "blink_rate", region="eye", side="both", phase="whole")
    assert blinks["value"] == pytest.approx(6.0)


def test_time_with_closed_eyes():
    signals = make_signals(blinks_s=())
    for at in (2.0, 8.0, 14.0):
        close(signals, ("left", "right"), at, 2.0, 0.95)
    shut = row(measured(signals), "closed_time", region="eye", side="both", phase="whole")
    assert shut["value"] == pytest.approx(30, abs=1)
    # Three closures in 600 frames.
    assert shut["ci_high"] - shut["value"] == pytest.approx(0.5)
