"""Workbooks (xlsx, xls, ods) as text columns: each cell as the person who typed it would write it down.

Whole numbers have no `.0`, dates are ISO, booleans `true`/`false`. A position is the row's number in the sheet.
"""

from __future__ import annotations

import io
import math
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.documents import number_text
from pipelines.formats.errors import Damaged, SheetMissing
from pipelines.formats.header import column_names
from pipelines.formats.registry import Records, reader

EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
SERIALS = (1, 2_958_465)
NEAR = 10


@reader("xlsx", "xls", "ods")
def read_sheet(content: Content) -> Records:
    """The sheet that `options.sheet` names, else the first. Raises `SheetMissing`, and what `Content.data` does."""
    name, rows = _rows(content)
    options = content.options
    first, count = options.get("header_row", 1), options.get("header_rows", 1)
    texts = [[cell_text(cell) or "" for cell in row] for row in rows[first - 1 : first - 1 + count]]
    near = [[cell_text(cell) or "" for cell in row] for row in rows[:NEAR]]
    place = Said(f"feuille « {name} »", f'sheet "{name}"')
    if not texts:
        return Records([], [], [], pa.array([], pa.int64()), place, near)
    names, originals = column_names(texts, options.get("header_name"))
    dates = {index for index, column in enumerate(names) if column in options.get("dates", ())}
    epoch = EPOCHS[options.get("epoch", 1900)]
    columns: list[list[str | None]] = [[] for _ in names]
    positions: list[int] = []
    exponents: list[dict[str, Any]] = []
    for number, row in enumerate(rows[first - 1 + count :], start=first + count):
        cells = [cell_text(cell) for cell in row]
        if all(cell is None for cell in cells):
            continue
        positions.append(number)
        for index, column in enumerate(columns):
            text = cells[index] if index < len(cells) else None
            if index in dates:
                text = serial_date(row[index] if index < len(row) else None, text, epoch)
            elif text is not None and isinstance(row[index], float) and "e" in text:
                exponents.append({"row": number, "column": names[index]})
            column.append(text)
    facts: dict[str, Any] = {"sheet": name} | ({"exponents": exponents} if exponents else {})
    arrays = [pa.array(column, pa.string()) for column in columns]
    return Records(names, originals, arrays, pa.array(positions, pa.int64()), place, near, facts)


def _rows(content: Content) -> tuple[str, list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content.data))
        wanted = content.options.get("sheet")
        sheets = list(book.sheet_names)
        if not sheets or (wanted is not None and wanted not in sheets):
            raise _missing(content, wanted or "1", sheets)
        name = wanted or sheets[0]
        return name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise Damaged(file=content.file, detail=str(error), format=content.part.format) from None


def _missing(content: Content, wanted: str, sheets: list[str]) -> SheetMissing:
    from rapidfuzz import fuzz, process

    best = process.extractOne(wanted, sheets, scorer=fuzz.ratio, processor=str.lower, score_cutoff=60)
    nearest = Said(f" (« {best[0]} » ?)", f' ("{best[0]}"?)') if best else ""
    return SheetMissing(file=content.file, sheet=wanted, nearest=nearest, found=", ".join(sheets) or "—")


def cell_text(cell: Any) -> str | None:
    """A cell as text; None for an empty one."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return number_text(cell) if math.isfinite(cell) else None
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def serial_date(cell: Any, text: str | None, epoch: date) -> str | None:
    """An Excel serial number (a number of days since the epoch) as an ISO date; any other text as it is."""
    try:
        serial = float(cell) if isinstance(cell, int | float | str) and not isinstance(cell, bool) else math.nan
    except ValueError:
        return text
    if not SERIALS[0] <= serial <= SERIALS[1]:
        return text
    return (epoch + timedelta(days=int(serial))).isoformat()
