"""Headers of columns that may be shown: a file without a header row has a record where the header should be, and a
table by person has people's names there. Names of files, which somebody's export may be called after.

Belongs here: which names of columns and of files may be printed or written. Does not: columns that are never
published (`columns.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from pipelines.core.text import Said
from pipelines.privacy.kinds import FIRST_NAMES
from pipelines.privacy.normalisation import fold
from pipelines.privacy.plain_words import are_plain, words_of
from pipelines.privacy.sifting import passages

# What is in records and in no header: an address sign, a date, a decimal number, five digits in a row.
_OF_A_RECORD = re.compile(r"@|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|^\s*-?\d+[.,]\d+\s*$|\d(?:[ .-]?\d){4}")
_GIVEN = FIRST_NAMES - {"max"}  # "hauteur_max"
_WORD = re.compile(r"[^\W\d_]{3,}")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_INNER_CAPITAL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_SAINT = re.compile(r"\b(?:saint|sainte|st|ste) \w+")
_MADE_BY_A_PROGRAM = re.compile(r"[_\d]")


def untold_headers(names: Sequence[str], known: Collection[str] = (), *, are_members: bool = False) -> frozenset[str]:
    """The names that may be neither printed nor written. `known`: those that a schema or a mapping has, which always
    may. `are_members`: whether they are the members of JSON objects, which programs name, and no row of a table.

    As soon as one header reads like a cell of a record (an address, a first name, a date) or may be a surname (a word
    that no list of ordinary words has), the row may be a record: then none of the names that nobody knows is told."""
    unknown = [name for name in names if name not in known]
    is_a_row = any(_may_be_of_a_record(name) or _may_be_a_surname(name, are_members=are_members) for name in unknown)
    return frozenset(unknown) if is_a_row else frozenset()


def may_name_somebody(file: str) -> bool:
    """Whether the name of a file has an address, a telephone number or a person's name: a given name beside another, or
    beside a word that is not ordinary. Unlike a header it may contain a date or the name of a town."""
    apart = _BETWEEN_WORDS.sub(" ", _INNER_CAPITAL.sub(" ", file))
    if passages(file) or passages(apart):
        return True
    words = [word for word in _SAINT.sub(" ", fold(apart).decode()).split() if len(word) > 2 and word.isalpha()]
    beside = [(one, other) for one, other in pairwise(words) if one in _GIVEN or other in _GIVEN]
    return any(all(word in _GIVEN or not are_plain(words_of(word)) for word in pair) for pair in beside)


def without_names(message: Said, names: Collection[str]) -> Said:
    """A message that may contain names of columns, without these."""
    if not names:
        return message
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return Said(named.sub("…", message.fr), named.sub("…", message.en))


def _may_be_of_a_record(name: str) -> bool:
    words = fold(name).decode().split()
    is_a_name = not _GIVEN.isdisjoint(words)
    return bool(_OF_A_RECORD.search(name)) or is_a_name or bool(passages(name))


def _may_be_a_surname(name: str, *, are_members: bool) -> bool:
    """Whether a word that is not ordinary is in a name, written as surnames are.

    "code_uai" and "P19_POP" are names that programs give: there a surname has one capital ("Visites_Kerdoncuff")."""
    is_programmed = bool(_MADE_BY_A_PROGRAM.search(name))
    strange = [word for word in _WORD.findall(name) if not are_plain(words_of(word))]
    if any(word.istitle() or (word[0].isupper() and not word.isupper()) for word in strange):
        return True
    if is_programmed or are_members:
        return False
    return any(word.isupper() for word in strange) or (bool(strange) and len(strange) == len(_WORD.findall(name)))
