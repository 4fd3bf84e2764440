"""The first look at a row: which of its record's personal values may show in it at all.

Belongs here: one cheap test a kind, true whenever a probe (`search_terms.py`) of the value could hit. Does not: decide.
A glance that is true for nothing costs time; one that is false for something would let it through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, compress, pairwise, repeat
from typing import NamedTuple

from pipelines.privacy.kinds import FIRST_NAMES, Kind, kinds_of
from pipelines.privacy.normalisation import compact, digits, fold_all
from pipelines.privacy.search_terms import ABBREVIATED, SHINGLE, STEP, name_words

Value = tuple[str, str, bytes, Kind]
"""A personal value: its field, itself unmasked, its folded form, what it is."""
Look = tuple[int, int, str, bytes]
"""A value that is looked for: its place, its row, itself unmasked, its folded form."""


SHORT = 3
"""Letters of the word before an address's sign, up to which it is looked for by the word after it."""


class Rows(NamedTuple):
    """The forms of many rows: their words, their letters run together, their digits."""

    words: Sequence[bytes]
    letters: Sequence[bytes]
    numbers: Sequence[bytes]


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
        kinds = kinds_of(fields, texts)
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
        return self._values(range(self.ends[number - 1] if number else 0, self.ends[number]))

    def showing(self, rows: Rows) -> dict[int, list[Value]]:
        """By row, which values of its record may show in it: looked through kind by kind."""
        row_of = list(chain.from_iterable(repeat(row, end - start) for row, (start, end) in self._spans()))
        by_kind: dict[Kind, list[int]] = {kind: [] for kind in _GLANCES}
        chosen: list[int] = []
        for place, (kind, folded) in enumerate(zip(self.kinds, self.folded, strict=True)):
            places = by_kind[kind] if len(folded) > 2 else chosen
            places.append(place)
        for kind, places in by_kind.items():
            columns = (row_of, self.texts, self.folded)
            looks = zip(places, *(map(column.__getitem__, places) for column in columns), strict=True)
            chosen += _GLANCES[kind](looks, rows)
        by_row: dict[int, list[int]] = {}
        for place in sorted(chosen):
            by_row.setdefault(row_of[place], []).append(place)
        return {row: self._beside_first_names(row, self._values(places)) for row, places in by_row.items()}

    def _spans(self) -> Iterator[tuple[int, tuple[int, int]]]:
        return enumerate(pairwise((0, *self.ends)))

    def _values(self, places: Iterable[int]) -> list[Value]:
        return [(self.fields[place], self.texts[place], self.folded[place], self.kinds[place]) for place in places]

    def _beside_first_names(self, number: int, values: list[Value]) -> list[Value]:
        """The same; beside a surname, the first names of its record, which make full names of it."""
        if not any(kind is Kind.NAME for _, _, _, kind in values):
            return values
        first = [value for value in self.of_record(number) if value[3] is Kind.FIRST_NAME and value not in values]
        return values + first


def _emails(looks: Iterable[Look], rows: Rows) -> Iterator[int]:
    letters = rows.letters
    for place, row, _, folded in looks:
        words = folded.split(None, 2)
        # "j.dupont@", "j@dupont.fr": so short a local part is not looked for without the word that follows.
        word = words[1] if len(words[0]) <= SHORT and len(words) > 1 else words[0]
        if word in letters[row]:
            yield place


def _phone(value: str, _folded: bytes, _words: bytes, _letters: bytes, numbers: bytes) -> bool:
    number = digits(value.encode("ascii", "ignore"))
    return number[-9:] in numbers


def birth_numbers(value: str) -> list[str]:
    """The numbers of which one is wherever a date of birth does; an empty one where nothing is known of it."""
    is_iso = len(value) == 10 and value[4] == value[7] == "-" and value.isascii() and value.replace("-", "").isdigit()
    return [value[:4], value[8:] + value[5:7] + value[2:4]] if is_iso else [""]


def _birth(value: str, _folded: bytes, _words: bytes, _letters: bytes, numbers: bytes) -> bool:
    return any(number.encode() in numbers for number in birth_numbers(value))


def address_word(folded: bytes) -> bytes:
    """The word that is wherever an address does: its first long one; none where it has no such word."""
    for place, word in enumerate(folded.split()):
        if place and len(word) == 5 and word.isdigit():  # the postal code: what follows is no street
            break
        if len(word) > 4 and word not in ABBREVIATED:
            return word
    return b""


def _address(_value: str, folded: bytes, _words: bytes, letters: bytes, _numbers: bytes) -> bool:
    return address_word(folded) in letters


def _first_name(_value: str, folded: bytes, words: bytes, _letters: bytes, _numbers: bytes) -> bool:
    return b"\x1f" + folded + b"\x1f" in words


def _names(looks: Iterable[Look], rows: Rows) -> Iterator[int]:
    letters = rows.letters
    for place, row, _, folded in looks:
        initials = letters[row]
        for word in folded.split():
            if word in initials:  # nearly never
                if _is_name_told(folded, initials):
                    yield place
                break


def _is_name_told(folded: bytes, letters: bytes) -> bool:
    words = name_words(folded)
    if len(words) > 1:
        words = [word for word in words if word.decode() not in FIRST_NAMES] or words
    # Of several words each one may appear without the others, beside a first name; the longest may be the shortest.
    longest = max(map(len, words), default=0)
    return any(word in letters for word in words if len(word) >= min(3, longest))


def _text(_value: str, folded: bytes, words: bytes, _letters: bytes, _numbers: bytes) -> bool:
    """Whether some of the groups of four words that no run of a text (`search_terms.shingles`) is without."""
    pieces = folded.split()
    if len(pieces) < SHINGLE:
        return folded in words
    for start in (*range(STEP, len(pieces) - STEP, 2 * STEP), len(pieces) - STEP):
        if b" ".join(pieces[start : start + STEP]) in words:
            return True
    return False


def _other(_value: str, folded: bytes, _words: bytes, letters: bytes, numbers: bytes) -> bool:
    joined = compact(folded)
    return joined in letters or joined in numbers


def _one_by_one(is_told: Callable[[str, bytes, bytes, bytes, bytes], bool]) -> Glance:
    def glance(looks: Iterable[Look], rows: Rows) -> Iterator[int]:
        for place, row, text, folded in looks:
            if is_told(text, folded, rows.words[row], rows.letters[row], rows.numbers[row]):
                yield place

    return glance


Glance = Callable[[Iterable[Look], Rows], Iterator[int]]
"""Which of the values may show in their rows, by place."""
_GLANCES: dict[Kind, Glance] = {
    Kind.EMAIL: _emails,
    Kind.PHONE: _one_by_one(_phone),
    Kind.BIRTH: _one_by_one(_birth),
    Kind.ADDRESS: _one_by_one(_address),
    Kind.FIRST_NAME: _one_by_one(_first_name),
    Kind.NAME: _names,
    Kind.TEXT: _one_by_one(_text),
    Kind.OTHER: _one_by_one(_other),
}
