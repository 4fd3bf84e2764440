"""What a person sees in a workbook and Frictionless' report does not: percentages, which it validates as proportions
(12 % is 0.12), formulas that nobody computed, which are empty cells to it, hidden rows and a hidden sheet.

Belongs here: saying so beside the report, which stays what it is. Does not: which cells they are
(`formats/workbooks/`).
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
from pipelines.formats.workbooks.scan import Encrypted, SheetName, SheetScan, Unscannable, Visibility, within
from pipelines.storage.damage import DAMAGE
from pipelines.validation.inputs import FORMATS, Reading

CONTROLS = {"xlsx": "excel", "ods": "ods"}
PERCENT_FORMAT = re.compile(rb"""%|numFmtId\s*=\s*["'](9|10)["']""")
IN_SHEET = re.compile(rb"<([A-Za-z0-9]+:)?f[\s>/]|\shidden\s*=")
BLOCK, LONGEST_MARK = 1 << 20, 64
HIDDEN_SHEET = Said(
    "la feuille validée est masquée : une personne qui ouvre le classeur en voit une autre. Donnez-la avec --sheet",
    "the sheet that was validated is hidden: a person who opens the workbook sees another. Give that one with --sheet",
)
ONE_SHEET = Said(
    "seule la première des {count} feuilles est validée ; --sheet, ou le dialecte d'une ressource, en choisit une "
    "autre",
    "only the first of {count} sheets is validated; --sheet, or the dialect of a resource, chooses another",
)
UNSCANNABLE: tuple[type[Exception], ...] = (Unscannable, ReaderDied, Encrypted, *DAMAGE)


def workbook_notices(path: Path, reading: Reading, labels: Sequence[str], fields: Collection[str]) -> list[Said]:
    """What to say of the sheet of a workbook that was validated, `labels` its header; nothing of another file.

    A column is named only where its name is one of the schema's `fields`: another may be a value of somebody's record.
    A workbook that cannot be scanned has no result either, which is reported.
    """
    named = Path(reading.member or path.name)
    kind = reading.file_format or FORMATS.get(named.suffix.lower(), "")
    if kind not in CONTROLS:
        return []
    try:
        data = _data(path, reading.member)
        book = Workbook(data, signature(data[:512]))
        control = (reading.dialect or {}).get(CONTROLS[kind]) or {}
        sheet = _sheet(book.sheets, control)
        if sheet is None:
            return []
        notices = [HIDDEN_SHEET] if sheet.visibility is not Visibility.VISIBLE else []
        if "sheet" not in control and len(book.sheets) > 1:
            facts = {"count": len(book.sheets)}
            notices.append(Said(ONE_SHEET.fr.format(**facts), ONE_SHEET.en.format(**facts)))
        if kind == "xlsx" and not _may_have_some(data):
            return notices
        scan = book.scan(sheet)
        notices += _of_rows(scan)
        percents = _percents(book, sheet, scan)
    except UNSCANNABLE:
        return []
    return notices if percents is None else [*notices, *_of_percents(percents, _names(labels, fields))]


def _may_have_some(data: bytes) -> bool:
    """Whether an XLSX file has formulas, hidden rows or a format of percentages (its own, or the one of the number 9 or
    10): scanning the sheets of another would take a third of its validation for nothing."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            mark = PERCENT_FORMAT if name.lower().endswith("styles.xml") else IN_SHEET
            if name.lower().endswith(".xml") and _holds(archive, name, mark):
                return True
    return False


def _holds(archive: zipfile.ZipFile, name: str, mark: re.Pattern[bytes]) -> bool:
    """Whether a member of an archive has a mark, read a block at a time."""
    end = b""
    with archive.open(name) as file:
        while block := file.read(BLOCK):
            if mark.search(end + block):
                return True
            end = block[-LONGEST_MARK:]
    return False


def _of_rows(scan: SheetScan) -> Iterator[Said]:
    if scan.uncomputed:
        rows = positions_listed(row + 1 for row, _ in scan.uncomputed)
        yield Said(
            f"formules que personne n'a calculées, validées comme des cases vides : lignes {rows}. Ouvrez le classeur "
            "dans un tableur et enregistrez-le",
            f"formulas that nobody computed, validated as empty cells: rows {rows}. Open the workbook in a spreadsheet "
            "and save it",
        )
    hidden = within(scan.hidden_rows, scan.last_row)
    if hidden:
        rows = positions_listed(row + 1 for row in hidden)
        yield Said(f"lignes masquées, validées comme les autres : {rows}", f"hidden rows, validated as others: {rows}")


def _percents(book: Workbook, sheet: SheetName, scan: SheetScan) -> Percents | None:
    """The percentages of a sheet; none where no cell is shown as one, and then no cell is read."""
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


def _of_percents(percents: Percents, names: Sequence[Said]) -> Iterator[Said]:
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


def _sheet(sheets: Sequence[SheetName], control: Mapping[str, Any]) -> SheetName | None:
    """The sheet that Frictionless reads: by its name, or by its number from 1."""
    wanted = control.get("sheet", 1)
    found = dict(enumerate(sheets, start=1)).get(wanted) if isinstance(wanted, int) else None
    return found or next((sheet for sheet in sheets if sheet.name == wanted), None)


def _data(path: Path, member: str | None) -> bytes:
    if member is None:
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)
