"""Tables larger than memory are on disk, and are the same tables."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.storage import memory, spool
from pipelines.storage.spool import Spool, by_chunk, filtered, leave_out, pieces, places_where, put_in, read_large

WORDS = [f"mot {number % 7}" if number % 5 else None for number in range(40)]


def a_table() -> pa.Table:
    """Texts, texts that repeat under two dictionaries, numbers."""
    first, second = pa.array(WORDS[:15]).dictionary_encode(), pa.array(WORDS[15:]).dictionary_encode()
    columns = [pa.chunked_array([WORDS]), pa.chunked_array([first, second]), pa.chunked_array([range(40)])]
    return pa.Table.from_arrays(
        columns, schema=pa.schema(zip("abc", [c.type for c in columns], strict=True), {"k": "v"})
    )


@pytest.fixture
def memory_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LEAST", 64)
    monkeypatch.setenv("AROBASE_MEMORY", "64")
    monkeypatch.setattr(spool, "ROWS", 6)


def texts(table: pa.Table) -> dict[str, list[object]]:
    return table.to_pydict()


@pytest.mark.parametrize("limit", [0, 300, 1 << 20])
def test_rows_come_back_as_they_were_added(limit: int) -> None:
    table = a_table()
    kept = Spool(table.schema, limit)
    for start in range(0, 40, 7):
        kept.add(table.slice(start, 7))
    found = kept.table()
    assert found.schema.equals(table.schema, check_metadata=True)
    assert texts(found) == texts(table)
    leave_out()
    assert texts(found) == texts(table)


def test_its_file_has_no_name_and_lies_where_it_was_told(tmp_path: Path) -> None:
    put_in(tmp_path)
    kept = Spool(a_table().schema, 0)
    kept.add(a_table())
    file = kept._file
    assert file is not None
    assert os.fstat(file.fileno()).st_nlink == 0
    assert os.fstat(file.fileno()).st_dev == tmp_path.stat().st_dev
    assert list(tmp_path.iterdir()) == []
    assert kept.table().num_rows == 40


@pytest.mark.usefixtures("memory_is_small")
def test_rows_are_chosen_on_disk() -> None:
    table = a_table()
    mask = pa.array([number % 3 == 0 for number in range(40)])
    assert texts(filtered(table, mask)) == texts(table.filter(mask))
    assert texts(filtered(table, pa.chunked_array([mask[:9], mask[9:]]))) == texts(table.filter(mask))


@pytest.mark.usefixtures("memory_is_small")
def test_a_file_is_read_some_groups_at_a_time(tmp_path: Path) -> None:
    table = a_table().unify_dictionaries()
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=6)
    assert pq.read_metadata(tmp_path / "t.parquet").num_row_groups == 7
    found = read_large(tmp_path / "t.parquet")
    assert found.schema.equals(table.schema, check_metadata=True)
    assert texts(found) == texts(table)
    assert read_large(tmp_path / "t.parquet", ["c"]).column_names == ["c"]


def test_a_file_without_rows_is_read(tmp_path: Path) -> None:
    pq.write_table(a_table().slice(0, 0), tmp_path / "t.parquet")
    assert read_large(tmp_path / "t.parquet").num_rows == 0


def test_a_function_is_told_of_each_chunk() -> None:
    column = pa.chunked_array([WORDS[:3], WORDS[3:]], pa.string())
    assert by_chunk(column, lambda chunk: chunk.is_null()).to_pylist() == [word is None for word in WORDS]
    assert len(by_chunk(pa.chunked_array([], pa.string()), lambda chunk: chunk.is_null())) == 0


def test_columns_are_searched_some_rows_at_a_time_and_no_more_once_found() -> None:
    columns = [pa.chunked_array([["a"], ["b"]]), pa.chunked_array([["x"], ["x"]]), pa.chunked_array([["c"], ["x"]])]
    asked: list[str] = []

    def is_x(chunk: pa.Array) -> bool:
        asked.append(chunk[0].as_py())
        return asked[-1] == "x"

    assert places_where(columns, is_x) == [1, 2]
    assert asked == ["a", "x", "c", "b", "x"]
    assert places_where([pa.array(["a"]), pa.chunked_array([], pa.string())], is_x) == []
    assert places_where([], is_x) == []


def test_text_that_does_not_fit_in_one_chunk_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MOST", 40)
    kept = Spool(pa.schema([("a", pa.string())]), 0)
    kept.add(pa.table({"a": pa.array(WORDS, pa.string())}))
    found = kept.table().column("a")
    assert found.num_chunks > 8
    assert found.to_pylist() == WORDS


@pytest.mark.usefixtures("memory_is_small")
def test_rows_on_disk_are_asked_for_where_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows are a few pages of the file, and rows in memory none."""
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(spool, "_ask_for", lambda start, end, _: asked.append((start, end)))
    monkeypatch.setattr(spool, "ROWS", 6)
    kept = Spool(a_table().schema)
    kept.add(a_table())
    table = kept.table()
    found = [piece.to_pydict() for piece in pieces(table, 10)]
    assert found == [a_table().slice(start, 10).to_pydict() for start in range(0, 40, 10)]
    buffers = [buffer for column in table.columns for chunk in column.chunks for buffer in chunk.buffers() if buffer]
    assert {(item.address, item.address + item.size) for item in buffers} == set(asked)


def test_asking_for_more_than_a_file_is_asking_for_its_end() -> None:
    kept = Spool(pa.schema([("a", pa.int64())]), 0)
    kept.add(pa.table({"a": pa.array(range(5000), pa.int64())}))
    table = kept.table()
    tables = list(spool._tables.items())
    ((_, (first, behind)), *_) = tables
    spool._ask_for(behind - 8, behind + 80_000, tables)
    spool._ask_for(first + 5000, first + 5008, tables)
    spool._ask_for(behind + 1, behind + 2, [])
    assert table.column(0).to_pylist() == list(range(5000))
