"""Validating by proof: a first pass that proves, a second over the blocks that hold suspects.

Belongs here: the order of the two passes, and what is kept between them. Does not: what either finds in a block
(`examine.py`, `explain.py`).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from pipelines.validation.blocks import Block, Source
from pipelines.validation.examine import Examination, Examiner, Reference
from pipelines.validation.explain import Suspects, all_errors, show
from pipelines.validation.keys import HashLog, Indexes, Key, Repeats, key_digests, verified
from pipelines.validation.opening import Case
from pipelines.validation.outcome import Outcome, Progress
from pipelines.validation.parents import ReferredKey
from pipelines.validation.references import ParentKeys

NONE_REPEATED = verified([], [])
FEW = 20  # a block with fewer suspects than one row in that many keeps them for the second pass


Numbers: TypeAlias = int | Indexes  # what to add to a row (from 0) for its number; each number where rows were skipped


@dataclass(frozen=True)
class FirstPass:
    """What the first pass leaves: how many rows, where blocks begin, which need a second look."""

    starts: Sequence[int]  # the first row of each block, then the number of rows
    numbers: Sequence[Numbers]  # of each block
    suspect: frozenset[int]  # ordinals of blocks with an error of their own
    logs: Mapping[tuple[int, ...], HashLog]  # by the columns of the key
    kept: Mapping[int, Block]  # blocks that are held because their rows were asked for
    few: Mapping[int, Block]  # the suspect rows alone of blocks that have few, so that they need no second reading

    @property
    def rows(self) -> int:
        return self.starts[-1]

    def numbers_of(self, rows: Sequence[int]) -> list[int]:
        """Frictionless' row numbers of rows (from 0)."""
        ordinals = (np.searchsorted(self.starts, rows, side="right") - 1).tolist()
        found = []
        for row, ordinal in zip(rows, ordinals, strict=True):
            numbers = self.numbers[ordinal]
            found.append(row + numbers if isinstance(numbers, int) else int(numbers[row - self.starts[ordinal]]))
        return found

    def ordinals(self, rows: Any) -> frozenset[int]:
        """The blocks that hold these rows."""
        return frozenset((np.searchsorted(self.starts, rows, side="right") - 1).tolist())


