"""The scan of an `.xls` workbook: the records of its stream walked once.

Source: [MS-XLS], 2.4 (records). An empty text that a formula gave and a formula that nobody computed are written alike:
where no formula of the whole workbook has a value, nobody computed any of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pipelines.formats.workbooks.compound import CompoundFile
from pipelines.formats.workbooks.number_formats import MOMENTS
from pipelines.formats.workbooks.scan import (
    Book,
    Encrypted,
    SheetName,
    SheetScan,
    Unscannable,
    Visibility,
)
from pipelines.formats.workbooks.xlsx import is_no_day, kind_of

BOF, EOF = 0x0809, 0x000A
FILEPASS, DATE_MODE, SHEET, FORMAT, STYLE, CODE_PAGE = 0x002F, 0x0022, 0x0085, 0x041E, 0x00E0, 0x0042
ROW, COLUMNS, MERGED = 0x0208, 0x007D, 0x00E5
NUMBER, RK, MANY_RK, LABEL, LABEL_SST, RICH, ERROR_OR_BOOLEAN, FORMULA = (
    0x0203,
    0x027E,
    0x00BD,
    0x0204,
    0x00FD,
    0x00D6,
    0x0205,
    0x0006,
)
TEXTS = (LABEL, LABEL_SST, RICH)
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
VISIBILITY = {0: Visibility.VISIBLE, 1: Visibility.HIDDEN, 2: Visibility.VERY_HIDDEN}
NO_VALUE = 3
Record = tuple[int, bytes]


def records(data: bytes, start: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Each record's kind, place and body, from a place on."""
    place = start
    while place + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, place)
        yield kind, place, data[place + 4 : place + 4 + size]
        place += 4 + size


