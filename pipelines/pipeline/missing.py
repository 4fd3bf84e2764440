"""Values that a schema calls missing ("-", "NA"), absent from the records that it accepted.

Belongs here: the `missingValues` of what comes in. Does not: marks that only a mapping knows (`absent` of a converter).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.schema import TableSchema
from pipelines.storage.spool import by_chunk


def without_missing(records: pa.Table, schema: TableSchema) -> pa.Table:
    """Accepted records in which a cell that is a missing value is null, as an absent value is between the stages."""
    for field in schema.fields:
        marks = [mark for mark in missing_marks(field.descriptor.get("missingValues", schema.missing_values)) if mark]
        place = records.column_names.index(field.name) if marks and field.name in records.column_names else None
        if place is not None:
            column = by_chunk(records.column(place), partial(_emptied, marks=pa.array(marks, pa.string())))
            records = records.set_column(place, field.name, column)
    return records


def missing_marks(entries: Any) -> list[str]:
    """Missing values as texts; version 2 of the standard may give each a label."""
    return [str(entry["value"]) if isinstance(entry, dict) else str(entry) for entry in entries]


def _emptied(cells: pa.Array, marks: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_in(cells, value_set=marks), pa.scalar(None, cells.type), cells)
