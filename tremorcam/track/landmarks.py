"""Where the face is: MediaPipe's landmarks, without the filter that hides tremor.

In VIDEO mode with one face, MediaPipe smooths landmarks with a One-Euro filter whose strength
depends on the time between frames. Times multiplied by 1e5 make every frame seem minutes
apart: the filter becomes transparent while the face is still followed from frame to frame,
which keeps the region of interest, and so the landmarks, steadier than single images do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np

from tremorcam.track.model import load_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TIME_STRETCH = 1e5
_MAX_SIDE_PX = 640
"""Pictures are shrunk to this before the network, which sees 256 pixels of the face anyway."""

N_LANDMARKS = 478


def _to_mediapipe(gray: NDArray[np.uint8]) -> Any:
    import mediapipe

    # Landmarks from grey pictures agree with those from colour to 0.7 % of the distance
    # between the eyes, and the colour conversion is saved.
    picture = cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB)
    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture)


def _shrink(gray: NDArray[np.uint8], max_side_px: int) -> NDArray[np.uint8]:
    factor = max_side_px / max(gray.shape)
    if factor >= 1:
        return gray
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


class FaceLandmarks:
    """Landmarks of faces in grey pictures; a context manager around MediaPipe.

    Parameters
    ----------
    follow : bool
        Follow one face from picture to picture (for video), or look for up to four in
        every picture anew.
    max_side_px : int
        Larger pictures are shrunk to this.

    Examples
    --------
    >>> with FaceLandmarks() as face:
    ...     face.find(np.zeros((240, 320), np.uint8), time_s=0.0)
    []
    """

    def __init__(self, *, follow: bool = True, max_side_px: int = _MAX_SIDE_PX) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        mode = vision.RunningMode.VIDEO if follow else vision.RunningMode.IMAGE
        self._follow = follow
        self._max_side_px = max_side_px
        self._landmarker = vision.FaceLandmarker.create_from_options(
            vision.FaceLandmarkerOptions(
                base_options=BaseOptions(model_asset_buffer=load_model()),
                running_mode=mode,
                num_faces=1 if follow else 4,
            )
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the network's memory."""
        self._landmarker.close()

    def find(self, gray: NDArray[np.uint8], *, time_s: float = 0.0) -> list[NDArray[np.float64]]:
        """Landmarks of every face found, the largest first.

        Parameters
        ----------
        gray : (height, width) array of uint8
        time_s : float
            Time of the frame; must increase from call to call when following.

        Returns
        -------
        list of (478, 3) arrays
            x, y in pixels of ``gray`` (the centre of the first pixel is 0, 0), and z in the
            same unit, negative towards the camera.
        """
        picture = _to_mediapipe(_shrink(gray, self._max_side_px))
        if self._follow:
            stamp = round(time_s * 1000 * _TIME_STRETCH)
            result = self._landmarker.detect_for_video(picture, stamp)
        else:
            result = self._landmarker.detect(picture)
        height, width = gray.shape
        scale = np.array([width, height, width], dtype=float)
        faces = [
            np.array([(p.x, p.y, p.z) for p in face]) * scale - (0.5, 0.5, 0.0)
            for face in result.face_landmarks
        ]
        return sorted(faces, key=lambda face: -np.ptp(face[:, 0]) * np.ptp(face[:, 1]))

    def search(self, gray: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        """Find faces too small for the detector in overlapping parts of the picture.

        Parts are half as wide and high as the picture, so that a face looks twice as large.
        Returns the faces of the part with the largest, as :meth:`find` does.
        """
        height, width = gray.shape
        best: list[NDArray[np.float64]] = []
        for top in (0, height // 4, height // 2):
            for left in (0, width // 4, width // 2):
                part = gray[top : top + height // 2, left : left + width // 2]
                faces = self.find(np.ascontiguousarray(part))
                if faces and (not best or np.ptp(faces[0][:, 0]) > np.ptp(best[0][:, 0])):
                    best = [face + np.array([left, top, 0.0]) for face in faces]
        return best
