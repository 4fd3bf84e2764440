"""The distinct texts of columns that go by some rows at a time.

Belongs here: putting them together. Does not: checking them (`scanning.py`)."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.seen import Digest

MANY = 1 << 20
"""Distinct texts of a column that are put together before they are looked at."""


def distinct_of(texts: Sequence[pa.Array]) -> pa.Array:
    """Texts, each once."""
    return pc.unique(pa.concat_arrays([pa.array([], pa.large_string()), *texts]))


def add_to(mark: Digest, column: pa.ChunkedArray | None) -> None:
    """Add the next texts of a column to what it is known by."""
    for chunk in column.chunks if column is not None else ():
        mark.add(chunk)


class Distinct:
    """The distinct texts of a column, while they are few."""

    def __init__(self) -> None:
        self.are_few = True
        self._held: list[pa.Array] = []

    def add(self, column: pa.ChunkedArray | None) -> None:
        """The next texts of the column."""
        if not self.are_few or column is None:
            return
        self._held.append(pc.unique(column.cast(pa.large_string())).drop_null())
        if sum(map(len, self._held)) > MANY:
            self._held = [distinct_of(self._held)]
            self.are_few = len(self._held[0]) <= MANY // 2
            self._held = self._held if self.are_few else []

    def texts(self) -> pa.Array:
        """What was met."""
        return distinct_of(self._held)
