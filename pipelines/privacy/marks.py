"""Many texts, known by their hashes: of millions of names, whether a text is one of them.

Belongs here: sets of hashes, in memory or on disk. Does not: whose the texts are (`everyone.py`). Eight bytes a text: a
text of the set is always known; one that is not is taken for one once in 2⁶⁴ for each text that is, and then held for
nothing, never let through. The hashes are of this process: none is ever written under a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.privacy.folding import Mask
from pipelines.storage.sorting import in_order
from pipelines.storage.spool import Spool, is_large, on_disk, pieces

Hashes = np.ndarray[Any, np.dtype[np.uint64]]
_HASH = "hash"
_SCHEMA = pa.schema([pa.field(_HASH, pa.uint64())])
_BITS_EACH, _LEAST, _MOST = 16, 10, 28
"""Bits of the sieve for each hash, and the size of the sieve, as powers of two: at most 32 MB."""
ROWS = 1 << 20


class Marks:
    """A set of texts, by their hashes, which are distinct and ascend."""

    def __init__(self, hashes: Hashes | None = None) -> None:
        self.hashes: Hashes = np.zeros(0, np.uint64) if hashes is None else hashes

    @classmethod
    def of(cls, texts: pa.Array) -> Marks:
        """Of texts that are in memory."""
        return cls(distinct(hashes_of(texts)))

    def __len__(self) -> int:
        return len(self.hashes)

    def are(self, texts: pa.Array) -> Mask:
        """Which texts are among them."""
        return self.have(hashes_of(texts)) if len(self) else np.zeros(len(texts), np.bool_)

    def have(self, hashes: Hashes) -> Mask:
        """Which hashes are among theirs. Nearly none is, nearly always: few go past the sieve."""
        found = np.zeros(len(hashes), np.bool_)
        if not len(self) or not len(hashes):
            return found
        bits = hashes >> self._shift
        sieved = (self._sieve[bits >> np.uint64(3)] >> (bits & np.uint64(7)).astype(np.uint8)) & 1
        maybe = np.flatnonzero(sieved)
        maybe = maybe[np.argsort(hashes[maybe])]
        places = np.minimum(np.searchsorted(self.hashes, hashes[maybe]), len(self) - 1)
        found[maybe] = self.hashes[places] == hashes[maybe]
        return found

    @cached_property
    def _shift(self) -> np.uint64:
        return np.uint64(64 - min(_MOST, max(_LEAST, (len(self) * _BITS_EACH).bit_length())))

    @cached_property
    def _sieve(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """A bit for each beginning that a hash may have."""
        sieve = np.zeros(1 << int(61 - self._shift), np.uint8)
        for start in range(0, len(self), ROWS):
            bits = self.hashes[start : start + ROWS] >> self._shift
            places = bits >> np.uint64(3)  # they ascend: those of one byte follow each other
            firsts = np.flatnonzero(np.concatenate([[True], places[1:] != places[:-1]]))
            own = np.left_shift(np.uint8(1), (bits & np.uint64(7)).astype(np.uint8), dtype=np.uint8)
            sieve[places[firsts]] |= np.bitwise_or.reduceat(own, firsts)
        return sieve


class Gathered:
    """Hashes as they come, of which marks are made."""

    def __init__(self) -> None:
        self._spool = Spool(_SCHEMA)

    def add(self, texts: pa.Array) -> None:
        """Some more texts."""
        if len(texts):
            self.add_hashes(hashes_of(texts))

    def add_hashes(self, hashes: Hashes) -> None:
        """Some more hashes."""
        self._spool.add(pa.table([pa.array(hashes)], schema=_SCHEMA))

    def marks(self) -> Marks:
        """What was added, once; on disk where it is large."""
        table = self._spool.table()
        if not is_large(table):
            return Marks(distinct(table.column(_HASH).to_numpy()))
        return Marks(on_disk(np.dtype(np.uint64), _distinct(in_order(table, lambda rows: rows))))


def distinct(hashes: Hashes) -> Hashes:
    """Hashes in order, each once: `np.unique` of this many is several times slower."""
    ordered = np.sort(hashes)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def _distinct(ordered: pa.Table) -> Iterator[Hashes]:
    last = None
    for piece in pieces(ordered, ROWS):
        hashes = distinct(piece.column(_HASH).to_numpy())
        yield hashes[1:] if len(hashes) and hashes[0] == last else hashes
        last = hashes[-1] if len(hashes) else last


def hashes_of(texts: pa.Array) -> Hashes:
    """The hash of each text."""
    import polars

    if not len(texts):
        return np.zeros(0, np.uint64)
    series = polars.from_arrow(texts)
    assert isinstance(series, polars.Series)
    hashes: Hashes = series.hash().to_numpy()
    return hashes
