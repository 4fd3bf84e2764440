"""The values of many records in columns, as they are looked for: unmasked, by kind, folded.

Belongs here: what is known of each value before the search, worked out once. Does not: searching.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.folding import Mask, Numbers, are_disguised, folded, mask_of
from pipelines.privacy.kinds import Kind, kind_by_name, kind_of
from pipelines.privacy.multi_value import MAY_BE_SEVERAL, Values, taken_apart
from pipelines.privacy.normalisation import unmask

KINDS = tuple(Kind)
Codes = np.ndarray[Any, np.dtype[np.uint8]]
_SURELY_AN_ADDRESS = r"^[!-~]+@[!-~]+\.[!-~]+$"
_MANY_SPACES = 8
"""More make a text of what its field calls a name."""


def code_of(kind: Kind) -> int:
    """The place of a kind in `KINDS`, which stands for it in columns."""
    return KINDS.index(kind)


@dataclass(frozen=True)
class SearchedValues:
    """Values of records, record after record: `fields` (a dictionary), `values`, and the number of the `record` of
    each; `count` is how many records there are."""

    fields: pa.Array
    values: pa.Array
    record: Numbers
    count: int

    @classmethod
    def of(cls, fields: pa.Array, values: pa.Array, record: Numbers, count: int) -> SearchedValues:
        """With what the cells of several values hold, after the values of their record."""
        ends = np.searchsorted(record, np.arange(count), side="right")
        several = np.flatnonzero(mask_of(pc.match_substring_regex(values, MAY_BE_SEVERAL)))
        own, more = cls(fields, values, record, count), []
        for number in np.unique(record[several]).tolist():
            before = own._between(int(ends[number - 1]) if number else 0, int(ends[number]))
            more += [(number, *pair) for pair in taken_apart(before)[len(before) :]]
        if not more:
            return own
        numbers, names, texts = zip(*more, strict=True)
        names_after = pa.chunked_array([fields, pa.array(names, pa.string()).dictionary_encode()])
        record = np.concatenate([record, np.array(numbers, np.int64)])
        order = np.argsort(record, kind="stable")
        places = pa.array(order)
        return cls(
            names_after.unify_dictionaries().combine_chunks().take(places),
            pa.concat_arrays([values, pa.array(texts, values.type)]).take(places),
            record[order],
            count,
        )

    def of_record(self, number: int) -> Values:
        """The values of one record."""
        return self._between(*(int(bounds[number]) for bounds in (self.starts, self.ends)))

    def _between(self, start: int, end: int) -> Values:
        size = end - start
        pairs = zip(self.fields.slice(start, size).to_pylist(), self.values.slice(start, size).to_pylist(), strict=True)
        return tuple(pairs)

    @cached_property
    def ends(self) -> Numbers:
        """Where the values of each record end."""
        return np.searchsorted(self.record, np.arange(self.count), side="right")

    @property
    def starts(self) -> Numbers:
        """Where the values of each record begin."""
        return np.concatenate([[0], self.ends[:-1]]) if self.count else self.ends

    @cached_property
    def plain(self) -> pa.Array:
        """The values, unmasked where they were disguised."""
        masked = self._disguised
        if not masked.any():
            return self.values
        undone = list(map(unmask, self.values.filter(pa.array(masked)).to_pylist()))
        return pc.replace_with_mask(self.values, pa.array(masked), pa.array(undone, self.values.type))

    @cached_property
    def folded(self) -> pa.Array:
        """The unmasked values, folded."""
        return folded(self.plain)

    @cached_property
    def kinds(self) -> Codes:
        """The code of what each value is, as it was entered."""
        return self._kinds_of(self.values)

    @cached_property
    def plain_kinds(self) -> Codes:
        """The code of what each value is, unmasked."""
        masked = np.flatnonzero(self._disguised)
        kinds = self.kinds.copy()
        kinds[masked] = self._one_by_one(self.plain, masked)
        return kinds

    def are(self, kinds: Sequence[Kind]) -> Mask:
        """Which values are of these kinds, as entered."""
        return np.isin(self.kinds, list(map(code_of, kinds)))

    @cached_property
    def _disguised(self) -> Mask:
        return are_disguised(self.values)

    def _kinds_of(self, values: pa.Array) -> Codes:
        """`kind_of` each value: nearly always what the name of its field says, or an address of mail."""
        by_name = np.array([code_of(kind_by_name(name)) for name in self.fields.dictionary.to_pylist()], np.uint8)
        kinds = by_name[self.fields.indices.to_numpy(zero_copy_only=False)] if len(values) else np.zeros(0, np.uint8)
        has_sign = mask_of(pc.match_substring(values, "@"))
        is_address = has_sign.copy()
        is_address[has_sign] = mask_of(pc.match_substring_regex(values.filter(pa.array(has_sign)), _SURELY_AN_ADDRESS))
        is_long = mask_of(pc.greater(pc.count_substring(values, " "), _MANY_SPACES))
        kinds[is_address] = code_of(Kind.EMAIL)
        left = np.flatnonzero((has_sign & ~is_address) | is_long)
        kinds[left] = self._one_by_one(values, left)
        return kinds

    def _one_by_one(self, values: pa.Array, places: Numbers) -> list[int]:
        some = pa.array(places)
        pairs = zip(self.fields.take(some).to_pylist(), values.take(some).to_pylist(), strict=True)
        return [code_of(kind_of(name, value)) for name, value in pairs]
