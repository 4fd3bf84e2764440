"""Between the typed tables of the pipeline and data frames: what small derived tables are computed with.

Belongs here: the two conversions. Does not: any computation. Whole numbers stay whole (`Int64`), absent values stay
absent (`pd.NA`, or `None` in columns of text), and rows keep their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipelines.tables.rows import is_absent

if TYPE_CHECKING:
    import pandas as pd  # a release that computes nothing with it need not wait for its import


def frame(table: pa.Table) -> pd.DataFrame:
    """A table as a data frame: integers as `Int64`, booleans as `boolean`, dates, text and decimals as objects."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        values = column.to_pylist()
        if pa.types.is_integer(column.type):
            columns[name] = pd.array(values, dtype="Int64")
        elif pa.types.is_boolean(column.type):
            columns[name] = pd.array(values, dtype="boolean")
        elif pa.types.is_floating(column.type):
            columns[name] = pd.array(values, dtype="Float64")
        else:
            columns[name] = pd.Series(values, dtype="object")
    return pd.DataFrame(columns, columns=table.column_names)


def rows_of(data: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of a data frame as plain values, absent ones as None: what `text_table` takes."""
    names = list(data.columns)
    cells = [[_plain(value) for value in data[name].tolist()] for name in names]
    for values in zip(*cells, strict=True) if names else ():
        yield dict(zip(names, values, strict=True))


def _plain(value: Any) -> Any:
    return None if is_absent(value) else value
