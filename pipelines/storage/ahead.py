"""Items that come one after the other, the next ones made while somebody works on the last.

Belongs here: who works when. Does not: what the items are. Reading, packing and looking through large tables is the
work of libraries that let other Python go on meanwhile. The items, and their order, are the same as without.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

THREADS = 2
S = TypeVar("S")
T = TypeVar("T")


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The items in their order, each made one ahead; what making one raises comes in its place."""
    coming, end = iter(items), object()
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(next, coming, end)
        while (item := waiting.result()) is not end:
            waiting = beside.submit(next, coming, end)
            yield item  # type: ignore[misc]  # the end is none of them


def side_by_side(
    work: Callable[[S], T], items: Iterable[S], *, first_alone: bool = False, waiting_most: int = THREADS
) -> Generator[T]:
    """What `work` makes of each item, in their order, of `THREADS` at once; what it raises comes in its place.

    Items are asked for by the caller's thread. `first_alone`: the first is done before the second begins, where the
    work learns from it. `waiting_most`: how many are begun, done or not, before the caller has to take one.
    """
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            for number, item in enumerate(items):
                waiting.append(pool.submit(work, item))
                if len(waiting) > waiting_most or (first_alone and number == 0):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
