"""Keys: unique fields and the primary key, as hashes in the order of the rows; possible repeats are then verified.

Memory: 8 bytes a row and key, on disk beyond the budget. Two rows with one key always have one hash, so no repeat is
missed; rows that only share a hash are distinguished by a 128-bit digest of the whole key. Belongs here: who repeats
whom. Does not: references to other tables (`references.py`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.columns import Column
from pipelines.validation.hashing import Hashes, digest, hash_texts, mixed
from pipelines.validation.keytext import key_texts

Indexes = np.ndarray[Any, np.dtype[np.int64]]
NO_KEY = np.uint64(0)
PARTITIONS = 16


@dataclass(frozen=True)
class Key:
    """One key: its columns, counted from 0. A unique field does not mind nulls; a primary key compares them."""

    columns: tuple[int, ...]
    is_primary: bool


@dataclass(frozen=True)
class KeyedRows:
    """A key in one block: the hash of each row (`NO_KEY` where there is nothing to compare), the wholly null keys."""

    hashes: Hashes
    empty: Indexes


def keyed(key: Key, texts: Sequence[pa.Array]) -> KeyedRows:
    """The hashes of a block's keys. `texts`: the key texts of its columns."""
    hashes = hash_texts(texts[0])
    empty = pc.is_null(texts[0])
    for text in texts[1:]:
        hashes = mixed(hashes, hash_texts(text))
        empty = pc.and_(empty, pc.is_null(text))
    hashes[hashes == NO_KEY] = np.uint64(1)
    indexes = np.flatnonzero(empty.to_numpy(zero_copy_only=False))
    hashes[indexes] = NO_KEY
    return KeyedRows(hashes, indexes)


class HashLog:
    """Hashes in row order, in memory up to `budget` bytes and then in a temporary file."""

    def __init__(self, budget: int) -> None:
        self._budget, self._held = budget, 0
        self._parts: list[Hashes] = []
        self._spilled: IO[bytes] | None = None

    def add(self, hashes: Hashes) -> None:
        """Add the hashes of the next rows."""
        self._parts.append(hashes)
        self._held += hashes.nbytes
        if self._held > self._budget:
            if self._spilled is None:
                self._spilled = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the log
            for part in self._parts:
                self._spilled.write(part.tobytes())
            self._parts, self._held = [], 0

    def repeated(self) -> Indexes:
        """The rows (from 0) whose hash another row has, in order."""
        found = self._repeats_of_memory() if self._spilled is None else self._repeats_of_file(self._spilled)
        return np.sort(found)

    def _repeats_of_memory(self) -> Indexes:
        if not self._parts:
            return np.empty(0, np.int64)
        hashes = np.concatenate(self._parts)
        self._parts = [hashes]
        ordered = np.sort(hashes)
        twice = ordered[1:][(ordered[1:] == ordered[:-1]) & (ordered[1:] != NO_KEY)]
        return np.flatnonzero(np.isin(hashes, np.unique(twice))) if len(twice) else np.empty(0, np.int64)

    def _repeats_of_file(self, file: IO[bytes]) -> Indexes:
        """The same, one sixteenth of the hashes in memory at a time."""
        for part in self._parts:
            file.write(part.tobytes())
        self._parts, self._held = [], 0
        file.flush()
        found = []
        size = max(1, self._budget // 8)
        for partition in range(PARTITIONS):
            rows, values = [], []
            file.seek(0)
            start = 0
            while data := file.read(size * 8):
                hashes = np.frombuffer(data, np.uint64)
                mine = np.flatnonzero(((hashes >> np.uint64(60)) == partition) & (hashes != NO_KEY))
                rows.append(mine + start)
                values.append(hashes[mine])
                start += len(hashes)
            hashes, places = np.concatenate(values), np.concatenate(rows)
            order = np.argsort(hashes, kind="stable")
            same = hashes[order][1:] == hashes[order][:-1]
            found.append(places[order[np.union1d(np.flatnonzero(same), np.flatnonzero(same) + 1)]])
        return np.concatenate(found)


@dataclass(frozen=True)
class Repeats:
    """Rows (from 0) that repeat a key, in order, and for each the row that last held it."""

    rows: Indexes
    previous: Indexes

    def between(self, start: int, stop: int) -> dict[int, int]:
        """Row → previous holder, for the rows of a block."""
        low, high = np.searchsorted(self.rows, [start, stop])
        return dict(zip(self.rows[low:high].tolist(), self.previous[low:high].tolist(), strict=True))


def verified(rows: Sequence[int], digests: Sequence[bytes]) -> Repeats:
    """The repeats among candidate rows, given the digest of the key of each, in row order."""
    if not rows:
        return Repeats(np.empty(0, np.int64), np.empty(0, np.int64))
    places = np.asarray(rows, np.int64)
    halves = np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)
    order = np.lexsort((places, halves[:, 1], halves[:, 0]))
    ordered = halves[order]
    same = (ordered[1:] == ordered[:-1]).all(axis=1)
    repeating, previous = places[order][1:][same], places[order][:-1][same]
    by_row = np.argsort(repeating, kind="stable")
    return Repeats(repeating[by_row], previous[by_row])


def key_digests(texts: Sequence[pa.Array], indexes: Indexes) -> list[bytes]:
    """The digest of the key of each of the rows `indexes` of a block."""
    chosen = pa.array(indexes, pa.int64())
    return [digest(parts) for parts in zip(*(text.take(chosen).to_pylist() for text in texts), strict=True)]


def texts_of(
    columns: Sequence[Column], cells: Sequence[pa.Array], wanted: set[int], proved: Container[int] = ()
) -> dict[int, pa.Array]:
    """The key texts of the wanted columns of a block; all cells of the columns `proved` are. Raises `NotComparable`."""
    return {number: key_texts(columns[number], cells[number], is_proved=number in proved) for number in sorted(wanted)}
