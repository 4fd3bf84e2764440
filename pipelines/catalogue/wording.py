"""Numbers, sizes and dates as French and English readers write them, whatever the locale of the machine.

Belongs here: forms of values. Does not: sentences; those stand in the templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.core.text import Language

NARROW, WIDE = "\u202f", "\u00a0"
MONTHS: dict[Language, str] = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}
SPACED = (
    (" :", f"{WIDE}:"),
    (" ;", f"{NARROW};"),
    (" !", f"{NARROW}!"),
    (" ?", f"{NARROW}?"),
    ("« ", f"«{WIDE}"),
    (" »", f"{WIDE}»"),
)
STEPS = tuple(
    (re.compile(french), english)
    for french, english in (
        (r", traduite en code$", ", translated into a code"),
        (r", copiée$", ", copied"),
        (r"constante « (.+) »$", r"constant “\1”"),
        (r", convertisseur « (.+) »$", r", converter “\1”"),
        (r", lecture « (.+) » \((.+)\)$", r", reading “\1” (\2)"),
        (r"^calcul « (.+) » sur ", r"computed by “\1” from "),
        (r" : ", ": "),
    )
)
UNITS: dict[Language, tuple[str, ...]] = {"fr": ("o", "ko", "Mo", "Go"), "en": ("B", "kB", "MB", "GB")}


@dataclass(frozen=True)
class Wording:
    """The forms of one language."""

    language: Language

    def choose(self, fr: str, en: str) -> str:
        """The text of this language."""
        return self.spaced(fr) if self.language == "fr" else en

    def spaced(self, text: str) -> str:
        """A sentence whose French punctuation keeps its no-break spaces, so that no line begins with a colon."""
        if self.language == "fr":
            for before, after in SPACED:
                text = text.replace(before, after)
        return text

    def listed(self, items: Iterable[str]) -> str:
        """Several texts as one."""
        return (f"{NARROW}; " if self.language == "fr" else "; ").join(items)

    def step(self, text: str) -> str:
        """How a field was filled: the stages say it in French, by a few turns (`stages/steps.py`)."""
        if self.language == "en":
            for french, english in STEPS:
                text = french.sub(english, text)
        return self.spaced(text)

    def number(self, value: float, decimals: int = 0) -> str:
        """1 234,5 in French (narrow no-break space), 1,234.5 in English."""
        words = f"{value:,.{decimals}f}"
        return words.replace(",", NARROW).replace(".", ",") if self.language == "fr" else words

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
