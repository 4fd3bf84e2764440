"""Examining a block: which of its rows are suspect, and how many errors of which rule their cells have.

A pure function of one block, run beside the reading of the next ones. Belongs here: rows of one block. Does not: what
needs other rows (`keys.py`) or words (`explain.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.blocks import Block
from pipelines.validation.columns import Column
from pipelines.validation.custom_checks import CustomCheck
from pipelines.validation.keys import Indexes, Key, KeyedRows, keyed, texts_of
from pipelines.validation.keytext import KINDS
from pipelines.validation.references import ParentKeys
from pipelines.validation.row_validation import KeyFields, Remembered, validate_rows

Totals = Counter[tuple[str, str | None]]
NO_KEYS = KeyFields((), (), ())
RULE_OF_NOTE = {"type": "type-error"}  # every other note is a constraint's


@dataclass(frozen=True)
class Reference:
    """A foreign key: its columns, counted from 0, and the keys that they must be among."""

    columns: tuple[int, ...]
    parents: ParentKeys


@dataclass(frozen=True)
class Finding:
    """One field of one block: the rows whose cell is refused, and the cells."""

    column: Column
    indexes: Indexes
    cells: pa.Array


@dataclass(frozen=True)
class Examination:
    """What one block shows by itself. Indexes are places in the block."""

    findings: Sequence[Finding]
    blank: Indexes
    ragged: Mapping[int, Sequence[Any]]  # place → Frictionless' errors, keys apart
    keyed: Sequence[KeyedRows]
    texts: Mapping[int, pa.Array]
    orphans: Sequence[Indexes]
    failed: Sequence[Indexes]  # one a custom check
    totals: Totals
    asked: Counter[int]  # cells that Frictionless' reader was asked about, by the place of their column

    def suspects(self, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """The mask of rows with an error that the block shows by itself."""
        mask = np.zeros(size, np.bool_)
        mask[self.blank] = True
        mask[list(self.ragged)] = True
        for finding in self.findings:
            mask[finding.indexes] = True
        for indexes in (*self.orphans, *self.failed):
            mask[indexes] = True
        return mask


class Examiner:
    """The proofs of one table. `keys` and `references` are in the order in which Frictionless reports them."""

    def __init__(
        self,
        columns: Sequence[Column],
        handlers: Any,
        keys: Sequence[Key],
        references: Sequence[Reference],
        checks: Sequence[CustomCheck] = (),
    ) -> None:
        self.columns, self.handlers, self.keys, self.references = columns, handlers, keys, references
        self.checks = checks
        self._place = {column.name: number for number, column in enumerate(columns)}
        wanted = [*(key.columns for key in keys), *(reference.columns for reference in references)]
        self._key_columns = {number for columns in wanted for number in columns}
        # The fewer blanks a column is likely to have, the sooner a row is known not to be blank.
        self._by_fullness = sorted(range(len(columns)), key=lambda number: not columns[number].required)

    def __call__(self, block: Block) -> Examination:
        """Examine a block. Raises `NotComparable` when its keys have to be compared by Frictionless."""
        totals: Totals = Counter()
        blank = self._blank(block)
        ragged = self._hear_ragged(block)
        for errors in ragged.values():
            totals.update((error.type, getattr(error, "field_name", None) or None) for error in errors)
        apart = np.union1d(blank, np.fromiter(ragged, np.int64, len(ragged)))
        blank = np.setdiff1d(blank, np.fromiter(ragged, np.int64, len(ragged)), assume_unique=True)
        if len(blank):
            totals["blank-row", None] += len(blank)
        findings, proved, asked = [], set[int](), Counter[int]()
        for number, column in enumerate(self.columns):
            cells = block.filled(number)
            validated = column.validate(cells)
            refused = validated.refused
            if validated.asked:
                asked[number] += validated.asked
            else:
                proved.add(number)
            if refused is None:
                continue
            indexes = np.flatnonzero(refused.to_numpy(zero_copy_only=False))
            if len(apart):
                indexes = np.setdiff1d(indexes, apart, assume_unique=True)
            if len(indexes):
                found = Finding(column, indexes, cells.take(pa.array(indexes)))
                findings.append(found)
                totals.update(rule_totals(found))
        texts = texts_of(self.columns, block.columns, self._key_columns, proved)
        keyed_rows, orphans = self._keys(texts, totals)
        failed = [self._failed(block, check, totals) for check in self.checks]
        return Examination(findings, blank, ragged, keyed_rows, texts, orphans, failed, totals, asked)

    def _keys(self, texts: Mapping[int, pa.Array], totals: Totals) -> tuple[list[KeyedRows], list[Indexes]]:
        alike: dict[tuple[int, ...], KeyedRows] = {}
        for key in self.keys:
            if key.columns not in alike:  # a unique field is often the primary key too
                alike[key.columns] = keyed(key, [texts[number] for number in key.columns])
        rows = [alike[key.columns] for key in self.keys]
        for key, found in zip(self.keys, rows, strict=True):
            if key.is_primary and len(found.empty):
                totals["primary-key", None] += len(found.empty)
        orphans = []
        for reference in self.references:
            kinds = tuple(KINDS[self.columns[number].field.type] for number in reference.columns)
            indexes = reference.parents.orphans([texts[number] for number in reference.columns], kinds)
            orphans.append(indexes)
            if len(indexes):
                totals["foreign-key", None] += len(indexes)
        return rows, orphans

    def _failed(self, block: Block, check: CustomCheck, totals: Totals) -> Indexes:
        """The rows that a custom check refuses, each distinct combination of cells validated once."""
        numbers = [self._place[name] for name in check.columns]
        rows = zip(*(block.columns[number].to_pylist() for number in numbers), strict=True)
        known: dict[tuple[str | None, ...], bool] = {}
        found = []
        for index, cells in enumerate(rows):
            if cells not in known:
                values = [self.columns[number].read(cell)[0] for number, cell in zip(numbers, cells, strict=True)]
                known[cells] = check.fault_of(values) is not None
            if known[cells]:
                found.append(index)
        if found:
            totals[check.name, check.columns[0]] += len(found)
        return np.array(found, np.int64)

    def _blank(self, block: Block) -> Indexes:
        mask: pa.Array | None = None
        for number in self._by_fullness:
            empty = self.columns[number].blank(block.filled(number))
            mask = empty if mask is None else pc.and_(mask, empty)
            if not pc.any(mask).as_py():
                return np.empty(0, np.int64)
        return np.flatnonzero(mask.to_numpy(zero_copy_only=False)) if mask is not None else np.empty(0, np.int64)

    def _hear_ragged(self, block: Block) -> dict[int, Sequence[Any]]:
        """Rows of another width, in Frictionless' words; their numbers are set when `first` is known."""
        rows = ((index, list(cells)) for index, cells in block.ragged.items())
        return {index: errors for index, _, errors in validate_rows(rows, self.handlers, NO_KEYS, Remembered(()))}


def rule_totals(found: Finding) -> Totals:
    """How many errors of each rule the refused cells of a field make: one a note."""
    totals: Totals = Counter()
    counts = pc.value_counts(found.cells)
    cells, numbers = counts.field("values").to_pylist(), counts.field("counts").to_pylist()
    for cell, number in zip(cells, numbers, strict=True):
        for name, _ in found.column.read(cell)[1]:
            totals[RULE_OF_NOTE.get(name, "constraint-error"), found.column.name] += number
    return totals
