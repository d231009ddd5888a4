"""Where things are on a face: regions, landmark numbers, sides.

Landmark numbers are those of the MediaPipe face mesh (468 points and ten for the irises).
*Left* and *right* are always the subject's own: in an unmirrored picture the subject's
right eye is on the viewer's left.
"""

from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right", "both"]
SIDES: tuple[Side, Side] = ("left", "right")


@dataclass(frozen=True)
class Region:
    """A patch of skin that is followed as one channel.

    Parameters
    ----------
    name : str
        Field name of the region, as in every table: ``mouth_corner``.
    side : {'left', 'right', 'both'}
        The subject's own side; ``both`` for a region on the midline.
    landmarks : tuple of int
        Face-mesh vertices whose mean is the region's centre.
    role : {'face', 'reference'}
        ``reference`` regions hardly move when the face does: they stand for the head, and
        their own spectra are what a facial peak must not be shared with.
    """

    name: str
    side: Side
    landmarks: tuple[int, ...]
    role: Literal["face", "reference"] = "face"

    @property
    def key(self) -> str:
        """Unique channel name, ``<region>_<side>``, the prefix of columns in signals.csv."""
        return f"{self.name}_{self.side}"


REGIONS: tuple[Region, ...] = (
    Region("mouth_corner", "left", (291,)),
    Region("mouth_corner", "right", (61,)),
    Region("upper_lip", "left", (269, 270, 391)),
    Region("upper_lip", "right", (39, 40, 165)),
    Region("lower_lip", "left", (405, 321, 406)),
    Region("lower_lip", "right", (181, 91, 182)),
    Region("cheek", "left", (425, 280)),
    Region("cheek", "right", (205, 50)),
    Region("lower_lid", "left", (450, 451)),
    Region("lower_lid", "right", (230, 231)),
    Region("brow", "left", (334, 296)),
    Region("brow", "right", (105, 66)),
    Region("chin", "both", (199, 175)),
    Region("nose_bridge", "both", (6, 197), role="reference"),
    Region("forehead", "both", (151, 9), role="reference"),
)
"""Every channel, in the order of all outputs."""

MOUTH_REGIONS = ("mouth_corner", "upper_lip", "lower_lip", "cheek", "chin")
EYE_REGIONS = ("lower_lid", "brow")

MOUTH_CORNER: dict[Side, int] = {"left": 291, "right": 61}
EYE_CORNERS: dict[Side, tuple[int, int]] = {"left": (362, 263), "right": (133, 33)}
"""Inner and outer corner of each eye."""

EYELIDS: dict[Side, tuple[tuple[int, int], ...]] = {
    "left": ((386, 374), (385, 380), (387, 373)),
    "right": ((159, 145), (158, 153), (160, 144)),
}
"""Upper and lower lid margin opposite each other, three pairs an eye."""

IRIS: dict[Side, tuple[int, int, int, int, int]] = {
    "left": (473, 474, 475, 476, 477),
    "right": (468, 469, 470, 471, 472),
}
"""Centre of the iris, then four points on its rim (two horizontal, two vertical, alternating)."""

IRIS_DIAMETER_MM = 11.71
"""Horizontal visible iris diameter, 11.71 ± 0.42 mm (Rüfer 2005,
doi:10.1097/01.ico.0000148312.01805.53)."""

IRIS_DIAMETER_SD_MM = 0.42


def region(name: str, side: str) -> Region:
    """Look up a region.

    Raises
    ------
    KeyError
        If there is no region of that name on that side.
    """
    for candidate in REGIONS:
        if candidate.name == name and candidate.side == side:
            return candidate
    raise KeyError(f"no region {name!r} on side {side!r}; there are {[r.key for r in REGIONS]}")


REFERENCE_LANDMARKS: tuple[int, ...] = (
    6, 195, 168, 197, 9, 151, 107, 336, 108, 337, 109, 338, 69, 299, 67, 297, 103, 332,
    54, 284, 21, 251, 162, 389, 127, 356,
)  # fmt: skip
"""Points that stand for the head: nose bridge, forehead, hairline and temples.

Cheekbones, which a smile lifts, are left out; so are the lids.
"""
