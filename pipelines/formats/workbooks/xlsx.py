"""The scan of an xlsx workbook: its XML read once as a stream, nothing kept but what is out of the ordinary.

Source: ECMA-376, part 1, 18.2 (workbook), 18.3 (worksheets), 18.8 (styles). Names are matched without their namespace,
because strict and transitional files, and writers with a prefix of their own, differ in nothing else.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat

from pipelines.formats.workbooks.number_formats import BUILT_IN, MOMENTS, is_elapsed, moment
from pipelines.formats.workbooks.scan import Book, SheetName, SheetScan, Unscannable, Visibility, cell_name
from pipelines.storage.damage import DAMAGE

BLOCK = 1 << 16
_PLACE = re.compile(r"\$?([A-Za-z]{1,4})\$?([0-9]{1,9})")
_ZERO = re.compile(r"0+(\.0*)?")
_VISIBILITY = {"hidden": Visibility.HIDDEN, "veryHidden": Visibility.VERY_HIDDEN}
# Days on which spreadsheets do not agree: 1900 has a 29 February in one of them, and no other day 60.
FIRST_DAY = 61
# The day after 31 December 9999, beyond which no spreadsheet counts.
NO_MORE_DAYS = 2_958_466
DAYS_TO_1904 = 1_462
Attributes = Mapping[str, str]


def parse(archive: zipfile.ZipFile, name: str, handlers: Callable[[expat.XMLParserType], None]) -> None:
    """Read a member's XML as a stream. Raises `Unscannable` for what is no XML or declares entities."""

    def refuse(*_declaration: Any) -> None:
        raise Unscannable(f"{name}: entity")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.EntityDeclHandler = refuse
    handlers(parser)
    try:
        with archive.open(name) as stream:
            while block := stream.read(BLOCK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unscannable(f"{name}: {error}") from None
    except DAMAGE as error:
        raise Unscannable(f"{name}: {error}") from None


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]


def _attribute(attributes: Attributes, name: str) -> str | None:
    """An attribute by its local name: `r:id` is `id` in one of two namespaces."""
    return next((value for key, value in attributes.items() if local(key) == name), None)


