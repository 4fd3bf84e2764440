"""Records of a CSV file that their quotes do not delimit, for `arobase check`: the rule of `formats/quotes.py`.

Frictionless reads such a file as Python's reader cuts it: text after a closing quote joins the cell, and a quote left
open takes the lines that follow into one cell, without a word. Its result stays what it is; what is found here is said
beside it, and the file is not valid. Belongs here: looking through a file of any size. Does not: the rule.
"""

from __future__ import annotations

import codecs
import gzip
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol, cast

import numpy as np
from isal import igzip

from pipelines.formats.quotes import Cutter, LoneReturn, QuoteFault, Record, swallows
from pipelines.storage.damage import DAMAGE
from pipelines.validation.inputs import Reading
from pipelines.validation.transcoding import ASCII, BYTEWISE
from pipelines.validation.unpacking import UNPACKING

WINDOW = 1 << 20
"""Bytes that are looked at together: what the processor's own memory holds."""
FIRST = 1 << 14
"""Bytes that are read until the header is known."""
LONGEST = 1 << 26
"""Bytes of one record beyond which its quote is reported as never closed."""
BREAK, RETURN = ord("\n"), ord("\r")
UTF_8 = ("utf-8", "utf-8-sig")
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Places = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
TABLES = ("", "csv", "tsv", "txt")


@dataclass(frozen=True)
class Quoting:
    """How a file is cut: what Frictionless' dialect says of it."""

    delimiter: str
    quote: str | None
    escape: str | None
    encoding: str


def stray_quotes(path: Path, reading: Reading, *, limit_rows: int | None = None) -> Iterator[Record]:
    """The records whose quotes do not delimit their cells, in the order of the file; none for what is no CSV.

    `limit_rows`: of how many rows, the header apart. What cannot be opened or decoded is not reported here: it has no
    result at all.
    """
    quoting = _quoting(path, reading)
    if quoting is None or quoting.quote is None:
        return
    yielded = 0
    try:
        try:
            with _opened(path, reading.member) as file:
                for record in _Look(quoting, limit_rows).faults(file):
                    yielded += 1
                    yield record
        except UNPACKING:  # which Python's own `gzip` may read all the same
            with gzip.open(path) as file:
                again = _Look(quoting, limit_rows).faults(cast("IO[bytes]", file))
                yield from islice(again, yielded, None)
    except LoneReturn:
        return  # no lines that could be reported
    except DAMAGE:
        return  # has no result at all, which is reported


def resource_reading(resource: Any) -> Reading:
    """How Frictionless reads a resource of a package."""
    member = getattr(resource, "innerpath", None)
    return Reading(
        encoding=resource.encoding or "utf-8",
        dialect=resource.dialect.to_descriptor(),
        member=member or None,
        file_format=resource.format,
    )


def quote_error(record: Record) -> dict[str, Any]:
    """A record that its quotes do not delimit as a line of a result's errors; it has lines, and no row of a table."""
    found = record.message.en
    empty: dict[str, Any] = {"row": None, "field": None, "field_number": None, "cell": None}
    return {**empty, "rule": str(record.fault), "note": found, "message": found}


def _quoting(path: Path, reading: Reading) -> Quoting | None:
    """None where quotes are no matter of this rule: no table of text, comments, blanks before quotes."""
    shown = Path(reading.member or path.name.removesuffix(".gz").removesuffix(".zip"))
    kind = reading.file_format or shown.suffix.lower().lstrip(".")
    if kind not in TABLES:
        return None
    dialect = dict(reading.dialect or {})
    csv: Mapping[str, Any] = {**dialect, **dict(dialect.get("csv") or {})}
    if csv.get("skipInitialSpace") or csv.get("commentChar"):
        return None
    delimiter = csv.get("delimiter") or ("\t" if kind == "tsv" else reading.delimiter)
    escape = csv.get("escapeChar")
    quote = csv.get("quoteChar", '"')
    try:
        encoding = codecs.lookup(reading.encoding).name
    except LookupError:
        return None
    is_plain = len(str(delimiter)) == 1 and (quote is None or len(str(quote)) == 1)
    return Quoting(str(delimiter), quote, escape, encoding) if is_plain else None


@contextmanager
def _opened(path: Path, member: str | None) -> Iterator[IO[bytes]]:
    if path.suffix.lower() == ".gz":
        with igzip.open(path) as file:  # type: ignore[no-untyped-call]
            yield file
    elif path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(member or archive.namelist()[0]) as file:
            yield file
    else:
        with path.open("rb") as file:
            yield file


