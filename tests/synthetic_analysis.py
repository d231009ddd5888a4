"""Whole analyses of known content, for tests of what is shown, saved and stored."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.signal import welch
from synthetic_signals import make_signals

from tremorcam.anatomy import REGIONS
from tremorcam.data import (
    COURSE_COLUMNS,
    EVENT_COLUMNS,
    MEASURE_COLUMNS,
    SPECTRUM_COLUMNS,
    Analysis,
    Evidence,
    Finding,
    Quality,
    Reason,
    Timing,
    Veto,
    VideoInfo,
)

HOLD_S = (4.6, 16.8)
BLINKS_S = (2.0, 9.0, 18.0)
TREMOR = {
    "mouth_corner_left": (7.2, 0.22),
    "upper_lip_left": (7.2, 0.13),
    "cheek_left": (7.2, 0.07),
}
"""Channel: frequency in Hz and peak amplitude in mm at the middle of the hold."""

DIRECTION = (0.35, 0.94)
AXIS_DEG = 110.4
"""Of the tremor: down and to the image's right, which is up and to its left."""

NOISE_MM_PER_RTHZ = 0.008
GROWTH_RATIO = 1.6
CATEGORIES = {
    "muscle_fatigue": "consistent",
    "generalized_tremor": "not_consistent",
    "blepharospasm": "not_consistent",
    "hemifacial_spasm": "not_consistent",
    "synkinesis": "not_assessable",
    "no_tremor": "not_consistent",
    "smiling_tremor": "not_consistent",
    "slow_tremor": "not_consistent",
}


def make_analysis(
    *,
    name: str = "smile.mp4",
    tremor: Mapping[str, tuple[float, float]] = TREMOR,
    duration_s: float = 20.0,
    rate_hz: float = 30.0,
    seed: int = 0,
) -> Analysis:
    """Build the analysis of one guided smile with that tremor; ``tremor={}`` for none."""
    signals = _signals(tremor, duration_s=duration_s, rate_hz=rate_hz, seed=seed)
    primary = "muscle_fatigue" if tremor else "no_tremor"
    return Analysis(
        video=make_video(name),
        timing=Timing(
            n_frames=signals.sizes["frame"],
            n_duplicates=2,
            duration_s=duration_s,
            effective_rate_hz=rate_hz,
            interval_sd_s=0.0006,
            longest_gap_s=0.067,
            n_gaps=0,
        ),
        signals=signals,
        phases=_phases(duration_s),
        measures=_measures(tremor),
        spectra=_spectra(signals, rate_hz),
        events=_events(bool(tremor)),
        course=_course(tremor),
        quality=Quality(
            status="limited",
            reasons=(
                Reason(
                    code="duplicate_frames",
                    message="2 of 600 pictures repeat the one before; they are not counted.",
                    value=2 / 600,
                    limit=0.05,
                    unit="1",
                    severity="note",
                ),
                Reason(
                    code="head_turned",
                    message="The head is turned 17° to the side; above 15° the far side reads low.",
                    value=17.0,
                    limit=15.0,
                    unit="deg",
                ),
            ),
        ),
        vetoes=(
            Veto(
                region="mouth_corner",
                side="right",
                frequency_hz=10.0,
                cause="flicker",
                explanation="The brightness of the picture goes up and down at the same 10.0 Hz.",
            ),
            Veto(
                region="chin",
                side="both",
                frequency_hz=4.2,
                cause="head_motion",
                explanation="The nose bridge moves at the same 4.2 Hz: the head shook.",
            ),
        ),
        findings=tuple(_finding(category, primary) for category in CATEGORIES),
        words=_words(bool(tremor)),
        provenance=_provenance(),
        context={"caffeine_cups": 2, "sleep_h": 6.5, "worsening": False},
    )


