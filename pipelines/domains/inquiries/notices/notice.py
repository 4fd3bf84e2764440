"""Reading a whole notice: the period, its duration, the order, the sessions, each compared with the others.

Belongs here: the order of the looks, and the context. Does not: any pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.domains.inquiries.notices.called_off import read_called_off
from pipelines.domains.inquiries.notices.durations import read_duration
from pipelines.domains.inquiries.notices.orders import read_order
from pipelines.domains.inquiries.notices.periods import read_period
from pipelines.domains.inquiries.notices.pieces import DATE, MONTH, YEAR, fold
from pipelines.domains.inquiries.notices.reading import Notice
from pipelines.domains.inquiries.notices.sessions import read_sessions

# The hour of another place than the seat: "(heure de Guadeloupe, soit 13h00 heure de Paris)".
_OTHER_ZONE = re.compile(r"\((?:[^()]*\bheures?\s+(?:de|du|locale?|francaise|metropolitaine)\b[^()]*)\)")
_SHORT_YEAR = re.compile(r"(?<![\d/.-])\d{1,2}/\d{1,2}/\d{2}(?![\d/])")
_NO_YEAR = re.compile(rf"(?<![\d/.-])\d{{1,2}}/\d{{1,2}}(?![\d/])|\d{{1,2}}\s*(?:er)?\s*{MONTH}(?!\s*{YEAR})")
_ORDER_DATE = re.compile(
    rf"(?:arrete|decision|ordonnance|deliberation)[^.;]{{0,80}}?\bdu\s*(?:{DATE})(?!\s*(?:au|jusqu))"
)


def read_notice(text: str, years: Iterable[int] = ()) -> Notice:
    """What a printed notice says.

    `years` are the years in which the context (the page's date, an order's) lets the inquiry open. Without them, dates
    without a year stay open, and only the order's own date gives its century to years of two digits. Pure: the same
    text and years give the same notice.
    """
    folded = _OTHER_ZONE.sub(lambda found: " " * len(found[0]), fold(text))
    number, day = read_order(text, folded)
    years = tuple(years) or _years_after(day.value, folded)
    period = read_period(folded, years)
    initial = period.initial_closing_date.value
    opening, closing = period.opening_date.value, period.closing_date.value
    orders = [found.span() for found in _ORDER_DATE.finditer(folded)]
    return Notice(
        order_number=number,
        order_date=day,
        opening_date=period.opening_date,
        opening_hour=period.opening_hour,
        closing_date=period.closing_date,
        closing_hour=period.closing_hour,
        initial_closing_date=period.initial_closing_date,
        duration=read_duration(folded, opening, initial or closing),
        called_off=read_called_off(folded),
        sessions=read_sessions(folded, (*period.spans, *orders), opening, closing, years),
    )


def _years_after(order: str | None, folded: str) -> tuple[int, ...]:
    """The years in which an order lets an inquiry open, for years printed with two digits; none where other dates lack
    their year: an order alone does not say it."""
    if order is None or not _SHORT_YEAR.search(folded) or _NO_YEAR.search(folded):
        return ()
    year = int(order[:4])
    return year, year + 1
