"""References: the keys of parent tables, read once each, and which rows of a child name none of them.

A parent's distinct keys are kept as text in the order of their hashes: on disk, mapped into memory, beyond the budget.
Membership is decided by comparing texts, never by a hash alone. Belongs here: parents. Does not: repeats (`keys.py`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.hashing import Hashes, hash_texts, mixed
from pipelines.validation.keys import Indexes


def combined_hashes(texts: Sequence[pa.Array]) -> Hashes:
    """One hash a row of several columns of key texts."""
    hashes = hash_texts(texts[0])
    for text in texts[1:]:
        hashes = mixed(hashes, hash_texts(text))
    return hashes


class ParentKeys:
    """The distinct keys of a parent table. `kinds`: what each of its columns can be equal to (see `keytext.KINDS`)."""

    def __init__(self, kinds: tuple[str, ...], budget: int) -> None:
        self.kinds, self._budget = kinds, budget
        self._parts: list[pa.Table] = []
        self._held = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._writer: pa.RecordBatchFileWriter | None = None
        self._names = [f"k{number}" for number in range(len(kinds))]
        self._hashes: list[Hashes] = []
        self._keys = pa.table({name: pa.array([], pa.string()) for name in self._names})
        self._order: Indexes = np.empty(0, np.int64)
        self._sorted: Hashes = np.empty(0, np.uint64)

    def add(self, texts: Sequence[pa.Array]) -> None:
        """Add the key texts of the next rows; wholly null keys are nobody's parent."""
        table = pa.table(list(texts), names=self._names)
        empty = pc.is_null(texts[0])
        for text in texts[1:]:
            empty = pc.and_(empty, pc.is_null(text))
        if pc.any(empty).as_py():
            table = table.filter(pc.invert(empty))
        if not table.num_rows:
            return
        table = table.group_by(self._names, use_threads=False).aggregate([]).combine_chunks()
        self._hashes.append(combined_hashes([column.chunk(0) for column in table.columns]))
        self._parts.append(table)
        self._held += table.nbytes
        if self._held > self._budget:
            self._spill()

    def close(self) -> None:
        """Everything was added: put the keys in the order of their hashes."""
        if self._writer is not None and self._folder is not None:
            self._spill()
            self._writer.close()
            mapped = pa.memory_map(str(Path(self._folder.name) / "keys.arrow"))
            self._keys = pa.ipc.open_file(mapped).read_all()
        elif self._parts:
            self._keys = pa.concat_tables(self._parts).combine_chunks()
        self._parts = []
        if self._hashes:
            hashes = np.concatenate(self._hashes)
            self._hashes = []
            self._order = np.argsort(hashes, kind="stable")
            self._sorted = hashes[self._order]

    def orphans(self, texts: Sequence[pa.Array], kinds: tuple[str, ...]) -> Indexes:
        """The rows of a block whose key no parent has; wholly null keys refer to nothing. `texts`: key texts."""
        empty = pc.is_null(texts[0])
        for text in texts[1:]:
            empty = pc.and_(empty, pc.is_null(text))
        asking = np.flatnonzero(~empty.to_numpy(zero_copy_only=False))
        if not len(asking) or not len(self._sorted):
            return asking
        # A column of another kind can only agree where both are null.
        comparable = [mine == theirs for mine, theirs in zip(kinds, self.kinds, strict=True)]
        hashes = combined_hashes(texts)[asking]
        places = np.searchsorted(self._sorted, hashes)
        open_ = np.ones(len(asking), np.bool_)
        candidates = np.flatnonzero(places < len(self._sorted))
        while len(candidates):
            candidates = candidates[self._sorted[places[candidates]] == hashes[candidates]]
            equal = self._equal(texts, asking[candidates], self._order[places[candidates]], comparable)
            open_[candidates[equal]] = False
            candidates = candidates[~equal]
            places[candidates] += 1
            candidates = candidates[places[candidates] < len(self._sorted)]
        return asking[open_]

    def _equal(
        self, texts: Sequence[pa.Array], rows: Indexes, parents: Indexes, comparable: Sequence[bool]
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        equal = np.ones(len(rows), np.bool_)
        for name, text, same_kind in zip(self._names, texts, comparable, strict=True):
            mine, theirs = text.take(pa.array(rows)), self._keys.column(name).take(pa.array(parents))
            both_null = pc.and_(pc.is_null(mine), pc.is_null(theirs))
            same = pc.or_(pc.fill_null(pc.equal(mine, theirs), False), both_null) if same_kind else both_null
            equal &= same.to_numpy() if isinstance(same, pa.ChunkedArray) else same.to_numpy(zero_copy_only=False)
        return equal

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory()
            schema = pa.schema([(name, pa.string()) for name in self._names])
            self._writer = pa.ipc.new_file(str(Path(self._folder.name) / "keys.arrow"), schema)
        if self._writer is not None:
            for part in self._parts:
                self._writer.write_table(part)
        self._parts, self._held = [], 0
