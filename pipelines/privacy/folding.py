"""Whole columns of texts, folded and taken apart into words.

Belongs here: columns. Does not: what a folded form is (`normalisation.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.normalisation import CELL, DISGUISED, ENTERED, fold_joined

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


def folded(texts: pa.Array) -> pa.Array:
    """`fold` of each text, as large text; a text without words is one space. No text enters Python by itself."""
    if not len(texts):
        return pa.array([], pa.large_string())
    joined = _joined(texts)
    if joined.count(CELL) >= len(texts):  # a text with a separator of its own
        joined = _joined(pc.replace_substring(texts, CELL, " "))
    plain = fold_joined(joined)
    cuts = np.flatnonzero(np.frombuffer(plain, np.uint8) == ord(CELL)) - np.arange(len(texts) - 1)
    plain = plain.translate(None, CELL.encode())
    bounds = np.concatenate([[0], cuts, [len(plain)]])
    return large_texts(bounds, plain)


def large_texts(bounds: Numbers, letters: bytes) -> pa.Array:
    """Texts of which each ends where the next one begins."""
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(letters)]
    return pa.Array.from_buffers(pa.large_string(), len(bounds) - 1, buffers)


def _of_large(texts: pa.Array) -> tuple[Numbers, Any]:
    """Where each text begins and the last one ends, and the bytes of all."""
    _, bounds, letters = texts.cast(pa.large_string()).buffers()
    places = np.frombuffer(bounds, np.int64, len(texts) + 1, 8 * texts.offset) if bounds else np.zeros(1, np.int64)
    first, last = int(places[0]), int(places[-1])
    return places - first, np.frombuffer(letters or b"", np.uint8, last - first, first if letters else 0)


def _joined(texts: pa.Array) -> str:
    whole = pa.LargeListArray.from_arrays(pa.array([0, len(texts)]), texts.cast(pa.large_string()))
    joined: str = pc.binary_join(whole, pa.scalar(f" {CELL} ", pa.large_string()))[0].as_py()
    return joined


def are_disguised(texts: pa.Array) -> Mask:
    """Which texts `unmask` may change. Most columns are told to have none by one look at all their bytes."""
    letters = _of_large(texts)[1].tobytes()
    if letters.isascii() and not any(sign in letters for sign in ENTERED):
        return np.zeros(len(texts), np.bool_)
    return mask_of(pc.match_substring_regex(texts, DISGUISED))


def translated(texts: pa.Array, table: bytes) -> pa.Array:
    """Texts of ASCII, each sign put for another one."""
    bounds, letters = _of_large(texts)
    return large_texts(bounds, letters.tobytes().translate(table))


@dataclass(frozen=True)
class Words:
    """The words of some texts, one after the other: `words`, the place of the text of each, and how many texts."""

    words: pa.Array
    text: Numbers
    texts: int

    @classmethod
    def of(cls, folded_texts: pa.Array) -> Words:
        """The words of folded texts, in order."""
        bounds, letters = _of_large(folded_texts)
        is_space = letters == ord(" ")
        begins, ends = ~is_space, ~is_space
        begins[1:] &= is_space[:-1]
        ends[:-1] &= is_space[1:]
        edges = bounds[1:-1][(bounds[1:-1] > 0) & (bounds[1:-1] < len(letters))]  # a text ends, another begins
        begins[edges], ends[edges - 1] = ~is_space[edges], ~is_space[edges - 1]
        first = np.flatnonzero(begins)
        sizes = np.flatnonzero(ends) + 1 - first
        texts = np.repeat(np.arange(len(folded_texts)), np.diff(np.searchsorted(first, bounds)))
        words = large_texts(np.concatenate([[0], np.cumsum(sizes)]), letters.tobytes().translate(None, b" "))
        return cls(words, texts, len(folded_texts))

    def where(self, is_kept: Mask) -> Words:
        """Only some of the words; the texts are the same."""
        if is_kept.all():
            return self
        return Words(self.words.filter(pa.array(is_kept)), self.text[is_kept], self.texts)

    def in_texts(self, is_kept: Mask) -> Words:
        """Only the words of some of the texts, which are counted again."""
        places = np.cumsum(is_kept) - 1
        kept = self.where(is_kept[self.text])
        return Words(kept.words, places[kept.text], int(is_kept.sum()))

    def counts(self, is_counted: Mask | None = None) -> Numbers:
        """How many words each text has, or how many of those that count."""
        text = self.text if is_counted is None else self.text[is_counted]
        found: Numbers = np.bincount(text, minlength=self.texts)
        return found

    def joined(self, sign: str = " ") -> pa.Array:
        """The words of each text, joined."""
        bounds = np.concatenate([[0], np.cumsum(self.counts())])
        lists = pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), self.words)
        return pc.binary_join(lists, pa.scalar(sign, self.words.type))

    def letters(self) -> Numbers:
        """How many letters and digits the words of each text have."""
        lengths = mask_of(pc.binary_length(self.words)).astype(np.int64)
        before = np.concatenate([[0], np.cumsum(lengths)])
        bounds = np.concatenate([[0], np.cumsum(self.counts())])
        found: Numbers = np.diff(before[bounds])
        return found

    def firsts(self) -> pa.Array:
        """The first word of each text; every text has one."""
        counts = self.counts()
        return self.words.take(pa.array(np.cumsum(counts) - counts))

    def longest(self) -> pa.Array:
        """The longest word of each text, the first of several; every text has one."""
        lengths, counts = mask_of(pc.binary_length(self.words)), self.counts()
        if not len(lengths):
            return self.words
        most = np.maximum.reduceat(lengths, np.cumsum(counts) - counts)
        places = np.flatnonzero(lengths == np.repeat(most, counts))
        return self.words.take(pa.array(places[np.diff(self.text[places], prepend=-1) > 0]))


def are_among(words: pa.Array, some: frozenset[str]) -> Mask:
    """Which words are among a few."""
    return mask_of(pc.is_in(words, value_set=_as_array(some).cast(words.type)))


@lru_cache(maxsize=32)
def _as_array(words: frozenset[str]) -> pa.Array:
    return pa.array(sorted(words), pa.large_string())


def mask_of(booleans: pa.Array) -> Mask:
    """Arrow's booleans, without nulls, as numpy's."""
    mask: Mask = booleans.to_numpy(zero_copy_only=False)
    return mask
