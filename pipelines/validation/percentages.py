"""Columns of a workbook that a person sees in percent, and that Frictionless validates as proportions: 12 % is 0.12.

Belongs here: saying so beside Frictionless' report, which stays what it is. Does not: which cells they are
(`formats/sheet_percents.py`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.formats.faults import positions_listed
from pipelines.formats.magic_numbers import signature
from pipelines.formats.sheet_percents import Percents
from pipelines.formats.workbooks.cells import ReaderDied
from pipelines.formats.workbooks.opening import Workbook
from pipelines.formats.workbooks.scan import Encrypted, SheetName, Unscannable
from pipelines.storage.damage import DAMAGE
from pipelines.validation.inputs import FORMATS, Reading

CONTROLS = {"xlsx": "excel", "ods": "ods"}
PERCENT_FORMAT = re.compile(rb"""%|numFmtId\s*=\s*["'](9|10)["']""")
UNSCANNABLE: tuple[type[Exception], ...] = (Unscannable, ReaderDied, Encrypted, *DAMAGE)


def percentages_told(path: Path, reading: Reading, labels: Sequence[str], fields: Collection[str]) -> list[Said]:
    """What to say of the percentages of a workbook's sheet, of which `labels` is the header; nothing of another file.

    A column is named only where its name is one of the schema's `fields`: another may be a value of somebody's record.
    A workbook that cannot be scanned has no result either, which is reported.
    """
    named = Path(reading.member or path.name)
    kind = reading.file_format or FORMATS.get(named.suffix.lower(), "")
    if kind not in CONTROLS:
        return []
    try:
        data = _data(path, reading.member)
        if kind == "xlsx" and not _has_such_a_format(data):
            return []
        book = Workbook(data, signature(data[:512]))
        sheet = _sheet(book.sheets, (reading.dialect or {}).get(CONTROLS[kind]))
        percents = None if sheet is None else _percents(book, sheet)
    except UNSCANNABLE:
        return []
    return [] if percents is None else list(_notices(percents, _names(labels, fields)))


def _has_such_a_format(data: bytes) -> bool:
    """Whether the formats of an XLSX file have one of percentages, its own or that of the number 9 or 10: scanning the
    sheets of another would take a third of its validation for nothing."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        styles = [archive.read(name) for name in archive.namelist() if name.lower().endswith("styles.xml")]
    return any(PERCENT_FORMAT.search(text) for text in styles)


def _percents(book: Workbook, sheet: SheetName) -> Percents | None:
    """The percentages of a sheet; none where no cell is shown as one, and then no cell is read."""
    scan = book.scan(sheet)
    if not scan.percents:
        return None
    percents = Percents(scan, {})
    for row, cells in enumerate(book.rows(sheet, scan)):
        for column in scan.percents:
            if column < len(cells):
                percents.text((row, column), (row, column), cells[column], "")
    return percents


def _names(labels: Sequence[str], fields: Collection[str]) -> list[Said]:
    """How each column is named."""
    return [
        Said(label, label) if label in fields else Said(f"colonne {place}", f"column {place}")
        for place, label in enumerate(labels, start=1)
    ]


def _notices(percents: Percents, names: Sequence[Said]) -> Iterator[Said]:
    columns = [column for column in percents.columns if column < len(names)]
    if columns:
        french = ", ".join(names[column].fr for column in columns)
        english = ", ".join(names[column].en for column in columns)
        yield Said(
            f"pourcentages validés comme les proportions que le fichier contient (12 % : 0.12) : {french}. Vérifiez "
            "que le schéma donne ses bornes en proportions",
            f"percentages validated as the proportions that the file holds (12%: 0.12): {english}. Check that the "
            "schema gives its bounds in proportions",
        )
    for column in columns:
        if percents.bare(column):
            rows = positions_listed(percents.bare(column))
            yield Said(
                f"« {names[column].fr} » : des nombres sans le signe % parmi des pourcentages, validés tels quels : "
                f"lignes {rows}",
                f'"{names[column].en}": numbers without a percent sign among percentages, validated as they are: '
                f"rows {rows}",
            )


def _sheet(sheets: Sequence[SheetName], control: Mapping[str, Any] | None) -> SheetName | None:
    """The sheet that Frictionless reads: by its name, or by its number from 1."""
    wanted = (control or {}).get("sheet", 1)
    found = dict(enumerate(sheets, start=1)).get(wanted) if isinstance(wanted, int) else None
    return found or next((sheet for sheet in sheets if sheet.name == wanted), None)


def _data(path: Path, member: str | None) -> bytes:
    if member is None:
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)
