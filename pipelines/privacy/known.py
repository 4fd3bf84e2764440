"""Personal values that are known: those of each record, and what of everybody's can be told from ordinary text.

Belongs here: values by record, and the search of texts that belong to no record. Does not: the strong test on a
record's own rows (`rows.py`), patterns (`detectors/`), where the values are kept (`vault.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, repeat

import pyarrow as pa

from pipelines.privacy.kinds import FIRST_NAMES, Kind, kind_of
from pipelines.privacy.multi_value import Values, taken_apart
from pipelines.privacy.normalisation import digits, fold, unmask
from pipelines.privacy.search_terms import name_words, rotations

RECORD = ("_source", "_snapshot", "_part", "_position")
RecordId = tuple[str, str, str, int]


@dataclass(frozen=True)
class PersonalValues:
    """Personal values by record, as (field, value)."""

    by_record: Mapping[RecordId, Values] = field(default_factory=dict)
    _apart: dict[RecordId, Values] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def of_table(cls, table: pa.Table, fields: Sequence[str]) -> PersonalValues:
        """From a text table with the reserved columns: the values of `fields`, nulls and blanks left out."""
        return cls({record: values for record, values in _records(table, fields) if values})

    def __len__(self) -> int:
        return len(self.by_record)

    def __or__(self, other: PersonalValues) -> PersonalValues:
        """Both, the values of a record that is in both put together."""
        merged = dict(self.by_record)
        for record, values in other.by_record.items():
            merged[record] = tuple(dict.fromkeys((*merged.get(record, ()), *values)))
        return PersonalValues(merged)

    def of(self, records: Iterable[RecordId]) -> Values:
        """The values of several records, cells of several values taken apart."""
        found = [self._of(record) for record in records]
        return found[0] if len(found) == 1 else tuple(pair for values in found for pair in values)

    def everyone(self) -> Everyone:
        """What can be told from ordinary text whoever's it is: for files that belong to no record."""
        return Everyone.of(map(self._of, self.by_record))

    def _of(self, record: RecordId) -> Values:
        found = self._apart.get(record)
        if found is None:
            found = self._apart[record] = taken_apart(self.by_record.get(record, ()))
        return found


def _records(table: pa.Table, fields: Sequence[str]) -> Iterator[tuple[RecordId, Values]]:
    ids = zip(*(table.column(name).to_pylist() for name in RECORD), strict=True)
    columns = [table.column(name).to_pylist() for name in fields]
    rows = zip(*columns, strict=True) if columns else repeat(())
    for record, row in zip(ids, rows, strict=False):
        yield record, tuple([pair for pair in zip(fields, row, strict=True) if pair[1] and not pair[1].isspace()])


@dataclass(frozen=True)
class Everyone:
    """Full names and numbers of everybody, for texts that belong to no record. Single words are left out of it."""

    names: Mapping[int, frozenset[tuple[bytes, ...]]]
    joined: frozenset[bytes]
    numbers: frozenset[bytes]

    @classmethod
    def of(cls, records: Iterable[Values]) -> Everyone:
        names: dict[int, set[tuple[bytes, ...]]] = {}
        numbers: set[bytes] = set()
        for values in records:
            kinds = [(kind_of(name, value), value) for name, value in values]
            first = [name_words(fold(unmask(value))) for kind, value in kinds if kind is Kind.FIRST_NAME]
            last = [name_words(fold(unmask(value))) for kind, value in kinds if kind is Kind.NAME]
            full = [words for words in last if len(words) > 1 and not _are_first_names(words)]
            full += [[*given, *family] for given in first for family in last if given and family]
            for words in full:
                if len(words) <= 5 and len(b"".join(words)) >= 6:
                    names.setdefault(len(words), set()).update(rotations(words))
            numbers.update(
                digits(fold(value))[-9:]
                for kind, value in kinds
                if kind in (Kind.PHONE, Kind.OTHER) and _is_long(value)
            )
        joined = frozenset(b"".join(order) for orders in names.values() for order in orders)
        return cls(
            {size: frozenset(orders) for size, orders in names.items()},
            frozenset(name for name in joined if len(name) >= 8),
            frozenset(numbers),
        )

    def __bool__(self) -> bool:
        return bool(self.names or self.numbers)

    def kind_in(self, text: str) -> Kind | None:
        """What kind of somebody's value stands in an unmasked text, if any."""
        if not self:
            return None
        words = fold(text).split()
        if not self.joined.isdisjoint(words):
            return Kind.NAME
        for size, orders in self.names.items():
            if not orders.isdisjoint(zip(*(words[shift:] for shift in range(size)), strict=False)):
                return Kind.NAME
        runs = re.findall(r"\d(?:[\s./_-]{0,3}\d){7,}", text) if self.numbers else ()
        return Kind.PHONE if any(not self.numbers.isdisjoint(_numbers_in(run)) for run in runs) else None


def _numbers_in(run: str) -> Iterator[bytes]:
    """The numbers that may stand in groups of digits that follow each other: "06 12 34 56 78 / 2024" is two. Of nine
    digits what comes before is a prefix; eight are a number of their own."""
    groups = re.findall(rb"\d+", run.encode())
    whole, ends = b"".join(groups), list(accumulate(map(len, groups)))
    starts = {0, *ends}
    for end in ends:
        if end >= 9:
            yield whole[end - 9 : end]
        if end - 8 in starts:
            yield whole[end - 8 : end]


def _is_long(value: str) -> bool:
    return len(digits(fold(value))) >= 8


def _are_first_names(words: Sequence[bytes]) -> bool:
    """ "Jean Paul" alone names too many people and too many streets."""
    return all(word.decode() in FIRST_NAMES for word in words)
