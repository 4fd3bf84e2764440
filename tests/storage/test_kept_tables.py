"""Tables between two stages come back as they were written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.storage import kept_tables, memory, spool
from pipelines.storage.kept_tables import ROWS, Packing, TableFile, packing_of, read_kept, write_kept

WORDS = [f"mot {number % 7}" if number % 5 else None for number in range(40)]


def a_table() -> pa.Table:
    """Every type of a published table; texts that repeat under two dictionaries."""
    halves = [pa.array(some).dictionary_encode() for some in (WORDS[:15], WORDS[15:])]
    columns = [
        pa.chunked_array([pa.array(WORDS)]),
        pa.chunked_array(halves),
        pa.chunked_array([pa.array(range(40))]),
        pa.chunked_array([pa.array([0.1, None] * 20)]),
        pa.chunked_array([pa.array([True, None] * 20)]),
        pa.chunked_array([pa.array([date(2026, 3, 1)] * 40)]),
        pa.chunked_array([pa.array([datetime(2026, 3, 1, tzinfo=UTC)] * 40, pa.timestamp("s", tz="UTC"))]),
        pa.chunked_array([pa.array([Decimal("1.50")] * 40, pa.decimal128(18, 2))]),
    ]
    named = zip("abcdefgh", columns, strict=True)
    fields = [pa.field(name, item.type, metadata={"title": name}) for name, item in named]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, {"title": "Des mots"}))


@pytest.fixture(params=["in memory", "on disk"])
def _place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "on disk":
        monkeypatch.setattr(memory, "LEAST", 64)
        monkeypatch.setenv("AROBASE_MEMORY", "64")
        monkeypatch.setattr(spool, "ROWS", 6)
        monkeypatch.setattr(kept_tables, "ROWS", 6)


@pytest.mark.usefixtures("_place")
def test_a_table_comes_back_with_its_types_and_what_is_said_of_it(tmp_path: Path) -> None:
    write_kept(a_table(), tmp_path / "t.arrow")
    found = read_kept(tmp_path / "t.arrow")
    assert found.schema.equals(a_table().schema, check_metadata=True)
    assert found.to_pydict() == a_table().to_pydict()


@pytest.mark.usefixtures("_place")
def test_some_columns_are_read_in_the_order_that_they_were_asked_for(tmp_path: Path) -> None:
    write_kept(a_table(), tmp_path / "t.arrow")
    found = read_kept(tmp_path / "t.arrow", ["c", "b"])
    assert found.to_pydict() == a_table().select(["c", "b"]).to_pydict()
    assert found.schema.metadata == a_table().schema.metadata


@pytest.mark.usefixtures("_place")
def test_rows_may_come_one_after_the_other(tmp_path: Path) -> None:
    table = a_table()
    with TableFile(tmp_path / "t.arrow", table.schema) as file:
        for start in range(0, 40, 9):
            file.add(table.slice(start, 9))
    assert read_kept(tmp_path / "t.arrow").to_pydict() == table.to_pydict()


def test_a_small_table_is_in_one_chunk(tmp_path: Path) -> None:
    write_kept(a_table(), tmp_path / "t.arrow")
    assert {column.num_chunks for column in read_kept(tmp_path / "t.arrow").columns} == {1}


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    write_kept(a_table().slice(0, 0), tmp_path / "t.arrow")
    assert read_kept(tmp_path / "t.arrow").schema.equals(a_table().schema, check_metadata=True)
    assert read_kept(tmp_path / "t.arrow").num_rows == 0


def test_equal_tables_are_equal_files(tmp_path: Path) -> None:
    """A result is named by the bytes of its files on every machine that made it."""
    whole = a_table().unify_dictionaries().combine_chunks()
    write_kept(whole, tmp_path / "a.arrow")
    write_kept(pa.concat_tables([whole.slice(0, 13), whole.slice(13)]), tmp_path / "b.arrow")
    write_kept(whole, tmp_path / "c.arrow")
    assert (tmp_path / "a.arrow").read_bytes() == (tmp_path / "c.arrow").read_bytes()
    assert read_kept(tmp_path / "a.arrow").equals(read_kept(tmp_path / "b.arrow"))


def few_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LEAST", 64)
    monkeypatch.setenv("AROBASE_MEMORY", "64")


def test_a_large_table_is_read_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few_bytes(monkeypatch)
    write_kept(a_table(), tmp_path / "t.arrow")
    monkeypatch.setattr(kept_tables, "Spool", None)  # a second table on disk
    assert read_kept(tmp_path / "t.arrow", ["b", "a"]).to_pydict() == a_table().select(["b", "a"]).to_pydict()


def test_a_table_that_was_large_is_in_one_chunk_where_there_is_room(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        few_bytes(monkeypatch)
        write_kept(a_table(), tmp_path / "t.arrow")
    found = read_kept(tmp_path / "t.arrow")
    assert {column.num_chunks for column in found.columns} == {1}
    assert found.schema.equals(a_table().schema, check_metadata=True)
    assert found.to_pydict() == a_table().to_pydict()


@pytest.mark.parametrize("packing", Packing)
def test_every_packing_gives_the_same_rows(tmp_path: Path, packing: Packing) -> None:
    with TableFile(tmp_path / "t.arrow", a_table().schema, packing) as file:
        file.add(a_table())
    found = read_kept(tmp_path / "t.arrow")
    assert found.to_pydict() == a_table().to_pydict()
    assert found.schema.equals(a_table().schema, check_metadata=True)


def test_a_table_of_many_rows_is_packed_where_it_is_sent_only() -> None:
    assert packing_of(ROWS + 1, is_sent=False) is Packing.NONE
    assert packing_of(ROWS + 1, is_sent=True) is packing_of(ROWS, is_sent=False) is Packing.FAST
