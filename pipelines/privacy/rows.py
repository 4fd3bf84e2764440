"""The strong test: a record's own personal values, looked for in every row that is published of it.

Belongs here: the search of rows, many at a time. Does not: what is looked for (`prefilter.py`, `search_terms.py`),
decisions (`gate.py`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.folding import Numbers
from pipelines.privacy.kinds import Kind
from pipelines.privacy.known import TOGETHER, PersonalValues
from pipelines.privacy.multi_value import Values
from pipelines.privacy.needles import Needles
from pipelines.privacy.normalisation import CELL, DISGUISED, ROW, compact, digits, fold, fold_rows, unmask
from pipelines.privacy.places import Origins
from pipelines.privacy.prefilter import Rows, Sought, Value
from pipelines.privacy.readings import READ_OTHERWISE
from pipelines.privacy.search_terms import TEXT, Probe, probes, probes_of_value
from pipelines.privacy.searched_values import SearchedValues
from pipelines.privacy.sifting import matching_rows, read_cells
from pipelines.storage.spool import is_large, leave_out

Shown = tuple[str, Kind, str]  # the column, the kind of value in it, the cell as it was read
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
        """Of some rows, which are all those between the first and the last of them: the place of each pair's row among
        them, and its record."""
        start, end = np.searchsorted(self.rows, [rows[0], rows[-1] + 1])
        return np.searchsorted(rows, self.rows[start:end]), self.records[start:end]


def _distinct(records: Numbers) -> tuple[Numbers, Numbers]:
    """The records, each once and in order, and the place of each among them."""
    order = np.argsort(records, kind="stable")
    is_new = np.diff(records[order], prepend=-1) > 0
    places = np.empty(len(records), np.int64)
    places[order] = np.cumsum(is_new) - 1
    return records[order][is_new], places


Plain = Callable[[Numbers], pa.Table]
"""The cells of some rows of a table, which are near each other, as unmasked text."""


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
            for place, found in _held(values, rows, plain(rows), places):
                yield int(rows[place]), *found
            start += len(rows)


def _held(own: RowValues, numbers: Numbers, table: pa.Table, places: frozenset[str]) -> Iterator[tuple[int, Shown]]:
    read, may_be_digests = _read(table)
    words = fold_rows(read)
    letters = compact(ROW.encode().join(words)).split(ROW.encode())
    pairs, records = own.of_rows(numbers)
    rows = sorted(own.needles.may_show(pairs, records, letters) | may_be_digests)
    if not rows:
        return
    values = _values_of(own.searched, rows, pairs, records)
    own_words = [words[row] for row in rows]
    forms = Rows(own_words, list(map(compact, own_words)), list(map(digits, own_words)))
    sought = _sought(values)
    showing = sought.showing(forms)
    for place, row in enumerate(rows):
        if place not in showing and row not in may_be_digests:
            continue
        cells = dict(zip(table.column_names, read[row].split(CELL), strict=True))
        own_forms = (forms.words[place], forms.letters[place], forms.numbers[place])
        found = _by_column(showing.get(place, []), cells, own_forms, places)
        yield from ((row, (name, kind, cells[name])) for name, kind in found)
        if row in may_be_digests:
            yield from ((row, (name, kind, cells[name])) for name, kind in _digests(sought.of_record(place), cells))


def _values_of(searched: SearchedValues, rows: Sequence[int], pairs: Numbers, records: Numbers) -> list[Values]:
    """The values of each of a few rows, their records' one after the other."""
    bounds = zip(*(np.searchsorted(pairs, rows, side=side).tolist() for side in ("left", "right")), strict=True)
    own = (records[start:end].tolist() for start, end in bounds)
    return [tuple(pair for record in some for pair in searched.of_record(record)) for some in own]


def _read(table: pa.Table) -> tuple[list[str], set[int]]:
    """The cells of each row, in all their readings, joined by `CELL`; and which rows may contain a digest.

    What a cell has of more than one reading, and a digest, its row has too: most rows have nothing of either."""
    joined = _joined([column.cast(pa.large_string()).combine_chunks() for column in table.columns])
    dressed = pc.match_substring_regex(joined, READ_OTHERWISE)
    if not pc.any(dressed).as_py():
        return joined.to_pylist(), set()
    columns = table.filter(dressed).columns
    read = _joined([read_cells(column.cast(pa.large_string()).combine_chunks()) for column in columns])
    places = pc.indices_nonzero(dressed).to_pylist()
    may_be_digests = {places[place] for place in matching_rows(pa.chunked_array([read]), _DIGEST_SIEVE)}
    return pc.replace_with_mask(joined, dressed, read).to_pylist(), may_be_digests


def _joined(columns: Sequence[pa.Array]) -> pa.Array:
    """The cells of each row, joined by `CELL`; a separator within a cell is a space."""
    joined = pc.binary_join_element_wise(*columns, pa.scalar(CELL, columns[0].type))
    if not _has_strays(joined, len(columns)):
        return joined
    plain = [pc.replace_substring_regex(column, f"[{CELL}{ROW}]", " ") for column in columns]
    return pc.binary_join_element_wise(*plain, pa.scalar(CELL, plain[0].type))


def _has_strays(joined: pa.Array, width: int) -> bool:
    """Whether a cell has a separator of its own, looked for in the bytes of all rows at once."""
    _, offsets, data = joined.buffers()
    if data is None:
        return False
    bounds = pa.Array.from_buffers(pa.int64(), len(joined) + 1, [None, offsets], offset=joined.offset)
    text = bytes(data[bounds[0].as_py() : bounds[len(joined)].as_py()])
    return text.count(CELL.encode()) > (width - 1) * len(joined) or ROW.encode() in text


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
