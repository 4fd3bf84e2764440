"""The fast reader of CSV files: bytes cut at the ends of records, and parsed by pyarrow as text.

pyarrow's tokeniser agrees with Python's, its own block cutter does not (apache/arrow#51368 loses the LF of a quoted
CRLF between two blocks): records are cut here, where quotes are regular. A block that pyarrow will not parse, or that
holds a row of empty cells, is read by Python's `csv`. A file that is not plain raises `NotPlain` and is streamed.
Encodings of one byte a character become UTF-8 a block at a time; gzip is unpacked as it is read; the spaces that a
dialect skips are taken away before pyarrow reads the block.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import deque
from collections.abc import Callable, Container, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from pipelines.validation.blocks import Block, Examined, block_of_rows, has_blank_row, rows_of_text
from pipelines.validation.hashing import Hasher

BYTEWISE = frozenset(
    {"ascii", "cp437", "cp850", "cp858", "iso8859-1", "iso8859-15", "mac-roman"}
    | {f"cp125{number}" for number in range(9)}
    | {f"iso8859-{number}" for number in range(2, 17) if number not in (12, 15)}
)
"""Encodings of one byte a character in which every ASCII character is itself: records end at the same bytes."""
SIZE = 4 << 20  # bytes of a block
LONGEST = 64 << 20  # a block that finds no end of record in that many bytes is streamed
BOM = b"\xef\xbb\xbf"
NEWLINE, RETURN, SPACE = ord("\n"), ord("\r"), ord(" ")
ASCII = 128
Places = np.ndarray[Any, np.dtype[np.int64]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
THREADS = 2
AHEAD = 4  # blocks that wait, parsed and examined, before the next is cut


class NotPlain(Exception):
    """The file cannot be cut at the ends of its records: stream it through Python's reader."""


LINES = 1 << 14  # bytes at the end of a block that are looked through for the end of a record, more when there is none


@dataclass(frozen=True)
class Cut:
    """Where a block stands in the file, and which row (from 0) is its first."""

    offset: int
    length: int
    first: int


