"""Numbers, sizes and dates as French and English readers write them, whatever the locale of the machine.

Belongs here: forms of values. Does not: sentences; those are in the templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.core.text import Language, Said

NARROW, WIDE = "\u202f", "\u00a0"
MONTHS: Said = Said(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "January February March April May June July August September October November December",
)
SPACED = (
    (" :", f"{WIDE}:"),
    (" ;", f"{NARROW};"),
    (" !", f"{NARROW}!"),
    (" ?", f"{NARROW}?"),
    ("« ", f"«{WIDE}"),
    (" »", f"{WIDE}»"),
)
APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_]|\d)")
NUMBER_GAP = re.compile(r"(?<!\d)(\d{1,3}) (?=\d{3}(?!\d))|(\d) (?=%)")
SUMMARY = 200
UNITS: dict[Language, tuple[str, ...]] = {"fr": ("o", "ko", "Mo", "Go"), "en": ("B", "kB", "MB", "GB")}


def first_sentence(text: str) -> str:
    """The first sentence of a text, for a summary; of one longer than `SUMMARY`, the words that fit."""
    sentence = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    if len(sentence) <= SUMMARY:
        return sentence
    return sentence[:SUMMARY].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


@dataclass(frozen=True)
class Wording:
    """The forms of one language."""

    language: Language

    def choose(self, fr: str, en: str) -> str:
        """The text of this language."""
        return self.spaced(fr) if self.language == "fr" else en

    def spaced(self, text: str) -> str:
        """A sentence as French is printed: no-break spaces by signs and within numbers, curved apostrophes."""
        if self.language == "fr":
            for before, after in SPACED:
                text = text.replace(before, after)
            if "'" in text:
                text = APOSTROPHE.sub("’", text)
            if " " in text:
                text = NUMBER_GAP.sub(lambda found: f"{found[1] or found[2]}{NARROW}", text)
        return text

    def listed(self, items: Iterable[str]) -> str:
        """Several texts as one."""
        return (f"{NARROW}; " if self.language == "fr" else "; ").join(items)

    def number(self, value: float, decimals: int = 0) -> str:
        """1 234,5 in French (narrow no-break space), 1,234.5 in English."""
        words = f"{value:,.{decimals}f}"
        return words.replace(",", NARROW).replace(".", ",") if self.language == "fr" else words

    def counted(self, count: int, one: str, many: str) -> str:
        """A number and what it counts; in French 0 and 1 are singular, in English 1 alone is."""
        return f"{self.number(count)} {one if count == 1 or (count == 0 and self.language == 'fr') else many}"

    def share(self, part: float, whole: float) -> str:
        """A percentage with one decimal; a dash when there is nothing to share."""
        if not whole:
            return "–"
        return (
            f"{self.number(100 * part / whole, 1)}{NARROW}%" if self.language == "fr" else f"{100 * part / whole:.1f}%"
        )

    def size(self, count: int) -> str:
        """Bytes in powers of 1000."""
        power = 0
        value = float(count)
        while value >= 1000 and power < 3:
            value, power = value / 1000, power + 1
        return f"{self.number(value, 1 if power and value < 100 else 0)}{WIDE}{UNITS[self.language][power]}"

    def day(self, moment: str) -> str:
        """2 janvier 2026, 2 January 2026, from an ISO date or instant; texts of another form stay as they are."""
        parts = moment[:10].split("-")
        if len(parts) != 3 or not all(part.isdigit() for part in parts) or not 1 <= int(parts[1]) <= 12:
            return moment
        day = "1er" if self.language == "fr" and int(parts[2]) == 1 else str(int(parts[2]))
        return f"{day} {MONTHS[self.language].split()[int(parts[1]) - 1]} {int(parts[0])}"
