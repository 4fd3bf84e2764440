"""Durations of OpenDocument (`PT36H`, of ISO 8601 by way of XML Schema) as spreadsheets show them: `36:00:00`.

Belongs here: one value of a cell. Does not: serial numbers, which a number format makes a duration of.
"""

from __future__ import annotations

import re
from decimal import Decimal

_DURATION = re.compile(
    r"(-?)P(?:([0-9]{1,7})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]+)?)S)?)?"
)
_FIRST_NUMBER = re.compile(r"\D*([0-9]+)\D")
_DAY = 24
# What a spreadsheet computes of a time is off by less than this.
_NEAR = Decimal("0.001")


def is_duration(value: str) -> bool:
    """Whether a value is a duration of days, hours, minutes and seconds: a month or a year has no certain length."""
    return _DURATION.fullmatch(value.strip()) is not None and value.strip()[-1:] not in "PT"


def duration_text(value: str, shown: str) -> tuple[str | None, float | None]:
    """A duration in hours, minutes and seconds, or else the hours of one that its cell shows as a time of day.

    Neither where the value is a time of day that every reader reads alike, or no duration of days and hours.
    """
    found = _DURATION.fullmatch(value.strip())
    if found is None or value.strip()[-1:] in "PT":
        return None, None
    sign, days, hours, minutes, seconds = found.groups()
    is_whole = None not in (hours, minutes, seconds)
    if is_whole and not sign and not days and int(hours) < _DAY and int(minutes) < 60 and Decimal(seconds) < 60:
        return None, None
    total = (int(days or 0) * _DAY + int(hours or 0)) * 3600 + int(minutes or 0) * 60 + Decimal(seconds or 0)
    if abs(total - round(total)) < _NEAR:
        total = Decimal(round(total))
    whole, rest = divmod(total, 3600)
    if whole >= _DAY and (first := _FIRST_NUMBER.match(shown)) and int(first[1]) == whole % _DAY:
        return None, float(total / 3600)
    mark = sign if total else ""
    second = rest % 60
    text = f"{int(second):02d}" if second == int(second) else f"{second:09.6f}"
    return f"{mark}{int(whole):02d}:{int(rest // 60):02d}:{text}", None
