"""Items ahead of whoever takes them: the same ones in the same order, and errors in their places."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pipelines.storage.ahead import THREADS, ahead, side_by_side


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


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
@pytest.mark.parametrize("first_alone", [False, True])
def test_what_is_done_side_by_side_comes_in_the_order_of_the_items(count: int, first_alone: bool) -> None:
    assert list(side_by_side(str, range(count), first_alone=first_alone)) == list(map(str, range(count)))


def test_items_are_worked_on_at_once() -> None:
    together = threading.Barrier(THREADS, timeout=30)
    assert list(side_by_side(lambda _: together.wait() >= 0, range(2 * THREADS))) == [True] * 2 * THREADS


def test_the_second_item_waits_for_the_first_where_the_work_learns_from_it() -> None:
    begun: list[int] = []
    coming = side_by_side(begun.append, range(5), first_alone=True)
    next(coming)
    assert begun == [0]
    coming.close()


@pytest.mark.parametrize("waiting_most", [1, 2, 4])
def test_no_more_are_begun_than_may_wait(waiting_most: int) -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(20):
            asked.append(number)
            yield number

    coming = side_by_side(int, items(), waiting_most=waiting_most)
    assert next(coming) == 0
    assert len(asked) == waiting_most + 1
    coming.close()


def test_what_the_work_or_an_item_raises_comes_in_its_place() -> None:
    coming = side_by_side(lambda number: 1 // number, [1, 1, 0, 1])
    assert [next(coming), next(coming)] == [1, 1]
    with pytest.raises(ZeroDivisionError):
        next(coming)

    def items() -> Iterator[int]:
        yield 1
        raise ValueError("the second")

    with pytest.raises(ValueError, match="the second"):
        list(side_by_side(int, items()))
