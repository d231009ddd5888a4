"""Everything that is measured on one recording, in order.

Tables follow one rule for repeated smiles: with a single smile its rows have ``smile`` 1;
with several, rows with ``smile`` 0 speak of all together and those with 1, 2, ... of each.
The row with the lowest ``smile`` is therefore the one to quote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import REGIONS
from tremorcam.measure.blocks import Samples, collect_samples
from tremorcam.measure.bursts import find_bursts
from tremorcam.measure.curves import course_table, spectra_table
from tremorcam.measure.events import events_table, passing, unasked
from tremorcam.measure.general_rows import add_bursts, add_coupling, add_eyes, add_scale, add_smiles
from tremorcam.measure.intervals import inside
from tremorcam.measure.lid_twitches import lid_twitches
from tremorcam.measure.lids import lid_events
from tremorcam.measure.phases import Cue, find_phases, spans_of
from tremorcam.measure.quality import analysis_band_hz, assess_quality, bits_per_pixel
from tremorcam.measure.spectrum import frequency_grid
from tremorcam.measure.stretches import stretches_of
from tremorcam.measure.symmetry import side_pairs
from tremorcam.measure.tables import MeasureRows
from tremorcam.measure.threads import one_thread
from tremorcam.measure.tremor import FACE_SERIES, StretchTremor, find_tremor
from tremorcam.measure.tremor_rows import (
    Recorded,
    add_not_assessed,
    add_recovery,
    add_spread,
    add_symmetry,
    add_tremor,
    lost_px,
)
from tremorcam.measure.vetoes import gather

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd
    import xarray as xr

    from tremorcam.data import Quality, Timing, Veto, VideoInfo
    from tremorcam.measure.stretches import Stretch

QUOTED = ("hold", "whole")
"""Phases whose tremor is the recording's; that of a face at rest stands beside it."""


@dataclass(frozen=True)
class Measurement:
    """What was measured on one recording.

    Parameters
    ----------
    phases : pandas.DataFrame
        Columns of :data:`tremorcam.data.PHASE_COLUMNS`.
    measures, spectra, events, course : pandas.DataFrame
        Tidy tables with the columns of the published files.
    vetoes : tuple of Veto
        Peaks that were seen and are not the face's own.
    quality : Quality
    """

    phases: pd.DataFrame
    measures: pd.DataFrame
    spectra: pd.DataFrame
    events: pd.DataFrame
    course: pd.DataFrame
    vetoes: tuple[Veto, ...]
    quality: Quality


@one_thread()
def measure(
    signals: xr.Dataset,
    timing: Timing,
    video: VideoInfo,
    *,
    hold: tuple[float, float] | None = None,
    cues: Sequence[Cue] | None = None,
    exposure_s: float | None = None,
    jitter_s: float | None = None,
    seed: int = 0,
) -> Measurement:
    """Measure a recording.

    Poor data never raises: what cannot be assessed is NaN, and ``quality`` says why.

    Parameters
    ----------
    signals : xarray.Dataset
        See :func:`tremorcam.data.validate_signals`.
    timing : Timing
    video : VideoInfo
    hold : (float, float), optional
        Start and end of the held smile in seconds; found where not given.
    cues : sequence of (str, float, float, int), optional
        Phase, onset, offset and smile that a guided test asked for.
    exposure_s : float, optional
        How long each frame was exposed, if it is known: frames average over it and lose
        ``1 - sinc(frequency * exposure)`` of a movement, which is given back, to its noise,
        limits and intervals too.
    jitter_s : float, optional
        By how much the stated times of the frames are off (standard deviation), if it is known:
        ``1 - exp(-(2 pi frequency jitter)² / 2)`` is lost by that, and given back in the same way.
    seed : int, optional
        Of the bootstrap: the same seed gives the same numbers.

    Returns
    -------
    Measurement

    Raises
    ------
    InputError
        If ``hold`` does not lie within the recording.
    """
    distinct = _distinct(signals)
    phases = find_phases(distinct, hold=hold, cues=cues)
    samples = collect_samples(distinct, exposure_s=exposure_s or 0.0, jitter_s=jitter_s or 0.0)
    lids = lid_events(distinct, phases) if len(samples.time_s) > 2 else []
    steady = _steady_spans(phases)
    aperture_mm = _open_aperture_mm(distinct)
    spans = [span[1:] for span in steady]
    bursts, irregular = find_bursts(samples, distinct, spans, lids, aperture_mm)
    own_lids, brief = unasked(lids, cues or ()), passing(lids, phases)
    stretches = stretches_of(samples, phases, brief, irregular, timing.effective_rate_hz)
    recorded = _recorded(signals, video, timing.effective_rate_hz)
    rows = MeasureRows()
    found = _find_all(stretches, recorded, video.key_frame_interval_s, seed)
    first, vetoes = _add_tremor_rows(rows, found, stretches, phases, recorded, seed=seed)
    twitches = lid_twitches(distinct, phases, lids, bursts)
    add_smiles(rows, distinct, phases, brief)
    add_eyes(rows, distinct, phases, [*own_lids, *twitches])
    add_bursts(rows, samples, phases, bursts)
    add_coupling(rows, phases, passing(own_lids, phases), bursts)
    add_scale(rows, signals.attrs)
    main = _main(first)
    return Measurement(
        phases=phases,
        measures=rows.table(),
        spectra=spectra_table(first),
        events=events_table([*own_lids, *twitches, *bursts], phases),
        course=course_table(main),
        vetoes=vetoes,
        quality=assess_quality(
            signals, distinct, timing, video,
            phases=phases,
            analysed_s=_analysed_s(samples, phases),
            spectrum=None if main is None else main.spectrum,
            vetoes=vetoes,
        ),
    )  # fmt: skip


