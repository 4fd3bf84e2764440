"""Dates, times and durations of SpreadsheetML, which writes all three as moments: 36 hours are `1900-01-01T12:00:00`.

Source: the XML Spreadsheet Reference of Office 2003 (`ss:Type`, `ss:NumberFormat`). Belongs here: what a moment is by
its cell's format. Does not: elements of the document (`spreadsheetml.py`).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from pipelines.formats.workbooks.child import moment_text
from pipelines.formats.workbooks.number_formats import is_elapsed, moment

# Formats that have a name instead of a code: those that show a moment, and those that show none.
_NAMED = {
    **dict.fromkeys(("general date", "long date", "medium date", "short date"), "date"),
    **dict.fromkeys(("long time", "medium time", "short time"), "time"),
    **dict.fromkeys(
        (
            *("general", "general number", "currency", "euro currency", "fixed", "standard", "percent"),
            *("scientific", "yes/no", "true/false", "on/off"),
        )
    ),
}
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?")
_LEAP_BUG = datetime.combine(date(1900, 3, 1), time.min)
"""From here on, days count one more than they are: in the calendar of Excel, 1900 had a 29 February."""
_DAY = timedelta(days=1)
_FIRST_SURE = timedelta(days=61)
_LAST = 2_958_466


class Moment(NamedTuple):
    """A cell as text; or, in `no_day`, the number of days that is no moment which spreadsheets agree on."""

    text: str
    no_day: float | None = None


def kind_of(code: str) -> str | None:
    """What a number format makes of a number: `date`, `time`, `duration`, or None for no moment."""
    name = code.strip().lower()
    if not name or name in _NAMED:
        return _NAMED.get(name)
    return "duration" if is_elapsed(code) else moment(code)


def of_moment(text: str, kind: str | None, *, is_1904: bool) -> Moment:
    """A moment that is written down, as its format shows it; what is no moment stays as it is written."""
    written = text.removesuffix(".000").removesuffix("T00:00:00")
    try:
        when = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        when = None
    if when is None:
        return Moment(written)
    after = when - _first_day(is_1904)
    if not is_1904 and when >= _LEAP_BUG:
        after += _DAY
    if kind in ("time", "duration"):
        return _of_time(after, kind) or Moment(written)
    # The day is written in full, and every spreadsheet reads the same one, but for the day 0 of 1900.
    return Moment(written, None if after >= (timedelta() if is_1904 else _DAY) else after / _DAY)


def of_number(days: float, kind: str, *, is_1904: bool) -> Moment | None:
    """A number that its format shows as a moment; None for one that no calendar has."""
    if not -_LAST < days < _LAST:
        return None
    after = timedelta(seconds=round(days * 86_400))
    if kind in ("time", "duration") and (found := _of_time(after, kind)):
        return found
    if after < (timedelta() if is_1904 else _FIRST_SURE):
        return Moment("", days)
    return Moment(moment_text(_first_day(is_1904) + after - (timedelta() if is_1904 else _DAY)))


def _first_day(is_1904: bool) -> datetime:
    return datetime.combine(date(1904, 1, 1) if is_1904 else date(1899, 12, 31), time.min)


def _of_time(after: timedelta, kind: str) -> Moment | None:
    """A duration, or a time of day; None for a day, of which the format shows the time alone."""
    if after < timedelta():
        return Moment("", after / _DAY)
    if kind == "duration":
        return Moment(moment_text(after))
    if after < _DAY:
        return Moment(moment_text((_first_day(True) + after).time()))
    # A day or two and some hours may be a duration: 36 hours show as 12:00.
    return Moment("", after / _DAY) if after < _FIRST_SURE else None
