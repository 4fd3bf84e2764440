"""Personal values that are known, by record.

Belongs here: what a record contains, in columns, for a source may have millions of records. Does not: what is looked
for of it (`searched_values.py`), searching (`rows.py`, `everyone.py`), patterns (`detectors/`), keeping (`vault.py`).
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
from pipelines.privacy.places import RecordId, Records
from pipelines.privacy.searched_values import SearchedValues
from pipelines.schema.arrow import REPEATED
from pipelines.schema.reserved import RESERVED, RESERVED_SCHEMA
from pipelines.storage.sorting import in_order
from pipelines.storage.spool import Spool, brought, filtered, is_large, leave_out, pieces

FIELD, VALUE = "champ", "valeur"
LINES = pa.schema([*RESERVED_SCHEMA, pa.field(FIELD, REPEATED), pa.field(VALUE, pa.large_string())])
"""A line for each value: its record, its field, itself."""
PLACE = "place"
_DEALT = pa.schema([pa.field(PLACE, pa.int64()), pa.field(FIELD, REPEATED), pa.field(VALUE, pa.large_string())])
_SIGN = "[!-~]"
TOGETHER = 65_536
"""Lines that are worked on at once: more would not stay in the processor's own memory."""


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
        has_one_row_each = len(Records(table)) == table.num_rows
        spool = Spool(LINES)
        for piece in pieces(table, TOGETHER) if has_one_row_each else [table]:
            lines, row = _lines_of(piece, fields)
            spool.add(lines if has_one_row_each else _last_said(lines, row))
        return cls.of_lines(spool.table())

    def _set(self, lines: pa.Table) -> None:
        if lines.schema.equals(LINES) and is_large(lines):  # on disk, where it stays
            self._given = lines
            return
        self._given = pa.table([_in_one(lines.column(item.name), item.type) for item in LINES], schema=LINES)

    @property
    def lines(self) -> pa.Table:
        """The values in the columns of `LINES`, those of a record together."""
        return self._by_records[0]

    @property
    def records(self) -> Records:
        """Whose the lines are."""
        return self._by_records[1]

    def lines_of_part(self, code: int) -> pa.Table:
        """The values of the records of one part, given by its place in `records.parts`."""
        is_of_part = self.records.part_of == code
        if is_of_part.all():
            return self.lines
        return filtered(self.lines, pa.array(np.repeat(is_of_part, np.diff(self._bounds))))

    @cached_property
    def _by_records(self) -> tuple[pa.Table, Records]:
        records = Records(self._given)
        if records.are_together:
            return self._given, records
        if is_large(self._given):
            lines = _beside_each_other(self._given, records)
        else:
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
        numbers = [self._numbers[record] for record in records if record in self._numbers]
        searched = self.searched_of(np.array(numbers, np.int64))
        return tuple(pair for number in range(len(numbers)) for pair in searched.of_record(number))

    def everyone(self) -> Everyone:
        """What can be distinguished from ordinary text, no matter whose it is: for files that belong to no record."""
        return Everyone.of_searched(self.searched())

    def searched(self) -> Iterator[SearchedValues]:
        """The values by the number of their record, cells of several values taken apart: some records at a time."""
        bounds, start = self._bounds, 0
        while start < len(self):
            end = max(start + 1, int(np.searchsorted(bounds, bounds[start] + TOGETHER, side="right")) - 1)
            yield self.searched_of_lines(self.lines, bounds[start : end + 1])
            start = end
            leave_out()

    def searched_of(self, records: Numbers) -> SearchedValues:
        """The values of some records, which are numbered from 0 there, as `records` has them; the lines in memory."""
        if len(records) and (np.diff(records) == 1).all():  # they are beside each other
            return self.searched_of_lines(self.lines, self._bounds[records[0] : records[-1] + 2])
        counts = self._bounds[records + 1] - self._bounds[records]
        ends = np.concatenate([[0], np.cumsum(counts)])
        places = np.repeat(self._bounds[records] - ends[:-1], counts) + np.arange(ends[-1])
        return self.searched_of_lines(self.lines.select([FIELD, VALUE]).take(pa.array(places)), ends)

    def dealt_out(self, records: Numbers) -> tuple[pa.Table, Numbers]:
        """The fields and values of each of `records`, of which some may come again, one record after the other, and
        where those of each begin: as much on disk as the lines are."""
        order, counts = np.argsort(records, kind="stable"), np.diff(self._bounds)
        wanted, spool, bounds = records[order], Spool(_DEALT), self._bounds
        start = 0
        while start < len(self):
            end = max(start + 1, int(np.searchsorted(bounds, bounds[start] + TOGETHER, side="right")) - 1)
            first, last = np.searchsorted(wanted, [start, end])
            own, lines = wanted[first:last], brought(self.lines.slice(bounds[start], bounds[end] - bounds[start]))
            ends = np.cumsum(counts[own])
            begins = bounds[own] - bounds[start] - (ends - counts[own])
            places = pa.array(np.repeat(begins, counts[own]) + np.arange(ends[-1] if len(ends) else 0))
            some = [lines.column(name).combine_chunks().take(places) for name in (FIELD, VALUE)]
            spool.add(pa.table([pa.array(np.repeat(order[first:last], counts[own])), *some], schema=_DEALT))
            start = end
            leave_out()
        ordered = in_order(spool.table(), lambda rows: rows.select([PLACE]))
        return ordered.select([FIELD, VALUE]), np.concatenate([[0], np.cumsum(counts[records])])

    @staticmethod
    def searched_of_lines(lines: pa.Table, bounds: Numbers) -> SearchedValues:
        """The values of records from lines with their fields and values; `bounds`: where the lines of each record
        begin, and where those of the last one end."""
        own = brought(lines.slice(bounds[0], bounds[-1] - bounds[0]))
        fields, values = (own.column(name).combine_chunks() for name in (FIELD, VALUE))
        return SearchedValues.of(
            fields, values, np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)), len(bounds) - 1
        )

    @cached_property
    def _bounds(self) -> Numbers:
        """Where the lines of each record begin, and where those of the last one end."""
        return np.append(self.records.firsts, self.lines.num_rows)

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


def _beside_each_other(lines: pa.Table, records: Records) -> pa.Table:
    """The lines of each record together, on disk."""
    whole = lines.append_column(pa.field(PLACE, pa.int64()), pa.array(records.of_line))
    return in_order(whole, lambda rows: rows.select([PLACE])).select(LINES.names)


def _lines_of(table: pa.Table, fields: Sequence[str]) -> tuple[pa.Table, Numbers]:
    """A line for each value of some fields, row after row, and the row of each."""
    cells = [table.column(name).cast(pa.large_string()).combine_chunks() for name in fields]
    row, field = np.nonzero(np.column_stack([_is_told(column) for column in cells]))
    kinds = {name: _in_one(table.column(name), LINES.field(name).type).take(pa.array(row)) for name in RESERVED}
    names = pa.DictionaryArray.from_arrays(pa.array(field.astype(np.int32)), pa.array(fields, pa.string()))
    values = pa.concat_arrays(cells).take(pa.array(field * table.num_rows + row))
    return pa.table([*kinds.values(), names, values], schema=LINES), row


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
