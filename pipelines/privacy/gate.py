"""The gate: nothing is published until it has checked the tables.

Belongs here: deciding, cell by cell, what is held and what the allow list lets through. Does not: files (`files.py`).

A hold names table, field, row and rule, never the value; the key of a row is shown only when nothing in it is held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said, counted
from pipelines.privacy.allowlist import AllowList
from pipelines.privacy.columns import named_personal, precise_points
from pipelines.privacy.errors import PersonalDataFound
from pipelines.privacy.everyone import Everyone
from pipelines.privacy.folding import Numbers
from pipelines.privacy.known import PersonalValues
from pipelines.privacy.places import Origins, RecordId
from pipelines.privacy.rows import RowValues, held_in_rows
from pipelines.privacy.seen import Seen, are_numbers, as_searched, digest, may_be_disguised
from pipelines.privacy.sifting import Passage, clean_columns, column_passages, suspect_passages, unmask_cells
from pipelines.schema.arrow import as_text
from pipelines.schema.reserved import RESERVED
from pipelines.storage.spool import brought, leave_out

POSSIBLE = (
    Said("donnée personnelle possible", "possible personal value"),
    Said("données personnelles possibles", "possible personal values"),
)
SHOWN = 10
FEW_ROWS = 100_000
"""Up to here the columns of several tables are checked together."""
TOGETHER = 1 << 20
"""Rows whose distinct texts are looked at together."""
NOT_KEPT = Said("nulle part : le texte n'est pas conservé", "nowhere: the text is not kept")
OWN_VALUE = "valeur_du_dossier"


@dataclass(frozen=True, order=True)
class Hold:
    """Something held. `place` is a table or a file, `row` counts from 0 (-1: the whole column or file), `key` is the
    row's key as text, empty when the key itself is held; `record` is where the row comes from, when it is known."""

    place: str
    row: int
    field: str
    rule: str
    key: str = ""
    record: RecordId | None = None

    def where(self) -> str:
        """The row, for a message."""
        if self.row < 0:
            return "-"
        return f"{self.row + 1} ({self.key})" if self.key else str(self.row + 1)


@dataclass(frozen=True)
class GateReport:
    """What the gate saw: cells looked at, holds in the order of tables and rows, and how often each entry of the allow
    list was used."""

    cells: int = 0
    holds: tuple[Hold, ...] = ()
    allowed: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not self.holds

    def quarantined(self, table: str) -> list[int]:
        """The rows of a table that are held, from 0."""
        return sorted({hold.row for hold in self.holds if hold.place == table and hold.row >= 0})

    def by_rule(self) -> dict[str, int]:
        """How many holds each rule made."""
        return dict(sorted(Counter(hold.rule for hold in self.holds).items()))

    def counted(self) -> str:
        """How many holds there are by table or file, field and rule, the most first, for a message."""
        counts = Counter((hold.place, hold.field or "-", hold.rule) for hold in self.holds)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        listed = "; ".join(f"{place} [{name}] {rule}: {count}" for (place, name, rule), count in ranked[:SHOWN])
        return f"{listed}; …" if len(ranked) > SHOWN else listed

    def raise_if_held(self, kept: str | Said = NOT_KEPT) -> None:
        """Raises `PersonalDataFound` when there is a hold: the first, the counts, and where the list of all is."""
        if self.holds:
            first = self.holds[0]
            raise PersonalDataFound(
                holds=counted(len(self.holds), *POSSIBLE),
                place=first.place,
                field=first.field,
                row=first.where(),
                rule=first.rule,
                counts=self.counted(),
                kept=kept,
            )

    def __add__(self, other: GateReport) -> GateReport:
        allowed = Counter(self.allowed) + Counter(other.allowed)
        return GateReport(self.cells + other.cells, self.holds + other.holds, dict(sorted(allowed.items())))


def gate(
    tables: Mapping[str, pa.Table],
    personal: PersonalValues,
    allow: AllowList,
    *,
    provenance: Mapping[str, pa.Table] | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
    seen: Seen | None = None,
) -> GateReport:
    """Hold what is personal in `tables` (by `package/table`; typed or text).

    The strong test looks in each row for the values that `personal` has of its records. A row's records are known by
    the reserved columns of its table, or by `provenance[table]`: the key fields and the reserved columns, several lines
    a row when several records made it. `keys` gives the key fields of each table. A table with neither is searched for
    everybody's full names and numbers. `seen`: what was checked already, and learns what is checked here."""
    report, seen = GateReport(), seen or Seen()
    _foresee(tables.values(), seen)
    for name in tables:
        looking = _Looking(name, tables[name], allow, tuple((keys or {}).get(name, ())), seen)
        report += looking.report(personal, (provenance or {}).get(name))
    return report


def _foresee(tables: Iterable[pa.Table], seen: Seen) -> None:
    """Check the columns of several tables together: which are clean is known then, the others are looked at alone."""
    few = [column for table in tables if table.num_rows <= FEW_ROWS for column in table.columns]
    marked = {digest(texts): texts for texts in map(as_searched, few) if texts is not None}
    new = {mark: texts for mark, texts in marked.items() if mark not in seen.patterns}
    seen.patterns.update(clean_columns(new, lambda texts: suspect_passages(unmask_cells(pa.chunked_array([texts])))))


