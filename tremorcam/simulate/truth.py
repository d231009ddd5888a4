"""What a rendered or injected video really shows, frame by frame, as ``OUT.truth.json``."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

TRUTH_VERSION = 1
_ARRAYS = (
    "time_s", "duplicate", "displacement_mm", "eye_aperture_mm", "smile_excursion_mm",
    "head_mm", "head_roll_deg",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """Exact content of a video.

    Parameters
    ----------
    video : str
        Name of the file.
    scene : mapping
        Every parameter it was made with, seed included.
    mm_per_px, interocular_px : float
        Scale: the photograph's irises are taken to be 11.71 mm wide.
    channels : tuple of str
        Keys of :data:`tremorcam.anatomy.REGIONS`.
    time_s : ndarray, shape (n,)
        Presentation time of each frame; displacement is that at the middle of the exposure.
    duplicate : ndarray of bool, shape (n,)
    displacement_mm : ndarray, shape (n, channels, 2)
        Displacement of each region's centre from the neutral face, the head's motion not
        included: x to the picture's right, y down.
    eye_aperture_mm, smile_excursion_mm : ndarray, shape (n, 2)
        Left and right: mean distance of the lids; path of the mouth corner from rest. NaN,
        as the head's motion is, where a motion was added to a real clip.
    head_mm : ndarray, shape (n, 2)
    head_roll_deg : ndarray, shape (n,)
    phases : tuple of mapping
        ``smile``, ``phase``, ``onset_s``, ``offset_s``.
    events : tuple of mapping
        ``event``, ``side``, ``onset_s``, ``offset_s``, ``region``, ``peak``, ``unit``.
    tremors : tuple of mapping
        One a channel and oscillation: ``region``, ``side``, ``frequency_hz``,
        ``amplitude_mm`` (peak, mean over the time it is there), ``rms_mm`` and ``p2p_mm`` =
        2√2 times that (as the tool defines its measures), ``axis_deg``, ``growth``,
        ``intervals_s``.
    """

    video: str
    scene: Mapping[str, Any]
    mm_per_px: float
    interocular_px: float
    channels: tuple[str, ...]
    time_s: NDArray[np.float64]
    duplicate: NDArray[np.bool_]
    displacement_mm: NDArray[np.float64]
    eye_aperture_mm: NDArray[np.float64]
    smile_excursion_mm: NDArray[np.float64]
    head_mm: NDArray[np.float64]
    head_roll_deg: NDArray[np.float64]
    phases: tuple[Mapping[str, Any], ...] = ()
    events: tuple[Mapping[str, Any], ...] = ()
    tremors: tuple[Mapping[str, Any], ...] = ()
    truth_version: int = field(default=TRUTH_VERSION)

    def channel(self, key: str) -> NDArray[np.float64]:
        """Displacement of one channel, shape (n, 2), mm."""
        return self.displacement_mm[:, self.channels.index(key)]

    def save(self, path: Path) -> None:
        """Write as JSON; displacements are rounded to 10 nm, NaN becomes null."""
        content = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        for name in _ARRAYS:
            values = content[name]
            if values.dtype == bool:
                content[name] = values.astype(int).tolist()
            else:
                rounded = np.round(values, 5) + 0.0
                content[name] = np.asarray(np.where(np.isnan(rounded), None, rounded)).tolist()
        path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path | str) -> Truth:
        """Read what :meth:`save` wrote.

        Raises
        ------
        ValueError
            If it was written by a newer version.
        """
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if content["truth_version"] > TRUTH_VERSION:
            raise ValueError(
                f"{path} has truth_version {content['truth_version']}, this version reads up to "
                f"{TRUTH_VERSION}; update tremorcam"
            )
        for name in _ARRAYS:
            content[name] = np.asarray(content[name], bool if name == "duplicate" else float)
        for name in ("channels", "phases", "events", "tremors"):
            content[name] = tuple(content[name])
        return cls(**content)


def truth_path(video: Path | str) -> Path:
    """``clip.mp4`` has its truth in ``clip.truth.json``."""
    return Path(video).with_suffix(".truth.json")
