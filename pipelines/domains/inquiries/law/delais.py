"""Counting time as the law of inquiries does: inclusive days, calendar months, local hours.

Belongs here: arithmetic on days. Does not: any time-limit (`regles.csv`) or rule.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = "Europe/Paris"


def jours(nombre: int) -> timedelta:
    """A number of days."""
    return timedelta(days=nombre)


def duree_inclusive(premier: date, dernier: date) -> int:
    """Days from the first to the last, both counted, as orders and notices count."""
    return (dernier - premier).days + 1


def plus_mois(jour: date, mois: int) -> date:
    """The same day of a later month; its last day where that month is too short (31 January + 1 month: 28 or 29
    February)."""
    rang = jour.month - 1 + mois
    annee, numero = jour.year + rang // 12, rang % 12 + 1
    return date(annee, numero, min(jour.day, monthrange(annee, numero)[1]))


def heure_de_paris(jour: date, heure: str, fuseau: str) -> tuple[date, str]:
    """The day and the HH:MM that it is in Paris at a local hour; summer time is that of the day."""
    locale = datetime.combine(jour, time.fromisoformat(heure), ZoneInfo(fuseau))
    paris = locale.astimezone(ZoneInfo(PARIS))
    return paris.date(), f"{paris:%H:%M}"
