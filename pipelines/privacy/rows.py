"""The strong test: a record's own personal values, looked for in every row that is published of it.

Belongs here: the search of rows, many at a time. Does not: what is looked for (`prefilter.py`, `search_terms.py`),
decisions (`gate.py`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.folding import Numbers
from pipelines.privacy.kinds import Kind
from pipelines.privacy.known import TOGETHER, PersonalValues
from pipelines.privacy.multi_value import Values
from pipelines.privacy.needles import Needles
from pipelines.privacy.normalisation import (
    CELL,
    DISGUISED,
    ROW,
    compact,
    compact_rows,
    digits,
    fold,
    fold_rows,
    unmask,
)
from pipelines.privacy.places import Origins
from pipelines.privacy.prefilter import Rows, Sought, Value
from pipelines.privacy.readings import READ_OTHERWISE
from pipelines.privacy.search_terms import TEXT, Probe, probes, probes_of_value
from pipelines.privacy.searched_values import SearchedValues
from pipelines.privacy.sifting import matching_rows, read_cells
from pipelines.storage.spool import is_large, leave_out

_BATCH = 8192
_NEAR = 65_536
"""Rows that are looked at together have numbers as near as that: a table on disk is read from its start to its end."""
_DIGEST_SIEVE = r"\b(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})\b"
_DIGEST = re.compile(_DIGEST_SIEVE)
_ALGORITHMS = ("md5", "sha1", "sha256")


@dataclass(frozen=True)
class RowValues:
    """The values of the records that some rows are from: `rows` and `records`, row after row, a pair for each record of
    a row that has some; `searched` are the values of these records, `needles` what shows of them at first sight."""

    searched: SearchedValues
    needles: Needles
    rows: Numbers
    records: Numbers

    @classmethod
    def of(cls, personal: PersonalValues, origins: Origins) -> Iterator[RowValues]:
        """The values of the rows, some rows at a time."""
        records = personal.records.numbers_of(origins.places)
        has_values = np.flatnonzero(records >= 0)
        rows, records = origins.rows[has_values], records[has_values]
        is_on_disk = is_large(personal.lines)
        dealt, begins = personal.dealt_out(records) if is_on_disk and len(rows) else (personal.lines, rows)
        start = 0
        while start < len(rows):
            end = int(np.searchsorted(rows, rows[min(start + TOGETHER, len(rows)) - 1], side="right"))
            if is_on_disk:
                searched = personal.searched_of_lines(dealt, begins[start : end + 1])
                own = np.arange(end - start)
            else:
                some, own = _distinct(records[start:end])
                searched = personal.searched_of(some)
            yield cls(searched, Needles.of(searched), rows[start:end], own)
            start = end
            leave_out()

    def of_rows(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Of some rows, in order: the place of each pair's row among them, and its record."""
        starts, ends = (np.searchsorted(self.rows, rows, side=side) for side in ("left", "right"))
        counts = ends - starts
        before = np.cumsum(counts) - counts
        pairs = np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
        return np.repeat(np.arange(len(rows)), counts), self.records[pairs]


def _distinct(records: Numbers) -> tuple[Numbers, Numbers]:
    """The records, each once and in order, and the place of each among them."""
    if (records[1:] > records[:-1]).all():
        return records, np.arange(len(records))
    order = np.argsort(records, kind="stable")
    is_new = np.diff(records[order], prepend=-1) > 0
    places = np.empty(len(records), np.int64)
    places[order] = np.cumsum(is_new) - 1
    return records[order][is_new], places


Plain = Callable[[Numbers, bool], pa.Table]
"""The cells of some rows of a table, which are near each other, as unmasked text: of all columns, or of those that are
no plain numbers."""


