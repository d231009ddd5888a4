"""Measure how far closing lids move the mouth and the cheeks in the tracking itself.

    python benchmarks/patterns/coupling.py --faces FOLDER [--clip VIDEO ...]

In a rendered clip of blinks alone nothing but the lids moves; whatever the mouth reads then is
the tracker's own coupling, in mm per mm of lid closure. In real clips (blinks of a face at
rest) a true twitch of the cheek would count as well, so that they bound it from above.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from tremorcam.anatomy import MOUTH_REGIONS, REGIONS
from tremorcam.pipeline import analyze
from tremorcam.simulate import Camera, Closure, Encoding, Scene, render

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.data import Analysis

RUNNING_MEDIAN_S = 2.0
MARGIN_S = 0.1
APART_S = 0.3
"""What lies further than this from a lid event tells what the mouth reads without one."""


def blinking(face: str | None, side: str, seed: int) -> Scene:
    """Seven closures of these lids on a face at rest, of the usual lengths."""
    rng = np.random.default_rng(seed)
    closures = tuple(
        Closure(side, at, at + rng.uniform(0.2, 0.45), depth=rng.uniform(0.7, 1.0))  # type: ignore[arg-type]
        for at in 1.2 * np.arange(1, 8)
    )
    camera = Camera(width_px=512, height_px=400, interocular_px=115.0)
    return Scene(
        duration_s=10.0, face=face, seed=seed, closures=closures, camera=camera,
        encoding=Encoding(preset="ultrafast"),
    )  # fmt: skip


def coupling(analysis: Analysis) -> NDArray[np.float64]:
    """Movement per mm of closure, one row for each lid event, one column for each mouth region.

    The largest movement about the running median within the event, less (in quadrature) what
    as long a stretch without any event reads, in the median.
    """
    signals = analysis.signals
    time_s = signals["time_s"].values
    keys = [region.key for region in REGIONS if region.name in MOUTH_REGIONS]
    motion = signals["displacement_mm"].sel(channel=keys).values
    width = round(RUNNING_MEDIAN_S / float(np.median(np.diff(time_s)))) | 1
    moved = np.hypot(*np.moveaxis(motion - ndimage.median_filter(motion, (width, 1, 1)), 2, 0))
    lids = analysis.events[analysis.events["region"] == "eye"]
    aperture_mm = float(np.nanmedian(signals["eye_aperture_mm"].values))
    far = np.ones(len(time_s), bool)
    for lid in lids.itertuples():
        far &= (time_s < lid.onset_s - APART_S) | (time_s > lid.offset_s + APART_S)
    rows = []
    for lid in lids.itertuples():
        within = (time_s >= lid.onset_s - MARGIN_S) & (time_s <= lid.offset_s + MARGIN_S)
        usual_mm = ndimage.maximum_filter1d(moved, int(within.sum()), axis=0)[far]
        excess = np.nanmax(moved[within], axis=0) ** 2 - np.nanmedian(usual_mm, axis=0) ** 2
        rows.append(np.sqrt(np.maximum(excess, 0)) / (lid.peak / 100 * aperture_mm))
    return np.array(rows).reshape(-1, len(keys))


def main() -> None:
    """Render blinks on every face, measure them and the clips, and print the coupling."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=Path, help="folder of photographs")
    parser.add_argument("--limit", type=int, help="use so many of the faces")
    parser.add_argument("--clip", type=Path, nargs="*", default=[], help="video of a face at rest")
    args = parser.parse_args()
    photos = sorted(args.faces.glob("*.jpg"))[: args.limit] if args.faces else []
    pooled = []
    with tempfile.TemporaryDirectory() as folder:
        for number, face in enumerate([None, *map(str, photos)]):
            path = Path(folder) / f"{number}.mp4"
            render(blinking(face, ("both", "left", "right")[number % 3], number), path)
            pooled.append(coupling(analyze(path)))
            _say(f"rendered {number}", pooled[-1])
    _say("rendered, all", np.concatenate(pooled))
    for clip in args.clip:
        _say(clip.stem, coupling(analyze(clip)))


def _say(name: str, found: NDArray[np.float64]) -> None:
    if not found.size:
        print(f"{name}: no lid events", flush=True)
        return
    print(f"{name}: {len(found)} lid events, mm per mm (median, 95th percentile, largest)")
    names = [region.name for region in REGIONS if region.name in MOUTH_REGIONS]
    for region in dict.fromkeys(names):
        own = found[:, [each == region for each in names]].max(axis=1)
        middle, high = np.percentile(own, [50, 95])
        print(f"    {region}: {middle:.3f}, {high:.3f}, {own.max():.3f}", flush=True)


if __name__ == "__main__":
    main()
