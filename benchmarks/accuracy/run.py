"""Measure known motion on many faces, beside landmark loops, and write tables and figures.

    python benchmarks/accuracy/run.py measure WORK --faces FOLDER [--only REGEX] [--limit 10]
    python benchmarks/accuracy/run.py render WORK --faces FOLDER
    python benchmarks/accuracy/run.py report WORK --docs docs/accuracy.md

Clips, what tracking gave and one JSON file of readings for each clip are kept in WORK: what is
there is not made again, and what a changed tracker or measure would give otherwise is.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import cv2
from clips import clip_of, fingerprint, followed, kept_or_made
from conditions import Condition, conditions
from plain import LOOPS, corner_paths, peak_hz
from readings import read_path, rows_of
from report import load, write

from tremorcam.anatomy import SIDES


def version() -> str:
    """Of everything that decides what is read off a clip."""
    return fingerprint("source", "track", "measure", beside=("readings.py",))


def measure_one(condition: Condition, work: Path) -> list[dict[str, Any]]:
    """Read a condition with every tracker."""
    path, truth = clip_of(condition, work)
    rows = [
        {"tracker": "tremorcam", **row}
        for row in rows_of(condition, truth, followed(condition, path, work))
    ]
    for loop, stretch in LOOPS.items() if condition.plain else ():
        kept = work / "plain" / f"{condition.name}-{loop}.pkl"
        time_s, corners = kept_or_made(kept, lambda s=stretch: corner_paths(path, s))
        for at, side in enumerate(SIDES):
            row = read_path(time_s, corners[:, at], truth, side, condition.hold_s)
            row["hz"] = peak_hz(time_s, corners[:, at])
            rows.append({"tracker": loop, **row})
    about = {"name": condition.name, "factor": condition.factor, "level": condition.level}
    return [{**about, **row} for row in rows]


def run(wanted: list[Condition], work: Path, *, limit: int | None) -> None:
    """Read what was not read yet by this version."""
    folder, current = work / "rows", version()
    folder.mkdir(parents=True, exist_ok=True)
    missing = [c for c in wanted if not (folder / f"{c.name}-{current}.json").exists()]
    print(f"{len(wanted) - len(missing)} of {len(wanted)} are there")
    for condition in missing[:limit]:
        start = time.process_time()
        rows = measure_one(condition, work)
        part = folder / f"{condition.name}.part"
        part.write_text(json.dumps(rows), encoding="utf-8")
        part.replace(folder / f"{condition.name}-{current}.json")
        print(f"{condition.name}: {time.process_time() - start:.1f} s", flush=True)


def main() -> None:
    """Read the arguments and do as they say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["render", "measure", "report"])
    parser.add_argument("work", type=Path)
    parser.add_argument("--faces", type=Path, help="folder of photographs beside the packaged one")
    parser.add_argument("--only", default="", help="names of conditions, a regular expression")
    parser.add_argument("--limit", type=int, help="stop after so many new ones")
    parser.add_argument("--docs", type=Path, help="page to write the results into")
    args = parser.parse_args()
    if args.what in ("render", "measure"):
        cv2.setNumThreads(1)
        photos = sorted(str(path) for path in args.faces.glob("*.jpg")) if args.faces else []
        wanted = [c for c in conditions((None, *photos)) if re.search(args.only, c.name)]
        if args.what == "render":
            for condition in wanted[: args.limit]:
                clip_of(condition, args.work)
        else:
            run(wanted, args.work, limit=args.limit)
    else:
        write(load(args.work, version()), args.docs)


if __name__ == "__main__":
    main()
