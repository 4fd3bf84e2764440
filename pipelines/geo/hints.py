"""Hints: what a source prints beside a name that says where the place is.

Belongs here: reading départements, postal codes, names of territories and brackets as sets of départements. Does not:
weighing them against a name (`resolution.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.geo.gazetteer import Gazetteer
from pipelines.geo.names import normalise

_CODE = re.compile(r"(?<![0-9A-Za-z])(97[1-8]|98[4-9]|2[ABab]|\d{1,2})(?![0-9A-Za-z])")
# In brackets a code stands alone, or at one end: "(62)", "(62, Pas-de-Calais)"; not "(2 lauréats)".
_CODE_IN_BRACKETS = re.compile(rf"{_CODE.pattern}(?:\s*[-–,;:/].*)?|.*[,;]\s*{_CODE.pattern}")
_FIVE = re.compile(r"(?<!\d)(\d{4,5}|2[ABab]\d{3})(?!\d)")
_INTRODUCED = re.compile(
    r"(?:^|\b)(?:territory as published|territoire publie|territoire|departement|region|dans|en|a)"
    r" (?:de la |de l |du |des |de |d |la |le |les |l )?(?P<name>.+)$"
)
# Words in brackets that say what a name is, not where it is.
_SILENT = frozenset({"", "commune", "ville", "village", "epci", "sic", "france", "territoire"})


@dataclass(frozen=True)
class Hints:
    """Départements that the place should be in (empty: not said), five-digit codes, and brackets nobody understood."""

    departements: frozenset[str] = frozenset()
    five_digits: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()

    def __or__(self, other: Hints) -> Hints:
        """Both, the départements of the first that says some: what is in its own column comes before brackets."""
        return Hints(
            self.departements or other.departements,
            self.five_digits | other.five_digits,
            self.unread + other.unread,
        )


def departements_in(text: str | None, gazetteer: Gazetteer) -> frozenset[str]:
    """Départements written as codes ("02", "2", "2a", "13;83", "62 - Pas-de-Calais") or as names ("Guadeloupe").

    "20", which the postal code of Corsica gives, is both of its départements. A code that no département has is left
    out: the caller sees an empty set where a text was given.
    """
    if not text or not text.strip():
        return frozenset()
    known = gazetteer.departements
    found: set[str] = set()
    for raw in _CODE.findall(text):
        code = raw.upper().zfill(2)
        found |= {"2A", "2B"} if code == "20" else {code} & known.keys()
    return frozenset(found) or _territory(text, gazetteer)


def hint_in_text(text: str | None, gazetteer: Gazetteer) -> Hints:
    """The territory that a free text names, when it is one or is introduced as one ("dans l'Eure"); else nothing.

    A note that merely mentions the name of a département says nothing: many are common words (Manche, Nord, Lot).
    """
    if not text or not text.strip():
        return Hints()
    for sentence in re.split(r"[;\n]", text):
        if found := _territory(sentence, gazetteer):
            return Hints(found)
    return Hints()


def hints_in_brackets(brackets: tuple[str, ...], gazetteer: Gazetteer) -> Hints:
    """What the brackets after a name say: "(62)", "(77144)", "(Guadeloupe)"; "(Québec)" is kept as unread."""
    found = Hints()
    for text in brackets:
        five = frozenset(code.upper().zfill(5) for code in _FIVE.findall(text))
        is_code = _CODE_IN_BRACKETS.fullmatch(text) is not None
        departements = departements_in(text, gazetteer) if is_code and not five else _territory(text, gazetteer)
        silent = five or departements or normalise(text) in _SILENT
        found |= Hints(departements, five, () if silent else (text,))
    return found


def _territory(text: str, gazetteer: Gazetteer) -> frozenset[str]:
    key = normalise(text)
    if key in gazetteer.areas:
        return frozenset(gazetteer.areas[key])
    match = _INTRODUCED.search(key)
    while match is not None:
        name = match.group("name")
        if name in gazetteer.areas:
            return frozenset(gazetteer.areas[name])
        match = _INTRODUCED.search(name)
    return frozenset()
