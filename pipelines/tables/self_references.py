"""Rows that refer to rows of their own table: where one is refused, those that name it cannot stay either.

Belongs here: which rows still stand. Does not: why the others were refused (`validation/`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.schema import ForeignKey, TableSchema
from pipelines.schema.arrow import typed_column

Mask = np.ndarray[Any, np.dtype[np.bool_]]


def own_keys(schema: TableSchema) -> list[ForeignKey]:
    """The foreign keys of a table to itself."""
    return [key for key in schema.foreign_keys if not key.table]


def standing(rows: pa.Table, schema: TableSchema) -> Mask:
    """For each row of a text table, whether all rows of the table that it names are there, and stand themselves.

    Linear in the rows, however long a line of rows is in which each names the one before.
    """
    stands = np.ones(rows.num_rows, np.bool_)
    named_by: list[defaultdict[tuple[Any, ...], list[int]]] = []
    there: list[tuple[list[tuple[Any, ...]], Counter[tuple[Any, ...]]]] = []
    fallen: list[int] = []
    for key in own_keys(schema):
        own, names = _values(rows, schema, key.reference_fields), defaultdict[tuple[Any, ...], list[int]](list)
        found = Counter(own)
        for row, values in enumerate(_values(rows, schema, key.fields)):
            if all(value is None for value in values):
                continue  # names nobody
            names[values].append(row)
            if values not in found and stands[row]:
                stands[row] = False
                fallen.append(row)
        named_by.append(names)
        there.append((own, found))
    while fallen:
        row = fallen.pop()
        for names, (own, found) in zip(named_by, there, strict=True):
            found[own[row]] -= 1  # another row may have the same values
            for other in names.pop(own[row], ()) if not found[own[row]] else ():
                if stands[other]:
                    stands[other] = False
                    fallen.append(other)
    return stands


def _values(rows: pa.Table, schema: TableSchema, fields: tuple[str, ...]) -> list[tuple[Any, ...]]:
    columns = [typed_column(rows.column(name), schema[name]).to_pylist() for name in fields]
    return list(zip(*columns, strict=True))
