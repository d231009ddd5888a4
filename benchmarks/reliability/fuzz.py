"""Mutated files, by the thousand, through the workers that every video goes through.

``python benchmarks/reliability/fuzz.py 10000`` reads them as ``tremorcam analyze`` does before it
looks for a face; every hundredth that can be read is measured whole. It fails if any file has
no outcome, ends in more than a line, or meets a fault of Tremorcam's own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from importlib import metadata
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from tiny_clips import mutated, noise_pictures, write_clip

from tremorcam.apps.batch import describe
from tremorcam.apps.tasks import Outcome, Settings, Task, failure
from tremorcam.apps.wording import unexpected
from tremorcam.apps.workers import measure_side_by_side
from tremorcam.data import TremorcamError
from tremorcam.source.timing import audit_timing, find_duplicates
from tremorcam.source.video import Video

CLIPS = {
    "h264.mp4": ("libx264", "yuv420p"),
    "h264.mov": ("libx264", "yuv420p"),
    "h264.ts": ("libx264", "yuv420p"),
    "h264.flv": ("libx264", "yuv420p"),
    "hevc.mp4": ("libx265", "yuv420p"),
    "vp8.webm": ("libvpx", "yuv420p"),
    "vp9.webm": ("libvpx-vp9", "yuv420p"),
    "av1.mkv": ("libsvtav1", "yuv420p"),
    "mpeg4.avi": ("mpeg4", "yuv420p"),
    "mjpeg.avi": ("mjpeg", "yuvj420p"),
    "ffv1.mkv": ("ffv1", "gray"),
    "gif.gif": ("gif", "gray"),
    "wmv2.wmv": ("wmv2", "yuv420p"),
}
BATCH = 250
WHOLE_EVERY = 100


def read(task: Task, progress) -> Outcome:
    """Read a video to its end, or measure it whole."""
    try:
        if int(task.video.stem.split("-")[-1]) % WHOLE_EVERY == 0:
            from tremorcam.pipeline import analyze

            return describe(analyze(task.video, progress=progress), task)
        with Video(task.video) as video:
            frames = [(frame.time_s, frame.difference) for frame in video.frames()]
        times_s, differences = np.array(frames).T
        audit_timing(times_s, find_duplicates(differences))
    except TremorcamError as error:
        return failure(task.video, str(error))
    except Exception as error:
        return failure(task.video, f"FAULT {unexpected(error)}")
    return Outcome(task.video, None, {})


def kind(outcome: Outcome) -> str:
    """Sort an outcome into one of few."""
    error = outcome.error
    if error is None:
        return "read or measured"
    for words, name in (
        ("FAULT", "fault of Tremorcam's own"),
        ("was ended by SIG", "native crash, contained"),
        ("ended with code", "native crash, contained"),
        ("nothing moved", "hang, ended"),
        ("it was not done", "without end, ended"),
        ("of memory", "memory limit"),
    ):
        if words in error:
            return name
    return "refused in one line" if "\n" not in error else "more than one line"


def main(n: int, seed: int) -> None:
    """Mutate, read and count."""
    rng, counts, began_s = np.random.default_rng(seed), Counter[str](), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = {
            clip: write_clip(folder / clip, noise_pictures(10, width=128, height=96),
                             codec=codec, pixel_format=pixel_format,
                             times_ms=[40 * i for i in range(10)]).read_bytes()
            for clip, (codec, pixel_format) in CLIPS.items()
        }  # fmt: skip
        for start in range(0, n, BATCH):
            tasks = []
            for number in range(start, min(start + BATCH, n)):
                clip = list(clips)[number % len(clips)]
                video = folder / f"{Path(clip).stem}-{number}{Path(clip).suffix}"
                video.write_bytes(mutated(clips[clip], rng))
                tasks.append(Task(video, folder / "out", Settings(iris_mm=11.71)))
            outcomes = list(measure_side_by_side(tasks, lambda *_: None, workers=2, measure=read))
            assert {o.video for o in outcomes} == {t.video for t in tasks}
            assert len(outcomes) == len(tasks)
            counts.update(map(kind, outcomes))
            for outcome in outcomes:
                if kind(outcome) not in ("read or measured", "refused in one line"):
                    print(f"{outcome.video.name}: {outcome.error}", flush=True)
                    kept = Path(f"fuzz-{seed}-{outcome.video.name}")
                    kept.write_bytes(outcome.video.read_bytes())
                outcome.video.unlink()
            print(f"{start + len(tasks)} of {n}: {dict(counts)}", file=sys.stderr, flush=True)
    versions = ", ".join(f"{p} {metadata.version(p)}" for p in ("tremorcam", "av", "mediapipe"))
    print(f"{n} mutated files (seed {seed}; {versions}; {time.monotonic() - began_s:.0f} s):")
    for name, count in counts.most_common():
        print(f"- {count} {name}")
    if counts["fault of Tremorcam's own"] or counts["more than one line"]:
        sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
