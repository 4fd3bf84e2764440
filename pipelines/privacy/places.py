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
from pipelines.schema.reserved import PART, POSITION, RESERVED, SNAPSHOT, SOURCE

PartId = tuple[str, str, str]
"""Source, snapshot, part."""
RecordId = tuple[str, str, str, int]


class Records:
    """The records that lines are of, numbered as they first come.

    `lines` has the reserved columns. Of each of its lines, `of_line` is the number of its record, `part_of_line` the
    place of its part in `parts`.
    """

    def __init__(self, lines: pa.Table) -> None:
        self.part_of_line, self.parts = _parts(lines)
        self._code = {part: code for code, part in enumerate(self.parts)}
        positions = _positions(lines)
        self._known = _ascending(positions)
        marks = self.part_of_line * len(self._known) + np.searchsorted(self._known, positions)
        self._lines = lines
        self._number(marks)

    def _number(self, marks: Numbers) -> None:
        is_first = np.ones(len(marks), np.bool_)
        is_first[1:] = marks[1:] != marks[:-1]
        starts = marks[is_first]
        if (starts[1:] > starts[:-1]).all():  # as they nearly always come: in the order of the file that they are from
            self.of_line = np.cumsum(is_first) - 1
            self._sorted, self._numbers = starts, np.arange(len(starts))
            self.firsts = np.flatnonzero(is_first)
            return
        self._sorted, firsts, places = np.unique(marks, return_index=True, return_inverse=True)
        self._numbers = np.argsort(np.argsort(firsts))
        self.of_line = self._numbers[places]
        self.firsts = np.sort(firsts)

    def __len__(self) -> int:
        return len(self._sorted)

    @property
    def are_together(self) -> bool:
        """Whether the lines of each record follow each other, in the order of the records."""
        return bool((self.of_line[1:] >= self.of_line[:-1]).all())

    def ids(self) -> list[RecordId]:
        """Each record, in order."""
        return record_ids(self._lines.select(list(RESERVED)).take(pa.array(self.firsts)))

    def numbers_of(self, places: pa.Table) -> Numbers:
        """The number of the record that each line of another table with the reserved columns is of; -1 for none."""
        if not len(self):
            return np.full(places.num_rows, -1, np.int64)
        codes, parts = _parts(places)
        own = np.array([self._code.get(part, -1) for part in parts], np.int64)[codes] if parts else codes
        positions = _positions(places)
        rank = np.minimum(np.searchsorted(self._known, positions), len(self._known) - 1)
        is_known = (own >= 0) & (self._known[rank] == positions)
        marks = own * len(self._known) + rank
        place = np.minimum(np.searchsorted(self._sorted, marks), len(self._sorted) - 1)
        return np.where(is_known & (self._sorted[place] == marks), self._numbers[place], -1)


@dataclass(frozen=True)
class Origins:
    """The records that each row of a table is from: `rows` says whose each line of `places` is, row after row.

    `places`: the reserved columns, several lines for a row that several records made.
    """

    rows: Numbers
    places: pa.Table

    @classmethod
    def of(cls, text: pa.Table, provenance: pa.Table | None, key: Sequence[str]) -> Origins | None:
        """By the reserved columns of a text table, or by its provenance, which has its key as text and the reserved
        columns; none where nothing says them."""
        if set(RESERVED).issubset(text.column_names):
            return cls(np.arange(text.num_rows), text.select(list(RESERVED)))
        if provenance is None or not key:
            return None
        keys = list(key)
        lines = pa.table({name: provenance.column(name).cast(pa.string()) for name in keys})
        if _is_a_line_each(text, lines, keys):
            return cls(np.arange(text.num_rows), provenance.select(list(RESERVED)))
        rows, found = _matching(text.select(keys), lines)
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


def _is_a_line_each(text: pa.Table, lines: pa.Table, keys: Sequence[str]) -> bool:
    """Whether the lines are those of the rows one by one, no two of one key."""
    if len(keys) > 1 or lines.num_rows != text.num_rows:
        return False
    column = text.column(keys[0])
    return bool(column.equals(lines.column(0)) and pc.count_distinct(column, mode="all").as_py() == text.num_rows)


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


def _ascending(positions: Numbers) -> Numbers:
    is_new = np.ones(len(positions), np.bool_)
    is_new[1:] = positions[1:] > positions[:-1]
    is_sorted = bool((positions[1:] >= positions[:-1]).all())
    return positions[is_new] if is_sorted else np.unique(positions)


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
