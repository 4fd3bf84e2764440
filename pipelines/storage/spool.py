"""Tables larger than memory: kept in a file on disk that is mapped, so that to the rest of the code they are tables.

Belongs here: writing rows there as they come, reading them as a table, and leaving them out of memory once they were
read. Does not: their order (`sorting.py`). The file has no name: it is gone with the table, or with the process that
was killed. A column may contain more than 2 GiB of text: no chunk of it does.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any, Literal, TypeVar
from weakref import WeakKeyDictionary, WeakSet

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.storage.columns import MOST, ROWS, in_one
from pipelines.storage.memory import table_memory

Numbers = np.ndarray[Any, Any]
PACKED: Literal["lz4"] = "lz4"
"""Text takes half of its place for a tenth of the time that Parquet takes; a large table lies on disk several times."""
TOGETHER = 16
"""Chunks of a column on disk that are in memory at once."""
_maps: WeakSet[mmap.mmap] = WeakSet()
_tables: WeakKeyDictionary[mmap.mmap, tuple[int, int]] = WeakKeyDictionary()
"""Where in memory each file of a table is mapped: its first address, and the one behind it."""
_lock = Lock()
"""Files are mapped by one thread while another goes through those that are."""
_folder: list[Path] = []


def put_in(folder: Path) -> None:
    """Where the files are from now on: on the disk of the outputs, where temporary files may not be."""
    _folder[:] = [folder]


def _nameless() -> IO[bytes]:
    """A file that nobody else can open."""
    folder = _folder[0] if _folder and _folder[0].is_dir() else None
    return tempfile.TemporaryFile(dir=folder)


def mapped_file(file: IO[bytes]) -> pa.Buffer:
    """What the file of a table contains, as it lies on disk. Arrow looks at the ends of each of its columns whenever a
    table is made of them: the disk is not to read on from there, but what `brought` asks for."""
    mapped = _mapped(file)
    buffer = pa.py_buffer(mapped)
    if hasattr(mmap, "MADV_RANDOM"):
        mapped.madvise(mmap.MADV_RANDOM)
        with _lock:
            _tables[mapped] = buffer.address, buffer.address + buffer.size
    return buffer


def _mapped(file: IO[bytes]) -> mmap.mmap:
    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with _lock:
        _maps.add(mapped)
    return mapped


class Spool:
    """Rows of one table as they come: in memory while they are few (`limit` bytes), on disk beyond.

    `is_packed`: the file is compressed, and unpacked to be read; for what is read once, and fits in memory.
    """

    def __init__(self, schema: pa.Schema, limit: int | None = None, *, is_packed: bool = False) -> None:
        self.schema = schema
        self._is_packed = is_packed
        self._limit = table_memory() if limit is None else limit
        self._held: list[pa.Table] = []
        self._bytes = 0
        self._words: dict[int, pa.Array] = {
            place: pa.array([], field.type.value_type)
            for place, field in enumerate(schema)
            if pa.types.is_dictionary(field.type)
        }
        self._file: IO[bytes] | None = None
        self._writer: Any = None

    def add(self, rows: pa.Table) -> None:
        """The next rows, in columns of the schema's types."""
        if not rows.num_rows:
            return
        self._held.append(rows)
        self._bytes += rows.nbytes
        if self._bytes > self._limit:
            self.write()

    def table(self) -> pa.Table:
        """Everything that was added, once; the spool is empty then."""
        if self._writer is None:
            table = pa.concat_tables([self.schema.empty_table(), *self._held])
            self._held, self._bytes = [], 0
            return table
        self.write()
        self._writer.close()
        file = self._file
        assert file is not None
        file.flush()
        mapped = pa.py_buffer(_mapped(file)) if self._is_packed else mapped_file(file)
        file.close()
        self._file = self._writer = None
        stored = self._unpacked(pa.ipc.open_file(pa.BufferReader(mapped)))
        columns = [self._dressed(place, column) for place, column in enumerate(stored.columns)]
        return pa.Table.from_arrays(columns, schema=self.schema)

    def _unpacked(self, file: Any) -> pa.Table:
        """What a file holds, as it lies there; of one that is packed, in memory, or in another file where it is too
        much for it."""
        if not self._is_packed:
            return file.read_all()
        spool = Spool(file.schema)
        for place in range(file.num_record_batches):
            spool.add(pa.Table.from_batches([file.get_batch(place)]))
            leave_out()
        return spool.table()

    def write(self) -> None:
        """Put what was added on disk."""
        held, self._held, self._bytes = self._held, [], 0
        if self._writer is None:
            self._file = _nameless()
            options = pa.ipc.IpcWriteOptions(compression=PACKED if self._is_packed else None)
            self._writer = pa.ipc.new_file(self._file, self._plain_schema(), options=options)
        for rows in held:
            for start in range(0, rows.num_rows, ROWS):
                self._write_piece(rows.slice(start, ROWS))

    def _write_piece(self, rows: pa.Table) -> None:
        """Some rows as one piece of the file, or as several where their texts do not fit in one."""
        if rows.nbytes > MOST and rows.num_rows > 1:
            half = rows.num_rows // 2
            self._write_piece(rows.slice(0, half))
            self._write_piece(rows.slice(half))
            return
        self._writer.write_table(self._plain(rows))

    def _plain_schema(self) -> pa.Schema:
        fields = [
            pa.field(str(place), pa.int32() if place in self._words else field.type)
            for place, field in enumerate(self.schema)
        ]
        return pa.schema(fields)

    def _plain(self, rows: pa.Table) -> pa.Table:
        """The rows with numbers in the place of dictionaries: a file contains one dictionary per column, which
        grows."""
        columns = [
            self._numbers(place, column) if place in self._words else column
            for place, column in enumerate(rows.columns)
        ]
        return pa.Table.from_arrays(columns, schema=self._plain_schema()).combine_chunks()

    def _numbers(self, place: int, column: pa.ChunkedArray) -> pa.ChunkedArray:
        found = []
        for chunk in column.chunks:
            words = self._words[place]
            if not chunk.dictionary.equals(words):
                new = chunk.dictionary.filter(pc.invert(pc.is_in(chunk.dictionary, value_set=words)))
                words = self._words[place] = pa.concat_arrays([words, pc.unique(new)]) if len(new) else words
                own = pc.index_in(chunk.dictionary, value_set=words).cast(pa.int32())
                found.append(own.take(chunk.indices))
            else:
                found.append(chunk.indices.cast(pa.int32()))
        return pa.chunked_array(found, pa.int32())

    def _dressed(self, place: int, column: pa.ChunkedArray) -> pa.ChunkedArray:
        if place not in self._words:
            return column
        kind, words = self.schema.field(place).type, self._words[place]
        chunks = [pa.DictionaryArray.from_arrays(chunk.cast(kind.index_type), words) for chunk in column.chunks]
        return pa.chunked_array(chunks, kind)


