"""Accepted rows of a table in memory are rows of that table: those that nobody has to explain are not read again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.validation import blocks, validate
from pipelines.validation.blocks import TableSource

SCHEMA = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]}


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The first row of each block, as often as it was read."""
    found: list[int] = []
    whole = TableSource._blocks

    def noted(source: TableSource) -> Iterator[Any]:
        for block in whole(source):
            found.append(block.first)
            yield block

    monkeypatch.setattr(TableSource, "_blocks", noted)
    monkeypatch.setattr(blocks, "ROWS", 4)
    return found


def a_table(values: list[str]) -> pa.Table:
    return pa.table({"a": values, "b": [f"b{value}" for value in values], "_carried": list(range(len(values)))})


def test_a_table_without_a_fault_is_read_once_and_accepted_as_it_is(readings: list[int]) -> None:
    table = a_table([str(number) for number in range(20)])
    found = validate(table, SCHEMA)
    assert found.path == "proof"
    assert readings == [0, 4, 8, 12, 16]
    assert found.accepted == table
    assert found.accepted is not None
    assert {column.num_chunks for column in found.accepted.columns} <= {1, 2}  # the rows, and none behind them


@given(st.lists(st.sampled_from(["1", "2", "x"]), max_size=30))
def test_the_accepted_rows_are_those_without_a_fault_in_their_order(values: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "ROWS", 4)
        table = a_table(values)
        found = validate(table, SCHEMA)
    kept = [place for place, value in enumerate(values) if value != "x"]
    refused = [place for place, value in enumerate(values) if value == "x"]
    assert found.accepted is not None
    assert found.rejected is not None
    assert found.accepted.column("_carried").to_pylist() == kept
    assert found.rejected.column("_carried").to_pylist() == refused


def test_who_is_given_the_accepted_rows_gets_them_some_at_a_time(readings: list[int]) -> None:
    given_rows: list[int] = []
    table = a_table([str(number) for number in range(10)])
    validate(table, SCHEMA, keep=False, accept=lambda rows: given_rows.append(rows.num_rows))
    assert given_rows == [4, 4, 2]
    assert readings == [0, 4, 8, 0, 4, 8]
