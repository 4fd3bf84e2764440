"""A table that leaves is validated as far as something can have changed: with the same result as the whole of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pipeline import leaving
from pipelines.pipeline.leaving import leaving_errors
from pipelines.schema import TableSchema, load_table
from pipelines.schema.reserved import RESERVED_SCHEMA
from pipelines.tables import finish
from tests.schema.builders import a_project, a_table

NUMBERS = st.sampled_from(["1", "1.5", "1.50", "-0", "1e3", "12"]) | st.none()
DAYS = st.sampled_from(["2024-02-29", "1999-01-01"]) | st.none()
NOTES = st.sampled_from(["é", "à"]) | st.none()
ROWS = st.lists(st.tuples(NUMBERS, st.sampled_from(["1", "01", "007", "0010"]) | st.none(), DAYS, NOTES), max_size=6)


def a_schema(folder: Path, **more: object) -> TableSchema:
    project = a_project(folder)
    fields: list[dict[str, Any]] = [
        {"name": "id", "constraints": {"required": True, "pattern": "[0-9]+"}},
        {"name": "prix", "type": "number", "constraints": {"minimum": 1}},
        {"name": "nombre", "type": "integer", "constraints": {"minimum": 8}},
        {"name": "jour", "type": "date"},
        {"name": "note"},
    ]
    a_table(folder, "p/t", fields, **{"primaryKey": ["id"], **more})
    return load_table(project.schemas, "p", "t")


def a_text_table(schema: TableSchema, rows: list[tuple[str | None, ...]]) -> pa.Table:
    told = [(str(number), *row) for number, row in enumerate(rows)]
    columns = [pa.array([row[place] for row in told], pa.string()) for place in range(len(schema.names))]
    places = [pa.nulls(len(told), item.type) for item in RESERVED_SCHEMA]
    return pa.table([*columns, *places], names=[*schema.names, *RESERVED_SCHEMA.names])


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> TableSchema:
    return a_schema(tmp_path_factory.mktemp("schemas"))


@given(ROWS)
def test_the_errors_are_those_of_the_whole_table(schema: TableSchema, rows: list[tuple[str | None, ...]]) -> None:
    assembled = finish(schema, a_text_table(schema, rows), a_text_table(schema, []))
    of_all = leaving_errors(assembled, schema, {}, "p/t", is_as_validated=False)
    in_part = leaving_errors(assembled, schema, {}, "p/t", is_as_validated=True)
    others = {name: count for name, count in of_all.items() if name.rpartition(":")[2] in assembled.rewritten}
    assert in_part == others


def test_a_value_in_other_words_is_validated_in_them(schema: TableSchema) -> None:
    assembled = finish(schema, a_text_table(schema, [("1.5", "07", None, None)]), a_text_table(schema, []))
    assert assembled.rewritten == {"nombre"}
    assert leaving_errors(assembled, schema, {}, "p/t", is_as_validated=True) == {"constraint-error:nombre": 1}


def test_a_row_of_nothing_but_its_key_is_no_blank_one(schema: TableSchema) -> None:
    rows: list[tuple[str | None, ...]] = [("1.0", None, None, None), ("1", None, None, None), (None, None, None, None)]
    assembled = finish(schema, a_text_table(schema, rows), a_text_table(schema, []))
    assert assembled.rewritten == {"prix"}
    assert leaving_errors(assembled, schema, {}, "p/t", is_as_validated=True) == {}


@pytest.mark.parametrize(
    "more",
    [
        {"primaryKey": []},
        {"primaryKey": ["id", "nombre"]},
        {"foreignKeys": [{"fields": ["note"], "reference": {"resource": "", "fields": ["id"]}}]},
        {"custom_checks": [{"name": "french-siren-value", "params": {"column": "note"}}]},
    ],
    ids=["no key", "a key in other words", "rows that refer to rows", "a check of several columns"],
)
def test_what_hangs_together_is_validated_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    schema = a_schema(tmp_path, **more)
    assembled = finish(schema, a_text_table(schema, [("1", "07", None, None)]), a_text_table(schema, []))
    assert assembled.rewritten == {"nombre"}
    seen: list[list[str]] = []
    validate = vars(leaving)["validate"]

    def noted(table: pa.Table, *arguments: Any, **named: Any) -> Any:
        seen.append(table.column_names)
        return validate(table, *arguments, **named)

    monkeypatch.setattr(leaving, "validate", noted)
    leaving_errors(assembled, schema, {}, "p/t", is_as_validated=True)
    assert seen == [schema.names]


@pytest.mark.parametrize(("note", "errors"), [("0", {}), ("1", {"foreign-key:": 1})])
def test_rows_of_a_table_with_numbers_may_refer_to_each_other(
    tmp_path: Path, note: str, errors: dict[str, int]
) -> None:
    """A self-reference kept every table that has more than texts from being made."""
    schema = a_schema(tmp_path, foreignKeys=[{"fields": ["note"], "reference": {"resource": "", "fields": ["id"]}}])
    assembled = finish(schema, a_text_table(schema, [("1.5", "8", None, note)]), a_text_table(schema, []))
    assert leaving_errors(assembled, schema, {}, "p/t", is_as_validated=True) == errors
