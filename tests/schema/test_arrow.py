"""Text to types and back."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.schema import TableSchema, load_table
from pipelines.schema.arrow import arrow_schema, as_text, typed
from tests.schema.builders import a_project, a_table

FIELDS = [
    {"name": "mot", "description": "Un mot"},
    {"name": "code", "codelist": "couleurs", "constraints": {"required": True}},
    {"name": "entier", "type": "integer"},
    {"name": "nombre", "type": "number"},
    {"name": "exact", "type": "number", "scale": 2},
    {"name": "vrai", "type": "boolean"},
    {"name": "jour", "type": "date"},
    {"name": "instant", "type": "datetime"},
    {"name": "annee", "type": "year"},
    {"name": "lieu", "type": "geopoint"},
]
ROW = ["é", "vert", "-12", "0.1", "3.50", "true", "2024-02-29", "2021-02-25T12:30:00Z", "2009", "1.5,2.5"]


@pytest.fixture
def table_schema(tmp_path: Path) -> TableSchema:
    project = a_project(tmp_path)
    a_table(tmp_path, "p/t", FIELDS)
    return load_table(project.schemas, "p", "t")


def rows(*lines: list[str | None]) -> pa.Table:
    names = [field["name"] for field in FIELDS]
    return pa.table({name: pa.array([line[i] for line in lines], pa.string()) for i, name in enumerate(names)})


def test_each_field_has_the_type_that_keeps_its_values(table_schema: TableSchema):
    kinds = [field.type for field in arrow_schema(table_schema)]
    assert kinds == [
        pa.string(),
        pa.dictionary(pa.int32(), pa.string()),
        pa.int64(),
        pa.float64(),
        pa.decimal128(18, 2),
        pa.bool_(),
        pa.date32(),
        pa.timestamp("s", tz="UTC"),
        pa.int16(),
        pa.string(),
    ]
    assert arrow_schema(table_schema).field("mot").metadata[b"description"] == b"Un mot"
    assert not arrow_schema(table_schema).field("code").nullable


def test_text_survives_types_and_back(table_schema: TableSchema):
    text = rows(ROW, [None, "rouge", *[None] * 8])
    assert as_text(typed(text, table_schema)).to_pylist() == text.to_pylist()


def test_text_that_is_not_of_the_type_is_refused(table_schema: TableSchema):
    with pytest.raises(pa.ArrowInvalid):
        typed(rows(["é", "vert", "douze", *ROW[3:]]), table_schema)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_written_so_that_it_reads_back(value: float):
    text = as_text(pa.table({"x": pa.array([value], pa.float64())})).column("x")[0].as_py()
    assert float(text) == value
