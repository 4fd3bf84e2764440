"""The one rule on quotes of a CSV file, for anyone who reads one: records that their quotes do not delimit.

Four things make a record irregular: text between a closing quote and the next delimiter; a blank between a delimiter
and a quote, which then quotes nothing; a quote that the file never closes; and a quoted cell that contains whole lines
of as many cells as the header has, which is what a quote left open does to the records that follow it. None of them is
read as a record: each of its lines is refused.

Belongs here: cutting text into records, with the lines and the fault of each. Does not: what becomes of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipelines.core.text import Said


class QuoteFault(StrEnum):
    """Why a record's quotes do not delimit its cells."""

    TEXT_AFTER = "texte-apres-guillemet"
    BLANK_BEFORE = "blanc-avant-guillemet"
    NEVER_CLOSED = "guillemet-jamais-ferme"
    SWALLOWED = "guillemet-qui-avale"


WORDS = {
    QuoteFault.TEXT_AFTER: Said(
        "du texte suit le guillemet fermant d'une cellule", "text follows the closing quote of a cell"
    ),
    QuoteFault.BLANK_BEFORE: Said(
        "un blanc précède le guillemet ouvrant d'une cellule", "a blank is before the opening quote of a cell"
    ),
    QuoteFault.NEVER_CLOSED: Said("un guillemet n'est jamais fermé", "a quote is never closed"),
    QuoteFault.SWALLOWED: Said(
        "un guillemet resté ouvert avale des lignes qui sont des enregistrements",
        "a quote left open swallows lines that are records",
    ),
}


@dataclass(frozen=True)
class Record:
    """One record: its cells, its first and last line in the text (from 1), and what is wrong with its quotes."""

    cells: list[str]
    first: int
    last: int
    fault: QuoteFault | None = None

    @property
    def message(self) -> Said:
        """The fault, with its lines."""
        assert self.fault is not None
        words = WORDS[self.fault]
        lines = f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"
        several = "" if self.first == self.last else "s"
        return Said(
            f"Ligne{several} {lines} : {words.fr} ; attendu : un enregistrement.",
            f"Line{several} {lines}: {words.en}; expected: a record.",
        )


