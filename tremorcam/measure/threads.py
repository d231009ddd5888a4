"""How many threads the linear algebra may use."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Keep numpy's and scipy's linear algebra to one thread; a decorator as well.

    Matrices here have a few hundred rows. Beside another program, threads that share such small
    work wait for each other in busy loops: ten times the processor time was measured. And one
    thread sums in the same order on any number of cores.
    """
    with threadpool_limits(1, user_api="blas"):
        yield
