"""The outcome of one validation: rows accepted, rows rejected, errors, wherever the caller wants them.

Belongs here: taking validated rows, block by block, in order. Does not: validating them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.storage.memory import table_memory
from pipelines.storage.spool import Spool
from pipelines.validation.blocks import Block
from pipelines.validation.columns import Column
from pipelines.validation.error_counts import ErrorCounts, as_row
from pipelines.validation.explain import ORDERED, hide_cell
from pipelines.validation.result import ROW, Road

Progress = Callable[[int, float | None], None]  # rows read, and which part of the table that is when it is known
Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Rejects(Protocol):
    """Where every error goes: `errors` has the shape `explain.ORDERED`, `rows` the block's own rows."""

    def write(self, errors: pa.Table, rows: pa.Table) -> None: ...


class Outcome:
    """Rows and errors as they are validated. `table`: the text table that is validated, when it is one in memory.

    `accept` gets the accepted rows of each block as they come; `keep` holds accepted and rejected rows for the result.
    """

    def __init__(
        self,
        error_counts: ErrorCounts,
        *,
        keep: bool,
        table: pa.Table | None,
        accept: Callable[[pa.Table], None] | None,
        rejects: Rejects | None,
        shown_fields: frozenset[str] | None,
    ) -> None:
        self.error_counts, self.keep, self.table, self.accept, self.rejects, self.shown_fields = (
            error_counts,
            keep,
            table,
            accept,
            rejects,
            shown_fields,
        )
        self.columns: Sequence[Column] = ()
        self.path = "frictionless"
        self.restart()

    def restart(self) -> None:
        """Forget everything: the case is validated again from the start, in another way."""
        self.error_counts.reset()
        self.accepted: list[pa.Table] = []
        self._copies: list[int] = []  # places in `accepted` of what is no part of the table in memory
        self._copied = 0
        self.rejected: list[pa.Table] = []
        self.rejected_rows = 0
        self.asked: Counter[int] = Counter()  # cells that no proof decided, by the place of their column

    def roads(self) -> dict[str, Road]:
        """How the cells of each field were decided."""
        if self.path == "frictionless":
            return {column.name: Road("rows") for column in self.columns}
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
    def takes_spans(self) -> bool:
        """Whether rows that are all accepted are kept by their numbers: nobody has to read them again."""
        return self.keep and self.accept is None and self.table is not None

    @property
    def wants_all_errors(self) -> bool:
        return self.rejects is not None

    def take(self, block: Block, mask: Mask | None, errors: pa.Table | None) -> None:
        """The next validated block: the mask of its rejected rows (None: none is), and all errors when wanted."""
        rows = self._rows(block)
        if mask is None or not mask.any():
            self._accept(rows, is_copy=self.table is None)
            return
        self.rejected_rows += int(mask.sum())
        chosen = pa.array(mask)
        if self.rejects is not None and errors is not None:
            self.rejects.write(errors, rows)
        if self.keep:
            numbers = pa.array([block.number(index) for index in np.flatnonzero(mask).tolist()], pa.int64())
            self.rejected.append(rows.filter(chosen).append_column(ROW, numbers))
        if self.keep or self.accept is not None:
            self._accept(rows.filter(pc.invert(chosen)), is_copy=True)

    def take_span(self, start: int, stop: int) -> None:
        """Rows of the table in memory that are all accepted, those before `stop`; where `takes_spans`."""
        if self.table is not None and self.columns and stop > start:
            self._accept(self.table.slice(start, stop - start), is_copy=False)

    def take_rows(self, block: Block, errors_of: Mapping[int, Sequence[Any]]) -> None:
        """The next block of rows that Frictionless validated, with its errors by place in the block."""
        mask = np.zeros(len(block), np.bool_)
        mask[list(errors_of)] = True
        errors = None
        if self.wants_all_errors:
            rows = [
                {"index": index, **hide_cell(as_row(error), error, self.shown_fields)}
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

    def _accept(self, rows: pa.Table, *, is_copy: bool) -> None:
        if self.accept is not None:
            self.accept(rows)
        if not self.keep:
            return
        self.accepted.append(rows)
        if is_copy:
            self._copies.append(len(self.accepted) - 1)
            self._copied += rows.nbytes
            if self._copied > table_memory():
                self._put_on_disk()

    def _put_on_disk(self) -> None:
        """Copies of rows that are together more than memory may hold."""
        spool = Spool(self.accepted[self._copies[0]].schema, 0)
        counts = [self.accepted[place].num_rows for place in self._copies]
        for place in self._copies:
            spool.add(self.accepted[place])
        whole, start = spool.table(), 0
        for place, count in zip(self._copies, counts, strict=True):
            self.accepted[place] = whole.slice(start, count)
            start += count
        self._copies, self._copied = [], 0

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
