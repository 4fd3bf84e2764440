"""The two languages that people read: French and English.

Belongs here: choosing the language of a terminal from its locale, and a phrase in both languages. Does not: any
sentence; those stand beside the code that says them, in both languages.
"""

from __future__ import annotations

import os
from typing import Literal, NamedTuple

Language = Literal["fr", "en"]


class Said(NamedTuple):
    """One phrase in both languages: what an error is given where words are part of a fact ("ligne 3", "line 3")."""

    fr: str
    en: str


def terminal_language(wanted: str | None = None) -> Language:
    """The language to speak on a terminal: `wanted` if given, else AROBASE_LANG, else the POSIX locale, else English.

    Called by front doors only: what is written to files never depends on the locale.
    """
    from pipelines.core.settings import LANGUAGE, value_of  # settings tell their errors in these languages

    names = [wanted, value_of(LANGUAGE).text, *(os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))]
    chosen = next((name for name in names if name), "en")
    return "fr" if chosen.lower().startswith("fr") else "en"
