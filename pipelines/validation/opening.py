"""Opening: one table and its schema (a `Case`), opened by Frictionless, its fields compiled.

Belongs here: what is needed before the first row is read. Does not: reading rows.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.schema.arrow import as_text
from pipelines.validation.blocks import Cells, Source, StreamSource, TableSource
from pipelines.validation.columns import CellMemory, Column
from pipelines.validation.custom_checks import CustomCheck
from pipelines.validation.cutter import CutSource, Writing, size_of_blocks
from pipelines.validation.errors import SchemaUnusable
from pipelines.validation.hashing import Hasher
from pipelines.validation.keytext import comparable
from pipelines.validation.readers import guarded_reader
from pipelines.validation.row_validation import ForeignGroup, Handlers, KeyFields
from pipelines.validation.transcoding import BYTEWISE

TEXT_FORMATS = ("csv", "tsv")
PLAIN_CSV = {"double_quote": True, "escape_char": None, "null_sequence": None}


@dataclass(frozen=True)
class Case:
    """An opened table. `fields` are Frictionless', one a column; `keys` those whose fields are all there."""

    validated: Path | pa.Table | None
    resource: Any
    fields: list[Any]
    labels: list[str]
    columns: list[Column]
    handlers: Any
    keys: KeyFields
    checks: Sequence[CustomCheck] = ()

    @property
    def is_text(self) -> bool:
        """Whether all cells are text."""
        return isinstance(self.validated, pa.Table) or self.resource.format in TEXT_FORMATS

    @property
    def provable(self) -> bool:
        """Whether rows can be proved: of text, one name per column, and keys whose values texts can stand for."""
        if not self.is_text:
            return False
        by_name = {field.name: field for field in self.fields}
        plain_keys = all(comparable(by_name[name]) for name in self.keys.all)
        return bool(self.fields) and len(by_name) == len(self.fields) and plain_keys

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Row numbers and cells as Frictionless reads them, from the start."""
        if not isinstance(self.validated, pa.Table):
            self.resource.open()
            yield from self.resource.dialect.read_enumerated_content_stream(self.resource.cell_stream)
            return
        number = 2
        for batch in self.validated.to_batches():
            text = as_text(pa.Table.from_batches([batch]))
            columns = [["" if cell is None else cell for cell in column.to_pylist()] for column in text.columns]
            for cells in zip(*columns, strict=True):
                yield number, list(cells)
                number += 1

    def source(self, hasher: Hasher | None, memory: int) -> Source:
        """The fastest source of blocks that may be tried; a `CutSource` may still raise `NotPlain`.

        `memory`: bytes that the validation may take, by which blocks are made smaller.
        """
        if isinstance(self.validated, pa.Table):
            return TableSource(self.validated)
        writing = self._writing()
        if writing is None or self.validated is None:
            return self.stream()
        return CutSource(self.validated, writing, len(self.fields), hasher, size_of_blocks(memory))

    def stream(self) -> Source:
        """The source that reads whatever Frictionless can read."""
        return StreamSource(self.rows, len(self.fields))

    def _writing(self) -> Writing | None:
        """How the file is written, None when it has to be streamed."""
        from frictionless.formats import CsvControl

        resource, dialect = self.resource, self.resource.dialect
        control = CsvControl.from_dialect(dialect)
        encoding = _encoding(resource.encoding)
        marks = (control.delimiter, control.quote_char)
        is_plain = (
            resource.format == "csv"
            and encoding is not None
            and resource.compression in (None, "", "gz")
            and dialect.header
            and dialect.header_rows == [1]
            and not (dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows)
            and len(self.labels) == len(self.fields)
            and all(getattr(control, name) == value for name, value in PLAIN_CSV.items())
            and all(mark is not None and len(mark) == 1 and mark.isascii() and mark not in " \r\n\0" for mark in marks)
            and control.delimiter != control.quote_char
        )
        if not is_plain or encoding is None:
            return None
        return Writing(
            control.delimiter,
            control.quote_char,
            encoding,
            skips_spaces=bool(control.skip_initial_space),
            is_packed=resource.compression == "gz",
        )


def _encoding(name: str) -> str | None:
    """The encoding of a file that can be cut: UTF-8, or one of a byte a character."""
    if name in ("utf-8", "utf-8-sig"):
        return "utf-8"
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    return known if known in BYTEWISE else None


def table_schema(descriptor: Mapping[str, Any], place: str = "schema") -> Any:
    """Frictionless' `Schema`. `place`: its file, where that is known.

    Raises `SchemaUnusable` with all that Frictionless finds wrong in it, and in which fields."""
    try:
        return _read_schema(descriptor)
    except Exception as error:  # Frictionless lets out whatever a strange document provokes
        raise SchemaUnusable(place=_faulty(descriptor, place), found=_words(error), expected="Table Schema") from error


def _read_schema(descriptor: Mapping[str, Any]) -> Any:
    from frictionless import Schema

    schema = Schema.from_descriptor(dict(descriptor))
    for field in schema.fields:
        field.create_cell_reader()  # raises on a pattern that is not one
    return schema


def _words(error: Exception) -> str:
    from frictionless import FrictionlessException

    if isinstance(error, FrictionlessException):
        return "; ".join(item.message for item in error.to_errors())
    return f"{type(error).__name__}: {error}"


def _faulty(descriptor: Mapping[str, Any], place: str) -> str:
    """The place with the names of the fields that cannot be used alone: Frictionless' sentence names none."""
    names = []
    for item in descriptor["fields"]:
        if isinstance(item, Mapping) and isinstance(item.get("name"), str):
            try:
                _read_schema({"fields": [item]})
            except Exception:  # noqa: BLE001  the whole schema's error is raised
                names.append(item["name"])
    return f"{place}: {', '.join(names)}" if names else place


def compile_case(
    validated: Path | pa.Table | None,
    resource: Any,
    keys: KeyFields,
    checks: Sequence[CustomCheck] = (),
    memory: CellMemory | None = None,
) -> Case:
    """The case of a resource that is open. `memory`: what is remembered of cells. Raises `SchemaUnusable`."""

    fields = resource.header.get_expected_fields()
    readers = {field.name: guarded_reader(field, is_key=field.name in keys.all) for field in fields}
    handlers = Handlers(fields, readers)
    memory = memory or CellMemory()
    columns = [Column(field, number, readers[field.name], memory) for number, field in enumerate(fields, start=1)]
    return Case(validated, resource, fields, list(resource.labels), columns, handlers, keys, checks)


def key_fields(
    schema: Any, foreign_keys: Sequence[Mapping[str, Any]], fields: Sequence[Any], *, header_case: bool = True
) -> KeyFields:
    """The keys whose fields the data has. `header_case`: whether labels of another case are other labels.

    Source: frictionless 5.21, resources/table.py.
    """
    names = [field.name for field in fields]
    known = set(names)
    groups = tuple(
        ForeignGroup(key["reference"]["resource"], tuple(key["reference"]["fields"]), tuple(key["fields"]))
        for key in foreign_keys
        if known.issuperset(key["fields"])
    )
    primary = tuple(schema.primary_key) if known.issuperset(schema.primary_key) else ()
    if primary and not header_case:  # then Frictionless reads the key in the order of the fields
        wanted = {name.lower() for name in primary}
        primary = tuple(name for name in dict.fromkeys(names) if name.lower() in wanted)
    return KeyFields(tuple(field.name for field in fields if field.constraints.get("unique")), primary, groups)
