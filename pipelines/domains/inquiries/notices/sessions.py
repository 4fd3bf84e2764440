"""The sessions that a notice prints: "les 17 et 19 décembre 2019 de 9h à 12h", "samedi 1 février 2025 9h00 - 12h00".

Belongs here: days outside the period and the order, with the hours that follow them. Does not: the place of a session.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from pipelines.domains.inquiries.notices.pieces import (
    AFTERNOON,
    BARE_DAY,
    DATE,
    HOUR,
    PrintedDate,
    parse_date,
    parse_hour,
)
from pipelines.domains.inquiries.notices.reading import NOT_READ, Fact, Session, contradicted, read
from pipelines.domains.inquiries.notices.years import day_within, single_day

_LISTED = re.compile(
    rf"(?:{BARE_DAY}|(?<![\w/.,°-])\d{{1,2}}(?:er)?)\s*(?:,|et|&)\s*(?:le\s+)?(?={DATE}|\d|lundi|mardi|mercredi|jeudi|vendredi|samedi)"
)
_DAY = re.compile(DATE)
_RANGE = rf"(?:de\s+|a\s+partir\s+de\s+)?(?P<start>{HOUR})\s*(?:a|-|jusqu'?\s*a|/)\s*(?P<end>{HOUR})"
_HOURS = re.compile(rf"\s*[,:(]?\s*{_RANGE}")
_MORE_HOURS = re.compile(rf"\s*(?:,|et|puis|/)\s*{_RANGE}")
_CANCELLED = re.compile(r"supprim|annul|au\s+lieu|report")
_NOT_A_SESSION = re.compile(
    r"(?:arrete|decision|deliberation|ordonnance|signe|publie|paru|affiche|depuis|jusqu'?\s*au|avant|apres|a\s+compter|date|"
    r"loi|decret|mise?\s+a\s+jour|vendredi\s+au|lundi\s+au|au\s+plus\s+tard)[^.;:\d]{0,40}$"
)
_SESSION_WORDS = re.compile(r"permanence|mairie|hotel\s+de\s+ville|recevra|presen[ct]|siege|tiendra|salle")


def read_sessions(
    text: str, taken: Sequence[tuple[int, int]], opening: str | None, closing: str | None, years: Iterable[int]
) -> tuple[Session, ...]:
    """The sessions of a folded text, in its order, outside the places `taken` by the period and the order.

    A date is a session when hours follow it, or when the words before it speak of one. Days without a year are those
    between the opening and the closing, else those of `years`. Several sessions of one day give one entry each.
    """
    found: list[Session] = []
    for match in _DAY.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        before = text[max(0, match.start() - 80) : match.start()]
        hours = _hours(text, match.end())
        if _NOT_A_SESSION.search(before) or not (hours or _SESSION_WORDS.search(before)):
            continue
        clause = re.split(r"[.;]", before)[-1] + re.split(r"[.;]", text[match.end() : match.end() + 60])[0]
        if _CANCELLED.search(clause):
            continue
        days = [_day(item, opening, closing, years) for item in _listed(text, match)]
        found += [Session(day, *range_) for day in days for range_ in (hours or [(NOT_READ, NOT_READ)])]
    return tuple(found)


def _listed(text: str, match: re.Match[str]) -> list[PrintedDate]:
    """The dates that share the month and year of one: "les 3, 10 et 17 mars 2025" are three."""
    last = parse_date(match[0])
    if last is None:
        return []
    days = [last]
    end = match.start()
    while True:
        before = [item for item in _LISTED.finditer(text, max(0, end - 25), match.end()) if item.end() == end]
        if not before:
            return days
        day = parse_date(re.sub(r"\s*(?:,|et|&)\s*(?:le\s+)?$", "", before[0][0]))
        if day is None:
            return days
        days.insert(0, replace(day, month=last.month, year=last.year, short_year=last.short_year))
        end = before[0].start()


def _hours(text: str, position: int) -> list[tuple[Fact, Fact]]:
    found = []
    match = _HOURS.match(text, position)
    while match:
        found.append(_range(match["start"], match["end"]))
        match = _MORE_HOURS.match(text, match.end())
    return found


def _range(start: str, end: str) -> tuple[Fact, Fact]:
    first, last = parse_hour(start), parse_hour(end)
    # "de 8h à 9h du soir" may begin in the morning or in the evening.
    is_open = bool(AFTERNOON.search(end)) and not AFTERNOON.search(start) and "matin" not in start
    if is_open and first is not None and last is not None and first <= f"{int(last[:2]) - 12:02d}{last[2:]}":
        return NOT_READ, read(last)
    if first is None or last is None or last <= first:
        hours = f"de {start.strip()} à {end.strip()}"
        return contradicted(None, hours), contradicted(None, hours)
    return read(first), read(last)


def _day(printed: PrintedDate, opening: str | None, closing: str | None, years: Iterable[int]) -> Fact:
    if opening and closing:
        return day_within(printed, date.fromisoformat(opening), date.fromisoformat(closing))
    return single_day(printed, years)
