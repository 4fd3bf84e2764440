"""Assembling a table: rows of all sources together, the same row said twice kept once, key order, types, provenance.

Two rows with the same key that differ are not settled here: the judge refuses the second one, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.schema import TableSchema
from pipelines.schema.arrow import arrow_schema, typed

PLACE = ("_source", "_snapshot", "_part", "_position")
PLACE_SCHEMA = pa.schema(
    [("_source", pa.string()), ("_snapshot", pa.string()), ("_part", pa.string()), ("_position", pa.int64())]
)


@dataclass(frozen=True)
class Assembled:
    """A typed table in key order, every field of its schema present; and its provenance.

    `provenance` has the key fields as text (or `_row`, the 0-based row, for a table without a key) and where each row
    was read: one line a record that says it, so several for a row that several sources give.
    """

    table: pa.Table
    provenance: pa.Table


def gather(schema: TableSchema, sources: Sequence[pa.Table]) -> tuple[pa.Table, pa.Table]:
    """All rows of a table as text, one a distinct row, and the places of the rows that were said again.

    `sources` are text tables with some of the schema's fields and the reserved columns, in the order in which they take
    precedence. The second table holds the schema's fields and the reserved columns of each repetition.
    """
    fields = [pa.field(name, pa.string()) for name in schema.names]
    target = pa.schema([*fields, *PLACE_SCHEMA])
    rows = pa.concat_tables([_widened(table, target) for table in sources]) if sources else target.empty_table()
    if not schema.primary_key or rows.num_rows < 2:
        return rows, target.empty_table()
    repeated = _rows_with_repeated_key(rows, schema.primary_key)
    seen: set[tuple[str | None, ...]] = set()
    again: list[int] = []
    cells = {name: rows.column(name).take(pa.array(repeated, pa.int64())).to_pylist() for name in schema.names}
    for index, row in enumerate(zip(*cells.values(), strict=True)):
        if row in seen:
            again.append(repeated[index])
        seen.add(row)
    if not again:
        return rows, target.empty_table()
    places = pa.array(again, pa.int64())
    mask = pc.is_in(pa.array(range(rows.num_rows), pa.int64()), places)
    return rows.filter(pc.invert(mask)), rows.take(places)


def finish(schema: TableSchema, accepted: pa.Table, repeated: pa.Table) -> Assembled:
    """The typed table of accepted rows in key order, and where each was read.

    `accepted` and `repeated` are text tables as `gather` gives them; a repetition of a refused row is dropped with it.
    """
    key = list(schema.primary_key)
    order = _order(accepted, schema)
    ordered = accepted.take(order)
    places = pa.concat_tables([ordered.select([*key, *PLACE]), repeated.select([*key, *PLACE])])
    if key:
        kept = ordered.select(key).append_column("_order", pa.array(range(ordered.num_rows), pa.int64()))
        places = places.join(kept, keys=key, join_type="inner")
        places = places.sort_by([("_order", "ascending"), *((name, "ascending") for name in PLACE)])
        places = places.select([*key, *PLACE])
    else:
        places = places.add_column(0, "_row", pa.array(range(places.num_rows), pa.int64()))
    return Assembled(typed(ordered, schema), places.combine_chunks())


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
    numbered = rows.select(list(key)).append_column("_row", pa.array(range(rows.num_rows), pa.int64()))
    groups = numbered.group_by(list(key), use_threads=False).aggregate([("_row", "count"), ("_row", "list")])
    several = groups.filter(pc.greater(groups.column("_row_count"), 1)).column("_row_list")
    return sorted(row for rows_of_key in several.to_pylist() for row in rows_of_key)


def _order(accepted: pa.Table, schema: TableSchema) -> pa.Array:
    """Row numbers in key order: by typed value, code lists by their text; with no key, as they come."""
    if not schema.primary_key:
        return pa.array(range(accepted.num_rows), pa.int64())
    target = arrow_schema(schema)
    columns = {}
    for name in schema.primary_key:
        kind = target.field(name).type
        column = accepted.column(name)
        columns[name] = column if pa.types.is_dictionary(kind) or pa.types.is_timestamp(kind) else column.cast(kind)
    return pc.sort_indices(pa.table(columns), sort_keys=[(name, "ascending") for name in schema.primary_key])
