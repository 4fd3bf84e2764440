"""Canonical Parquet: the types of the Table Schema, fixed row groups and compression, descriptions in the metadata.

Belongs here: the bytes of a Parquet file. Does not: the order and types of values (`canonical.py`).
The bytes also depend on the version of pyarrow, which the lock file pins and the file itself names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from pipelines.releases.csvfile import Written
from pipelines.releases.diff import Side
from pipelines.storage.columns import in_one
from pipelines.storage.spool import pieces, read_large

ROW_GROUP = 131_072
# Small pages, and an index of them: a reader of a few rows of a large file needs these, not the group they are in.
PAGE = 131_072  # bytes, before compression


def write_parquet(table: pa.Table, path: Path, *, unique: Sequence[str] = (), runs: Sequence[str] = ()) -> Written:
    """Write a canonical table. `unique`: columns whose values do not repeat, which no dictionary helps; `runs`: columns
    of integers that mostly grow, kept as differences."""
    import pyarrow.parquet as pq

    plain = {*unique, *runs}
    with pq.ParquetWriter(
        path,
        table.schema,
        compression="zstd",
        compression_level=3,
        use_dictionary=[name for name in table.column_names if name not in plain],
        column_encoding=dict.fromkeys(runs, "DELTA_BINARY_PACKED") or None,
        version="2.6",
        write_statistics=True,
        data_page_size=PAGE,
        dictionary_pagesize_limit=PAGE,
        write_page_index=True,
    ) as file:
        # A group at a time, each column of it in one chunk: neither memory nor bytes depend on how the table is cut.
        for piece in pieces(table, ROW_GROUP) if table.num_rows else [table]:
            columns = [in_one(column) for column in piece.columns]
            file.write_table(pa.Table.from_arrays(columns, schema=table.schema), row_group_size=ROW_GROUP)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(path.stat().st_size, digest, table.num_rows)


def parquet_side(path: Path) -> Side:
    """A Parquet file as one side of a comparison: its columns are read when they are asked for, a group at a time
    where pieces of them are."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as opened:
        names, metadata = tuple(opened.schema_arrow.names), opened.metadata

    def column(name: str) -> pa.ChunkedArray:
        return read_large(path, [name], metadata=metadata).column(name)

    def pieces(name: str) -> Iterator[pa.ChunkedArray]:
        with pq.ParquetFile(path, metadata=metadata) as file:
            for group in range(metadata.num_row_groups):
                yield file.read_row_group(group, columns=[name]).column(0)

    return Side(names, metadata.num_rows, column, pieces)


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A table of a release, with the types it was written with."""
    import pyarrow.parquet as pq

    return pq.read_table(path, columns=list(columns) if columns is not None else None, partitioning=None)
