"""Cells that contain several values: two telephones, two addresses of mail, the names of a couple.

Belongs here: taking such a cell apart, before anything is looked for. Does not: looking (`prefilter.py`,
`search_terms.py`), which reads each value as one. The cell itself stays among the values: taking it apart never makes
less to be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.privacy.kinds import CIVILITIES, COMMON, FIRST_NAMES, Kind, kind_by_name, kind_of
from pipelines.privacy.normalisation import DISGUISED, fold, unmask

Values = tuple[tuple[str, str], ...]  # field, value

_BETWEEN = r"[;/,&\n\r]|\b(?:et|ou)\b"
_NAMES = re.compile(_BETWEEN, re.IGNORECASE)
_NUMBERS = re.compile(_BETWEEN + r"|\b(?:poste|ext)\b\.?", re.IGNORECASE)
_ADDRESSES = re.compile(r"[\s;/,&<>]+|\b(?:et|ou)\b", re.IGNORECASE)
# One word, one address, one number, in plain letters: what most cells are. No sign of `_BETWEEN` fits in it.
_LETTERS = r"[A-Za-zÀ-ÂÄ-ÖØ-öø-ÿ'-]+"
_ONE = re.compile(
    rf"(?!(?:[Ee][Tt]|[Oo][Uu])\b){_LETTERS}(?: (?!(?:[Ee][Tt]|[Oo][Uu])\b){_LETTERS})*"
    r"|[A-Za-z0-9_+-][A-Za-z0-9_.+-]*@[A-Za-z0-9_.-]*[A-Za-z0-9_-]|[0-9 .+()-]+"
)
# RE2: every cell that may contain several values. Its edges of words are those of ASCII: more cells than need be.
MAY_BE_SEVERAL = (
    rf"{DISGUISED}|[;/,&<>\n\r]|(?i:^|[^a-z])(?i:et|ou|poste|ext)(?i:[^a-z]|$)"
    r"|(?s:@.*@|@.*[^\x21-\x7E]|[^\x21-\x7E].*@|@.*[.:]$|^[.:].*@)"
)
_APART = (Kind.EMAIL, Kind.PHONE, Kind.NAME, Kind.FIRST_NAME)
_WORDS_OF_BODIES = """ administration agence association bureau cabinet collectif collectivite commission commune
    communaute conseil departement direction etat groupe mairie metropole prefecture region sarl sas secretariat service
    services societe syndicat territoire ville villes """
_BODIES = frozenset(_WORDS_OF_BODIES.split())
"""Words of a body rather than a person: "Direction de l'eau et du logement" is no couple."""


def taken_apart(values: Values) -> Values:
    """The values of a record, and those that a cell of several holds, each under its field, once."""
    several = [
        (name, value)
        for name, value in values
        if ("@" in value or kind_by_name(name) in _APART) and not _ONE.fullmatch(value)
    ]
    found = [(name, part) for name, value in several for part in _parts(name, value)]
    return (*values, *dict.fromkeys(pair for pair in found if pair not in values)) if found else values


def _parts(name: str, value: str) -> Iterator[str]:
    kind = kind_of(name, value)
    if kind not in _APART:
        return
    value = unmask(value)
    if value.count("@") > 1 or (kind is Kind.EMAIL and "@" in value):
        yield from (part.strip(".:") for part in _ADDRESSES.split(value) if "@" in part)
    elif kind is Kind.PHONE:
        parts = _NUMBERS.split(value)
        yield from (part.strip() for part in parts if len(parts) > 1 and sum(map(str.isdecimal, part)) >= 5)
    else:
        pieces = [piece.strip() for piece in _NAMES.split(value)]
        if len(pieces) > 1:
            yield from _first_names(pieces) if kind is Kind.FIRST_NAME else _names(pieces, is_listed="," in value)


def _first_names(pieces: Sequence[str]) -> Iterator[str]:
    return (piece for piece in pieces if _words(piece))


def _names(pieces: Sequence[str], *, is_listed: bool) -> Iterator[str]:
    """The names among the pieces of a cell.

    A piece of first names alone is one only where it can be a surname ("Durand et Martin"): beside a full name ("Anne
    et Paul Durand") it takes that one's surname, and after a comma ("Durand, Anne") it belongs to the name before."""
    words_of_pieces = {piece: words for piece in pieces if (words := _words(piece))}
    if any(_BODIES.intersection(words) for words in words_of_pieces.values()):
        return
    families = [[word for word in words if word not in FIRST_NAMES] for words in words_of_pieces.values()]
    full = next(
        (own for own, words in zip(families, words_of_pieces.values(), strict=True) if own and len(own) < len(words)),
        None,
    )
    for (piece, words), own in zip(words_of_pieces.items(), families, strict=True):
        if own:
            if not COMMON.issuperset(words):
                yield piece
        elif full:
            yield " ".join((*words, *full))
        elif not is_listed:
            yield piece


def _words(piece: str) -> list[str]:
    return [word for word in fold(piece).decode().split() if word not in CIVILITIES]
