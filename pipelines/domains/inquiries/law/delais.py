"""Counting time as the law of inquiries does: inclusive days, calendar months, days that are not worked, local hours.

Belongs here: arithmetic on days. Does not: any time-limit (`regles.csv`) or rule.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = "Europe/Paris"
ALSACE_MOSELLE = frozenset({"57", "67", "68"})
VENDREDI_SAINT = frozenset({"971", "972", "973", "987"})
# Local holidays with a fixed date: 26 December in Alsace and Moselle, and the days of the abolition of slavery.
FERIES_LOCAUX = {
    "57": {(12, 26)},
    "67": {(12, 26)},
    "68": {(12, 26)},
    "971": {(5, 27)},
    "972": {(5, 22)},
    "973": {(6, 10)},
    "974": {(12, 20)},
    "976": {(4, 27)},
    "977": {(10, 9)},
    "978": {(5, 28)},
}


def jours(nombre: int) -> timedelta:
    """A number of days."""
    return timedelta(days=nombre)


def en_jours(nombre: int) -> str:
    """A number of days in French words: "1 jour", "15 jours"."""
    return f"{nombre} {'jour' if abs(nombre) < 2 else 'jours'}"


def duree_inclusive(premier: date, dernier: date) -> int:
    """Days from the first to the last, both counted, as orders and notices count."""
    return (dernier - premier).days + 1


def plus_mois(jour: date, mois: int) -> date:
    """The same day of a later month; its last day where that month is too short (31 January + 1 month: 28 or 29
    February)."""
    rang = jour.month - 1 + mois
    annee, numero = jour.year + rang // 12, rang % 12 + 1
    return date(annee, numero, min(jour.day, monthrange(annee, numero)[1]))


def dernier_jour(premier: date, mois: int) -> date:
    """The last day of a period of whole months, both ends counted: 1 June and one month end on 30 June.

    Where the last month has no such day, the period ends on its last day: 31 January and one month end on 28 or 29
    February.
    """
    meme_quantieme = plus_mois(premier, mois)
    return meme_quantieme - jours(1) if meme_quantieme.day == premier.day else meme_quantieme


def paques(annee: int) -> date:
    """Easter Sunday of a year of the Gregorian calendar. Source: Meeus, Astronomical Algorithms, chapter 8."""
    a, b, c = annee % 19, annee // 100, annee % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(annee, month, day + 1)


def est_ferie(jour: date, departements: Collection[str] = ()) -> bool:
    """Whether a day is a public holiday in France, or in one of these départements (local holidays)."""
    fetes = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    depuis_paques = {1, 39, 50}
    for code in departements:
        fetes |= FERIES_LOCAUX.get(code, set())
        if code in ALSACE_MOSELLE or code in VENDREDI_SAINT:
            depuis_paques |= {-2}
    return (jour.month, jour.day) in fetes or (jour - paques(jour.year)).days in depuis_paques


def premier_jour_ouvre(jour: date, departements: Collection[str] = ()) -> date:
    """This day, or the next one that is no Saturday, Sunday or public holiday."""
    while jour.weekday() >= 5 or est_ferie(jour, departements):
        jour += jours(1)
    return jour


def heure_de_paris(jour: date, heure: str, fuseau: str) -> tuple[date, str]:
    """The day and the HH:MM that it is in Paris at a local hour; summer time is that of the day."""
    locale = datetime.combine(jour, time.fromisoformat(heure), ZoneInfo(fuseau))
    paris = locale.astimezone(ZoneInfo(PARIS))
    return paris.date(), f"{paris:%H:%M}"
