"""The fast reader of CSV files: bytes cut at the ends of records, and parsed by pyarrow as text.

pyarrow's tokeniser agrees with Python's, its own block cutter does not (apache/arrow#51368 loses the LF of a quoted
CRLF between two blocks): records are cut here, where quotes are regular. A block that pyarrow will not parse, or that
contains a row of empty cells, is read by Python's `csv`. A file that is not plain raises `NotPlain` and is streamed.
Encodings of one byte a character become UTF-8 a block at a time (`transcoding.py`); gzip is unpacked as it is read
(`unpacking.py`); the spaces that a dialect skips are taken away (`skipped_spaces.py`).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Container, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv
from isal import igzip

from pipelines.formats.encoding import is_utf8
from pipelines.storage.ahead import side_by_side
from pipelines.validation.blocks import Block, Examined, block_of_rows, has_blank_row, rows_of_text
from pipelines.validation.hashing import Hasher
from pipelines.validation.skipped_spaces import (
    NEWLINE,
    RETURN,
    Bytes,
    Places,
    before_spaces,
    behind_quotes,
    cut_out,
    without_spaces,
)
from pipelines.validation.transcoding import as_utf8
from pipelines.validation.unpacking import DamagedGzip, Gunzipped

SIZE, LEAST = 4 << 20, 1 << 20  # bytes of a block, and of one where there is little memory
OF_MEMORY = 64  # a block takes that part of the memory: a dozen are read, parsed, examined and hashed at once
LONGEST = 64 << 20  # a block that finds no end of record in that many bytes is streamed
BOM = b"\xef\xbb\xbf"
AHEAD = 4  # blocks that wait, parsed and examined, before the next is cut


def size_of_blocks(memory: int) -> int:
    """Bytes of a block where a validation may take that much memory beside what Python and Arrow take."""
    return min(SIZE, max(LEAST, memory // OF_MEMORY))


class NotPlain(Exception):
    """The file cannot be cut at the ends of its records: stream it through Python's reader."""


LINES = 1 << 14  # bytes at the end of a block that are looked through for the end of a record, more when there is none


@dataclass(frozen=True)
class Cut:
    """Where a block is in the file, and which row (from 0) is its first."""

    offset: int
    length: int
    first: int