@dataclass
class _Looking:
    """One table under the gate: what is found in it, and which entries of the allow list were used."""

    name: str
    table: pa.Table
    allow: AllowList
    key: tuple[str, ...]
    seen: Seen
    found: set[tuple[int, str, str]] = field(default_factory=set)
    used: Counter[str] = field(default_factory=Counter)

    def report(self, personal: PersonalValues, origin: pa.Table | None) -> GateReport:
        self.patterns()
        cells = self.table.num_rows * self.table.num_columns
        if not len(personal) and not self.found:  # what most tables are: nobody asks where its rows come from
            return GateReport(cells, (), dict(sorted(self.used.items())))
        origins = Origins.of(self.table, origin, self.key)
        if len(personal) and origins is not None:
            self.own_values(personal, origins)
        elif len(personal):
            self.anybody(self.seen.everyone(personal))
        holds = _holds(self.name, self.table, self.found, self.key, origins)
        return GateReport(cells, holds, dict(sorted(self.used.items())))

    def plain(self, columns: Sequence[str], rows: Numbers, with_numbers: bool) -> pa.Table:
        """Some rows that are near each other, as text, unmasked; plain numbers among them, where they are wanted."""
        first, last = int(rows[0]), int(rows[-1])
        typed = self.table.select(columns).slice(first, last - first + 1)
        if not with_numbers:
            words = [name for name, column in zip(columns, typed.columns, strict=True) if not are_numbers(column)]
            typed = typed.select(words or columns)
        return unmasked(typed if typed.num_rows == len(rows) else typed.take(pa.array(rows - first)))

    def keep(self, row: int, column: str, rule: str, text: str, span: tuple[int, int]) -> None:
        """Hold a passage, unless the list lets it through."""
        entry = self.allow.reason(self.name, column, rule, text, span)
        if entry is None:
            self.found.add((row, column, rule))
        else:
            self.used[entry.id] += 1
            self.seen.passed[rule, text[span[0] : span[1]]] = entry.id

    def patterns(self) -> None:
        unread = [item.name for item in self.table.schema if not may_be_disguised(item.type)]
        self.seen.unread[self.name] = frozenset(unread)
        for number, column in enumerate(self.table.column_names):
            for rule in named_personal(column):
                self.keep(-1, column, rule, column, (0, len(column)))
            for row, passages in self.passages(self.table.column(number)):
                for passage in passages:
                    self.keep(row, column, passage.rule, passage.text, passage.span)
        for row, column, value in precise_points(self.table):
            self.keep(row, column, "coordonnees", value, (0, len(value)))

    def passages(self, column: pa.ChunkedArray) -> list[tuple[int, tuple[Passage, ...]]]:
        """What the detectors find in a column: nothing where its type contains no text, or where it was clean
        before."""
        texts = as_searched(column)
        mark = b"" if texts is None else digest(texts)
        if texts is None or mark in self.seen.patterns:
            return []
        found: list[tuple[int, tuple[Passage, ...]]] = []
        for start in range(0, len(texts), TOGETHER):  # distinct texts of all of a large column would be another one
            some = column_passages(brought(texts.slice(start, TOGETHER)))
            found += [(start + row, passages) for row, passages in some]
            leave_out()
        if not found:
            self.seen.patterns.add(mark)
        return found

    def own_values(self, personal: PersonalValues, origins: Origins) -> None:
        columns = [column for column in self.table.column_names if column not in RESERVED]
        own, places = RowValues.of(personal, origins), self.allow.places(self.name, columns)
        for row, column, kind, cell in held_in_rows(own, partial(self.plain, columns), places):
            self.keep(row, column, f"{OWN_VALUE}:{kind.value}", cell, (0, len(cell)))

    def anybody(self, everyone: Everyone) -> None:
        plain = unmasked(self.table)
        for column in plain.column_names:
            encoded = pc.dictionary_encode(plain.column(column).combine_chunks())
            texts = encoded.dictionary
            found = dict(everyone.kinds_in(texts))
            if not found:
                continue
            held = pc.indices_nonzero(pc.is_in(encoded.indices, value_set=pa.array(list(found), encoded.indices.type)))
            for row, place in zip(held.to_pylist(), encoded.indices.take(held).to_pylist(), strict=True):
                text = texts[place].as_py()
                self.keep(row, column, f"{OWN_VALUE}:{found[place].value}", text, (0, len(text)))


def unmasked(table: pa.Table) -> pa.Table:
    """A typed table as text, disguises undone where there are any."""
    text = as_text(table)
    columns = [
        unmask_cells(plain) if may_be_disguised(typed.type) else pc.fill_null(plain.cast(pa.large_string()), "")
        for plain, typed in zip(text.columns, table.columns, strict=True)
    ]
    return pa.table(columns, text.column_names)


def _holds(
    name: str,
    table: pa.Table,
    found: set[tuple[int, str, str]],
    key: tuple[str, ...],
    origins: Origins | None,
) -> tuple[Hold, ...]:
    """The holds in order, with the key of each row unless one of its fields is held."""
    hidden = {row for row, column, _ in found if column in key}
    text = as_text(table.select([field for field in key if field in table.column_names])) if found else table
    columns = dict(zip(text.column_names, text.columns, strict=True)) if found else {}
    holds = []
    for row, column, rule in sorted(found):
        value = ""
        if row >= 0 and row not in hidden:
            value = " ; ".join(f"{field}={values[row].as_py()}" for field, values in columns.items())
        origin = origins.first_of(row) if origins is not None and row >= 0 else None
        holds.append(Hold(name, row, column, rule, value, origin))
    return tuple(holds)
