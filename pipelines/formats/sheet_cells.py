"""Cells of workbooks as text: whole numbers without `.0`, ISO dates, `true` and `false`.

Belongs here: one cell. Does not: rows, nor what only the whole sheet shows (`sheets.py`).
"""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import Any

from pipelines.formats.workbooks.child import moment_text
from pipelines.schema.arrow import number_text

EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
SERIALS = (1, 2_958_465)
UNSURE_SERIALS = 60
NEAR = 10


def cell_text(cell: Any) -> str | None:
    """A cell as text; None for an empty one. A list of one text is a moment that was written down already."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, list):
        return str(cell[0])
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return number_text(cell) if math.isfinite(cell) else None
    return moment_text(cell) if isinstance(cell, datetime | date | time | timedelta) else str(cell)


def serial_date(cell: Any, text: str | None, epoch: date) -> str | None:
    """An Excel serial number (a number of days since the epoch) as an ISO date; any other text as it is."""
    try:
        serial = float(cell) if isinstance(cell, int | float | str) and not isinstance(cell, bool) else math.nan
    except ValueError:
        return text
    if not SERIALS[0] <= serial <= SERIALS[1]:
        return text
    return (epoch + timedelta(days=int(serial))).isoformat()
