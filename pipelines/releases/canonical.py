"""The one form of a table: columns, types, absent values, order of rows and dictionaries do not depend on who made it.

Belongs here: that form, and the text of keys. Does not: writing it to files (`csvfile.py`, `parquet.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.schema import TableSchema
from pipelines.schema.arrow import REPEATED, arrow_schema, as_text, float_words
from pipelines.storage.columns import ROWS, in_one, taken
from pipelines.storage.sorting import Keys, in_order
from pipelines.storage.spool import Spool, brought, is_large, leave_out, pieces, places_where
from pipelines.storage.text_bytes import has_sign

KEY_SEPARATOR = " | "
ESCAPED = ("\\", "|")
"""Signs of a key's values that its text escapes."""


def canonical(table: pa.Table, schema: TableSchema) -> pa.Table:
    """`table` with the columns and types of `schema`, empty texts absent, rows in key order, in one chunk.

    A table without a key is ordered by all its columns. Raises `KeyError` for a missing column and `pa.ArrowInvalid`
    for a value that is not of its type.
    """
    target = arrow_schema(schema).with_metadata(metadata(schema))
    if is_large(table):
        return _on_disk(table.select(target.names), target, schema.primary_key or tuple(schema.names))
    columns = [_column(table.column(item.name), item.type) for item in target]
    shaped = pa.Table.from_arrays(columns, schema=target)
    return _ordered(shaped, schema.primary_key or tuple(schema.names))


def _on_disk(table: pa.Table, target: pa.Schema, key: Sequence[str]) -> pa.Table:
    """The same form of a table larger than memory; its columns are in several chunks. One that has it is not copied."""
    if table.schema.types != target.types or places_where(table.columns, _has_empty):
        spool = Spool(target)
        for piece in pieces(table, ROWS):
            columns = [_column(piece.column(item.name), item.type) for item in target]
            spool.add(pa.Table.from_arrays(columns, schema=target))
        table = spool.table()

    def keys(some: pa.Table) -> pa.Table:
        return pa.table({name: _comparable(some.column(name)) for name in key})

    if not _is_ordered(table, keys):
        table = in_order(table, keys)
    columns = [as_first_met(column) if pa.types.is_dictionary(column.type) else column for column in table.columns]
    return pa.Table.from_arrays(columns, schema=target)


def _has_empty(cells: pa.Array) -> bool:
    kind = cells.type.value_type if pa.types.is_dictionary(cells.type) else cells.type
    return bool(pa.types.is_string(kind) and pc.any(pc.equal(cells.cast(kind), "")).as_py())


