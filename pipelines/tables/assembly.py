"""Assembling a table: rows of all sources together, duplicate rows kept once, key order, types, provenance.

Two rows with the same key that differ are not settled here: the validator refuses the second one, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.schema import Field, TableSchema
from pipelines.schema.arrow import arrow_schema, as_text, typed_column
from pipelines.schema.reserved import RESERVED, RESERVED_SCHEMA, ROW
from pipelines.storage.ahead import side_by_side
from pipelines.storage.columns import ROWS, taken
from pipelines.storage.sorting import in_order, order_of
from pipelines.storage.spool import Spool, brought, filtered, is_large, leave_out, pieces

MARKED = 1 << 20
"""Rows whose marks are made at once."""
FIRST = 1000
"""Rows that are looked at before all of them are."""
KEY = "_key."
"""Before the name of a key field, whose text is kept beside its value."""


@dataclass(frozen=True)
class Assembled:
    """A typed table in key order, every field of its schema present; and its provenance.

    `provenance` has the key fields as text (or `_row`, the 0-based row, for a table without a key) and where each row
    was read: one line per record that says it, so several for a row that several sources give. `rewritten`: the fields
    whose values are put in other words than they came in (`1.50` is 1.5 now).
    """

    table: pa.Table
    provenance: pa.Table
    rewritten: frozenset[str] = frozenset()


def gather(schema: TableSchema, sources: Sequence[pa.Table]) -> tuple[pa.Table, pa.Table]:
    """All rows of a table as text, one a distinct row, and the places of the duplicates.

    `sources` are text tables with some of the schema's fields and the reserved columns, in the order in which they take
    precedence. The second table contains the schema's fields and the reserved columns of each repetition.
    """
    fields = [pa.field(name, pa.string()) for name in schema.names]
    target = pa.schema([*fields, *RESERVED_SCHEMA])
    rows = pa.concat_tables([_widened(table, target) for table in sources]) if sources else target.empty_table()
    if not schema.primary_key or rows.num_rows < 2:
        return rows, target.empty_table()
    repeated = _rows_with_repeated_key(rows, schema.primary_key)
    if not repeated:
        return rows, target.empty_table()
    seen: set[tuple[str | None, ...]] = set()
    again: list[int] = []
    several = pa.array(repeated, pa.int64())
    cells = {name: taken(rows.column(name), several).to_pylist() for name in schema.names}
    for index, row in enumerate(zip(*cells.values(), strict=True)):
        if row in seen:
            again.append(repeated[index])
        seen.add(row)
    if not again:
        return rows, target.empty_table()
    places = pa.array(again, pa.int64())
    is_first = np.ones(rows.num_rows, np.bool_)
    is_first[again] = False
    again_said = pa.table({name: taken(rows.column(name), places) for name in rows.column_names})
    return filtered(rows, pa.array(is_first)), again_said


def finish(schema: TableSchema, accepted: pa.Table, repeated: pa.Table) -> Assembled:
    """The typed table of accepted rows in key order, and where each was read.

    `accepted` and `repeated` are text tables as `gather` gives them; a repetition of a refused row is dropped with it.
    Where nobody else refers to `accepted`, its columns are freed one after the other: a large table is not held twice.
    """
    if is_large(accepted):
        held = [accepted]
        del accepted  # its file goes once its rows have their types
        return _finish_on_disk(schema, held, repeated)
    order = _order(accepted, schema)
    key = list(schema.primary_key)
    columns = {name: accepted.column(name) for name in accepted.column_names}
    del accepted
    places = places_of({name: taken(columns[name], order) for name in [*key, *RESERVED]}, repeated, key)
    target = arrow_schema(schema)

    def ordered(item: Field) -> tuple[pa.ChunkedArray, bool]:
        words = columns.pop(item.name)
        if not _has_fixed_width(target.field(item.name).type):
            return typed_column(taken(words, order), item), False
        typed = typed_column(words, item)  # moved in a fraction of the time that texts take
        return taken(typed, order), is_in_other_words(typed, words)

    typed_columns, are_rewritten = zip(*side_by_side(ordered, schema.fields), strict=True)
    rewritten = {item.name for item, is_rewritten in zip(schema.fields, are_rewritten, strict=True) if is_rewritten}
    return Assembled(pa.Table.from_arrays(list(typed_columns), schema=target), places, frozenset(rewritten))


def is_in_other_words(typed: pa.ChunkedArray, words: pa.ChunkedArray) -> bool:
    """Whether some value of a column is put in other words than those that it was read from; texts never are."""
    if not _has_fixed_width(typed.type):
        return False
    firsts, whole = (typed.slice(0, FIRST), words.slice(0, FIRST)), (typed, words)  # most differ in some of the first
    return any(not as_text(pa.table([values], ["typed"])).column(0).equals(text) for values, text in (firsts, whole))


def _has_fixed_width(kind: pa.DataType) -> bool:
    """Whether values are no texts. The order of a dictionary's is that of the rows."""
    return not (pa.types.is_string(kind) or pa.types.is_dictionary(kind))


