"""The outcome of a case: rows accepted, rows rejected, errors, wherever the caller wants them.

Belongs here: taking judged rows, block by block, in order. Does not: judging them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.blocks import Block
from pipelines.validation.columns import Column
from pipelines.validation.explain import ORDERED, told
from pipelines.validation.tally import Tally, as_row
from pipelines.validation.verdict import ROW, Road

Progress = Callable[[int, float | None], None]  # rows read, and which part of the table that is when it is known
Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Rejects(Protocol):
    """Where every error goes: `errors` has the shape `explain.ORDERED`, `rows` the block's own rows."""

    def write(self, errors: pa.Table, rows: pa.Table) -> None: ...


class Outcome:
    """Rows and errors as they are judged. `table`: the text table that is judged, when it is one in memory.

    `accept` gets the accepted rows of each block as they come; `keep` holds accepted and rejected rows for the verdict.
    """

    def __init__(
        self,
        tally: Tally,
        *,
        keep: bool,
        table: pa.Table | None,
        accept: Callable[[pa.Table], None] | None,
        rejects: Rejects | None,
        tell: frozenset[str] | None,
    ) -> None:
        self.tally, self.keep, self.table, self.accept, self.rejects, self.tell = (
            tally,
            keep,
            table,
            accept,
            rejects,
            tell,
        )
        self.columns: Sequence[Column] = ()
        self.path = "frictionless"
        self.restart()

    def restart(self) -> None:
        """Forget everything: the case is judged again from the start, in another way."""
        self.tally.reset()
        self.accepted: list[pa.Table] = []
        self.rejected: list[pa.Table] = []
        self.rejected_rows = 0
        self.asked: Counter[int] = Counter()  # cells that no proof decided, by the place of their column

    def roads(self) -> dict[str, Road]:
        """How the cells of each field were decided."""
        if self.path == "frictionless":
            return {column.name: Road("heard") for column in self.columns}
        return {
            column.name: Road("asked", self.asked[place]) if self.asked[place] else Road("proof")
            for place, column in enumerate(self.columns)
        }

    @property
    def keeps_blocks(self) -> bool:
        """Whether blocks are held from the first pass to the second: their rows are asked for anyway."""
        return self.keep and self.table is None

    @property
    def wants_blocks(self) -> bool:
        """Whether suspect rows are only of use in their own block, among the others."""
        return self.wants_every_block or self.table is not None

    @property
    def wants_every_block(self) -> bool:
        return self.keep or self.accept is not None

    @property
    def wants_all_errors(self) -> bool:
        return self.rejects is not None

    def take(self, block: Block, mask: Mask | None, errors: pa.Table | None) -> None:
        """The next judged block: the mask of its rejected rows (None: none is), and all errors when wanted."""
        rows = self._rows(block)
        if mask is None or not mask.any():
            self._accept(rows)
            return
        self.rejected_rows += int(mask.sum())
        chosen = pa.array(mask)
        if self.rejects is not None and errors is not None:
            self.rejects.write(errors, rows)
        if self.keep:
            numbers = pa.array([block.number(index) for index in np.flatnonzero(mask).tolist()], pa.int64())
            self.rejected.append(rows.filter(chosen).append_column(ROW, numbers))
        if self.keep or self.accept is not None:
            self._accept(rows.filter(pc.invert(chosen)))

    def take_heard(self, block: Block, errors_of: Mapping[int, Sequence[Any]]) -> None:
        """The next block of rows that Frictionless heard, with its errors by place in the block."""
        mask = np.zeros(len(block), np.bool_)
        mask[list(errors_of)] = True
        errors = None
        if self.wants_all_errors:
            rows = [
                {"index": index, **told(as_row(error), error, self.tell)}
                for index, found in errors_of.items()
                for error in found
            ]
            errors = pa.Table.from_pylist(rows, ORDERED)
        self.take(block, mask, errors)

    def finish(self) -> tuple[pa.Table | None, pa.Table | None]:
        """The accepted and the rejected rows, None when they were not kept."""
        if not self.keep:
            return None, None
        empty = self._rows(Block(0, [pa.array([], pa.string()) for _ in self.columns]))
        rejected = empty.append_column(ROW, pa.array([], pa.int64()))
        return pa.concat_tables([*self.accepted, empty]), pa.concat_tables([*self.rejected, rejected])

    def _accept(self, rows: pa.Table) -> None:
        if self.accept is not None:
            self.accept(rows)
        if self.keep:
            self.accepted.append(rows)

    def _rows(self, block: Block) -> pa.Table:
        """The rows of a block: of the table in memory as it is, of a file with null for missing values."""
        if self.table is not None:
            return self.table.slice(block.first, len(block) if self.columns else 0)
        null = pa.scalar(None, pa.string())
        columns = [
            pc.if_else(pc.fill_null(column.blank(cells), True), null, cells)
            for column, cells in zip(self.columns, block.columns, strict=True)
        ]
        return pa.table(columns, names=[column.name for column in self.columns])
