"""The scan of an `.xlsb` workbook: the records of its parts walked once.

Source: [MS-XLSB], 2.1.4 (records), 2.4 (their bodies). A formula always has a value here, no matter what computed
it: what was never computed cannot be seen, and is reported.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Iterator

from pipelines.core.text import Said
from pipelines.formats.workbooks.number_formats import MOMENTS
from pipelines.formats.workbooks.scan import Book, SheetName, SheetScan, Unscannable, Visibility
from pipelines.formats.workbooks.xls import ERRORS, VISIBILITY, unpacked
from pipelines.formats.workbooks.xlsx import is_no_day, kind_of, local, parse
from pipelines.storage.damage import DAMAGE

MAIN = "xl/workbook.bin"
ROW, RK, ERROR, BOOLEAN, REAL, TEXT, SHARED = 0, 2, 3, 4, 5, 6, 7
FORMULA_TEXT, FORMULA_NUMBER, FORMULA_BOOLEAN, FORMULA_ERROR = 8, 9, 10, 11
CELLS = frozenset(range(RK, FORMULA_ERROR + 1))
FORMAT, STYLE, COLUMNS, PROPERTIES, SHEET, MERGED, STYLES, STYLES_END = 44, 47, 60, 153, 156, 176, 617, 618
UNSEEN = Said(
    "dans un xlsb, une formule jamais calculée ne se distingue pas d'une formule calculée",
    "in an xlsb, a formula that was never computed cannot be distinguished from one that was",
)


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each record's kind and body."""
    place = 0
    while place < len(data):
        kind, place = data[place], place + 1
        if kind & 0x80:
            kind, place = (kind & 0x7F) | ((data[place] & 0x7F) << 7), place + 1
        size = shift = 0
        for _byte in range(4):
            byte, place = data[place], place + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, data[place : place + size]
        place += size


def wide(body: bytes, start: int) -> tuple[str, int]:
    """A counted UTF-16 text and the place after it."""
    length = struct.unpack_from("<I", body, start)[0]
    if length == 0xFFFFFFFF:
        return "", start + 4
    end = start + 4 + 2 * length
    return body[start + 4 : end].decode("utf-16-le", errors="replace"), end


class XlsbScan:
    """An xlsb workbook in its archive. `book` names its sheets; `sheet` scans one of them. Raises `Unscannable`."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        try:
            self._targets = self._relations()
            self.book = self._book()
            self._styles = self._styles_used()
        except (struct.error, IndexError) as error:
            raise Unscannable(str(error)) from None

    def _relations(self) -> dict[str, str]:
        found: dict[str, str] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if local(tag) == "Relationship":
                target = attributes.get("Target", "")
                full = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
                found[attributes.get("Id", "")] = posixpath.normpath(full)

        parse(self.archive, "xl/_rels/workbook.bin.rels", lambda parser: setattr(parser, "StartElementHandler", start))
        return found

    def _part(self, name: str) -> bytes:
        try:
            return self.archive.read(name)
        except DAMAGE as error:
            raise Unscannable(f"{name}: {error}") from None

    def _book(self) -> Book:
        sheets: list[SheetName] = []
        is_1904 = False
        for kind, body in records(self._part(MAIN)):
            if kind == PROPERTIES:
                is_1904 = bool(body[0] & 1)
            elif kind == SHEET:
                state = struct.unpack_from("<I", body)[0]
                relation, end = wide(body, 8)
                name, _end = wide(body, end)
                where = self._targets.get(relation, "")
                is_worksheet = "chartsheet" not in where and "dialogsheet" not in where
                sheets.append(SheetName(name, VISIBILITY.get(state, Visibility.HIDDEN), where, is_worksheet))
        return Book(tuple(sheets), is_1904)

    def _styles_used(self) -> list[str | None]:
        if "xl/styles.bin" not in self.archive.namelist():
            return []
        codes: dict[int, str] = {}
        used: list[int] = []
        is_within = False
        for kind, body in records(self._part("xl/styles.bin")):
            if kind == FORMAT:
                codes[struct.unpack_from("<H", body)[0]] = wide(body, 2)[0]
            elif kind in (STYLES, STYLES_END):
                is_within = kind == STYLES
            elif kind == STYLE and is_within:
                used.append(struct.unpack_from("<H", body, 2)[0])
        return [kind_of(number, codes.get(number)) for number in used]

    def sheet(self, name: SheetName) -> SheetScan:
        """The scan of one sheet."""
        found = SheetScan(unseen=[UNSEEN])
        row = -1
        try:
            for kind, body in records(self._part(str(name.where))):
                if kind == ROW:
                    row = struct.unpack_from("<I", body)[0]
                    if body[11] & 0x10:
                        found.hidden_rows.append(range(row, row + 1))
                elif kind in CELLS:
                    self._cell(found, kind, row, body)
                elif kind == MERGED:
                    first_row, last_row, first, last = struct.unpack_from("<IIII", body)
                    found.merged.append((first_row, first, last_row, last))
                elif kind == COLUMNS and struct.unpack_from("<H", body, 16)[0] & 1:
                    first, last = struct.unpack_from("<II", body)
                    found.hidden_columns.append(range(first, last + 1))
        except (struct.error, IndexError) as error:
            raise Unscannable(str(error)) from None
        return found

    def _cell(self, found: SheetScan, kind: int, row: int, body: bytes) -> None:
        column, style = struct.unpack_from("<II", body)
        place = (row, column)
        found.note(*place)
        if kind in (ERROR, FORMULA_ERROR):
            found.errors[place] = ERRORS.get(body[8], f"#{body[8]:02X}")
            return
        if kind == RK:
            value = unpacked(struct.unpack_from("<I", body, 8)[0])
        elif kind in (REAL, FORMULA_NUMBER):
            value = struct.unpack_from("<d", body, 8)[0]
        else:
            return
        number = style & 0xFFFFFF
        format_kind = self._styles[number] if number < len(self._styles) else None
        if format_kind in MOMENTS:
            if is_no_day(value, str(format_kind), is_1904=self.book.is_1904):
                found.no_dates[place] = value
        elif format_kind is not None:
            found.note_format(place, value, format_kind)
