"""Whole columns of texts, folded and taken apart into words.

Belongs here: columns. Does not: what a folded form is (`normalisation.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.normalisation import fold_all

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


def folded(texts: pa.Array) -> pa.Array:
    """`fold` of each text, as large text; a text without words is one space."""
    return pa.array(fold_all(texts.to_pylist()), pa.large_binary()).cast(pa.large_string())


@dataclass(frozen=True)
class Words:
    """The words of some texts, one after the other: `words`, the place of the text of each, and how many texts."""

    words: pa.Array
    text: Numbers
    texts: int

    @classmethod
    def of(cls, folded_texts: pa.Array) -> Words:
        """The words of folded texts, in order."""
        lists = pc.split_pattern(folded_texts, " ")
        parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
        words = pc.list_flatten(lists)
        return cls(words, parents, len(folded_texts)).where(mask_of(pc.not_equal(words, "")))

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
        lengths = pc.binary_length(self.words).to_numpy(zero_copy_only=False).astype(np.int64)
        order = np.lexsort((np.arange(len(lengths)), -lengths, self.text))
        firsts = np.unique(self.text[order], return_index=True)[1]
        return self.words.take(pa.array(order[firsts]))


def are_among(words: pa.Array, some: frozenset[str]) -> Mask:
    """Which words are among a few."""
    return mask_of(pc.is_in(words, value_set=pa.array(sorted(some), words.type)))


def mask_of(booleans: pa.Array) -> Mask:
    """Arrow's booleans, without nulls, as numpy's."""
    mask: Mask = booleans.to_numpy(zero_copy_only=False)
    return mask
