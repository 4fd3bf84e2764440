"""Ordinary words of headers and mailboxes: what is made of these alone is nobody's name.

Belongs here: the list (`plain_words.txt` says where it comes from) and whether words are of it. Does not: first
names, and what identifies nobody in a field for a surname (`kinds.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyarrow.compute as pc

from pipelines.privacy.folding import Mask, Words, are_among, mask_of, translated
from pipelines.privacy.kinds import COMMON
from pipelines.privacy.normalisation import fold

SHORTEST = 3
"""Shorter words and numbers name nobody by themselves."""
_INNER_CAPITAL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_DIGITS = re.compile(r"\d+")
_WITHOUT_DIGITS = bytes(32 if 48 <= sign <= 57 else sign for sign in range(256))


def words_of(text: str) -> list[str]:
    """The folded words of a text, "codeInsee" and "code_insee" taken apart, without numbers and short words."""
    apart = _DIGITS.sub(" ", _INNER_CAPITAL.sub(" ", text))
    return [word for word in fold(apart).decode().split() if len(word) >= SHORTEST]


def are_plain(words: Iterable[str]) -> bool:
    """Whether all of these folded words are ordinary."""
    known = _plain_words()
    return all(word in known for word in words)


def is_a_mailbox(parts: Iterable[bytes]) -> bool:
    """Whether the folded words before an address's sign say a function ("service.technique", "mairie57") and nobody."""
    words = [word for part in parts for word in part.translate(_WITHOUT_DIGITS).split() if len(word) >= SHORTEST]
    return bool(words) and _plain_bytes().issuperset(words)


def are_mailboxes(parts: Words) -> Mask:
    """`is_a_mailbox` of the words before the sign of many addresses."""
    words = Words.of(translated(parts.joined(), _WITHOUT_DIGITS))
    words = words.where(mask_of(pc.greater_equal(pc.binary_length(words.words), SHORTEST)))
    counts = words.counts()
    found: Mask = (counts > 0) & (words.counts(are_among(words.words, _plain_words())) == counts)
    return found


@cache
def _plain_words() -> frozenset[str]:
    text = Path(__file__).with_suffix(".txt").read_text(encoding="ascii")
    return COMMON.union(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def _plain_bytes() -> frozenset[bytes]:
    return frozenset(word.encode() for word in _plain_words())