def _distinct(signals: xr.Dataset) -> xr.Dataset:
    """Leave out repeated frames; signals without any are not copied, which may be long."""
    repeated = signals["duplicate"].values.astype(bool)
    return signals.isel(frame=np.flatnonzero(~repeated)) if repeated.any() else signals


def _steady_spans(phases: pd.DataFrame) -> list[tuple[int, float, float]]:
    return [span for name in ("neutral", "hold", "whole") for span in spans_of(phases, name)]


def _open_aperture_mm(distinct: xr.Dataset) -> float:
    aperture_mm = distinct["eye_aperture_mm"].values
    known = aperture_mm[np.isfinite(aperture_mm)]
    return float(np.median(known)) if len(known) else 0.0


def _find_all(
    stretches: Sequence[Stretch],
    recorded: Recorded,
    key_frame_interval_s: float | None,
    seed: int,
) -> Iterator[StretchTremor]:
    """Look for tremor in one stretch after the other, as each is asked for."""
    rate_hz = recorded.rate_hz
    band_hz = analysis_band_hz(rate_hz)
    if band_hz is None:
        return
    for stretch in stretches:
        yield find_tremor(
            stretch,
            frequency_grid(rate_hz),
            band_hz=band_hz,
            n_tests=len(FACE_SERIES) * len(stretches),
            key_frame_interval_s=key_frame_interval_s,
            hidden_mm=recorded.hidden_mm,
            seed=seed,
        )


def _main(found: Iterable[StretchTremor]) -> StretchTremor | None:
    """Pick the stretch to quote: all holds together, the only hold, or the whole."""
    return next((each for each in found if each.stretch.phase in QUOTED), None)


def _add_tremor_rows(
    rows: MeasureRows,
    found: Iterable[StretchTremor],
    stretches: Sequence[Stretch],
    phases: pd.DataFrame,
    recorded: Recorded,
    *,
    seed: int,
) -> tuple[list[StretchTremor], tuple[Veto, ...]]:
    """Add what every stretch tells, and give each phase's first one and the vetoes of all.

    The others are let go: those of a long recording would fill much memory.
    """
    if not any(stretch.phase in QUOTED for stretch in stretches):
        holds = spans_of(phases, "hold")
        smile = holds[0][0] if len(holds) == 1 else 0
        add_not_assessed(rows, "hold" if holds else "whole", smile)
    first: dict[str, StretchTremor] = {}
    vetoes: list[tuple[float, Veto]] = []
    for each in found:
        add_symmetry(rows, each, side_pairs(each, seed=seed))
        add_spread(rows, each)
        add_tremor(rows, each, recorded)
        first.setdefault(each.stretch.phase, each)
        vetoes += each.vetoes
    main = _main(first.values())
    if main is not None and len(main.stretch.holds) > 1:
        add_recovery(rows, main)
    return list(first.values()), gather(vetoes)


def _recorded(signals: xr.Dataset, video: VideoInfo, rate_hz: float) -> Recorded:
    """Gather what the recording does to amplitudes and noise.

    Errors of single frames are independent, so they spread evenly up to half the rate.
    """
    bounds: dict[str, float] = {}
    if "bound_mm" in signals and rate_hz > 0:
        density = signals["bound_mm"].values / np.sqrt(rate_hz / 2)
        bounds = dict(zip(signals["channel"].values.tolist(), density.tolist(), strict=True))
    scale = signals["mm_per_px"].values
    mm_per_px = float(np.nanmedian(scale)) if np.isfinite(scale).any() else 0.0
    loss_px, hidden_px = lost_px(bits_per_pixel(video, rate_hz))
    return Recorded(rate_hz, bounds, loss_px * mm_per_px, hidden_px * mm_per_px)


def _analysed_s(samples: Samples, phases: pd.DataFrame) -> float:
    """How long the face was followed within the holds, or within the whole."""
    spans = spans_of(phases, "hold") or spans_of(phases, "whole")
    within = inside(samples.time_s, [span[1:] for span in spans])
    seen = samples.valid[:, : len(REGIONS)].any(axis=1)
    return float((within & seen).sum() * samples.interval_s)
