"""Blocks: rows as text columns, a few megabytes at a time, exactly as Python's `csv` (and so Frictionless) reads them.

A block has one column per field. Rows of another width, blank lines among them, are set apart as `ragged`, in the words
of Python's reader. Belongs here: the shape, and how a block is made of rows. Does not: cutting a file (`cutter.py`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.schema.arrow import as_text as typed_as_text
from pipelines.storage.ahead import side_by_side
from pipelines.storage.spool import brought, leave_out

TOGETHER = 16  # blocks of a table on disk that are in memory at once, at most
ROWS = 16_384  # rows of a block that is made of rows or of a table in memory
CELLS = 1 << 19  # cells of a block that is made of rows: Python takes some 80 bytes for each
Cells = list[str]


@dataclass(frozen=True)
class Block:
    """Rows `first` … `first + len - 1` (from 0) of a source.

    `columns`: text, no null except in the cells that a ragged row lacks. `ragged`: place in the block → the cells that
    were read. `numbers`: Frictionless' row numbers when they do not simply follow `first` after the header on row 1.
    """

    first: int
    columns: Sequence[pa.Array]
    ragged: Mapping[int, Cells] = field(default_factory=dict)
    numbers: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.columns[0])

    def number(self, index: int) -> int:
        """Frictionless' row number of the row at `index` in the block."""
        return self.first + index + 2 if self.numbers is None else self.numbers[index]

    def cells(self, index: int) -> Cells:
        """The cells of one row, as Python's reader gives them."""
        if index in self.ragged:
            return list(self.ragged[index])
        return [column[index].as_py() for column in self.columns]

    def filled(self, number: int) -> pa.Array:
        """A column with no null: what the cells that a ragged row lacks are replaced with does not count."""
        column = self.columns[number]
        return column.fill_null("") if self.ragged else column


Examined = TypeVar("Examined")


class Source(Protocol):
    """Where blocks come from.

    `failure` is Frictionless' error that ended the reading, None at a plain end; `fraction` how much has been read,
    when that is known.
    """

    failure: Any
    fraction: float | None

    def examined(self, examine: Callable[[Block], Examined]) -> Iterator[tuple[Block, Examined]]:
        """Every block in order, with what `examine` says of it, which may run before `first` is known."""

    def again(self, wanted: Container[int]) -> Iterator[tuple[int, Block]]:
        """The blocks whose ordinals are wanted, in order, after `examined` has come to its end."""


def rows_together(width: int) -> int:
    """How many rows of Python's cells a block holds."""
    return max(1, min(ROWS, CELLS // max(1, width)))


def block_of_rows(rows: Sequence[Cells], width: int, first: int = 0, numbers: Sequence[int] | None = None) -> Block:
    """A block from rows as Python's reader gives them."""
    ragged = {index: list(cells) for index, cells in enumerate(rows) if len(cells) != width}
    if ragged:
        rows = [cells if len(cells) == width else _fitted(cells, width) for cells in rows]
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return Block(first, columns or [pa.array([], pa.string())] * width, ragged, numbers)


def rows_of_text(text: str, delimiter: str, quote: str = '"', *, skips_spaces: bool = False) -> list[Cells]:
    """The rows of a text that ends at the end of a record. Raises `csv.Error`."""
    source = io.StringIO(text, newline="")
    return list(csv.reader(source, delimiter=delimiter, quotechar=quote, skipinitialspace=skips_spaces))


def as_text(cells: Sequence[Any]) -> Cells:
    """Cells of a typed source (a spreadsheet, JSON, Parquet) as the text that Frictionless shows of them."""
    return ["" if cell is None else str(cell) for cell in cells]


def has_blank_row(columns: Sequence[pa.Array]) -> bool:
    """Whether some row is empty in every column: a blank line may have been read so, and is another thing."""
    blank: pa.Array | None = None
    for column in columns:
        empty = pc.equal(pc.binary_length(column), 0)
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return False
    return blank is not None


def _fitted(cells: Cells, width: int) -> list[Any]:
    return [*cells[:width], *([None] * (width - len(cells)))]


class _Serial:
    """A source that reads its blocks one after the other, and again from the start when they are wanted again."""

    def _blocks(self) -> Iterator[Block]:
        raise TypeError(f"{type(self).__name__} reads no blocks")

    def examined(self, examine: Callable[[Block], Examined]) -> Iterator[tuple[Block, Examined]]:
        return ((block, examine(block)) for block in self._blocks())

    def again(self, wanted: Container[int]) -> Iterator[tuple[int, Block]]:
        return ((ordinal, block) for ordinal, block in enumerate(self._blocks()) if ordinal in wanted)


class TableSource(_Serial):
    """A table in memory, as the CSV file that it would make: its header is row 1. One with types is made text,
    some blocks at a time."""

    failure: Any = None
    fraction: float | None = None

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def examined(self, examine: Callable[[Block], Examined]) -> Iterator[tuple[Block, Examined]]:
        if self._table.num_rows <= ROWS:
            yield from super().examined(examine)
            return
        # The first block is examined alone: columns decide on it how they are proved.
        done = side_by_side(lambda block: (block, examine(block)), self._blocks(), first_alone=True)
        with closing(done):
            yield from done

    def _blocks(self) -> Iterator[Block]:
        for start in range(0, self._table.num_rows, ROWS * TOGETHER):
            # Distinct numbers are put in words once each: of many rows there are fewer than of many blocks.
            text = typed_as_text(brought(self._table.slice(start, ROWS * TOGETHER)))
            for first in range(start, start + text.num_rows, ROWS):
                columns = [_one(column).fill_null("") for column in text.slice(first - start, ROWS).columns]
                self.fraction = min(1.0, (first + ROWS) / self._table.num_rows)
                yield Block(first, columns)
            leave_out()


class StreamSource(_Serial):
    """Frictionless' own stream of rows, in blocks: any dialect, encoding and compression that it can open."""

    def __init__(self, rows: Callable[[], Iterable[tuple[int, Cells]]], width: int) -> None:
        self._rows, self._width = rows, width
        self.failure: Any = None
        self.fraction: float | None = None

    def _blocks(self) -> Iterator[Block]:
        from frictionless import FrictionlessException

        first, numbers, rows = 0, list[int](), list[Cells]()
        most = rows_together(self._width)
        self.failure = None
        try:
            for number, cells in self._rows():
                numbers.append(number)
                rows.append(cells)
                if len(rows) == most:
                    yield block_of_rows(rows, self._width, first, numbers)
                    first, numbers, rows = first + len(rows), [], []
        except FrictionlessException as error:
            self.failure = error.error
        if rows:
            yield block_of_rows(rows, self._width, first, numbers)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.string())
