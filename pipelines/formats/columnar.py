"""Parquet as text columns: types back to the canonical text of Table Schema; nested values as JSON text.

A type that has no text of its own (durations, intervals, unions, bytes that are not UTF-8) is refused where its
column is read: what nobody can write down cannot be published. An infinite number, a day of a year that has not four
digits and a NUL character reject their row; NaN, which is how many writers say that there is none, is an absent value,
and reported.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.errors import Damaged, Encrypted, FormatError, TooLarge, TooManyCells
from pipelines.formats.faults import RecordFault, positions_listed
from pipelines.formats.header import column_names
from pipelines.formats.registry import Records, reader
from pipelines.schema.arrow import number_text

MAXIMUM_CELLS = 20_000_000
CELLS_A_BYTE = 64
"""Runs of equal cells take next to nothing in a file: more of them than this a byte is a bomb, not a table."""
_PLAIN = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_date,
    pa.types.is_null,
)
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
"""The first of the year 1 and the last of the year 9999, counted from 1970."""
_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6}
"""The units that reach further than four digits of a year; nanoseconds do not."""
_DAY = 86_400
_NO_FRACTION, _LONG_FRACTION = r"\.0+(Z?)$", r"(\.[0-9]*?[1-9])0+(Z?)$"


class _NoText(Exception):
    """A type that has no text of its own."""


@reader("parquet")
def read_parquet(content: Content) -> Records:
    """A position is the row's number, from 1.

    Raises `FormatError` for columns of types that have no text, `TooLarge`, `Damaged`, as `Content.data` does.
    """
    table = _table(content)
    names, originals = column_names([table.column_names])
    dropped = set(content.options.get("drop", ()))
    columns: list[Any] = []
    faults: list[RecordFault] = []
    notices: list[Said] = []
    for name, column in zip(names, table.columns, strict=True):
        if name in dropped:
            columns.append(pa.nulls(table.num_rows, pa.string()))
            continue
        try:
            columns.append(_text(column))
        except (_NoText, pa.ArrowException, ValueError, OverflowError):
            raise _unwritable(content, name, column.type) from None
        faults += _not_finite(column, name, rejects_nan=content.options.get("nan") == "reject")
        faults += _no_days(column, name)
        faults += _with_nul(columns[-1], name)
        notices += _absent_numbers(column, name)
    positions = pa.array(range(1, table.num_rows + 1), pa.int64())
    return Records(names, originals, columns, positions, "table", faults=faults, notices=notices)


def _table(content: Content) -> pa.Table:
    try:
        file = _opened(content)
        _check_size(content, file.metadata)
        table: pa.Table = file.read()
        table.validate(full=True)
        if _has_old_moments(file.metadata):
            table = _within_range(table, _opened(content, coerce_int96_timestamp_unit="us").read())
    except (pa.ArrowException, OSError, ValueError) as error:
        if "crypt" in str(error):  # Arrow has no error of its own for it
            raise Encrypted(file=content.file) from None
        raise Damaged(file=content.file, detail=str(error).split("\n", 1)[0], format="parquet") from None
    return table


def _opened(content: Content, **more: Any) -> Any:
    """The file, whose pages are compared with the checksums that its writer put beside them, where it did."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(pa.BufferReader(content.data), page_checksum_verification=True, **more)


def _has_old_moments(metadata: Any) -> bool:
    """Whether moments are in the 96 bits of Hive, Impala and Spark, which count days and nanoseconds apart."""
    return any(metadata.schema.column(place).physical_type == "INT96" for place in range(metadata.num_columns))


