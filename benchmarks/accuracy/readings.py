"""What was read of a clip beside what it shows, one row for each mouth corner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import signal

from tremorcam.anatomy import SIDES
from tremorcam.measure import measure

if TYPE_CHECKING:
    import pandas as pd
    from clips import Followed
    from conditions import Condition
    from numpy.typing import NDArray

    from tremorcam.measure.measurement import Measurement
    from tremorcam.simulate import Truth

BAND_HZ = (3.0, 12.0)
STILL_SHARE = 0.3
"""A region said to tremble that truly moves less than this share of what was read is still."""


def rows_of(condition: Condition, truth: Truth, found: Followed) -> list[dict[str, Any]]:
    """Measure a followed clip and read both corners off it."""
    measurement = measure(
        found.signals, found.timing, found.video,
        hold=condition.hold_s, exposure_s=condition.scene.camera.exposure_s or None,
    )  # fmt: skip
    signals = found.signals
    rate_hz = found.timing.effective_rate_hz
    common = {
        "false_alarms": false_alarms(measurement, truth, condition.hold_s),
        "vetoes": sorted({veto.cause for veto in measurement.vetoes}),
        "quality": [reason.code for reason in measurement.quality.reasons],
        "scale_error": float(np.nanmedian(signals["mm_per_px"]) / truth.mm_per_px - 1),
        "rate_hz": rate_hz,
        "bidirectional": float(signals["bidirectional"].mean()),
    }
    rows = []
    for side in SIDES:
        key = f"mouth_corner_{side}"
        path_mm = signals["displacement_mm"].sel(channel=key).values
        bound = float(signals["bound_mm"].sel(channel=key)) / np.sqrt(rate_hz / 2)
        rows.append({
            **read_path(signals["time_s"].values, path_mm, truth, side, condition.hold_s),
            **_measures(measurement.measures, side), **common, "bound_mm_per_rthz": bound,
        })  # fmt: skip
    return rows


def read_path(
    time_s: NDArray[np.float64],
    path_mm: NDArray[np.float64],
    truth: Truth,
    side: str,
    hold_s: tuple[float, float],
) -> dict[str, Any]:
    """Read a corner's path by least squares at the frequencies that are truly there.

    The same for every tracker, so that they can be compared: amplitude along the vertical at
    the corner's own frequency and at the other side's (cross-talk), and the noise density.
    """
    own = _tremor(truth, side)
    other = _tremor(truth, "right" if side == "left" else "left")
    within = (time_s >= hold_s[0]) & (time_s <= hold_s[1]) & np.isfinite(path_mm).all(axis=1)
    t, path = time_s[within], path_mm[within]
    shown_s = (truth.time_s >= hold_s[0]) & (truth.time_s <= hold_s[1])
    row: dict[str, Any] = {"side": side, "true_hz": None, "true_mm": None}
    if own is not None:
        row["true_hz"] = own["frequency_hz"]
        shown = truth.channel(f"mouth_corner_{side}")[shown_s]
        row["true_mm"] = _amplitude(truth.time_s[shown_s], shown, own["frequency_hz"])
        row["gain"] = _amplitude(t, path, own["frequency_hz"]) / row["true_mm"]
    if other is not None:
        shown = truth.channel(f"mouth_corner_{other['side']}")[shown_s]
        moved_mm = _amplitude(truth.time_s[shown_s], shown, other["frequency_hz"])
        beside = () if own is None else (own["frequency_hz"],)
        row["cross_talk"] = _amplitude(t, path, other["frequency_hz"], beside) / moved_mm
    clear = [each["frequency_hz"] for each in (own, other) if each is not None]
    head = truth.scene["head"]
    if head["tremor_mm"]:
        leaked_mm = _amplitude(t, path, head["tremor_hz"], tuple(clear))
        row["head_leak"] = leaked_mm / head["tremor_mm"]
        clear.append(head["tremor_hz"])
    row["noise_mm_per_rthz"] = noise_density(t, path, clear)
    return row


def _tremor(truth: Truth, side: str) -> Any:
    rows = [t for t in truth.tremors if (t["region"], t["side"]) == ("mouth_corner", side)]
    return rows[0] if rows else None


def _amplitude(
    time_s: NDArray[np.float64],
    path_mm: NDArray[np.float64],
    hz: float,
    beside: tuple[float, ...] = (),
) -> float:
    """Amplitude at a frequency, both axes together, beside slow movement and other sinusoids."""
    hann = np.hanning(len(time_s))[:, None]
    place = (time_s - time_s[0]) / (time_s[-1] - time_s[0])
    waves = [wave(2 * np.pi * f * time_s) for f in (hz, *beside) for wave in (np.sin, np.cos)]
    slow = [np.cos(np.pi * k * place) for k in range(int(2.4 * np.ptp(time_s)))]
    basis = np.stack([*waves, *slow, place], axis=1) * hann
    fit = np.linalg.lstsq(basis, path_mm * hann, rcond=None)[0]
    return float(np.sqrt((fit[:2] ** 2).sum()))


def noise_density(
    time_s: NDArray[np.float64], path_mm: NDArray[np.float64], clear_hz: list[float]
) -> float:
    """Noise in mm/√Hz along one axis: the middle of Welch's spectrum from 3 to 12 Hz.

    Frequencies at which something is shown are left out.
    """
    step_s = float(np.median(np.diff(time_s)))
    grid_s = np.arange(time_s[0], time_s[-1], step_s)
    even = np.stack([np.interp(grid_s, time_s, column) for column in path_mm.T])
    length = min(len(grid_s), round(2 / step_s))
    hz, power = signal.welch(even, 1 / step_s, "hann", length, detrend="linear", average="mean")
    used = (hz >= BAND_HZ[0]) & (hz <= min(BAND_HZ[1], 0.4 / step_s))
    for at in clear_hz:
        used &= np.abs(hz - at) > 1.1
    return float(np.sqrt(np.median(power.mean(axis=0)[used])))


def _measures(table: pd.DataFrame, side: str) -> dict[str, Any]:
    """Take the chain's own rows of a mouth corner."""
    rows = table[(table["region"] == "mouth_corner") & (table["side"] == side)]
    rows = rows[rows["phase"] == "hold"].sort_values("smile").drop_duplicates("measure")
    rows = rows.set_index("measure")
    frequency, rms = rows.loc["tremor_frequency"], rows.loc["tremor_amplitude_rms"]
    return {
        "detected": frequency["detected"] is True,
        "hz": float(frequency["value"]), "hz_low": float(frequency["ci_low"]),
        "hz_high": float(frequency["ci_high"]),
        "rms_mm": float(rms["value"]), "rms_low": float(rms["ci_low"]),
        "rms_high": float(rms["ci_high"]), "kept": float(rows.loc["tremor_kept", "value"]),
        "own_noise": float(rows.loc["noise_density", "value"]),
        "limit_p2p_mm": float(rows.loc["detection_limit", "value"]),
        "p_value": float(rows.loc["tremor_p_value", "value"]),
    }  # fmt: skip


def false_alarms(
    measurement: Measurement, truth: Truth, hold_s: tuple[float, float]
) -> list[list[Any]]:
    """List regions that hardly move and yet were said to tremble: region, side, Hz, mm RMS."""
    table = measurement.measures
    found = table[(table["measure"] == "tremor_frequency") & (table["phase"] == "hold")]
    found = found[[flag is True for flag in found["detected"]]]
    amplitude = table[(table["measure"] == "tremor_amplitude_rms") & (table["phase"] == "hold")]
    amplitude = amplitude.set_index(["region", "side", "smile"])["value"]
    shown_s = (truth.time_s >= hold_s[0]) & (truth.time_s <= hold_s[1])
    alarms = []
    for row in found.itertuples():
        shown = truth.channel(f"{row.region}_{row.side}")[shown_s]
        true_mm = _amplitude(truth.time_s[shown_s], shown, float(row.value)) / np.sqrt(2)
        rms_mm = float(amplitude[(row.region, row.side, row.smile)])
        if true_mm < STILL_SHARE * rms_mm:
            alarms.append([row.region, row.side, float(row.value), rms_mm])
    return alarms
