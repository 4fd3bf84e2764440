"""Workbooks in the XML of Excel 2003 (SpreadsheetML), which business software still writes under the name `.xls`.

Source: the XML Spreadsheet Reference of Office 2003. Its cells are read here, for no library that is kept reads them;
the scan is made on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from pipelines.formats.workbooks.scan import Book, Place, SheetName, SheetScan, Unscannable, Visibility
from pipelines.formats.workbooks.spreadsheetml_moments import Moment, kind_of, of_moment, of_number
from pipelines.formats.workbooks.xlsx import local

NAMESPACE = b"urn:schemas-microsoft-com:office:spreadsheet"
VISIBILITY = {"SheetHidden": Visibility.HIDDEN, "SheetVeryHidden": Visibility.VERY_HIDDEN}
BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
MOST_COLUMNS = 1 << 14
PERCENT = "0.00%"
"""What the format of that name shows."""
Attributes = Mapping[str, str]


def is_spreadsheetml(data: bytes) -> bool:
    """Whether an XML document says so in its first element."""
    head = data[:8192]
    return NAMESPACE in head or NAMESPACE in head.replace(b"\x00", b"")  # of UTF-16, every other byte


@dataclass
class _Sheet:
    name: str
    visibility: Visibility = Visibility.VISIBLE
    rows: dict[int, dict[int, Any]] = field(default_factory=dict)
    scan: SheetScan = field(default_factory=SheetScan)
    columns: int = 0
    styles: dict[int, str] = field(default_factory=dict)
    """The style of each column that has one."""


class SpreadsheetMlScan:
    """A whole SpreadsheetML document, read once. Raises `Unscannable`."""

    def __init__(self, data: bytes) -> None:
        self._sheets: list[_Sheet] = []
        self._formats: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._style = self._row_style = ""
        self._is_1904 = False
        self._row = self._column = -1
        self._repeated = 1
        self._cell: dict[str, str] = {}
        self._type: str | None = None
        self._within: list[str] = []
        self._text: list[str] = []
        self._read(data)
        self.book = Book(tuple(SheetName(one.name, one.visibility, rank) for rank, one in enumerate(self._sheets)))

    def _read(self, data: bytes) -> None:
        def refuse(*_declaration: Any) -> None:
            raise Unscannable("entity")

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.EntityDeclHandler = refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(data.lstrip(), True)
        except expat.ExpatError as error:
            raise Unscannable(str(error)) from None

    def sheet(self, name: SheetName) -> SheetScan:
        """The scan of one sheet."""
        return self._sheets[int(name.where)].scan

    def rows(self, name: SheetName) -> list[list[Any]]:
        """The rows of one sheet from the first on, cells as `child.py` writes them. Ask only once its area is known."""
        found = self._sheets[int(name.where)]
        width = found.scan.last_column + 1
        return [
            [found.rows.get(row, {}).get(column) for column in range(width)] for row in range(found.scan.last_row + 1)
        ]

    def _start(self, tag: str, attributes: Attributes) -> None:
        name = local(tag)
        plain = {local(key): value for key, value in attributes.items()}
        self._within.append(name)
        if name == "Style":
            self._style = plain.get("ID", "")
            self._parents[self._style] = plain.get("Parent", "")
        elif name == "NumberFormat":
            self._formats[self._style] = plain.get("Format", "")
        elif name == "Date1904":
            self._is_1904 = True
        elif name == "Worksheet":
            self._sheets.append(_Sheet(plain.get("Name", "")))
            self._row = -1
        elif not self._sheets:
            return
        elif name == "Row":
            self._start_row(plain)
        elif name == "Column":
            self._column_of(self._sheets[-1], plain)
        elif name == "Cell":
            self._start_cell(plain)
        elif name == "Data":
            self._type = plain.get("Type", "String")
            self._text.clear()
        elif name == "Visible":
            self._text.clear()

    @staticmethod
    def _column_of(sheet: _Sheet, plain: Attributes) -> None:
        first = _count(plain.get("Index"), sheet.columns + 1) - 1
        sheet.columns = min(first + 1 + _count(plain.get("Span"), 0), MOST_COLUMNS)
        described = range(first, sheet.columns)
        if plain.get("Hidden") == "1":
            sheet.scan.hidden_columns.append(described)
        if plain.get("StyleID"):
            sheet.styles |= dict.fromkeys(described, plain["StyleID"])

    def _start_row(self, plain: Attributes) -> None:
        self._row_style = plain.get("StyleID", "")
        row = _count(plain.get("Index"), self._row + 2) - 1
        if row <= self._row:
            raise Unscannable(f"row {row + 1} after row {self._row + 1}")
        self._row = row
        self._column = -1
        if plain.get("Hidden") == "1":
            self._sheets[-1].scan.hidden_rows.append(range(self._row, self._row + 1 + _count(plain.get("Span"), 0)))

    def _start_cell(self, plain: Attributes) -> None:
        column = _count(plain.get("Index"), self._column + 2) - 1
        if column <= self._column:
            raise Unscannable(f"column {column + 1} after column {self._column + 1}")
        self._column = column
        self._cell = dict(plain)
        self._type = None
        across, down = _count(plain.get("MergeAcross"), 0), _count(plain.get("MergeDown"), 0)
        if across or down:
            area = (self._row, self._column, self._row + down, self._column + across)
            self._sheets[-1].scan.merged.append(area)

    def _characters(self, text: str) -> None:
        if "Comment" not in self._within and self._within[-1:] != ["Cell"]:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        name = local(tag)
        self._within.pop()
        if not self._sheets:
            return
        if name == "Data" and "Comment" not in self._within:
            self._end_data("".join(self._text))
        elif name == "Cell":
            if self._type is None:
                self._no_value(self._sheets[-1])
            self._column += _count(self._cell.get("MergeAcross"), 0)
        elif name == "Visible":
            self._sheets[-1].visibility = VISIBILITY.get("".join(self._text).strip(), Visibility.VISIBLE)

    def _no_value(self, sheet: _Sheet) -> None:
        """A formula that nobody computed."""
        if "Formula" in self._cell:
            sheet.scan.uncomputed.append((self._row, self._column))
            sheet.scan.note(self._row, self._column)

    def _end_data(self, text: str) -> None:
        sheet, place = self._sheets[-1], (self._row, self._column)
        if not text:
            if self._type != "String":  # an empty text is a value
                self._no_value(sheet)
            return
        sheet.scan.note(*place)
        value: Any = text
        if self._type == "Error":
            sheet.scan.errors[place] = text.strip()[:20]
            return
        if self._type == "Boolean":
            value = BOOLEANS.get(text.strip().lower(), text)
        elif self._type == "DateTime":
            found = of_moment(text.strip(), kind_of(self._format()), is_1904=self._is_1904)
            value = self._moment(sheet, place, found)
        elif self._type == "Number":
            value = self._number(sheet, place, text)
        sheet.rows.setdefault(place[0], {})[place[1]] = value

    @staticmethod
    def _moment(sheet: _Sheet, place: Place, found: Moment) -> list[str]:
        if found.no_day is not None:
            sheet.scan.no_dates[place] = found.no_day
        return [found.text]

    def _number(self, sheet: _Sheet, place: Place, text: str) -> Any:
        try:
            value = float(text)
        except ValueError:
            return text
        code = self._format()
        kind = kind_of(code)
        if kind is not None:
            found = of_number(value, kind, is_1904=self._is_1904)
            return value if found is None else self._moment(sheet, place, found)
        if code:
            sheet.scan.note_format(place, value, PERCENT if code.strip().lower() == "percent" else code)
        return value

    def _format(self) -> str:
        """The number format of the cell that is open: its own, else its row's, its column's, everybody's."""
        of_column = self._sheets[-1].styles.get(self._column, "")
        style = self._cell.get("StyleID") or self._row_style or of_column or "Default"
        seen: set[str] = set()
        while style and style not in self._formats and style not in seen:
            seen.add(style)
            style = self._parents.get(style, "")
        return self._formats.get(style, "")


def _count(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else default
