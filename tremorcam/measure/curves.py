"""Tables of what is a curve: spectra over frequency, the tremor's course over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tremorcam.anatomy import REGIONS
from tremorcam.data import COURSE_COLUMNS, SPECTRUM_COLUMNS
from tremorcam.measure.blocks import SERIES
from tremorcam.measure.course import course_rows
from tremorcam.measure.narrowband import narrowband

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tremorcam.measure.tremor import StretchTremor


def spectra_table(found: Sequence[StretchTremor]) -> pd.DataFrame:
    """Spectra of every region, one for each phase; of all smiles together."""
    tables = []
    for each in found:
        noise = {
            region.region.key: region.peak.spectrum
            for region in each.regions
            if region.peak is not None
        }
        for series, region in enumerate(REGIONS):
            psd = each.spectrum.psd[:, series].sum(axis=1)
            if not np.isfinite(psd).all():
                continue
            background = noise.get(region.key, each.spectrum).background[:, series]
            columns = {
                "region": region.name,
                "side": region.side,
                "phase": each.stretch.phase,
                "frequency_hz": each.spectrum.frequency_hz,
                "psd_mm2_per_hz": psd,
                "noise_psd_mm2_per_hz": np.nansum(background, axis=1),
            }
            tables.append(pd.DataFrame(columns))
    if not tables:
        return pd.DataFrame({name: [] for name in SPECTRUM_COLUMNS})
    return pd.concat(tables, ignore_index=True)[list(SPECTRUM_COLUMNS)]


def course_table(main: StretchTremor | None) -> pd.DataFrame:
    """Every region over time, at its own frequency or else at the strongest one's."""
    strongest = None if main is None else main.strongest()
    if main is None or strongest is None:
        return pd.DataFrame({name: [] for name in COURSE_COLUMNS})
    rows = []
    for each in main.regions:
        series = SERIES.index(each.region.key)
        tremor = (
            each.peak.tremor
            if each.peak is not None
            else narrowband(
                main.stretch.blocks, series, main.spectrum,
                strongest.tremor.centre_hz, refine=False,
            )
        )  # fmt: skip
        if tremor is not None:
            rows += course_rows(each.region.name, each.region.side, tremor)
    return pd.DataFrame(rows, columns=list(COURSE_COLUMNS))