def as_first_met(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts that repeat, numbered as they are first met, which is how a plain column is encoded."""
    chunks = [chunk for chunk in column.unify_dictionaries().chunks if len(chunk)]
    if not chunks:
        return column
    words, met = chunks[0].dictionary, pa.array([], pa.int32())
    if len(words) == 1 and column.null_count < len(column):
        return pa.chunked_array(chunks, column.type)
    for chunk in chunks:
        met = pc.unique(pa.chunked_array([met, chunk.indices.cast(pa.int32())])).drop_null()
    if _is_counting(met) and len(met) == len(words):
        return pa.chunked_array(chunks, column.type)
    own = words.take(met)
    numbers = [pc.index_in(chunk.indices.cast(pa.int32()), value_set=met) for chunk in chunks]
    return pa.chunked_array([pa.DictionaryArray.from_arrays(found, own) for found in numbers]).cast(column.type)


def metadata(schema: TableSchema) -> dict[str, str]:
    """What a file says of its table."""
    described = {"title": schema.title, "title_en": schema.title_en, "description": schema.description}
    return {key: value for key, value in described.items() if value}


def repeated(column: pa.ChunkedArray) -> pa.Array:
    """A column of texts that repeat, each kept once; empty texts are absent."""
    return _column(column, REPEATED)


def _column(column: pa.ChunkedArray, target: pa.DataType) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_dictionary(target):
        encoded = column.unify_dictionaries().combine_chunks() if pa.types.is_dictionary(column.type) else None
        if encoded is not None and _is_set(encoded.dictionary):
            return _recoded(encoded)
        plain = _absent_when_empty(_single(column.cast(pa.string())))
        return plain.dictionary_encode().cast(target)
    array = _single(column.cast(target))
    return _absent_when_empty(array) if pa.types.is_string(target) else array


def _recoded(column: pa.DictionaryArray) -> pa.Array:
    """The same texts, numbered as they are first met, which is how a plain column is encoded; empty ones absent."""
    indices, words = column.indices, column.dictionary
    empty = pc.index(words, "").as_py()
    if empty >= 0:
        indices = pc.if_else(pc.equal(indices, empty), pa.scalar(None, indices.type), indices)
    met = pc.unique(indices).drop_null()
    renumbered = pc.index_in(indices, value_set=met) if not _is_counting(met) else indices
    return pa.DictionaryArray.from_arrays(renumbered.cast(pa.int32()), words.take(met).cast(pa.string()))


def _is_set(words: pa.Array) -> bool:
    return not words.null_count and len(pc.unique(words)) == len(words)


def _is_counting(met: pa.Array) -> bool:
    return bool(met.equals(pa.array(range(len(met)), met.type)))


def _single(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The column in one chunk, unless it is of more text than fits in one."""
    if column.num_chunks == 1:
        return column.chunk(0)
    joined = in_one(column)
    return joined.chunk(0) if joined.num_chunks == 1 else joined


def _absent_when_empty(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    empty = pc.equal(array, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), array) if pc.any(empty).as_py() else array


def _ordered(table: pa.Table, key: Sequence[str]) -> pa.Table:
    if table.num_rows < 2:
        return table
    by = pa.table({str(position): _comparable(table.column(name)) for position, name in enumerate(key)})
    if _is_ordered(by, lambda some: some):
        return table
    keys = by.columns
    indices = pc.sort_indices(by, sort_keys=[(str(position), "ascending") for position in range(len(keys))])
    columns = [_column(taken(table.column(item.name), indices), item.type) for item in table.schema]
    return pa.Table.from_arrays(columns, schema=table.schema)


def _comparable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _is_ordered(table: pa.Table, keys: Keys) -> bool:
    """Whether rows are in the order of their keys, looked at some at a time, each with the first of the next."""
    for start in range(0, max(1, table.num_rows - 1), ROWS):
        if not _are_ordered([brought(column) for column in keys(table.slice(start, ROWS + 1)).columns]):
            return False
        leave_out()
    return True


def _are_ordered(keys: Sequence[pa.ChunkedArray]) -> bool:
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


def is_ascending(keys: pa.Array | pa.ChunkedArray) -> bool:
    """Whether each key is greater than the one before it: then none is there twice, which costs less than counting."""
    if len(keys) < 2:
        return True
    if keys.null_count:
        return False
    for start in range(0, len(keys) - 1, ROWS):
        some = brought(keys.slice(start, ROWS + 1))
        if not pc.all(pc.less(some.slice(0, len(some) - 1), some.slice(1)), min_count=0).as_py():
            return False
        leave_out()
    return True


def batches(table: pa.Table, rows: int) -> Iterator[pa.Table]:
    """The table, `rows` rows at a time."""
    yield from pieces(table, rows)


def text(column: pa.ChunkedArray) -> pa.Array:
    """A column in canonical text, null where absent. Distinct numbers are put in words once each."""
    if pa.types.is_floating(column.type):
        return float_words(_single(column))
    return _single(as_text(pa.table({"values": column})).column("values"))


def key_text(table: pa.Table, key: Sequence[str]) -> pa.Array | pa.ChunkedArray:
    """The key of each row as one text: its values in order, `KEY_SEPARATOR` between; `\\` and `|` escaped.

    In several chunks where there is more of it than memory may hold twice, or than one chunk holds.
    """
    chosen = table.select(list(key))
    if len(key) == 1 and _is_key_text(chosen.column(0)):
        column = chosen.column(0)
        return column.chunk(0) if column.num_chunks == 1 else column
    if not is_large(chosen):
        return _key_text(chosen, key)
    spool = Spool(pa.schema([("key", pa.string())]))
    for piece in pieces(chosen, ROWS):
        spool.add(pa.table([_key_text(piece, key)], schema=spool.schema))
    return spool.table().column(0)


def _is_key_text(column: pa.ChunkedArray) -> bool:
    """Whether a column is the text of keys as it is: in large tables most are, and need not be copied."""
    if not pa.types.is_string(column.type) or column.null_count:
        return False
    return not places_where([column], lambda cells: has_sign(cells, *ESCAPED))


def _key_text(table: pa.Table, key: Sequence[str]) -> pa.Array:
    parts = []
    for name in key:
        words = text(table.column(name))
        for sign in ESCAPED:
            if has_sign(words, sign):
                words = pc.replace_substring(words, sign, "\\" + sign)
        parts.append(words)
    if len(parts) == 1 and not parts[0].null_count:
        return parts[0]
    return pc.binary_join_element_wise(*parts, KEY_SEPARATOR, null_handling="replace", null_replacement="")
