"""Tables between two stages, kept in files of Arrow's own form: nothing is put in words or in dictionaries to be read
once or twice and thrown away.

Belongs here: writing and reading them, whatever their size. Does not: what is published, which is Parquet
(`releases/parquet.py`). `pyarrow.ipc.open_stream` and Polars open them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from pipelines.storage.columns import ROWS, in_one
from pipelines.storage.spool import PACKED, Spool, is_large, leave_out, pieces


class TableFile:
    """A table written as its rows come, in columns of one schema."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.schema = schema
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_stream(self._file, schema, options=pa.ipc.IpcWriteOptions(compression=PACKED))

    def add(self, rows: pa.Table) -> None:
        """The next rows."""
        for piece in pieces(rows, ROWS):
            self._writer.write_table(pa.Table.from_arrays(piece.columns, schema=self.schema), max_chunksize=ROWS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.close()
        self._file.close()


def write_kept(table: pa.Table, path: Path) -> None:
    """Write a whole table."""
    with TableFile(path, table.schema) as file:
        file.add(table)


def read_kept(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A table of a file: in memory, each column in one chunk as far as it fits, or on disk.

    Raises `pa.ArrowInvalid` for a file that is none."""
    with pa.OSFile(str(path), "rb") as file:
        schema = pa.ipc.open_stream(file).schema
        names = list(columns or schema.names)
        places: list[int] = [schema.get_field_index(name) for name in names]
        file.seek(0)
        # Columns that nobody asked for are not unpacked.
        options: Any = pa.ipc.IpcReadOptions(included_fields=places)
        spool = Spool(pa.schema([schema.field(place) for place in places], schema.metadata))
        for batch in pa.ipc.open_stream(file, options=options):
            spool.add(pa.Table.from_batches([batch]).select(names))
            leave_out()
    table = spool.table()
    if is_large(table):
        return table
    return pa.Table.from_arrays([in_one(column) for column in table.columns], schema=table.schema)
