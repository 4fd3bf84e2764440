"""Columns of more text than one chunk holds are reordered and joined like any other."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.storage import columns
from pipelines.storage.columns import in_one, read_whole, taken

WORDS = [f"mot {number}" if number % 5 else None for number in range(40)]
ORDER = pa.array([*range(39, -1, -3), 0, 0])


def cut(words: list[str | None], size: int) -> pa.ChunkedArray:
    return pa.chunked_array([words[start : start + size] for start in range(0, len(words), size)], pa.string())


@pytest.fixture
def a_chunk_holds_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MOST", 100)
    monkeypatch.setattr(columns, "ROWS", 7)
    monkeypatch.setattr(columns, "TAKEN", 4)


@pytest.mark.usefixtures("a_chunk_holds_little")
def test_a_column_too_large_for_a_chunk_is_reordered() -> None:
    found = taken(cut(WORDS, 9), ORDER)
    assert found.type == pa.string()
    assert found.to_pylist() == [WORDS[row] for row in ORDER.to_pylist()]


@pytest.mark.usefixtures("a_chunk_holds_little")
def test_its_chunks_do_not_depend_on_how_it_came() -> None:
    one, other = in_one(cut(WORDS, 9)), in_one(cut(WORDS, 40))
    assert [len(chunk) for chunk in one.chunks] == [len(chunk) for chunk in other.chunks] == [7, 7, 7, 7, 7, 5]
    assert one.to_pylist() == WORDS


def test_one_that_fits_is_one_chunk_dictionaries_too() -> None:
    assert in_one(cut(WORDS, 9)).num_chunks == 1
    repeated = pa.chunked_array([pa.array(["a", "b"]).dictionary_encode(), pa.array(["b", None]).dictionary_encode()])
    assert in_one(repeated).num_chunks == 1
    assert taken(repeated, pa.array([3, 2, 0])).to_pylist() == [None, "b", "a"]


@pytest.mark.usefixtures("a_chunk_holds_little")
def test_a_file_is_read_with_its_types_and_what_it_says_of_them(tmp_path: Path) -> None:
    fields = [pa.field("mot", pa.string(), metadata={"title": "Mot"}), pa.field("rang", pa.int64())]
    table = pa.Table.from_arrays([cut(WORDS, 40), pa.array(range(40))], schema=pa.schema(fields, {"title": "Mots"}))
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=6)
    found = read_whole(tmp_path / "t.parquet")
    assert found.equals(table, check_metadata=True)
    assert read_whole(tmp_path / "t.parquet", ["rang"]).column_names == ["rang"]


@pytest.mark.heavy
def test_more_than_two_gibibytes_of_text_in_one_column() -> None:
    """The ceiling itself: Arrow refuses to join or reorder such a column as it is."""
    words = pa.repeat("x" * 1000, 1_100_000)
    column = pa.chunked_array([words, words, pa.array(["y"])])
    with pytest.raises(pa.ArrowInvalid, match="offset overflow"):
        column.take(pa.array([0]))
    found = taken(column, pa.array([2_200_000, 0, 2_199_999]))
    assert [word[:1] for word in found.to_pylist()] == ["y", "x", "x"]
