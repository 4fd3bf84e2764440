"""Why a value changed: the source, a correction, our code, the schema, or a redaction.

Belongs here: walking from the version before to the new one, one ingredient at a time. Does not: rebuilding, which the
caller does: a release is a pure function of its ingredients, so tables made with some ingredients new and the others
old show what each did.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.canonical import key_text, text
from pipelines.releases.diff import ADDED, REMOVED, WITHHELD, Difference
from pipelines.storage import sha256_bytes
from pipelines.storage.columns import repeated_word

ORDER = ("code", "schema", "source", "correction", "redaction")
# What a source withdrew is missing from its new snapshot too: only over the old one does its withdrawal show.
WALKED = ("code", "schema", "redaction", "source", "correction")
UNKNOWN = "indeterminee"


@dataclass(frozen=True)
class Ingredients:
    """What the tables of a release are a function of, each as a hash; `snapshots` as (source, part, SHA-256)."""

    code: str
    schema: str
    correction: str
    redaction: str
    snapshots: tuple[tuple[str, str, str], ...]

    def of(self, cause: str) -> Any:
        """The ingredient that a cause is about."""
        return self.snapshots if cause == "source" else getattr(self, cause)

    def document(self) -> dict[str, Any]:
        """As releases record it."""
        digests = {name: self.of(name) for name in ORDER if name != "source"}
        return {**digests, "snapshots": [list(item) for item in self.snapshots]}

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Ingredients:
        """From what a release recorded. Raises `KeyError`."""
        snapshots = tuple((str(item[0]), str(item[1]), str(item[2])) for item in document["snapshots"])
        return cls(document["code"], document["schema"], document["correction"], document["redaction"], snapshots)

    def digest(self, withheld: Any = None) -> str:
        """One hash of all of them, and of the rows that were `withheld` as releases record these."""
        return sha256_bytes(json.dumps([self.document(), withheld or None], sort_keys=True).encode())

    @property
    def without_code(self) -> str:
        """One hash of all of them but the code."""
        document = {name: value for name, value in self.document().items() if name != "code"}
        return sha256_bytes(json.dumps(document, sort_keys=True).encode())

    def mixed(self, new: Ingredients, taken: Sequence[str]) -> Ingredients:
        """These ingredients, with those of `taken` from `new`."""
        chosen = {name: (new if name in taken else self).of(name) for name in ORDER}
        return Ingredients(
            chosen["code"], chosen["schema"], chosen["correction"], chosen["redaction"], chosen["source"]
        )


def unexplained(differences: Mapping[str, Difference]) -> dict[str, int]:
    """How many changes have no cause at all, by "table" or "table.field": nothing that tables are made from differs."""
    found: dict[str, int] = {}
    for name, item in differences.items():
        for row in item.changes.filter(pc.equal(item.changes.column("cause"), UNKNOWN)).to_pylist():
            place = f"{name}.{row['champ']}" if row["champ"] else name
            found[place] = found.get(place, 0) + 1
    return found


Across = Callable[[Ingredients], Mapping[str, pa.Table] | None]
"""Rebuild: the public tables, by name, that these ingredients give; none when one of them is no longer at hand."""


@dataclass(frozen=True)
class Stage:
    """One step of the walk: the tables once `causes` had acted; several causes when no table is between them."""

    causes: tuple[str, ...]
    tables: Mapping[str, pa.Table]


def walk(before: Ingredients, after: Ingredients, tables: Mapping[str, pa.Table], across: Across | None) -> list[Stage]:
    """The steps from one release to the next; the last one's tables are `tables`.

    Only ingredients that differ are stepped over, so one difference needs no rebuilding. Where `across` is missing or
    gives none, the steps on both sides become one, and its changes carry the causes of both, as `code/source`.
    """
    differing = [cause for cause in WALKED if before.of(cause) != after.of(cause)]
    stages: list[Stage] = []
    taken: list[str] = []
    together: list[str] = []
    for cause in differing[:-1]:
        taken.append(cause)
        together.append(cause)
        between = across(before.mixed(after, taken)) if across is not None else None
        if between is not None:
            stages.append(Stage(tuple(together), between))
            together = []
    return [*stages, Stage((*together, *differing[-1:]) or (UNKNOWN,), tables)]


def with_causes(
    found: Difference, name: str, key: Sequence[str], before: pa.Table, stages: Sequence[Stage]
) -> Difference:
    """The same changes, each with its cause: the steps in which its value, or the presence of its row, changed.

    `before`: the table of the version before, with at least its key and the fields that changed. A value that moved and
    came back in between has all these causes; one that no step explains has the last.
    """
    changes = found.changes
    if len(stages) == 1:
        causes: pa.ChunkedArray = repeated_word("/".join(stages[0].causes), changes.num_rows)
    else:
        states = [before, *(stage.tables.get(name) for stage in stages)]
        causes = pa.chunked_array([_acted(changes, key, states, ["/".join(stage.causes) for stage in stages])])
    placed = changes.set_column(changes.column_names.index("cause"), changes.schema.field("cause"), causes)
    return Difference(placed, found.counts)


def _acted(changes: pa.Table, key: Sequence[str], states: Sequence[pa.Table | None], names: Sequence[str]) -> pa.Array:
    words: list[str] = [""] * changes.num_rows
    keys = [key_text(state, key) if state is not None else pa.array([], pa.string()) for state in states]
    for field, rows in _by_field(changes):
        wanted = changes.column("cle").combine_chunks().take(pa.array(rows))
        seen = [_values(state, part, wanted, field) for state, part in zip(states, keys, strict=True)]
        for place, row in enumerate(rows):
            acted = [name for name, old, new in zip(names, seen, seen[1:], strict=False) if old[place] != new[place]]
            words[row] = "+".join(acted) or names[-1]
    return pa.array(words, pa.string())


def _by_field(changes: pa.Table) -> Iterator[tuple[str | None, list[int]]]:
    """The rows of `changes` by field; rows that appear or vanish under no field."""
    groups: dict[str | None, list[int]] = {}
    pairs = zip(changes.column("nature").to_pylist(), changes.column("champ").to_pylist(), strict=True)
    for row, (nature, field) in enumerate(pairs):
        groups.setdefault(None if nature in (ADDED, REMOVED, WITHHELD) else field, []).append(row)
    yield from groups.items()


def _values(state: pa.Table | None, keys: pa.Array, wanted: pa.Array, field: str | None) -> list[Any]:
    """What a state has for these keys: the field's text, or whether the row is there when there is no field."""
    places = pc.index_in(wanted, value_set=keys)
    if field is None:
        there: list[Any] = pc.is_valid(places).to_pylist()
        return there
    if state is None or field not in state.column_names:
        return [None] * len(wanted)
    found: list[Any] = text(state.column(field)).take(places).to_pylist()
    return found
