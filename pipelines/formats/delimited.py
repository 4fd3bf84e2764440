"""CSV and TSV as text columns, fast where a file is plain and exact where it is not.

pyarrow reads the plain road; Python's own csv reads what is odd (blank lines, ragged rows). Both give the line of the
file that each record starts on. An empty cell stays an empty text; a cell that a short row lacks is null.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.encoding import as_utf8
from pipelines.formats.errors import Damaged, EmptyFile, RowTooLong, WrongDelimiter
from pipelines.formats.header import column_names
from pipelines.formats.registry import Records, reader
from pipelines.storage.cells import allow_long_cells

DELIMITERS = (";", ",", "\t", "|")
NEAR = 10


@reader("csv", "tsv")
def read_delimited(content: Content) -> Records:
    """Raises `WrongEncoding`, `WrongDelimiter`, `RowTooLong`, `EmptyFile`, `Damaged`, and what `Content.data` does."""
    allow_long_cells()
    data, encoding = as_utf8(content.data, content.options.get("encoding"), file=content.file)
    if not data.strip():
        raise EmptyFile(file=content.file, size=len(data), format=content.part.format)
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    first, rows = content.options.get("header_row", 1), content.options.get("header_rows", 1)
    delimiter = _delimiter(content, data)
    header, near, lines, offset = _header(content, data, delimiter, first, rows)
    if not header:
        raise EmptyFile(file=content.file, size=len(data), format=content.part.format)
    if len(header[-1]) == 1:
        _check_delimiter(content, header[-1][0], delimiter, lines)
    names, originals = column_names(header, content.options.get("header_name"))
    body = data[offset:] if offset < len(data) else b""
    found = _plain(body, len(names), delimiter, lines) if body else ([pa.array([], pa.string())] * len(names), [])
    columns, positions = found or _odd(content, body, len(names), delimiter, lines)
    facts: dict[str, Any] = {"encoding": encoding, "delimiter": delimiter}
    return Records(
        names, originals, columns, pa.array(positions, pa.int64()), Said(f"ligne {lines}", f"line {lines}"), near, facts
    )


def _delimiter(content: Content, data: bytes) -> str:
    if content.options.get("delimiter"):
        return str(content.options["delimiter"])
    if content.part.format == "tsv":
        return "\t"
    lines = data.split(b"\n", NEAR)[:NEAR]
    counts = {mark: max(_width(line.decode("utf-8"), mark) for line in lines) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: counts[mark]) if max(counts.values()) > 1 else ","


def _width(line: str, delimiter: str) -> int:
    # Line breaks change no width, and `csv` refuses one that stands in an unquoted cell.
    return len(next(csv.reader([re.sub(r"[\r\n]", " ", line)], delimiter=delimiter), []))


def _check_delimiter(content: Content, cell: str, delimiter: str, line: int) -> None:
    """Raises `WrongDelimiter` for a header of one cell that another delimiter, or the same one unquoted, would cut."""
    widths = {mark: _width(cell, mark) for mark in DELIMITERS}
    likely = max(DELIMITERS, key=lambda mark: widths[mark])
    if widths[likely] > 1:
        unquoted = Said(f"{likely!r} sans ses guillemets", f"{likely!r} unquoted")
        told = {"declared": repr(delimiter), "likely": unquoted if likely == delimiter else repr(likely)}
        raise WrongDelimiter(file=content.file, line=line, count=widths[likely], **told)


def _header(
    content: Content, data: bytes, delimiter: str, first: int, rows: int
) -> tuple[list[list[str]], list[list[str]], int, int]:
    """The header rows, the first rows as they are, the number of lines up to the header's end, and its end in bytes.

    Raises `Damaged` for a line that is cut by a carriage return alone, as no other of the file is.
    """
    stream = _Lines(data)
    header: list[list[str]] = []
    near: list[list[str]] = []
    lines = end = 0
    try:
        for number, row in enumerate(csv.reader(stream, delimiter=delimiter), start=1):
            near.append(row)
            if first <= number < first + rows:
                header.append(row)
                lines, end = stream.line, stream.end
            if number >= max(NEAR, first + rows - 1):
                break
    except csv.Error as error:
        raise _damaged(content, stream.line, error) from None
    return header, near, lines, end


class _Lines:
    """Lines of UTF-8 bytes as text, one at a time, knowing how far it went: `line` lines, `end` bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.line, self.end = data, 0, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.end >= len(self.data):
            raise StopIteration
        stop = self.data.find(b"\n", self.end) + 1 or len(self.data)
        text = self.data[self.end : stop].decode("utf-8")
        self.line, self.end = self.line + 1, stop
        return text


