"""Which rows of two tables are the same row: those that share a key.

Belongs here: pairing keys. Does not: comparing the values of paired rows (`diff.py`).
Rows are in key order, and most of a version is the version before it: pairs are found as runs of rows that follow
each other on both sides, of which no column has to be copied. Only where runs are short are keys looked up one by one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.canonical import is_ascending
from pipelines.storage.columns import taken
from pipelines.storage.spool import brought

MAXIMUM_RUNS, LEAST_RUN = 4_096, 256
"""How many runs any two tables may have, and the rows that each of more has to have, taken together."""
SHORT_RUN = 64
FIRST_WINDOW, LAST_WINDOW = 256, 65_536
Run = tuple[int, int, int]


@dataclass(frozen=True)
class Match:
    """Pairs of rows: `before[n]` and `after[n]` are the same row; `runs` are the pairs as (before, after, length), and
    none when there are too many of them to be worth it. `added`, `removed`: rows of one side only."""

    before: pa.Array
    after: pa.Array
    added: pa.Array
    removed: pa.Array
    runs: tuple[Run, ...] | None

    @cached_property
    def _masks(self) -> tuple[pa.Array, pa.Array] | None:
        """Which rows of each side are in a pair; none where pairs are not in the order of rows on both."""
        import numpy as np

        sides = [(self.before.to_numpy(), self.removed), (self.after.to_numpy(), self.added)]
        if not all((np.diff(places) > 0).all() for places, _ in sides):
            return None
        before, after = (~_are_among(others.to_numpy(), len(places) + len(others)) for places, others in sides)
        return pa.array(before), pa.array(after)

    def aligned(
        self, before: Iterable[pa.ChunkedArray], after: pa.ChunkedArray
    ) -> Iterator[tuple[int, pa.ChunkedArray, pa.ChunkedArray]]:
        """Two columns, cut down to the pairs, in the order of the pairs: the number of the first pair, and the values
        of both sides from there on. `before` comes in pieces, and is held no longer than its piece is looked at."""
        if self._masks is None:
            pieces = list(before)
            if pieces:
                yield 0, taken(_joined(pieces, pieces[0].type), self.before), taken(after, self.after)
            return
        places = self.before.to_numpy()
        start = first = 0
        for piece in before:
            stop = start + len(piece)
            last = int(places.searchsorted(stop))
            if last > first:
                yield first, *self._of_piece(piece, start, after, first, last)
            start, first = stop, last

    def _of_piece(
        self, piece: pa.ChunkedArray, start: int, after: pa.ChunkedArray, first: int, last: int
    ) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
        """Of a piece, whose first row is `start`, and of the other side: the pairs from `first` up to `last`."""
        begin, end = self.after[first].as_py(), self.after[last - 1].as_py() + 1
        near = brought(after.slice(begin, end - begin))
        if self.runs is None:
            assert self._masks is not None
            mine, others = self._masks[0].slice(start, len(piece)), self._masks[1].slice(begin, end - begin)
            return piece.filter(mine), near.filter(others)  # a fifth of what taking them by their places costs
        olds, news = [], []
        for number in range(max(0, bisect_right(self.runs, start, key=_first) - 1), len(self.runs)):
            old, new, length = self.runs[number]
            if old >= start + len(piece):
                break
            here, there = max(old, start), min(old + length, start + len(piece))
            if there > here:
                olds.append(piece.slice(here - start, there - here))
                news.append(near.slice(new + here - old - begin, there - here))
        return _joined(olds, piece.type), _joined(news, after.type)


def match(
    old: pa.Array | pa.ChunkedArray, new: pa.Array | pa.ChunkedArray, *, are_ascending: bool | None = None
) -> Match:
    """Pair the rows of two tables by their keys, each of which comes once on its side.

    `are_ascending`: whether both are in order; none where nobody knows yet.
    """
    import numpy as np

    if isinstance(old, pa.ChunkedArray) or isinstance(new, pa.ChunkedArray):
        old, new = _chunked(old), _chunked(new)
    if are_ascending is None:
        are_ascending = is_ascending(old) and is_ascending(new)
    runs = _merged(old, new) if are_ascending else None
    if runs is None:
        found = pc.index_in(new, value_set=old)
        found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
        known = pc.is_valid(found)
        before = found.filter(known).to_numpy().astype(np.int64)
        after = pc.indices_nonzero(known).to_numpy().astype(np.int64)
        runs = _runs(before, after)
    else:
        before, after = _places(runs, 0), _places(runs, 1)
    removed, added = _others(before, len(old)), _others(after, len(new))
    return Match(pa.array(before), pa.array(after), pa.array(added), pa.array(removed), runs)


def _first(run: Run) -> int:
    return run[0]


def _chunked(keys: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return keys if isinstance(keys, pa.ChunkedArray) else pa.chunked_array([keys])


def _merged(old: pa.Array, new: pa.Array) -> tuple[Run, ...] | None:
    """The runs that two ascending lists of keys share; none as soon as steps turn out to be short.

    Steps are counted rather than runs: where no keys are shared there is no run, and a step for each key.
    """
    runs: list[Run] = []
    most = _most_runs(len(old))
    i = j = steps = 0
    while i < len(old) and j < len(new):
        steps += 1
        length = _alike(old, i, new, j)
        if length:
            runs.append((i, j, length))
            i, j = i + length, j + length
        if len(runs) > most or (i + j) < SHORT_RUN * (steps - SHORT_RUN):
            return None
        if i < len(old) and j < len(new):
            mine, other = old[i].as_py(), new[j].as_py()
            if mine < other:
                i = _place_of(other, old, i)
            else:
                j = _place_of(mine, new, j)
    return tuple(runs)


def _most_runs(rows: int) -> int:
    return max(MAXIMUM_RUNS, rows // LEAST_RUN)


def _place_of(word: Any, keys: pa.Array, start: int) -> int:
    """The first place from `start` on whose key is not less than a word: it is near, and looked for in ever larger
    steps."""
    step = 1
    while start + step < len(keys) and _word(keys[start + step]) < word:
        start, step = start + step, 2 * step
    return bisect_left(keys, word, start, min(start + step, len(keys)), key=_word)


def _word(key: Any) -> Any:
    return key.as_py()


def _alike(old: pa.Array, i: int, new: pa.Array, j: int) -> int:
    """How many keys are equal from here on."""
    length, window = 0, FIRST_WINDOW
    while True:
        mine, other = old.slice(i + length, window), new.slice(j + length, window)
        size = min(len(mine), len(other))
        mine, other = mine.slice(0, size), other.slice(0, size)
        if not size or not mine.equals(other):
            break
        length += size
        window = min(2 * window, LAST_WINDOW)
    first_unlike: int = pc.index(pc.equal(mine, other), False).as_py()
    return length + max(first_unlike, 0)


def _runs(before: Any, after: Any) -> tuple[Run, ...] | None:
    """Pairs (two arrays of places) as runs, none when they are too many."""
    import numpy as np

    if not len(before):
        return ()
    starts = np.concatenate(([0], np.flatnonzero((np.diff(before) != 1) | (np.diff(after) != 1)) + 1))
    if len(starts) > _most_runs(len(before)):
        return None
    lengths = np.append(starts[1:], len(before)) - starts
    return tuple(zip(before[starts].tolist(), after[starts].tolist(), lengths.tolist(), strict=True))


def _places(runs: tuple[Run, ...], side: int) -> Any:
    import numpy as np

    pieces = [np.arange(run[side], run[side] + run[2]) for run in runs]
    return np.concatenate(pieces) if pieces else np.arange(0)


def _others(places: Any, rows: int) -> Any:
    """Which of `rows` rows are not among `places`."""
    import numpy as np

    return np.flatnonzero(~_are_among(places, rows))


def _are_among(places: Any, rows: int) -> Any:
    """Of each of `rows` rows, whether it is among `places`."""
    import numpy as np

    found = np.zeros(rows, bool)
    found[places] = True
    return found


def _joined(pieces: list[pa.ChunkedArray], kind: pa.DataType) -> pa.ChunkedArray:
    return pa.chunked_array([chunk for piece in pieces for chunk in piece.chunks], kind)
