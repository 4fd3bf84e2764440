"""The one form of a table: columns, types, absent values, order of rows and dictionaries do not depend on who made it.

Belongs here: that form, and the text of keys. Does not: writing it to files (`csvfile.py`, `parquet.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.schema import TableSchema
from pipelines.schema.arrow import arrow_schema, as_text

REPEATED = pa.dictionary(pa.int32(), pa.string())
KEY_SEPARATOR = " | "


def canonical(table: pa.Table, schema: TableSchema) -> pa.Table:
    """`table` with the columns and types of `schema`, empty texts absent, rows in key order, in one chunk.

    A table without a key is ordered by all its columns. Raises `KeyError` for a missing column and `pa.ArrowInvalid`
    for a value that is not of its type.
    """
    target = arrow_schema(schema).with_metadata(metadata(schema))
    columns = [_column(table.column(item.name), item.type) for item in target]
    shaped = pa.Table.from_arrays(columns, schema=target)
    return _ordered(shaped, schema.primary_key or tuple(schema.names))


def metadata(schema: TableSchema) -> dict[str, str]:
    """What a file says of its table."""
    told = {"title": schema.title, "title_en": schema.title_en, "description": schema.description}
    return {key: value for key, value in told.items() if value}


def repeated(column: pa.ChunkedArray) -> pa.Array:
    """A column of texts that repeat, each kept once; empty texts are absent."""
    return _column(column, REPEATED)


def _column(column: pa.ChunkedArray, target: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(target):
        plain = _absent_when_empty(_single(column.cast(pa.string())))
        return plain.dictionary_encode().cast(target)
    array = _single(column.cast(target))
    return _absent_when_empty(array) if pa.types.is_string(target) else array


def _single(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _absent_when_empty(array: pa.Array) -> pa.Array:
    empty = pc.equal(array, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), array) if pc.any(empty).as_py() else array


def _ordered(table: pa.Table, key: Sequence[str]) -> pa.Table:
    if table.num_rows < 2:
        return table
    keys = [_comparable(table.column(name)) for name in key]
    if _is_ordered(keys):
        return table
    by = pa.table({str(position): column for position, column in enumerate(keys)})
    indices = pc.sort_indices(by, sort_keys=[(str(position), "ascending") for position in range(len(keys))])
    taken = table.take(indices)
    columns = [_column(taken.column(item.name), item.type) for item in table.schema]
    return pa.Table.from_arrays(columns, schema=table.schema)


def _comparable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _is_ordered(keys: Sequence[pa.ChunkedArray]) -> bool:
    if any(column.null_count for column in keys):
        return False
    rows = len(keys[0]) - 1
    ordered: Any = None
    undecided: Any = None
    for column in keys:
        before, after = column.slice(0, rows), column.slice(1)
        less = pc.less(before, after)
        ordered = less if ordered is None else pc.or_(ordered, pc.and_(undecided, less))
        equal = pc.equal(before, after)
        undecided = equal if undecided is None else pc.and_(undecided, equal)
    return bool(pc.all(pc.or_(ordered, undecided)).as_py())


def is_ascending(keys: pa.Array) -> bool:
    """Whether each key is greater than the one before it: then none is there twice, which costs less than counting."""
    if len(keys) < 2:
        return True
    return (
        bool(pc.all(pc.less(keys.slice(0, len(keys) - 1), keys.slice(1)), min_count=0).as_py()) and not keys.null_count
    )


def batches(table: pa.Table, rows: int) -> Iterator[pa.Table]:
    """The table, `rows` rows at a time."""
    for start in range(0, table.num_rows, rows):
        yield table.slice(start, rows)


def text(column: pa.ChunkedArray) -> pa.Array:
    """A column in canonical text, null where absent. Distinct numbers are put in words once each."""
    if pa.types.is_floating(column.type):
        encoded = _single(column.cast(pa.float64())).dictionary_encode()
        return _numbers(encoded.dictionary).take(encoded.indices)
    return _words(column)


def _numbers(values: pa.Array) -> pa.Array:
    """Floats in canonical text: Arrow writes common ones as Python does, whole ones as integers; Python the rest."""
    size = pc.abs(values)
    is_whole = pc.and_(pc.less(size, 1e15), pc.equal(values, pc.floor(values)))
    is_common = pc.and_(pc.greater_equal(size, 1e-4), pc.less(size, 1e9))
    whole = pc.if_else(is_whole, values, 0.0).cast(pa.int64()).cast(pa.string())
    words = pc.if_else(is_whole, whole, values.cast(pa.string()))
    rest = pc.invert(pc.or_(is_whole, is_common))
    return pc.replace_with_mask(words, rest, _words(values.filter(rest))) if pc.any(rest).as_py() else words


def _words(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return _single(as_text(pa.table({"values": values})).column("values"))


def _holds(words: pa.Array, sign: str) -> bool:
    """Whether some text holds a one-byte sign: looking at the bytes of all at once costs less than at each text."""
    import numpy as np

    if not len(words):
        return False
    _, offsets, data = words.buffers()
    first, last = np.frombuffer(offsets, np.int32)[[words.offset, words.offset + len(words)]]
    return bool((np.frombuffer(data, np.uint8)[first:last] == ord(sign)).any())


def key_text(table: pa.Table, key: Sequence[str]) -> pa.Array:
    """The key of each row as one text: its values in order, `KEY_SEPARATOR` between; `\\` and `|` escaped."""
    parts = []
    for name in key:
        words = text(table.column(name))
        for sign in ("\\", "|"):
            if _holds(words, sign):
                words = pc.replace_substring(words, sign, "\\" + sign)
        parts.append(words)
    if len(parts) == 1 and not parts[0].null_count:
        return parts[0]
    return pc.binary_join_element_wise(*parts, KEY_SEPARATOR, null_handling="replace", null_replacement="")
