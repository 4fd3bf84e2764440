"""The two languages that people read: French and English.

Belongs here: choosing the language of a terminal from its locale, and the one type of a text in both languages. Does
not: any sentence; those are beside the code that shows them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]
_SPOKEN = re.compile(r"(fr|en)([_.@-].*)?", re.IGNORECASE)
"""A name of one of them, alone or as systems write it: `fr`, `fr_FR.UTF-8`."""


@dataclass(frozen=True, order=True, slots=True)
class Said:
    """A text in both languages: a label, a help text, a part of an error's sentence ("ligne 3", "line 3").

    `text[language]` is the text in one of them; one that is empty in both is false, as an empty string is.
    """

    fr: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en

    def __bool__(self) -> bool:
        """False when there is nothing to read in either."""
        return bool(self.fr or self.en)

    def by_language(self) -> dict[Language, str]:
        """As documents keep it."""
        return {"fr": self.fr, "en": self.en}


def in_both(write: Callable[[Language], str]) -> Said:
    """The text that a function writes in each language."""
    return Said(write("fr"), write("en"))


def terminal_language(wanted: str | None = None) -> Language:
    """The language to speak on a terminal: `wanted` if given, else AROBASE_LANG, else the POSIX locale, else English.

    Called by front doors only: what is written to files never depends on the locale.
    """
    from pipelines.core.settings import LANGUAGE, value_of  # settings word their errors in these languages

    set_here = value_of(LANGUAGE).text
    names = [
        wanted,
        set_here if _SPOKEN.fullmatch(set_here) else None,
        *(os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")),
    ]
    chosen = next((name for name in names if name), "en")
    return "fr" if chosen.lower().startswith("fr") else "en"


def check_language() -> None:
    """Raises `SettingWrong` for an AROBASE_LANG that is neither of the two: nobody who set it wants another."""
    from pipelines.core.settings import LANGUAGE, SettingWrong, value_of

    text = value_of(LANGUAGE).text
    if text and not _SPOKEN.fullmatch(text):
        raise SettingWrong(name=LANGUAGE.name, value=text, expected=LANGUAGE.expected)


def counted(value: int, one: Said, many: Said) -> Said:
    """A number and what it counts, in both languages: 1 ligne, 2 lignes. In French none is singular too."""
    french, english = one.fr if value < 2 else many.fr, one.en if value == 1 else many.en
    return Said(f"{number(value, 'fr')} {french}", f"{number(value, 'en')} {english}")


def number(value: int, language: Language) -> str:
    """A whole number as the language writes it: 1 234 567 (narrow no-break spaces) or 1,234,567."""
    return f"{value:,}".replace(",", "\u202f") if language == "fr" else f"{value:,}"
