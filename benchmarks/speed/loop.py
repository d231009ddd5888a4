"""The yardstick: the loop that one would write, every frame through the landmark network."""

from __future__ import annotations

import sys
from importlib import resources

import cv2
import mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision


def main(path: str) -> None:
    model = (resources.files("tremorcam") / "models" / "face_landmarker.task").read_bytes()
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=model),
        running_mode=vision.RunningMode.VIDEO,
    )
    capture, found = cv2.VideoCapture(path), 0
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        while True:
            there, picture = capture.read()
            if not there:
                break
            time_ms = int(capture.get(cv2.CAP_PROP_POS_MSEC))
            rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
            found += bool(landmarker.detect_for_video(image, time_ms).face_landmarks)
    print(found)


if __name__ == "__main__":
    main(sys.argv[1])
