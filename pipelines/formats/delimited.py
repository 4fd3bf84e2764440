"""CSV and TSV as text columns, fast where a file is plain and exact where it is not.

pyarrow reads the plain road; what is odd (blank lines, ragged rows, quotes that delimit nothing) is cut by `quotes.py`.
Both give the line of the file that each record starts on. An empty cell stays an empty text; a cell that a short row
lacks is null.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.encoding import decoded
from pipelines.formats.ending import Ending
from pipelines.formats.errors import Damaged, EmptyFile, RowTooLong, WrongDelimiter
from pipelines.formats.faults import RecordFault, positions_listed
from pipelines.formats.header import clean, column_names
from pipelines.formats.quotes import Cutter, LoneReturn, QuoteFault, Record, are_regular, swallows
from pipelines.formats.registry import Records, reader
from pipelines.storage.cells import allow_long_cells

DELIMITERS = (";", ",", "\t", "|")
NEAR = 10
MOST_LINES = 1_000
"""The lines that one wrong quote may cost; beyond, the file is damaged."""


@reader("csv", "tsv")
def read_delimited(content: Content) -> Records:
    """Raises `WrongEncoding`, `WrongDelimiter`, `EmptyFile`, `Damaged`, and what `Content.data` does. A row with more
    cells than the header is a fault; where most are so, `refusal` is `RowTooLong`.
    """
    allow_long_cells()
    text = decoded(content)
    data, notices = _without_end_mark(text.data, list(text.notices))
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
    body = _Body(content, names, delimiter, lines, header[-1])
    body.read(data[offset:] if offset < len(data) else b"")
    body.tidy(notices)
    facts: dict[str, Any] = {"encoding": text.encoding, "delimiter": delimiter} | body.facts
    return Records(
        names,
        originals,
        body.columns,
        body.positions,
        Said(f"ligne {lines}", f"line {lines}"),
        near,
        facts,
        faults=body.faults,
        notices=notices,
        refusal=body.refusal,
    )


def _without_end_mark(data: bytes, notices: list[Said]) -> tuple[bytes, list[Said]]:
    """The text without the mark that MS-DOS ended files with (Ctrl-Z)."""
    if not data.rstrip(b"\r\n").endswith(b"\x1a"):
        return data, notices
    told = Said("marque de fin de fichier (Ctrl-Z) laissée", "the mark of a file's end (Ctrl-Z) was left out")
    return data.rstrip(b"\r\n").rstrip(b"\x1a"), [*notices, told]


class _Body:
    """What stands under the header, read by the fastest road that is right for it."""

    def __init__(self, content: Content, names: list[str], delimiter: str, lines: int, header: list[str]) -> None:
        self.content, self.options = content, content.options
        self.names, self.delimiter, self.lines = names, delimiter, lines
        self.header = [*header, *[""] * (len(names) - len(header))]
        self.quote, self.escape = _quoting(content)
        self.columns: list[Any] = [pa.array([], pa.string())] * len(names)
        self.positions = pa.array([], pa.int64())
        self.faults: list[RecordFault] = []
        self.facts: dict[str, Any] = {}
        self.refusal: RowTooLong | None = None

    def read(self, body: bytes) -> None:
        """Fill `columns`, `positions`, `faults` and `refusal`. Raises `Damaged`."""
        if not body:
            return
        is_plain = self.quote == '"' and self.escape is None and bool(self.names) and are_regular(body, self.delimiter)
        found = _plain(body, len(self.names), self.delimiter, self.lines) if is_plain else None
        if found is not None:
            self.columns, self.positions = found[0], pa.array(found[1], pa.int64())
            self._check_swallowed()
        else:
            self._read_odd(body)

    def _check_swallowed(self) -> None:
        """Faults for records whose cells hold lines that are records; they are few, and looked for among the broken."""
        if self.options.get("multiline") == "accept" or not len(self.positions):
            return
        table = pa.table(self.columns, names=[f"f{index}" for index in range(len(self.columns))])
        breaks = _breaks(table)
        for row in pc.indices_nonzero(breaks).to_pylist():
            cells = [column[row].as_py() for column in self.columns]
            if swallows(cells, self.delimiter, len(self.names)):
                first = self.positions[row].as_py()
                self._refuse(Record(cells, first, first + breaks[row].as_py(), QuoteFault.SWALLOWED))

    def _refuse(self, record: Record) -> None:
        """A fault for each line of a record that is none. Raises `Damaged` where a quote takes most of a file along."""
        if record.last - record.first > MOST_LINES:
            raise _damaged(self.content, record.first, record.message.en, record.message.fr)
        rule = str(record.fault)
        self.faults += [RecordFault(line, rule, record.message) for line in range(record.first, record.last + 1)]

    def _read_odd(self, body: bytes) -> None:
        """Blank lines skipped, short rows filled with null, extra cells allowed only when empty."""
        width = len(self.names)
        columns: list[list[str | None]] = [[] for _ in range(width)]
        positions: list[int] = []
        cutter = Cutter(self.delimiter, quote=self.quote, escape=self.escape)
        may_swallow = self.options.get("multiline") == "accept"
        too_long: list[tuple[int, int]] = []
        try:
            for record in cutter.records(body.decode("utf-8"), self.lines + 1):
                row = record.cells
                if record.fault is None and record.last > record.first and not may_swallow:
                    is_swallowing = swallows(row, self.delimiter, width)
                    record = replace(record, fault=QuoteFault.SWALLOWED if is_swallowing else None)  # noqa: PLW2901
                if record.fault is not None:
                    self._refuse(record)
                    continue
                if len(row) == 1 and width > 1 and not row[0].strip():
                    continue
                if len(row) > width and any(cell.strip() for cell in row[width:]):
                    too_long.append((record.first, len(row)))  # stays in its place, which a footer is counted by
                cells: list[str | None] = [*row[:width], *[None] * (width - len(row))]
                for column, cell in zip(columns, cells, strict=True):
                    column.append(cell)
                positions.append(record.first)
        except LoneReturn as error:
            raise _damaged(self.content, error.line, "new-line character seen in unquoted field") from None
        self._refuse_too_long(too_long, len(positions) - len(too_long))
        self.columns = [pa.array(column, pa.string()) for column in columns]
        self.positions = pa.array(positions, pa.int64())

    def _refuse_too_long(self, rows: list[tuple[int, int]], others: int) -> None:
        """A fault for each row with more cells than the header; of most rows, it is the header or the file that is
        wrong. `rows`: line and number of cells of each; `others`: how many rows fit."""
        width = len(self.names)
        if len(rows) > others:
            line, cells = rows[0]
            self.refusal = RowTooLong(file=self.content.file, line=line, cells=cells, columns=width)
            return
        for line, cells in rows:
            message = Said(
                f"Ligne {line} : {cells} cellules ; attendu : {width} colonnes, comme l'en-tête.",
                f"Line {line}: {cells} cells; expected: {width} columns, as the header has.",
            )
            self.faults.append(RecordFault(line, "ligne-trop-longue", message))

    def tidy(self, notices: list[Said]) -> None:
        """Marks within the text, NULs, headers met again, and what stands under the records. A header without a name,
        or a refused file, has no column to tidy."""
        if not len(self.positions) or not self.columns:
            return
        self._without_marks(notices)
        self._refuse_nul()
        self._refuse_header()
        self._end(notices)

    def _without_marks(self, notices: list[Said]) -> None:
        """A byte-order mark before a record: two files were put one after the other."""
        marked = pc.fill_null(pc.starts_with(self.columns[0], "\ufeff"), False)
        if not pc.any(marked).as_py():
            return
        shown = positions_listed(self.positions.filter(_one(marked)).to_pylist())
        stripped = pc.utf8_replace_slice(self.columns[0], 0, 1, "")
        self.columns = [pc.if_else(marked, stripped, self.columns[0]), *self.columns[1:]]
        french = f"marque d'ordre des octets au milieu du fichier, laissée : lignes {shown}"
        notices.append(Said(french, f"byte-order mark within the file, left out: lines {shown}"))

    def _refuse_nul(self) -> None:
        for name, column in zip(self.names, self.columns, strict=True):
            found = pc.fill_null(pc.match_substring(column, "\x00"), False)
            if not pc.any(found).as_py():
                continue
            for line in self.positions.filter(_one(found)).to_pylist():
                message = Said(
                    f"Ligne {line} : un octet nul dans « {name} » ; attendu : du texte.",
                    f'Line {line}: a NUL byte in "{name}"; expected: text.',
                )
                self.faults.append(RecordFault(line, "octet-nul", message, name))

    def _refuse_header(self) -> None:
        """Rows that are the header once more: rejected, unless the description drops or keeps them."""
        policy = self.options.get("repeated_header", "reject")
        if policy == "keep" or len(self.names) < 2:
            return
        same: Any = None
        for printed, column in zip(self.header, self.columns, strict=True):
            here = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), clean(printed)), False)
            same = here if same is None else pc.and_(same, here)
        if not pc.any(same).as_py():
            return
        lines = self.positions.filter(_one(same)).to_pylist()
        if policy == "drop":
            self._keep(pc.invert(_one(same)))
            self.facts["repeated_headers"] = len(lines)
            return
        for line in lines:
            message = Said(
                f"Ligne {line} : l'en-tête, une fois de plus ; attendu : un enregistrement "
                "(options.repeated_header: drop).",
                f"Line {line}: the header once more; expected: a record (options.repeated_header: drop).",
            )
            self.faults.append(RecordFault(line, "en-tete-repete", message))

    def _end(self, notices: list[Said]) -> None:
        """Leave out what the description says is under the records."""
        if "stop_at" not in self.options and "footer" not in self.options:
            return
        ending = Ending(self.content)
        rows = zip(*(column.to_pylist() for column in self.columns), strict=True)
        lines = self.positions.to_pylist()
        kept = [not ending.is_reached(line, row) for line, row in zip(lines, rows, strict=True)]
        count = kept.count(True)
        count -= ending.footer(count)
        if count < len(kept):
            last = lines[count - 1] if count else 0
            self.faults = [fault for fault in self.faults if fault.position <= last]
            self._keep(pa.array([index < count for index in range(len(kept))]))
            self.facts["rows_left_out"] = len(kept) - count
        notices += ending.notices()

    def _keep(self, mask: Any) -> None:
        self.columns = [column.filter(mask) for column in self.columns]
        self.positions = self.positions.filter(mask)


def _one(array: Any) -> Any:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _quoting(content: Content) -> tuple[str | None, str | None]:
    """The characters that quote and escape: `options.quote` (`none`: nothing quotes) and `options.escape`."""
    quote = content.options.get("quote", '"')
    return (None if quote == "none" else quote), content.options.get("escape")


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
    quote, escape = _quoting(content)
    quoting = {"quoting": csv.QUOTE_NONE} if quote is None else {"quotechar": quote}
    header: list[list[str]] = []
    near: list[list[str]] = []
    lines = end = 0
    try:
        for number, row in enumerate(csv.reader(stream, delimiter=delimiter, escapechar=escape, **quoting), start=1):
            near.append(row)
            if first <= number < first + rows:
                header.append(row)
                lines, end = stream.line, stream.end
            if number >= max(NEAR, first + rows - 1):
                break
    except csv.Error as error:
        raise _damaged(content, stream.line, str(error)) from None
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


def _damaged(content: Content, line: int, english: str, french: str | None = None) -> Damaged:
    detail = Said(f"ligne {line} : {french or english}", f"line {line}: {english}")
    return Damaged(file=content.file, detail=detail, format=content.part.format)
