"""What a message shows of a value that somebody wrote in a description: nothing of it where it may be a person's.

Belongs here: whether a written value may be shown, without knowing anything of the data. Does not: whether a cell may
be published (`privacy/`), which no module this low may ask; hiding too much is right here, as the line and the key of
what is wrong are always said.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pipelines.core.text import Said

LONGEST = 60
NOT_SHOWN = Said("une valeur (non montrée)", "a value (not shown)")
_CAPITAL = r"[A-ZÀ-ÖØ-ÞŒ][\w'’-]*"
_MAY_BE_SOMEBODYS = re.compile(
    r"@|%40"
    r"|(?<![\d-])(?!\d{4}-\d{2}-\d{2}(?!\d))\d(?:[ \u00a0\u202f./()-]{0,3}\d){7,}"  # eight digits, but those of a date
    rf"|(?<![\w-]){_CAPITAL}[ \t\u00a0,]{{1,2}}(?:(?:de|du|des|la|le)\s){{0,2}}{_CAPITAL}"
    rf"|(?<![\w-])(?i:m\.|mme|mlle|monsieur|madame)\s?{_CAPITAL}"
)


def shown(value: Any) -> str | Said:
    """A value as JSON writes it, cut where it is long; words that say nothing of it where an address of mail, a number
    of telephone or a full name may be in it."""
    written = json.dumps(value, ensure_ascii=False, default=str)
    return _unless_personal(written, written if len(written) <= LONGEST else written[: LONGEST - 1] + "…")


def shown_as_code(value: Any) -> str | Said:
    """The same, as Python writes it."""
    return _unless_personal(json.dumps(value, ensure_ascii=False, default=str), repr(value))


def _unless_personal(text: str, written: str) -> str | Said:
    return NOT_SHOWN if _MAY_BE_SOMEBODYS.search(text) else written


def shown_name(name: str) -> str:
    """A key that somebody wrote, or "…"."""
    return "…" if _MAY_BE_SOMEBODYS.search(name) else name
