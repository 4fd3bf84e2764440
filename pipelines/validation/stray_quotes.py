"""Records of a CSV file that their quotes do not delimit, for `arobase check`: the rule of `formats/quotes.py`.

Frictionless reads such a file as Python's reader cuts it: text after a closing quote joins the cell, and a quote left
open takes the lines that follow into one cell, without a word. Its verdict stays what it is; what is found here is said
beside it, and the file is not valid. Belongs here: looking through a file of any size. Does not: the rule.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

from pipelines.formats.quotes import Cutter, LoneReturn, QuoteFault, Record, swallows
from pipelines.storage.damage import DAMAGE
from pipelines.validation.inputs import Reading

WINDOW = 1 << 24
"""Characters that are cut at once."""
LONGEST = 1 << 27
"""Characters of one record beyond which its quote is told as never closed."""
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

    `limit_rows`: of how many rows, the header apart. What cannot be opened or decoded is not told here: it has no
    verdict at all.
    """
    quoting = _quoting(path, reading)
    if quoting is None or quoting.quote is None:
        return
    try:
        with _opened(path, reading.member) as file:
            if quoting.escape is None and not _may_be_amiss(file, quoting):
                return
        with _opened(path, reading.member) as file:
            yield from _amiss(file, quoting, limit_rows)
    except LoneReturn:
        return  # no lines that could be told
    except DAMAGE:
        return  # has no verdict at all, which is told


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
    """A record that its quotes do not delimit as a line of a verdict's errors; it has lines, and no row of a table."""
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


def _opened(path: Path, member: str | None) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path))
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            data = archive.read(member or archive.namelist()[0])
        return io.BytesIO(data)
    return path.open("rb")


def _may_be_amiss(file: IO[bytes], quoting: Quoting) -> bool:
    """Whether a file needs to be cut to be sure: a quote opens or closes within a cell, or a cell holds a line's end.

    A look at the bytes, in blocks; of an encoding whose quotes are not those of ASCII it can only say that it may be.
    """
    import numpy

    marks = f"{quoting.quote}{quoting.delimiter}\n"
    if not marks.isascii() or marks.encode(quoting.encoding) != marks.encode("ascii"):
        return True
    quote, breaks = ord(str(quoting.quote)), ord("\n")
    beside = numpy.zeros(256, numpy.bool_)
    beside[[ord(quoting.delimiter), breaks, ord("\r"), quote]] = True
    is_inside, before = False, breaks
    carried = b""
    while block := file.read(WINDOW):
        data = carried + block
        # The last byte waits: what follows it decides whether a quote there closes its cell.
        data, carried = data[:-1], data[-1:]
        found = numpy.frombuffer(data, numpy.uint8)
        places = numpy.flatnonzero(found == quote)
        if not len(places):
            if is_inside and breaks in found:
                return True
            before = int(found[-1]) if len(found) else before
            continue
        opens = (numpy.arange(len(places)) + int(is_inside)) % 2 == 0
        previous = numpy.concatenate(([before], found))[places]
        following = numpy.concatenate((found, numpy.frombuffer(carried, numpy.uint8)))[places + 1]
        if not beside[previous[opens]].all() or not beside[following[~opens]].all():
            return True
        ends = numpy.flatnonzero(found == breaks)
        inside = (numpy.searchsorted(places, ends) + int(is_inside)) % 2 == 1
        if inside.any():
            return True
        is_inside, before = bool((len(places) + int(is_inside)) % 2), int(found[-1])
    return is_inside != (carried == bytes([quote]))


def _amiss(file: IO[bytes], quoting: Quoting, limit_rows: int | None) -> Iterator[Record]:
    cutter = Cutter(quoting.delimiter, quote=quoting.quote, escape=quoting.escape)
    width = 0
    for number, record in enumerate(_records(file, quoting, cutter)):
        if number == 0:
            width = len(record.cells)
        if limit_rows is not None and number > limit_rows:
            return
        if record.fault is not None:
            yield record
        elif record.last > record.first and number and swallows(record.cells, quoting.delimiter, width):
            yield replace(record, fault=QuoteFault.SWALLOWED)


def _records(file: IO[bytes], quoting: Quoting, cutter: Cutter) -> Iterator[Record]:
    """The records of a file, a window of text at a time: the last of each waits for what follows it."""
    text, line = "", 1
    reader = codecs.getreader(quoting.encoding)(file)
    while True:
        more = reader.read(WINDOW)
        is_last = not more
        text = (text + more).removeprefix("\ufeff") if line == 1 else text + more
        if not text:
            return
        waiting: Record | None = None
        for record in cutter.records(text, line):
            if waiting is not None:
                yield waiting
            waiting = record
        if waiting is None:
            return
        if is_last or len(text) > LONGEST:
            yield waiting
            return
        text, line = _from_line(text, waiting.first - line), waiting.first


def _from_line(text: str, lines: int) -> str:
    """What follows the first `lines` line ends."""
    place = 0
    for _ in range(lines):
        place = text.index("\n", place) + 1
    return text[place:]
