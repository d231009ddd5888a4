"""Stands in for the measuring, so that what surrounds it is tested in no time.

What a "video" is to give is what its file says: a line ``ok``, ``nobody`` (no face),
``bad`` (an error the user can mend), ``bug`` (an unexpected one) or ``interrupt``.
"""

import dataclasses
import os
from functools import cache
from importlib import metadata
from pathlib import Path

from synthetic_analysis import make_analysis, make_unusable_analysis

from tremorcam.data import InputError
from tremorcam.source.container import sha256_of

calls = []
usable = cache(make_analysis)
unusable = cache(make_unusable_analysis)


def analyze(path, *, iris_mm, hold, context, mirrored, exposure_s, jitter_s, progress):
    path = Path(path)
    parameters = {
        "iris_mm": iris_mm, "hold": hold, "mirrored": mirrored, "context": context,
        "exposure_s": exposure_s,
        "jitter_s": jitter_s,
    }  # fmt: skip
    calls.append({"path": path, **parameters})
    content = path.read_text(encoding="utf-8") if path.is_file() else "missing"
    for fraction in (0.25, 0.5, 1.0):
        progress(fraction)
    kind = content.split()[0]
    if kind == "bad":
        raise InputError(f"{path.name} is no video\nthat can be read")
    if kind == "missing":
        raise InputError(f"{path.name}: there is no such file")
    if kind == "bug":
        raise ZeroDivisionError("division by zero")
    if kind == "interrupt":
        raise KeyboardInterrupt
    os.write(2, b"native chatter\n")
    analysis = unusable() if kind == "nobody" else usable()
    video = dataclasses.replace(
        analysis.video, name=path.name, sha256=sha256_of(path), size_bytes=path.stat().st_size
    )
    provenance = {
        "versions": {"tremorcam": metadata.version("tremorcam")},
        "parameters": {
            "iris_mm": iris_mm,
            "hold_s": None if hold is None else list(hold),
            "mirrored": mirrored,
            "exposure_s": exposure_s,
            "jitter_s": jitter_s,
        },
    }
    return dataclasses.replace(analysis, video=video, provenance=provenance, context=context)
