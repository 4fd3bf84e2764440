"""The strong test: a record's own personal values, looked for in whatever is published of it.

Belongs here: personal values by record, and the search of rows and texts for them. Does not: patterns (`detectors/`),
decisions (`gate.py`), where the values are kept (`vault.py`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

import pyarrow as pa

from pipelines.rules.privacy.folding import CELL, compact, digits, fold, fold_all, unmask
from pipelines.rules.privacy.kinds import FIRST_NAMES, Kind, kind_of
from pipelines.rules.privacy.probes import TEXT, Probe, forms_of, name_words, probes, probes_of_value, rotations
from pipelines.rules.privacy.sifting import unmasked

RECORD = ("_source", "_snapshot", "_part", "_position")
RecordId = tuple[str, str, str, int]
Values = tuple[tuple[str, str], ...]

DIGEST = r"\b(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})\b"
_DIGEST = re.compile(DIGEST)
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256"}


@dataclass(frozen=True)
class PersonalValues:
    """Personal values by record, as (field, value)."""

    by_record: Mapping[RecordId, Values] = field(default_factory=dict)

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
        """The values of several records."""
        return tuple(pair for record in records for pair in self.by_record.get(record, ()))

    def everyone(self) -> Everyone:
        """What can be told from ordinary text whoever's it is: for files that belong to no record."""
        return Everyone.of(self.by_record.values())


def _records(table: pa.Table, fields: Sequence[str]) -> Iterator[tuple[RecordId, Values]]:
    ids = zip(*(table.column(name).to_pylist() for name in RECORD), strict=True)
    columns = [table.column(name).to_pylist() for name in fields]
    for row, record in enumerate(ids):
        kept = ((name, column[row]) for name, column in zip(fields, columns, strict=True))
        yield record, tuple((name, value) for name, value in kept if value and value.strip())


def held_in_rows(
    values: Sequence[Values], columns: Mapping[str, Sequence[str]], places: frozenset[str], digests: Set[int]
) -> Iterator[tuple[int, str, Kind]]:
    """(row, column, kind) wherever a value of a row's records shows in it.

    `values` of the records of each row; `columns` of unmasked cells; `digests`, the rows where some cell may be a hash
    (`DIGEST`). A single word that also stands in one of the columns `places` (official place names) is explained by it:
    somebody called Beaumont may live in Beaumont.
    """
    for start in range(0, len(values), _BATCH):
        some = values[start : start + _BATCH]
        texts = unmasked(pa.chunked_array([pa.array([text for own in some for _, text in own], pa.string())]))
        told, folded_values = iter(texts), iter(fold_all(texts))
        folded = [_folded_column(cells[start : start + _BATCH]) for cells in columns.values()]
        for row, (fields, cells) in enumerate(zip(some, zip(*folded, strict=True), strict=True), start=start):
            own = [(name, next(told)) for name, _ in fields]
            if not own:
                continue
            wanted = probes(own, folded_values)
            text = _text_of(columns, row) if any(probe.form == TEXT for probe in wanted) else b""
            forms = forms_of(cells, text)
            hit = [probe for probe in wanted if probe.key in forms[probe.form] and probe.hits(forms)]
            if hit:
                yield from (
                    (row, *found) for found in _by_column(hit, dict(zip(columns, cells, strict=True)), places, text)
                )
            if row in digests:
                yield from (
                    (row, *found) for found in _digests(own, {name: column[row] for name, column in columns.items()})
                )


_BATCH = 2048


def _folded_column(cells: Sequence[str]) -> list[bytes]:
    """The folded form of each cell; equal cells are folded once."""
    unique = list(dict.fromkeys(cells))
    forms = dict(zip(unique, fold_all(unique), strict=True))
    return [forms[cell] for cell in cells]


def _text_of(columns: Mapping[str, Sequence[str]], row: int) -> bytes:
    return CELL.join(cells[row] for cells in columns.values()).lower().encode()


def _by_column(
    hit: Sequence[Probe], cells: Mapping[str, bytes], places: frozenset[str], text: bytes
) -> Iterator[tuple[str, Kind]]:
    """Which cells hold what a row holds, once for each kind."""
    named = b" ".join(cells[name] for name in sorted(places.intersection(cells)))
    left = [probe for probe in hit if probe.word is None or b" " + probe.word + b" " not in named]
    for name, cell in cells.items():
        forms = forms_of([cell], text)
        for kind in sorted({probe.kind for probe in left if probe.hits(forms)}):
            yield name, kind


def _digests(values: Iterable[tuple[str, str]], cells: Mapping[str, str]) -> Iterator[tuple[str, Kind]]:
    """A hash of an e-mail address or a number is no anonymisation: whoever has the list of addresses undoes it."""
    sought: dict[str, Kind] = {}
    for name, value in values:
        kind = kind_of(name, value)
        if not probes_of_value(kind, value, fold(value)):
            continue
        number = digits(fold(value)).decode()
        spellings = {value, value.strip().lower(), value.strip().upper()} | ({number} if len(number) >= 8 else set())
        for spelling in spellings:
            for algorithm in _ALGORITHMS.values():
                sought[hashlib.new(algorithm, spelling.encode(), usedforsecurity=False).hexdigest()] = kind
    for column, cell in cells.items():
        for match in _DIGEST.finditer(cell):
            if match[0].lower() in sought:
                yield column, sought[match[0].lower()]


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
        return Kind.PHONE if any(compact(digits(run.encode()))[-9:] in self.numbers for run in runs) else None


def _is_long(value: str) -> bool:
    return len(digits(fold(value))) >= 8


def _are_first_names(words: Sequence[bytes]) -> bool:
    """ "Jean Paul" alone names too many people and too many streets."""
    return all(word.decode() in FIRST_NAMES for word in words)