def make_unusable_analysis(*, name: str = "nobody.mp4", n_frames: int = 60) -> Analysis:
    """Build the analysis of a video in which no face was ever found."""
    signals = _blank(make_signals(duration_s=n_frames / 30, smiles=(), blinks_s=()))
    return Analysis(
        video=make_video(name),
        timing=Timing(n_frames, 0, n_frames / 30, 30.0, 0.0, 1 / 30, 0),
        signals=signals,
        phases=pd.DataFrame({"smile": [], "phase": [], "onset_s": [], "offset_s": []}),
        measures=_table([], MEASURE_COLUMNS),
        spectra=_table([], SPECTRUM_COLUMNS),
        events=_table([], EVENT_COLUMNS),
        quality=Quality(
            status="unusable",
            reasons=(
                Reason(
                    code="no_face",
                    message="No face was found in any picture; film your face from the front.",
                    value=0.0,
                    limit=0.5,
                    unit="1",
                    severity="unusable",
                ),
            ),
        ),
        findings=tuple(
            Finding(category, "not_assessable", primary=False, explanation="Nothing was measured.")
            for category in CATEGORIES
        ),
        words={"answer": "This video could not be measured: no face was found."},
        provenance=_provenance(),
    )


def make_video(name: str = "smile.mp4") -> VideoInfo:
    """Describe a plausible webcam recording."""
    return VideoInfo(
        name=name,
        size_bytes=31_400_000,
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        container="mov,mp4,m4a,3gp,3g2,mj2",
        codec="h264",
        pixel_format="yuv420p",
        width_px=640,
        height_px=520,
        rotation_deg=0,
        declared_rate_hz=30.0,
        bit_rate_bps=12_500_000.0,
        key_frame_interval_s=None,
    )


def _signals(
    tremor: Mapping[str, tuple[float, float]], *, duration_s: float, rate_hz: float, seed: int
) -> xr.Dataset:
    signals = make_signals(
        duration_s=duration_s,
        rate_hz=rate_hz,
        smiles=((4.0, 16.8),),
        noise_mm_per_rthz=NOISE_MM_PER_RTHZ,
        blinks_s=BLINKS_S,
        seed=seed,
    )
    time_s = signals["time_s"].values
    share = (time_s - HOLD_S[0]) / (HOLD_S[1] - HOLD_S[0])
    # Straight growth whose last third is GROWTH_RATIO times its first.
    slope = 3 * (GROWTH_RATIO - 1) / (GROWTH_RATIO + 1)
    envelope = np.where((share >= 0) & (share <= 1), 1 + slope * (share - 0.5), 0.0)
    waves = {
        key: amplitude_mm * envelope * np.sin(2 * np.pi * frequency_hz * time_s)
        for key, (frequency_hz, amplitude_mm) in tremor.items()
    }
    artefacts = {
        "mouth_corner_right": 0.03 * np.sin(2 * np.pi * 10.0 * time_s),
        "chin_both": 0.04 * np.sin(2 * np.pi * 4.2 * time_s),
    }
    for key, wave_mm in [*waves.items(), *artefacts.items()]:
        at = signals["channel"].values.tolist().index(key)
        motion = wave_mm[:, None] * np.array(DIRECTION)
        signals["displacement_mm"].values[:, at] += motion
        signals["region_px"].values[:, at] += motion / signals["mm_per_px"].values[:, None]
    signals["duplicate"].values[[40, 41]] = True
    signals["displacement_mm"].values[[40, 41]] = np.nan
    return signals


def _blank(signals: xr.Dataset) -> xr.Dataset:
    blank = signals.copy(deep=True)
    for variable in blank.data_vars.values():
        variable.values[...] = False if variable.dtype == bool else np.nan
    return blank


def _phases(duration_s: float) -> pd.DataFrame:
    edges = (0.0, 4.0, *HOLD_S, 17.6)
    return pd.DataFrame(
        {
            "smile": [0, 1, 1, 1, 0],
            "phase": ["neutral", "onset", "hold", "offset", "neutral"],
            "onset_s": edges,
            "offset_s": [*edges[1:], duration_s],
        }
    )


