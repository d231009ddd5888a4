"""Read single numbers out of analyses and truths."""

import numpy as np
from scipy import signal


def value(analysis, measure, region="mouth_corner", side="left", phase=None):
    """Value and detected of one row of measures, over all smiles of the phase."""
    rows = analysis.measures.query("measure == @measure and region == @region and side == @side")
    phase = phase or ("hold" if (rows["phase"] == "hold").any() else "whole")
    rows = rows[rows["phase"] == phase].sort_values("smile", ascending=False)
    assert len(rows), f"no {measure} of {region} {side} in {phase}"
    return rows.iloc[0]


def sine_amplitude_mm(analysis, channel, frequency_hz):
    """Amplitude of one frequency along the vertical, by least squares."""
    signals = analysis.signals
    d = signals["displacement_mm"].sel(channel=channel, space="y").values
    time_s = signals["time_s"].values
    known = np.isfinite(d)
    high = signal.butter(3, 2.0, "high", fs=1 / np.median(np.diff(time_s)), output="sos")
    d = signal.sosfiltfilt(high, d[known])
    phase = 2 * np.pi * frequency_hz * time_s[known]
    window = np.hanning(len(d))
    basis = np.stack([np.sin(phase), np.cos(phase)], axis=1) * window[:, None]
    return float(np.hypot(*np.linalg.lstsq(basis, d * window, rcond=None)[0]))


def true_rms_mm(truth, channel, onset_s, offset_s):
    """RMS of the true displacement above 2 Hz, both axes together, in a stretch of time."""
    rate_hz = 1 / np.median(np.diff(truth.time_s))
    high = signal.butter(3, 2.0, "high", fs=rate_hz, output="sos")
    d = signal.sosfiltfilt(high, truth.channel(channel), axis=0)
    inside = (truth.time_s >= onset_s) & (truth.time_s <= offset_s)
    return float(np.sqrt((d[inside] ** 2).sum(axis=1).mean()))
