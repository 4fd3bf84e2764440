"""What differs between two tables: rows that appear, rows that vanish, values that were revised.

Belongs here: comparing tables by their key, one column at a time, so that two tables need never be in memory whole.
Does not: finding out why (`causes.py`), nor writing it (`changes.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.canonical import is_ascending, key_text, text
from pipelines.releases.matching import match
from pipelines.storage.ahead import side_by_side
from pipelines.storage.columns import ROWS, repeated_word, taken
from pipelines.storage.spool import pieces

CHANGES = pa.schema(
    [(name, pa.string()) for name in ("nature", "cle", "champ", "avant", "apres", "cause")],
)
ADDED, REMOVED, CHANGED, WITHHELD = "ajout", "retrait", "modification", "retenue"
Column = Callable[[str], pa.ChunkedArray]


@dataclass(frozen=True)
class Side:
    """One of two tables: its columns, and how to get one of them, whole or in pieces, which several threads may do at
    once."""

    names: tuple[str, ...]
    rows: int
    column: Column
    pieces: Callable[[str], Iterator[pa.ChunkedArray]]

    @classmethod
    def of(cls, table: pa.Table) -> Side:
        def in_pieces(name: str) -> Iterator[pa.ChunkedArray]:
            return (piece.column(0) for piece in pieces(table.select([name]), ROWS))

        return cls(tuple(table.column_names), table.num_rows, table.column, in_pieces)


@dataclass(frozen=True)
class Counts:
    """Rows added and removed, values changed, rows in which some value changed, values changed by field, and rows of
    the version before that the privacy gate keeps back."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    rows_changed: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    withheld: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.withheld)

    def document(self) -> dict[str, Any]:
        """As releases record it; what is withheld only where something is."""
        counts = {"added": self.added, "removed": self.removed, "changed": self.changed, "fields": self.fields}
        return counts | ({"withheld": self.withheld} if self.withheld else {})


@dataclass(frozen=True)
class Difference:
    """The changes of one table: `changes` in the columns of `CHANGES` (`cause` still null), and their counts."""

    changes: pa.Table
    counts: Counts


def difference(before: Side, after: Side, key: Sequence[str]) -> Difference:
    """The changes from one table to the other, over the fields that both have.

    `key`: the fields that identify a row, in both tables; empty: the whole row does. Rows that share a key are paired
    by their order. Added rows come first, then removed rows, then changed values by field, each in row order.
    """
    fields = [name for name in after.names if name in before.names]
    by = list(key) or fields
    old_keys, is_old_ascending = _distinct(_keys(before, by))
    new_keys, is_new_ascending = _distinct(_keys(after, by))
    if not len(old_keys):
        return Difference(_piece(ADDED, new_keys), Counts(added=len(new_keys)))
    pairs = match(old_keys, new_keys, are_ascending=is_old_ascending and is_new_ascending)
    added, removed = _chosen(new_keys, pairs.added), _chosen(old_keys, pairs.removed)
    changed = [_piece(ADDED, added), _piece(REMOVED, removed)]
    touched: list[pa.Array] = []
    fields_changed: dict[str, int] = {}

    def revised(name: str) -> list[tuple[pa.Array, pa.Array, pa.Array]]:
        """Rows of `after` whose value of a field differs, what it was, what it became; piece by piece."""
        found = []
        for first, old, new in pairs.aligned(before.pieces(name), after.column(name)):
            places = _differing(old, new)
            if len(places):
                rows = pairs.after.slice(first).take(places)
                found.append((rows, text(taken(old, places)), text(taken(new, places))))
        return found

    others = [name for name in fields if name not in by]
    for name, found in zip(others, side_by_side(revised, others), strict=True):
        for rows, was, became in found:
            fields_changed[name] = fields_changed.get(name, 0) + len(rows)
            touched.append(rows)
            changed.append(_piece(CHANGED, _chosen(new_keys, rows), name, was, became))
    changes = pa.concat_tables(changed)
    rows_changed = len(pc.unique(pa.chunked_array(touched))) if touched else 0
    counts = Counts(len(added), len(removed), sum(fields_changed.values()), rows_changed, fields_changed)
    return Difference(changes, counts)


def naming_withheld(found: Difference, keys: Collection[str]) -> Difference:
    """The same changes, those rows that vanish because they are withheld named so: nobody removed them."""
    if not keys:
        return found
    gone = pc.equal(found.changes.column("nature"), REMOVED)
    kept_back = pc.and_(gone, pc.is_in(found.changes.column("cle"), value_set=pa.array(sorted(keys), pa.string())))
    count = pc.sum(kept_back).as_py() or 0
    natures = pc.if_else(kept_back, WITHHELD, found.changes.column("nature"))
    changes = found.changes.set_column(0, CHANGES.field("nature"), natures)
    return Difference(changes, replace(found.counts, removed=found.counts.removed - count, withheld=count))


def _chosen(keys: pa.Array | pa.ChunkedArray, rows: pa.Array) -> pa.Array | pa.ChunkedArray:
    """The keys of some rows. Of many chunks, those are taken that rows lie in: Arrow joins all that it is given."""
    if not isinstance(keys, pa.ChunkedArray):
        return keys.take(rows)
    ends = pc.min_max(rows).as_py()
    if ends["min"] is None:
        return keys.slice(0, 0)
    near = keys.slice(ends["min"], ends["max"] - ends["min"] + 1)
    return taken(near, pc.subtract(rows, pa.scalar(ends["min"], rows.type)))


def _keys(side: Side, by: Sequence[str]) -> pa.Array | pa.ChunkedArray:
    return key_text(pa.table({name: side.column(name) for name in by}), by)


def _distinct(keys: pa.Array | pa.ChunkedArray) -> tuple[pa.Array | pa.ChunkedArray, bool]:
    """The keys, those met again followed by « # » and how many times they were met; and whether they are ascending."""
    if is_ascending(keys):
        return keys, True
    if pc.count_distinct(keys).as_py() == len(keys):
        return keys, False
    met: dict[str, int] = {}
    words = []
    for word in keys.to_pylist():
        met[word] = met.get(word, 0) + 1
        words.append(word if met[word] == 1 else f"{word} #{met[word]}")
    found = pa.array(words, pa.string())
    return found, is_ascending(found)


def _differing(old: pa.ChunkedArray, new: pa.ChunkedArray) -> pa.Array:
    """Where two columns differ; an absent value differs from any value and not from another absent one."""
    if old.type != new.type or pa.types.is_dictionary(old.type):
        old, new = pa.chunked_array([text(old)]), pa.chunked_array([text(new)])
    unequal = pc.fill_null(pc.not_equal(old, new), False)
    if old.null_count or new.null_count:
        unequal = pc.or_(unequal, pc.xor(pc.is_null(old), pc.is_null(new)))
    if not pc.any(unequal).as_py():
        return pa.array([], pa.uint64())
    return pc.indices_nonzero(unequal)


def _piece(nature: str, keys: Any, name: str | None = None, old: Any = None, new: Any = None) -> pa.Table:
    nothing = repeated_word(None, len(keys))
    columns = [
        repeated_word(nature, len(keys)),
        keys,
        nothing if name is None else repeated_word(name, len(keys)),
        nothing if old is None else old,
        nothing if new is None else new,
        nothing,
    ]
    return pa.Table.from_arrays(columns, schema=CHANGES)
