"""What is judged: a file or a text table, opened by Frictionless itself.

Frictionless decides on the encoding, the dialect, the header and which field each column is read by. Belongs here:
opening. Does not: reading the rows quickly (`blocks.py`) or hearing them (`hearing.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.schema import TableSchema
from pipelines.validation.errors import FileUnreadable, SchemaUnusable, TableNotText

SchemaLike = TableSchema | Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """How a file is read. `dialect` is a Frictionless dialect; without it, `delimiter` and RFC 4180."""

    encoding: str = "utf-8"
    delimiter: str = ","
    dialect: Mapping[str, Any] | None = None

    def descriptor(self) -> dict[str, Any]:
        """The dialect as Frictionless takes it: nothing is left for it to guess but the row of the header."""
        if self.dialect is not None:
            return dict(self.dialect)
        return {"csv": {"delimiter": self.delimiter, "skipInitialSpace": False}}


def descriptor_of(schema: SchemaLike) -> dict[str, Any]:
    """The plain Table Schema. Raises `SchemaUnusable` when it is not an object with a list of fields."""
    found: Any = schema.descriptor() if isinstance(schema, TableSchema) else schema
    if not isinstance(found, Mapping) or not isinstance(found.get("fields"), list):
        raise SchemaUnusable(place="fields", found=type(found).__name__, expected="fields: […]")
    return dict(found)


def without_foreign_keys(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """The same schema, its references left to us: Frictionless would read each parent again for each child."""
    return {key: value for key, value in descriptor.items() if key != "foreignKeys"}


def is_reserved(name: str, descriptor: Mapping[str, Any]) -> bool:
    """Whether a column of a table in memory says where the row comes from, and so is never judged."""
    fields = [item.get("name") for item in descriptor["fields"] if isinstance(item, Mapping)]
    return name.startswith("_") and name not in fields


def text_columns(table: pa.Table, descriptor: Mapping[str, Any]) -> pa.Table:
    """The columns of a table that are judged, as plain text. Raises `TableNotText`."""
    kept = [name for name in table.column_names if not is_reserved(name, descriptor)]
    columns = []
    for name in kept:
        column = table.column(name)
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)):
            raise TableNotText(column=name, found=str(column.type))
        columns.append(column.cast(pa.string()))
    return pa.table(columns, names=kept) if kept else table.select([])


@contextmanager
def frictionless_resource(
    source: Path | pa.Table,
    descriptor: Mapping[str, Any],
    reading: Reading,
    name: str | None = None,
    schema: Any = None,
) -> Iterator[Any]:
    """A Frictionless table resource, not opened, over a file or over the header of a table in memory.

    `schema`: Frictionless' own of that descriptor, when it was made already. Raises `FileUnreadable` when the file is
    not there.
    """
    from frictionless import Dialect, Schema, system
    from frictionless.resources import TableResource

    with system.use_context(trusted=True):
        schema = schema or Schema.from_descriptor(dict(descriptor))
        if isinstance(source, Path):
            check_file(source)
            resource = TableResource(
                path=str(source),
                schema=schema,
                encoding=reading.encoding,
                dialect=Dialect.from_descriptor(reading.descriptor()),
                **file_format(source),
            )
        else:
            dialect = Dialect.from_descriptor({"headerRows": [1]})
            resource = TableResource(data=[source.column_names], schema=schema, dialect=dialect)
        if name is not None:
            resource.name = name
        yield resource


def check_file(path: Path) -> tuple[int, int, int]:
    """What tells that a file is still the same. Raises `FileUnreadable`."""
    try:
        found = path.stat()
        with path.open("rb"):
            return found.st_size, found.st_mtime_ns, found.st_ino
    except OSError as error:
        raise FileUnreadable(file=str(path), found=error.strerror or type(error).__name__) from error


def file_format(path: Path) -> dict[str, str]:
    """Text tables are read as CSV whatever their name; `.tsv` keeps the reading that Frictionless has for it."""
    bare = path.with_suffix("") if path.suffix in (".gz", ".zip", ".bz2", ".xz") else path
    return {"scheme": "file", "format": "tsv" if bare.suffix.lower() == ".tsv" else "csv"}
