"""Items that come one after the other, the next one made while somebody works on the last.

Belongs here: one thread, one item ahead. Does not: what the items are. Reading and packing large tables is the work of
libraries that let other Python go on meanwhile. The items, and their order, are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The items in their order; what making one raises comes in its place."""
    coming, end = iter(items), object()
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(next, coming, end)
        while (item := waiting.result()) is not end:
            waiting = beside.submit(next, coming, end)
            yield item  # type: ignore[misc]  # the end is none of them
