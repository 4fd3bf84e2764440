"""CSV and TSV as text columns, fast where a file is plain and exact where it is not.

pyarrow reads the plain road (`delimited_plain.py`); what is odd (blank lines, ragged rows, quotes that delimit nothing)
is cut by `quotes.py`. The header comes first (`delimited_header.py`).
Both give the line of the file that each record starts on. An empty cell stays an empty text; a cell that a short row
lacks is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.delimited_header import (
    LONE_RETURN,
    NEAR,
    check_delimiter,
    damaged,
    delimiter_of,
    header_rows,
    quoting,
)
from pipelines.formats.delimited_plain import Piece, in_one_piece, may_swallow, plain_pieces
from pipelines.formats.encoding import decoded, is_plainly_utf8
from pipelines.formats.end_marks import may_end_with_mark, without_end_mark, without_inner_marks
from pipelines.formats.ending import Ending
from pipelines.formats.errors import EmptyFile, RowTooLong
from pipelines.formats.faults import RecordFault, positions_listed
from pipelines.formats.header import clean, column_names
from pipelines.formats.magic_numbers import is_wanted, signature
from pipelines.formats.quotes import Cutter, LoneReturn, QuoteFault, Record, swallows
from pipelines.formats.records import PIECE, records_of_file, whole_records
from pipelines.formats.registry import Records, reader
from pipelines.formats.short_rows import blank_lines, is_line_in_quotes, line_in_quotes, short_rows
from pipelines.storage.cells import allow_long_cells
from pipelines.storage.spool import Spool, by_chunk, filtered, places_where
from pipelines.storage.text_bytes import has_sign

LARGE = 4 * PIECE
"""Bytes from which on a file is read piece by piece."""
MOST_LINES = 1_000
"""The lines that one wrong quote may cost; beyond, the file is damaged."""


@reader("csv", "tsv")
def read_delimited(content: Content) -> Records:
    """Raises `WrongEncoding`, `WrongDelimiter`, `EmptyFile`, `Damaged`, and what `Content.data` does. A row with more
    cells than the header is a fault; where most are so, `refusal` is `RowTooLong`.
    """
    allow_long_cells()
    large = content.path.stat().st_size >= LARGE and not content.options.get("compression")
    return (_streamed(content) if large else None) or _whole(content)


def _streamed(content: Content) -> Records | None:
    """The records of a file that is UTF-8 as it is there, and regular all through: it is read piece by piece, and its
    bytes are never in memory at once. None for any other, of which nothing is reported here."""
    with content.path.open("rb") as file:
        pieces = records_of_file(file)
        head = bytes(next(pieces, b""))
        if not (is_plainly_utf8(content, head) and head.count(b"\n") > _header_end(content)):
            return None
        if not is_wanted(signature(head[:512]), content.part.format) or may_end_with_mark(content):
            return None
        opening = _Opening.of(content, head)
        body = opening.body(content)
        if not body.read_plain(chain([memoryview(head)[opening.offset :]], pieces)):
            return None
    return opening.records(body, "utf-8", [])


def _whole(content: Content) -> Records:
    text = decoded(content)
    data, notices = without_end_mark(*without_inner_marks(text.data, list(text.notices)))
    if not data or data.isspace():
        raise EmptyFile.of(content.file, len(data), content.part.format)
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    opening = _Opening.of(content, data)
    body = opening.body(content)
    body.read(memoryview(data)[opening.offset :])
    return opening.records(body, text.encoding, notices)


def _header_end(content: Content) -> int:
    """How many rows are looked at to find the header."""
    first, rows = content.options.get("header_row", 1), content.options.get("header_rows", 1)
    return int(max(NEAR, first + rows - 1))


@dataclass(frozen=True)
class _Opening:
    """What the first rows of a text show: its header, where that ends (in lines, and in bytes), what is near."""

    names: list[str]
    originals: list[str]
    header: list[str]
    near: list[list[str]]
    delimiter: str
    lines: int
    offset: int

    @classmethod
    def of(cls, content: Content, data: bytes) -> _Opening:
        first, rows = content.options.get("header_row", 1), content.options.get("header_rows", 1)
        delimiter = delimiter_of(content, data)
        header, near, lines, offset = header_rows(content, data, delimiter, first, rows)
        if len(header[-1]) == 1:
            check_delimiter(content, header[-1][0], delimiter, lines)
        names, originals = column_names(header, content.options.get("header_name"))
        return cls(names, originals, header[-1], near, delimiter, lines, offset)

    def body(self, content: Content) -> _Body:
        return _Body(content, self.names, self.delimiter, self.lines, self.header)

    def records(self, body: _Body, encoding: str, notices: list[Said]) -> Records:
        body.tidy(notices)
        facts: dict[str, Any] = {"encoding": encoding, "delimiter": self.delimiter} | body.facts
        return Records(
            self.names,
            self.originals,
            body.columns,
            body.positions,
            Said(f"ligne {self.lines}", f"line {self.lines}"),
            self.near,
            facts,
            faults=body.faults,
            notices=notices,
            refusal=body.refusal,
        )


class _Body:
    """What is under the header, read by the fastest road that is right for it."""

    def __init__(self, content: Content, names: list[str], delimiter: str, lines: int, header: list[str]) -> None:
        self.content, self.options = content, content.options
        self.names, self.delimiter, self.lines = names, delimiter, lines
        self.header = [*header, *[""] * (len(names) - len(header))]
        self.quote, self.escape = quoting(content)
        self.columns: list[Any] = [pa.array([], pa.string())] * len(names)
        self.positions = pa.array([], pa.int64())
        self.faults: list[RecordFault] = []
        self.facts: dict[str, Any] = {}
        self.refusal: RowTooLong | None = None
        self.notices: list[Said] = []

    def read(self, body: memoryview) -> None:
        """Fill `columns`, `positions`, `faults` and `refusal`. Raises `Damaged`."""
        if not body:
            return
        if not self.read_plain(whole_records(body)):
            self._read_odd(bytes(body))

    def read_plain(self, records: Iterator[memoryview]) -> bool:
        """Whether pyarrow could read the text, of which whole records are given, a few megabytes at a time."""
        if self.quote != '"' or self.escape is not None or not (self.names and self.delimiter.isascii()):
            return False
        lines, width = self.lines, len(self.names)
        spool = Spool(pa.schema([*((str(place), pa.string()) for place in range(width)), ("line", pa.int64())]))
        swallowing: list[Record] = []
        count = 0
        with closing(plain_pieces(records, width, self.delimiter)) as found:
            for count, piece in enumerate(found, start=1):  # noqa: B007 - asked once they are all there
                if piece is None:
                    return False
                placed = piece.after(lines)
                lines += piece.lines
                swallowing += self._swallowing(placed)
                spool.add(pa.Table.from_arrays([*placed.columns, placed.positions], schema=spool.schema))
        if not count:
            return False
        *self.columns, self.positions = spool.table().columns
        for record in swallowing:
            self._refuse(record)
        return True

    def _swallowing(self, piece: Piece) -> Iterator[Record]:
        """Records whose cells contain lines that are records; they are few, and looked for among the broken."""
        if piece.breaks is None or self.options.get("multiline") == "accept":
            return
        for row in may_swallow(piece.columns, self.delimiter):
            cells = [column[row].as_py() for column in piece.columns]
            if swallows(cells, self.delimiter, len(self.names)):
                first = piece.positions[row].as_py()
                yield Record(cells, first, first + piece.breaks[row].as_py(), QuoteFault.SWALLOWED)

    def _refuse(self, record: Record) -> None:
        """A fault for each line of a record that is none. Raises `Damaged` where a quote takes most of a file along."""
        if record.last - record.first > MOST_LINES:
            raise damaged(self.content, record.first, record.message.en, record.message.fr)
        rule = str(record.fault)
        self.faults += [RecordFault(line, rule, record.message) for line in range(record.first, record.last + 1)]

    def _read_odd(self, body: bytes) -> None:
        """Blank lines skipped, short rows filled with null, extra cells allowed only when empty."""
        width = len(self.names)
        columns: list[list[str | None]] = [[] for _ in range(width)]
        positions: list[int] = []
        cutter = Cutter(self.delimiter, quote=self.quote, escape=self.escape)
        # Behind the last name there may be delimiters that no row has.
        named = max((place for place, name in enumerate(self.header, start=1) if name.strip()), default=width)
        takes_lines = self.options.get("multiline") == "accept"
        too_long: list[tuple[int, int]] = []
        counts: list[tuple[int, int]] = []
        gaps: list[int] = []
        before = self.lines
        try:
            for cut in cutter.records(body.decode("utf-8"), self.lines + 1):
                record, row = cut, cut.cells
                if len(row) == 1 and width > 1 and not row[0].strip():
                    continue
                if record.first > before + 1 and positions:
                    gaps.append(record.first)
                before = record.last
                if record.fault is None and record.last > record.first and not takes_lines:
                    is_swallowing = swallows(row, self.delimiter, width)
                    record = replace(cut, fault=QuoteFault.SWALLOWED if is_swallowing else None)
                if record.fault is not None:
                    self._refuse(record)
                    continue
                if len(row) > width and any(cell.strip() for cell in row[width:]):
                    too_long.append((record.first, len(row)))  # stays in its place, which a footer is counted by
                if is_line_in_quotes(row, self.delimiter, width):
                    self.faults.append(line_in_quotes(record.first))
                else:
                    counts.append((record.first, width if len(row) >= named else len(row)))
                cells: list[str | None] = [*row[:width], *[None] * (width - len(row))]
                for column, cell in zip(columns, cells, strict=True):
                    column.append(cell)
                positions.append(record.first)
        except LoneReturn as error:
            raise damaged(self.content, error.line, *LONE_RETURN) from None
        self._refuse_too_long(too_long, len(positions) - len(too_long))
        faults, notices = short_rows(counts, width)
        self.faults, self.notices = [*self.faults, *faults], [*self.notices, *notices, *blank_lines(gaps)]
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
        """Marks within the text, NULs, headers met again, and what is under the records. A header without a name,
        or a refused file, has no column to tidy."""
        notices += self.notices
        if not len(self.positions) or not self.columns:
            return
        self._without_marks(notices)
        self._refuse_nul()
        self._refuse_header()
        self._end(notices)

    def _without_marks(self, notices: list[Said]) -> None:
        """A byte-order mark before a record: two files were put one after the other."""
        marked = by_chunk(self.columns[0], lambda chunk: pc.fill_null(pc.starts_with(chunk, "\ufeff"), False))
        if not pc.any(marked).as_py():
            return
        places = positions_listed(self.positions.filter(in_one_piece(marked)).to_pylist())
        stripped = pc.utf8_replace_slice(self.columns[0], 0, 1, "")
        self.columns = [pc.if_else(marked, stripped, self.columns[0]), *self.columns[1:]]
        french = f"marque d'ordre des octets au milieu du fichier, laissée : lignes {places}"
        notices.append(Said(french, f"byte-order mark within the file, left out: lines {places}"))

    def _refuse_nul(self) -> None:
        for place in places_where(self.columns, lambda cells: has_sign(cells, "\x00")):
            name, column = self.names[place], self.columns[place]
            found = by_chunk(column, lambda chunk: pc.fill_null(pc.match_substring(chunk, "\x00"), False))
            if not pc.any(found).as_py():
                continue
            for line in self.positions.filter(in_one_piece(found)).to_pylist():
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
            here = by_chunk(column, partial(_is_name, name=clean(printed)))
            same = here if same is None else pc.and_(same, here)
            if not pc.any(same).as_py():
                return
        lines = self.positions.filter(in_one_piece(same)).to_pylist()
        if policy == "drop":
            self._keep(pc.invert(in_one_piece(same)))
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
        whole = pa.table([*self.columns, self.positions], names=[str(n) for n in range(len(self.columns) + 1)])
        *self.columns, self.positions = filtered(whole, mask).columns


def _is_name(cells: pa.Array, *, name: str) -> pa.Array:
    written = pa.array({name, name.lower(), name.upper(), name.title(), name.capitalize()})
    return pc.is_in(pc.utf8_trim_whitespace(cells), written)
