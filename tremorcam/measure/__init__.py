"""From the signals dataset to phases, measures, spectra, events, vetoes and quality."""

from tremorcam.measure.measurement import Measurement, measure

__all__ = ["Measurement", "measure"]
