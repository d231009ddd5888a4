"""What a report and an overlay cost, and whether the overlay shows the tremor as large as it says.

    python benchmarks/publish/run.py WORK          rendered clips and analyses are kept in WORK

Costs are of whole processes, the start of Python included: time on the clock, and processor
time, which other programs on the machine hardly change. The overlay is held against a process
that only decodes the same clip and encodes it again with the same encoder; the two take turns.
Magnification is measured by optical flow in the pictures of the overlay, against the truth of the
rendering. Prints the table that stands in docs/report.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np

from tremorcam import analyze, load_analysis, save_analysis
from tremorcam.anatomy import REGIONS
from tremorcam.publish.overlay.scene import choose_crop
from tremorcam.simulate import exact_tremor, render, smile_scene
from tremorcam.simulate.truth import Truth, truth_path

HZ, MM = 7.0, 0.15
DURATION_S = 30.0
CORNERS = ("mouth_corner_left", "mouth_corner_right")
KEYS = [region.key for region in REGIONS]

REPORT = (
    "import sys; from tremorcam.publish import *; "
    "save_report(load_analysis(sys.argv[1]), sys.argv[2])"
)
OVERLAY = (
    "import sys; from tremorcam.publish import *; "
    "write_overlay(load_analysis(sys.argv[1]), sys.argv[2], sys.argv[3])"
)
ENCODE_AGAIN = """
import sys
import av
from tremorcam.publish.overlay.encode import ENCODER_OPTIONS

with av.open(sys.argv[1]) as source, av.open(sys.argv[2], "w") as out:
    video = source.streams.video[0]
    stream = out.add_stream("libx264", rate=30, options=ENCODER_OPTIONS)
    stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
    for frame in source.decode(video):
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))
"""


class Cost(NamedTuple):
    """Seconds on the clock, and of the processor."""

    wall_s: float
    cpu_s: float


def cost_of(code: str, *arguments: Path) -> Cost:
    """Run Python code in a process of its own."""
    before, began_s = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *map(str, arguments)], check=True)
    wall_s, after = time.perf_counter() - began_s, os.times()
    cpu_s = sum(after[2:4]) - sum(before[2:4])  # of children, user and system
    return Cost(wall_s, cpu_s)


def render_once(video: Path) -> Path:
    """Render the clip with the tremor, if it is not there already."""
    if not truth_path(video).is_file():
        tremor = exact_tremor("mouth_corner", "left", HZ, MM)
        render(replace(smile_scene(duration_s=DURATION_S), tremors=(tremor,)), video)
    return video


def measure_once(video: Path, results: Path) -> Path:
    """Measure a clip, if it is not measured already."""
    if not (results / "analysis.json").is_file():
        save_analysis(analyze(video), results)
    return results


def shaking_px(overlay: Path, results: Path) -> dict[str, float]:
    """Amplitude in pixels at the tremor's frequency of both corners of the magnified mouth."""
    analysis = load_analysis(results)
    time_s = analysis.signals["time_s"].values
    crop = choose_crop(analysis)
    hold = next(row for row in analysis.phases.to_dict("records") if row["phase"] == "hold")
    with av.open(str(overlay)) as container:
        gray = [
            frame.to_ndarray(format="gray")[: crop.size[1], crop.size[0] :]
            for frame in container.decode(video=0)
            if hold["onset_s"] + 1 < frame.time < hold["offset_s"] - 1
        ]
    inside = (time_s > hold["onset_s"] + 1) & (time_s < hold["offset_s"] - 1)
    centres = crop.place(np.nanmedian(analysis.signals["region_px"].values[inside], axis=0))
    return {key: _amplitude_px(gray, centres[KEYS.index(key)], time_s[inside]) for key in CORNERS}


def _amplitude_px(gray: list[np.ndarray], at: np.ndarray, time_s: np.ndarray) -> float:
    """Follow a disc from the first picture, and fit a sinusoid along both axes."""
    grid = np.stack(np.meshgrid(np.arange(-9, 10, 3), np.arange(-9, 10, 3)), -1).reshape(-1, 1, 2)
    points = (grid + at).astype(np.float32)
    moved = np.array(
        [
            np.median(
                cv2.calcOpticalFlowPyrLK(
                    gray[0], picture, points, None, winSize=(31, 31), maxLevel=3
                )[0][:, 0]
                - points[:, 0],
                axis=0,
            )
            for picture in gray
        ]
    )
    phase = 2 * np.pi * HZ * time_s
    basis = np.stack([np.sin(phase), np.cos(phase), np.ones_like(phase), time_s], axis=1)
    fitted = np.linalg.lstsq(basis, moved, rcond=None)[0]
    return float(np.hypot(*np.hypot(fitted[0], fitted[1])))


def true_px(video: Path, results: Path) -> float:
    """Amplitude of the tremor in pixels of the overlay, as filmed."""
    return MM / Truth.load(truth_path(video)).mm_per_px * choose_crop(load_analysis(results)).scale


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    work = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    video = render_once(work / "tremor.mp4")
    results = measure_once(video, work / "tremor")
    calm_video = Path(__file__).parents[2] / "sample_videos" / "no_tremor.mp4"
    calm_results = measure_once(calm_video, work / "calm")
    overlay, page = work / "overlay.mp4", work / "report.html"

    costs: dict[str, list[Cost]] = {"report": [], "overlay": [], "encode again": []}
    for _ in range(arguments.rounds):
        costs["report"].append(cost_of(REPORT, results, page))
        costs["overlay"].append(cost_of(OVERLAY, results, video, overlay))
        costs["encode again"].append(cost_of(ENCODE_AGAIN, video, work / "again.mp4"))
    best = {name: Cost(*np.min(found, axis=0)) for name, found in costs.items()}
    n_frames = load_analysis(results).timing.n_frames

    shift_px = true_px(video, results)
    shown = shaking_px(overlay, results)
    subprocess.run(
        [sys.executable, "-c", OVERLAY, calm_results, calm_video, work / "calm_overlay.mp4"],
        check=True,
    )
    calm = shaking_px(work / "calm_overlay.mp4", calm_results)

    packages = ("av", "opencv-contrib-python", "matplotlib", "numpy")
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {sys.version.split()[0]},")
    print(", ".join(f"{name} {version(name)}" for name in packages))
    rows = {f"report of {DURATION_S:.0f} s, size": f"{page.stat().st_size / 1e6:.2f} MB"}
    for name, cost in best.items():
        rate = "" if name == "report" else f" ({n_frames / cost.wall_s:.0f} pictures/s)"
        rows[f"{name}, on the clock"] = f"{cost.wall_s:.1f} s{rate}"
        rows[f"{name}, of processors"] = f"{cost.cpu_s:.1f} s"
    rows |= {
        "overlay over encoding again, processors": (
            f"{best['overlay'].cpu_s / best['encode again'].cpu_s:.1f}"
        ),
        "magnified left corner, flow over truth": f"{shown[CORNERS[0]] / shift_px:.2f}",
        "right corner at rest, flow over the left's truth": f"{shown[CORNERS[1]] / shift_px:.3f}",
        "without tremor, left and right": " and ".join(f"{calm[key]:.3f} px" for key in CORNERS),
    }
    print("\n| | measured |\n|---|---|")
    print(*(f"| {name} | {told} |" for name, told in rows.items()), sep="\n")


if __name__ == "__main__":
    main()
