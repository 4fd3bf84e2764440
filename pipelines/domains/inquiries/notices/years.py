"""Which year a printed date is in, when the year is missing or only one end of a period has it.

Belongs here: choosing a year, and refusing to. Does not: finding dates in a text. A year is chosen only where exactly
one fits; a weekday counts as evidence against a year, never as a reason to move a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pipelines.domains.inquiries.notices.pieces import PrintedDate
from pipelines.domains.inquiries.notices.reading import Fact, ambiguous, contradicted, read

SHORTEST, LONGEST = 8, 190  # days, both ends counted, between which a period is believed to be an inquiry
WEEKDAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def single_day(printed: PrintedDate, years: Iterable[int] = ()) -> Fact:
    """The day of a date that stands alone; `years` are those that the context allows when it has none."""
    if printed.year is not None:
        return _as_printed(printed, printed.in_year(printed.year))
    days = [day for year in sorted(set(years)) if (day := printed.in_year(year)) and printed.agrees(day)]
    if len(days) == 1:
        return read(days[0].isoformat())
    return ambiguous(*(day.isoformat() for day in days))


def day_within(printed: PrintedDate, first: date, last: date) -> Fact:
    """The day of a session between the opening and the closing: the year is the one that puts it there, if only one."""
    if printed.year is not None:
        return single_day(printed)
    years = range(first.year, last.year + 1)
    inside = [day for year in years if (day := printed.in_year(year)) and first <= day <= last]
    if len(inside) != 1:
        return ambiguous(*(day.isoformat() for day in inside))
    return _as_printed(printed, inside[0])


def period(opening: PrintedDate, closing: PrintedDate, years: Iterable[int] = ()) -> tuple[Fact, Fact]:
    """The two days of a period. `years` are those in which the context lets it open, when neither end has one."""
    if opening.month is None:
        opening = replace(opening, month=closing.month)
    if opening.year is not None and closing.year is not None:
        return _both_printed(opening, closing)
    if opening.year is None and closing.year is None:
        return _from_context(opening, closing, years)
    known = closing.year if opening.year is None else opening.year
    pairs = _pairs(opening, closing, (known or 0) - 1, known or 0)
    if len(pairs) != 1:
        return ambiguous(*(pair[0].isoformat() for pair in pairs)), ambiguous(*(pair[1].isoformat() for pair in pairs))
    return _as_printed(opening, pairs[0][0]), _as_printed(closing, pairs[0][1])


def _both_printed(opening: PrintedDate, closing: PrintedDate) -> tuple[Fact, Fact]:
    first, last = opening.in_year(opening.year or 0), closing.in_year(closing.year or 0)
    if first and last and last < first:
        contradiction = f"clôture {last} avant ouverture {first}"
        return contradicted(None, contradiction, first.isoformat()), contradicted(None, contradiction, last.isoformat())
    if first and last and not SHORTEST <= (last - first).days + 1 <= LONGEST:
        return ambiguous(first.isoformat()), ambiguous(last.isoformat())
    return _as_printed(opening, first), _as_printed(closing, last)


def _from_context(opening: PrintedDate, closing: PrintedDate, years: Iterable[int]) -> tuple[Fact, Fact]:
    pairs = [
        pair
        for year in sorted(set(years))
        for pair in _pairs(opening, closing, year, year)
        if opening.agrees(pair[0]) and closing.agrees(pair[1])
    ]
    if len(pairs) == 1:
        return read(pairs[0][0].isoformat()), read(pairs[0][1].isoformat())
    return ambiguous(*(pair[0].isoformat() for pair in pairs)), ambiguous(*(pair[1].isoformat() for pair in pairs))


def _pairs(opening: PrintedDate, closing: PrintedDate, first_year: int, last_year: int) -> list[tuple[date, date]]:
    """The believable periods that open in one of these years and agree with the years that are printed."""
    pairs = []
    for year in range(first_year, last_year + 1):
        for closing_year in (year, year + 1):
            if opening.year not in (None, year) or closing.year not in (None, closing_year):
                continue
            first, last = opening.in_year(year), closing.in_year(closing_year)
            if first and last and SHORTEST <= (last - first).days + 1 <= LONGEST:
                pairs.append((first, last))
    return pairs


def _as_printed(printed: PrintedDate, day: date | None) -> Fact:
    if day is None:
        return contradicted(None, f"le calendrier n'a pas de {printed.day}/{printed.month}")
    if printed.agrees(day):
        return read(day.isoformat())
    return contradicted(day.isoformat(), f"{day} est un {WEEKDAY_NAMES[day.weekday()]}")
