"""Where an analysis spends its processor time, stage by stage; prints one JSON object.

python benchmarks/speed/stages.py CLIP
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def cpu_s(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Give what ``work`` gives, and the processor time of all threads and of this one."""
    all_s, own_s = time.process_time(), time.thread_time()
    given = work()
    return given, time.process_time() - all_s, time.thread_time() - own_s


def decode(path: Path) -> int:
    import av

    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in container.decode(video=0))


def read(path: Path) -> int:
    from tremorcam.source.video import Video

    with Video(path) as video:
        return sum(1 for _ in video.frames())


def main(path: Path) -> None:
    _, start_s, _ = cpu_s(lambda: __import__("tremorcam.pipeline", fromlist=["analyze"]))
    from tremorcam.interpret import interpret
    from tremorcam.measure import measure
    from tremorcam.pipeline import analyze
    from tremorcam.publish import save_analysis

    n_frames, decode_s, _ = cpu_s(lambda: decode(path))
    _, read_s, read_own_s = cpu_s(lambda: read(path))
    analysis, whole_s, own_s = cpu_s(lambda: analyze(path))
    found, measure_s, _ = cpu_s(lambda: measure(analysis.signals, analysis.timing, analysis.video))
    _, interpret_s, _ = cpu_s(lambda: interpret(found))
    with tempfile.TemporaryDirectory() as folder:
        _, export_s, _ = cpu_s(lambda: save_analysis(analysis, folder))
    spectra_s = measure_s + interpret_s
    stages_s = {
        "imports": start_s,
        "decoding": decode_s,
        "reading: true times, grey, repeats": read_s - decode_s,
        "landmarks": (whole_s - own_s) - (read_s - read_own_s),
        "flow": own_s - read_own_s - spectra_s,
        "measures, spectra, findings": spectra_s,
        "tables and report": export_s,
    }
    print(json.dumps({"n_frames": n_frames, "stages_s": stages_s}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
