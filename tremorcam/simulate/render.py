"""Render a scene to a video and write its truth beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tremorcam.simulate.encode import VideoWriter
from tremorcam.simulate.head import Box, HeadWarp
from tremorcam.simulate.light import Sensor
from tremorcam.simulate.motion import Motion, motion_at
from tremorcam.simulate.portrait import OVERSAMPLING, Portrait, load_portrait
from tremorcam.simulate.record import describe, region_centres
from tremorcam.simulate.timing import frame_times
from tremorcam.simulate.truth import Truth, truth_path
from tremorcam.simulate.warp import FaceWarp

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tremorcam.simulate.scene import Scene

    Planes = tuple[NDArray[np.float32], tuple[NDArray[np.float32], NDArray[np.float32]]]

EXPOSURE_STEPS = 7


def render(
    scene: Scene, out_path: Path | str, *, on_frame: Callable[[int, int], None] | None = None
) -> Truth:
    """Render a scene.

    Parameters
    ----------
    scene : Scene
    out_path : path
        Video to write; its truth goes to the same name with ``.truth.json``.
    on_frame : callable, optional
        Called with the number of frames done and of all frames.

    Raises
    ------
    InputError
        If the photograph cannot be used.
    TremorcamError
        If the video cannot be written.
    """
    out_path = Path(out_path)
    camera, times = scene.camera, frame_times(scene)
    portrait = load_portrait(scene.face, camera)
    painter, sensor = Painter(scene, portrait, times.time_s), Sensor(scene)
    centres_px, positions_px = region_centres(portrait), []
    size = (camera.width_px, camera.height_px)
    with VideoWriter(out_path, *size, camera.rate_hz, scene.encoding) as writer:
        for i, time_s in enumerate(times.time_s):
            # The first frame is never a repeat, so there is always a picture to repeat.
            if not times.duplicate[i]:
                planes = sensor.expose(*painter.paint(i), float(time_s))
                placed_px = painter.positions(i, centres_px)
            positions_px.append(placed_px)
            writer.write(planes, int(times.ticks[i]))
            if on_frame is not None:
                on_frame(i + 1, len(times.ticks))
    truth = describe(scene, portrait, times, out_path.name, np.array(positions_px))
    truth.save(truth_path(out_path))
    return truth


class Painter:
    """Noise-free frames of a scene."""

    def __init__(self, scene: Scene, portrait: Portrait, time_s: NDArray[np.float64]) -> None:
        camera = scene.camera
        self._portrait = portrait
        self._steps = EXPOSURE_STEPS if camera.exposure_s else 1
        within = (np.arange(self._steps) + 0.5) / self._steps - 0.5
        instants = (time_s[:, None] + camera.exposure_s * within).ravel()
        self._motion: Motion = motion_at(scene, portrait, instants)
        self._face = FaceWarp(portrait, self._motion)
        self._head = HeadWarp(portrait, (camera.width_px, camera.height_px))
        self._face_box = self._face.box(self._head.box)
        self._still = bool(camera.shake_px == 0)
        rows, columns = np.mgrid[: camera.height_px, : camera.width_px].astype(np.float32)
        self._all = (columns, rows)
        self._background = self._sample(columns, rows)

    def positions(self, i: int, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Find where points of the photograph are in frame ``i``, but for the head's motion."""
        return self._face.positions(i * self._steps + self._steps // 2, points_px)

    def paint(self, i: int) -> Planes:
        """Luma (rows, columns) and two half-size chroma planes of frame ``i``."""
        shots = [self._instant(i * self._steps + k) for k in range(self._steps)]
        if len(shots) == 1:
            return shots[0]
        luma = np.stack([shot[0] for shot in shots]).mean(axis=0, dtype=np.float32)
        return np.asarray(luma), shots[len(shots) // 2][1]

    def _instant(self, i: int) -> Planes:
        motion = self._motion
        x, y = self._head.origin(motion.head, i)
        self._undo_face(i, x, y)
        if self._still:
            return self._paste(x, y)
        shake = motion.shake_px[i].astype(np.float32)
        return self._shaken(x, y, shake)

    def _undo_face(self, i: int, x: NDArray[np.float32], y: NDArray[np.float32]) -> None:
        """Lead positions of the head's box (in place) on to their origins in the photograph."""
        expression, tremor = self._face.instant(i)
        part = self._face_box.part
        if tremor is not None:
            _subtract(self._look_up(tremor, x[part], y[part]), x[part], y[part])
        if expression is None:
            return
        shift = self._look_up(expression.face, x[part], y[part])
        if expression.lid is not None:
            lid = self._look_up(expression.lid, x[part], y[part])
            shift = np.where(lid[..., 2:] > 0, lid[..., :2], shift)
        _subtract(shift, x[part], y[part])

    def _look_up(
        self, field: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Values of a field on the face's grid at picture positions."""
        grid = self._face.grid
        step = np.float32(1 / grid.step_px)
        at_x, at_y = (x - grid.origin_px[0]) * step, (y - grid.origin_px[1]) * step
        return np.asarray(cv2.remap(field, at_x, at_y, cv2.INTER_LINEAR), np.float32)

    def _paste(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> Planes:
        luma, (blue, red) = self._background
        luma, blue, red = luma.copy(), blue.copy(), red.copy()
        part, half = self._head.box.part, _half(self._head.box).part
        luma[part], (blue[half], red[half]) = self._sample(x, y)
        return luma, (blue, red)

    def _shaken(
        self, x: NDArray[np.float32], y: NDArray[np.float32], shake_px: NDArray[np.float32]
    ) -> Planes:
        """Move the whole picture: positions are led through the head's and face's maps."""
        all_x, all_y = self._all[0].copy(), self._all[1].copy()
        part = self._head.box.part
        all_x[part], all_y[part] = x, y
        offset = np.stack([all_x - self._all[0], all_y - self._all[1]], axis=-1)
        at_x, at_y = self._all[0] - shake_px[0], self._all[1] - shake_px[1]
        offset = cv2.remap(offset, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return self._sample(at_x + offset[..., 0], at_y + offset[..., 1])

    def _sample(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> Planes:
        """Take luma and chroma from the photograph at picture positions."""
        at_x = x * np.float32(OVERSAMPLING) + np.float32((OVERSAMPLING - 1) / 2)
        at_y = y * np.float32(OVERSAMPLING) + np.float32((OVERSAMPLING - 1) / 2)
        luma = _remap(self._portrait.luma, at_x, at_y)
        half_x, half_y = (
            np.asarray((a[::2, ::2] + a[1::2, 1::2]) / 4 - 0.25, np.float32) for a in (at_x, at_y)
        )
        blue, red = (_remap(plane, half_x, half_y) for plane in self._portrait.chroma)
        return luma, (blue, red)


def _subtract(shift: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32]) -> None:
    x -= shift[..., 0]
    y -= shift[..., 1]


def _remap(
    plane: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.float32]:
    sampled = cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(sampled, np.float32)


def _half(box: Box) -> Box:
    return Box(box.x // 2, box.y // 2, box.width // 2, box.height // 2)
