"""Reading ahead: the next pictures are decoded while the last ones are being measured."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

Item = TypeVar("Item")

N_AHEAD = 6
"""Pictures that wait: enough to bridge what takes one picture longer than another."""


def read_ahead(items: Iterator[Item], *, n_ahead: int = N_AHEAD) -> Generator[Item]:
    """Give the same items in the same order, taken in a thread of their own.

    What goes wrong in the thread is raised here, at its place. Close the generator to stop
    the thread early.

    Parameters
    ----------
    items : iterator
        Nobody else may take from it meanwhile.
    n_ahead : int
        So many items at most are taken before they are asked for.
    """
    end = object()
    thread = ThreadPoolExecutor(1, thread_name_prefix="reader")
    try:
        waiting = deque(thread.submit(next, items, end) for _ in range(n_ahead))
        while (item := waiting.popleft().result()) is not end:
            waiting.append(thread.submit(next, items, end))
            yield item  # type: ignore[misc]
    finally:
        thread.shutdown(cancel_futures=True)