class LoneReturn(Exception):
    """A carriage return outside quotes ends no line where line feeds do; `line` is where it is."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


class Cutter:
    """Cuts text into records. `quote` None: no character quotes; a doubled quote within quotes is one quote, also where
    `escape` is another character."""

    def __init__(self, delimiter: str, *, quote: str | None = '"', escape: str | None = None) -> None:
        self.delimiter, self.quote, self.escape = delimiter, quote, escape
        stops = re.escape(delimiter) + "\r\n" + (re.escape(escape) if escape else "")
        self._bare = re.compile(f"[^{stops}]*")
        self._quoted = re.compile(
            "|".join(re.escape(mark) for mark in dict.fromkeys((quote, escape)) if mark) or "(?!)"
        )

        mark = re.escape(quote or "")
        # A whole text between quotes, or one whose closing quote is beyond a delimiter; not prose that quotes a word.
        self._late = re.compile(rf"\s+{mark}(?:(?:[^{mark}]|{mark}{mark})*{mark}\s*|[^{mark}]+)") if quote else None

    def records(self, text: str, line: int = 1) -> Iterator[Record]:
        """The records of a text whose first line is `line`, blank lines passed over. Raises `LoneReturn`."""
        place, number = 0, line
        while place < len(text):
            if text[place] in "\r\n":
                place, number = self._after_break(text, place, number), number + 1
                continue
            record, place = self._record(text, place, number)
            number = record.last + 1
            yield record

    @staticmethod
    def _after_break(text: str, place: int, line: int) -> int:
        while text.startswith("\r", place):
            place += 1
        if place < len(text) and text[place] != "\n":
            raise LoneReturn(line)
        return place + 1

    def _record(self, text: str, place: int, first: int) -> tuple[Record, int]:
        cells: list[str] = []
        last, fault = first, None
        while True:
            cell, place, breaks, found = self._cell(text, place)
            cells.append(cell)
            last, fault = last + breaks, fault or found
            if not text.startswith(self.delimiter, place):
                break
            place += 1
        if place < len(text):
            place = self._after_break(text, place, last)
        return Record(cells, first, last, fault), place

    def _cell(self, text: str, place: int) -> tuple[str, int, int, QuoteFault | None]:
        """One cell, the place of what ends it, how many lines it crossed, and its fault."""
        if self.quote is None or not text.startswith(self.quote, place):
            found, end = self._unquoted(text, place)
            is_late = (
                self._late is not None and text[place : place + 1].isspace() and self._late.fullmatch(text[place:end])
            )
            return found, end, 0, QuoteFault.BLANK_BEFORE if is_late else None
        parts: list[str] = []
        start = place + 1
        while True:
            stop = self._quoted.search(text, start)
            if stop is None:
                cell = "".join([*parts, text[start:]]).rstrip("\r\n")
                return cell, len(text), _lines(cell), QuoteFault.NEVER_CLOSED
            place = stop.end()
            parts.append(text[start : stop.start()])
            if stop[0] != self.quote:
                parts.append(text[place : place + 1])
                start = place + 1
            elif text.startswith(self.quote, place):
                parts.append(self.quote)
                start = place + 1
            else:
                break
        cell = "".join(parts)
        rest, place = self._unquoted(text, place)
        # Blanks between a closing quote and the delimiter are kept, as every reader does.
        return cell + rest, place, _lines(cell), QuoteFault.TEXT_AFTER if rest.strip() else None

    def _unquoted(self, text: str, place: int) -> tuple[str, int]:
        """Text up to a delimiter or the end of the line; a quote in it is a character as any other."""
        parts: list[str] = []
        while True:
            found = self._bare.match(text, place)
            assert found is not None
            parts.append(found[0])
            place = found.end()
            if self.escape is None or not text.startswith(self.escape, place):
                return "".join(parts), place
            parts.append(text[place + 1 : place + 2])
            place += 2


def are_regular(data: bytes | memoryview, delimiter: str) -> bool:
    """Whether each quote of some bytes opens after a delimiter or a line's end and closes before one.

    `data` is UTF-8 from the start of a record on; where it is true, every reader cuts the same records.
    """
    import numpy

    found = numpy.frombuffer(data, numpy.uint8)
    quotes = numpy.flatnonzero(found == ord('"'))
    if not len(quotes):
        return True
    if len(quotes) % 2:
        return False
    beside = numpy.zeros(256, numpy.bool_)
    beside[[*delimiter.encode(), *b'\n\r"']] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = found[opening[opening > 0] - 1]
    after = found[closing[closing + 1 < len(found)] + 1]
    return bool(beside[before].all() and beside[after].all())


def swallows(cells: Iterable[str | None], delimiter: str, width: int) -> bool:
    """Whether one of a record's cells goes on with lines that would each be a record of `width` cells of their own, the
    last one perhaps with the cells that come after it."""
    if width < 2:
        return False
    row = [cell or "" for cell in cells]
    for place, cell in enumerate(row):
        first, *lines = cell.split("\n")
        if not lines:
            continue
        *whole, last = lines
        if not all(_is_like_a_record(line, delimiter, width) for line in whole):
            continue
        if _is_like_a_record(last, delimiter, width):
            return True
        if any("\n" in other for other in row[place + 1 :]):
            continue
        # The quote closed within a record: its first line ends one, and the rest of the row is the end of another.
        is_end = _is_like_a_record(last, delimiter, width - (len(row) - place - 1)) or (whole and not last.strip())
        if is_end and _is_like_a_record(first, delimiter, width - place) and not first.rstrip("\r").endswith(delimiter):
            return True
    return False


def _lines(cell: str) -> int:
    """How many lines end within a cell: a carriage return alone ends none."""
    return cell.count("\n")


def _is_like_a_record(line: str, delimiter: str, width: int) -> bool:
    """As many cells as the header, none of which begins with a blank: prose has a blank after its punctuation."""
    cells = line.rstrip("\r").split(delimiter)
    return len(cells) == width and bool(cells[0].strip()) and not any(cell[:1].isspace() for cell in cells[1:])