@dataclass(frozen=True)
class Writing:
    """How a CSV file is written: quotes of RFC 4180, of one byte like the delimiter; the header is the first record."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"  # or one of `BYTEWISE`
    skips_spaces: bool = False
    is_packed: bool = False  # by gzip


class CutSource:
    """A CSV file that can be cut at the ends of its records. `hasher` is given its bytes, unpacked."""

    failure: Any = None

    def __init__(self, path: Path, writing: Writing, width: int, hasher: Hasher | None = None) -> None:
        self.path, self.writing, self.width = path, writing, width
        self._hasher, self._size = hasher, SIZE
        self._quote = ord(writing.quote)
        self._is_utf8 = writing.encoding == "utf-8"
        self._names = [f"c{number}" for number in range(width)]
        self._before = np.zeros(256, np.bool_)  # what stands before a cell
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

        def work(raw: memoryview, offset: int) -> tuple[Block, Examined, int, int]:
            block = self._parse(raw, offset == 0)
            return block, examine(block), offset, len(raw)

        waiting: deque[Future[tuple[Block, Examined, int, int]]] = deque()
        with self._opened() as file, ThreadPoolExecutor(THREADS) as pool:
            try:
                for raw, offset in self._cut(file):
                    waiting.append(pool.submit(work, raw, offset))
                    # The first block is examined alone: columns decide on it how they are proved.
                    while len(waiting) > (AHEAD if self._places else 0):
                        yield self._settled(*waiting.popleft().result())
                while waiting:
                    yield self._settled(*waiting.popleft().result())
            finally:
                for future in waiting:
                    future.cancel()

    def _opened(self) -> IO[bytes]:
        return gzip.open(self.path) if self.writing.is_packed else self.path.open("rb")  # type: ignore[return-value]

    def again(self, wanted: Container[int]) -> Iterator[tuple[int, Block]]:
        """The wanted blocks, read again."""
        with self._opened() as file:
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

    def _cut(self, file: IO[bytes]) -> Iterator[tuple[memoryview, int]]:
        """Whole records, a few megabytes at a time, with their offset. Bytes are copied once, from the file."""
        offset, wanted, rest = 0, self._size, b""
        while True:
            raw = memoryview(pa.allocate_buffer(len(rest) + wanted)).cast("B")
            raw[: len(rest)] = rest
            try:
                read = file.readinto(raw[len(rest) :])  # type: ignore[attr-defined] # every file opened as bytes has it
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
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
            opening = _before_spaces(data, opening)
            opening = opening[opening >= start]
        before = data[opening]
        after = data[closing[closing + 1 < len(data)] + 1]
        if len(quotes) % 2 or not (self._beside[before].all() and self._beside[after].all()):
            raise NotPlain("irregular quotes")

    def _parse(self, raw: memoryview, is_first: bool) -> Block:
        body = raw[len(BOM) :] if is_first and self._is_utf8 and raw[: len(BOM)] == BOM else raw
        body = self._as_utf8(body)
        cells = self._without_spaces(body) if self.writing.skips_spaces else body
        # pyarrow would take a mark for one, after spaces too; Python's reader keeps it as a character of the cell
        if cells is None or cells[: len(BOM)] == BOM:
            return self._parse_slowly(body, is_first)
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
                    column_types=dict.fromkeys(self._names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return self._parse_slowly(body, is_first)
        columns = [column.chunk(0) if column.num_chunks == 1 else column.combine_chunks() for column in table.columns]
        if any(column.num_chunks != 1 for column in table.columns) or has_blank_row(columns):
            return self._parse_slowly(body, is_first)
        # pyarrow is not asked to skip the header: with a NUL in it, it skips a row more.
        return Block(0, [column.slice(1) for column in columns] if is_first else columns)

    def _as_utf8(self, raw: memoryview) -> memoryview:
        """The same text in UTF-8. Raises `NotPlain` on a byte that stands for no character."""
        if self._is_utf8 or not len(raw) or np.frombuffer(raw, np.uint8).max() < ASCII:
            return raw
        try:
            return memoryview(str(raw, self.writing.encoding).encode())
        except UnicodeDecodeError as error:
            raise NotPlain(str(error)) from error

    def _without_spaces(self, raw: memoryview) -> memoryview | None:
        """The bytes without the spaces before cells and outside quotes; None where the last line ends in them."""
        data = np.frombuffer(raw, np.uint8)
        quotes = np.flatnonzero(data == self._quote)
        spaces = np.flatnonzero(data == SPACE)
        first = spaces[(spaces == 0) | self._before[data[np.maximum(spaces, 1) - 1]]]
        first = first[np.searchsorted(quotes, first) % 2 == 0]
        kept = np.ones(len(data), np.bool_)
        while len(first):
            kept[first] = False
            first = first[first + 1 < len(data)] + 1
            first = first[data[first] == SPACE]
        if len(data) and not kept[-1]:
            return None  # the last line ends in such spaces: without them it could be gone
        return raw if kept.all() else memoryview(data[kept].tobytes())

    def _parse_slowly(self, body: memoryview, is_first: bool) -> Block:
        try:
            writing = self.writing
            text = str(body, "utf-8")
            rows = rows_of_text(text, writing.delimiter, writing.quote, skips_spaces=writing.skips_spaces)
        except (UnicodeDecodeError, csv.Error) as error:
            raise NotPlain(str(error)) from error
        return block_of_rows(rows[1:] if is_first else rows, self.width)


def _before_spaces(data: Bytes, places: Places) -> Places:
    """For each place the last one, at it or before, that holds no space; -1 where there is none."""
    places = places.copy()
    on_space = np.flatnonzero(data[places] == SPACE)
    while len(on_space):
        places[on_space] -= 1
        on_space = on_space[places[on_space] >= 0]
        on_space = on_space[data[places[on_space]] == SPACE]
    return places


def end_of_record(data: Bytes, quotes: Places) -> int:
    """One past the last newline that stands outside quotes, 0 when there is none."""
    window = LINES
    while True:
        start = max(0, len(data) - window)
        lines = np.flatnonzero(data[start:] == NEWLINE) + start
        ends = lines[np.searchsorted(quotes, lines) % 2 == 0]
        if len(ends) or start == 0:
            return int(ends[-1]) + 1 if len(ends) else 0
        window *= 16
