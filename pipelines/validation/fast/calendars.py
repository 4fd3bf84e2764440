"""Days, times and moments of a fixed width, in any order: `2024-01-05`, `05/01/2024`, `2024-01-05T10:20:30Z`, `10h20`.

A layout is a list of places: digits of the year, the month, the day… and characters that stand for themselves. Cells of
its width are read as a matrix, a byte after the other, by the calendar of Python's `datetime` (years 1 to 9999).
Sources: frictionless 5.21, fields/date.py, datetime.py, time.py, year.py, yearmonth.py; `Lib/_strptime.py` of Python
3.11; dateutil 2.9, parser/isoparser.py. Belongs here: layouts and what is valid in them. Does not: formats that may
vary in width, names of months, `any`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.validation.fast.cells import Bytes, Cells, Mask
from pipelines.validation.fast.numbers import BOUNDS
from pipelines.validation.fast.proof import Check

Values = np.ndarray[Any, Any]
Limits = tuple[tuple[Callable[[Any, Any], Any], int], ...]

DIRECTIVES = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}  # with as many digits as each is written with
DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.uint8)
FEBRUARY = 2
LARGEST = {"H": 23, "M": 59, "S": 59, "h": 23, "n": 59}  # `h`, `n`: hours and minutes of an offset
CENTURY = 69  # `%y`: 69 to 99 are of the twentieth century
ZERO, NINE = ord("0"), 9
UNSAID = {"Y": 1900, "m": 1, "d": 1, "H": 0, "M": 0, "S": 0}  # what `strptime` takes for what a format lacks
COMPARED = {"year": "Y", "yearmonth": "Ym", "date": "Ymd", "datetime": "YmdHMS", "time": "HMS"}


@dataclass(frozen=True)
class Layout:
    """Places of one width: `parts` are a directive and where its digits begin, `marks` where which characters are."""

    width: int
    parts: Mapping[str, tuple[int, int]]  # directive → first place, digits
    marks: tuple[tuple[int, bytes], ...]
    is_aware: bool = False

    def read(self, matrix: Bytes, *, first_year: int, compared: str) -> tuple[Mask, Values | None]:
        """Which columns of a matrix of `width` rows are valid; and their order as integers, when it is asked for.

        `compared`: the directives that count in the order, YYYYMMDDhhmmss; none: no order is made.
        """
        valid = np.ones(matrix.shape[1], np.bool_)
        for place, allowed in self.marks:
            marked = matrix[place] == allowed[0]
            for other in allowed[1:]:
                marked |= matrix[place] == other
            valid &= marked
        numbers = {name: self._number(matrix, name, valid) for name in self.parts}
        for name, largest in LARGEST.items():
            if name in numbers:
                valid &= numbers[name] <= largest
        if "Y" in numbers and first_year:
            valid &= numbers["Y"] >= first_year
        if "m" in numbers:
            valid &= (numbers["m"] >= 1) & (numbers["m"] < len(DAYS))
        if "d" in numbers:
            valid &= (numbers["d"] >= 1) & (numbers["d"] <= _days_of(numbers, valid))
        if not compared:
            return valid, None
        order = np.zeros(len(valid), np.int64)
        for name in "YmdHMS":
            value = _year(numbers) if name == "Y" else numbers.get(name)
            order = order * 100 + (value if value is not None and name in compared else UNSAID[name])
        return valid, order

    def _number(self, matrix: Bytes, name: str, valid: Mask) -> Values:
        first, digits = self.parts[name]
        number = np.zeros(matrix.shape[1], np.int32)
        for place in range(first, first + digits):
            digit = matrix[place] - np.uint8(ZERO)
            valid &= digit <= NINE
            number = number * np.int32(10) + digit
        return number


def calendar_check(field: Any, limits: Mapping[str, Any]) -> Check | None:
    """The check of a date, datetime, time, year or yearmonth field; None where its format or bounds are not known."""
    layouts = layouts_of(field.type, field.format)
    bounds = _bounds(field, limits)
    if not layouts or bounds is None:
        return None
    aware = bounds[0]
    if limits:
        # Moments with an offset of their own, or a part of a second, are left to the reader where they are compared.
        layouts = [item for item in layouts if item.is_aware == aware and "h" not in item.parts and not _fraction(item)]
    first_year = 0 if field.type in ("year", "yearmonth") else 1
    compared = COMPARED[field.type] if limits else ""

    def check(column: pa.Array) -> Mask | None:
        cells = Cells.of(column)
        proved = np.zeros(len(cells), np.bool_)
        for layout in layouts:
            rows, matrix = cells.of_width(layout.width)
            if not matrix.size:
                continue
            valid, order = layout.read(matrix, first_year=first_year, compared=compared)
            for compare, limit in bounds[1]:
                valid &= compare(order, limit)
            if rows is not None:
                proved[rows] |= valid
                continue
            proved |= valid
            if valid.all():
                return None
        return proved

    return check


def layouts_of(kind: str, form: str) -> list[Layout]:
    """The layouts of a type and its format; none when they are not of a fixed width."""
    if kind == "year":
        return _known("%Y") if form == "default" else []
    if kind == "yearmonth":
        return _known("%Y-%m") if form == "default" else []
    if form == "default":
        return {"date": _known("%Y-%m-%d"), "time": _known("%H:%M:%S"), "datetime": _moments()}[kind]
    layout = layout_of(form)
    if layout is None:
        return []
    has_year = bool({"Y", "y"} & layout.parts.keys())
    has_day = bool({"m", "d"} & layout.parts.keys())
    # Without a year, the 29th of February is another matter; a time is no part of a day here.
    return [layout] if has_year or (kind == "time" and not has_day) else []


def layout_of(form: str) -> Layout | None:
    """The layout of a format of `strptime` whose parts have fixed widths and come once each; None for the others."""
    place, parts, marks = 0, dict[str, tuple[int, int]](), list[tuple[int, bytes]]()
    pieces = iter(form)
    for mark in pieces:
        if mark != "%":
            if not mark.isascii() or not mark.isprintable():
                return None
            marks.append((place, mark.encode()))
            place += 1
            continue
        name = next(pieces, "")
        if name not in DIRECTIVES or name in parts:
            return None
        parts[name] = (place, DIRECTIVES[name])
        place += DIRECTIVES[name]
    if not parts or {"Y", "y"} <= parts.keys():
        return None
    return Layout(place, parts, tuple(marks))


def _known(form: str) -> list[Layout]:
    found = layout_of(form)
    return [] if found is None else [found]


def _moments() -> list[Layout]:
    """Moments as ISO 8601 writes them: with or without an offset, with or without a part of a second."""
    made = []
    for base in _known("%Y-%m-%dT%H:%M:%S"):
        marks = tuple((place, b"T " if mark == b"T" else mark) for place, mark in base.marks)
        for fraction in (0, 3, 6):
            width, parts, points = base.width, dict(base.parts), marks
            if fraction:
                parts["f"] = (width + 1, fraction)
                points = (*marks, (width, b"."))
                width += 1 + fraction
            offset = parts | {"h": (width + 1, 2), "n": (width + 4, 2)}
            made.append(Layout(width + 1, parts, (*points, (width, b"Z")), is_aware=True))
            made.append(Layout(width, parts, points))
            made.append(Layout(width + 6, offset, (*points, (width, b"+-"), (width + 3, b":")), is_aware=True))
    return made


def _fraction(layout: Layout) -> bool:
    return "f" in layout.parts


def _year(numbers: Mapping[str, Values]) -> Values | None:
    if "y" in numbers:
        short = numbers["y"]
        century = np.where(short >= CENTURY, np.int32(1900), np.int32(2000))
        return short + century
    return numbers.get("Y")


def _days_of(numbers: Mapping[str, Values], valid: Mask) -> Values | int:
    """How many days the month of each has; any number where it is not valid."""
    if "m" not in numbers:
        return int(DAYS[1])
    month = np.where(valid, numbers["m"], 1)
    days: Values = DAYS[month]
    year = _year(numbers)
    if year is None:
        return days
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return days + ((month == FEBRUARY) & is_leap)  # type: ignore[no-any-return] # numbers of numpy


def _bounds(field: Any, limits: Mapping[str, Any]) -> tuple[bool, Limits] | None:
    """Whether the bounds have an offset, and each as an integer in the order of `Layout.read`; None when not known."""
    read = field.create_value_reader()
    found, awareness = [], set[bool]()
    for name, written in limits.items():
        value = read(written)
        order = _order(value)
        if order is None:
            return None
        awareness.add(getattr(value, "tzinfo", None) is not None)
        found.append((BOUNDS[name], order))
    if len(awareness) > 1:
        return None
    return awareness == {True}, tuple(found)


def _order(value: Any) -> int | None:
    """A value as `Layout.read` orders it, None for one that is no calendar value, or has what no layout compares."""
    match value:
        case datetime.datetime():
            is_known = not value.microsecond and value.utcoffset() in (None, datetime.timedelta(0))
            parts = (value.year, value.month, value.day, value.hour, value.minute, value.second)
        case datetime.date():
            is_known, parts = True, (value.year, value.month, value.day, 0, 0, 0)
        case datetime.time():
            is_known = not value.microsecond and value.tzinfo is None
            parts = (1900, 1, 1, value.hour, value.minute, value.second)
        case int():
            is_known, parts = not isinstance(value, bool), (value, 1, 1, 0, 0, 0)
        case (int() as year, int() as month):
            is_known, parts = True, (year, month, 1, 0, 0, 0)
        case _:
            return None
    return _joined(*parts) if is_known else None


def _joined(*parts: int) -> int:
    order = 0
    for part in parts:
        order = order * 100 + part
    return order