def _plain(body: bytes, width: int, delimiter: str, lines: int) -> tuple[list[pa.ChunkedArray], Any] | None:
    """pyarrow's reading; None where it refuses, or where its rows cannot be put on lines with certainty."""
    from pyarrow import csv as arrow_csv

    total = body.count(b"\n") + (0 if body.endswith(b"\n") else 1)
    names = [f"f{index}" for index in range(width)]

    def parse(*, newlines: bool) -> pa.Table:
        # A block is the whole body where cells hold line breaks: pyarrow cuts inside quoted CRLF (apache/arrow#51368).
        block = min(len(body) + 1, (1 << 31) - 1) if newlines else 1 << 20
        return arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=block),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=newlines),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )

    try:
        table = parse(newlines=False)
        if table.num_rows == total:
            return table.columns, _line_numbers(total, lines)
    except pa.ArrowInvalid:
        if b'"' not in body:
            return None
    if b'"' not in body or len(body) >= (1 << 31) - 2:
        return None
    try:
        table = parse(newlines=True)
    except pa.ArrowInvalid:
        return None
    broken = _breaks(table)
    if table.num_rows + pc.sum(broken).as_py() != total:
        return None
    before = pc.subtract(pc.cumulative_sum(broken), broken)
    return table.columns, pc.add(before, _line_numbers(table.num_rows, lines))


def _line_numbers(count: int, lines: int) -> pa.Array:
    import numpy

    return pa.array(numpy.arange(lines + 1, lines + 1 + count, dtype=numpy.int64))


def _breaks(table: pa.Table) -> pa.Array:
    """How many line breaks the cells of each row hold."""
    total: Any = pa.array([0] * table.num_rows, pa.int64())
    for column in table.columns:
        total = pc.add(total, pc.count_substring(column, "\n").cast(pa.int64()))
    return total.combine_chunks() if isinstance(total, pa.ChunkedArray) else total


def _odd(content: Content, body: bytes, width: int, delimiter: str, lines: int) -> tuple[list[pa.Array], list[int]]:
    """Python's reading: blank lines skipped, short rows filled with null, extra cells allowed only when empty."""
    columns: list[list[str | None]] = [[] for _ in range(width)]
    positions: list[int] = []
    source = csv.reader(
        io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline=""), delimiter=delimiter, strict=True
    )
    start = 0
    try:
        for row in source:
            line, start = lines + start + 1, source.line_num
            if not row or (len(row) == 1 and width > 1 and not row[0].strip()):
                continue
            if len(row) > width and any(cell.strip() for cell in row[width:]):
                raise RowTooLong(file=content.file, line=line, cells=len(row), columns=width)
            cells: list[str | None] = [*row[:width], *[None] * (width - len(row))]
            for column, cell in zip(columns, cells, strict=True):
                column.append(cell)
            positions.append(line)
    except csv.Error as error:
        raise _damaged(content, lines + start + 1, error) from None
    return [pa.array(column, pa.string()) for column in columns], positions


def _damaged(content: Content, line: int, error: csv.Error) -> Damaged:
    detail = Said(f"ligne {line} : {error}", f"line {line}: {error}")
    return Damaged(file=content.file, detail=detail, format=content.part.format)