def on_disk(kind: np.dtype[Any], numbers: Iterable[Numbers]) -> Numbers:
    """Numbers that come piece by piece as one array, which lies in a file and is mapped."""
    with _nameless() as file:
        for some in numbers:
            file.write(np.ascontiguousarray(some, kind).data)
        file.flush()
        if not file.tell():
            return np.zeros(0, kind)
        return np.frombuffer(_mapped(file), kind)


Rows = TypeVar("Rows", pa.Table, pa.ChunkedArray, pa.Array)


def brought(rows: Rows) -> Rows:
    """The same rows, a few of a table: where they lie on disk, it is asked for all of them at once."""
    with _lock:
        tables = list(_tables.items())
    if tables:
        for column in rows.columns if isinstance(rows, pa.Table) else [rows]:
            for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
                for buffer in chunk.buffers():
                    if buffer is not None:
                        _ask_for(buffer.address, buffer.address + buffer.size, tables)
    return rows


def _ask_for(start: int, end: int, tables: Sequence[tuple[mmap.mmap, tuple[int, int]]]) -> None:
    """Ask for what lies between two addresses, in the file of a table that is mapped there."""
    for mapped, (first, behind) in tables:
        if first <= start < behind:
            page = (start - first) // mmap.PAGESIZE * mmap.PAGESIZE
            with suppress(OSError):  # what is not read ahead is read when it is wanted
                mapped.madvise(mmap.MADV_WILLNEED, page, min(end, behind) - first - page)
            return


