"""Whether decoded text is one that somebody may have written in France: each letter beyond ASCII in its surroundings.

Belongs here: counting what no writer would have typed. Does not: which encodings are tried (`encoding.py`). A French
text has its accents inside words of lower case and its symbols beside figures and spaces; the same bytes in another
encoding have capitals, currency signs and box lines within words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SAMPLE = 4_000
"""Letters beyond ASCII that are looked at, spread over the text."""

_FRENCH = frozenset("àâäçèéêëîïôöùûüÿœæÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŸŒÆ")
IN_FRENCH = _FRENCH | {"\u00a0"}
"""What a text of a few letters is French by: its letters, and the blank of its thousands."""
# Typed beside letters in French: quotes, dashes, ellipsis, exponents, the point of « habitant·es ».
_BESIDE = frozenset("¿¡×±†‡¶‰¬→←↑↓★☆✓●■–’‘“”«»–—…°²³·•€®©™ºª§\u00a0\u202f\u2009\u2011\u200b\u00ad\u2022\ufeff")
_WITHIN = frozenset("’‘–—·\u2011\u00ad\u200b\u00a0\u202f‐/²³\ufeff")
_BEYOND = re.compile(r"[^\x00-\x7f]|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class Plausibility:
    """Counts among the letters beyond ASCII that were looked at; `first` is where the first improbable one is;
    `foreign`: letters that French does not have, which are possible (« Peñíscola »), and doubtful."""

    looked: int
    french: int
    improbable: int
    first: int | None = None
    foreign: int = 0

    @property
    def share(self) -> float:
        """The share of improbable letters, 0 in a text without any beyond ASCII."""
        return self.improbable / self.looked if self.looked else 0.0


def plausibility(text: str) -> Plausibility:
    """Look at the letters beyond ASCII of a text, all of them or a sample spread over it."""
    places = [found.start() for found in _BEYOND.finditer(text)]
    step = max(1, len(places) // SAMPLE)
    looked = french = improbable = foreign = 0
    first: int | None = None
    for place in places[::step]:
        looked += 1
        before = text[place - 1] if place else " "
        after = text[place + 1] if place + 1 < len(text) else " "
        if _is_improbable(text[place], before, after):
            improbable += 1
            first = place if first is None else first
        elif text[place] in _FRENCH:
            french += 1
        elif text[place].isalpha() and text[place] not in "ªº":
            foreign += 1
    return Plausibility(looked, french, improbable, first, foreign)


def _is_improbable(letter: str, before: str, after: str) -> bool:
    if letter.isalpha() and letter not in "ªº":
        if letter == "ƒ" or all(not beside.isascii() and beside.isalpha() for beside in (before, after)):
            # « ƒVRY »: É of Mac OS Roman. Three in a row: no word of French has them, words of another alphabet have
            # nothing else.
            return True
        # A capital within a word: « HŽrouville », « dÚjÓ ».
        is_within = before.isalpha() and after.islower()
        return letter.isupper() and (is_within or (before.islower() and not after.isalnum()))
    if ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0 or letter == "¤":
        return True
    if letter in "½¼¾":
        return after.isalpha() and not before.isdigit()
    if before.isalpha() or after.isalpha():
        is_within = before.isalpha() and after.isalpha()
        return letter not in (_WITHIN if is_within else _BESIDE)
    return "\u2500" <= letter <= "\u259f"
