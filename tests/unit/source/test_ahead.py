import threading

import pytest

from tremorcam.source.ahead import N_AHEAD, read_ahead


def test_everything_comes_in_order():
    assert list(read_ahead(iter(range(50)))) == list(range(50))
    assert list(read_ahead(iter(()))) == []


def test_no_more_is_taken_than_may_wait():
    taken = []

    def items():
        for i in range(100):
            taken.append(i)
            yield i

    ahead = read_ahead(items(), n_ahead=3)
    for _ in range(5):
        next(ahead)
    ahead.close()
    assert len(taken) <= 5 + 3


def test_an_error_is_raised_at_its_place():
    def items():
        yield 1
        raise ValueError("broken")

    ahead = read_ahead(items())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="broken"):
        next(ahead)


def test_closing_ends_the_thread():
    ahead = read_ahead(iter(range(10 * N_AHEAD)))
    next(ahead)
    assert any(thread.name.startswith("reader") for thread in threading.enumerate())
    ahead.close()
    assert not any(thread.name.startswith("reader") for thread in threading.enumerate())
