"""Names that look the same and are not: the same letters in two forms of Unicode.

macOS names files with accents apart from their letters (NFD), and what is written there may be so too; nobody sees it.
Belongs here: recognising it. Does not: taking one name for the other, which nothing does unasked.
"""

from __future__ import annotations

import unicodedata

from pipelines.core.text import Said

OTHER_FORM = Said("mêmes lettres, accents à part : Unicode NFD", "the same letters, accents apart: Unicode NFD")


def looks_the_same(one: str, other: str) -> bool:
    """Whether two different texts are the same letters."""
    return one != other and unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
