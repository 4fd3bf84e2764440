"""Tables between two stages, kept in files of Arrow's own form: nothing is put in words or in dictionaries to be read
once or twice and thrown away.

Belongs here: writing and reading them, whatever their size. Does not: what is published, which is Parquet
(`releases/parquet.py`). `pyarrow.ipc.open_stream` and Polars open them. A table that is more than may be in memory is
kept unpacked, and is read where it lies: nobody writes a second one to the disk beside it. One of many rows is unpacked
too where it stays on its machine: packing and unpacking it would take as long as sorting it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from pipelines.storage.columns import ROWS, in_one
from pipelines.storage.spool import PACKED, Spool, is_large, leave_out, mapped_file, pieces

UNPACKED = b"arobase.unpacked"
"""Among what the schema of a file says besides its columns: that the file need not be unpacked."""


class Packing(Enum):
    """How the columns of a file are compressed."""

    FAST = PACKED
    SMALL = "zstd"
    """Half of the place for twice the time: of tables whose place counts."""
    NONE = None
    """For a table that is read where it lies."""


class TableFile:
    """A table written as its rows come, in columns of one schema."""

    def __init__(self, path: Path, schema: pa.Schema, packing: Packing = Packing.FAST) -> None:
        self.schema = schema
        told = {**(schema.metadata or {}), **({UNPACKED: b""} if packing is Packing.NONE else {})}
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_stream(
            self._file, schema.with_metadata(told), options=pa.ipc.IpcWriteOptions(compression=packing.value)
        )

    def add(self, rows: pa.Table) -> None:
        """The next rows."""
        for piece in pieces(rows, ROWS):
            self._writer.write_table(pa.Table.from_arrays(piece.columns, schema=self.schema), max_chunksize=ROWS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.close()
        self._file.close()


def packing_of(rows: int, *, is_sent: bool) -> Packing:
    """How a table of so many rows is kept. `is_sent`: other machines get its file."""
    return Packing.NONE if rows > ROWS and not is_sent else Packing.FAST


def write_kept(table: pa.Table, path: Path, packing: Packing = Packing.FAST) -> None:
    """Write a whole table."""
    with TableFile(path, table.schema, Packing.NONE if is_large(table) else packing) as file:
        file.add(table)


def read_kept(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A table of a file: in memory, each column in one chunk as far as it fits, or on disk.

    Raises `pa.ArrowInvalid` for a file that is none."""
    with pa.OSFile(str(path), "rb") as file:
        schema = pa.ipc.open_stream(file).schema
        is_unpacked = UNPACKED in (schema.metadata or {})
        schema = schema.with_metadata({key: told for key, told in (schema.metadata or {}).items() if key != UNPACKED})
        chosen = pa.schema([schema.field(name) for name in columns or schema.names], schema.metadata)
        file.seek(0)
        table = _where_it_lies(path, chosen) if is_unpacked else _unpacked(file, schema, chosen)
    if is_large(table):
        return table
    return pa.Table.from_arrays([in_one(column) for column in table.columns], schema=table.schema)


def _unpacked(file: Any, schema: pa.Schema, chosen: pa.Schema) -> pa.Table:
    """Columns of a file that is packed. Those that nobody asked for are not unpacked."""
    spool = Spool(chosen)
    wanted: Any = pa.ipc.IpcReadOptions(included_fields=[schema.get_field_index(name) for name in chosen.names])
    for batch in pa.ipc.open_stream(file, options=wanted):
        spool.add(pa.Table.from_batches([batch]).select(chosen.names).cast(chosen))
        leave_out()
    return spool.table()


def _where_it_lies(path: Path, chosen: pa.Schema) -> pa.Table:
    """Columns of a file that is not packed: none is copied."""
    with path.open("rb") as file:
        batches = list(pa.ipc.open_stream(pa.BufferReader(mapped_file(file))))
    return pa.Table.from_batches(batches).select(chosen.names).cast(chosen)
