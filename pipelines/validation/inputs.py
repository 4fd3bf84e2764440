"""What is validated: a file or a text table, opened by Frictionless itself.

Frictionless decides on the encoding, the dialect, the header and which field each column is read by. Belongs here:
opening. Does not: reading the rows quickly (`blocks.py`) or validating them (`row_validation.py`).
"""

from __future__ import annotations

import codecs
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.core.os_reasons import os_reason
from pipelines.core.text import Said
from pipelines.schema import TableSchema
from pipelines.validation.archives import check_archive
from pipelines.validation.errors import EncodingUnknown, FileChanged, FileUnreadable, SchemaUnusable, TableNotText
from pipelines.validation.headers import table_resource
from pipelines.validation.typed import own_formats

COMPRESSED = (".gz", ".zip", ".bz2", ".xz")
FORMATS = {
    ".tsv": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".ods": "ods",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".parq": "parquet",
}
SchemaLike = TableSchema | Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """How a file is read. `dialect` is a Frictionless dialect; without it, `delimiter` and RFC 4180.

    `member`: the file of an archive, the first one without it. `file_format`: of the file, its name's without it.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    dialect: Mapping[str, Any] | None = None
    member: str | None = None
    file_format: str | None = None

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
    """Whether a column of a table in memory says where the row comes from, and so is never validated."""
    fields = [item.get("name") for item in descriptor["fields"] if isinstance(item, Mapping)]
    return name.startswith("_") and name not in fields


def text_columns(table: pa.Table, descriptor: Mapping[str, Any], *, typed: bool = False) -> pa.Table:
    """The columns of a table that are validated, as plain text. Raises `TableNotText`.

    `typed`: as they are, whatever their types; anyone who reads them makes text of them a block at a time.
    """
    kept = [name for name in table.column_names if not is_reserved(name, descriptor)]
    if typed:
        return table.select(kept)
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

    with system.use_context(trusted=True), own_formats():
        schema = schema or Schema.from_descriptor(dict(descriptor))
        # Without a word on it the resource would be of version 1, and so would the schema that it contains.
        version = Schema.effective_datapackage_version(dict(descriptor), None)
        if isinstance(source, Path):
            check_file(source)
            resource = table_resource()(
                path=str(source),
                schema=schema,
                encoding=reading.encoding,
                dialect=Dialect.from_descriptor(reading.descriptor()),
                innerpath=reading.member,
                datapackage_version=version,
                **file_format(source if reading.member is None else Path(reading.member)),
            )
            if reading.file_format is not None:
                resource.format = reading.file_format
        else:
            dialect = Dialect.from_descriptor({"headerRows": [1]})
            resource = table_resource()(
                data=[source.column_names], schema=schema, dialect=dialect, datapackage_version=version
            )
        if name is not None:
            resource.name = name
        yield resource


def check_file(path: Path) -> tuple[int, int, int]:
    """What says that a file is still the same. Raises `FileUnreadable`."""
    try:
        found = path.stat()
        with path.open("rb"):
            return found.st_size, found.st_mtime_ns, found.st_ino
    except OSError as error:
        raise FileUnreadable(file=str(path), found=os_reason(error)) from error


@contextmanager
def unchanged(files: Sequence[Path], *, are_declared: bool = False, later: str = "") -> Iterator[None]:
    """Raises `FileChanged` when a file is not at the end what it was at the start, `FileUnreadable` without one.

    `are_declared`: by a Data Package, where a damaged archive is an error of the package and so Frictionless' to
    report. `later`: the suffix of archives that the caller looks into.
    """
    before = [check_file(file) for file in files]
    for file in files:
        if file.suffix.lower() != later:
            check_archive(file, may_be_damaged=are_declared)
    yield
    for file, was in zip(files, before, strict=True):
        if check_file(file) != was:
            raise FileChanged(file=str(file))


def local_file(resource: Any) -> Path | None:
    """The one local file that a Frictionless resource reads; None when it reads none, or several."""
    if resource.memory or resource.multipart or resource.remote or resource.scheme != "file" or not resource.normpath:
        return None
    return Path(resource.normpath)


def readable_files(resource: Any) -> list[Path]:
    """The local files of a resource that are there. Raises `FileUnreadable` for a pipe or a device among them."""
    if resource.memory or resource.remote or resource.scheme != "file":
        return []
    found = []
    for path in map(Path, resource.normpaths):
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError):
            continue  # Frictionless says that it is not there
        if stat.S_ISREG(mode):
            found.append(path)
        elif not stat.S_ISDIR(mode):
            kind = Said("ce n'est pas un fichier ordinaire", "not a regular file")
            raise FileUnreadable(file=str(path), found=kind)
    return found


def check_encoding(encoding: str) -> None:
    """Raises `EncodingUnknown` when no text can be read in that encoding."""
    try:
        is_text = codecs.lookup(encoding)._is_text_encoding
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise EncodingUnknown(encoding=encoding)


def file_format(path: Path) -> dict[str, str]:
    """Tables are read as CSV whatever their name but for `.tsv`, which Frictionless has a reading for, and typed files.

    Compression is decided by the last suffix, and read by Frictionless.
    """
    bare = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    return {"scheme": "file", "format": FORMATS.get(bare.suffix.lower(), "csv")}
