"""The scale: from the irises of frames in which the lids cut neither."""

from types import SimpleNamespace

import numpy as np
import pytest

from tremorcam.track.displacement import build_signals
from tremorcam.track.geometry import Shape
from tremorcam.track.records import Records

IRIS_MM, TRUE_MM_PER_PX = 11.71, 0.25
SPAN_PX, WHOLE_IRIS_PX = 360.0, IRIS_MM / TRUE_MM_PER_PX


def shape(aperture_px):
    """A face whose mean iris is read as much too narrow as the lids cut of it."""
    cut = 0.1 * np.mean(np.asarray(aperture_px) < 30)
    return Shape(
        aperture=np.array(aperture_px, float), excursion=np.zeros(2), angles_deg=np.zeros(3),
        box=np.array([0.0, 0, 500, 600]), interocular=252.0, eye_span=SPAN_PX,
        iris=(1 - cut) * WHOLE_IRIS_PX,
    )  # fmt: skip


def scale_of(apertures_px):
    records = Records()
    for number, each in enumerate(apertures_px):
        at = records.add(number / 30, 5.0)
        records.note_face(at, np.nan, np.nan)
        records.shapes[at] = shape(each)
    tracker = SimpleNamespace(records=records, n_faces=1, shape=(720, 1280))
    return build_signals(tracker, iris_mm=IRIS_MM)["mm_per_px"].values


OPEN, LEFT_HALF, LEFT_SHUT, BOTH_SHUT = (40, 38), (18, 37), (2, 30), (2, 2)


@pytest.mark.parametrize("order", [1, -1], ids=["left", "right"])
def test_an_eye_that_is_mostly_half_shut_does_not_tell_the_scale(order):
    seen = [OPEN] * 20 + [LEFT_HALF] * 75 + [LEFT_SHUT] * 5
    np.testing.assert_allclose(scale_of([each[::order] for each in seen]), TRUE_MM_PER_PX)


def test_blinks_and_one_wide_look_change_nothing():
    seen = [OPEN] * 90 + [BOTH_SHUT] * 10
    seen[45] = (70, 70)
    np.testing.assert_allclose(scale_of(seen), TRUE_MM_PER_PX)


def test_eyes_that_never_open_tell_what_they_show():
    np.testing.assert_allclose(scale_of([(18, 18)] * 60), TRUE_MM_PER_PX / 0.9)
