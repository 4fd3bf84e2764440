"""Records by where they were read: which lines of a table are of the same record, which rows of another are from it.

Belongs here: the reserved columns of many lines at once. Does not: what is in a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.folding import Numbers
from pipelines.schema.arrow import as_text
from pipelines.schema.reserved import PART, POSITION, RESERVED, SNAPSHOT, SOURCE
from pipelines.storage.memory import table_memory
from pipelines.storage.spool import brought, leave_out, on_disk, pieces

TOGETHER = 65_536
"""Lines that are looked at together."""
MOST_MARKS = 1 << 62
PartId = tuple[str, str, str]
"""Source, snapshot, part."""
RecordId = tuple[str, str, str, int]


class Records:
    """The records that lines are of, numbered as they first come.

    `lines` has the reserved columns. Of each record, `firsts` has its first line, `part_of` the place of its part in
    `parts`. In memory are three numbers for each record, on disk where that is much.
    """

    def __init__(self, lines: pa.Table) -> None:
        self._lines, self._code = lines, dict[PartId, int]()
        starts = _Starts()
        for piece in pieces(lines.select(list(RESERVED)), TOGETHER):
            codes, parts = _parts(piece)
            own = [self._code.setdefault(part, len(self._code)) for part in parts]
            starts.add(np.array(own, np.int64)[codes], _positions(piece))
        self.parts = list(self._code)
        firsts, part_of, positions = starts.whole()
        self._least, self._span = _range(positions)
        if len(self.parts) * self._span > MOST_MARKS:
            raise OverflowError("positions beyond 2⁶²")
        marks = part_of * self._span + (positions - self._least)
        self.are_together = bool((marks[1:] > marks[:-1]).all())
        if self.are_together:
            self.firsts, self.part_of = _kept(firsts), _kept(part_of)
            self._sorted, self._numbers = _kept(marks), None
            return
        self._sorted, first, places = np.unique(marks, return_index=True, return_inverse=True)
        self._numbers = np.argsort(np.argsort(first))
        self._of_start, self._starts = self._numbers[places], firsts
        self.firsts, self.part_of = firsts[np.sort(first)], part_of[np.sort(first)]
        self.are_together = bool((self._of_start[1:] > self._of_start[:-1]).all())

    def __len__(self) -> int:
        return len(self._sorted)

    @property
    def of_line(self) -> Numbers:
        """The number of the record of each line."""
        is_plain = self._numbers is None
        starts, numbers = (self.firsts, np.arange(len(self))) if is_plain else (self._starts, self._of_start)
        return np.repeat(numbers, np.diff(np.append(starts, self._lines.num_rows)))

    def ids(self) -> list[RecordId]:
        """Each record, in order."""
        return record_ids(self._lines.select(list(RESERVED)).take(pa.array(self.firsts)))

    def numbers_of(self, places: pa.Table) -> Numbers:
        """The number of the record that each line of another table with the reserved columns is of; -1 for none."""
        found = [self._numbers_of(piece) for piece in pieces(places, TOGETHER)] if len(self) else []
        return np.concatenate(found) if found else np.full(places.num_rows, -1, np.int64)

    def _numbers_of(self, places: pa.Table) -> Numbers:
        codes, parts = _parts(places)
        own = np.array([self._code.get(part, -1) for part in parts], np.int64)[codes]
        positions = _positions(places) - self._least
        is_known = (own >= 0) & (positions >= 0) & (positions < self._span)
        marks = np.where(is_known, own * self._span + positions, -1)
        order = np.argsort(marks, kind="stable")
        place = np.empty(len(marks), np.int64)
        place[order] = np.minimum(np.searchsorted(self._sorted, marks[order]), len(self._sorted) - 1)
        numbers = place if self._numbers is None else self._numbers[place]
        return np.where(is_known & (self._sorted[place] == marks), numbers, -1)


class _Starts:
    """Where a record begins, piece by piece: its first line, the place of its part, its position."""

    def __init__(self) -> None:
        self._line, self._last = 0, (-1, -1)
        self._found: list[tuple[Numbers, Numbers, Numbers]] = []

    def add(self, parts: Numbers, positions: Numbers) -> None:
        """The next lines."""
        is_first = np.ones(len(parts), np.bool_)
        is_first[1:] = (parts[1:] != parts[:-1]) | (positions[1:] != positions[:-1])
        is_first[:1] = (int(parts[0]), int(positions[0])) != self._last if len(parts) else False
        self._found.append((np.flatnonzero(is_first) + self._line, parts[is_first], positions[is_first]))
        if len(parts):
            self._line, self._last = self._line + len(parts), (int(parts[-1]), int(positions[-1]))

    def whole(self) -> tuple[Numbers, Numbers, Numbers]:
        """All of them."""
        columns = zip(*self._found, strict=True) if self._found else [[np.zeros(0, np.int64)]] * 3
        first, part, position = (np.concatenate(list(column)) for column in columns)
        return first, part, position


def _range(positions: Numbers) -> tuple[int, int]:
    """The least position, and how many there may be."""
    if not len(positions):
        return 0, 1
    least = int(positions.min())
    return least, int(positions.max()) - least + 1


def _kept(numbers: Numbers) -> Numbers:
    """Numbers in memory, or on disk where they are many."""
    return on_disk(numbers.dtype, [numbers]) if numbers.nbytes > table_memory() else numbers


@dataclass(frozen=True)
class Origins:
    """The records that each row of a table is from: `rows` says whose each line of `places` is, row after row.

    `places`: the reserved columns, several lines for a row that several records made.
    """

    rows: Numbers
    places: pa.Table

    @classmethod
    def of(cls, table: pa.Table, provenance: pa.Table | None, key: Sequence[str]) -> Origins | None:
        """By the reserved columns of a table, or by its provenance, which has its key as text and the reserved columns;
        none where nothing says them."""
        if set(RESERVED).issubset(table.column_names):
            return cls(np.arange(table.num_rows), table.select(list(RESERVED)))
        if provenance is None or not key:
            return None
        keys = table.select(list(key))
        if _is_a_line_each(keys, provenance):
            return cls(np.arange(table.num_rows), provenance.select(list(RESERVED)))
        lines = pa.table({name: provenance.column(name).cast(pa.string()) for name in key})
        rows, found = _matching(as_text(keys), lines)
        return cls(rows, provenance.select(list(RESERVED)).take(pa.array(found)))

    def first_of(self, row: int) -> RecordId | None:
        """The record that a row is from, the first of several."""
        line = int(np.searchsorted(self.rows, row))
        if line == len(self.rows) or self.rows[line] != row:
            return None
        return record_ids(self.places.slice(line, 1))[0]


def record_ids(places: pa.Table) -> list[RecordId]:
    """The record of each line of a table with the reserved columns."""
    source, snapshot, part, position = (places.column(name).to_pylist() for name in RESERVED)
    return list(zip(source, snapshot, part, map(int, position), strict=True))


def _is_a_line_each(keys: pa.Table, provenance: pa.Table) -> bool:
    """Whether the lines are those of the rows one by one, and no two are of one key: they ascend, as those of a release
    do, or are few enough to be counted."""
    if keys.num_columns > 1 or provenance.num_rows != keys.num_rows:
        return False
    told, ascend, last = provenance.column(keys.column_names[0]), True, None
    for start in range(0, keys.num_rows, TOGETHER):
        own = as_text(brought(keys.slice(start, TOGETHER))).column(0).combine_chunks()
        if not own.equals(brought(told.slice(start, TOGETHER)).cast(own.type).combine_chunks()):
            return False
        both = own if last is None else pa.concat_arrays([last, own])
        ascend &= bool(pc.all(pc.greater(both[1:], both[:-1]), skip_nulls=False, min_count=0).as_py())
        last = own[-1:]
        leave_out()
    return ascend or bool(pc.count_distinct(keys.column(0), mode="all").as_py() == keys.num_rows)


def _matching(rows: pa.Table, lines: pa.Table) -> tuple[Numbers, Numbers]:
    """The rows and the lines that have the same key, row after row, an absent part of a key equal to another."""
    import polars

    names = [f"key{place}" for place in range(rows.num_columns)]
    frames = []
    for name, table in (("row", rows), ("line", lines)):
        numbered = table.rename_columns(names).append_column(name, pa.array(np.arange(table.num_rows)))
        frame = polars.from_arrow(numbered)
        assert isinstance(frame, polars.DataFrame)
        frames.append(frame)
    found = frames[0].join(frames[1], on=names, how="inner", nulls_equal=True).sort("row", "line")
    return found["row"].to_numpy(), found["line"].to_numpy()


def _positions(table: pa.Table) -> Numbers:
    positions: Numbers = table.column(POSITION).cast(pa.int64()).to_numpy()
    return positions


def _parts(table: pa.Table) -> tuple[Numbers, list[PartId]]:
    """A code for the part that each line is of, and the parts by their codes."""
    codes = np.zeros(table.num_rows, np.int64)
    parts: list[tuple[str, ...]] = [()]
    for name in (SOURCE, SNAPSHOT, PART):
        texts, places = _encoded(table.column(name))
        both = codes * len(texts) + places
        met = np.flatnonzero(np.bincount(both, minlength=1)) if len(both) else np.zeros(0, np.int64)
        again = np.zeros(int(met[-1]) + 1 if len(met) else 0, np.int64)
        again[met] = np.arange(len(met))
        parts = [(*parts[mark // len(texts)], texts[mark % len(texts)]) for mark in met.tolist()]
        codes = again[both]
    return codes, [(part[0], part[1], part[2]) for part in parts]


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], Numbers]:
    """The distinct texts of a column, an absent one among them, and the place of each."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    whole = encoded.unify_dictionaries().combine_chunks()
    texts = whole.dictionary.to_pylist()
    places = pc.fill_null(whole.indices, len(texts)).to_numpy(zero_copy_only=False).astype(np.int64)
    return [*texts, None], places
