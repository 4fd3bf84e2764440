"""Which rows stand when each has to find the rows that it names."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.schema import TableSchema, load_table
from pipelines.tables import own_keys, standing
from tests.schema.builders import a_project, a_table

FIELDS = ("id", "name", "chief", "next_id", "next_name")
CELLS = st.integers(0, 3).map(str)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS | st.none(), CELLS | st.none(), CELLS | st.none()), max_size=9)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> TableSchema:
    project = a_project(tmp_path_factory.mktemp("schemas"))
    fields = [{"name": name, "type": "integer" if name in ("id", "chief") else "string"} for name in FIELDS]
    keys = [
        {"fields": ["chief"], "reference": {"resource": "", "fields": ["id"]}},
        {"fields": ["next_id", "next_name"], "reference": {"resource": "", "fields": ["name", "name"]}},
    ]
    a_table(project.root, "p/t", fields, foreignKeys=keys)
    return load_table(project.schemas, "p", "t")


def text_table(rows: list[tuple[str | None, ...]]) -> pa.Table:
    return pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(FIELDS)})


@given(ROWS)
def test_a_row_falls_when_nobody_whom_it_names_is_left(schema: TableSchema, rows: list[tuple[str | None, ...]]) -> None:
    left = dict(enumerate(rows))
    while True:  # the definition, as slow as it is
        ids, names = {row[0] for row in left.values()}, {(row[1], row[1]) for row in left.values()}
        fallen = [
            place
            for place, row in left.items()
            if (row[2] is not None and row[2] not in ids) or (row[3:] != (None, None) and row[3:] not in names)
        ]
        if not fallen:
            break
        for place in fallen:
            del left[place]
    assert standing(text_table(rows), schema).tolist() == [place in left for place in range(len(rows))]


def test_a_long_line_of_rows_falls_together(schema: TableSchema) -> None:
    count = 50_000
    rows = [(str(number), "x", str(number - 1), None, None) for number in range(count)]
    assert not standing(text_table(rows), schema).any()
    rows[0] = ("0", "x", None, None, None)
    assert standing(text_table(rows), schema).all()
    assert len(own_keys(schema)) == 2
