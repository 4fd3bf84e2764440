"""Numbers that a sheet shows as percentages: 12 % is stored as 0.12, and one that was typed without the format as 12.

Belongs here: what such a cell is as text, and what to report of its column. Does not: which cells they are
(`workbooks/scan.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pipelines.core.text import Said
from pipelines.formats.faults import positions_listed
from pipelines.formats.workbooks.scan import Place, SheetScan
from pipelines.schema.arrow import number_text

HUNDRED = 2
"""The digits by which the decimal point moves."""


class Percents:
    """The percentages of one sheet, by the description's `options.percents`."""

    def __init__(self, scan: SheetScan, options: Mapping[str, Any]) -> None:
        self._policy = options.get("percents")
        self._ranges = {column: sorted(rows, key=lambda one: one.start) for column, rows in scan.percents.items()}
        self._starts = {column: [one.start for one in rows] for column, rows in self._ranges.items()}
        self._shown: dict[int, list[int]] = {}
        self._bare: dict[int, list[int]] = {}

    def text(self, here: Place, place: Place, cell: Any, text: str | None) -> str | None:
        """A cell's text, given as it is stored. `here` is where it is, `place` where its value is."""
        if here[1] not in self._ranges or isinstance(cell, bool) or not isinstance(cell, int | float) or text is None:
            return text
        if not self._is_one(place):
            if cell:  # nothing is as much of a hundred as of one
                self._bare.setdefault(here[1], []).append(here[0] + 1)
            return text
        if cell:
            self._shown.setdefault(here[1], []).append(here[0] + 1)
        return in_hundred(cell) if self._policy == "as_percentage" else text

    def _is_one(self, place: Place) -> bool:
        row, column = place
        rank = bisect_right(self._starts.get(column, []), row)
        return rank > 0 and row in self._ranges[column][rank - 1]

    @property
    def columns(self) -> list[int]:
        """Those that have percentages, once the cells were read."""
        return sorted(self._shown)

    def bare(self, column: int) -> list[int]:
        """The rows whose number stands without a percent sign among the percentages of a column."""
        return self._bare.get(column, [])

    def notices(self, sheet: str, names: Sequence[str], is_read: Any) -> Iterator[Said]:
        """What to report: which columns are of percentages, unless the description says how to read them, and where a
        column has others beside them."""
        columns = [column for column in self.columns if is_read(column)]
        if columns and self._policy is None:
            listed = ", ".join(names[column] for column in columns)
            yield Said(
                f"feuille « {sheet} » : pourcentages lus comme des proportions (12 % : 0.12) : {listed} "
                "(options.percents : as_percentage donne 12, as_proportion confirme 0.12)",
                f'sheet "{sheet}": percentages read as proportions (12%: 0.12): {listed} '
                "(options.percents: as_percentage gives 12, as_proportion confirms 0.12)",
            )
        for column in columns:
            if self.bare(column):
                name, rows = names[column], positions_listed(self.bare(column))
                yield Said(
                    f"feuille « {sheet} », « {name} » : des nombres sans le signe % parmi des pourcentages, lus tels "
                    f"quels : lignes {rows}",
                    f'sheet "{sheet}", "{name}": numbers without a percent sign among percentages, read as they are: '
                    f"rows {rows}",
                )


def in_hundred(cell: float) -> str:
    """A proportion as the percentage that it is, to the last digit: 0.07 is 7."""
    text = format(Decimal(number_text(float(cell))).scaleb(HUNDRED), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