def held_in_rows(
    own: Iterable[RowValues], plain: Plain, places: frozenset[str]
) -> Iterator[tuple[int, str, Kind, str]]:
    """(row, column, kind, cell) wherever a value of a row's records shows in it.

    `own`: what the records of the rows hold. A single word that also is in one of the columns `places` (official
    place names) is explained by it: somebody called Beaumont may live in Beaumont.
    """
    for values in own:
        with_values = values.rows[np.diff(values.rows, prepend=-1) > 0]
        start = 0
        while start < len(with_values):
            far = int(np.searchsorted(with_values, with_values[start] + _NEAR))
            rows = with_values[start : min(start + _BATCH, far)]
            showing = rows[_may_show(values, rows, plain(rows, values.needles.may_be_numbers))]
            if len(showing):
                yield from _held(values, showing, plain(showing, True), places)
            start += len(rows)


def _may_show(own: RowValues, numbers: Numbers, table: pa.Table) -> list[int]:
    """The places of the rows that may show something of their records, in order."""
    read, may_be_digests = _read(table)
    return sorted(own.needles.may_show(*own.of_rows(numbers), _letters(read)) | may_be_digests)


def _held(
    own: RowValues, numbers: Numbers, table: pa.Table, places: frozenset[str]
) -> Iterator[tuple[int, str, Kind, str]]:
    joined, may_be_digests = _read(table)
    read = [row[len(CELL) : -len(_END)] for row in joined.to_pylist()]
    words = fold_rows(read)
    forms = Rows(words, list(map(compact, words)), list(map(digits, words)))
    sought = _sought(_values_of(own.searched, len(numbers), *own.of_rows(numbers)))
    showing = sought.showing(forms)
    for row, number in enumerate(numbers.tolist()):
        if row not in showing and row not in may_be_digests:
            continue
        cells = dict(zip(table.column_names, read[row].split(CELL), strict=True))
        own_forms = (forms.words[row], forms.letters[row], forms.numbers[row])
        found = _by_column(showing.get(row, []), cells, own_forms, places)
        yield from ((number, name, kind, cells[name]) for name, kind in found)
        if row in may_be_digests:
            yield from ((number, name, kind, cells[name]) for name, kind in _digests(sought.of_record(row), cells))


def _values_of(searched: SearchedValues, rows: int, pairs: Numbers, records: Numbers) -> list[Values]:
    """The values of each of some rows, their records' one after the other."""
    bounds = pairwise(np.searchsorted(pairs, np.arange(rows + 1)).tolist())
    own = (records[start:end].tolist() for start, end in bounds)
    return [tuple(pair for record in some for pair in searched.of_record(record)) for some in own]


def _read(table: pa.Table) -> tuple[pa.Array, set[int]]:
    """The cells of each row, in all their readings, with `CELL` around each and `ROW` after the last; and which rows
    may contain a digest.

    What a cell has of more than one reading, and a digest, its row has too: most rows have nothing of either."""
    joined = _joined([column.cast(pa.large_string()).combine_chunks() for column in table.columns])
    dressed = pc.match_substring_regex(joined, READ_OTHERWISE)
    if not pc.any(dressed).as_py():
        return joined, set()
    columns = table.filter(dressed).columns
    read = _joined([read_cells(column.cast(pa.large_string()).combine_chunks()) for column in columns])
    places = pc.indices_nonzero(dressed).to_pylist()
    may_be_digests = {places[place] for place in matching_rows(pa.chunked_array([read]), _DIGEST_SIEVE)}
    return pc.replace_with_mask(joined, dressed, read), may_be_digests


_END = CELL + ROW


def _joined(columns: Sequence[pa.Array]) -> pa.Array:
    """The cells of each row with `CELL` around each, and `ROW` after them; a separator within a cell is a space."""
    joined = _with_separators(columns)
    text = _text(joined)
    if text.count(CELL) == (len(columns) + 1) * len(joined) and text.count(ROW) == len(joined):
        return joined
    return _with_separators([pc.replace_substring_regex(column, f"[{CELL}{ROW}]", " ") for column in columns])


def _with_separators(columns: Sequence[pa.Array]) -> pa.Array:
    empty, row, cell = (pa.scalar(sign, columns[0].type) for sign in ("", ROW, CELL))
    return pc.binary_join_element_wise(empty, *columns, row, cell)


def _letters(rows: pa.Array) -> bytes:
    """The letters of rows as they were read, run together."""
    return compact_rows(_text(rows))


