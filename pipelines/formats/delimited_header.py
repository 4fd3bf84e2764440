"""The header of a CSV or TSV file: its delimiter, its rows, and where the records begin.

Belongs here: what the first lines of a text show. Does not: the records under them (`delimited.py`).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice

from pipelines.core.text import Said, counted
from pipelines.formats.content import Content
from pipelines.formats.errors import Damaged, FormatError, WrongDelimiter

DELIMITERS = (";", ",", "\t", "|")
NEAR = 10
LONE_RETURN = (
    "a carriage return alone in a cell without quotes",
    "un retour chariot seul dans une cellule sans guillemets",
)
FAR = 200
"""Of how many lines those of a few records may be: one cell may be of several."""


def quoting(content: Content) -> tuple[str | None, str | None]:
    """The characters that quote and escape: `options.quote` (`none`: nothing quotes) and `options.escape`."""
    quote = content.options.get("quote", '"')
    return (None if quote == "none" else quote), content.options.get("escape")


def delimiter_of(content: Content, data: bytes) -> str:
    if content.options.get("delimiter"):
        return str(content.options["delimiter"])
    if content.part.format == "tsv":
        return "\t"
    lines = [line.decode("utf-8") for line in islice(io.BytesIO(data), FAR) if line.strip()]  # shares the bytes
    best = max(DELIMITERS, key=lambda mark: _regularity(lines, mark))
    return best if _regularity(lines, best)[0] else ","


def _regularity(lines: list[str], delimiter: str) -> tuple[float, int]:
    """What share of the lines a delimiter cuts into as many cells, and into how many: commas of prose and of decimals
    are on some lines, a delimiter is on all, or in all records where quoted cells have lines of their own."""
    near = lines[:NEAR]
    by_line = Counter(width for line in near if (width := _width(line, delimiter)) > 1)
    shares = [(count / len(near), width) for width, count in by_line.items()]
    if any('"' in line for line in near):
        read, by_record = _widths_of_records(lines, delimiter)
        shares += [(count / max(read, len(near)), width) for width, count in by_record.items() if width > 1]
    return max(shares, default=(0.0, 0))


def _widths_of_records(lines: list[str], delimiter: str) -> tuple[int, Counter[int]]:
    """How many lines the first records are, and of how many of these lines the records of each width are."""
    widths: Counter[int] = Counter()
    before = 0
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in islice(rows, NEAR):
            widths[len(row)] += rows.line_num - before
            before = rows.line_num
    except csv.Error:  # quotes that are none with this delimiter: what was before them counts
        pass
    return before, widths


def _width(line: str, delimiter: str) -> int:
    # Line breaks change no width, and `csv` refuses one that is in an unquoted cell.
    return len(next(csv.reader([re.sub(r"[\r\n]", " ", line)], delimiter=delimiter), []))


def check_delimiter(content: Content, cell: str, delimiter: str, line: int) -> None:
    """Raises `WrongDelimiter` for a header of one cell that another delimiter, or the same one unquoted, would cut."""
    widths = {mark: _width(cell, mark) for mark in DELIMITERS}
    likely = max(DELIMITERS, key=lambda mark: widths[mark])
    if widths[likely] > 1:
        unquoted = Said(f"{likely!r} sans ses guillemets", f"{likely!r} unquoted")
        facts = {"declared": repr(delimiter), "likely": unquoted if likely == delimiter else repr(likely)}
        raise WrongDelimiter(file=content.file, line=line, count=widths[likely], **facts)


def header_rows(
    content: Content, data: bytes, delimiter: str, first: int, rows: int
) -> tuple[list[list[str]], list[list[str]], int, int]:
    """The header rows, the first rows as they are, the number of lines up to the header's end, and its end in bytes.

    Raises `Damaged` for a line that is cut by a carriage return alone, as no other of the file is, and `FormatError`
    where the file ends before its header does.
    """
    stream = _Lines(data)
    quote, escape = quoting(content)
    dialect = {"quoting": csv.QUOTE_NONE} if quote is None else {"quotechar": quote}
    header: list[list[str]] = []
    near: list[list[str]] = []
    lines = end = 0
    try:
        for number, row in enumerate(csv.reader(stream, delimiter=delimiter, escapechar=escape, **dialect), start=1):
            near.append(row)
            if first <= number < first + rows:
                header.append(row)
                lines, end = stream.line, stream.end
            if number >= max(NEAR, first + rows - 1):
                break
    except csv.Error as error:
        is_return = str(error).startswith("new-line character")
        words = LONE_RETURN if is_return else (f"no cells [{error}]", f"pas de cellules [{error}]")
        raise damaged(content, stream.line, *words) from None
    if len(header) < rows:
        raise FormatError(
            file=content.file,
            place=f"options.header_row: {first}",
            found=counted(len(near), Said("ligne en tout", "row in all"), Said("lignes en tout", "rows in all")),
            expected=counted(rows, Said("ligne d'en-tête", "header row"), Said("lignes d'en-tête", "header rows")),
        )
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


def damaged(content: Content, line: int, english: str, french: str | None = None) -> Damaged:
    detail = Said(f"ligne {line} : {french or english}", f"line {line}: {english}")
    return Damaged(file=content.file, detail=detail, format=content.part.format)
