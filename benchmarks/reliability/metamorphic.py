"""What must not change the answer: the same recording, shown another way.

``python benchmarks/reliability/metamorphic.py WORK [SAMPLE,... [VARIANT;...]]`` makes variants of
the sample videos, measures them and prints a table. What is measured already in WORK is not
measured again.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tremorcam.data import Analysis
from tremorcam.pipeline import analyze
from tremorcam.publish import from_json, to_json

SAMPLES = Path(__file__).parents[2] / "sample_videos"
RATE_HZ = 30
TICK = Fraction(1, 90_000)
Picture = NDArray[np.uint8]
Timed = Iterator[tuple[Picture, float]]

CLOSE = 0.01
CLOSE_HZ = 0.05
OTHER = {"left": "right", "right": "left", "both": "both"}

# Values that stand for a side as a number of the scale they are on.
ANTISYMMETRIC = {
    "asymmetry_index", "lag", "smile_asymmetry", "smile_onset_lag", "eye_closure_difference",
}  # fmt: skip
ANGLES = {"tremor_axis"}


def frames(path: Path) -> Timed:
    """Pictures of a video with their times."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24"), float(frame.time)


def write(path: Path, pictures: Timed) -> None:
    """Write pictures without any loss, so that nothing but the change itself is compared."""
    with av.open(str(path), "w") as container:
        stream = None
        for picture, time_s in pictures:
            if stream is None:
                options = {"qp": "0", "preset": "ultrafast"}
                stream = container.add_stream("libx264rgb", rate=RATE_HZ, options=options)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "rgb24"
                stream.codec_context.time_base = TICK
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = round(time_s / TICK), TICK
            container.mux(stream.encode(frame))
        assert stream is not None
        container.mux(stream.encode())


def mirrored(source: Path) -> Timed:
    return ((p[:, ::-1], t) for p, t in frames(source))


def scaled(source: Path) -> Timed:
    return ((cv2.resize(p, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA), t)
            for p, t in frames(source))  # fmt: skip


def cropped(source: Path) -> Timed:
    return ((p[20:700, 200:1100], t) for p, t in frames(source))


def trimmed(source: Path) -> Timed:
    return ((p, t - 0.7) for p, t in frames(source) if t >= 0.7 - 1e-6)


def doubled(source: Path) -> Timed:
    """60 pictures a second, of which every second repeats the one before."""
    for p, t in frames(source):
        yield p, t
        yield p, t + 0.5 / RATE_HZ


def halved(source: Path) -> Timed:
    return ((p, t) for number, (p, t) in enumerate(frames(source)) if number % 2 == 0)


def with_second_face(source: Path) -> Timed:
    small = None
    for p, t in frames(source):
        if small is None:
            small = cv2.resize(p[60:680, 380:900], None, fx=0.45, fy=0.45,
                               interpolation=cv2.INTER_AREA)  # fmt: skip
        p[: small.shape[0], : small.shape[1]] = small
        yield p, t


def with_quiet_end(source: Path) -> Timed:
    """Add the neutral beginning, there and back."""
    everything, last_s = [], 0.0
    for p, t in frames(source):
        if t < 1.0:
            everything.append(p)
        last_s = t
        yield p, t
    back = [*everything[::-1], *everything] * 2
    for number, p in enumerate(back):
        yield p, last_s + (number + 1) / RATE_HZ


def recontained(source: Path, target: Path) -> None:
    """Copy the packets into Matroska."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)


ANEW = "stored anew, without loss"


@dataclass(frozen=True)
class Variant:
    """One way to show the same recording; ``swaps`` where left becomes right.

    ``beside`` is what it is compared with: what coding takes from pictures is taken from both.
    """

    make: Callable[[Path, Path], None]
    suffix: str = ".mkv"
    beside: str | None = ANEW
    swaps: bool = False
    told_mirrored: bool = False
    zoom: float = 1.0


def changed(change: Callable[[Path], Timed]) -> Callable[[Path, Path], None]:
    return lambda source, target: write(target, change(source))


VARIANTS = {
    ANEW: Variant(changed(frames), beside=None),
    "mirrored": Variant(changed(mirrored), swaps=True),
    "mirrored, and told so": Variant(changed(mirrored), told_mirrored=True),
    "another container": Variant(recontained, beside=None),
    "every picture twice, 60 a second": Variant(changed(doubled)),
    "scaled to three quarters": Variant(changed(scaled), zoom=0.75),
    "cropped": Variant(changed(cropped)),
    "a second, smaller face": Variant(changed(with_second_face)),
    "0.7 s of the start cut off": Variant(changed(trimmed)),
    "four quiet seconds added": Variant(changed(with_quiet_end)),
    "every second picture, 15 a second": Variant(changed(halved)),
}


def measured(work: Path, sample: str, name: str | None) -> Analysis:
    """Measure a sample or a variant of it, once."""
    slug = "original" if name is None else "".join(c if c.isalnum() else "-" for c in name)
    kept = work / f"{sample}.{slug}.json"
    if not kept.exists():
        source = SAMPLES / f"{sample}.mp4"
        if name is None:
            analysis = analyze(source)
        else:
            variant = VARIANTS[name]
            video = work / f"{sample}.{slug}{variant.suffix}"
            variant.make(source, video)
            analysis = analyze(video, mirrored=variant.told_mirrored)
            video.unlink()
        kept.write_text(to_json(analysis))
    return from_json(kept.read_text())


def scale_ratio(before: Analysis, after: Analysis, zoom: float) -> float:
    """How long the second takes a millimetre for: intervals leave out what all lengths share."""
    first, second = (np.nanmedian(a.signals["mm_per_px"].values) for a in (before, after))
    return float(second * zoom / first)


def pairs(before: Analysis, after: Analysis, *, swaps: bool, scale: float) -> pd.DataFrame:
    """Rows of both, side by side; sides of the second are swapped back, its scale is undone."""
    keys = ["region", "side", "phase", "smile", "measure"]
    columns = [*keys, "value", "ci_low", "ci_high", "detected"]
    first, second = before.measures[columns], after.measures[columns].copy()
    lengths = after.measures["unit"].astype(str).str.startswith("mm")
    second.loc[lengths, ["value", "ci_low", "ci_high"]] /= scale
    if swaps:
        second["side"] = second["side"].map(OTHER)
        flip = second["measure"].isin(ANTISYMMETRIC)
        second.loc[flip, ["value", "ci_low", "ci_high"]] = -second.loc[
            flip, ["value", "ci_high", "ci_low"]
        ].to_numpy()
        turn = second["measure"].isin(ANGLES)
        second.loc[turn, "value"] = (180 - second.loc[turn, "value"]) % 180
    return first.merge(second, on=keys, suffixes=("", "_after"), how="outer", indicator=True)


def agrees(row: pd.Series) -> bool:
    """Whether a value is the same to 1 %, or each lies in the other's interval."""
    a, b = row["value"], row["value_after"]
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    close = abs(a - b) <= CLOSE * max(abs(a), abs(b)) + 1e-12
    inside = row["ci_low"] <= b <= row["ci_high"] or (
        row["ci_low_after"] <= a <= row["ci_high_after"]
    )
    return bool(close or inside)


