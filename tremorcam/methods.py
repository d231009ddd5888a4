"""What an analysis says of how it measured: parameters and the work they rest on."""

from __future__ import annotations

from typing import Any

from tremorcam.measure import blocks, confidence, peaks, projection, quality, rhythm, tremor_rows
from tremorcam.measure.tapers import time_half_bandwidth
from tremorcam.track import flow
from tremorcam.track.crop import IOD_PX
from tremorcam.track.head import SLOW_HZ

# What was taken from each, the work, and its DOI where it has one.
_REFERENCES = (
    (
        "Scale: horizontal visible iris diameter 11.71 ± 0.42 mm. Rüfer et al. 2005, Cornea.",
        "10.1097/01.ico.0000148312.01805.53",
    ),
    (
        "Optical flow: pyramidal implementation of the Lucas–Kanade feature tracker. "
        "Bouguet 2000, Intel Corporation.",
        "",
    ),
    (
        "Least error of registration. Robinson and Milanfar 2004, IEEE Trans Image Process.",
        "10.1109/TIP.2004.832923",
    ),
    (
        "Head rotation kept where it is coherent: limit of coherence. "
        "Rosenberg et al. 1989, Prog Biophys Mol Biol.",
        "10.1016/0079-6107(89)90004-7",
    ),
    (
        "Spectra at true sample times instead of resampling. Laguna et al. 1998, "
        "IEEE Trans Biomed Eng.",
        "10.1109/10.678605",
    ),
    (
        "The same, why not to resample. Clifford and Tarassenko 2005, IEEE Trans Biomed Eng.",
        "10.1109/TBME.2005.844028",
    ),
    ("Multitaper spectra. Thomson 1982, Proc IEEE.", "10.1109/PROC.1982.12433"),
    ("Persistence in 3 s windows. Luft et al. 2019, Sensors.", "10.3390/s19194301"),
    ("Tremor stability index. di Biase et al. 2017, Brain.", "10.1093/brain/awx104"),
    (
        "Limit of left–right coherence. Halliday et al. 1995, Prog Biophys Mol Biol.",
        "10.1016/0079-6107(96)00009-0",
    ),
    (
        "Rates of syllables, by which talking is told. Chandrasekaran et al. 2009, "
        "PLoS Comput Biol.",
        "10.1371/journal.pcbi.1000436",
    ),
    (
        "Conjugate and one-sided movement of the lids. Osaki et al. 2019, "
        "Graefes Arch Clin Exp Ophthalmol.",
        "10.1007/s00417-019-04567-w",
    ),
    ("Intervals of rates. Garwood 1936, Biometrika.", "10.1093/biomet/28.3-4.437"),
    ("Intervals of shares. Clopper and Pearson 1934, Biometrika.", "10.1093/biomet/26.4.404"),
)


def references() -> list[dict[str, str]]:
    """List the published work that measuring rests on.

    Returns
    -------
    list of dict
        ``text`` says what was taken from whom; ``doi`` is empty where the work has none.
    """
    return [{"text": text, "doi": doi} for text, doi in _REFERENCES]


def parameters() -> dict[str, dict[str, Any]]:
    """Gather the constants of tracking and measuring, as the stages use them.

    Returns
    -------
    dict of dict
        By stage; units are in the names (``_iod``: interocular distances).
    """
    return {
        "track": {
            "interocular_px": IOD_PX,
            "disc_radius_iod": flow.DISC_RADIUS,
            "points_per_disc": flow.POINTS_PER_DISC,
            "flow_window_iod": flow.WINDOW,
            "head_rotation_kept_below_hz": SLOW_HZ,
        },
        "measure": {
            "band_hz": list(quality.BAND_HZ),
            "highest_share_of_rate": quality.HIGHEST_SHARE_OF_RATE,
            "high_pass_hz": blocks.SLOW_HZ,
            "block_s": blocks.BLOCK_S,
            "time_half_bandwidth": time_half_bandwidth(blocks.BLOCK_S)[0],
            "time_half_bandwidth_short": time_half_bandwidth(blocks.SHORTEST_BLOCK_S)[0],
            "alpha": peaks.ALPHA,
            "least_prominence": peaks.LEAST_PROMINENCE,
            "amplitude_gain_relative_sd": tremor_rows.GAIN_RELATIVE_SD,
            "encoder_loss_px": tremor_rows.ENCODER_LOSS_PX,
            "encoder_hides_px": tremor_rows.HIDDEN_PX,
            "amplitude_half_band_hz": projection.HALF_BAND_HZ,
            "confidence": confidence.CONFIDENCE,
            "persistence_window_s": rhythm.WINDOW_S,
        },
    }
