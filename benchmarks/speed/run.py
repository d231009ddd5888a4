"""How long analyses take and how much memory, beside the loop that one would write.

    python benchmarks/speed/run.py WORK [SECTION ...] [--times N] [--seconds S] [--videos N]

Clips are made in WORK, tables are printed as Markdown and kept in WORK/results.md. What is
compared runs in turn, so that other work of the machine hits both alike; ratios are medians
over the turns.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from clips import clip
from process import Cost, in_turn, median, python, ratio, run, tremorcam

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
PACKAGES = ("mediapipe", "opencv-contrib-python", "av", "numpy", "scipy", "matplotlib")


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return f"\n### {title}\n\n" + "\n".join(f"| {' | '.join(map(str, r))} |" for r in lines)


class Benchmark:
    """Every section gives a table."""

    def __init__(self, work: Path, *, times: int, seconds: float, n_videos: int) -> None:
        self.clips, self.out = work / "clips", work / "out"
        self.times, self.seconds, self.n_videos = times, seconds, n_videos

    def analyze(self, *videos: Path, options: Sequence[object] = ()) -> list[str]:
        shutil.rmtree(self.out, ignore_errors=True)
        return tremorcam("analyze", *videos, "-o", self.out, *options)

    def loop(self) -> str:
        """Whole process against the loop, on all cores and on one."""
        video = clip(self.clips, seconds=self.seconds)
        rows = []
        for cores in (os.cpu_count(), 1):
            costs, others = in_turn(
                self.analyze(video), python(HERE / "loop.py", video),
                times=self.times, one_core=cores == 1,
            )  # fmt: skip
            rows.append(
                (
                    cores,
                    *(f"{median(c, 'wall_s'):.1f} s" for c in (costs, others)),
                    f"{ratio(costs, others):.2f}",
                    *(f"{median(c, 'cpu_s'):.1f} s" for c in (costs, others)),
                    f"{ratio(costs, others, 'cpu_s'):.2f}",
                    *(f"{median(c, 'peak_mb'):.0f} MB" for c in (costs, others)),
                )
            )
        header = (
            "cores", "analyze", "loop", "ratio", "processor time", "loop's", "ratio", "peak memory",
            "loop's",
        )  # fmt: skip
        return table(f"720p, {self.seconds:g} s, against the plain loop", header, rows)

    def length(self) -> str:
        """Time and memory from ten seconds to ten minutes."""
        lengths_s = (10, 60, 600)
        costs = {s: run(self.analyze(clip(self.clips, seconds=s))) for s in lengths_s}
        minute = costs[60]
        rows = [
            (
                *_row(f"{s} s", cost, s * 30),
                f"{cost.cpu_s / s / (minute.cpu_s / 60):.2f}",
                f"{cost.peak_mb / minute.peak_mb:.2f}",
            )
            for s, cost in costs.items()
        ]
        header = ("length", *_ROW, "a frame, against 60 s", "memory, against 60 s")
        return table("Length (720p, 30 Hz)", header, rows)

    def rate(self) -> str:
        rows = []
        for rate_hz in (24, 30, 60, 120, 240):
            cost = run(self.analyze(clip(self.clips, seconds=300 / rate_hz, rate_hz=rate_hz)))
            rows.append(_row(f"{rate_hz} Hz", cost, 300))
        return table("Rate (720p, 300 frames)", ("rate", *_ROW), rows)

    def resolution(self) -> str:
        """Processor time a frame, with decoding told apart."""
        rows, reference_ms = [], None
        for height_px in (360, 720, 1080, 2160):
            told = self._stages(clip(self.clips, seconds=10, height_px=height_px))
            per_frame = {k: 1000 * s / told["n_frames"] for k, s in told["stages_s"].items()}
            decoding_ms = per_frame.pop("decoding")
            rest_ms = sum(per_frame.values())
            if height_px == 720:
                reference_ms = rest_ms
            rows.append((f"{height_px}p", decoding_ms, rest_ms))
        assert reference_ms is not None
        return table(
            "Resolution (10 s, processor time a frame)",
            ("picture", "decoding", "all else", "all else, against 720p"),
            [(n, f"{d:.1f} ms", f"{r:.1f} ms", f"{r / reference_ms:.2f}") for n, d, r in rows],
        )

    def stages(self) -> str:
        told = self._stages(clip(self.clips, seconds=self.seconds))
        total_s = sum(told["stages_s"].values())
        rows = [
            (name, f"{s:.2f} s", f"{1000 * s / told['n_frames']:.2f} ms", f"{s / total_s:.0%}")
            for name, s in told["stages_s"].items()
        ]
        return table(
            f"Stages (720p, {self.seconds:g} s)", ("stage", "processor time", "a frame", "share"),
            rows,
        )  # fmt: skip

    def _stages(self, video: Path) -> dict[str, dict[str, float]]:
        done = subprocess.run(
            python(HERE / "stages.py", video), capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
        )  # fmt: skip
        return json.loads(done.stdout)

    def workers(self) -> str:
        """Many videos, one after the other and two at a time; the tables must not differ."""
        videos = self._copies(self.n_videos)
        rows: list[tuple[int, Cost]] = []
        digests = []
        for workers in (1, 2):
            cost = run(self.analyze(*videos, options=["--workers", workers]))
            digests.append(_tables(self.out))
            rows.append((workers, cost))
        first_s, n_cores = rows[0][1].wall_s, os.cpu_count() or 1
        # No number of workers can do better than cores that never pause.
        bounds = [
            (f"{cost.cpu_s:.1f} s", f"{cost.cpu_s / n_cores / first_s:.2f}") for _, cost in rows
        ]
        title = f"{len(videos)} videos of 5 s"
        compared = self._compared(rows, digests)
        shown = [(*row, *bound) for row, bound in zip(compared, bounds, strict=True)]
        return table(title, (*_COMPARED, "processor time", "least possible ratio"), shown)

    def cluster(self) -> str:
        """Videos on Dask clusters of one and of two workers."""
        videos = self._copies(min(8, self.n_videos))
        rows, digests = [], []
        for workers in (1, 2):
            with _cluster(self.out.parent, workers) as address:
                cost = run(self.analyze(*videos, options=["--scheduler", address]))
            digests.append(_tables(self.out))
            rows.append((workers, cost))
        title = f"{len(videos)} videos of 5 s on a Dask cluster"
        # The workers' processor time is not the client's.
        return table(title, _COMPARED, self._compared(rows, digests))

    def _copies(self, n: int) -> list[Path]:
        original = clip(self.clips, seconds=5)
        copies = [self.clips / f"copy{i:02}.mp4" for i in range(n)]
        for copy in copies:
            shutil.copyfile(original, copy)
        return copies

    def _compared(
        self, rows: list[tuple[int, Cost]], digests: list[dict[str, bytes]]
    ) -> list[tuple[str, ...]]:
        same = "identical" if all(digests[0] == other for other in digests) else "DIFFERENT"
        first_s = rows[0][1].wall_s
        return [
            (str(n), f"{cost.wall_s:.1f} s", f"{cost.wall_s / first_s:.2f}", same)
            for n, cost in rows
        ]

    def startup(self) -> str:
        (costs,) = in_turn(tremorcam("--help"), times=max(5, self.times))
        row = (f"{min(c.wall_s for c in costs):.2f} s", f"{median(costs, 'wall_s'):.2f} s")
        return table("tremorcam --help", ("fastest", "median"), [row])

    def live(self) -> str:
        """Guide a minute of a 30 Hz camera on one core, to see whether it keeps up."""
        from PIL import Image

        from tremorcam.apps.web.guidance import Guide
        from tremorcam.source.video import Video

        pictures = []
        with Video(clip(self.clips, seconds=10)) as video:
            for frame in video.frames():
                small = Image.fromarray(frame.rgb()).resize((640, 360))
                data = io.BytesIO()
                small.save(data, "JPEG", quality=80)
                pictures.append(data.getvalue())
        os.sched_setaffinity(0, {0})
        with contextlib.closing(Guide()) as guide:
            start_s, late_s, took_s = time.monotonic(), [], []
            for i in range(60 * 30):
                time.sleep(max(0.0, start_s + i / 30 - time.monotonic()))
                before_s = time.thread_time(), time.process_time()
                guide.observe(pictures[i % len(pictures)])
                took_s.append(time.process_time() - before_s[1])
                late_s.append(time.monotonic() - start_s - i / 30)
        last_s = statistics.median(late_s[-30:])
        return table(
            "Live guidance, 30 pictures a second for a minute, one core",
            ("processor time a picture", "latency, median", "95 %", "in the last second"),
            [(
                f"{1000 * statistics.median(took_s):.1f} ms",
                *(f"{1000 * s:.0f} ms" for s in (
                    statistics.median(late_s), sorted(late_s)[int(0.95 * len(late_s))], last_s,
                )),
            )],
        )  # fmt: skip


_COMPARED = ("workers", "time", "ratio", "CSV files")
_ROW = ("time", "processor time", "processor time a frame", "peak memory")


def _row(name: str, cost: Cost, n_frames: int) -> tuple[str, ...]:
    return (
        name, f"{cost.wall_s:.1f} s", f"{cost.cpu_s:.1f} s",
        f"{1000 * cost.cpu_s / n_frames:.1f} ms", f"{cost.peak_mb:.0f} MB",
    )  # fmt: skip


def _tables(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*.csv"))}


@contextlib.contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str]:
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    common = ["--scheduler-file", file, "--no-dashboard"]
    commands = [
        python("-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", *common),
        *[python("-m", "dask", "worker", "--nthreads", "1", *common)] * workers,
    ]
    environment = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
    processes = [subprocess.Popen(c, env=environment, stderr=subprocess.DEVNULL) for c in commands]
    try:
        while not file.exists() or not file.read_text():
            time.sleep(0.2)
        yield json.loads(file.read_text())["address"]
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def main() -> None:
    sections = [n for n in vars(Benchmark) if not n.startswith("_") and n != "analyze"]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("sections", nargs="*", choices=[*sections, []], default=sections)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--videos", type=int, default=20)
    options = parser.parse_args()
    benchmark = Benchmark(
        options.work, times=options.times, seconds=options.seconds, n_videos=options.videos
    )
    options.work.mkdir(parents=True, exist_ok=True)
    with (options.work / "results.md").open("a", encoding="utf-8") as results:
        versions = ", ".join(f"{name} {version(name)}" for name in ("tremorcam", *PACKAGES))
        print(f"\n{versions}; load {os.getloadavg()[0]:.1f}", file=results)
        for section in options.sections:
            text = getattr(benchmark, section)()
            print(text, flush=True)
            print(text, file=results, flush=True)


if __name__ == "__main__":
    main()
