"""What landmarks tell directly: scale, lids, smile, angles of the head.

All functions take landmarks as (478, 3) arrays in pixels of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tremorcam.anatomy import EYE_CORNERS, EYELIDS, IRIS, MOUTH_CORNER, REGIONS, SIDES

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMILE_DIRECTION = np.array([np.cos(np.radians(47)), np.sin(np.radians(47))])
"""Outwards and up: the corner of a smiling mouth rises at about 47°
(doi:10.1016/j.ajodo.2004.11.038)."""

PUPILS: dict[str, int] = {side: ids[0] for side, ids in IRIS.items()}


def interocular_px(face: NDArray[np.float64]) -> float:
    """Distance between the pupils."""
    left, right = face[PUPILS["left"], :2], face[PUPILS["right"], :2]
    return float(np.hypot(*(left - right)))


def eye_axis(face: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Find the unit vector between the outer eye corners, and their distance in space."""
    span = face[EYE_CORNERS["left"][1]] - face[EYE_CORNERS["right"][1]]
    return span[:2] / np.hypot(*span[:2]), float(np.sqrt((span**2).sum()))


def iris_px(face: NDArray[np.float64]) -> float:
    """Mean horizontal diameter of the two irises."""
    widths = [np.hypot(*(face[ids[1], :2] - face[ids[3], :2])) for ids in IRIS.values()]
    return float(np.mean(widths))


def head_angles_deg(face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Yaw, pitch and roll, shape (3,).

    Yaw is positive with the subject's face turned to the picture's right, pitch with the chin
    down, roll clockwise in the picture.
    """
    across = face[EYE_CORNERS["left"][1]] - face[EYE_CORNERS["right"][1]]
    down = face[152] - face[10]
    yaw = np.arctan2(across[2], across[0])
    pitch = np.arctan2(down[2], down[1])
    roll = np.arctan2(across[1], across[0])
    return np.asarray(np.degrees([yaw, pitch, roll]))


def eye_apertures_px(face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean distance of the lid margins, left then right."""
    return np.array(
        [
            np.mean([np.hypot(*(face[upper, :2] - face[lower, :2])) for upper, lower in pairs])
            for pairs in (EYELIDS[side] for side in SIDES)
        ]
    )


def smile_excursions_px(face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Position of the mouth corners along the direction of a smile, left then right.

    Measured from the middle of the outer eye corners, in axes that turn with the head.
    """
    along, _ = eye_axis(face)
    up = np.array([along[1], -along[0]])
    middle = np.mean([face[EYE_CORNERS[side][1], :2] for side in SIDES], axis=0)
    excursion = []
    for side, outwards in (("left", 1.0), ("right", -1.0)):
        corner = face[MOUTH_CORNER[side], :2] - middle  # type: ignore[index]
        excursion.append(np.array([outwards * (corner @ along), corner @ up]) @ _SMILE_DIRECTION)
    return np.array(excursion)


def face_box_px(face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Left, top, right, bottom of the landmarks."""
    return np.concatenate([face[:, :2].min(axis=0), face[:, :2].max(axis=0)])


def region_centres_px(face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centres of all regions, shape (n_regions, 2)."""
    return np.array([face[list(region.landmarks), :2].mean(axis=0) for region in REGIONS])


@dataclass(frozen=True)
class Shape:
    """What is kept of one frame's landmarks; lengths in pixels."""

    aperture: NDArray[np.float64]
    excursion: NDArray[np.float64]
    angles_deg: NDArray[np.float64]
    box: NDArray[np.float64]
    interocular: float
    eye_span: float
    iris: float

    def of_mirror_image(self) -> Shape:
        """Take it for the mirror image of what it was read from; the box is left where it was."""
        return replace(
            self,
            aperture=self.aperture[::-1],
            excursion=self.excursion[::-1],
            angles_deg=self.angles_deg * (-1.0, 1.0, -1.0),
        )


def describe(face: NDArray[np.float64]) -> Shape:
    """Take from landmarks what the signals need."""
    return Shape(
        aperture=eye_apertures_px(face),
        excursion=smile_excursions_px(face),
        angles_deg=head_angles_deg(face),
        box=face_box_px(face),
        interocular=interocular_px(face),
        eye_span=eye_axis(face)[1],
        iris=iris_px(face),
    )