def pieces(table: pa.Table, rows: int) -> Iterator[pa.Table]:
    """A table some rows at a time; what was read of tables on disk is left out of memory again."""
    for start in range(0, table.num_rows, rows):
        yield brought(table.slice(start, rows))
        leave_out()


def chunks_of(column: pa.Array | pa.ChunkedArray) -> Iterator[pa.Array]:
    """The chunks of a column, one after the other; what was read of tables on disk is left out of memory again."""
    for place, chunk in enumerate(column.chunks if isinstance(column, pa.ChunkedArray) else [column]):
        yield brought(chunk)
        if place % TOGETHER == TOGETHER - 1:
            leave_out()


def places_where(columns: Sequence[pa.Array | pa.ChunkedArray], is_so: Callable[[pa.Array], bool]) -> list[int]:
    """Which columns have a chunk for which `is_so` is true. Chunks are looked at as they lie on disk, all columns of
    some rows and then the next rows: a column after the other, the disk would read the others along each time."""
    chunks = [column.chunks if isinstance(column, pa.ChunkedArray) else [column] for column in columns]
    found: set[int] = set()
    for turn in range(max(map(len, chunks), default=0)):
        for place, own in enumerate(chunks):
            if place not in found and turn < len(own) and is_so(brought(own[turn])):
                found.add(place)
        if turn % TOGETHER == TOGETHER - 1:
            leave_out()
    return sorted(found)


def by_chunk(column: pa.Array | pa.ChunkedArray, function: Callable[[pa.Array], pa.Array]) -> pa.ChunkedArray:
    """What a function makes of each chunk of a column, as one column; `function` gives as many values as it gets."""
    found = [function(chunk) for chunk in chunks_of(column)]
    return pa.chunked_array(found or [function(pa.array([], column.type))])


def leave_out() -> None:
    """Leave out of memory what was read of tables on disk: it is read again when it is wanted. The machine would do so
    by itself when others want the memory; until then it would count as taken."""
    if not hasattr(mmap, "MADV_DONTNEED"):
        return
    with _lock:
        maps = list(_maps)
    for mapped in maps:
        mapped.madvise(mmap.MADV_DONTNEED)


def size_of(table: pa.Table, most: int | None = None) -> int:
    """Bytes of a table, counted up to `most`. Where the texts of a chunk begin and end is read for it: of a table on
    disk, nothing of that stays in memory."""
    size = 0
    for column in table.columns:
        for place, chunk in enumerate(column.chunks):
            size += int(chunk.nbytes)
            if most is not None and size > most:
                return size
            if place % TOGETHER == TOGETHER - 1:
                leave_out()
    return size


def is_large(table: pa.Table) -> bool:
    """Whether a table is more than may be copied in memory."""
    most = table_memory()
    return size_of(table, most) > most


def filtered(table: pa.Table, mask: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The rows for which `mask` is true."""
    if not is_large(table):
        return table.filter(mask)
    spool = Spool(table.schema)
    for start in range(0, table.num_rows, ROWS):
        spool.add(brought(table.slice(start, ROWS)).filter(mask.slice(start, ROWS)))
        leave_out()
    return spool.table()


def read_large(path: Path, columns: list[str] | None = None, *, metadata: Any = None) -> pa.Table:
    """A Parquet file of ours as a table: in memory, each column in one chunk as far as it fits, or on disk."""
    with pq.ParquetFile(path, metadata=metadata) as file:
        schema = file.schema_arrow
        names = schema.names if columns is None else columns
        if not names or file.metadata.num_row_groups < 2:
            table = file.read(columns=names)
        else:
            chosen = pa.schema([schema.field(name) for name in names], schema.metadata)
            spool = Spool(chosen)
            for group in range(file.metadata.num_row_groups):
                spool.add(file.read_row_group(group, columns=names))
                leave_out()
            table = spool.table()
    if is_large(table):
        return table
    return pa.Table.from_arrays([in_one(column) for column in table.columns], schema=table.schema)
