"""What is kept of frames comes back as it was given, whichever frames gave something."""

import numpy as np
import pytest

from tremorcam.anatomy import REGIONS
from tremorcam.track.head import Similarity
from tremorcam.track.records import Records, Step

N = len(REGIONS)


def centres_of(number):
    return np.arange(2.0 * N).reshape(N, 2) + number / 7


def followed(n_frames, *, drawn=()):
    """Records of a face that is followed, its anchors drawn by landmarks before some steps."""
    records, starts = Records(), [np.full((N, 2), np.nan)]
    for number in range(n_frames):
        at = records.add(number / 30, 0.25, bidirectional=number % 3 == 1)
        if number:
            starts.append(centres_of(number - 1) + (0.5 if number in drawn else 0.0))
            head = Similarity(np.full(2, number), np.full(2, -number), 0.1, 0.2, 0.3)
            step = Step(starts[-1], np.full((N, 2), number + 0.5), np.full(N, 0.01), head)
            records.note_step(at, step)
        records.note_face(at, centres_of(number), np.full(N, 100.0))
    return records, np.array(starts)


@pytest.mark.parametrize("n_frames", [1, 5, 1023, 1024, 1025, 3000])
def test_columns_hold_what_every_frame_gave(n_frames):
    records, starts = followed(n_frames, drawn=(3, 1024))
    numbers = np.arange(n_frames)
    assert len(records) == n_frames
    np.testing.assert_array_equal(records.column("time_s"), numbers / 30)
    np.testing.assert_array_equal(records.column("bidirectional"), numbers % 3 == 1)
    np.testing.assert_array_equal(records.column("stepped"), numbers > 0)
    np.testing.assert_array_equal(records.column("centres"), [centres_of(k) for k in numbers])
    np.testing.assert_array_equal(records.column("head_centre")[1:, 0], numbers[1:])
    np.testing.assert_array_equal(records.column("head_rotation")[1:], 0.2)
    np.testing.assert_array_equal(records.starts()[1:], starts[1:])


def test_what_a_frame_did_not_give_is_unknown():
    records = Records()
    records.add(0.0, np.nan)
    assert not records.column("found")[0]
    for name in ("centres", "brightness", "background_px", "motion", "head_scale"):
        assert np.isnan(records.column(name)).all()


def test_a_face_that_had_gone_is_taken_back():
    records, _ = followed(8)
    records.note_background(6, np.array([1.0, 2.0]))
    records.lose(5)
    assert records.column("found").tolist() == [True] * 5 + [False] * 3
    assert records.column("stepped").tolist() == [False] + [True] * 4 + [False] * 3
    assert np.isnan(records.column("centres")[5:]).all()
    assert records.column("background_px")[6].tolist() == [1.0, 2.0]
