"""One word or number of each personal value: a row that contains none shows nothing of its records.

Belongs here: what must be in a row before its values are worth a look, for all records at once. Does not: the look
(`prefilter.py`), which asks at least as much of each value. A needle that is found for nothing costs time; one that is
missed would let a value through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.folding import Mask, Numbers, Words, large_texts, mask_of
from pipelines.privacy.kinds import Kind
from pipelines.privacy.normalisation import CELL, NO_NUMBER, ROW, digits
from pipelines.privacy.prefilter import SHORT, address_word, birth_numbers
from pipelines.privacy.searched_values import SearchedValues, code_of

Found = tuple[Numbers, pa.Array]
"""The places of values, ascending, and a needle of each; a value may have several."""


@dataclass(frozen=True)
class _Haystack:
    """Needles, record after record, and where those of each record begin and end."""

    needles: pa.Array
    starts: Numbers
    ends: Numbers

    @classmethod
    def of(cls, found: Sequence[Found], searched: SearchedValues) -> _Haystack:
        places = np.concatenate([some for some, _ in found])
        records = searched.record[places]
        order = np.argsort(records, kind="stable")
        needles = pa.concat_arrays([needles for _, needles in found]).take(pa.array(order))
        numbers, ordered = np.arange(searched.count), records[order]
        bounds = (np.searchsorted(ordered, numbers, side=side) for side in ("left", "right"))
        return cls(needles.cast(pa.large_string()), *bounds)

    def rows_with_some(self, rows: Numbers, records: Numbers, forms: pa.Array) -> Numbers:
        """The rows whose form contains a needle of their records, some of them more than once."""
        starts, counts = self.starts[records], self.ends[records] - self.starts[records]
        shift = np.repeat(starts - (np.cumsum(counts) - counts), counts)
        own = np.repeat(rows, counts)
        needles = self.needles.take(pa.array(np.arange(len(shift)) + shift))
        return own[_contain(forms, own, needles)]


@dataclass(frozen=True)
class Needles:
    """What shows of the values of many records: in letters run together, in digits; `always`: the records of which one
    value cannot be found by a needle."""

    letters: _Haystack
    digits: _Haystack
    always: Mask
    may_be_numbers: bool
    """Whether something of one of the values may be all of a number, a date or an instant in words."""

    @classmethod
    def of(cls, searched: SearchedValues) -> Needles:
        """Of the values of records."""
        kinds, folded = searched.plain_kinds, searched.folded
        is_odd = mask_of(pc.less_equal(pc.binary_length(folded), 2))
        for separator in (CELL, ROW):
            is_odd = is_odd | mask_of(pc.match_substring(searched.plain, separator))
        is_odd &= ~np.isin(kinds, [code_of(Kind.PLACE), code_of(Kind.ROLE)])  # which nobody looks for

        def of_kind(kind: Kind) -> Numbers:
            return np.flatnonzero((kinds == code_of(kind)) & ~is_odd)

        others = of_kind(Kind.OTHER)
        joined = pc.replace_substring(folded.take(pa.array(others)), " ", "")
        is_number = mask_of(pc.match_substring_regex(joined, "^[0-9]+$"))
        letters = [
            _of_addresses(of_kind(Kind.EMAIL), folded),
            _of_names(of_kind(Kind.NAME), folded),
            _of_first_names(of_kind(Kind.FIRST_NAME), folded),
            _one_by_one(of_kind(Kind.ADDRESS), folded, lambda form: [address_word(form.encode()).decode()]),
            (others, joined),
        ]
        numbers = [
            _of_phones(of_kind(Kind.PHONE), searched.plain),
            _one_by_one(of_kind(Kind.BIRTH), searched.plain, birth_numbers),
            (others[is_number], joined.filter(pa.array(is_number))),
        ]
        always = np.zeros(searched.count, np.bool_)
        always[searched.record[is_odd | (kinds == code_of(Kind.TEXT))]] = True
        in_letters, in_digits = _Haystack.of(letters, searched), _Haystack.of(numbers, searched)
        are_words = pc.match_substring_regex(in_letters.needles, NO_NUMBER)
        may_be_numbers = bool(len(in_digits.needles)) or not pc.all(are_words, min_count=0).as_py()
        return cls(in_letters, in_digits, always, may_be_numbers)

    def may_show(self, rows: Numbers, records: Numbers, letters: bytes) -> set[int]:
        """The rows that may show something of their records: `rows` and `records` in pairs, the letters of all rows
        run together, each row with `ROW` after it."""
        found = [rows[self.always[records]], self.letters.rows_with_some(rows, records, _rows_of(letters))]
        if len(self.digits.needles):
            found.append(self.digits.rows_with_some(rows, records, _rows_of(digits(letters))))
        return set(np.concatenate(found).tolist())


def _rows_of(letters: bytes) -> pa.Array:
    """Rows as texts."""
    ends = np.flatnonzero(np.frombuffer(letters, np.uint8) == ord(ROW)) + 1
    return large_texts(np.concatenate([[0], ends]), letters)


def _contain(texts: pa.Array, places: Numbers, needles: pa.Array) -> Mask:
    """Which of the texts at some places contain the needle beside them. No text enters Python by itself."""
    import polars

    own, sought = polars.Series("text", texts).gather(places), polars.Series("needle", needles)
    contains = polars.col("text").str.contains(polars.col("needle"), literal=True)
    found: Mask = polars.DataFrame([own, sought]).select(contains).to_series().to_numpy()
    return found


def _of_addresses(places: Numbers, folded: pa.Array) -> Found:
    """The first word of each address of mail, the second where the first is short."""
    words = Words.of(folded.take(pa.array(places)))
    counts = words.counts()
    firsts = np.cumsum(counts) - counts
    lengths = mask_of(pc.binary_length(words.words))
    is_short = (lengths[firsts] <= SHORT) & (counts > 1)
    return places, words.words.take(pa.array(firsts + is_short))


def _of_names(places: Numbers, folded: pa.Array) -> Found:
    """Each word of each name."""
    words = Words.of(folded.take(pa.array(places)))
    return places[words.text], words.words


def _of_first_names(places: Numbers, folded: pa.Array) -> Found:
    """Each first name as a whole cell."""
    joined = pc.replace_substring(folded.take(pa.array(places)), " ", "")
    edge = pa.scalar(CELL, joined.type)
    return places, pc.binary_join_element_wise(edge, joined, edge, pa.scalar("", joined.type))


def _of_phones(places: Numbers, plain: pa.Array) -> Found:
    """The last nine digits of each number."""
    return places, pc.utf8_slice_codeunits(pc.replace_substring_regex(plain.take(pa.array(places)), "[^0-9]", ""), -9)


def _one_by_one(places: Numbers, texts: pa.Array, needles: Callable[[str], Sequence[str]]) -> Found:
    found = list(map(needles, texts.take(pa.array(places)).to_pylist()))
    counts = np.fromiter(map(len, found), np.int64, len(found))
    return np.repeat(places, counts), pa.array([needle for some in found for needle in some], pa.large_string())
