"""Cells of workbooks as text: whole numbers without `.0`, ISO dates, `true` and `false`.

Belongs here: one cell. Does not: rows, nor what only the whole sheet shows (`sheets.py`).
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from typing import Any

from pipelines.core.text import Said
from pipelines.formats.workbooks.child import moment_text
from pipelines.schema.arrow import number_text

EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
SERIALS = (1, 2_958_466)
UNSURE_SERIALS = 60
# A whole number of these is a year that somebody typed among days: as a day it is one of 1904 to 1910.
YEARS = range(1800, 2201)
_SERIAL = re.compile(r"[0-9]+(\.[0-9]+)?")
_SECONDS = 86_400
WHOLE = (1e15, 1e16)
NEAR = 10
VALUE = Said("une valeur", "a value")
DAY_OR_HOUR = Said("une date, ou une heure", "a date, or a time of day")
NO_NUMBER = Said("un nombre infini, ou qui n'en est pas un", "a number that is infinite, or none")
NUMBER = Said("un nombre", "a number")
NO_LENGTH = Said("une durée qui n'a pas de longueur sûre", "a duration that has no certain length")
LENGTH = Said("des jours, des heures, des minutes, des secondes", "days, hours, minutes, seconds")


def cell_text(cell: Any) -> str | None:
    """A cell as text; None for an empty one. A list of one text is a moment that was written down already."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, list):
        return str(cell[0])
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _float_text(cell) if math.isfinite(cell) else None
    return moment_text(cell) if isinstance(cell, datetime | date | time | timedelta) else str(cell)


def _float_text(cell: float) -> str:
    # Of sixteen digits, a number is still written in full, and « .0 » behind it is nothing that anybody typed.
    is_long = WHOLE[0] <= abs(cell) < WHOLE[1] and cell.is_integer()
    return str(int(cell)) if is_long else number_text(cell)


def serial_of(cell: Any) -> float | None:
    """The Excel serial number (of days since an epoch) that a cell is, as a number or a text; None for any other."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return None
    if isinstance(cell, str) and not _SERIAL.fullmatch(cell.strip()):
        return None
    serial = float(cell)
    return serial if SERIALS[0] <= serial < SERIALS[1] else None


def serial_date(serial: float, epoch: date) -> str:
    """A serial number as an ISO date, with its time where it has one."""
    seconds = round(serial * _SECONDS)
    return moment_text(datetime.combine(epoch, time.min) + timedelta(seconds=seconds))