def _text(rows: pa.Array) -> str:
    """All rows as one text."""
    _, offsets, data = rows.buffers()
    bounds = np.frombuffer(offsets, np.int64, len(rows) + 1, 8 * rows.offset)
    return str(memoryview(data)[bounds[0] : bounds[-1]], "utf-8")


def _sought(values: Sequence[Values]) -> Sought:
    fields = [field for own in values for field, _ in own]
    texts = [text for own in values for _, text in own]
    for place in matching_rows(pa.chunked_array([pa.array(texts, pa.string())]), DISGUISED):
        texts[place] = unmask(texts[place])
    return Sought.of(fields, texts, list(accumulate(map(len, values))))


def _by_column(
    shown: Sequence[Value], cells: dict[str, str], forms: tuple[bytes, bytes, bytes], places: frozenset[str]
) -> Iterator[tuple[str, Kind]]:
    """Which cells contain something of what may show in their row, once for each kind."""
    wanted = probes((kind, value, folded) for _, value, folded, kind in shown)
    text = CELL.join(cells.values()).lower().encode() if any(probe.form == TEXT for probe in wanted) else b""
    hit = [probe for probe in wanted if probe.hits((*forms, text))]
    parted = [probe for probe in wanted if probe.kind in _PARTED and probe not in hit]
    if parted:
        yield from _in_cells_together(parted, cells, forms[0])
    if not hit:
        return
    words, letters, numbers = (form.split(CELL.encode())[1:-1] for form in forms)
    named = b" ".join(folded for name, folded in zip(cells, words, strict=True) if name in places)
    left = [probe for probe in hit if probe.word is None or b" " + probe.word + b" " not in named]
    for (name, cell), *folded in zip(cells.items(), words, letters, numbers, strict=True):
        own = (CELL.encode() + folded[0] + CELL.encode(), folded[1], folded[2], cell.lower().encode() if text else b"")
        for kind in sorted({probe.kind for probe in left if probe.hits(own)}):
            yield name, kind


def _in_cells_together(wanted: Sequence[Probe], cells: dict[str, str], form: bytes) -> Iterator[tuple[str, Kind]]:
    """What two or three cells side by side say together, under the first of them: a number and its street; a day, a
    month and a year."""
    words, names = form.split(CELL.encode())[1:-1], list(cells)
    left = [probe for probe in wanted if probe.hits((_across(form), b"", b"", b""))]
    found: set[Kind] = set()
    for size in (2, 3):
        for start in range(len(words) - size + 1) if left else ():
            together = b" ".join(b" ".join(words[start : start + size]).split()).join((b" ", b" "))
            for probe in left:
                if probe.kind not in found and probe.hits((together, b"", b"", b"")):
                    found.add(probe.kind)
                    yield names[start], probe.kind


_PARTED = frozenset((Kind.ADDRESS, Kind.BIRTH))
"""What tables have in columns of its own parts. Names and digits that meet by chance make up nobody's."""


def _across(form: bytes) -> bytes:
    """A form of a row without what is between its cells."""
    return form.replace(f" {CELL} ".encode(), b" ").replace(CELL.encode(), b"")


def _digests(own: Sequence[Value], cells: dict[str, str]) -> Iterator[tuple[str, Kind]]:
    """A hash of an e-mail address or a number is no anonymisation: anyone with the list of addresses undoes it."""
    spelled: dict[str, Kind] = {}
    for _, value, folded, kind in own:
        if not probes_of_value(kind, value, folded):
            continue
        number = digits(fold(value)).decode()
        spellings = {value, value.strip().lower(), value.strip().upper()} | ({number} if len(number) >= 8 else set())
        for spelling in spellings:
            for algorithm in _ALGORITHMS:
                spelled[hashlib.new(algorithm, spelling.encode(), usedforsecurity=False).hexdigest()] = kind
    for column, cell in cells.items():
        for match in _DIGEST.finditer(cell):
            if match[0].lower() in spelled:
                yield column, spelled[match[0].lower()]
