"""What one scan of a workbook finds, the same for every file format. Rows and columns are counted from 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pipelines.core.text import Said
from pipelines.formats.workbooks.number_formats import is_percent, shown_code

Place = tuple[int, int]
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column."""

MAXIMUM_CELLS = 20_000_000
# A sheet whose cells are few and far between: what is allocated must stay in proportion to what is there.
FREE_CELLS = 4_000_000
SPREAD = 100


class Visibility(StrEnum):
    """How a sheet shows in its own application; a very hidden one cannot be shown from its menus."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "very-hidden"


@dataclass(frozen=True)
class SheetName:
    """One sheet of a workbook. `where` is what its scanner finds it by; only worksheets contain cells."""

    name: str
    visibility: Visibility
    where: str | int
    is_worksheet: bool = True


@dataclass
class SheetScan:
    """One sheet. `errors`: the code of each error cell; `uncomputed`: formulas whose value was never computed;
    `shown`: numbers that their format shows with leading zeros, as shown; `no_dates`: date cells whose serial number is
    no day that spreadsheets agree on; `no_durations`: durations of months or years, which have no certain length;
    `written`: what a person reads in cells of which the reader loses a part; `percents`: by column, the rows whose
    number is shown as a percentage; `unseen`: what this file format does not let anybody see."""

    cells: int = 0
    last_row: int = -1
    last_column: int = -1
    errors: dict[Place, str] = field(default_factory=dict)
    uncomputed: list[Place] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: list[range] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)
    shown: dict[Place, str] = field(default_factory=dict)
    no_dates: dict[Place, float] = field(default_factory=dict)
    no_durations: dict[Place, bool] = field(default_factory=dict)
    written: dict[Place, str] = field(default_factory=dict)
    percents: dict[int, list[range]] = field(default_factory=dict)
    unseen: list[Said] = field(default_factory=list)

    def note(self, row: int, column: int, *, rows: int = 1, columns: int = 1) -> None:
        """A cell that contains something, or a block of equal ones."""
        self.cells += 1
        self.last_row = max(self.last_row, row + rows - 1)
        self.last_column = max(self.last_column, column + columns - 1)

    def note_format(self, place: Place, value: float, code: str) -> None:
        """A number that its format shows as something else: a code with leading zeros, a percentage."""
        displayed = shown_code(value, code)
        if displayed is not None:
            self.shown[place] = displayed
        elif is_percent(code):
            self.note_percent(*place)

    def note_percent(self, row: int, column: int, *, rows: int = 1, columns: int = 1) -> None:
        """A number that is shown as a percentage, or a block of them."""
        for each in range(column, column + columns):
            found = self.percents.setdefault(each, [])
            follows = bool(found) and found[-1].stop == row
            start = found.pop().start if follows else row
            found.append(range(start, row + rows))

    @property
    def area(self) -> int:
        """The cells of the rectangle from A1 to the last one used: what reading it takes in memory."""
        return (self.last_row + 1) * (self.last_column + 1)

    def most_cells(self, maximum: int) -> int:
        """How large the used area may be: in proportion to what it contains, and never over the maximum."""
        return min(maximum, max(FREE_CELLS, self.cells * SPREAD))

    def as_written(self, rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """The rows of the sheet, from the first on, with the cells of `written` in their places."""
        rewritten: dict[int, list[tuple[int, str]]] = {}
        for (row, column), text in self.written.items():
            rewritten.setdefault(row, []).append((column, text))
        for number, cells in enumerate(rows):
            for column, text in rewritten.get(number, ()):
                cells.extend([None] * (column + 1 - len(cells)))
                cells[column] = text
            yield cells

    def covered(self) -> Iterator[tuple[Place, Place]]:
        """Each cell of the used area that a merged one covers, with the cell that contains its value.

        Raises `Unscannable` for areas that overlap over and over: no application writes them.
        """
        count = 0
        for first_row, first_column, last_row, last_column in self.merged:
            rows, columns = (
                min(last_row, self.last_row) - first_row + 1,
                min(last_column, self.last_column) - first_column,
            )
            count += max(0, rows) * max(0, columns + 1)
            if count > 2 * max(self.area, FREE_CELLS):
                raise Unscannable("merged cells")
            for row in range(first_row, min(last_row, self.last_row) + 1):
                for column in range(first_column, min(last_column, self.last_column) + 1):
                    if (row, column) != (first_row, first_column):
                        yield (row, column), (first_row, first_column)


@dataclass(frozen=True)
class Book:
    """The sheets of a workbook in its order; `is_1904`: its serial dates count from 1904."""

    sheets: tuple[SheetName, ...]
    is_1904: bool = False


def within(ranges: list[range], last: int) -> list[int]:
    """The rows or columns of some ranges that are not beyond the last one used."""
    return sorted({number for found in ranges for number in range(found.start, min(found.stop, last + 1))})


class Unscannable(Exception):
    """The workbook is cut, corrupt or not one; the text says what was met."""


class Encrypted(Exception):
    """The workbook asks for a password."""


def cell_name(place: Place) -> str:
    """`(1, 2)` as `C2`."""
    row, column = place
    letters = ""
    number = column + 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"
