"""The small pieces of a printed notice: folded text, dates, hours, numbers in words.

Belongs here: what a piece looks like, and its value when it has one. Does not: what the piece is about (`periods.py`,
`sessions.py`, `durations.py`, `orders.py`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = {
    1: "janvier|janv|jan",
    2: "fevrier|fevr|fev",
    3: "mars",
    4: "avril|avr",
    5: "mai",
    6: "juin",
    7: "juillet|juill|juil",
    8: "aout",
    9: "septembre|sept",
    10: "octobre|oct",
    11: "novembre|nov",
    12: "decembre|dec",
}
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names.split("|")}
MONTH = rf"(?:{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})(?![a-z])\.?"
YEAR = r"(?:19|20)\d{2}(?!\d|-\d)"
WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)}|(?<![a-z])(?:{'|'.join(name[:3] for name in WEEKDAYS)})\.)"
_DAY = rf"(?<![\d/.,°-])\d{{1,2}}(?![\d:h/-])(?:\s?er(?:(?![a-z])|(?={MONTH})))?"
# A date: weekday or not, then day and month (year or not), or JJ/MM(/AAAA or /AA), or AAAA-MM-JJ standing alone.
DATE = (
    rf"(?:{WEEKDAY}\s*,?\s*(?:le\s+)?)?"
    rf"(?:{_DAY}\s*{MONTH}(?:\s*{YEAR})?"
    rf"|(?<![\d/.-])\d{{1,2}}/\d{{1,2}}(?:/(?:{YEAR}|\d{{2}}))?(?![\d/])"
    rf"|(?<![\d/.-])(?:\d{{1,2}}\.\d{{1,2}}\.|\d{{1,2}}-\d{{1,2}}-){YEAR}"
    r"|(?<![\w/.-])(?:19|20)\d{2}-\d{2}-\d{2}(?![\w-]))"
)
# A day whose month is said later: "du lundi 6 au vendredi 24 janvier".
BARE_DAY = rf"(?:{WEEKDAY}\s*,?\s*|(?<=\bdu\s)){_DAY}(?!\s*{MONTH})"
HOUR = (
    r"(?:(?<![\d:h])\d{1,2}\s*(?:h(?:eures?|rs?)?(?![a-z])\s*(?:\d{2}(?![\d/])(?!\s*" + MONTH + r"))?"
    r"(?:\s*(?:mn|min(?:utes?)?)(?![a-z]))?|:\d{2}(?!\d))"
    r"(?:\s*(?:du\s+matin|du\s+soir|de\s+l'?\s*apres[\s-]?midi)(?![a-z]))?|(?<![a-z-])(?<!apres )midi(?![a-z]))"
)
AFTERNOON = re.compile(r"apres[\s-]?midi|soir")


def fold(text: str) -> str:
    """The text without accents or capitals, every blank as a space, of the same length: positions still hold."""
    return "".join(_fold_letter(letter) for letter in text)


def _fold_letter(letter: str) -> str:
    if letter in "’ʼ‘`´":
        return "'"
    if letter in "–—−‑":
        return "-"
    bare = unicodedata.normalize("NFKD", letter).casefold()
    bare = "".join(part for part in bare if not unicodedata.combining(part))
    if len(bare) != 1:
        return " " if letter.isspace() or not bare else letter
    return " " if bare.isspace() else bare


@dataclass(frozen=True)
class PrintedDate:
    """A date as printed: what is missing stays None; `weekday` is 0 for Monday.

    `short_year`: a year printed with two digits. It fits only years that end so, and its century is for the context.
    """

    day: int
    month: int | None
    year: int | None
    weekday: int | None
    short_year: int | None = None

    def in_year(self, year: int) -> date | None:
        """The day that it is in that year; None when the calendar, or a year of two digits, has no such day."""
        if self.short_year is not None and year % 100 != self.short_year:
            return None
        try:
            return date(year, self.month or 0, self.day)
        except ValueError:
            return None

    def agrees(self, day: date) -> bool:
        """Whether the printed weekday, if any, is the one of `day`."""
        return self.weekday is None or self.weekday == day.weekday()


def parse_date(printed: str) -> PrintedDate | None:
    """The pieces of a folded text that matches `DATE` or `BARE_DAY`; None for a month that the calendar has not."""
    found = re.match(WEEKDAY, printed)
    weekday = next((rank for rank, name in enumerate(WEEKDAYS) if found and name[:3] == found[0][:3]), None)
    rest = printed[found.end() :] if found else printed
    numbers = [int(number) for number in re.findall(r"\d+", rest)]
    named = re.search(rf"\d\s*(?:er)?\s*({MONTH})", rest)
    if named:
        numbers.insert(1, _MONTH_OF[named[1].rstrip(".")])
    if numbers[0] > 31:
        numbers.reverse()
    day = numbers[0]
    month = numbers[1] if len(numbers) > 1 else None
    year = numbers[2] if len(numbers) > 2 else None
    short_year = None
    if year is not None and year < 100:
        year, short_year = None, year
    if not 1 <= day <= 31 or (month is not None and not 1 <= month <= 12):
        return None
    return PrintedDate(day, month, year, weekday, short_year)


def parse_hour(printed: str) -> str | None:
    """The HH:MM of a folded text that matches `HOUR`; None for an hour that the day has not."""
    numbers = [int(number) for number in re.findall(r"\d+", printed)]
    if not numbers:
        return "12:00"  # "midi"
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 0
    if AFTERNOON.search(printed) and hour < 12:
        hour += 12
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


_UNITS = (
    *("zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"),
    *("quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
)
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}


def in_words(number: int) -> str:
    """A number from 1 to 99 in folded French words, joined by spaces: 71 is "soixante et onze"."""
    if number < 20:
        return _UNITS[number].replace("-", " ")
    tens = max(ten for ten in _TENS if ten <= number)
    rest = number - tens
    if rest == 0:
        return _TENS[tens].replace("-", " ") + ("s" if tens == 80 else "")
    link = " et " if rest in (1, 11) and tens != 80 else " "
    return _TENS[tens].replace("-", " ") + link + _UNITS[rest].replace("-", " ")


NUMBER_WORDS = {in_words(number): number for number in range(1, 100)}
NUMBER_IN_WORDS = (
    "(?:" + "|".join(r"[\s-]+".join(words.split()) for words in sorted(NUMBER_WORDS, key=len, reverse=True)) + ")"
)


def number_of(printed: str) -> int:
    """The number of a folded text in digits or in words. Raises `KeyError` for words that are no number to 99."""
    if printed.isdecimal():
        return int(printed)
    return NUMBER_WORDS[" ".join(re.split(r"[\s-]+", printed))]
