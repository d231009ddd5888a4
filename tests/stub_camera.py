"""A stand-in for a camera: its clock runs as fast as it is read."""

import numpy as np

from tremorcam.data import TremorcamError
from tremorcam.source.camera import Shot


class StandIn:
    """The only camera; subclasses say what it promises and what it delivers."""

    width_px, height_px, rate_hz = 64, 48, 10.0
    taken_hz = 10.0

    def __init__(self, number=0, **_):
        if number > 0:
            raise TremorcamError("no such camera")
        self.n = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def read(self):
        self.n += 1
        picture = np.full((self.height_px, self.width_px, 3), 100, np.uint8)
        return Shot(picture, 5.0 + self.n / self.taken_hz)