def _finish_on_disk(schema: TableSchema, accepted: list[pa.Table], repeated: pa.Table) -> Assembled:
    """The same of a table larger than memory, which `accepted` alone holds."""
    key, target = list(schema.primary_key), arrow_schema(schema)
    named = [pa.field(f"{KEY}{name}", pa.string()) for name in key]
    places = [accepted[0].schema.field(name) for name in RESERVED]
    wanted = pa.schema([*target, *named, *places])

    rewritten: set[str] = set()

    def typed(piece: pa.Table) -> pa.Table:
        columns = []
        for item in schema.fields:
            columns.append(typed_column(piece.column(item.name), item))
            if item.name not in rewritten and is_in_other_words(columns[-1], piece.column(item.name)):
                rewritten.add(item.name)
        columns += [piece.column(name) for name in [*key, *RESERVED]]
        return pa.Table.from_arrays(columns, schema=wanted)

    def keys(some: pa.Table) -> pa.Table:
        return _keys({name: some.column(name) for name in key}, schema)

    if key:
        whole = in_order(accepted.pop(), keys, typed)
    else:
        spool = Spool(wanted)
        for piece in pieces(accepted.pop(), ROWS):
            spool.add(typed(piece))
        whole = spool.table()
    own = {name: whole.column(f"{KEY}{name}") for name in key}
    own |= {name: whole.column(name) for name in RESERVED}
    table = pa.Table.from_arrays([whole.column(name) for name in target.names], schema=target)
    return Assembled(table, places_of(own, repeated, key), frozenset(rewritten))


def places_of(own: Mapping[str, pa.ChunkedArray], repeated: pa.Table, key: Sequence[str]) -> pa.Table:
    """Where the rows were read, those of `repeated` beside the row that they say again. `own`: by name the key fields
    and the places of the rows, in their order."""
    places = pa.table(dict(own))
    if not key:
        return places.add_column(0, ROW, _numbered(places))
    for name in key:
        if places.column(name).null_count:  # a row whose key lacks a value cannot be named
            places = filtered(places, pc.is_valid(places.column(name)))
    if repeated.num_rows:
        places = _with_repeated(places, _plain(repeated.select([*key, *RESERVED])), key)
    places = places.select([*key, *RESERVED])
    return places if is_large(places) else places.combine_chunks()


def _with_repeated(places: pa.Table, repeated: pa.Table, key: Sequence[str]) -> pa.Table:
    """The places of rows, and behind those of each row the others that say it again, all in order."""
    numbered = places.append_column("_order", _numbered(places))
    near = pc.is_in(numbered.column(key[0]), value_set=pc.unique(repeated.column(key[0])))
    again = repeated.join(filtered(numbered.select([*key, "_order"]), near), keys=list(key), join_type="inner")
    several = pc.is_in(numbered.column("_order"), value_set=again.column("_order").combine_chunks())
    both = pa.concat_tables([_plain(filtered(numbered, several)), again.select(numbered.column_names)])
    both = both.sort_by([(name, "ascending") for name in ("_order", *RESERVED)])
    alone = filtered(numbered, pc.invert(several))
    whole = pa.concat_tables([alone, both.cast(alone.schema)]).unify_dictionaries()
    return in_order(whole, lambda some: some.select(["_order"]))


def _plain(table: pa.Table) -> pa.Table:
    """The table with its dictionaries as texts."""
    columns = [item.cast(pa.string()) if pa.types.is_dictionary(item.type) else item for item in table.columns]
    return pa.table(columns, names=table.column_names)


def _widened(table: pa.Table, target: pa.Schema) -> pa.Table:
    columns = [
        table.column(field.name) if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in target
    ]
    return pa.Table.from_arrays(
        [_as(column, field.type) for column, field in zip(columns, target, strict=True)], schema=target
    )


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column if column.type == kind else column.cast(kind)


def _rows_with_repeated_key(rows: pa.Table, key: Sequence[str]) -> list[int]:
    """The rows whose key another row has too, in order: few are looked at by their key, those whose marks are equal."""
    marks = _marks(rows, key)
    ordered = np.sort(marks)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return []
    suspects = np.flatnonzero(np.isin(marks, twice))
    keys = pa.table({name: taken(rows.column(name), pa.array(suspects)) for name in key})
    met: dict[tuple[str | None, ...], list[int]] = {}
    for row, found in zip(
        suspects.tolist(), zip(*(column.to_pylist() for column in keys.columns), strict=True), strict=True
    ):
        met.setdefault(found, []).append(row)
    return sorted(row for same in met.values() if len(same) > 1 for row in same)


def _marks(rows: pa.Table, key: Sequence[str]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """A number for the key of each row, eight bytes each: equal keys have equal numbers."""
    import polars

    marks = np.empty(rows.num_rows, np.uint64)
    for start in range(0, rows.num_rows, MARKED):
        frame = polars.from_arrow(brought(rows.slice(start, MARKED).select(list(key))))
        assert isinstance(frame, polars.DataFrame)
        marks[start : start + MARKED] = frame.hash_rows(seed=0).to_numpy()
        leave_out()
    return marks


def _numbered(rows: pa.Table) -> pa.Array:
    return pa.array(np.arange(rows.num_rows, dtype=np.int64))


def _order(accepted: pa.Table, schema: TableSchema) -> pa.Array:
    """Row numbers in key order: by typed value, code lists by their text; with no key, as they come."""
    if not schema.primary_key:
        return _numbered(accepted)
    keys = _keys({name: accepted.column(name) for name in schema.primary_key}, schema)
    return order_of(keys)


def _keys(columns: Mapping[str, pa.ChunkedArray], schema: TableSchema) -> pa.Table:
    """Key columns, text or typed, as rows are ordered by them: typed values, code lists and moments by their text."""
    target = arrow_schema(schema)
    found = {}
    for name, column in columns.items():
        kind = target.field(name).type
        if pa.types.is_dictionary(kind):
            kind = pa.string()
        is_moment = pa.types.is_timestamp(kind) and pa.types.is_string(column.type)
        found[name] = column if is_moment else column.cast(kind)
    return pa.table(found)
