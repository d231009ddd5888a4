"""What the stages hand on to each other, and what an analysis is when it is done.

Time series travel as :class:`xarray.Dataset` with named dimensions, tables as
:class:`pandas.DataFrame`; the frozen dataclasses here hold them together and check them
once, at the door.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tremorcam.anatomy import REGIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import xarray as xr

SCHEMA_VERSION = 1


class TremorcamError(Exception):
    """Something the user can mend; the message says what was expected, what came, what to do."""


class InputError(TremorcamError):
    """A video that cannot be measured at all (unreadable, empty, without any picture)."""


@dataclass(frozen=True)
class VideoInfo:
    """What the container says about a video. Its frame rate is kept for the record only."""

    name: str
    size_bytes: int
    sha256: str
    container: str
    codec: str
    pixel_format: str
    width_px: int
    height_px: int
    rotation_deg: int
    declared_rate_hz: float | None
    bit_rate_bps: float | None
    key_frame_interval_s: float | None = None


@dataclass(frozen=True)
class Timing:
    """Audit of when the frames really were.

    Rates and intervals are over distinct pictures: repeated frames are not samples. The
    effective rate is that of the stretch in which a face was seen.
    """

    n_frames: int
    n_duplicates: int
    duration_s: float
    effective_rate_hz: float
    interval_sd_s: float
    longest_gap_s: float
    n_gaps: int
    n_corrected_times: int = 0


@dataclass(frozen=True)
class Reason:
    """One thing that limits what can be said; ``code`` is a key of the dictionary's reasons."""

    code: str
    message: str
    value: float | None = None
    limit: float | None = None
    unit: str | None = None
    severity: Literal["note", "limited", "unusable"] = "limited"


@dataclass(frozen=True)
class Quality:
    """How far the recording supports claims."""

    status: Literal["ok", "limited", "unusable"]
    reasons: tuple[Reason, ...] = ()

    def has(self, code: str) -> bool:
        """Whether a reason of that code is given."""
        return any(reason.code == code for reason in self.reasons)


@dataclass(frozen=True)
class Evidence:
    """One criterion of a finding, held against what was measured.

    ``met`` is ``None`` where it could not be assessed. ``reference`` names the row of
    measures.csv or events.csv that the value stands in. ``limit`` is the threshold in words, such
    as ``at least 3 mm``; empty in files of before it was told.
    """

    criterion: str
    description: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    threshold: float | None
    unit: str
    met: bool | None
    source: str
    confidence: str
    reference: str = ""
    limit: str = ""


@dataclass(frozen=True)
class Finding:
    """How one of the article's patterns compares with what was measured."""

    category: str
    status: Literal["consistent", "not_consistent", "not_assessable"]
    primary: bool
    explanation: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Veto:
    """A spectral peak that was seen and is not the face's own.

    ``cause`` is one of ``head_motion``, ``camera_shake``, ``flicker``, ``codec``, ``blink``,
    ``speech``.
    """

    region: str
    side: str
    frequency_hz: float
    cause: str
    explanation: str


MEASURE_COLUMNS = (
    "region", "side", "phase", "measure", "value", "unit",
    "ci_low", "ci_high", "noise_floor", "detected", "smile",
)  # fmt: skip
SPECTRUM_COLUMNS = (
    "region", "side", "phase", "frequency_hz", "psd_mm2_per_hz", "noise_psd_mm2_per_hz",
)  # fmt: skip
EVENT_COLUMNS = (
    "event", "side", "onset_s", "offset_s", "duration_s", "peak", "unit", "region", "phase",
)  # fmt: skip
COURSE_COLUMNS = (
    "region", "side", "time_s", "frequency_hz", "amplitude_rms_mm", "noise_rms_mm",
)  # fmt: skip
PHASE_COLUMNS = ("smile", "phase", "onset_s", "offset_s")
PHASES = ("neutral", "onset", "hold", "offset", "whole")


def _empty_course() -> pd.DataFrame:
    import pandas as pd  # loaded when needed: every command imports this module

    return pd.DataFrame({column: [] for column in COURSE_COLUMNS})


