"""A drawn face for the picture of where it shakes: nobody's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Ellipse, PathPatch
from matplotlib.path import Path

from tremorcam.publish.figures.style import FAINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    Point = tuple[float, float]

SKIN, SKIN_LINE, SHADE, LIPS = "#fbf3ea", "#8a7f76", "#efe2d4", "#e9c4b5"


def _smooth(points: Sequence[Point], *, closed: bool = False) -> Path:
    """Lay a smooth curve through points (Catmull-Rom, as cubic Béziers)."""
    p = np.array(points, dtype=float)
    n = len(p)
    around = [p[(i) % n] for i in range(-1, n + 2)] if closed else [p[0], *p, p[-1]]
    vertices, codes = [around[1]], [Path.MOVETO]
    for before, start, end, after in zip(around, around[1:], around[2:], around[3:], strict=False):
        vertices += [start + (end - before) / 6, end - (after - start) / 6, end]
        codes += [Path.CURVE4] * 3
    return Path(np.array(vertices), codes)


def draw_head(axes: Axes) -> None:
    """Draw a calm face into axes of about -2 to 2, seen from the front."""
    line: Any = {"ec": SKIN_LINE, "lw": 1.1, "capstyle": "round", "joinstyle": "round"}

    def shape(points: Sequence[Point], *, closed: bool = True, **look: object) -> None:
        axes.add_patch(PathPatch(_smooth(points, closed=closed), **(line | look)))

    shape(
        [(-0.44, -0.8), (-0.46, -1.25), (-0.95, -1.5), (-1.3, -1.75), (1.3, -1.75),
         (0.95, -1.5), (0.46, -1.25), (0.44, -0.8)],
        fc=SHADE, zorder=1,
    )  # fmt: skip
    for sign in (-1, 1):
        axes.add_patch(
            Ellipse((sign * 0.97, 0.02), 0.24, 0.5, angle=-sign * 8, fc=SHADE, zorder=1.5, **line)
        )
    half = [(0.0, 1.3), (0.5, 1.2), (0.86, 0.8), (0.95, 0.25), (0.9, -0.3), (0.72, -0.85),
            (0.38, -1.24)]  # fmt: skip
    outline = [*half, (0.0, -1.36), *_mirrored(half)]
    shape(outline, fc=SKIN, zorder=2)
    _draw_hair(axes)
    for sign in (-1, 1):
        _draw_eye(axes, sign)
        shape([(sign * 0.2, 0.49), (sign * 0.42, 0.58), (sign * 0.64, 0.47)], closed=False,
              fc="none", lw=3.2, ec="#a3978c", zorder=3)  # fmt: skip
        shape([(sign * 0.29, -0.22), (sign * 0.48, -0.38), (sign * 0.58, -0.6)], closed=False,
              fc="none", lw=0.8, ec="#cdbfb2", zorder=3)  # fmt: skip
    shape([(-0.1, 0.22), (-0.13, -0.02), (-0.2, -0.16), (-0.1, -0.25), (0.0, -0.28),
           (0.1, -0.25), (0.2, -0.16)], closed=False, fc="none", lw=0.9, zorder=3)  # fmt: skip
    _draw_mouth(axes)


def _mirrored(points: Sequence[Point]) -> list[Point]:
    """Continue a line that ends on the midline back along the other side."""
    return [(-x, y) for x, y in points[::-1] if x]


def _draw_hair(axes: Axes) -> None:
    outer = [(-1.0, 0.25), (-1.03, 0.85), (-0.62, 1.36), (0.0, 1.48)]
    inner = [(-0.9, 0.62), (-0.62, 0.98), (0.0, 1.08)]
    hair = [*outer, *_mirrored(outer), *[(-x, y) for x, y in inner], *inner[1::-1]]
    axes.add_patch(
        PathPatch(_smooth(hair, closed=True), fc="#ddd3c9", ec=SKIN_LINE, lw=0.9, zorder=2.5)
    )


def _draw_eye(axes: Axes, sign: int) -> None:
    lids = [(0.22, 0.2), (0.32, 0.29), (0.44, 0.3), (0.58, 0.21), (0.44, 0.14), (0.32, 0.14)]
    path = _smooth([(sign * x, y) for x, y in lids], closed=True)
    white = PathPatch(path, fc="white", ec=SKIN_LINE, lw=1.0, zorder=3)
    axes.add_patch(white)
    for radius, color in ((0.075, "#8fa3ad"), (0.035, "#2f3a42")):
        iris = Ellipse((sign * 0.4, 0.22), 2 * radius, 2 * radius, fc=color, ec="none", zorder=3.2)
        axes.add_patch(iris)
        iris.set_clip_path(white)


def _draw_mouth(axes: Axes) -> None:
    outer = [(-0.42, -0.55), (-0.2, -0.5), (-0.07, -0.46), (0.0, -0.48), (0.07, -0.46),
             (0.2, -0.5), (0.42, -0.55), (0.24, -0.74), (0.0, -0.82), (-0.24, -0.74)]  # fmt: skip
    inner = [
        (-0.36, -0.565),
        (0.0, -0.56),
        (0.36, -0.565),
        (0.2, -0.67),
        (0.0, -0.71),
        (-0.2, -0.67),
    ]
    look: Any = {"lw": 0.9, "ec": SKIN_LINE}
    axes.add_patch(PathPatch(_smooth(outer, closed=True), fc=LIPS, zorder=3, **look))
    axes.add_patch(PathPatch(_smooth(inner, closed=True), fc="white", zorder=3.1, **look))
    axes.plot([0, 0], [-0.99, -0.97], color=FAINT, lw=0.8, zorder=3)
