"""Typed tables: formats that Frictionless reads through us, so that their cells keep the types that they have.

JSON, JSON lines and OpenDocument as frictionless 5.21 reads them with its optional libraries, none of which is needed
here; Parquet from Arrow, where Frictionless goes through pandas and turns whole numbers beside nulls into floats. Hash
and size of the file are always computed. Belongs here: cells out of files. Does not: validating them.
"""

from __future__ import annotations

import datetime
import decimal
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

OWN = "arobase"
Cells = list[Any]
SHEET_ERROR = b'value-type="error"'


@contextmanager
def own_formats() -> Iterator[None]:
    """A block in which Frictionless reads the formats of this module through it."""
    from frictionless import system

    hooks = system.methods["create_parser"]
    if OWN in hooks:
        yield
        return
    hooks[OWN] = _parser_of
    hooks.move_to_end(OWN, last=False)
    try:
        yield
    finally:
        hooks.pop(OWN, None)


def _parser_of(resource: Any) -> Any | None:
    rows = ROWS.get(resource.format)
    return None if rows is None else _parser_class(rows)(resource)


@cache
def _parser_class(rows: Callable[[Any, Any], Iterator[Cells]]) -> Any:
    from frictionless.system import Parser

    base: Any = Parser

    class OwnParser(base):  # type: ignore[misc]
        requires_loader = True

        def read_cell_stream_create(self) -> Iterator[Cells]:
            return rows(self.resource, self.loader)

    return OwnParser


def _whole(loader: Any) -> bytes:
    """All bytes of a resource; read so, Frictionless counts and hashes them."""
    pieces = []
    while piece := loader.byte_stream.read1(1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def _json(resource: Any, loader: Any) -> Iterator[Cells]:
    """The rows of an array, at the root or at `property`. Source: frictionless 5.21, formats/json/parsers/json.py."""
    from frictionless.formats import JsonControl

    control = JsonControl.from_dialect(resource.dialect)
    text = _whole(loader).decode(resource.encoding)
    found = json.loads(text, parse_float=decimal.Decimal, parse_constant=_not_json)
    for key in control.property.split(".") if control.property else ():
        found = found.get(key) if isinstance(found, dict) else None
    yield from _inline(resource, control, found if isinstance(found, list) else [])


def _not_json(word: str) -> Any:
    """Refuse `NaN` and `Infinity`, which Python takes for numbers: JSON has none, and Frictionless refuses the file."""
    raise ValueError(f"{word} is not JSON")


def _json_lines(resource: Any, loader: Any) -> Iterator[Cells]:
    """One row a line. Source: frictionless 5.21, formats/json/parsers/jsonl.py."""
    from frictionless.formats import JsonControl

    control = JsonControl.from_dialect(resource.dialect)
    yield from _inline(resource, control, map(json.loads, loader.text_stream))


def _inline(resource: Any, control: Any, rows: Any) -> Iterator[Cells]:
    """Rows that are lists, or objects whose keys are those of the first, as Frictionless reads inline data."""
    from frictionless import FrictionlessException, errors
    from frictionless.formats import InlineControl
    from frictionless.resources import TableResource

    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        note = f'cannot extract JSON tabular data from "{resource.path}"'
        raise FrictionlessException(errors.SourceError(note=note))
    with TableResource(data=_chained(first, rows), format="inline", control=InlineControl(keys=control.keys)) as inner:
        if InlineControl.from_dialect(inner.dialect).keyed:
            control.keyed = True
        yield from inner.cell_stream


def _chained(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _open_document(resource: Any, loader: Any) -> Iterator[Cells]:
    """One sheet, numbers without decimals as integers. Source: frictionless 5.21, formats/ods/parser.py."""
    from frictionless import FrictionlessException, errors
    from frictionless.formats import OdsControl
    from python_calamine import CalamineError, CalamineWorkbook

    control = OdsControl.from_dialect(resource.dialect)
    data = _whole(loader)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except CalamineError as error:
        raise FrictionlessException(errors.FormatError(note=f'invalid OpenDocument file "{resource.path}"')) from error
    names = book.sheet_names
    name = control.sheet if isinstance(control.sheet, str) else dict(enumerate(names, start=1)).get(control.sheet)
    if name not in names:
        note = f'OpenOffice document "{resource.path}" does not have a sheet "{control.sheet}"'
        raise FrictionlessException(errors.FormatError(note=note))
    if _has_errors(data):  # calamine would read them as empty cells
        raise FrictionlessException(errors.FormatError(note="the document holds cells in error (#DIV/0!, #N/A…)"))
    for cells in book.get_sheet_by_name(name).to_python(skip_empty_area=False):
        yield [_sheet_value(cell) for cell in cells]


def _sheet_value(cell: Any) -> Any:
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell


def _has_errors(document: bytes) -> bool:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return SHEET_ERROR in archive.read("content.xml")


def _parquet(resource: Any, loader: Any) -> Iterator[Cells]:
    """Rows of a Parquet file as Python values; moments keep their microseconds."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from frictionless import FrictionlessException, errors
    from frictionless.formats import ParquetControl

    control = ParquetControl.from_dialect(resource.dialect)
    source: Any = pa.BufferReader(_whole(loader))
    try:
        file = pq.ParquetFile(source)
    except (pa.ArrowInvalid, OSError) as error:
        raise FrictionlessException(errors.FormatError(note=f'invalid Parquet file "{resource.path}"')) from error
    columns = control.columns or None
    yield list(columns or file.schema_arrow.names)
    for batch in file.iter_batches(columns=columns):
        for row in zip(*(_values(column) for column in batch.columns), strict=True):
            yield list(row)


def _values(column: Any) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
    values: list[Any] = column.to_pylist()
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        return [None if value is None else value.astimezone(datetime.UTC) for value in values]
    return values


ROWS: dict[str, Callable[[Any, Any], Iterator[Cells]]] = {
    "json": _json,
    "jsonl": _json_lines,
    "ndjson": _json_lines,
    "ods": _open_document,
    "parquet": _parquet,
    "parq": _parquet,
}
