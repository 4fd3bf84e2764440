"""The period that a release speaks of: what `package.yaml` says, or the first and last day that named fields hold.

Belongs here: reading it in the tables. Does not: what the file may say (`schema/coverage.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.schema import Package
from pipelines.schema.errors import SchemaFileError


def period(package: Package, tables: Mapping[str, pa.Table]) -> dict[str, str] | None:
    """`start` and `end`, ISO days, or the one that is said; none where nothing says, or where the fields are all empty.

    A year stands for its first and its last day. Raises `SchemaFileError` for a field that is no day, instant or year.
    """
    declared = package.more.get("temporal")
    if declared is None:
        return None
    if "from" not in declared:
        return {key: str(declared[key]) for key in ("start", "end") if key in declared}
    found = [bounds for name in declared["from"] if (bounds := _bounds(package, tables, name)) is not None]
    return {"start": min(first for first, _ in found), "end": max(last for _, last in found)} if found else None


def _bounds(package: Package, tables: Mapping[str, pa.Table], name: str) -> tuple[str, str] | None:
    table, _, field = name.partition(".")
    if table not in {item.name for item in package.tables}:
        raise _wrong(package, name, ", ".join(item.name for item in package.tables))
    if table not in tables:  # it failed, and the version goes without it
        return None
    if field not in tables[table].column_names:
        raise _wrong(package, name, ", ".join(tables[table].column_names))
    column = tables[table][field]
    is_year = pa.types.is_integer(column.type)
    if not (is_year or pa.types.is_date(column.type) or pa.types.is_timestamp(column.type)):
        raise _wrong(package, name, Said("un champ date, datetime ou year", "a field of type date, datetime or year"))
    bounds = pc.min_max(column).as_py()
    if bounds["min"] is None:
        return None
    if is_year:
        return f"{bounds['min']:04d}-01-01", f"{bounds['max']:04d}-12-31"
    return _day(bounds["min"]), _day(bounds["max"])


def _day(value: date) -> str:
    return value.isoformat()[:10]


def _wrong(package: Package, name: str, expected: str | Said) -> SchemaFileError:
    file = f"schemas/{package.name}/package.yaml"
    return SchemaFileError(file=file, place="temporal.from", found=name, expected=expected)
