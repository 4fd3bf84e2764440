"""Judging by proof: a first pass that proves, a second over the blocks that hold suspects.

Belongs here: the order of the two passes, and what is kept between them. Does not: what either finds in a block
(`examine.py`, `explain.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.validation.blocks import Block, Source
from pipelines.validation.examine import Examination, Examiner, Reference
from pipelines.validation.explain import Suspects, all_errors, show
from pipelines.validation.keys import HashLog, Key, Repeats, key_digests, verified
from pipelines.validation.keytext import NotComparable
from pipelines.validation.opening import Case
from pipelines.validation.outcome import Outcome, Progress
from pipelines.validation.parents import ReferredKey
from pipelines.validation.references import ParentKeys


@dataclass(frozen=True)
class FirstPass:
    """What the first pass leaves: how many rows, where blocks begin, which need a second look."""

    starts: Sequence[int]  # the first row of each block, then the number of rows
    suspect: frozenset[int]  # ordinals of blocks with an error of their own
    logs: Sequence[HashLog]
    kept: Mapping[int, Block]  # blocks that are held because their rows were asked for

    @property
    def rows(self) -> int:
        return self.starts[-1]

    def ordinals(self, rows: Any) -> frozenset[int]:
        """The blocks that hold these rows."""
        return frozenset((np.searchsorted(self.starts, rows, side="right") - 1).tolist())


class Proving:
    """One case judged by proof. Raises `NotPlain` and `NotComparable`: it is then judged otherwise, from the start."""

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
        """Judge every row; returns how many there were. The outcome has the rest."""
        first = self._prove()
        repeats = self._verify(first)
        for key, found in zip(self.keys, repeats, strict=True):
            name = None if key.is_primary else self.case.fields[key.columns[0]].name
            if len(found.rows):
                self.outcome.tally.totals["primary-key" if key.is_primary else "unique-error", name] += len(found.rows)
        wanted = first.suspect.union(*(first.ordinals(found.rows) for found in repeats))
        self._explain(first, repeats, wanted)
        return first.rows

    def _prove(self) -> FirstPass:
        starts, suspect, kept = [0], set[int](), dict[int, Block]()
        logs = [HashLog(self.budget // 4) for _ in self.keys]
        totals = self.outcome.tally.totals
        for ordinal, (block, shown) in enumerate(self.source.examined(self.examine)):
            self._check_numbers(block)
            if shown.totals:
                suspect.add(ordinal)
                totals.update(shown.totals)
            for log, keyed in zip(logs, shown.keyed, strict=True):
                log.add(keyed.hashes)
            if self.outcome.keeps_blocks:
                kept[ordinal] = block
            starts.append(block.first + len(block))
            if self.progress is not None:
                self.progress(starts[-1], self.source.fraction)
        return FirstPass(starts, frozenset(suspect), logs, kept)

    def _check_numbers(self, block: Block) -> None:
        """Keys tell rows by their number: rows that were skipped between others leave that to Frictionless."""
        if self.keys and block.numbers is not None and block.numbers[-1] - block.numbers[0] != len(block) - 1:
            raise NotComparable("rows were skipped")

    def _verify(self, first: FirstPass) -> list[Repeats]:
        candidates = [log.repeated() for log in first.logs]
        found = [(list[int](), list[bytes]()) for _ in self.keys]
        wanted = frozenset[int]().union(*(first.ordinals(rows) for rows in candidates))
        for ordinal, block in self._again(first, wanted):
            shown = self.examine(block)
            for key, rows, (places, digests) in zip(self.keys, candidates, found, strict=True):
                low, high = np.searchsorted(rows, [first.starts[ordinal], first.starts[ordinal + 1]])
                places.extend(rows[low:high].tolist())
                texts = [shown.texts[number] for number in key.columns]
                digests.extend(key_digests(texts, rows[low:high] - first.starts[ordinal]))
        return [verified(places, digests) for places, digests in found]

    def _explain(self, first: FirstPass, repeats: Sequence[Repeats], wanted: frozenset[int]) -> None:
        outcome, case = self.outcome, self.case
        asked = frozenset(range(len(first.starts) - 1)) if outcome.wants_every_block else wanted
        for ordinal, block in self._again(first, asked):
            if ordinal not in wanted:
                outcome.take(block, None, None)
                continue
            suspects = self._suspects(block, self.examine(block), repeats)
            show(suspects, case.handlers, case.keys, outcome.tally)
            table = None
            if outcome.wants_all_errors:
                table = all_errors(suspects, case.columns, case.keys, case.handlers, tell=outcome.tell)
            outcome.take(block, suspects.mask(), table)

    def _suspects(self, block: Block, shown: Examination, repeats: Sequence[Repeats]) -> Suspects:
        offset = 2 if block.numbers is None else block.numbers[0] - block.first
        places = [
            {
                row - block.first: holder + offset
                for row, holder in found.between(block.first, block.first + len(block)).items()
            }
            for found in repeats
        ]
        return Suspects(block, shown, self.keys, places, self.case.checks)

    def _again(self, first: FirstPass, wanted: frozenset[int]) -> Any:
        if not wanted:
            return iter(())
        if first.kept:
            return ((ordinal, first.kept[ordinal]) for ordinal in sorted(wanted))
        return self.source.again(wanted)
