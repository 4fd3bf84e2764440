"""The process apart that reads the cells of a workbook: a reader that dies on a hostile file takes nothing else with
it.

Run as a script, with nothing of Arobase imported: `child.py <sheet> <bytes of memory> <seconds>`, the workbook on its
standard input, one JSON list a row on its standard output. A cell is null, a boolean, a number, a text, or a list of
one text for a moment. It ends with 3, and the reason on its standard error, where the workbook cannot be read.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

UNREADABLE = 3
NEARLY = 10_000


def moment_text(cell: Any) -> str:
    """A date, a time or a duration in ISO 8601, as a person would write it down."""
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, datetime | time):
        cell = _to_the_second(cell)
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    return str(cell.isoformat())


def _to_the_second(moment: Any) -> Any:
    """The second that a moment is nearly at: half past twelve, kept as so many ten-thousandths of a day, is a few
    thousandths of a second off. Any other fraction is a fraction."""
    off = moment.microsecond
    whole = moment.replace(microsecond=0)
    if off <= NEARLY:
        return whole
    if off < 1_000_000 - NEARLY:
        return moment
    try:
        if isinstance(moment, datetime):
            return whole + timedelta(seconds=1)
        later = datetime.combine(date.min, whole) + timedelta(seconds=1)
    except OverflowError:
        return moment
    return later.time() if later.date() == date.min else moment


def plain(cell: Any) -> Any:
    """A cell as JSON can write it."""
    if isinstance(cell, date | time | timedelta):
        return [moment_text(cell)]
    return None if cell == "" else cell


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # where the system has no limits, the bounds on the used area still hold
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> int:
    """Write the rows of a sheet, from the first on."""
    name, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    _limit(memory, seconds)
    import io

    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheet = book.get_sheet_by_name(name)
        start = sheet.start
        if start is None:
            return 0
        write = sys.stdout.write
        before = [None] * start[1]  # it gives the rows above the first cell, and not the columns on its left
        for row in sheet.iter_rows():
            write(json.dumps(before + [plain(cell) for cell in row]) + "\n")
    except CalamineError as error:
        sys.stderr.write(str(error)[:500])
        return UNREADABLE
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
