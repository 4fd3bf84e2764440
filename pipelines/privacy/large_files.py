"""Large tables in files, read some rows at a time: what a release of millions of rows is looked through with.

Belongs here: reading them. Does not: checking them (`scanning.py`), files that fit in memory (`opening.py`). A file
that cannot be read this way with certainty is none of ours, and is read whole.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pipelines.formats.encoding import is_utf8
from pipelines.formats.quotes import are_regular
from pipelines.formats.records import records_of_file
from pipelines.privacy.looks import LargeTable, Look, NotPlain, Texts

ROWS = 65_536
BOM = b"\xef\xbb\xbf"


Whole = Callable[[], Iterable[Look]]
"""What is read of a file at once."""


def large_csv(name: str, path: Path, whole: Whole) -> Iterator[Look]:
    """A CSV file in UTF-8, its quotes regular and its rows of one width; any other is read whole."""
    with path.open("rb") as file:
        head = file.readline()
    head = head.removeprefix(BOM)
    if not is_utf8(head) or b"\x00" in head or head.count(b'"') % 2:
        yield from whole()
        return
    delimiter = max(",;\t", key=head.decode().count)
    header = next(iter(csv.reader([head.decode().rstrip("\r\n")], delimiter=delimiter)), [])

    def batches() -> Iterator[pa.Table]:
        return _rows_of_csv(path, delimiter, len(header))

    yield LargeTable(name, header, batches, whole)
    yield Texts(name, [(0, "", cell) for cell in header])


def _rows_of_csv(path: Path, delimiter: str, width: int) -> Iterator[pa.Table]:
    names = [f"f{place}" for place in range(width)]
    first = True
    with path.open("rb") as file:
        for raw in records_of_file(file):
            if not is_utf8(raw) or not are_regular(raw, delimiter):
                raise NotPlain
            table = pyarrow.csv.read_csv(
                pa.BufferReader(pa.py_buffer(raw)),
                pyarrow.csv.ReadOptions(column_names=names, block_size=len(raw) + 1),
                pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
                pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False),
            )
            yield table.slice(1) if first else table
            first = False


def large_parquet(name: str, path: Path, whole: Whole) -> Iterator[Look]:
    """A Parquet file of plain columns; one with nested ones is read whole."""
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
    if any(pa.types.is_nested(column.type) for column in schema):
        yield from whole()
        return
    metadata = [f"{_said(key)} : {_said(value)}" for key, value in (schema.metadata or {}).items()]
    metadata += [_said(value) for column in schema for value in (column.metadata or {}).values()]

    def batches() -> Iterator[pa.Table]:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS):
                yield pa.Table.from_batches([batch])

    yield Texts(name, [(-1, "metadata", line) for line in metadata])
    yield LargeTable(name, schema.names, batches, whole)


def _said(metadata: bytes) -> str:
    return metadata.decode("utf-8", "replace")


LARGE_READERS: dict[str, Callable[[str, Path, Whole], Iterator[Look]]] = {".csv": large_csv, ".parquet": large_parquet}