def _row(measure: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {
        "phase": "hold", "measure": measure, "value": value, "unit": unit, "ci_low": np.nan,
        "ci_high": np.nan, "noise_floor": np.nan, "detected": None, "smile": 1,
    } | more  # fmt: skip


def _tremor_rows(key: tuple[float, float] | None) -> list[dict[str, Any]]:
    floor_mm, limit_mm = 0.0113, 0.064
    found = key is not None
    f_hz, peak_mm = key if key else (np.nan, np.nan)
    rms_mm = peak_mm / np.sqrt(2)
    ci = {
        "tremor_frequency": (f_hz - 0.04, f_hz + 0.05),
        "tremor_amplitude_rms": (rms_mm * 0.9, rms_mm * 1.12),
        "tremor_amplitude_p2p": (2 * peak_mm * 0.9, 2 * peak_mm * 1.12),
        "growth_ratio": (GROWTH_RATIO - 0.3, GROWTH_RATIO + 0.35),
    }
    values = [
        ("tremor_frequency", f_hz, "Hz"),
        ("tremor_amplitude_rms", rms_mm, "mm"),
        ("tremor_amplitude_p2p", 2 * peak_mm, "mm"),
        ("tremor_axis", AXIS_DEG if found else np.nan, "deg"),
        ("tremor_p_value", 0.0005 if found else 0.43, "1"),
        ("tremor_persistence", 0.91 if found else np.nan, "1"),
        ("tremor_bandwidth", 0.4 if found else np.nan, "Hz"),
        ("tremor_stability_index", 0.31 if found else np.nan, "Hz"),
        ("harmonic_ratio", 0.02 if found else np.nan, "1"),
        ("growth_ratio", GROWTH_RATIO if found else np.nan, "1"),
        ("burst_rate", 0.0, "1/min"),
        ("noise_density", NOISE_MM_PER_RTHZ, "mm/√Hz"),
        ("noise_bound", NOISE_MM_PER_RTHZ / 8, "mm/√Hz"),
        ("detection_limit", limit_mm, "mm"),
    ]
    floors = {
        "tremor_amplitude_rms": floor_mm,
        "tremor_amplitude_p2p": floor_mm * 2 * np.sqrt(2),
    }
    return [
        _row(
            measure,
            value,
            unit,
            ci_low=ci.get(measure, (np.nan, np.nan))[0],
            ci_high=ci.get(measure, (np.nan, np.nan))[1],
            noise_floor=floors.get(measure, np.nan),
            detected=found if measure.startswith("tremor") else None,
        )
        for measure, value, unit in values
    ]


def _measures(tremor: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    rows = [
        {"region": region.name, "side": region.side} | row
        for region in REGIONS
        for row in _tremor_rows(tremor.get(region.key))
    ]
    asymmetry = (0.93, 0.85, 0.98) if tremor else (np.nan, np.nan, np.nan)
    corner = {"region": "mouth_corner", "side": "both"}
    rows.append(
        corner
        | _row("asymmetry_index", asymmetry[0], "1", ci_low=asymmetry[1], ci_high=asymmetry[2])
    )
    rows.append(corner | _row("coherence", 0.12 if tremor else np.nan, "1", noise_floor=0.35))
    rows.append(corner | _row("lag", np.nan, "s"))
    rows.append(corner | _row("smile_asymmetry", 0.1, "mm"))
    for side in ("left", "right"):
        corner = {"region": "mouth_corner", "side": side}
        eye = {"region": "eye", "side": side}
        rows.append(corner | _row("smile_excursion", 9.0, "mm", ci_low=8.9, ci_high=9.1))
        rows.append(corner | _row("smile_onset_speed", 31.0, "mm/s", phase="onset"))
        rows.append(eye | _row("eye_aperture", 10.0, "mm", phase="neutral", smile=0))
        rows.append(eye | _row("eye_closure_with_smile", 15.0, "%", ci_low=13.5, ci_high=16.4))
    rows.append(
        {"region": "eye", "side": "both"}
        | _row("blink_rate", 9.0, "1/min", phase="whole", ci_low=1.9, ci_high=26.3, smile=0)
    )
    return _table(rows, MEASURE_COLUMNS)


def _spectra(signals: xr.Dataset, rate_hz: float) -> pd.DataFrame:
    time_s = signals["time_s"].values
    held = (time_s >= HOLD_S[0]) & (time_s <= HOLD_S[1])
    tables = []
    for at, region in enumerate(REGIONS):
        motion = signals["displacement_mm"].values[held, at]
        frequency_hz, psd = welch(motion, rate_hz, nperseg=min(len(motion), 128), axis=0)
        in_band = (frequency_hz >= 1.0) & (frequency_hz <= 0.4 * rate_hz)
        tables.append(
            pd.DataFrame(
                {
                    "region": region.name,
                    "side": region.side,
                    "phase": "hold",
                    "frequency_hz": frequency_hz[in_band],
                    "psd_mm2_per_hz": psd.sum(axis=1)[in_band],
                    "noise_psd_mm2_per_hz": 2 * NOISE_MM_PER_RTHZ**2,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)[list(SPECTRUM_COLUMNS)]


def _events(with_burst: bool) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "event": "blink", "side": "both", "onset_s": at - 0.1, "offset_s": at + 0.15,
            "duration_s": 0.25, "peak": 92.0, "unit": "%", "region": "eye",
            "phase": "hold" if HOLD_S[0] < at < HOLD_S[1] else "neutral",
        }
        for at in BLINKS_S
    ]  # fmt: skip
    if with_burst:
        rows.append(
            {
                "event": "mouth_burst", "side": "left", "onset_s": 12.3, "offset_s": 12.55,
                "duration_s": 0.25, "peak": 0.61, "unit": "mm", "region": "mouth_corner",
                "phase": "hold",
            }
        )  # fmt: skip
    return _table(rows, EVENT_COLUMNS).sort_values("onset_s", ignore_index=True)


def _course(tremor: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    rows = []
    for region in REGIONS:
        f_hz, peak_mm = tremor.get(region.key, (np.nan, np.nan))
        for time_s in np.arange(HOLD_S[0] + 1.5, HOLD_S[1] - 1.5, 1.0):
            share = (time_s - HOLD_S[0]) / (HOLD_S[1] - HOLD_S[0])
            rows.append(
                {
                    "region": region.name,
                    "side": region.side,
                    "time_s": time_s,
                    "frequency_hz": f_hz + 0.1 * np.sin(time_s),
                    "amplitude_rms_mm": peak_mm / np.sqrt(2) * (0.7 + 0.6 * share),
                    "noise_rms_mm": 0.0113,
                }
            )
    return _table(rows, COURSE_COLUMNS)


def _finding(category: str, primary: str) -> Finding:
    status: Any = CATEGORIES[category]
    if primary == "no_tremor" and category in ("no_tremor", "muscle_fatigue"):
        status = "consistent" if category == "no_tremor" else "not_consistent"
    evidence = (
        Evidence(
            criterion="tremor_present",
            description="A tremor stands out of the noise at a region of the mouth",
            value=0.0005 if primary != "no_tremor" else 0.43,
            ci_low=None,
            ci_high=None,
            threshold=0.001,
            unit="1",
            met=primary != "no_tremor",
            source="Engineering choice: surrogate test over the whole band",
            confidence="high",
            reference="tremor_p_value mouth_corner left",
        ),
        Evidence(
            criterion="growth",
            description="Its amplitude grew while the smile was held",
            value=GROWTH_RATIO if primary != "no_tremor" else None,
            ci_low=1.3 if primary != "no_tremor" else None,
            ci_high=1.95 if primary != "no_tremor" else None,
            threshold=1.5,
            unit="1",
            met=True if primary != "no_tremor" else None,
            source="Provisional; no facial norm is published",
            confidence="low",
            reference="growth_ratio mouth_corner left",
            limit="at least 1.5",
        ),
    )
    return Finding(
        category=category,
        status=status,
        primary=category == primary,
        explanation=f"What was measured is {status.replace('_', ' ')} with this pattern.",
        evidence=evidence,
    )


def _words(detected: bool) -> dict[str, Any]:
    answer = (
        "Yes: the left corner of your mouth shook 7.2 times a second by about 0.44 mm while you "
        "held the smile, and it grew."
        if detected
        else "No tremor was detected; one larger than 0.06 mm would have been seen."
    )
    return {
        "answer": answer,
        "lay": "Fine shaking that grows while a smile is held is seen when muscles tire.",
        "clinician": "Unilateral left perioral tremor, 7.2 Hz, 0.44 mm p-p, growth ratio 1.6.",
        "red_flags": [
            "See a doctor if the shaking persists or gets worse over time.",
            "See a doctor soon if it comes with weakness, numbness, pain, or changes in vision "
            "or hearing.",
        ],
    }


def _provenance() -> dict[str, Any]:
    return {
        "versions": {
            "tremorcam": "0.1.0",
            "numpy": "2.4.6",
            "mediapipe": "0.10.33",
            "opencv": "5.0.0",
        },
        "parameters": {
            "iris_mm": 11.71,
            "measure": {"band_hz": [3.0, 12.0], "alpha": 0.001, "seed": 0},
        },
        "references": [
            {
                "text": "Luft F et al. Sensors 2019;19:4301. Tremor persistence in 3 s windows.",
                "doi": "10.3390/s19194301",
            }
        ],
    }


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))
