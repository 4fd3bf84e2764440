"""One item ahead: the same items in the same order, and errors in their places."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pipelines.storage.ahead import ahead


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_the_items_come_in_their_order(count: int) -> None:
    assert list(ahead(iter(range(count)))) == list(range(count))


def test_an_item_may_be_nothing() -> None:
    assert list(ahead([None, 0, "", None])) == [None, 0, "", None]


def test_what_making_an_item_raises_comes_in_its_place() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("the third")

    coming = ahead(items())
    assert [next(coming), next(coming)] == [1, 2]
    with pytest.raises(ValueError, match="the third"):
        next(coming)


def test_the_next_item_is_made_while_one_is_worked_on_and_no_other() -> None:
    made: list[int] = []
    second_is_made = threading.Event()

    def items() -> Iterator[int]:
        for number in range(5):
            made.append(number)
            if number == 1:
                second_is_made.set()
            yield number

    coming = ahead(items())
    assert next(coming) == 0
    assert second_is_made.wait(30)
    coming.close()
    assert made == [0, 1]
