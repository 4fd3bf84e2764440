"""Converters of levels: how many arobases a printed text awards, and the laureates of a running list.

Belongs here: the encodings of a level. Does not: whether the level is possible in its edition (`rules/`), mentions
(`mentions.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pipelines.geo.names import normalise, strip_accents
from pipelines.mapping.registry import Text, Unreadable, converter

HIGHEST = 5
_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}
_ORDINALS = {"premier": 1, "premiere": 1, "deuxieme": 2, "second": 2, "seconde": 2, "troisieme": 3, "quatrieme": 4}
_WORDS = {**_NUMBERS, **_ORDINALS, "cinquieme": 5, "aucun": 0, "aucune": 0, "zero": 0, "sans": 0}
# Level 0: until 2008 a laureate could be given the name of the label and no arobase.
_LEVEL_ZERO = frozenset({"mention ville internet", "simple mention", "la mention ville internet", "une simple mention"})
_EMAIL = re.compile(r"\[email.protected\]|[\w.+-]*[A-Za-z_][\w.+-]*@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# One "@" in front of a word is a name on a social network, unless a figure, an "@" or a bracket is before it.
_HANDLE = re.compile(r"(?<![@\d)])(?<!\) )@(?=[A-Za-z_])\w+")
_UNIT = r"(?:@(?!@)|arobases?\b|etoiles?\b)"
_OF_FIVE = re.compile(r"(?<!\d)(\d)\s*(?:@|arobases?)?\s*(?:/|sur)\s*5(?!\d)")
_COUNTED = re.compile(rf"(?<![\w.,])(\d+)\s*(?:e|eme|ieme|er|ere)?\s*{_UNIT}")
_SPELT = re.compile(rf"\b({'|'.join(_WORDS)})\s+{_UNIT}")
# "de 1 à 5 @" is the range of the label; "de 3 à 4 @" is a move, and says the level that was reached.
_RANGE = re.compile(r"\b(?:1|une?)\s+a\s+(?:5|cinq)\b")
_APART = re.compile(r"(?<![@\w])@(?:[ \u00a0\u202f]+@)+(?![@\w])")
# What is left of a number that is no level: "4,5 @".
_OF_A_NUMBER = re.compile(r"\d\s*@(?!@)")
_WHOLE = re.compile(r"\s*(\d+)(?:[.,]0+)?\s*")
_FIGURE = rf"(?:(?<!\d)\d(?!\d)|\b(?:{'|'.join(_WORDS)})\b)"
# "3 ou 4 @", "3-4 @", "3 à 4 @" without "de": two levels, of which none is said to be the one that was reached.
_EITHER = re.compile(rf"(?<!de )(?<!\d){_FIGURE}\s*(?:\b(?:ou|et|a)\b|[-–—])\s*{_FIGURE}\s*{_UNIT}")
# "vingt-trois arobases" ends in a number word that is no number of its own.
_HIGHER = re.compile(rf"\b(?:dix|vingt|trente|quarante|cinquante|soixante|cent)[\s-]+(?:et[\s-]+)?\w+\s+{_UNIT}")
# "@3", "@ x3", "2 × @": a figure on the wrong side of its sign, or a product.
_MISPLACED = re.compile(r"@\d(?!\d)|@\s*[x×*]\s*\d|\d\s*[x×*]\s*@")
# "4 @@@" states a level twice: by its figure and by the number of its signs.
_BESIDE_A_RUN = re.compile(r"(?<![\w.,/])(\d)\s*(?=@@)")
# A name may have brackets of its own: "Bors (Canton de Tude-et-Lavalette) (16) @@".
_LAUREATE = re.compile(r"(?P<name>[^@()]+?(?:\s*\([^()\d]{4,}\)(?=\s*\())?)\s*(?:\((?P<place>[^()]*)\))?\s*(?P<run>@+)")
_BETWEEN = " .,;:\n\t-–\u00a0\u202f"


@converter("arobases")
def arobases(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The level that a text states, "0" to "5": "@@@", "5 @", "« 5 @ » sur 5", "trois arobases", "4 étoiles", "5e @".

    A level said twice must be the same. "Hors concours" gives nothing: no level was awarded. An "@" in an e-mail
    address or in a handle is no level. Raises `Unreadable` when no level or several are read ("4 @@@", "3 ou 4 @"), one
    above five, a range ("de 1 à 5 @") or a part of one ("4,5 @").
    """
    text = texts[0]
    if text is None or normalise(text) in ("hors concours", "label hors concours"):
        return None
    levels = _levels(text)
    if len(levels) != 1 or not levels <= set(range(HIGHEST + 1)):
        raise Unreadable("un niveau de 0 à 5 arobases, un seul", "one level, from 0 to 5 arobases")
    return str(levels.pop())


@converter("laureats")
def laureates(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The laureates of a running list, as a JSON list of {nom, departement, arobases}, in the order of the text.

    "Noyelles-Godault (62)@@@Saulzoir (59) @@@" gives two, whatever is or is not between them. Raises `Unreadable`
    when no laureate is read, when text is left after the last level, when a level has no name, or is above five.
    """
    text = texts[0]
    if text is None:
        return None
    plain = _closed_up(_HANDLE.sub(" ", _EMAIL.sub(" ", text)))
    found = list(_LAUREATE.finditer(plain))
    rest = _LAUREATE.sub("", plain).strip(_BETWEEN)
    has_no_name = any(not one["name"].strip(_BETWEEN) for one in found)
    if not found or rest or has_no_name or any(len(one["run"]) > HIGHEST for one in found):
        raise Unreadable("des noms suivis chacun de 1 à 5 @", "names, each followed by 1 to 5 @")
    listed = [
        {"nom": one["name"].strip(" ,;:\n-–"), "departement": one["place"] or None, "arobases": str(len(one["run"]))}
        for one in found
    ]
    return json.dumps(listed, ensure_ascii=False)


def _levels(text: str) -> set[int]:
    """Every level that the text states, each way of writing it taken away before the next is looked for."""
    if whole := _WHOLE.fullmatch(text):
        return {int(whole[1])}
    if normalise(text) in _LEVEL_ZERO:
        return {0}
    rest = strip_accents(_HANDLE.sub(" ", _EMAIL.sub(" ", text)))
    rest = re.sub(r"[«»\"“”]", " ", rest)
    if any(pattern.search(rest) for pattern in (_RANGE, _EITHER, _HIGHER, _MISPLACED)):
        return set()
    rest = _closed_up(rest)
    found = {int(figure) for figure in _BESIDE_A_RUN.findall(rest)}
    for pattern in (_OF_FIVE, _COUNTED, _SPELT):
        found |= {_WORDS[level] if level in _WORDS else int(level) for level in pattern.findall(rest)}
        rest = pattern.sub(" ", rest)
    return set() if _OF_A_NUMBER.search(rest) else found | {len(run) for run in re.findall(r"@+", rest)}


def _closed_up(text: str) -> str:
    """The text with signs that blanks set apart put side by side: "@ @ @" is "@@@"."""
    return _APART.sub(lambda run: "@" * run[0].count("@"), text)