def _within_range(fine: pa.Table, wide: pa.Table) -> pa.Table:
    """The same moments in nanoseconds where these do not overflow, else in microseconds, which reach further:
    the end of the year 9999, which says "without end", was 1816."""
    columns = [
        narrow if narrow.type == far.type or narrow.cast(far.type, safe=False).equals(far) else far
        for narrow, far in zip(fine.columns, wide.columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, names=fine.column_names)


def _check_size(content: Content, metadata: Any) -> None:
    """Raises `TooLarge` before anything is allocated for more cells or bytes than the file is worth."""
    size = len(content.data)
    cells = metadata.num_rows * max(1, metadata.num_columns)
    most = int(content.options.get("maximum_cells", max(MAXIMUM_CELLS, CELLS_A_BYTE * size)))
    unpacked = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    if cells > most:
        raise TooManyCells(file=content.file, rows=metadata.num_rows, columns=metadata.num_columns, maximum=most)
    if unpacked > content.limit:
        raise TooLarge(file=content.file, limit=content.limit, ratio=unpacked // max(size, 1))


def _unwritable(content: Content, name: str, kind: Any) -> FormatError:
    return FormatError(
        file=content.file,
        place=Said(f"colonne « {name} »", f'column "{name}"'),
        found=str(kind),
        expected=Said("un type qui s'écrit (ou options.drop)", "a type that can be written (or options.drop)"),
    )


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Raises `_NoText` for a type that has none."""
    kind: Any = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if pa.types.is_time(kind):
        return _short(column.cast(pa.string()))
    write = _writer(kind)
    if write is not None:
        return _each(column, write)
    if not any(is_of(kind) for is_of in _PLAIN):
        raise _NoText
    return column.cast(pa.string())


def _writer(kind: Any) -> Callable[[Any], str | None] | None:
    """How one value of a type is written, None for types that pyarrow writes well by itself."""
    if isinstance(kind, pa.UuidType):
        return str
    if pa.types.is_decimal(kind):
        return lambda value: format(value, "f")
    if pa.types.is_floating(kind):
        return _shortest(kind)
    if pa.types.is_nested(kind):
        return _nested
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        # Writers of before Parquet's own texts leave them as bytes; any that are not UTF-8 are no texts.
        return lambda value: str(value, "utf-8")
    return None


def _each(column: pa.ChunkedArray, write: Callable[[Any], str | None]) -> pa.ChunkedArray:
    texts = [None if value is None else write(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _shortest(kind: Any) -> Callable[[float], str | None]:
    """The shortest text that reads back as the same number in the column's own precision."""
    import numpy

    precise = numpy.dtype(kind.to_pandas_dtype()).type

    def write(value: float) -> str | None:
        return number_text(float(str(precise(value)))) if math.isfinite(value) else None

    return write


def _not_finite(column: pa.ChunkedArray, name: str, *, rejects_nan: bool) -> Iterator[RecordFault]:
    """The rows whose number is infinite or, where the description says so, none at all."""
    if not pa.types.is_floating(column.type):
        return
    numbers = column.cast(pa.float64())
    wrong = pc.is_inf(numbers)
    if rejects_nan:
        wrong = pc.or_(wrong, pc.is_nan(numbers))
    for row in pc.indices_nonzero(pc.fill_null(wrong, False)).to_pylist():
        message = Said(
            f"Ligne {row + 1}, « {name} » : un nombre infini, ou NaN ; attendu : un nombre.",
            f'Row {row + 1}, "{name}": an infinite number, or NaN; expected: a number.',
        )
        yield RecordFault(row + 1, "valeur-non-finie", message, name)


def _no_days(column: pa.ChunkedArray, name: str) -> Iterator[RecordFault]:
    """The rows whose day is of no year of four digits: nobody can write it as a date."""
    kind = column.type
    if pa.types.is_date32(kind):
        numbers, first, last = column.cast(pa.int32()), FIRST_SECOND // _DAY, LAST_SECOND // _DAY
    elif pa.types.is_date64(kind) or (pa.types.is_timestamp(kind) and kind.unit in _A_SECOND):
        second = _A_SECOND["ms" if pa.types.is_date64(kind) else kind.unit]
        numbers, first, last = column.cast(pa.int64()), FIRST_SECOND * second, (LAST_SECOND + 1) * second - 1
    else:
        return
    wrong = pc.or_(pc.less(numbers, first), pc.greater(numbers, last))
    for row in pc.indices_nonzero(pc.fill_null(wrong, False)).to_pylist():
        message = Said(
            f"Ligne {row + 1}, « {name} » : un jour hors des années 1 à 9999 ; attendu : une date.",
            f'Row {row + 1}, "{name}": a day outside of the years 1 to 9999; expected: a date.',
        )
        yield RecordFault(row + 1, "date-hors-calendrier", message, name)


def _with_nul(texts: pa.ChunkedArray, name: str) -> Iterator[RecordFault]:
    for row in pc.indices_nonzero(pc.fill_null(pc.match_substring(texts, "\x00"), False)).to_pylist():
        message = Said(
            f"Ligne {row + 1}, « {name} » : un caractère nul ; attendu : du texte.",
            f'Row {row + 1}, "{name}": a NUL character; expected: text.',
        )
        yield RecordFault(row + 1, "octet-nul", message, name)


def _absent_numbers(column: pa.ChunkedArray, name: str) -> Iterator[Said]:
    if not pa.types.is_floating(column.type):
        return
    rows = pc.indices_nonzero(pc.fill_null(pc.is_nan(column.cast(pa.float64())), False)).to_pylist()
    if rows:
        places = positions_listed(row + 1 for row in rows)
        words = f"« {name} » : NaN lu comme une valeur absente (options.nan: reject les écarte) : lignes {places}"
        yield Said(words, f'"{name}": NaN read as an absent value (options.nan: reject refuses them): rows {places}')


def _nested(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A nested value as JSON can write it. Raises `_NoText`."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _NoText
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise _NoText


def _moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """ISO 8601, with a fraction of seconds where there is one; in UTC with `Z` where the file says a zone."""
    zoned = column.type.tz is not None
    plain = column.cast(pa.timestamp(column.type.unit, tz="UTC" if zoned else None))
    return _short(pc.strftime(plain, format="%Y-%m-%dT%H:%M:%SZ" if zoned else "%Y-%m-%dT%H:%M:%S"))


def _short(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Seconds without the zeros that end their fraction."""
    whole = pc.replace_substring_regex(texts, _NO_FRACTION, r"\1")
    return pc.replace_substring_regex(whole, _LONG_FRACTION, r"\1\2")
