"""Files of every format that the tests of reading need, made on the spot, and the reading of one."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa

from pipelines.formats import PartReading, read, read_part
from pipelines.sources import Part

NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def a_file(folder: Path, content: bytes | str, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def a_part(file_format: str = "csv", *reads: str, **more: Any) -> Part:
    """A part whose mapping reads the columns `reads`."""
    rows = ({"table": "label/x", "fields": {f"f{index}": name for index, name in enumerate(reads)}},) if reads else ()
    return Part("part", file_format, rows=rows, **more)


def reading(path: Path, part: Part) -> pa.Table:
    return read(part, path, source="mairie", snapshot="ab" * 32)


def part_reading(path: Path, part: Part) -> PartReading:
    """The same, with what could not be read."""
    return read_part(part, path, source="mairie", snapshot="ab" * 32)


def records(table: pa.Table) -> list[dict[str, Any]]:
    """The data columns of each row."""
    return table.select([name for name in table.column_names if not name.startswith("_")]).to_pylist()


def positions(table: pa.Table) -> list[int]:
    found: list[int] = table.column("_position").to_pylist()
    return found


def an_xlsx(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def an_xls(path: Path, rows: Sequence[Sequence[Any]], *, sheet: str = "Feuille 1") -> Path:
    import datetime

    import xlwt

    book = xlwt.Workbook()
    page = book.add_sheet(sheet)
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            page.write(line, place, cell, day if isinstance(cell, datetime.date) else xlwt.Style.default_style)
    book.save(str(path))
    return path


def an_ods(path: Path, rows: Sequence[Sequence[str | float]], *, sheet: str = "Feuille 1") -> Path:
    def cell(value: str | float) -> str:
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f"<office:document-content {NAMESPACES}><office:body><office:spreadsheet>"
        f'<table:table table:name="{sheet}">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return path