class Proving:
    """One case validated by proof. Raises `NotPlain` and `NotComparable`: it is then validated otherwise, from the
    start."""

    def __init__(
        self,
        case: Case,
        source: Source,
        parents: Mapping[ReferredKey, ParentKeys],
        outcome: Outcome,
        *,
        budget: int,
        progress: Progress | None,
    ) -> None:
        self.case, self.source, self.outcome, self.budget, self.progress = case, source, outcome, budget, progress
        place = {field.name: number for number, field in enumerate(case.fields)}
        self.keys = [Key((place[name],), is_primary=False) for name in case.keys.unique]
        if case.keys.primary:
            self.keys.append(Key(tuple(place[name] for name in case.keys.primary), is_primary=True))
        references = [
            Reference(tuple(place[name] for name in group.fields), parents[group.source, group.source_fields])
            for group in case.keys.foreign
        ]
        self.examine = Examiner(case.columns, case.handlers, self.keys, references, case.checks)

    def run(self) -> int:
        """Validate every row; returns how many there were. The outcome has the rest."""
        first = self._prove()
        repeats = self._verify(first)
        for key, found in zip(self.keys, repeats, strict=True):
            name = None if key.is_primary else self.case.fields[key.columns[0]].name
            if len(found.rows):
                self.outcome.error_counts.totals["primary-key" if key.is_primary else "unique-error", name] += len(
                    found.rows
                )
        wanted = first.suspect.union(*(first.ordinals(found.rows) for found in repeats))
        self._explain(first, repeats, wanted)
        return first.rows

    def _prove(self) -> FirstPass:
        starts, suspect, kept, few = [0], set[int](), dict[int, Block](), dict[int, Block]()
        numbers = list[Numbers]()
        room = self.budget // 8
        different = {key.columns for key in self.keys}
        logs = {columns: HashLog(self.budget // 4 // len(different)) for columns in different}
        totals = self.outcome.error_counts.totals
        for ordinal, (block, shown) in enumerate(self.source.examined(self.examine)):
            numbers.append(_numbers(block))
            self.outcome.asked.update(shown.asked)
            if shown.totals:
                suspect.add(ordinal)
                totals.update(shown.totals)
                if not self.outcome.wants_blocks and (rows := self._few(block, shown)) is not None:
                    room -= sum(column.nbytes for column in rows.columns)
                    if room > 0:
                        few[ordinal] = rows
            for columns, hashes in {
                key.columns: keyed.hashes for key, keyed in zip(self.keys, shown.keyed, strict=True)
            }.items():
                logs[columns].add(hashes)
            if self.outcome.keeps_blocks:
                kept[ordinal] = block
            starts.append(block.first + len(block))
            if self.progress is not None:
                self.progress(starts[-1], self.source.fraction)
        return FirstPass(starts, numbers, frozenset(suspect), logs, kept, few)

    def _few(self, block: Block, shown: Examination) -> Block | None:
        """The suspect rows of a block as a block of their own, None when they are many."""
        mask = Suspects(block, shown, self.keys, [{} for _ in self.keys], self.case.checks).mask()
        indexes = np.flatnonzero(mask)
        if len(indexes) * FEW > len(block):
            return None
        columns = [column.take(pa.array(indexes)) for column in block.columns]
        places = {index: place for place, index in enumerate(indexes.tolist())}
        ragged = {places[index]: cells for index, cells in block.ragged.items()}
        return Block(block.first, columns, ragged, [block.number(index) for index in places])

    def _verify(self, first: FirstPass) -> list[Repeats]:
        candidates = {columns: log.repeated() for columns, log in first.logs.items()}
        found = {columns: (list[int](), list[bytes]()) for columns in candidates}
        wanted = frozenset[int]().union(*(first.ordinals(rows) for rows in candidates.values()))
        for ordinal, block in self._again(first, wanted):
            shown = self.examine(block)
            for columns, rows in candidates.items():
                places, digests = found[columns]
                low, high = np.searchsorted(rows, [first.starts[ordinal], first.starts[ordinal + 1]])
                places.extend(rows[low:high].tolist())
                texts = [shown.texts[number] for number in columns]
                digests.extend(key_digests(texts, rows[low:high] - first.starts[ordinal]))
        repeats = {columns: verified(*places_and_digests) for columns, places_and_digests in found.items()}
        return [repeats[key.columns] for key in self.keys]

    def _explain(self, first: FirstPass, repeats: Sequence[Repeats], wanted: frozenset[int]) -> None:
        outcome, case = self.outcome, self.case
        repeating = frozenset[int]().union(*(first.ordinals(found.rows) for found in repeats))
        alone = {ordinal: block for ordinal, block in first.few.items() if ordinal not in repeating}
        is_every_asked = outcome.wants_every_block and not outcome.takes_spans
        asked = frozenset(range(len(first.starts) - 1)) if is_every_asked else wanted - alone.keys()
        told = 0  # rows whose blocks were taken
        for ordinal, block in heapq.merge(self._again(first, asked), sorted(alone.items()), key=lambda item: item[0]):
            if ordinal not in wanted:
                outcome.take(block, None, None)
                continue
            if outcome.takes_spans:
                outcome.take_span(told, block.first)
                told = block.first + len(block)
            known = [NONE_REPEATED] * len(repeats) if ordinal in alone else repeats
            suspects = self._suspects(first, block, self.examine(block), known)
            show(suspects, case.handlers, case.keys, outcome.error_counts, case.columns)
            table = None
            if outcome.wants_all_errors:
                table = all_errors(suspects, case.columns, case.keys, case.handlers, shown_fields=outcome.shown_fields)
            outcome.take(block, suspects.mask(), table)
        if outcome.takes_spans:
            outcome.take_span(told, first.rows)

    def _suspects(self, first: FirstPass, block: Block, shown: Examination, repeats: Sequence[Repeats]) -> Suspects:
        stop = block.first + len(block)
        places = []
        for found in repeats:
            holders = found.between(block.first, stop)
            numbers = first.numbers_of(list(holders.values()))
            places.append({row - block.first: number for row, number in zip(holders, numbers, strict=True)})
        return Suspects(block, shown, self.keys, places, self.case.checks)

    def _again(self, first: FirstPass, wanted: frozenset[int]) -> Any:
        if not wanted:
            return iter(())
        if first.kept:
            return ((ordinal, first.kept[ordinal]) for ordinal in sorted(wanted))
        return self.source.again(wanted)


def _numbers(block: Block) -> Numbers:
    if block.numbers is None:
        return 2
    if block.numbers[-1] - block.numbers[0] == len(block) - 1:
        return block.numbers[0] - block.first
    return np.asarray(block.numbers, np.int64)
