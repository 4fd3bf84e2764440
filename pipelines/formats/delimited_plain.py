"""Regular CSV and TSV, read by pyarrow: whole records at a time, each with the line of the file that it starts on.

Belongs here: the fast road, and saying where it must not be taken. Does not: what is odd (`delimited.py`, `quotes.py`).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.formats.encoding import is_utf8
from pipelines.formats.quotes import are_regular
from pipelines.formats.records import NEWLINE, QUOTE
from pipelines.storage.ahead import side_by_side
from pipelines.storage.text_bytes import Bytes, count_of, has_sign

END_OF_FILE = 0x1A
"""The byte that ends a text for MS-DOS (Ctrl-Z)."""
RETURN = ord("\r")


@dataclass(frozen=True)
class Piece:
    """Whole records that pyarrow read: the line of the file that each starts on, and how many line breaks the cells of
    each hold (None: none of them does)."""

    columns: list[pa.Array]
    positions: pa.Array
    breaks: pa.Array | None
    lines: int

    def after(self, lines: int) -> Piece:
        """The same, where so many lines of the file are before it."""
        return replace(self, positions=pc.add(self.positions, pa.scalar(lines, pa.int64())))


def plain_pieces(records: Iterator[memoryview], width: int, delimiter: str) -> Generator[Piece | None]:
    """The pieces of a text in order, read side by side; None for one that is not plain, with which it ends."""
    return side_by_side(lambda raw: _plain(raw, width, delimiter), records)


def _plain(raw: memoryview, width: int, delimiter: str) -> Piece | None:
    """pyarrow's reading; None where it refuses, or where its rows cannot be put on lines with certainty."""
    import numpy
    from pyarrow import csv as arrow_csv

    if not len(raw):
        return Piece([pa.array([], pa.string())] * width, pa.array([], pa.int64()), None, 0)
    data = numpy.frombuffer(raw, numpy.uint8)
    if not (are_regular(raw, delimiter) and is_utf8(raw)) or count_of(data, END_OF_FILE) or _has_lone_return(data):
        return None
    count = count_of(data, NEWLINE)
    total = count + (0 if raw[-1] == NEWLINE else 1)
    has_quotes = count_of(data, QUOTE) > 0
    names = [f"f{index}" for index in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(raw)),
            # One block: pyarrow's own cut goes through quoted CRLF (apache/arrow#51368).
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=len(raw) + 1, use_threads=False),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=has_quotes),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = [in_one_piece(column) for column in table.columns]
    if table.num_rows == total:
        return Piece(columns, _line_numbers(total), None, count)
    broken = _breaks(columns) if has_quotes else None
    if broken is None or table.num_rows + pc.sum(broken).as_py() != total:
        return None
    before = pc.subtract(pc.cumulative_sum(broken), broken)
    return Piece(columns, pc.add(before, _line_numbers(table.num_rows)), broken, count)


def _has_lone_return(data: Bytes) -> bool:
    """Whether a carriage return outside of quotes is no part of a line end: pyarrow takes it for one, and a blank line,
    which it leaves out, would make up for that in the count of lines. `data`: whole records, their quotes regular."""
    if not count_of(data, RETURN):
        return False
    import numpy

    after = numpy.flatnonzero(data == RETURN) + 1
    lone = after[(after == len(data)) | (data[numpy.minimum(after, len(data) - 1)] != NEWLINE)]
    if not len(lone):
        return False
    quotes = numpy.flatnonzero(data == QUOTE)
    return bool((numpy.searchsorted(quotes, lone) % 2 == 0).any())


def may_swallow(columns: list[pa.Array], delimiter: str) -> list[int]:
    """The rows of which a cell of several lines has as many delimiters as a record: few, and looked at one by one."""
    found: Any = None
    for column in columns if len(columns) > 1 else ():
        if not has_sign(column, "\n") or (delimiter.isascii() and not has_sign(column, delimiter)):
            continue  # nearly all columns
        has_enough = pc.greater_equal(pc.count_substring(column, delimiter), len(columns) - 1)
        if pc.any(has_enough).as_py():
            here = pc.and_(has_enough, pc.match_substring(column, "\n"))
            found = here if found is None else pc.or_(found, here)
    rows: list[int] = pc.indices_nonzero(found).to_pylist() if found is not None else []
    return rows


def _line_numbers(count: int) -> pa.Array:
    import numpy

    return pa.array(numpy.arange(1, 1 + count, dtype=numpy.int64))


def _breaks(columns: list[pa.Array]) -> pa.Array:
    """How many line breaks the cells of each row hold."""
    import numpy

    total: Any = pa.array(numpy.zeros(len(columns[0]), numpy.int64))
    for column in columns:
        if has_sign(column, "\n"):
            total = pc.add(total, pc.count_substring(column, "\n").cast(pa.int64()))
    return total


def in_one_piece(array: Any) -> Any:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
