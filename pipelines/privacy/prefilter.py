"""The first look at a row: which of its record's personal values may show in it at all.

Belongs here: one cheap test a kind, true whenever a probe of the value (`probes.py`) could hit. Does not: deciding. A
glance that is true for nothing costs time; one that is false for something would let it through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress

from pipelines.privacy.kinds import FIRST_NAMES, Kind, kind_of
from pipelines.privacy.normalisation import compact, digits, fold_all
from pipelines.privacy.search_terms import ABBREVIATED, SHINGLE, STEP, name_words

Value = tuple[str, str, bytes, Kind]
"""A personal value: its field, itself unmasked, its folded form, what it is."""


@dataclass(frozen=True)
class Sought:
    """The values that are looked for, of many records one after the other: those of a kind that identifies somebody.

    Four lists rather than a list of values: nearly none is ever looked at for more than its glance."""

    fields: Sequence[str]
    texts: Sequence[str]
    folded: Sequence[bytes]
    kinds: Sequence[Kind]
    ends: Sequence[int]
    """Where the values of each record end."""

    @classmethod
    def of(cls, fields: Sequence[str], texts: Sequence[str], ends: Sequence[int]) -> Sought:
        """From all values of the records, unmasked, and where those of each record end."""
        kinds = list(map(kind_of, fields, texts))
        is_sought = [kind in _GLANCES for kind in kinds]
        before = [0, *accumulate(is_sought)]
        kept = list(compress(texts, is_sought))
        return cls(
            list(compress(fields, is_sought)),
            kept,
            fold_all(kept),
            list(compress(kinds, is_sought)),
            [before[end] for end in ends],
        )

    def of_record(self, number: int) -> list[Value]:
        """The values of one record, from 0."""
        span = slice(self.ends[number - 1] if number else 0, self.ends[number])
        return list(zip(self.fields[span], self.texts[span], self.folded[span], self.kinds[span], strict=True))

    def showing(self, number: int, words: bytes, letters: bytes, numbers: bytes) -> list[Value]:
        """Which values of a record may show in a row, given its forms: words, letters run together, digits."""
        texts, folded, kinds = self.texts, self.folded, self.kinds
        shown = [
            place
            for place in range(self.ends[number - 1] if number else 0, self.ends[number])
            if len(folded[place]) <= 2 or _GLANCES[kinds[place]](texts[place], folded[place], words, letters, numbers)
        ]
        if not shown:
            return []
        values = [(self.fields[place], texts[place], folded[place], kinds[place]) for place in shown]
        if any(kinds[place] is Kind.NAME for place in shown):  # beside a surname, first names make full names
            values += [value for value in self.of_record(number) if value[3] is Kind.FIRST_NAME and value not in values]
        return values


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
    if not any(word in letters for word in folded.split()):  # nearly always
        return False
    words = name_words(folded)
    if len(words) > 1:
        words = [word for word in words if word.decode() not in FIRST_NAMES] or words
    # Of several words each one may stand without the others, beside a first name; the longest may be the shortest.
    longest = max(map(len, words), default=0)
    return any(word in letters for word in words if len(word) >= min(3, longest))


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


_GLANCES: dict[Kind, Callable[[str, bytes, bytes, bytes, bytes], bool]] = {
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.BIRTH: _birth,
    Kind.ADDRESS: _address,
    Kind.FIRST_NAME: _first_name,
    Kind.NAME: _name,
    Kind.TEXT: _text,
    Kind.OTHER: _other,
}