class _AsUtf8:
    """A file of an encoding in which a byte may be part of several characters, read as UTF-8."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        self._reader = codecs.getreader(encoding)(file)

    def read(self, size: int) -> bytes:
        """The next characters, at most `size`."""
        return self._reader.read(size, size).encode("utf-8", "surrogatepass")


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class _Marks:
    """Where quotes and line feeds are in the first `end` bytes of a block, which are whole records."""

    end: int
    quotes: Places
    breaks: Places

    def are_inside(self, places: Places) -> Mask:
        """Which of these places are between quotes."""
        found: Mask = np.searchsorted(self.quotes, places) % 2 == 1
        return found


class _Look:
    """Looks through a file block by block, and cuts into records only what a look at the bytes cannot call sound.

    Where each quote opens after a delimiter or a line's end and closes before one, every reader cuts the same records,
    and one is at fault only when a cell goes on with lines of as many delimiters as the header has.
    """

    def __init__(self, quoting: Quoting, limit_rows: int | None) -> None:
        self._quoting, self._left = quoting, limit_rows
        self._is_bytewise = quoting.encoding in BYTEWISE
        self._cutter = Cutter(quoting.delimiter, quote=quoting.quote, escape=quoting.escape)
        marks = f"{quoting.quote}{quoting.delimiter}"
        self._is_quick = quoting.escape is None and limit_rows is None and marks.isascii()
        self._quote, self._delimiter = ord(str(quoting.quote)), ord(quoting.delimiter)
        self._beside = np.zeros(ASCII * 2, np.bool_)
        if self._is_quick:
            self._beside[[self._delimiter, BREAK, RETURN, self._quote]] = True
        self._line = 1  # the first of what was not looked at yet
        self._width = 0  # how many cells the header has, 0 before it was read
        self._is_over = False

    def faults(self, file: IO[bytes]) -> Iterator[Record]:
        """The records of a file that their quotes do not delimit. Raises `LoneReturn` and `UnicodeDecodeError`."""
        is_ours = self._is_bytewise or self._quoting.encoding in UTF_8
        source: _Readable = file if is_ours else _AsUtf8(file, self._quoting.encoding)
        data, is_last = b"", False
        while not (is_last or self._is_over):
            more = source.read(WINDOW if self._width else FIRST)
            is_last = not more
            data += more
            if self._line == 1 and not self._width and not self._is_bytewise:
                data = data.removeprefix(codecs.BOM_UTF8)
            marks = self._regular(data, is_last=is_last) if self._is_quick and self._width else None
            if marks is None:
                data = yield from self._cut(data, is_last=is_last)
                continue
            for line, record in self._doubtful(data, marks):
                yield from self._at_fault(next(self._cutter.records(self._text(record), line)))
            self._line += len(marks.breaks)
            data = data[marks.end :]

    def _regular(self, data: bytes, *, is_last: bool) -> _Marks | None:
        """The whole records of a block whose quotes are regular; None where they are not, or a line ends otherwise."""
        found = np.frombuffer(data, np.uint8)
        quotes = np.flatnonzero(found == self._quote)
        breaks = np.flatnonzero(found == BREAK)
        outside = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
        end = len(data) if is_last else int(outside[-1]) + 1 if len(outside) else 0
        quotes = quotes[: np.searchsorted(quotes, end)]
        marks = _Marks(end, quotes, breaks[: np.searchsorted(breaks, end)])
        opening, closing = quotes[0::2], quotes[1::2]
        before = found[opening[opening > 0] - 1]
        after = found[closing[closing + 1 < end] + 1]
        is_regular = len(quotes) % 2 == 0 and self._beside[before].all() and self._beside[after].all()
        if not is_regular or self._has_lone_return(data, found, marks) or (not end and len(data) > LONGEST):
            return None
        return marks

    @staticmethod
    def _has_lone_return(data: bytes, found: Bytes, marks: _Marks) -> bool:
        if data.find(b"\r", 0, marks.end) < 0:
            return False
        returns = np.flatnonzero(found[: marks.end] == RETURN)
        returns = returns[~marks.are_inside(returns)]
        after = found[returns[returns + 1 < marks.end] + 1]
        return bool(((after != BREAK) & (after != RETURN)).any())

    def _doubtful(self, data: bytes, marks: _Marks) -> Iterator[tuple[int, bytes]]:
        """The records in which a cell may go on with records, each with its first line.

        A line of a cell cannot be one when fewer delimiters follow, up to the next line, than a record has.
        """
        are_inside = marks.are_inside(marks.breaks)
        if self._width < 2 or not are_inside.any():
            return
        delimiters = np.flatnonzero(np.frombuffer(data, np.uint8)[: marks.end] == self._delimiter)
        seen = np.searchsorted(delimiters, np.append(marks.breaks, marks.end))
        doubtful = marks.breaks[are_inside & (np.diff(seen) >= self._width - 1)]
        ends = marks.breaks[~are_inside] + 1
        bounds = np.concatenate(([0], ends, [marks.end]))
        for number in np.unique(np.searchsorted(ends, doubtful, side="right")).tolist():
            first, last = int(bounds[number]), int(bounds[number + 1])
            yield self._line + int(np.searchsorted(marks.breaks, first)), data[first:last]

    def _cut(self, data: bytes, *, is_last: bool) -> Generator[Record, None, bytes]:
        """Cut a block into records, all but its last, which waits for what follows; returns what was not cut."""
        is_last = is_last or len(data) > LONGEST
        end = len(data) if is_last else data.rfind(b"\n") + 1  # no character is cut in two there
        waiting: Record | None = None
        for record in self._cutter.records(self._text(data[:end]), self._line):
            if waiting is not None:
                yield from self._at_fault(waiting)
                if self._is_over:
                    return b""
            waiting = record
        if is_last:
            self._is_over = True
            if waiting is not None:
                yield from self._at_fault(waiting)
            return b""
        first = self._line + data.count(b"\n", 0, end) if waiting is None else waiting.first
        start = _start_of_line(data, first - self._line)
        self._line = first
        return data[start:]

    def _text(self, data: bytes) -> str:
        if self._is_bytewise:
            return data.decode(self._quoting.encoding)
        return data.decode("utf-8", "strict" if self._quoting.encoding in UTF_8 else "surrogatepass")

    def _at_fault(self, record: Record) -> Iterator[Record]:
        """A record, when its quotes do not delimit it and it is within the rows that were asked for."""
        is_header = not self._width
        self._width = self._width or len(record.cells)
        if not is_header and self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._is_over = True
                return
        if record.fault is not None:
            yield record
        elif (
            not is_header
            and record.last > record.first
            and swallows(record.cells, self._quoting.delimiter, self._width)
        ):
            yield replace(record, fault=QuoteFault.SWALLOWED)


def _start_of_line(data: bytes, lines: int) -> int:
    """Where the text behind the first `lines` line ends begins."""
    place = 0
    for _ in range(lines):
        place = data.index(b"\n", place) + 1
    return place
