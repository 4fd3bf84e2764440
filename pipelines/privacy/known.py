"""Personal values that are known, by record.

Belongs here: what a record contains, in columns, for a source may have millions of records. Does not: what is looked
for of it (`told.py`), searching (`rows.py`, `everyone.py`), patterns (`detectors/`), keeping (`vault.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.everyone import Everyone
from pipelines.privacy.folding import Mask, Numbers, mask_of
from pipelines.privacy.multi_value import Values
from pipelines.privacy.needles import Needles
from pipelines.privacy.places import RecordId, Records
from pipelines.privacy.told import Told
from pipelines.schema.arrow import REPEATED
from pipelines.schema.reserved import RESERVED, RESERVED_SCHEMA

FIELD, VALUE = "champ", "valeur"
LINES = pa.schema([*RESERVED_SCHEMA, pa.field(FIELD, REPEATED), pa.field(VALUE, pa.large_string())])
"""A line for each value: its record, its field, itself."""
_SIGN = "[!-~]"


class PersonalValues:
    """Personal values by record, as (field, value)."""

    def __init__(self, by_record: Mapping[RecordId, Values] | None = None) -> None:
        triples = [(*record, name, value) for record, own in (by_record or {}).items() for name, value in own]
        if not triples:
            self._set(LINES.empty_table())  # `pa.array` would import pandas: half of a run with nothing to do
            return
        columns = zip(*triples, strict=True)
        kinds = (pa.int64() if pa.types.is_integer(item.type) else pa.large_string() for item in LINES)
        arrays = [pa.array(list(column), kind) for column, kind in zip(columns, kinds, strict=True)]
        self._set(pa.table(arrays, names=LINES.names))

    @classmethod
    def of_lines(cls, lines: pa.Table) -> PersonalValues:
        """From a line for each value, the columns called as those of `LINES`."""
        made = cls.__new__(cls)
        made._set(lines)
        return made

    @classmethod
    def of_table(cls, table: pa.Table, fields: Sequence[str]) -> PersonalValues:
        """From a text table with the reserved columns: the values of `fields`, nulls and blanks left out. Of a record
        that is in several rows, what the last of them says."""
        if not fields or not table.num_rows:
            return cls()
        cells = [table.column(name).cast(pa.large_string()).combine_chunks() for name in fields]
        row, field = np.nonzero(np.column_stack([_is_told(column) for column in cells]))  # row by row
        values = pa.concat_arrays(cells).take(pa.array(field * table.num_rows + row))
        lines = {name: table.column(name).take(pa.array(row)) for name in RESERVED}
        lines[FIELD] = pa.DictionaryArray.from_arrays(pa.array(field.astype(np.int32)), pa.array(fields, pa.string()))
        return cls.of_lines(_last_said(pa.table({**lines, VALUE: values}), row))

    def _set(self, lines: pa.Table) -> None:
        self._given = pa.table([_in_one(lines.column(item.name), item.type) for item in LINES], schema=LINES)

    @property
    def lines(self) -> pa.Table:
        """The values in the columns of `LINES`, those of a record together."""
        return self._by_records[0]

    @property
    def records(self) -> Records:
        """Whose the lines are."""
        return self._by_records[1]

    @cached_property
    def _by_records(self) -> tuple[pa.Table, Records]:
        records = Records(self._given)
        if records.are_together:
            return self._given, records
        lines = self._given.take(pa.array(np.argsort(records.of_line, kind="stable"))).combine_chunks()
        return lines, Records(lines)

    def __len__(self) -> int:
        return len(self.records)

    def __or__(self, other: PersonalValues) -> PersonalValues:
        """Both, the values of a record that is in both put together."""
        if not len(other):
            return self
        merged = dict(self.by_record)
        for record, values in other.by_record.items():
            merged[record] = tuple(dict.fromkeys((*merged.get(record, ()), *values)))
        return PersonalValues(merged)

    def is_as(self, other: PersonalValues) -> bool:
        """Whether both contain the same values in the same order."""
        return self is other or self.lines.equals(other.lines)

    def of(self, records: Iterable[RecordId]) -> Values:
        """The values of several records, cells of several values taken apart."""
        told, numbers = self.told, self._numbers
        return tuple(pair for record in records if record in numbers for pair in told.of_record(numbers[record]))

    def everyone(self) -> Everyone:
        """What can be distinguished from ordinary text, no matter whose it is: for files that belong to no record."""
        return Everyone.of_told(self.told)

    @cached_property
    def told(self) -> Told:
        """The values by the number of their record, cells of several values taken apart."""
        fields, values = self.lines.column(FIELD).combine_chunks(), self.lines.column(VALUE).combine_chunks()
        return Told.of(fields, values, self.records.of_line, len(self.records))

    @cached_property
    def needles(self) -> Needles:
        """What must be in a row that shows something of a record."""
        return Needles.of(self.told)

    @cached_property
    def by_record(self) -> Mapping[RecordId, Values]:
        """The values of each record: for few records, each value is an object of its own here."""
        found: dict[RecordId, list[tuple[str, str]]] = {record: [] for record in self.records.ids()}
        own = list(found.values())
        for number, pair in zip(self.records.of_line.tolist(), _pairs(self.lines), strict=True):
            own[number].append(pair)
        return {record: tuple(values) for record, values in found.items()}

    @cached_property
    def _numbers(self) -> Mapping[RecordId, int]:
        return {record: number for number, record in enumerate(self.records.ids())}


def _pairs(lines: pa.Table) -> Iterator[tuple[str, str]]:
    return zip(lines.column(FIELD).to_pylist(), lines.column(VALUE).to_pylist(), strict=True)


def _in_one(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return _encoded(column).unify_dictionaries().combine_chunks().cast(kind)
    return column.cast(kind).combine_chunks()


def _encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def _is_told(column: pa.Array) -> Mask:
    """Which cells contain more than blanks, as Python knows blanks; nearly all have a plain letter or sign."""
    is_told = mask_of(pc.fill_null(pc.match_substring_regex(column, _SIGN), fill_value=False)).copy()
    left = np.flatnonzero(~is_told)
    rest = column.take(pa.array(left)).to_pylist()
    is_told[left] = [bool(value) and not value.isspace() for value in rest]
    return is_told


def _last_said(lines: pa.Table, row: Numbers) -> pa.Table:
    """The lines that come from the last row of their record; the records in the order in which they first came."""
    records = Records(lines)
    last = np.zeros(len(records), np.int64)
    np.maximum.at(last, records.of_line, row)
    is_kept = last[records.of_line] == row
    if is_kept.all():
        return lines
    order = np.argsort(records.of_line, kind="stable")
    return lines.take(pa.array(order[is_kept[order]]))
