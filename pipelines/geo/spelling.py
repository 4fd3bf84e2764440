"""Neighbouring spellings: the one known name that a misprint most likely stands for, or none.

Belongs here: the guards that keep a fuzzy match from being a guess. Does not: anything about places; it compares keys.
"""

from __future__ import annotations

from collections.abc import Iterable

# Words that distinguish places: a misprint in one of them is another place (Le Haut, Le Bas).
_TELLING = frozenset(
    (
        "saint", "sainte", "saints", "saintes", "le", "la", "les", "l", "sur", "sous", "en", "grand", "grande", "petit",
        "petite", "haut", "haute", "bas", "basse", "vieux", "vieille", "neuf", "neuve", "nord", "sud", "est", "ouest",
    )
)  # fmt: skip
SHORTEST = 7
SHORTEST_ALONE = 11
TWO_ERRORS_FROM = 14


def neighbour(key: str, known: Iterable[str], *, alone: bool) -> list[str]:
    """The known keys that `key` may be a misprint of, nearest first; exactly one when there is no doubt.

    One letter added, lost, changed or swapped is forgiven from 7 letters on (11 when nothing else says where the place
    is: `alone`), two from 14 on within a département. The first letter, the digits and the distinctive words must stay.
    A second name within one more error is a rival, and then several are returned.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    if len(key) < (SHORTEST_ALONE if alone else SHORTEST):
        return []
    allowed = 2 if not alone and len(key) >= TWO_ERRORS_FROM else 1
    near = extract(key, list(known), scorer=OSA.distance, score_cutoff=allowed + 1, limit=8)
    likely = [(distance, name) for name, distance, _ in near if _may_be(key, name)]
    if not likely or min(likely)[0] > allowed:
        return []
    best = min(likely)[0]
    return [name for distance, name in sorted(likely) if distance <= best + 1]


def _may_be(key: str, name: str) -> bool:
    return key[0] == name[0] and _fixed(key) == _fixed(name)


def _fixed(key: str) -> tuple[list[str], str]:
    return sorted(set(key.split()) & _TELLING), "".join(letter for letter in key if letter.isdigit())


def resembling(key: str, known: Iterable[str]) -> list[str]:
    """The known keys within two errors of `key`, blanks left out, with no guard: enough to doubt, not to conclude."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    bare = {name: name.replace(" ", "") for name in known}
    allowed = 2 if len(key) >= SHORTEST else 1
    found = extract(key.replace(" ", ""), bare, scorer=OSA.distance, score_cutoff=allowed, limit=8)
    return sorted(name for _, _, name in found)
