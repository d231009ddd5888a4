"""Kleene's three-valued logic."""

from itertools import product

import pytest

from tremorcam.interpret.logic import all_of, any_of, negate

TRUTHS = (True, False, None)


@pytest.mark.parametrize("truths", list(product(TRUTHS, repeat=3)))
def test_a_conclusion_is_known_exactly_when_no_unknown_could_change_it(truths):
    worlds = list(product(*([(t,) if t is not None else (True, False) for t in truths])))
    for ours, theirs in ((all_of, all), (any_of, any)):
        outcomes = {theirs(world) for world in worlds}
        assert ours(*truths) is (outcomes.pop() if len(outcomes) == 1 else None)


def test_empty_and_negation():
    assert all_of() is True
    assert any_of() is False
    assert [negate(t) for t in TRUTHS] == [False, True, None]
