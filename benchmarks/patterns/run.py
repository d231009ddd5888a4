"""Measure the cohort, resumably, and write how often each pattern was recognised.

    python benchmarks/patterns/run.py signals WORK --n 20      no video: perfect tracking + noise
    python benchmarks/patterns/run.py video WORK --half reported --n 60 --faces FOLDER
    python benchmarks/patterns/run.py video WORK --mixtures ...          two patterns at once
    python benchmarks/patterns/run.py video WORK --pattern no_tremor ... more of one pattern
    python benchmarks/patterns/run.py report WORK --half reported --docs docs/patterns.md
    (and with --source signals for what was measured from signals)

A recording that was measured before is not measured again; ``--limit`` stops after so many new
ones. Findings are made anew by ``report`` from the stored measurements, so thresholds can be
tried (on the tuning half) without measuring again. With ``--videos FOLDER`` the rendered files are
kept there, and those that are there are not rendered again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import pickle
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from cohort import PATTERNS, Recording, cohort, mixtures
from score import report
from signals import signals_of
from stored import Stored, save


def measure_signals(recording: Recording) -> Stored:
    """Measure the signals that perfect tracking would give."""
    from tremorcam.data import VideoInfo
    from tremorcam.measure import measure
    from tremorcam.source.timing import audit_timing

    signals = signals_of(recording.scene)
    timing = audit_timing(signals["time_s"].values, signals["duplicate"].values)
    camera = recording.scene.camera
    video = VideoInfo(
        name=recording.name, size_bytes=0, sha256="", container="", codec="", pixel_format="",
        width_px=camera.width_px, height_px=camera.height_px, rotation_deg=0,
        declared_rate_hz=camera.rate_hz, bit_rate_bps=None,
    )  # fmt: skip
    return Stored.of(recording, measure(signals, timing, video))


def measure_video(recording: Recording, videos: Path | None) -> Stored:
    """Measure the recording's file as the program does; it is kept in a folder, if there is one."""
    import cv2

    from tremorcam.pipeline import analyze

    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        return Stored.of(recording, analyze(rendered(recording, videos or Path(folder))))


def rendered(recording: Recording, folder: Path) -> Path:
    """Render the recording into a folder, if it is not there."""
    from tremorcam.simulate import render

    path = folder / f"{recording.name}.mp4"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=folder) as unfinished:
            part = Path(unfinished) / path.name
            render(recording.scene, part)
            part.replace(path)
    return path


def measure_one(recording: Recording, args: argparse.Namespace) -> float:
    """Measure and store a recording; returns the seconds that it took."""
    start = time.perf_counter()
    if args.what == "video":
        stored = measure_video(recording, args.videos)
    else:
        stored = measure_signals(recording)
    save(stored, args.work)
    return time.perf_counter() - start


def run(recordings: list[Recording], args: argparse.Namespace) -> None:
    """Measure what is not stored yet."""
    args.work.mkdir(parents=True, exist_ok=True)
    missing = [r for r in recordings if not (args.work / f"{r.name}.pkl").exists()]
    print(f"{len(recordings) - len(missing)} of {len(recordings)} are there")
    todo = missing[: args.limit]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(args.processes, mp_context=spawn) as pool:
        for recording, took_s in zip(
            todo, pool.map(partial(measure_one, args=args), todo), strict=True
        ):
            print(f"{recording.name}: {took_s:.1f} s", flush=True)


def main() -> None:
    """Read the arguments and do as they say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["signals", "video", "report"])
    parser.add_argument("work", type=Path)
    parser.add_argument("--n", type=int, default=30, help="recordings of each pattern, both halves")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--limit", type=int, help="stop after so many new ones")
    parser.add_argument("--faces", type=Path, help="folder of photographs")
    parser.add_argument("--half", choices=["tuning", "reported"], default="tuning")
    parser.add_argument("--mixtures", action="store_true", help="two patterns in each recording")
    parser.add_argument("--pattern", choices=PATTERNS, help="recordings of this pattern alone")
    parser.add_argument("--videos", type=Path, help="folder in which rendered videos are kept")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--source", choices=["video", "signals"], default="video",
                        help="what the stored ones were measured from")  # fmt: skip
    parser.add_argument("--docs", type=Path, help="page to write the result into")
    args = parser.parse_args()
    if args.what == "report":
        stored = [pickle.loads(p.read_bytes()) for p in sorted(args.work.glob("*.pkl"))]
        chosen = [s for s in stored if s.half == args.half]
        report(chosen, half=args.half, source=args.source, docs=args.docs)
        return
    photos = sorted(str(p) for p in args.faces.glob("*.jpg")) if args.faces else []
    drawn = (mixtures if args.mixtures else cohort)(args.n, (None, *photos), first=args.first)
    recordings = [
        recording
        for recording in drawn
        if recording.half == args.half and args.pattern in (None, recording.pattern)
    ]
    run(recordings, args)


if __name__ == "__main__":
    main()
