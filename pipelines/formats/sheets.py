"""Workbooks (xlsx, xls, xlsb, ods) as text columns: each cell as the person who typed it would write it down.

Whole numbers have no `.0`, dates are ISO, booleans `true`/`false`. A position is the row's number in the sheet.
Before a cell is read, the sheet is scanned (`workbooks/`) for what a person sees and a reader of values does not:
errors, formulas that nobody computed, merged and hidden cells, codes shown with leading zeros. Each has its policy in
`options`:

| option | default | other values |
|---|---|---|
| `errors` | `reject` the row | `absent`: the cell is empty |
| `formulas` (not computed) | `refuse` the sheet | `accept`: what is stored, nothing or 0 |
| `merged` | `repeat` the value | `first`: only the first cell has it |
| `hidden_rows` | `read`, and reported | `leave_out` |
| `zeros` | `as_shown` | `digits`: without literal text; `as_stored` |
| `percents` | a proportion (0.12), and reported | `as_percentage`: 12; `as_proportion`: 0.12 |
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.ending import Ending
from pipelines.formats.errors import (
    Damaged,
    FormulasNotComputed,
    NotWhatItSays,
    PasswordProtected,
)
from pipelines.formats.faults import RecordFault, positions_listed
from pipelines.formats.header import column_names
from pipelines.formats.html import read_html
from pipelines.formats.magic_numbers import named, signature
from pipelines.formats.registry import Records, reader
from pipelines.formats.sheet_cells import (
    DAY_OR_HOUR,
    EPOCHS,
    LENGTH,
    NEAR,
    NO_LENGTH,
    NO_NUMBER,
    NUMBER,
    UNSURE_SERIALS,
    VALUE,
    YEARS,
    cell_text,
    serial_date,
    serial_of,
)
from pipelines.formats.sheet_choice import check_area, chosen_sheet
from pipelines.formats.sheet_percents import Percents
from pipelines.formats.workbooks.cells import ReaderDied
from pipelines.formats.workbooks.opening import Workbook
from pipelines.formats.workbooks.scan import (
    Encrypted,
    Place,
    SheetName,
    SheetScan,
    Unscannable,
    Visibility,
    cell_name,
    within,
)
from pipelines.formats.workbooks.spreadsheetml import is_spreadsheetml
from pipelines.schema.arrow import number_text

LISTED = 5


@reader("xlsx", "xls", "xlsb", "ods")
def read_sheet(content: Content) -> Records:
    """The sheet that `options.sheet` names, else the first visible one.

    Raises `SheetMissing`, `UsedAreaTooLarge`, `FormulasNotComputed`, `PasswordProtected`, and what `Content.data` does.
    """
    kind = signature(content.data[:512])
    if kind == "html":
        return read_html(content)
    if kind == "xml" and not is_spreadsheetml(content.data):
        raise NotWhatItSays(file=content.file, found=named(kind), expected=content.part.format)
    try:
        book = Workbook(content.data, kind)
        sheet = chosen_sheet(content, book.sheets)
        scan = book.scan(sheet)
        check_area(content, sheet, scan)
        return _Rows(content, book, sheet, scan).read(book.rows(sheet, scan))
    except Encrypted:
        raise PasswordProtected(file=content.file) from None
    except Unscannable as error:
        detail = Said(f"classeur illisible [{error}]", f"unreadable workbook [{error}]")
        raise Damaged(file=content.file, detail=detail, format=content.part.format) from None
    except ReaderDied as error:
        raise Damaged(file=content.file, detail=error.reason, format=content.part.format) from None


class _Rows:
    """The rows of one sheet becoming records."""

    def __init__(self, content: Content, book: Workbook, sheet: SheetName, scan: SheetScan) -> None:
        self.content, self.options = content, content.options
        self.sheets, self.sheet, self.scan = book.sheets, sheet, scan
        self.first = int(self.options.get("header_row", 1))
        self.count = int(self.options.get("header_rows", 1))
        self.body = self.first - 1 + self.count
        self.names: list[str] = []
        self.dates: set[int] = set()
        self.columns: list[list[str | None]] = []
        self.positions: list[int] = []
        self.exponents: list[dict[str, Any]] = []
        self.faults: list[RecordFault] = []
        self.epoch = EPOCHS[self.options.get("epoch", 1904 if book.is_1904 else 1900)]
        self.anchors: dict[Place, Any] = {}
        self.covered: dict[Place, Place] = {}
        self.unseen: list[str] = []
        self.percents = Percents(scan, self.options)
        self.hidden = set(within(scan.hidden_rows, scan.last_row))
        self.sections = self._section_rows()

    def _section_rows(self) -> dict[int, Place]:
        """Rows that one merged cell fills from the first column to the last: a heading among the records, no record."""
        width = self.scan.last_column
        found: dict[int, Place] = {}
        for first_row, first, last_row, last in self.scan.merged:
            if first == 0 and last >= width > 0 and first_row == last_row:
                found[first_row] = (first_row, first)
        return found

    def read(self, rows: Iterator[list[Any]]) -> Records:
        """The records of the sheet. Raises `FormulasNotComputed`, and what reading the rows does."""
        if self.options.get("merged", "repeat") == "repeat":
            self.covered = dict(self.scan.covered())
            self.anchors = dict.fromkeys(self.covered.values())
        header: list[list[str]] = []
        near: list[list[str]] = []
        originals: list[str] = []
        ending = Ending(self.content)
        left_out = 0
        for index, row in enumerate(rows):
            if len(near) < NEAR:
                near.append([cell_text(cell) or "" for cell in row])
            if self.first - 1 <= index < self.body:
                header.append([cell_text(cell) or "" for cell in row])
            if index < self.body:
                continue
            if not originals:
                originals = self._name(header)
                self._check_formulas()
            if self._is_blank(index, row):
                continue
            if ending.is_reached(index + 1, [cell_text(cell) for cell in row]):
                left_out += 1
                continue
            self._record(index, row)
        if header and not originals:
            originals = self._name(header)
        left_out += self._without_footer(ending.footer(len(self.positions)))
        place = Said(f"feuille « {self.sheet.name} »", f'sheet "{self.sheet.name}"')
        arrays = [pa.array(column, pa.string()) for column in self.columns]
        return Records(
            self.names,
            originals,
            arrays,
            pa.array(self.positions, pa.int64()),
            place,
            near,
            self._facts(left_out),
            faults=self.faults,
            notices=[*self._notices(), *ending.notices()],
        )

    def _name(self, header: list[list[str]]) -> list[str]:
        self.names, originals = column_names(header, self.options.get("header_name"))
        self.dates = {index for index, name in enumerate(self.names) if name in self.options.get("dates", ())}
        self.columns = [[] for _ in self.names]
        return originals

    def _check_formulas(self) -> None:
        """Raises `FormulasNotComputed` for formulas among the records, in a column that is read."""
        if self.options.get("formulas", "refuse") == "accept":
            return
        cells = [place for place in self.scan.uncomputed if place[0] >= self.body and self._is_read(place[1])]
        if cells:
            listed = ", ".join(cell_name(place) for place in cells[:LISTED]) + (", …" if len(cells) > LISTED else "")
            facts = {"sheet": self.sheet.name, "count": len(cells), "cells": listed}
            raise FormulasNotComputed(file=self.content.file, **facts)

    def _is_read(self, column: int) -> bool:
        return column < len(self.names) and self.names[column] not in self.options.get("drop", ())

    def _is_blank(self, index: int, row: list[Any]) -> bool:
        """Whether a row contains nothing of its own; a merged cell of the row above is nothing of its own."""
        if any(cell is not None for cell in row):
            return False
        return not any((index, column) in self.scan.errors for column in range(len(self.names)))

    def _record(self, index: int, row: list[Any]) -> None:
        if index in self.hidden and self.options.get("hidden_rows", "read") == "leave_out":
            self._remember(index, row)
            return
        if index in self.sections:
            self._refuse(index, None, "ligne-de-titre", self._heading(index))
        cells = self._remember(index, row)
        self.positions.append(index + 1)
        for number, column in enumerate(self.columns):
            cell = cells[number] if number < len(cells) else None
            column.append(self._text((index, number), cell))

    def _remember(self, index: int, row: list[Any]) -> list[Any]:
        """The row's cells, those that a merged cell covers filled with its value."""
        if not self.covered:
            return row
        cells = [*row, *[None] * (len(self.names) - len(row))]
        for column, cell in enumerate(cells):
            place = (index, column)
            if place in self.anchors:
                self.anchors[place] = cell
            elif place in self.covered:
                if cell is None:
                    cells[column] = self.anchors[self.covered[place]]
                else:
                    self.unseen.append(cell_name(place))
        return cells

    def _text(self, here: Place, cell: Any) -> str | None:
        """A cell as text; `here` is where it is, which is not where its value is when it is merged with another."""
        row, column = here
        place = self.covered.get(here, here)
        if place in self.scan.errors:
            if self.options.get("errors", "reject") == "reject":
                code = self.scan.errors[place]
                self._refuse(row, column, "cellule-en-erreur", self._at(place, Said(code, code)), code)
            return None
        if place in self.scan.no_dates:
            found = number_text(self.scan.no_dates[place])
            words = Said(f"{found}, qui n'est pas un jour sûr", f"{found}, which is no certain day")
            self._refuse(row, column, "date-hors-calendrier", self._at(place, words, DAY_OR_HOUR))
        if place in self.scan.no_durations:
            self._refuse(row, column, "duree-incertaine", self._at(place, NO_LENGTH, LENGTH))
        if isinstance(cell, float) and not math.isfinite(cell):
            self._refuse(row, column, "nombre-illisible", self._at(place, NO_NUMBER, NUMBER))
        if cell is not None and place in self.scan.shown:
            return self._displayed(place, cell)
        text = cell_text(cell)
        if column in self.dates:
            return self._serial(here, cell, text)
        if isinstance(cell, float) and text is not None and "e" in text:
            self.exponents.append({"row": row + 1, "column": self.names[column]})
        return self.percents.text(here, place, cell, text)

    def _displayed(self, place: Place, cell: Any) -> str | None:
        policy = self.options.get("zeros", "as_shown")
        if policy == "as_stored":
            return cell_text(cell)
        displayed = self.scan.shown[place]
        return "".join(filter(str.isdigit, displayed)) if policy == "digits" else displayed

    def _serial(self, place: Place, cell: Any, text: str | None) -> str | None:
        serial = serial_of(cell)
        if serial is None:
            return text
        is_unsure = self.epoch is EPOCHS[1900] and serial <= UNSURE_SERIALS
        if is_unsure or serial in YEARS:
            words = Said(f"{text}, qui n'est pas un jour sûr", f"{text}, which is no certain day")
            self._refuse(*place, "date-hors-calendrier", self._at(place, words, Said("une date", "a date")))
        return serial_date(serial, self.epoch)

    def _refuse(self, row: int, column: int | None, rule: str, message: Said, code: str | None = None) -> None:
        name = self.names[column] if column is not None and column < len(self.names) else None
        self.faults.append(RecordFault(row + 1, rule, message, name, code))

    def _at(self, place: Place, found: Said, expected: Said = VALUE) -> Said:
        cell, sheet = cell_name(place), self.sheet.name
        return Said(
            f"Feuille « {sheet} », cellule {cell} : {found.fr} ; attendu : {expected.fr}.",
            f'Sheet "{sheet}", cell {cell}: {found.en}; expected: {expected.en}.',
        )

    def _heading(self, index: int) -> Said:
        words = Said("une cellule fusionnée sur toute la ligne", "a cell merged over the whole row")
        return self._at(self.sections[index], words, Said("un enregistrement", "a record"))

    def _without_footer(self, count: int) -> int:
        """Take the last records away; their faults go with them."""
        if count:
            gone = set(self.positions[-count:])
            del self.positions[-count:]
            for column in self.columns:
                del column[-count:]
            self.faults = [fault for fault in self.faults if fault.position not in gone]
        return count

    def _facts(self, left_out: int) -> dict[str, Any]:
        facts: dict[str, Any] = {"sheet": self.sheet.name}
        hidden = [sheet.name for sheet in self.sheets if sheet.visibility is not Visibility.VISIBLE]
        counts = {
            "exponents": self.exponents,
            "hidden_sheets": hidden,
            "merged_cells": len(self.covered),
            "codes_as_shown": len(self.scan.shown),
            "rows_left_out": left_out,
        }
        return facts | {name: value for name, value in counts.items() if value}

    def _notices(self) -> list[Said]:
        sheet = self.sheet.name
        notices = [*self.scan.unseen, *self.percents.notices(sheet, self.names, self._is_read)]
        if self.sheet.visibility is not Visibility.VISIBLE:
            notices.append(Said(f"la feuille « {sheet} » est masquée", f'the sheet "{sheet}" is hidden'))
        if self.unseen:
            places = ", ".join(self.unseen[:LISTED]) + (", …" if len(self.unseen) > LISTED else "")
            french = f"feuille « {sheet} » : cellules lues qu'une cellule fusionnée recouvre : {places}"
            notices.append(Said(french, f'sheet "{sheet}": cells read that a merged cell covers: {places}'))
        rows = [row + 1 for row in sorted(self.hidden) if row >= self.body]
        if rows:
            is_read = self.options.get("hidden_rows", "read") == "read"
            done = Said("lues", "read") if is_read else Said("laissées", "left out")
            places = positions_listed(rows)
            notices.append(
                Said(
                    f"feuille « {sheet} » : lignes masquées {done.fr} : {places}",
                    f'sheet "{sheet}": hidden rows {done.en}: {places}',
                )
            )
        columns = [
            self.names[column]
            for column in within(self.scan.hidden_columns, self.scan.last_column)
            if self._is_read(column)
        ]
        if columns:
            places = ", ".join(columns)
            notices.append(
                Said(
                    f"feuille « {sheet} » : colonnes masquées lues : {places}",
                    f'sheet "{sheet}": hidden columns read: {places}',
                )
            )
        return notices
