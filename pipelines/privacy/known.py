"""Personal values that are known, by record.

Belongs here: what a record holds, cells of several values taken apart. Does not: searching (`rows.py`, `everyone.py`),
patterns (`detectors/`), where the values are kept (`vault.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat

import pyarrow as pa

from pipelines.privacy.everyone import Everyone
from pipelines.privacy.multi_value import Values, taken_apart_together

RECORD = ("_source", "_snapshot", "_part", "_position")
RecordId = tuple[str, str, str, int]


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
        """The values of several records, cells of several values taken apart."""
        return tuple(pair for record in records for pair in self._apart.get(record, ()))

    def of_rows(self, rows: Iterable[Sequence[RecordId]]) -> list[Values]:
        """The same for the records of each of many rows: of one, nearly always."""
        own = self._apart.get
        return [own(records[0], ()) if len(records) == 1 else self.of(records) for records in rows]

    def everyone(self) -> Everyone:
        """What can be told from ordinary text whoever's it is: for files that belong to no record."""
        return Everyone.of(self._apart.values())

    @cached_property
    def _apart(self) -> Mapping[RecordId, Values]:
        """By record, cells of several values taken apart: all records at once, for few have such cells."""
        records = list(self.by_record)
        apart = taken_apart_together(list(self.by_record.values()))
        return {**self.by_record, **{records[place]: values for place, values in apart.items()}}


def _records(table: pa.Table, fields: Sequence[str]) -> Iterator[tuple[RecordId, Values]]:
    ids = zip(*(table.column(name).to_pylist() for name in RECORD), strict=True)
    columns = [table.column(name).to_pylist() for name in fields]
    rows = zip(*columns, strict=True) if columns else repeat(())
    for record, row in zip(ids, rows, strict=False):
        yield record, tuple([pair for pair in zip(fields, row, strict=True) if pair[1] and not pair[1].isspace()])
