"""Three-valued logic: true, false, and ``None`` for what cannot be known.

Kleene's strong logic: a conclusion is known only where no unknown could change it. It is
what keeps "could not be assessed" from turning into "is not there".
"""

from __future__ import annotations

Truth = bool | None


def all_of(*truths: Truth) -> Truth:
    """Conjunction: false once one is false, else unknown once one is unknown.

    >>> all_of(True, None), all_of(False, None)
    (None, False)
    """
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


def any_of(*truths: Truth) -> Truth:
    """Disjunction: true once one is true, else unknown once one is unknown.

    >>> any_of(True, None), any_of(False, None)
    (True, None)
    """
    return negate(all_of(*(negate(truth) for truth in truths)))


def negate(truth: Truth) -> Truth:
    """Negation: the unknown stays unknown.

    >>> negate(True), negate(None)
    (False, None)
    """
    return None if truth is None else not truth


def not_contradicted(truth: Truth) -> bool:
    """Whether it is true or unknown, for criteria that support but are not needed.

    >>> not_contradicted(None), not_contradicted(False)
    (True, False)
    """
    return truth is not False
