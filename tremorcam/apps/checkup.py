"""Whether this installation can do its work, and what to do where it cannot."""

from __future__ import annotations

import importlib.metadata
import io
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import numpy as np

from tremorcam.apps.native_output import quiet_native_output
from tremorcam.data import TremorcamError

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("mediapipe", "opencv-contrib-python", "av", "numpy", "scipy", "pandas", "xarray")
SILENT_MEDIAPIPE_BELOW = (0, 10, 35)
DECODERS = {"h264": "H.264", "hevc": "HEVC", "vp8": "VP8", "vp9": "VP9", "av1": "AV1", "gif": "GIF"}
LITTLE_SPACE_BYTES = 500_000_000
LEAST_CAMERA_HZ = 25.0
"""Below this, tremor above 10 Hz cannot be told (0.4 times the rate)."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; ``remedy`` says what to do where it is not ``ok``."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def run_checks() -> Iterator[Check]:
    """Look at one thing after the other; nothing is changed and nothing goes over the network."""
    yield Check(
        "system",
        ok=True,
        found=f"Tremorcam {_version('tremorcam')}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    )
    yield from (_check_package(name) for name in PACKAGES)
    yield _check_opencv_alone()
    yield _check_mediapipe_silent()
    yield _check_model()
    yield _check_decoders()
    yield _check_encoding()
    yield _check_space()
    yield from _check_cameras()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _check_package(package: str) -> Check:
    version = _version(package)
    return Check(
        package,
        ok=version is not None,
        found=version or "not installed",
        remedy="reinstall tremorcam with 'pip install --force-reinstall tremorcam'",
    )


def _check_opencv_alone() -> Check:
    """Other OpenCV distributions install the same ``cv2`` and overwrite parts of it."""
    others = [
        package
        for package in ("opencv-python", "opencv-python-headless", "opencv-contrib-python-headless")
        if _version(package) is not None
    ]
    return Check(
        "OpenCV",
        ok=not others,
        found=f"also installed: {', '.join(others)}" if others else "one distribution",
        remedy=f"'pip uninstall {' '.join(others)}', then "
        "'pip install --force-reinstall opencv-contrib-python'",
    )


def _check_mediapipe_silent() -> Check:
    version = _version("mediapipe") or ""
    parts = tuple(int(part) for part in version.split(".")[:3] if part.isdigit())
    return Check(
        "no reporting",
        ok=parts < SILENT_MEDIAPIPE_BELOW,
        found=f"mediapipe {version} opens no connection"
        if parts < SILENT_MEDIAPIPE_BELOW
        else f"mediapipe {version} reports usage over the network",
        remedy="'pip install \"mediapipe<0.10.35\"'",
    )


def _check_model() -> Check:
    from tremorcam.track.model import MODEL_NAME, MODEL_SHA256, load_model

    try:
        load_model()
    except TremorcamError as error:
        return Check("face model", ok=False, found=str(error), remedy="reinstall tremorcam")
    return Check("face model", ok=True, found=f"{MODEL_NAME}, SHA-256 {MODEL_SHA256[:12]}…")


def _check_decoders() -> Check:
    missing = [label for name, label in DECODERS.items() if not _can_decode(name)]
    return Check(
        "reading video",
        ok=not missing,
        found=f"cannot read {', '.join(missing)}" if missing else ", ".join(DECODERS.values()),
        remedy="reinstall the 'av' package from its wheel",
    )


def _can_decode(codec: str) -> bool:
    try:
        av.Codec(codec, "r")
    except ValueError:  # UnknownCodecError is one
        return False
    return True


def _check_encoding() -> Check:
    """Write a tiny video into memory and read it back."""
    remedy = "reinstall the 'av' package from its wheel; overlays and simulations need it"
    try:
        n_read = _write_and_read(n_pictures=3)
    except (av.error.FFmpegError, ValueError) as error:
        return Check("writing video", ok=False, found=f"H.264 failed: {error}", remedy=remedy)
    return Check("writing video", ok=n_read == 3, found=f"H.264, {n_read} of 3 pictures read back",
                 remedy=remedy)  # fmt: skip


def _write_and_read(*, n_pictures: int) -> int:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for level in range(n_pictures):
            picture = np.full((64, 64, 3), 60 * level, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as container:
        return len(list(container.decode(video=0)))


def _check_space() -> Check:
    free_bytes = shutil.disk_usage(tempfile.gettempdir()).free
    return Check(
        "disk",
        ok=free_bytes > LITTLE_SPACE_BYTES,
        found=f"{free_bytes / 1e9:.1f} GB free for temporary files",
        remedy="free some space: recordings and overlays need a few hundred MB",
    )


def _check_cameras() -> Iterator[Check]:
    """Count what each camera really delivers; it is in use for about three seconds."""
    from tremorcam.source.camera import try_cameras

    with quiet_native_output():
        cameras = list(try_cameras())
    for camera in cameras:
        yield Check(
            f"camera {camera.number}",
            ok=camera.delivered_hz >= LEAST_CAMERA_HZ,
            found=f"{camera.width_px} × {camera.height_px}, {camera.delivered_hz:.1f} pictures a "
            f"second ({camera.promised_hz:.0f} promised)",
            remedy="more light lets it be quicker; close other programs, and try another USB port",
        )
    if not cameras:
        yield Check("cameras", ok=True, found="none to be opened; videos can be measured anyway")
