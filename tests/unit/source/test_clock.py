import pytest

from tremorcam.source.clock import Clock


def run(times):
    clock = Clock()
    given = list(clock.run((f"picture {i}", time) for i, time in enumerate(times)))
    return given, clock.n_corrected


def times_of(times):
    given, n_corrected = run(times)
    return [time for _, time in given], n_corrected


def test_good_times_are_kept_and_start_at_zero():
    times, n_corrected = times_of([5.0, 5.04, 5.09, 5.11])
    assert times == pytest.approx([0, 0.04, 0.09, 0.11])
    assert n_corrected == 0


def test_negative_start():
    times, n_corrected = times_of([-0.5, -0.25, 0.0])
    assert times == [0, 0.25, 0.5]
    assert n_corrected == 0


def test_one_step_back_is_put_between_its_neighbours():
    times, n_corrected = times_of([0, 1, 0.5, 3, 4])
    assert times == [0, 1, 2, 3, 4]
    assert n_corrected == 1


def test_one_leap_ahead_is_put_back():
    times, n_corrected = times_of([0, 1, 1000, 3, 4])
    assert times == [0, 1, 2, 3, 4]
    assert n_corrected == 1


def test_repeated_time():
    times, n_corrected = times_of([0, 1, 1, 3])
    assert times == [0, 1, 2, 3]
    assert n_corrected == 1


def test_missing_time():
    times, n_corrected = times_of([0, 1, None, 3])
    assert times == [0, 1, 2, 3]
    assert n_corrected == 1


def test_where_times_start_over_they_go_on_behind():
    times, n_corrected = times_of([10, 11, 12, 13, 0, 1, 2, 3])
    assert times == [0, 1, 2, 3, 4, 5, 6, 7]
    assert n_corrected == 1


def test_a_true_gap_stays():
    times, n_corrected = times_of([0, 1, 2, 50, 51])
    assert times == [0, 1, 2, 50, 51]
    assert n_corrected == 0


def test_pictures_before_the_first_known_time_are_dropped():
    given, n_corrected = run([None, None, 7.0, 8.0])
    assert given == [("picture 2", 0), ("picture 3", 1)]
    assert n_corrected == 2


@pytest.mark.parametrize("times", [[None] * 5, [3.0] * 5])
def test_no_step_is_invented_where_none_is_known(times):
    given, n_corrected = run(times)
    assert len(given) + n_corrected == 5
    assert len(given) <= 1
