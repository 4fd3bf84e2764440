"""The first look at a row: which of its record's personal values may show in it at all.

Belongs here: one cheap test a kind, true whenever a probe of the value (`probes.py`) could hit. Does not: deciding. A
glance that is true for nothing costs time; one that is false for something would let it through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.rules.privacy.folding import compact, digits
from pipelines.rules.privacy.kinds import FIRST_NAMES, Kind, kind_of
from pipelines.rules.privacy.probes import ABBREVIATED, SHINGLE, STEP, name_words
from pipelines.rules.privacy.several import Values

Glance = Callable[[str, bytes, bytes, bytes, bytes], bool]
Told = tuple[str, bytes]  # an unmasked value, its folded form
Value = tuple[str, str, bytes]  # its field before it


def showing(fields: Values, told: Sequence[Told], words: bytes, letters: bytes, numbers: bytes) -> list[Value]:
    """The values of a record that may show in a row, given its forms: words, letters run together, digits.

    `fields` as the record has them; `told`, the same values unmasked, each with its folded form."""
    shown, is_named = [], False
    for (name, _), (value, folded) in zip(fields, told, strict=True):
        kind = kind_of(name, value)
        glance = _GLANCES.get(kind)
        if glance is not None and (len(folded) <= 2 or glance(value, folded, words, letters, numbers)):
            shown.append((name, value, folded))
            is_named = is_named or kind is Kind.NAME
    if is_named:  # with a surname in sight, the first names beside it make full names
        shown += [
            (name, value, folded)
            for (name, _), (value, folded) in zip(fields, told, strict=True)
            if kind_of(name, value) is Kind.FIRST_NAME and (name, value, folded) not in shown
        ]
    return shown


def _email(_value: str, folded: bytes, _words: bytes, letters: bytes, _numbers: bytes) -> bool:
    first, *others = folded.split(None, 2)
    # "j.dupont@", "j@dupont.fr": so short a local part is not looked for without the word that follows.
    return (others[0] if len(first) <= 3 and others else first) in letters


def _phone(value: str, _folded: bytes, _words: bytes, _letters: bytes, numbers: bytes) -> bool:
    number = digits(value.encode("ascii", "ignore"))
    return number[-9:] in numbers


def _birth(value: str, _folded: bytes, _words: bytes, _letters: bytes, numbers: bytes) -> bool:
    is_iso = len(value) == 10 and value[4] == value[7] == "-" and value.isascii() and value.replace("-", "").isdigit()
    year, day = value[:4].encode(), (value[8:] + value[5:7] + value[2:4]).encode()
    return not is_iso or year in numbers or day in numbers


def _address(_value: str, folded: bytes, _words: bytes, letters: bytes, _numbers: bytes) -> bool:
    for place, word in enumerate(folded.split()):
        if place and len(word) == 5 and word.isdigit():  # the postal code: what follows is no street
            break
        if len(word) > 4 and word not in ABBREVIATED:
            return word in letters
    return True


def _first_name(_value: str, folded: bytes, words: bytes, _letters: bytes, _numbers: bytes) -> bool:
    return b"\x1f" + folded + b"\x1f" in words


def _name(_value: str, folded: bytes, _words: bytes, letters: bytes, _numbers: bytes) -> bool:
    words = name_words(folded)
    if len(words) > 1:
        words = [word for word in words if word.decode() not in FIRST_NAMES] or words
    return max(words, key=len, default=b"") in letters


def _text(_value: str, folded: bytes, words: bytes, _letters: bytes, _numbers: bytes) -> bool:
    """Whether some of the groups of four words that no run of a text (`probes.shingles`) is without."""
    told = folded.split()
    if len(told) < SHINGLE:
        return folded in words
    for start in (*range(STEP, len(told) - STEP, 2 * STEP), len(told) - STEP):
        if b" ".join(told[start : start + STEP]) in words:
            return True
    return False


def _other(_value: str, folded: bytes, _words: bytes, letters: bytes, numbers: bytes) -> bool:
    joined = compact(folded)
    return joined in letters or joined in numbers


_GLANCES: dict[Kind, Glance] = {
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.BIRTH: _birth,
    Kind.ADDRESS: _address,
    Kind.FIRST_NAME: _first_name,
    Kind.NAME: _name,
    Kind.TEXT: _text,
    Kind.OTHER: _other,
}