def corners(analysis: Analysis, *, swaps: bool) -> dict[str, tuple[float, float, float, float]]:
    """Frequency, amplitude and its interval at both mouth corners; NaN where not detected."""
    found = {}
    for side in ("left", "right"):
        rows = analysis.measures.query("region == 'mouth_corner' and side == @side")
        rows = rows[rows["phase"] == ("hold" if (rows["phase"] == "hold").any() else "whole")]
        rows = rows.sort_values("smile").drop_duplicates("measure").set_index("measure")
        frequency, p2p = rows.loc["tremor_frequency"], rows.loc["tremor_amplitude_p2p"]
        told = frequency["detected"] is True or frequency["detected"] == True  # noqa: E712
        values = (frequency["value"], p2p["value"], p2p["ci_low"], p2p["ci_high"])
        found[OTHER[side] if swaps else side] = values if told else (math.nan,) * 4
    return found


def same_answer(
    before: Analysis, after: Analysis, *, swaps: bool = False, scale: float = 1.0
) -> tuple[bool, str]:
    """Whether both corners give the same answer: detected or not, frequency, amplitude."""
    a, b = corners(before, swaps=False), corners(after, swaps=swaps)
    same, told = True, []
    for side in ("left", "right"):
        (f0, a0, low0, high0), (f1, a1, low1, high1) = a[side], b[side]
        told.append("not detected" if math.isnan(f1) else f"{f1:.2f} Hz, {a1:.3f} mm")
        if math.isnan(f0) or math.isnan(f1):
            same &= math.isnan(f0) and math.isnan(f1)
            continue
        a1, low1, high1 = a1 / scale, low1 / scale, high1 / scale
        same &= abs(f0 - f1) <= CLOSE_HZ
        same &= low0 <= a1 <= high0 or low1 <= a0 <= high1 or abs(a0 - a1) <= CLOSE * a0
    return same, "; ".join(told)


def line(work: Path, sample: str, name: str) -> str:
    """Compare one variant with its original, as a line of the table."""
    variant = VARIANTS[name]
    before = measured(work, sample, variant.beside)
    after = measured(work, sample, name)
    scale = scale_ratio(before, after, variant.zoom)
    same, told = same_answer(before, after, swaps=variant.swaps, scale=scale)
    table = pairs(before, after, swaps=variant.swaps, scale=scale)
    both = table[table["_merge"] == "both"]
    sure = both[both["ci_low"].notna() | both["ci_low_after"].notna()]
    quality = (
        f"{before.quality.status}"
        if after.quality.status == before.quality.status
        else f"{before.quality.status} → {after.quality.status}"
    )
    return (
        f"| {sample} | {name} | {told} | {'yes' if same else 'NO'} | {100 * (scale - 1):+.1f} % | "
        f"{int(sure.apply(agrees, axis=1).sum())} of {len(sure)} | "
        f"{int(both.apply(agrees, axis=1).sum())} of {len(both)} | {quality} |"
    )


def main(work: Path, samples: list[str], names: list[str]) -> None:
    """Measure and tell."""
    work.mkdir(parents=True, exist_ok=True)
    print(
        "| sample | shown | left; right | same answer | scale | rows with an interval that agree "
        "| all rows that agree | quality |\n|---|---|---|---|---|---|---|---|",
        flush=True,
    )
    for sample in samples:
        original = measured(work, sample, None)
        print(f"| {sample} | as it is | {same_answer(original, original)[1]} | | | | | "
              f"{original.quality.status} |", flush=True)  # fmt: skip
        for name in names:
            print(line(work, sample, name), flush=True)


if __name__ == "__main__":
    every_sample = sorted(path.stem for path in SAMPLES.glob("*.mp4"))
    main(
        Path(sys.argv[1]),
        sys.argv[2].split(",") if len(sys.argv) > 2 else every_sample,
        sys.argv[3].split(";") if len(sys.argv) > 3 else list(VARIANTS),
    )
