"""A table larger than memory takes its one form on disk, and its files are those of the same table in memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.releases import canonical as module
from pipelines.releases.canonical import canonical, is_ascending, key_text
from pipelines.releases.csvfile import write_csv, write_excel_csv
from pipelines.releases.diff import Side, difference
from pipelines.releases.parquet import write_parquet
from pipelines.schema.arrow import arrow_schema
from pipelines.schema.tables import TableSchema, parse_table
from pipelines.storage import memory, sorting, spool
from tests.releases.builders import field

KINDS = {"jour": "date", "vu": "datetime", "nombre": "integer", "part": "number", "prix": "number", "sur": "boolean"}
NAMES = ("code", "nom", *KINDS, "genre")


def a_schema(key: tuple[str, ...]) -> TableSchema:
    fields = [field(name, KINDS.get(name, "string")) for name in NAMES]
    fields[6]["scale"] = 2
    return parse_table({"fields": fields, **({"primaryKey": list(key)} if key else {})}, "t", "t.json", Path())


def a_table(rows: int, schema: TableSchema, *, seed: int = 3) -> pa.Table:
    chance = random.Random(seed)
    columns: dict[str, list[Any]] = {
        "code": [f"c{n:04d} | é\\{n % 3}" for n in range(rows)],
        "nom": [chance.choice(["", None, "=1+1", 'dit "oui"\nà, 5', "b"]) for _ in range(rows)],
        "jour": [chance.choice([None, date(2026, 1, 1) + timedelta(n)]) for n in range(rows)],
        "vu": [chance.choice([None, datetime(2026, 1, 1, 4, n % 60, tzinfo=UTC)]) for n in range(rows)],
        "nombre": [chance.choice([None, n - 20]) for n in range(rows)],
        "part": [chance.choice([None, n / 7, 1e20]) for n in range(rows)],
        "prix": [chance.choice([None, Decimal(n) / 100]) for n in range(rows)],
        "sur": [chance.choice([None, True, False]) for _ in range(rows)],
        "genre": [chance.choice(["", None, "z", "a", "m"]) for _ in range(rows)],
    }
    order = list(range(rows))
    chance.shuffle(order)
    target = arrow_schema(schema)
    arrays = [pa.array([columns[item.name][row] for row in order], item.type) for item in target]
    arrays[-1] = arrays[-1].dictionary_encode()
    return pa.table(arrays, names=target.names)


@pytest.fixture
def on_disk() -> Iterator[pytest.MonkeyPatch]:
    """To be entered once what is compared with was made in memory."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def memory_is_small(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(memory, "LEAST", 400)
    patch.setenv("AROBASE_MEMORY", "1")
    for place in (module, spool, sorting):
        patch.setattr(place, "ROWS", 9)


@pytest.mark.parametrize("key", [("code",), ("genre", "nombre", "code"), ("vu", "code"), ()])
@pytest.mark.parametrize("rows", [1, 9, 10, 130])
def test_files_are_the_same(rows: int, key: tuple[str, ...], on_disk: pytest.MonkeyPatch, tmp_path: Path) -> None:
    schema = a_schema(key)
    table = a_table(rows, schema)
    expected = canonical(table, schema)
    writers = (write_csv, write_excel_csv, write_parquet)
    files = [write(expected, tmp_path / f"{place}") for place, write in enumerate(writers)]
    memory_is_small(on_disk)
    found = canonical(table, schema)
    assert found.schema.equals(expected.schema, check_metadata=True)
    assert [write(found, tmp_path / f"{place}") for place, write in enumerate(writers)] == files
    again = canonical(found, schema)
    assert again.equals(found)


@pytest.mark.parametrize("key", [("code",), ("nombre", "code"), ("vu", "genre")])
def test_keys_and_differences_are_the_same(key: tuple[str, ...], on_disk: pytest.MonkeyPatch) -> None:
    schema = a_schema(("code",))
    before, after = canonical(a_table(120, schema), schema), canonical(a_table(130, schema, seed=4), schema)
    keys = key_text(after, key)
    expected = [difference(Side.of(old), Side.of(after), key) for old in (before, after, after.slice(0, 0))]
    memory_is_small(on_disk)
    assert key_text(after, key).to_pylist() == keys.to_pylist()
    assert is_ascending(key_text(after, key)) == is_ascending(keys)
    found = [difference(Side.of(old), Side.of(after), key) for old in (before, after, after.slice(0, 0))]
    assert [item.changes.to_pydict() for item in found] == [item.changes.to_pydict() for item in expected]
    assert [item.counts for item in found] == [item.counts for item in expected]