@dataclass(frozen=True)
class Writing:
    """How a CSV file is written: quotes of RFC 4180, of one byte like the delimiter; the header is the first record."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"  # or one of `transcoding.BYTEWISE`
    skips_spaces: bool = False
    is_packed: bool = False  # by gzip


class CutSource:
    """A CSV file that can be cut at the ends of its records. `hasher` is given its bytes, unpacked."""

    failure: Any = None

    def __init__(
        self, path: Path, writing: Writing, width: int, hasher: Hasher | None = None, size: int | None = None
    ) -> None:
        self.path, self.writing, self.width = path, writing, width
        self._hasher, self._size = hasher, size or SIZE
        self._quote = ord(writing.quote)
        self._is_utf8 = writing.encoding == "utf-8"
        self._names = [f"c{number}" for number in range(width)]
        self._before = np.zeros(256, np.bool_)  # what is before a cell
        self._before[[ord(writing.delimiter), NEWLINE, RETURN]] = True
        self._beside = self._before.copy()
        self._beside[self._quote] = True
        self._places: list[Cut] = []
        self._bytes = 0
        self._rows_of_last = 0
        self.fraction: float | None = 0.0

    def examined(self, examine: Callable[[Block], Examined]) -> Iterator[tuple[Block, Examined]]:
        """Every block and what `examine` says of it, in order. Raises `NotPlain`."""
        self._places.clear()
        self._bytes = self.path.stat().st_size

        def work(cut: tuple[memoryview, int]) -> tuple[Block, Examined, int, int]:
            raw, offset = cut
            block = self._parse(raw, offset == 0)
            return block, examine(block), offset, len(raw)

        with self._opened() as file:
            # The first block is examined alone: columns decide on it how they are proved.
            done = side_by_side(work, self._cut(file), first_alone=True, waiting_most=AHEAD)
            with closing(done):
                for block in done:
                    yield self._settled(*block)

    def _opened(self) -> Gunzipped | IO[bytes]:
        return Gunzipped(self.path) if self.writing.is_packed else self.path.open("rb")

    def _seekable(self) -> IO[bytes]:
        if not self.writing.is_packed:
            return self.path.open("rb")
        return cast("IO[bytes]", igzip.open(self.path))  # type: ignore[no-untyped-call]

    def again(self, wanted: Container[int]) -> Iterator[tuple[int, Block]]:
        """The wanted blocks, read again."""
        with self._seekable() as file:
            for ordinal, place in enumerate(self._places):
                if ordinal in wanted:
                    file.seek(place.offset)
                    raw = memoryview(file.read(place.length))
                    yield ordinal, replace(self._parse(raw, place.offset == 0), first=place.first)

    def _settled(self, block: Block, result: Examined, offset: int, length: int) -> tuple[Block, Examined]:
        first = self._places[-1].first + self._rows_of_last if self._places else 0
        self._places.append(Cut(offset, length, first))
        self._rows_of_last = len(block)
        self.fraction = None if self.writing.is_packed else (offset + length) / max(1, self._bytes)
        return replace(block, first=first), result

    def _cut(self, file: Gunzipped | IO[bytes]) -> Iterator[tuple[memoryview, int]]:
        """Whole records, a few megabytes at a time, with their offset. Bytes are copied once, from the file."""
        offset, wanted, rest = 0, self._size, b""
        while True:
            raw = memoryview(pa.allocate_buffer(len(rest) + wanted)).cast("B")
            raw[: len(rest)] = rest
            try:
                read = file.readinto(raw[len(rest) :])  # type: ignore[union-attr] # every file opened as bytes has it
            except DamagedGzip as error:
                raise NotPlain(str(error)) from error
            raw, is_last = raw[: len(rest) + read], read < wanted
            if not raw:
                return
            data = np.frombuffer(raw, np.uint8)
            quotes = np.flatnonzero(data == self._quote)
            end = len(raw) if is_last else end_of_record(data, quotes)
            if end == 0:
                wanted, rest = wanted * 2, bytes(raw)
                if wanted > LONGEST:
                    raise NotPlain("no end of record")
                continue
            raw, rest, wanted = raw[:end], bytes(raw[end:]), self._size
            self._check_quotes(raw, quotes[: np.searchsorted(quotes, end)], offset == 0)
            if self._hasher is not None:
                self._hasher.update(raw)
            yield raw, offset
            offset += end
            if is_last:
                return

    def _check_quotes(self, raw: memoryview, quotes: Places, is_first: bool) -> None:
        """Each quote opens after a delimiter or newline and closes before one, else `NotPlain`: nothing can be cut."""
        data = np.frombuffer(raw, np.uint8)
        start = len(BOM) if is_first and self._is_utf8 and raw[: len(BOM)] == BOM else 0
        opening, closing = quotes[0::2], quotes[1::2]
        opening = opening[opening > start] - 1
        if self.writing.skips_spaces:
            opening = before_spaces(data, opening)
            opening = opening[opening >= start]
        before = data[opening]
        after = data[closing[closing + 1 < len(data)] + 1]
        if len(quotes) % 2 or not (self._beside[before].all() and self._beside[after].all()):
            raise NotPlain("irregular quotes")

    def _parse(self, raw: memoryview, is_first: bool) -> Block:
        body = raw[len(BOM) :] if is_first and self._is_utf8 and raw[: len(BOM)] == BOM else raw
        columns = self._columns(body)
        if columns is None or has_blank_row(columns):
            return self._parse_slowly(body, is_first)
        # pyarrow is not asked to skip the header: with a NUL in it, it skips a row more.
        return Block(0, [column.slice(1) for column in columns] if is_first else columns)

    def _columns(self, body: memoryview) -> list[pa.Array] | None:
        """The columns as pyarrow reads them, None where it does not read them, or not as Python's reader does."""
        if not self.writing.skips_spaces:
            return self._read(self._as_utf8(body))
        moved = behind_quotes(body, self._quote)
        if moved is not None:
            columns = self._read(self._as_utf8(moved))
            return None if columns is None else without_spaces(columns)
        cells = cut_out(body, ord(self.writing.delimiter), self._quote)
        return None if cells is None else self._read(self._as_utf8(cells))

    def _read(self, cells: memoryview) -> list[pa.Array] | None:
        if cells[: len(BOM)] == BOM:  # pyarrow would drop it; Python's reader keeps it as a character of the cell
            return None
        if not is_utf8(cells):  # all at once, in a quarter of the time that pyarrow takes cell by cell
            return None
        try:
            table = pyarrow.csv.read_csv(
                pa.py_buffer(cells),
                pyarrow.csv.ReadOptions(
                    use_threads=False,
                    block_size=len(cells) + 1,
                    column_names=self._names,
                ),
                pyarrow.csv.ParseOptions(
                    delimiter=self.writing.delimiter,
                    quote_char=self.writing.quote,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                ),
                pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(self._names, pa.string()), strings_can_be_null=False, check_utf8=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        if any(column.num_chunks != 1 for column in table.columns):
            return None
        return [column.chunk(0) for column in table.columns]

    def _as_utf8(self, raw: memoryview) -> memoryview:
        """The same text in UTF-8. Raises `NotPlain` on a byte that stands for no character."""
        try:
            return raw if self._is_utf8 else as_utf8(raw, self.writing.encoding)
        except UnicodeDecodeError as error:
            raise NotPlain(str(error)) from error

    def _parse_slowly(self, body: memoryview, is_first: bool) -> Block:
        try:
            writing = self.writing
            text = str(body, writing.encoding)
            rows = rows_of_text(text, writing.delimiter, writing.quote, skips_spaces=writing.skips_spaces)
        except (UnicodeDecodeError, csv.Error) as error:
            raise NotPlain(str(error)) from error
        return block_of_rows(rows[1:] if is_first else rows, self.width)


def end_of_record(data: Bytes, quotes: Places) -> int:
    """One past the last newline that is outside quotes, 0 when there is none."""
    window = LINES
    while True:
        start = max(0, len(data) - window)
        lines = np.flatnonzero(data[start:] == NEWLINE) + start
        ends = lines[np.searchsorted(quotes, lines) % 2 == 0]
        if len(ends) or start == 0:
            return int(ends[-1]) + 1 if len(ends) else 0
        window *= 16
