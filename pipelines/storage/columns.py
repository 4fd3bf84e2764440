"""Columns of text beyond 2 GiB, and Parquet files of ours read so that a large table is not held twice.

Arrow counts the bytes of a chunk of `string` in 31 bits, and joins chunks wherever it reorders a column. Belongs here:
reordering, joining and reading without that ceiling. Does not: what is in a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MOST = (1 << 31) - (1 << 20)
"""Bytes of text that one chunk of a column holds."""
ROWS = 131_072
"""Rows of a chunk of a column that does not fit in one: as many as a row group of a release, wherever it was cut."""
TAKEN = 16_384


def in_one(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column in one chunk; one that does not fit, in chunks of `ROWS` rows: which, does not depend on how it came."""
    if pa.types.is_dictionary(column.type):
        return pa.chunked_array([column.unify_dictionaries().combine_chunks()]) if column.num_chunks > 1 else column
    if not is_too_large(column):
        return column if column.num_chunks == 1 else pa.chunked_array([column.combine_chunks()])
    rows = _rows_that_fit(column)
    starts = range(0, len(column), rows)
    return pa.chunked_array([column.slice(start, rows).combine_chunks() for start in starts], column.type)


def _rows_that_fit(column: pa.ChunkedArray) -> int:
    """`ROWS`, or less where so many texts are too long to be in one chunk together."""
    rows = ROWS
    while rows > 1 and any(column.slice(start, rows).nbytes > MOST for start in range(0, len(column), rows)):
        rows //= 2
    return rows


def repeated_word(word: str | None, rows: int) -> pa.ChunkedArray:
    """A column of one text, or of none, so many times: all its chunks are the same one."""
    size = max(1, min(rows, ROWS))
    chunk = pa.nulls(size, pa.string()) if word is None else pa.repeat(pa.scalar(word, pa.string()), size)
    return pa.chunked_array([chunk.slice(0, min(size, rows - start)) for start in range(0, rows, size)], pa.string())


def is_too_large(column: pa.ChunkedArray) -> bool:
    """Whether a column of text does not fit in one chunk."""
    return bool(pa.types.is_string(column.type) and column.nbytes > MOST)


def taken(column: pa.ChunkedArray, rows: pa.Array) -> pa.ChunkedArray:
    """The values of a column at `rows`, in that order, however many bytes they are."""
    if pa.types.is_dictionary(column.type):
        return column.unify_dictionaries().take(rows)
    if not is_too_large(column):
        return column.take(rows)
    whole = column.cast(pa.large_string()).combine_chunks()
    starts = range(0, len(rows), TAKEN)
    return pa.chunked_array([whole.take(rows.slice(start, TAKEN)).cast(pa.string()) for start in starts], pa.string())


def read_whole(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A table, each column in one chunk as far as it fits: who wants it so later on need not copy the table then."""
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        names = schema.names if columns is None else list(columns)
        if not names:
            return file.read(columns=names)
        read = [in_one(file.read(columns=[name]).column(0)) for name in names]
        return pa.Table.from_arrays(read, schema=pa.schema([schema.field(name) for name in names], schema.metadata))
