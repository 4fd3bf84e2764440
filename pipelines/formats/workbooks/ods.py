"""The scan of an ods workbook: `content.xml` read once as a stream.

Source: OpenDocument 1.3, part 3, 9 (tables), 16.29 (number styles), 19 (attributes). A cell's own text is what it
shows.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.formats.workbooks.durations import duration_text, is_duration
from pipelines.formats.workbooks.scan import (
    Book,
    Encrypted,
    Place,
    SheetName,
    SheetScan,
    Unscannable,
    Visibility,
)
from pipelines.formats.workbooks.xlsx import local, parse

CONTENT = "content.xml"
# The library that reads cells leaves these elements out, and joins the words on either side.
BLANKS = {"tab": "\t", "line-break": "\n"}
# What is in a cell and is no text of its own: a comment; how a word is pronounced.
APART = ("annotation", "ruby-text")
CELLS = ("table-cell", "covered-table-cell")
# What an error cell shows: a code of the spreadsheet's own (`Err:502`), or one that all of them share.
# In French a blank stands before its mark: `#DIV/0 !`.
_ERROR = re.compile(r"(Err|Erreur|Fehler):[0-9]{3}|#[A-ZÀ-Ý0-9/_]+(?:[ \u00a0\u202f]?[!?])?", re.IGNORECASE)
_LEADING_ZERO = re.compile(r"0[0-9]+")
_NO_DIGITS = re.compile(r"[^0-9]")
_MOST = 1 << 20
_MOST_REPEATED = 200_000
Attributes = Mapping[str, str]


class OdsScan:
    """An ods workbook in its archive. `book` names its sheets; `sheet` scans one of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self._refuse_encrypted()
        reader = _Reader(None)
        parse(archive, CONTENT, reader.handlers)
        self.book = Book(tuple(reader.sheets))

    def _refuse_encrypted(self) -> None:
        found: list[str] = []

        def start(tag: str, _attributes: Attributes) -> None:
            found.append(local(tag))

        if "META-INF/manifest.xml" in self.archive.namelist():
            parse(self.archive, "META-INF/manifest.xml", lambda parser: setattr(parser, "StartElementHandler", start))
        if "encryption-data" in found:
            raise Encrypted

    def sheet(self, name: SheetName) -> SheetScan:
        """The scan of one sheet. Raises `Unscannable`."""
        reader = _Reader(int(name.where))
        parse(self.archive, CONTENT, reader.handlers)
        return reader.found


@dataclass
class _Cell:
    """The cell that is open: what its attributes say."""

    attributes: dict[str, str]
    text: list[str]
    is_covered: bool
    paragraphs: int = 0
    is_rewritten: bool = False

    def count(self, name: str) -> int:
        found = self.attributes.get(name, "1")
        return max(1, min(int(found), _MOST)) if found.isascii() and found.isdigit() and len(found) < 10 else 1


