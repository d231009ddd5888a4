"""Measuring of synthetic signals, for tests: what goes with a signals dataset, and its answer."""

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.fft import irfft

from tremorcam.data import Timing, VideoInfo
from tremorcam.measure import Measurement, measure

COLOURS = {
    "white": np.ones_like,
    "pink": lambda f: f**-0.5,
    "red": lambda f: f**-1.0,
    "red_below_3_hz": lambda f: 1 / np.sqrt(1 + (f / 3) ** 2),
    "red_and_white": lambda f: np.sqrt(1 + (4 / f) ** 2),
    "low_passed": lambda f: 1 / np.sqrt(1 + (f / 7) ** 4),
}
"""Amplitude spectra of backgrounds, by frequency in Hz."""


def coloured_noise(
    colour: str, shape: tuple[int, ...], rate_hz: float, rng: np.random.Generator
) -> np.ndarray:
    """Noise of unit variance along the first axis, without the periodicity of an FFT."""
    n = shape[0]
    frequency_hz = np.fft.rfftfreq(2 * n, 1 / rate_hz)
    frequency_hz[0] = frequency_hz[1]
    size = (len(frequency_hz), int(np.prod(shape[1:])))
    amplitude = COLOURS[colour](frequency_hz)[:, None]
    spectrum = amplitude * (rng.standard_normal(size) + 1j * rng.standard_normal(size))
    noise = irfft(spectrum, 2 * n, axis=0)[:n].reshape(shape)
    return noise / noise.std()


def video(**changes: Any) -> VideoInfo:
    """A well recorded video."""
    fields: dict[str, Any] = {
        "name": "clip.mp4", "size_bytes": 1, "sha256": "0" * 64, "container": "mp4",
        "codec": "h264", "pixel_format": "yuv420p", "width_px": 1280, "height_px": 720,
        "rotation_deg": 0, "declared_rate_hz": 30.0, "bit_rate_bps": 12e6,
        "key_frame_interval_s": 8.0,
    }  # fmt: skip
    return VideoInfo(**{**fields, **changes})


def timing(signals: xr.Dataset) -> Timing:
    """What an audit of the frame times would say."""
    duplicate = signals["duplicate"].values.astype(bool)
    time_s = signals["time_s"].values[~duplicate]
    steps_s = np.diff(time_s)
    if not len(steps_s):
        return Timing(len(duplicate), int(duplicate.sum()), 0.0, 0.0, 0.0, 0.0, 0)
    return Timing(
        n_frames=len(duplicate),
        n_duplicates=int(duplicate.sum()),
        duration_s=float(time_s[-1] - time_s[0]),
        effective_rate_hz=float(1 / np.median(steps_s)),
        interval_sd_s=float(steps_s.std()),
        longest_gap_s=float(steps_s.max()),
        n_gaps=int((steps_s > 2.5 * np.median(steps_s)).sum()),
    )


def measured(signals: xr.Dataset, **options: Any) -> Measurement:
    """Measure signals as if they came from a good video."""
    info = options.pop("video_info", video())
    return measure(signals, timing(signals), info, **options)


def row(
    measurement: Measurement,
    name: str,
    *,
    region: str,
    side: str,
    phase: str = "hold",
    smile: int | None = None,
) -> pd.Series:
    """The one row of a measure; of the lowest smile number where none is given."""
    table = measurement.measures
    found = table[
        (table["measure"] == name)
        & (table["region"] == region)
        & (table["side"] == side)
        & (table["phase"] == phase)
    ]
    found = found if smile is None else found[found["smile"] == smile]
    return found.sort_values("smile").iloc[0]


def detected(measurement: Measurement, phase: str = "hold") -> set[tuple[str, str]]:
    """Regions and sides in which a tremor was detected."""
    table = measurement.measures
    found = table[(table["measure"] == "tremor_frequency") & (table["phase"] == phase)]
    found = found[np.array([flag is True for flag in found["detected"]], bool)]
    return set(zip(found["region"], found["side"], strict=True))


def move(
    signals: xr.Dataset,
    keys: tuple[str, ...],
    wave_mm: np.ndarray,
    axis: tuple[float, float] = (0, 1),
) -> xr.Dataset:
    """Add a motion to channels, in place."""
    for key in keys:
        at = signals["channel"].values.tolist().index(key)
        signals["displacement_mm"].values[:, at] += np.outer(wave_mm, axis)
    return signals
