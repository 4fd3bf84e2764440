"""Which scan a workbook's bytes need, decided by the bytes and not by the file's name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, Protocol

from pipelines.formats.workbooks.cells import rows_of
from pipelines.formats.workbooks.ods import CONTENT, OdsScan
from pipelines.formats.workbooks.scan import Book, SheetName, SheetScan, Unscannable
from pipelines.formats.workbooks.spreadsheetml import SpreadsheetMlScan
from pipelines.formats.workbooks.xls import XlsScan
from pipelines.formats.workbooks.xlsb import MAIN, XlsbScan
from pipelines.formats.workbooks.xlsx import XlsxScan


class Scanner(Protocol):
    """What every scan can do."""

    book: Book

    def sheet(self, name: SheetName) -> SheetScan: ...


class Workbook:
    """An opened workbook: its sheets, the scan of each, and its cells. Raises `Unscannable`, `Encrypted`."""

    def __init__(self, data: bytes, kind: str) -> None:
        self._data = data
        self._size = len(data)
        self._scanner: Scanner
        if kind == "zip":
            archive = zipfile.ZipFile(io.BytesIO(data))
            self._size = sum(item.file_size for item in archive.infolist())
            self._scanner = _of_archive(archive)
        elif kind == "xml":
            self._scanner = SpreadsheetMlScan(data)
        else:
            self._scanner = XlsScan(data)

    @property
    def sheets(self) -> tuple[SheetName, ...]:
        """The sheets in the workbook's order, those that contain no cells left out."""
        return tuple(sheet for sheet in self._scanner.book.sheets if sheet.is_worksheet)

    @property
    def is_1904(self) -> bool:
        """Whether the workbook counts its days from 1904."""
        return self._scanner.book.is_1904

    def scan(self, sheet: SheetName) -> SheetScan:
        """What reading one sheet would meet. Raises `Unscannable`."""
        return self._scanner.sheet(sheet)

    def rows(self, sheet: SheetName, scan: SheetScan) -> Iterator[list[Any]]:
        """The rows of a sheet from the first on. Raises `Unscannable`, `ReaderDied`."""
        if isinstance(self._scanner, SpreadsheetMlScan):
            yield from self._scanner.rows(sheet)
            return
        if "\x00" in sheet.name:
            raise Unscannable("NUL")
        yield from scan.as_written(rows_of(self._data, sheet.name, size=self._size, area=scan.area))


def _of_archive(archive: zipfile.ZipFile) -> Scanner:
    names = set(archive.namelist())
    _check_once(archive.namelist())
    if CONTENT in names:
        return OdsScan(archive)
    if MAIN in names:
        return XlsbScan(archive)
    if not any(name.endswith("workbook.xml") for name in names):
        raise Unscannable(", ".join(sorted(names)[:5]) or "—")
    return XlsxScan(archive)


def _check_once(names: list[str]) -> None:
    """Raises `Unscannable` for two files of which readers take one or the other: names of parts are the same whatever
    their case (ECMA-376, part 2, 6.2.2)."""
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise Unscannable(f"{name!r} twice")
        seen.add(name.casefold())
