"""Valid cells that no typed column holds, and those that are written another way."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.schema import TableSchema, load_table
from pipelines.schema.arrow import as_text, typed
from pipelines.tables import held
from tests.schema.builders import a_project, a_table


def a_schema(folder: Path, kind: str, *, key: bool = False, **more: Any) -> TableSchema:
    project = a_project(folder)
    a_table(folder, "p/t", [{"name": "a", "type": kind, **more}], **({"primaryKey": ["a"]} if key else {}))
    return load_table(project.schemas, "p", "t")


def a_column(*cells: str | None) -> pa.Table:
    return pa.table({"a": pa.chunked_array([[None], [], [*cells]], pa.string())})


def published(schema: TableSchema, *cells: str | None) -> list[str | None]:
    """What the cells that are held are published as."""
    rows, unheld = held(a_column(*cells), schema)
    assert [one.row for one in unheld] == sorted({one.row for one in unheld})
    found: list[str | None] = as_text(typed(rows, schema)).column("a").to_pylist()
    return found[1:]


@pytest.mark.parametrize(
    ("kind", "more", "cell", "text"),
    [
        ("integer", {}, "+5", "5"),
        ("integer", {}, " 5", "5"),
        ("integer", {}, "007", "7"),
        ("integer", {}, "9223372036854775807", "9223372036854775807"),
        ("number", {}, "1e3", "1000"),
        ("number", {}, "1E-7", "1e-07"),
        ("number", {}, "0e-400", "0"),
        ("number", {}, "2.3522219000000177", "2.3522219000000177"),
        ("number", {}, "48.8566140000000000000000", "48.856614"),
        ("number", {}, "+1.5", "1.5"),
        ("number", {"scale": 2}, "1.5", "1.50"),
        ("datetime", {}, "2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
        ("datetime", {}, "2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00Z"),
        ("datetime", {}, "2024-05-01T00:30:00+0200", "2024-04-30T22:30:00Z"),
        ("boolean", {}, "True", "true"),
        ("boolean", {"trueValues": ["oui"], "falseValues": ["non"]}, "non", "false"),
        ("date", {}, "0001-01-01", "0001-01-01"),
        ("year", {}, "2024", "2024"),
    ],
)
def test_a_value_that_its_type_holds_is_published_as_that_value(
    tmp_path: Path, kind: str, more: dict[str, Any], cell: str, text: str
) -> None:
    assert published(a_schema(tmp_path, kind, **more), cell, None) == [text, None]


@pytest.mark.parametrize(
    ("kind", "more", "cell", "why"),
    [
        ("integer", {}, "9223372036854775808", "64 bits"),
        ("integer", {}, "1_000", "other signs"),
        ("number", {}, "1e400", "finite"),
        ("number", {}, "NaN", "finite"),
        ("number", {}, "-INF", "finite"),
        ("number", {}, "1_0", "other signs"),
        ("number", {}, "12345678901234567.89", "exactly"),
        ("number", {}, "0.1234567890123456789", "exactly"),
        ("number", {}, "1e-400", "exactly"),
        ("number", {}, "1.23456789e-320", "exactly"),
        ("number", {"scale": 2}, "1.234", "2 decimals"),
        ("number", {"scale": 2}, "99999999999999999.99", "18 digits"),
        ("datetime", {}, "2024-05-01T10:00:00", "time zone"),
        ("datetime", {}, "2024-05-01T10:00:00.5Z", "fraction"),
        ("datetime", {}, "0001-01-01T00:00:00+14:00", "calendar"),
        ("date", {"format": "%d/%m/%Y"}, "01/05/2024", "another way"),
        ("year", {}, "0044", "four digits"),
    ],
)
def test_a_value_that_its_type_does_not_hold_costs_its_row_with_the_reason(
    tmp_path: Path, kind: str, more: dict[str, Any], cell: str, why: str
) -> None:
    schema = a_schema(tmp_path, kind, **more)
    rows, unheld = held(a_column(None, cell, None), schema)
    assert [(one.row, one.field, one.cell) for one in unheld] == [(2, "a", cell)]
    assert why in unheld[0].found.en
    assert typed(rows, schema).num_rows == 3


@pytest.mark.parametrize("how", [{"key": True}, {"constraints": {"unique": True}}], ids=["key", "unique"])
@pytest.mark.parametrize(("kind", "cell"), [("integer", "+5"), ("datetime", "2024-05-01T10:00:00+02:00")])
def test_a_key_that_is_written_another_way_is_refused(
    tmp_path: Path, kind: str, cell: str, how: dict[str, Any]
) -> None:
    """Whether another row has the same key was asked of the texts."""
    _rows, unheld = held(a_column(cell), a_schema(tmp_path, kind, **how))
    assert [one.found.en for one in unheld] == ["written in another way"]


NUMBERS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.from_regex(r"-?[0-9]{1,25}(\.[0-9]{1,25})?(e[+-]?[0-9]{1,3})?", fullmatch=True),
)


@given(st.lists(NUMBERS, max_size=5))
@example(["1e-400", "1"])
def test_a_number_is_published_exactly_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    schema = a_schema(tmp_path_factory.mktemp("s"), "number")
    rows, unheld = held(a_column(*cells), schema)
    left_out = {one.row for one in unheld}
    kept = [cell for row, cell in enumerate(cells, start=1) if row not in left_out]
    told = as_text(typed(rows, schema)).column("a").to_pylist()[1:]
    assert [Decimal(text) for text in told] == [Decimal(cell) for cell in kept]


@given(st.lists(st.datetimes(timezones=st.timezones()), max_size=5))
def test_an_instant_is_published_as_the_same_instant_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, moments: list[datetime]
) -> None:
    schema = a_schema(tmp_path_factory.mktemp("s"), "datetime")
    rows, unheld = held(a_column(*(moment.isoformat() for moment in moments)), schema)
    left_out = {one.row for one in unheld}
    kept = [moment for row, moment in enumerate(moments, start=1) if row not in left_out]
    told = typed(rows, schema).column("a").to_pylist()[1:]
    assert told == [moment.astimezone(UTC) for moment in kept]