def _number(text: str | None) -> int:
    """A whole number of an attribute, 0 where it is none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0


class XlsxScan:
    """An xlsx workbook in its archive. `book` names its sheets; `sheet` scans one of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self._main = self._main_part()
        self._targets = self._relations(self._main)
        # Writers that compute nothing ask for a whole computation when the file is opened, and write 0 meanwhile.
        self._is_stale = False
        self.book = self._book()

    def _main_part(self) -> str:
        try:
            found = self._relations("", of_type="officeDocument")
        except Unscannable:
            found = {}
        return next(iter(found.values()), "xl/workbook.xml")

    def _relations(self, part: str, *, of_type: str = "") -> dict[str, str]:
        """The targets of a part's relations, by their identifier."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, str] = {}

        def start(tag: str, attributes: Attributes) -> None:
            if local(tag) == "Relationship" and attributes.get("Type", "").endswith(of_type):
                target = attributes.get("Target", "")
                full = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found[attributes.get("Id", "")] = posixpath.normpath(full)

        parse(self.archive, path, lambda parser: setattr(parser, "StartElementHandler", start))
        return found

    def _book(self) -> Book:
        sheets: list[SheetName] = []
        dates: list[bool] = []

        def start(tag: str, attributes: Attributes) -> None:
            if local(tag) == "workbookPr":
                dates.append(attributes.get("date1904", "0").lower() in ("1", "true", "on"))
            elif local(tag) == "calcPr":
                self._is_stale = _is_true(attributes.get("fullCalcOnLoad"))
            elif local(tag) == "sheet":
                where = self._targets.get(_attribute(attributes, "id") or "", "")
                state = _VISIBILITY.get(attributes.get("state", ""), Visibility.VISIBLE)
                is_worksheet = "chartsheet" not in where and "dialogsheet" not in where
                sheets.append(SheetName(attributes.get("name", ""), state, where, is_worksheet))

        parse(self.archive, self._main, lambda parser: setattr(parser, "StartElementHandler", start))
        return Book(tuple(sheets), any(dates))

    def _styles(self) -> list[str | None]:
        """By style number, what its number format is: `date`, `time`, a format code, None where it changes nothing."""
        codes: dict[int, str] = {}
        used: list[int] = []
        within: list[str] = []

        def start(tag: str, attributes: Attributes) -> None:
            name = local(tag)
            within.append(name)
            if name == "numFmt" and "cellStyleXfs" not in within and "dxf" not in within:
                codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif name == "xf" and "cellXfs" in within:
                used.append(_number(attributes.get("numFmtId")))

        def end(_tag: str) -> None:
            within.pop()

        def handlers(parser: expat.XMLParserType) -> None:
            parser.StartElementHandler, parser.EndElementHandler = start, end

        path = next((target for target in self._targets.values() if target.endswith("styles.xml")), None)
        if path is None or path not in self.archive.namelist():
            return []
        parse(self.archive, path, handlers)
        return [kind_of(number, codes.get(number)) for number in used]

    def sheet(self, name: SheetName) -> SheetScan:
        """The scan of one sheet. Raises `Unscannable`."""
        reader = _SheetReader(self._styles(), is_1904=self.book.is_1904, is_stale=self._is_stale)
        parse(self.archive, str(name.where), reader.handlers)
        return reader.found


def kind_of(number: int, code: str | None) -> str | None:
    """What a format makes of a number: one of `MOMENTS`, or the code of a format that may show it otherwise."""
    if code is None:
        return BUILT_IN.get(number)
    return "duration" if is_elapsed(code) else moment(code) or code


def is_no_day(value: float, kind: str, *, is_1904: bool) -> bool:
    """Whether a serial number is no day, or one on which spreadsheets do not agree.

    Shown as a time of day, a day or two and some hours may be a duration: 36 hours show as 12:00.
    """
    if kind != "duration" and value >= NO_MORE_DAYS - (DAYS_TO_1904 if is_1904 else 0):
        return True
    if kind == "time":
        return value < 0 or 1 <= value < FIRST_DAY
    return value < (FIRST_DAY if kind == "date" and not is_1904 else 0)


class _SheetReader:
    """One worksheet's elements as they come."""

    def __init__(self, styles: list[str | None], *, is_1904: bool, is_stale: bool) -> None:
        self.found = SheetScan()
        self._styles, self._is_1904, self._is_stale = styles, is_1904, is_stale
        self._row, self._column = -1, -1
        self._last_row = -1
        self._columns: set[int] = set()
        self._type, self._style = "n", 0
        self._has_formula = self._has_text = False
        self._is_within_value = self._is_formula_open = False
        self._text: list[str] = []

    def handlers(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def _start(self, tag: str, attributes: Attributes) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._is_within_value = True
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._start_row(_number(attributes.get("r")) - 1 if "r" in attributes else self._last_row + 1)
            if _is_true(attributes.get("hidden")) or _is_zero(attributes.get("ht")):
                self.found.hidden_rows.append(range(self._row, self._row + 1))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "col" and (_is_true(attributes.get("hidden")) or _is_zero(attributes.get("width"))):
            first, last = _number(attributes.get("min")), min(_number(attributes.get("max")), 1 << 14)
            self.found.hidden_columns.append(range(first - 1, last))

    def _start_row(self, row: int) -> None:
        """Raises `Unscannable` for a row that comes again, or before one of a smaller number: one would be lost."""
        if row <= self._last_row:
            raise Unscannable(f"row {row + 1} after row {self._last_row + 1}")
        self._row = self._last_row = row
        self._column = -1
        self._columns.clear()

    def _start_cell(self, attributes: Attributes) -> None:
        place = _PLACE.fullmatch(attributes.get("r", ""))
        if place:
            self._row, self._column = int(place[2]) - 1, _column(place[1])
        else:
            self._column += 1
        if self._column in self._columns:
            raise Unscannable(f"cell {cell_name((self._row, self._column))} twice")
        self._columns.add(self._column)
        self._type, self._style = attributes.get("t", "n"), _number(attributes.get("s"))
        self._has_formula = self._has_text = False
        self._text.clear()

    def _characters(self, text: str) -> None:
        if self._is_within_value:
            self._has_text = True
            self._text.append(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name in ("v", "t"):
            self._is_within_value = False
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        place = (self._row, self._column)
        if not self._has_text:
            # A formula whose result is an empty text has the type `str`; without it, nobody computed it.
            if self._has_formula and self._type != "str":
                self.found.uncomputed.append(place)
                self.found.note(*place)
            return
        self.found.note(*place)
        if self._has_formula and self._is_stale and self._type == "n" and "".join(self._text).strip() == "0":
            self.found.uncomputed.append(place)
        elif self._type == "e":
            self.found.errors[place] = "".join(self._text).strip()[:20]
        elif self._type == "n" and self._style < len(self._styles) and self._styles[self._style] is not None:
            self._formatted(place, str(self._styles[self._style]))

    def _formatted(self, place: tuple[int, int], kind: str) -> None:
        try:
            value = float("".join(self._text))
        except ValueError:
            return
        if kind in MOMENTS:
            if is_no_day(value, kind, is_1904=self._is_1904):
                self.found.no_dates[place] = value
            return
        self.found.note_format(place, value, kind)

    def _merge(self, reference: str) -> None:
        start, _colon, end = reference.partition(":")
        first, last = _PLACE.fullmatch(start), _PLACE.fullmatch(end)
        if first and last:
            self.found.merged.append((int(first[2]) - 1, _column(first[1]), int(last[2]) - 1, _column(last[1])))


def _is_zero(text: str | None) -> bool:
    """Whether a height or a width is none."""
    return text is not None and bool(_ZERO.fullmatch(text))


def _is_true(text: str | None) -> bool:
    return text is not None and text.lower() in ("1", "true", "on")


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
