import pytest

from tremorcam.simulate import Camera, Head
from tremorcam.simulate.portrait import load_portrait

SMALL = Camera(width_px=480, height_px=400, interocular_px=100)
STILL = Head(sway_mm=0, sway_deg=0, sway_scale=0)


@pytest.fixture(scope="session")
def small():
    return SMALL


@pytest.fixture(scope="session")
def still():
    return STILL


@pytest.fixture(scope="session")
def portrait():
    return load_portrait(None, SMALL)
