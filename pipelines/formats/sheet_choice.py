"""Which sheet of a workbook is read, and whether its area can be.

Belongs here: what the description and the workbook say of a sheet as a whole. Does not: its rows (`sheets.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.errors import SheetMissing, UsedAreaTooLarge
from pipelines.formats.workbooks.scan import MAXIMUM_CELLS, SheetName, SheetScan, Visibility, cell_name


def chosen_sheet(content: Content, sheets: Sequence[SheetName]) -> SheetName:
    """The sheet that the description names, hidden or not; without a name, the first that a person sees."""
    wanted = content.options.get("sheet")
    names = [sheet.name for sheet in sheets]
    if wanted is not None:
        if wanted not in names:
            raise _missing(content, wanted, names)
        return sheets[names.index(wanted)]
    visible = [sheet for sheet in sheets if sheet.visibility is Visibility.VISIBLE]
    if not visible:
        raise _missing(content, "1", names)
    return visible[0]


def _missing(content: Content, wanted: str, sheets: list[str]) -> SheetMissing:
    from rapidfuzz import fuzz, process

    best = process.extractOne(wanted, sheets, scorer=fuzz.ratio, processor=str.lower, score_cutoff=60)
    nearest = Said(f" (« {best[0]} » ?)", f' ("{best[0]}"?)') if best else ""
    return SheetMissing(file=content.file, sheet=wanted, nearest=nearest, found=", ".join(sheets) or "—")


def check_area(content: Content, sheet: SheetName, scan: SheetScan) -> None:
    """Raises `UsedAreaTooLarge`."""
    most = scan.most_cells(int(content.options.get("maximum_cells", MAXIMUM_CELLS)))
    if scan.area > most:
        corner = cell_name((scan.last_row, scan.last_column))
        facts = {"sheet": sheet.name, "cells": scan.cells, "corner": corner, "maximum": most}
        raise UsedAreaTooLarge(file=content.file, **facts)
