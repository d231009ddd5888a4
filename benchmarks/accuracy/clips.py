"""Render a condition's clip and follow its face, each once; both are kept in a folder."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tremorcam
from tremorcam.pipeline import analyze
from tremorcam.simulate import Truth, render, truth_path

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr
    from conditions import Condition

    from tremorcam.data import Timing, VideoInfo

_ROOT = Path(tremorcam.__file__).parent


def fingerprint(*rooms: str, beside: tuple[str, ...] = ()) -> str:
    """Short hash of the sources of some rooms, and of some files here.

    What they gave is kept only as long as it stays the same.
    """
    files = sorted(path for room in rooms for path in (_ROOT / room).rglob("*.py"))
    files += [Path(__file__).with_name(name) for name in beside]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@dataclass(frozen=True)
class Followed:
    """What tracking gave for a clip, all that measuring takes."""

    signals: xr.Dataset
    timing: Timing
    video: VideoInfo


def clip_of(condition: Condition, work: Path) -> tuple[Path, Truth]:
    """Render a condition, or find what was rendered before."""
    path = work / "clips" / f"{condition.name}.mkv"
    if not truth_path(path).exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        render(condition.scene, path)
    return path, Truth.load(truth_path(path))


def followed(condition: Condition, path: Path, work: Path) -> Followed:
    """Analyse a clip, or find what was followed before by the same tracker."""

    def follow() -> Followed:
        analysis = analyze(path, hold=condition.hold_s)
        return Followed(analysis.signals, analysis.timing, analysis.video)

    kept = work / "signals" / f"{condition.name}-{fingerprint('track', 'source')}.pkl"
    return kept_or_made(kept, follow)


def kept_or_made(path: Path, make: Callable[[], Any]) -> Any:
    """Load what a file keeps, or make it and keep it; never a part of it."""
    if path.exists():
        return pickle.loads(path.read_bytes())
    value = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(value))
    part.replace(path)
    return value