class _Reader:
    """The elements of `content.xml` as they come. `wanted`: the rank of the sheet that is scanned, None for none."""

    def __init__(self, wanted: int | None) -> None:
        self.sheets: list[SheetName] = []
        self.found = SheetScan()
        self._wanted = wanted
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._depth = 0
        self._row = self._column = -1
        self._repeated = 1
        self._cell: _Cell | None = None
        self._paragraphs = self._apart = 0
        self._hidden_groups = 0
        self._groups: list[bool] = []
        self._defined = 0

    def handlers(self, parser: Any) -> None:
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    @property
    def _is_wanted(self) -> bool:
        return self._depth == 1 and len(self.sheets) - 1 == self._wanted

    def _start(self, tag: str, attributes: Attributes) -> None:
        name = local(tag)
        plain = {local(key): value for key, value in attributes.items()}
        if name == "style":
            self._style = plain.get("name", "")
        elif name == "table-properties" and plain.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table":
            self._start_table(plain)
        elif self._is_wanted:
            self._start_within(name, plain, attributes)

    def _start_table(self, plain: Attributes) -> None:
        if self._is_wanted and self._cell is not None:
            raise Unscannable("table within a cell")
        self._depth += 1
        if self._depth == 1:
            is_hidden = plain.get("style-name") in self._hidden_styles
            state = Visibility.HIDDEN if is_hidden else Visibility.VISIBLE
            self.sheets.append(SheetName(plain.get("name", ""), state, len(self.sheets)))
            self._row = -1
            self._defined = 0

    def _start_within(self, name: str, plain: Attributes, attributes: Attributes) -> None:
        if name in CELLS:
            kinds = {
                f"kind {key.rpartition(' ')[0]}": value for key, value in attributes.items() if "value-type" in key
            }
            self._cell = _Cell({**plain, **kinds}, [], name == "covered-table-cell")
        elif name == "table-row":
            self._start_row(plain)
        elif name in ("table-row-group", "table-column-group"):
            self._groups.append(plain.get("display") == "false")
        elif name == "table-column":
            count = _Cell(dict(plain), [], False).count("number-columns-repeated")
            if plain.get("visibility", "visible") != "visible" or any(self._groups):
                self.found.hidden_columns.append(range(self._defined, self._defined + count))
            self._defined += count
        elif name in APART:
            self._apart += 1
            if self._cell is not None and name != "annotation":
                self._cell.is_rewritten = True
        elif self._cell is not None and not self._apart:
            self._start_text(self._cell, name, plain)

    def _start_text(self, cell: _Cell, name: str, plain: Attributes) -> None:
        """What begins within a cell: a paragraph, and the blanks that are elements of their own."""
        if name == "p":
            if cell.paragraphs:
                cell.text.append("\n")
            cell.paragraphs += 1
            self._paragraphs += 1
        elif name == "s":
            cell.text.append(" " * _Cell(dict(plain), [], False).count("c"))
        elif name in BLANKS:
            cell.text.append(BLANKS[name])
            cell.is_rewritten = True

    def _start_row(self, plain: Attributes) -> None:
        self._row += self._repeated if self._row >= 0 else 1
        self._repeated = _Cell(dict(plain), [], False).count("number-rows-repeated")
        self._column = 0
        if plain.get("visibility", "visible") != "visible" or any(self._groups):
            self.found.hidden_rows.append(range(self._row, self._row + self._repeated))

    def _characters(self, text: str) -> None:
        if self._cell is not None and self._paragraphs and not self._apart:
            self._cell.text.append(text)

    def _end(self, tag: str) -> None:
        name = local(tag)
        if name == "table":
            self._depth -= 1
        elif not self._is_wanted:
            return
        elif name in CELLS:
            self._end_cell()
        elif name in ("table-row-group", "table-column-group") and self._groups:
            self._groups.pop()
        elif name in APART:
            self._apart -= 1
        elif name == "p" and self._paragraphs and not self._apart:
            self._paragraphs -= 1

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        columns = cell.count("number-columns-repeated")
        place = (self._row, self._column)
        text = "".join(cell.text)
        kinds = [value for key, value in cell.attributes.items() if key.startswith("kind ")]
        if not cell.is_covered:
            self._merge(cell, place)
        if kinds or text:
            self.found.note(*place, rows=self._repeated, columns=columns)
            self._look(cell, place, columns, text, kinds)
        elif "formula" in cell.attributes:
            self.found.note(*place)
            self.found.uncomputed.append(place)
        self._column += columns

    def _merge(self, cell: _Cell, place: tuple[int, int]) -> None:
        rows, columns = cell.count("number-rows-spanned"), cell.count("number-columns-spanned")
        if rows > 1 or columns > 1:
            self.found.merged.append((*place, place[0] + rows - 1, place[1] + columns - 1))

    def _look(self, cell: _Cell, place: tuple[int, int], columns: int, text: str, kinds: list[str]) -> None:
        """Keep what a reader of values would not see of a cell, in each place that it is repeated in."""
        if "percentage" in kinds and cell.attributes.get("value"):
            self.found.note_percent(*place, rows=self._repeated, columns=columns)
        kept = self._out_of_ordinary(cell, text, kinds)
        if kept is None:
            return
        if self._repeated * columns > _MOST_REPEATED:
            raise Unscannable(f"{self._repeated} × {columns}")
        found, value = kept
        for row in range(place[0], place[0] + self._repeated):
            for column in range(place[1], place[1] + columns):
                found[row, column] = value

    def _out_of_ordinary(self, cell: _Cell, text: str, kinds: list[str]) -> tuple[dict[Place, Any], Any] | None:
        """Where in the scan a cell belongs, and what of it; None for a cell that every reader reads alike."""
        if "error" in kinds or ("formula" in cell.attributes and _ERROR.fullmatch(text.strip())):
            return self.found.errors, text.strip()[:20] or "Err"
        if "time" in kinds:
            return self._duration(cell.attributes.get("time-value", ""), text)
        if "float" in kinds:
            displayed = _code(cell.attributes.get("value", ""), text)
            return None if displayed is None else (self.found.shown, displayed)
        # A text of no type is a text for spreadsheets, and nothing for the library that reads.
        is_text = "string" in kinds and cell.is_rewritten and "string-value" not in cell.attributes
        return (self.found.written, text) if is_text or not kinds else None

    def _duration(self, value: str, text: str) -> tuple[dict[Place, Any], Any] | None:
        if not is_duration(value):
            return self.found.no_durations, True
        written, hours = duration_text(value, text)
        if hours is not None:
            return self.found.no_dates, hours / 24
        return None if written is None else (self.found.written, written)


def _code(value: str, text: str) -> str | None:
    """What a number's cell shows, where that is the same number with leading zeros: a code."""
    digits = _NO_DIGITS.sub("", text)
    try:
        number = float(value)
    except ValueError:
        return None
    if not _LEADING_ZERO.fullmatch(digits) or not number.is_integer() or number < 0 or int(digits) != number:
        return None
    return text.strip()
