"""Tables are put in order on disk as they are in memory."""

from __future__ import annotations

import random

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.storage import memory, sorting, spool
from pipelines.storage.sorting import in_order


@pytest.fixture(params=[300, 1000])
def memory_is_small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LEAST", request.param)
    monkeypatch.setenv("AROBASE_MEMORY", "1")
    monkeypatch.setattr(spool, "ROWS", 16)
    monkeypatch.setattr(sorting, "ROWS", 16)
    monkeypatch.setattr(sorting, "SAMPLED", 3)


def a_table(rows: int, kinds: int, seed: int) -> pa.Table:
    """Two columns to order by, of `kinds` values each, some absent; and the row, which tells ties apart."""
    chance = random.Random(seed)
    names = [chance.choice([None, *(f"é{n}" for n in range(kinds))]) for _ in range(rows)]
    numbers = [chance.choice([None, *range(-kinds, kinds)]) for _ in range(rows)]
    told = pa.array([f"source {n % 3}" for n in range(rows)]).dictionary_encode()
    return pa.table({"name": pa.array(names, pa.string()), "number": numbers, "row": range(rows), "told": told})


def by_both(some: pa.Table) -> pa.Table:
    return some.select(["name", "number"])


@pytest.mark.usefixtures("memory_is_small")
@pytest.mark.parametrize("kinds", [1, 3, 1000])
@pytest.mark.parametrize("rows", [0, 1, 15, 16, 17, 700])
def test_the_order_is_that_of_a_stable_sort(rows: int, kinds: int) -> None:
    table = a_table(rows, kinds, seed=rows + kinds)
    found = in_order(table, by_both).to_pylist()

    def rank(row: dict[str, object]) -> tuple[object, ...]:
        name, number = row["name"], row["number"]
        return (name is None, str(name).encode(), number is None, number or 0)

    assert found == sorted(table.to_pylist(), key=rank)


@pytest.mark.usefixtures("memory_is_small")
@pytest.mark.parametrize("kinds", [1, 3, 1000])
@pytest.mark.parametrize("rows", [0, 16, 700])
def test_rows_may_become_others_on_the_way(rows: int, kinds: int) -> None:
    table = a_table(rows, kinds, seed=rows + kinds)

    def longer(some: pa.Table) -> pa.Table:
        doubled = pc.multiply(some.column("row").cast(pa.int64()), 2)
        return some.append_column("doubled", doubled)

    found = in_order(table, by_both, longer)
    assert found.schema == longer(table.slice(0, 0)).schema
    assert found.equals(longer(in_order(table, by_both)))


@pytest.mark.usefixtures("memory_is_small")
def test_rows_of_one_key_stay_as_they_came() -> None:
    table = pa.table({"name": ["a"] * 500 + [None], "row": range(501)})
    assert in_order(table, lambda some: some.select(["name"])).column("row").to_pylist() == list(range(501))


@pytest.mark.usefixtures("memory_is_small")
def test_a_key_that_most_rows_have_does_not_stop_it() -> None:
    rows = [*["m"] * 300, "a", *["m"] * 300, "z", "a"]
    table = pa.table({"name": rows, "row": range(len(rows))})
    found = in_order(table, lambda some: some.select(["name"]))
    assert found.column("name").to_pylist() == sorted(rows)
    assert found.column("row").to_pylist()[:2] == [300, 602]


@pytest.mark.usefixtures("memory_is_small")
def test_floats_without_a_number_stand_where_arrow_puts_them() -> None:
    values = [float("nan"), 2.0, None, -1.0, float("inf")] * 60
    table = pa.table({"x": pa.array(values, pa.float64()), "row": range(300)})
    expected = table.take(sorting.order_of(table.select(["x"])))
    assert in_order(table, lambda some: some.select(["x"])).column("row").equals(expected.column("row"))