@dataclass(frozen=True)
class Analysis:
    """Everything known about one recording; saved exactly as ``analysis.json``.

    Parameters
    ----------
    video : VideoInfo
    timing : Timing
    signals : xarray.Dataset
        See :func:`validate_signals`.
    phases : pandas.DataFrame
        ``smile`` (1, 2, ...; 0 where there is none), ``phase``, ``onset_s``, ``offset_s``.
    measures, spectra, events : pandas.DataFrame
        Tidy tables with the columns of measures.csv, spectra.csv and events.csv.
    course : pandas.DataFrame
        Tremor over time, one row a region and window centred at ``time_s``; frequency and
        amplitude are NaN where the window shows none. Empty where nothing was followed.
    quality : Quality
    vetoes : tuple of Veto
    findings : tuple of Finding
    words : mapping
        Plain sentences: ``answer``, ``lay``, ``clinician``, ``red_flags``.
    provenance : mapping
        Versions and parameters that made this, enough to repeat it.
    context : mapping
        What the person told (caffeine, sleep, ...); never changes a measurement.

    Examples
    --------
    >>> import tremorcam
    >>> analysis = tremorcam.load_analysis("out/smile")  # doctest: +SKIP
    >>> left_mm = analysis.signals["displacement_mm"].sel(channel="mouth_corner_left")
    >>> left_mm.dims
    ('frame', 'space')
    >>> [finding.category for finding in analysis.findings if finding.primary]
    ['muscle_fatigue']
    >>> [(veto.cause, veto.frequency_hz) for veto in analysis.vetoes]
    [('flicker', 10.0), ('head_motion', 4.2)]
    """

    video: VideoInfo
    timing: Timing
    signals: xr.Dataset
    phases: pd.DataFrame
    measures: pd.DataFrame
    spectra: pd.DataFrame
    events: pd.DataFrame
    quality: Quality
    vetoes: tuple[Veto, ...] = ()
    findings: tuple[Finding, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    course: pd.DataFrame = field(default_factory=_empty_course)
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        validate_signals(self.signals)
        for name, columns in (
            ("phases", PHASE_COLUMNS),
            ("measures", MEASURE_COLUMNS),
            ("spectra", SPECTRUM_COLUMNS),
            ("events", EVENT_COLUMNS),
            ("course", COURSE_COLUMNS),
        ):
            missing = set(columns) - set(getattr(self, name).columns)
            if missing:
                raise ValueError(f"table {name!r} lacks the columns {sorted(missing)}")


SIGNAL_DIMS: dict[str, tuple[str, ...]] = {
    "face_found": ("frame",),
    "duplicate": ("frame",),
    "displacement_mm": ("frame", "channel", "space"),
    "displacement_se_mm": ("frame", "channel"),
    "brightness": ("frame", "channel"),
    "eye_aperture_mm": ("frame", "side"),
    "smile_excursion_mm": ("frame", "side"),
    "head_mm": ("frame", "space"),
    "head_angle_deg": ("frame", "angle"),
    "head_residual_mm": ("frame",),
    "background_px": ("frame", "space"),
    "mm_per_px": ("frame",),
    "region_px": ("frame", "channel", "space"),
    "face_box_px": ("frame", "corner"),
}
"""Variables of the signals dataset and their dimensions."""


def _increases(values: xr.DataArray) -> bool:
    return bool((values.diff(values.dims[0]) > 0).all())


def validate_signals(signals: xr.Dataset) -> None:
    """Check the dataset that tracking hands to measuring.

    Dimensions are ``frame`` (with the coordinate ``time_s``, strictly increasing, the first
    frame at 0), ``channel`` (one for each of :data:`tremorcam.anatomy.REGIONS`, labelled by
    its ``key``), ``space`` (``x`` to the image's right, ``y`` down), ``side`` (``left``,
    ``right``), ``angle`` (``yaw``, ``pitch``, ``roll``) and ``corner`` (``x0``, ``y0``, ``x1``,
    ``y1``: left, top, right, bottom). Missing values are NaN:

    - ``bidirectional``, which may be missing: whether the encoder predicted the frame from one
      before and one after it (see :mod:`tremorcam.measure.prediction`).
    - ``displacement_mm``: a region's own movement, the head's removed. Only changes
      within a stretch without NaN have a meaning, and only above about 0.5 Hz.
    - ``displacement_se_mm``: standard error of one frame's displacement.
    - ``brightness``: mean grey level (0 to 255) of the region's patch.
    - ``eye_aperture_mm``: lid distance. ``eye_aperture_alone_mm``, which may be missing: that of
      each eye read without the other, in some frames only.
    - ``smile_excursion_mm``: how far a mouth corner is from the axis of the face at rest; its
      zero is arbitrary.
    - ``head_mm``, ``head_angle_deg``: the head's motion in the picture;
      ``head_residual_mm``: what the rigid head model leaves at its reference points.
    - ``background_px``: motion of the picture outside the face (camera shake).
    - ``mm_per_px``: scale of the frame.
    - attributes ``excursion_sd_mm``, ``aperture_sd_mm``, ``aperture_alone_sd_mm``, which may be
      missing: by how much the face finder errs, as a face and its mirror image tell.
    - ``region_px``: where a region's centre is in the upright picture, and ``face_box_px``
      the box around the face: enough to draw on the video again.

    Raises
    ------
    ValueError
        Naming every fault found.
    """
    faults = [
        f"{name!r} should have dimensions {dims}, has "
        f"{signals[name].dims if name in signals else 'none: it is missing'}"
        for name, dims in SIGNAL_DIMS.items()
        if name not in signals or signals[name].dims != dims
    ]
    if "time_s" not in signals.coords:
        faults.append("the coordinate 'time_s' is missing")
    elif signals.sizes["frame"] > 1 and not _increases(signals["time_s"]):
        faults.append("'time_s' should increase strictly")
    if "channel" in signals.coords:
        keys = [region.key for region in REGIONS]
        if list(signals["channel"].values) != keys:
            faults.append(f"'channel' should be {keys}")
    if faults:
        raise ValueError("signals dataset: " + "; ".join(faults))
