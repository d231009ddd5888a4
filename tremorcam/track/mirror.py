"""Each eye read by itself: in a face made of its own half and that half's mirror image.

Landmarks share what they know of both eyes: one eye that narrows by a third beside an open one
is read as a sixth or less, and the open one is drawn along. In a face whose halves are alike
there is nothing to share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tremorcam.anatomy import EYE_CORNERS, SIDES, Side
from tremorcam.track.geometry import eye_apertures_px
from tremorcam.track.landmarks import FaceLandmarks

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOP, _BOTTOM = (10, 151, 9, 168), (152, 175)
"""Landmarks of the forehead and the chin on the midline of the face."""
_APART_S = 1e-3
"""Landmarks are looked for in order of time: the second side comes this much later."""


def mirrored(gray: NDArray[np.uint8], face: NDArray[np.float64], side: Side) -> NDArray[np.uint8]:
    """Put the mirror image of one side of the face in the place of the other.

    Parameters
    ----------
    gray : (height, width) array of uint8
    face : (478, 2 or 3) array
        Landmarks in the picture.
    side : {'left', 'right'}
        The side that stays as it is.
    """
    top = face[list(_TOP), :2].mean(axis=0)
    down = face[list(_BOTTOM), :2].mean(axis=0) - top
    outwards = np.array([-down[1], down[0]]) / np.hypot(*down)
    if (face[EYE_CORNERS[side][1], :2] - top) @ outwards < 0:
        outwards = -outwards
    height, width = gray.shape
    # The reflection at the line through ``top`` is an affine map, and its own inverse.
    reflection = np.eye(2) - 2 * np.outer(outwards, outwards)
    image = cv2.warpAffine(
        gray,
        np.column_stack([reflection, top - reflection @ top]),
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    across, downwards = (
        ((np.arange(n) - middle) * normal).astype(np.float32)
        for n, middle, normal in zip((width, height), top, outwards, strict=True)
    )
    return np.where(across < -downwards[:, None], image, gray).astype(np.uint8, copy=False)


class EyesAlone:
    """Reads the aperture of each eye without the other's; a thin holder of one network."""

    def __init__(self) -> None:
        self._landmarks = FaceLandmarks()

    def close(self) -> None:
        """Release the network's memory."""
        self._landmarks.close()

    def apertures_px(
        self, gray: NDArray[np.uint8], face: NDArray[np.float64], time_s: float
    ) -> NDArray[np.float64]:
        """Mean distance of the lid margins, shape (2, 2); NaN where no face is seen.

        Rows are the eyes, left then right; columns are the two readings that a face made of
        one eye and its mirror image gives.

        Parameters
        ----------
        gray : (height, width) array of uint8
        face : (478, 3) array
            Landmarks in the picture.
        time_s : float
            Must increase from call to call.
        """
        apertures = np.full((2, 2), np.nan)
        for at, side in enumerate(SIDES):
            found = self._landmarks.find(mirrored(gray, face, side), time_s=time_s + at * _APART_S)
            if found:
                apertures[at] = eye_apertures_px(found[0])
        return apertures