class XlsScan:
    """An `.xls` workbook. `book` names its sheets; `sheet` scans one of them. Raises `Unscannable`, `Encrypted`."""

    def __init__(self, data: bytes) -> None:
        container = CompoundFile(data)
        if container.stream("EncryptedPackage") is not None:
            raise Encrypted
        found = container.stream("Workbook") or container.stream("Book")
        if found is None:
            raise Unscannable(", ".join(container.names) or "—")
        self._data = found
        self._is_old = False
        self._styles: list[str | None] = []
        try:
            self.book = self._book()
            self._is_computed = self._has_values()
        except (struct.error, IndexError) as error:
            raise Unscannable(str(error)) from None

    def _book(self) -> Book:
        sheets: list[SheetName] = []
        codes: dict[int, str] = {}
        used: list[int] = []
        is_1904 = False
        for kind, _place, body in records(self._data):
            if kind == BOF:
                self._is_old = struct.unpack_from("<H", body)[0] != 0x0600
            elif kind == FILEPASS:
                raise Encrypted
            elif kind == DATE_MODE:
                is_1904 = struct.unpack_from("<H", body)[0] == 1
            elif kind == SHEET:
                sheets.append(self._sheet_name(body))
            elif kind == FORMAT:
                codes[struct.unpack_from("<H", body)[0]] = self._format(body)
            elif kind == STYLE:
                used.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == EOF:
                break
        self._styles = [kind_of(number, codes.get(number)) for number in used]
        return Book(tuple(sheets), is_1904)

    def _sheet_name(self, body: bytes) -> SheetName:
        where, state, kind, length = struct.unpack_from("<IBBB", body)
        if self._is_old:
            name = body[7 : 7 + length].decode("cp1252", errors="replace")
        elif body[7] & 1:
            name = body[8 : 8 + 2 * length].decode("utf-16-le", errors="replace")
        else:
            name = body[8 : 8 + length].decode("latin-1")
        return SheetName(name, VISIBILITY.get(state & 3, Visibility.HIDDEN), where, kind == 0)

    def _format(self, body: bytes) -> str:
        if self._is_old:
            return body[3 : 3 + body[2]].decode("cp1252", errors="replace")
        length, flags = struct.unpack_from("<HB", body, 2)
        if flags & 1:
            return body[5 : 5 + 2 * length].decode("utf-16-le", errors="replace")
        return body[5 : 5 + length].decode("latin-1")

    def _has_values(self) -> bool:
        """Whether any formula of the workbook has a value other than the empty text."""
        for kind, _place, body in records(self._data):
            if kind == FORMULA and not (body[12:14] == b"\xff\xff" and body[6] == NO_VALUE):
                return True
        return False

    def sheet(self, name: SheetName) -> SheetScan:
        """The scan of one sheet. Raises `Unscannable`."""
        found = SheetScan()
        depth = 0
        try:
            for kind, _place, body in records(self._data, int(name.where)):
                if kind == BOF:
                    depth += 1
                elif kind == EOF:
                    depth -= 1
                    if depth <= 0:
                        return found
                elif depth == 1:
                    self._record(found, kind, body)
        except (struct.error, IndexError) as error:
            raise Unscannable(str(error)) from None
        raise Unscannable(f"{name.name}: EOF")

    def _record(self, found: SheetScan, kind: int, body: bytes) -> None:
        if kind in TEXTS:
            found.note(*struct.unpack_from("<HH", body))
        elif kind == FORMULA:
            self._formula(found, body)
        elif kind == NUMBER:
            row, column, style, value = struct.unpack_from("<HHHd", body)
            self._number(found, (row, column), style, value)
        elif kind == RK:
            row, column, style, packed = struct.unpack_from("<HHHI", body)
            self._number(found, (row, column), style, unpacked(packed))
        elif kind == MANY_RK:
            row, first = struct.unpack_from("<HH", body)
            for index in range((len(body) - 6) // 6):
                style, packed = struct.unpack_from("<HI", body, 4 + 6 * index)
                self._number(found, (row, first + index), style, unpacked(packed))
        elif kind == ERROR_OR_BOOLEAN:
            row, column, _style, value, is_error = struct.unpack_from("<HHHBB", body)
            found.note(row, column)
            if is_error:
                found.errors[row, column] = ERRORS.get(value, f"#{value:02X}")
        else:
            self._layout(found, kind, body)

    @staticmethod
    def _layout(found: SheetScan, kind: int, body: bytes) -> None:
        """What hides or merges cells."""
        if kind == ROW:
            row, flags = struct.unpack_from("<H10xH", body)
            if flags & 0x20:
                found.hidden_rows.append(range(row, row + 1))
        elif kind == COLUMNS:
            first, last, flags = struct.unpack_from("<HH4xH", body)
            if flags & 1:
                found.hidden_columns.append(range(first, last + 1))
        elif kind == MERGED:
            count = struct.unpack_from("<H", body)[0]
            for index in range(count):
                first_row, last_row, first, last = struct.unpack_from("<HHHH", body, 2 + 8 * index)
                found.merged.append((first_row, first, last_row, last))

    def _formula(self, found: SheetScan, body: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", body)
        if body[12:14] != b"\xff\xff":
            self._number(found, (row, column), style, struct.unpack_from("<d", body, 6)[0])
            return
        found.note(row, column)
        if body[6] == 2:
            found.errors[row, column] = ERRORS.get(body[8], f"#{body[8]:02X}")
        elif body[6] == NO_VALUE and not self._is_computed:
            found.uncomputed.append((row, column))

    def _number(self, found: SheetScan, place: tuple[int, int], style: int, value: float) -> None:
        found.note(*place)
        kind = self._styles[style] if style < len(self._styles) else None
        if kind is None:
            return
        if kind in MOMENTS:
            if is_no_day(value, kind, is_1904=self.book.is_1904):
                found.no_dates[place] = value
            return
        found.note_format(place, value, kind)


def unpacked(packed: int) -> float:
    """A number that was written in 30 bits. Source: [MS-XLS], 2.5.217."""
    if packed & 2:
        value = float((packed - (1 << 32) if packed & 0x80000000 else packed) >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value
