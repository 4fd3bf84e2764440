"""How much of each column of a version is known: shares of filled cells, from the statistics of its Parquet files.

Belongs here: reading them. Does not: reading a row.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.catalogue.model import Table, Version


def filled(version: Version, table: Table) -> Mapping[str, float]:
    """The share of cells that contain a value, 0 to 1, by field; a field without statistics is left out, as are all of
    a table without rows."""
    import pyarrow.parquet as pq

    path = version.folder / "data" / f"{table.name}.parquet"
    if not path.is_file():
        return {}
    metadata = pq.read_metadata(path)
    empty: dict[str, int | None] = {}
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            column = metadata.row_group(group).column(place)
            counted = column.statistics.null_count if column.statistics and column.statistics.has_null_count else None
            before = empty.get(column.path_in_schema, 0)
            empty[column.path_in_schema] = None if counted is None or before is None else before + counted
    rows = metadata.num_rows
    return {name: 1 - count / rows for name, count in empty.items() if count is not None and rows}
