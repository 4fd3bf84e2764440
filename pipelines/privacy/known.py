"""Personal values that are known, by record.

Belongs here: what a record holds, cells of several values taken apart. Does not: searching (`rows.py`, `everyone.py`),
patterns (`detectors/`), where the values are kept (`vault.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import pyarrow as pa

from pipelines.privacy.everyone import Everyone
from pipelines.privacy.multi_value import Values, taken_apart

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
