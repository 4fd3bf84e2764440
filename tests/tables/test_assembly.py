"""Rows of several sources become one table in key order."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.registry import NameTaken, UnknownName
from pipelines.schema import TableSchema, load_table
from pipelines.tables import derivation, finish, gather
from pipelines.tables.registry import derived
from tests.schema.builders import a_project, a_table


def a_schema(folder: Path, **more: object) -> TableSchema:
    project = a_project(folder)
    fields = [{"name": "id", "type": "integer"}, {"name": "couleur", "codelist": "couleurs"}, {"name": "note"}]
    a_table(folder, "p/t", fields, **{"primaryKey": ["id"], **more})
    return load_table(project.schemas, "p", "t")


def rows(source: str, *lines: tuple[str | None, ...], names: tuple[str, ...] = ("id", "couleur", "note")) -> pa.Table:
    columns = {name: pa.array([line[i] for line in lines], pa.string()) for i, name in enumerate(names)}
    count = len(lines)
    places = [pa.array([source] * count), pa.array(["e" * 64] * count), pa.array(["a"] * count)]
    table = pa.table({**columns, **dict(zip(("_source", "_snapshot", "_part"), places, strict=True))})
    return table.append_column("_position", pa.array(range(2, count + 2), pa.int64()))


def test_fields_that_no_source_fills_are_there_and_empty(tmp_path: Path):
    gathered, again = gather(a_schema(tmp_path), [rows("s", ("1",), names=("id",))])
    assert gathered.select(["id", "couleur", "note"]).to_pylist() == [{"id": "1", "couleur": None, "note": None}]
    assert again.num_rows == 0


def test_a_table_without_rows_has_its_columns(tmp_path: Path):
    schema = a_schema(tmp_path)
    gathered, again = gather(schema, [])
    finished = finish(schema, gathered, again)
    assert finished.table.column_names == ["id", "couleur", "note"]
    assert finished.table.num_rows == finished.provenance.num_rows == 0


def test_the_same_row_said_twice_is_kept_once_with_both_places(tmp_path: Path):
    schema = a_schema(tmp_path)
    gathered, again = gather(schema, [rows("b", ("2", "vert", "x"), ("1", None, None)), rows("a", ("2", "vert", "x"))])
    assert gathered.column("id").to_pylist() == ["2", "1"]
    finished = finish(schema, gathered, again)
    assert finished.table.column("id").to_pylist() == [1, 2]
    assert finished.provenance.select(["id", "_source", "_position"]).to_pylist() == [
        {"id": "1", "_source": "b", "_position": 3},
        {"id": "2", "_source": "a", "_position": 2},
        {"id": "2", "_source": "b", "_position": 2},
    ]


def test_two_rows_with_the_same_key_that_differ_are_left_to_the_validator(tmp_path: Path):
    gathered, again = gather(a_schema(tmp_path), [rows("a", ("1", "vert", "x")), rows("b", ("1", "rouge", "x"))])
    assert gathered.column("couleur").to_pylist() == ["vert", "rouge"]
    assert again.num_rows == 0


def test_keys_are_ordered_by_value_not_by_text(tmp_path: Path):
    schema = a_schema(tmp_path)
    gathered, again = gather(schema, [rows("a", ("10", None, None), ("9", None, None), ("-1", None, None))])
    assert finish(schema, gathered, again).table.column("id").to_pylist() == [-1, 9, 10]


def test_code_lists_are_ordered_by_their_text(tmp_path: Path):
    schema = a_schema(tmp_path, primaryKey=["couleur", "id"])
    gathered, again = gather(schema, [rows("a", ("1", "vert", None), ("2", "rouge", None), ("1", "rouge", None))])
    table = finish(schema, gathered, again).table
    assert list(zip(table.column("couleur").to_pylist(), table.column("id").to_pylist(), strict=True)) == [
        ("rouge", 1),
        ("rouge", 2),
        ("vert", 1),
    ]


def test_a_repetition_of_a_refused_row_goes_with_it(tmp_path: Path):
    schema = a_schema(tmp_path)
    gathered, again = gather(schema, [rows("a", ("1", None, "x"), ("2", None, "y")), rows("b", ("1", None, "x"))])
    finished = finish(schema, gathered.slice(1), again)
    assert finished.provenance.column("id").to_pylist() == ["2"]


def test_a_table_without_a_key_keeps_the_order_of_its_rows(tmp_path: Path):
    schema = a_schema(tmp_path, primaryKey=[])
    gathered, again = gather(schema, [rows("a", ("2", None, None), ("1", None, None), ("2", None, None))])
    finished = finish(schema, gathered, again)
    assert finished.table.column("id").to_pylist() == [2, 1, 2]
    assert finished.provenance.column("_row").to_pylist() == [0, 1, 2]


LINES = st.lists(
    st.tuples(st.integers(0, 5).map(str), st.sampled_from(["rouge", "vert", None]), st.sampled_from(["x", None])),
    max_size=12,
)


@given(first=LINES, second=LINES)
def test_every_place_is_kept_and_no_row_twice(tmp_path_factory: pytest.TempPathFactory, first: list, second: list):
    schema = a_schema(tmp_path_factory.mktemp("projet"))
    sources = [rows(name, *lines) for name, lines in (("a", first), ("b", second)) if lines]
    gathered, again = gather(schema, sources)
    distinct = gathered.select(["id", "couleur", "note"]).to_pylist()
    assert len(distinct) == len({tuple(line.values()) for line in distinct})
    assert gathered.num_rows + again.num_rows == len(first) + len(second)


def test_a_derivation_is_found_by_its_name_and_no_two_share_one():
    @derived("essai-de-derivation")
    def _first(tables, _project):
        return tables["p/t"]

    assert derivation("essai-de-derivation") is _first
    with pytest.raises(NameTaken, match="essai-de-derivation"):
        derived("essai-de-derivation")(lambda tables, _project: tables["p/t"])
    with pytest.raises(UnknownName, match=r'"essai-de-derivatio" is not .*; perhaps "essai-de-derivation"; known'):
        derivation("essai-de-derivatio")
