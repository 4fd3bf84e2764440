"""The two languages that people read: French and English.

Belongs here: choosing the language of a terminal from its locale. Does not: any sentence; those stand beside the code
that says them, in both languages.
"""

from __future__ import annotations

import os
from typing import Literal

Language = Literal["fr", "en"]


def terminal_language(wanted: str | None = None) -> Language:
    """The language to speak on a terminal: `wanted` if given, else AROBASE_LANG, else the POSIX locale, else English.

    Called by front doors only: what is written to files never depends on the locale.
    """
    names = [wanted, *(os.environ.get(name) for name in ("AROBASE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))]
    chosen = next((name for name in names if name), "en")
    return "fr" if chosen.lower().startswith("fr") else "en"
