"""Tables in order, whatever their size: in memory, or on disk, where the rows are first dealt out to ranges of keys.

Belongs here: the order of rows by keys, ties as they came. Does not: what the keys are. A table on disk is read twice
from its start to its end, never here and there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.storage.columns import ROWS, taken
from pipelines.storage.memory import table_memory
from pipelines.storage.spool import Spool, is_large, pieces, size_of
from pipelines.storage.text_order import by_first_bytes

Keys = Callable[[pa.Table], pa.Table]
"""The columns that rows of a table are ordered by, the first one first."""
Make = Callable[[pa.Table], pa.Table]
"""What rows of a table become, some at a time."""
RANGE = 4
"""A range takes that part of what a table may have in memory: it is there twice, and its keys."""
MOST_RANGES = 256
MANY = 10_000
"""Rows from which on another way to put texts in order is worth trying."""
SAMPLED = 64
"""Rows that are looked at for each range, to know where to cut."""


def in_order(table: pa.Table, keys: Keys, make: Make | None = None) -> pa.Table:
    """The rows of a table by their keys, ascending, absent values last; rows of equal keys keep their order.

    `make`: what rows become before they are put in order, which a large table then is not written twice for; `keys`
    gives the same order of the rows before and after. Where nobody else refers to `table`, it is gone before what is
    made of it is whole.
    """
    make = make or _unchanged
    if not is_large(table):
        return _in_memory(make(table), keys)
    rows, schema = table.num_rows, make(table.slice(0, 0)).schema
    count = min(MOST_RANGES, -(-size_of(table) * RANGE // table_memory()))
    ranges = _dealt_out(table, keys, _cuts(table, keys, count), make, schema)
    del table
    done = Spool(schema)
    while ranges:
        done.add(_ordered_range(ranges.pop(0).table(), keys, rows))
    return done.table()


def _unchanged(rows: pa.Table) -> pa.Table:
    return rows


def _ordered_range(part: pa.Table, keys: Keys, rows: int) -> pa.Table:
    """A range in order. One that is still large is of one key, or is cut again unless no cut has parted anything."""
    if not is_large(part):
        return _in_memory(part, keys)
    if _has_one_key(part, keys):
        return part
    return in_order(part, keys) if part.num_rows < rows else _in_memory(part, keys)


def _in_memory(table: pa.Table, keys: Keys) -> pa.Table:
    if table.num_rows < 2:
        return table
    order = order_of(keys(table))
    return pa.Table.from_arrays([taken(column, order) for column in table.columns], schema=table.schema)


def order_of(keys: pa.Table) -> pa.Array:
    """The rows of a table of keys in order: ascending, absent values last; equal ones stay as they are."""
    found = by_first_bytes(keys.column(0)) if keys.num_columns == 1 and keys.num_rows >= MANY else None
    if found is not None:
        return found
    by = pa.table(dict(zip(map(str, range(keys.num_columns)), keys.columns, strict=True)))
    return pc.sort_indices(by, sort_keys=[(name, "ascending") for name in by.column_names])


def _has_one_key(table: pa.Table, keys: Keys) -> bool:
    first: list[pa.Scalar] = []
    for piece in pieces(table, ROWS):
        distinct = [pc.unique(column) for column in keys(piece).columns]
        first = first or [values[0] for values in distinct]
        if any(len(values) > 1 or not values[0].equals(one) for values, one in zip(distinct, first, strict=True)):
            return False
    return True


def _cuts(table: pa.Table, keys: Keys, count: int) -> pa.Table:
    """The keys that end each range but the last, from rows at even distances."""
    step = max(1, table.num_rows // (count * SAMPLED))
    found, start = [], 0
    for piece in pieces(table, ROWS):
        places = np.arange((-start) % step, piece.num_rows, step)
        own = keys(piece)
        found.append(pa.table([taken(column, pa.array(places)) for column in own.columns], names=own.column_names))
        start += piece.num_rows
    sample = pa.concat_tables(found).combine_chunks()
    ordered = sample.take(order_of(sample))
    places = np.unique(np.linspace(0, ordered.num_rows, count + 1).astype(np.int64)[1:-1])
    return ordered.take(pa.array(places))


def _dealt_out(table: pa.Table, keys: Keys, cuts: pa.Table, make: Make, schema: pa.Schema) -> list[Spool]:
    """The rows by ranges of keys, in each as they came: those up to the first cut, up to the second, … and the rest."""
    most = table_memory()
    ranges = [Spool(schema, most, is_packed=True) for _ in range(cuts.num_rows + 1)]
    waiting: list[list[pa.Table]] = [[] for _ in ranges]
    size = 0
    for read in pieces(table, ROWS):
        piece = make(read)
        for place, rows in enumerate(_dealt(piece, keys(piece), cuts)):
            if rows.num_rows:
                waiting[place].append(rows)
                size += rows.nbytes
        if size > most:
            _put(waiting, ranges)
            size = 0
    _put(waiting, ranges)
    return ranges


def _dealt(rows: pa.Table, keys: pa.Table, cuts: pa.Table) -> Sequence[pa.Table]:
    """Rows and cuts are put in one order: what is before a cut belongs to it, equal ones too, for they come first.
    Within a range the rows are as they came."""
    both = pa.concat_tables([keys, cuts.cast(keys.schema)]).combine_chunks()
    ranks = np.empty(both.num_rows, np.int64)
    order = order_of(both).to_numpy()
    is_cut = order >= rows.num_rows
    ranks[order] = np.cumsum(is_cut)
    places = ranks[: rows.num_rows]
    by_range = np.argsort(places, kind="stable")
    ends = np.searchsorted(places[by_range], np.arange(cuts.num_rows + 1), side="right")
    dealt = pa.table([taken(column, pa.array(by_range)) for column in rows.columns], schema=rows.schema)
    starts = [0, *ends[:-1].tolist()]
    return [dealt.slice(start, end - start) for start, end in zip(starts, ends.tolist(), strict=True)]


def _put(waiting: list[list[pa.Table]], ranges: list[Spool]) -> None:
    for pieces_of, spool in zip(waiting, ranges, strict=True):
        if pieces_of:
            spool.add(pa.concat_tables(pieces_of))
            spool.write()
            pieces_of.clear()
