"""Canonical CSV: UTF-8, RFC 4180, LF, byte for byte what Python's `csv` writes, but lone carriage returns are quoted.

Belongs here: the bytes of a CSV file. Does not: the order and text of values (`canonical.py`).
Whole batches are quoted and joined as Arrow buffers: a cell is never a Python object.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.canonical import BATCH_ROWS, batches, text

BOM = b"\xef\xbb\xbf"
WORKERS = 2


@dataclass(frozen=True)
class Written:
    """What a writer put in a file, counted as it wrote."""

    bytes: int
    sha256: str
    rows: int


def write_csv(table: pa.Table, path: Path) -> Written:
    """Write the canonical CSV of a canonical table."""
    return _write(csv_bytes(table), path, table.num_rows)


def write_excel_csv(table: pa.Table, path: Path) -> Written:
    """Write the same values for spreadsheets set to French: `;` between cells, and a byte order mark."""
    return _write(csv_bytes(table, delimiter=";", mark=BOM), path, table.num_rows)


def _write(blocks: Iterator[Any], path: Path, rows: int) -> Written:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for block in blocks:
            file.write(block)
            digest.update(block)
            size += len(block)
    return Written(size, digest.hexdigest(), rows)


def content_hash(table: pa.Table) -> str:
    """The SHA-256 of a canonical table's values: that of its canonical CSV, whatever file they came from."""
    digest = hashlib.sha256()
    for block in csv_bytes(table):
        digest.update(block)
    return digest.hexdigest()


def csv_bytes(table: pa.Table, *, delimiter: str = ",", mark: bytes = b"") -> Iterator[Any]:
    """The bytes of the CSV file, in blocks that files and digests take."""
    header = io.StringIO()
    csv.writer(header, delimiter=delimiter, lineterminator="\n").writerow(table.column_names)
    yield mark + header.getvalue().encode()
    if table.num_rows <= BATCH_ROWS:
        yield from (_lines(piece, delimiter) for piece in batches(table))
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        yield from _in_order(pool, (partial(_lines, piece, delimiter) for piece in batches(table)))


def _in_order(pool: ThreadPoolExecutor, tasks: Iterable[Callable[[], Any]]) -> Iterator[Any]:
    """The results of tasks in their order, a few of them under way at a time: Arrow works outside Python's lock."""
    waiting: deque[Future[Any]] = deque()
    for task in tasks:
        waiting.append(pool.submit(task))
        if len(waiting) > 2 * WORKERS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _lines(piece: pa.Table, delimiter: str) -> Any:
    """One batch as bytes: every line ends in the delimiter, which is then overwritten by the line feed."""
    import numpy as np

    cells = [
        _quoted(text(column), delimiter) if may_need_quotes(column.type) else text(column) for column in piece.columns
    ]
    if len(cells) == 1:  # csv quotes the empty cell of a one-column file: an empty line would be no row at all
        cells = [pc.if_else(pc.equal(pc.fill_null(cells[0], ""), ""), '""', cells[0])]
    lines = pc.binary_join_element_wise(*cells, pa.scalar(""), delimiter, null_handling="replace", null_replacement="")
    offsets = np.frombuffer(lines.buffers()[1], np.int32)[lines.offset : lines.offset + len(lines) + 1]
    block = np.frombuffer(lines.buffers()[2], np.uint8)[offsets[0] : offsets[-1]].copy()
    block[offsets[1:] - offsets[0] - 1] = ord("\n")
    return block.data


def may_need_quotes(kind: pa.DataType) -> bool:
    """Whether the canonical text of a type can hold a delimiter, a quote or a line end: numbers and dates cannot."""
    return bool(pa.types.is_string(kind) or pa.types.is_dictionary(kind))


def _quoted(column: pa.Array, delimiter: str) -> pa.Array:
    """The column with quotes around the cells that hold the delimiter, a quote or a line end."""
    import numpy as np

    if column.buffers()[2] is None:
        return column
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(column.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    signs = (data == ord('"')) | (data == ord(delimiter)) | (data == ord("\n")) | (data == ord("\r"))
    places = np.flatnonzero(signs)
    if not len(places):
        return column
    chosen = np.zeros(len(column), bool)
    chosen[np.searchsorted(offsets, places + offsets[0], side="right") - 1] = True
    doubled = pc.replace_substring(column.filter(pa.array(chosen)), '"', '""')
    return pc.replace_with_mask(column, pa.array(chosen), pc.binary_join_element_wise('"', doubled, '"', ""))
