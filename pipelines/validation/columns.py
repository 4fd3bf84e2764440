"""One column of a table: its proof, and Frictionless' own reader for what the proof leaves open.

Belongs here: which cells of a column Frictionless refuses, and its words for each. Does not: rows and keys.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.fast.cells import Mask
from pipelines.validation.fast.proof import Proof
from pipelines.validation.fast.proofs import compile_proof
from pipelines.validation.readers import Reader

FEW = 0.25  # a column whose sample has fewer distinct cells than that is looked at by its distinct cells
SAMPLE = 20_000  # cells of the first block by which that is decided
ENTRY = 400  # bytes that a remembered reading takes beside its cell: its place, its value, its notes
REMEMBERED = 64 << 20  # bytes of remembered cells when nobody says otherwise

Notes = tuple[tuple[str, str], ...]
Reading = tuple[Any, Notes]


class CellMemory:
    """What Frictionless' readers answered, for all columns of a table together, within a number of bytes.

    When it is full everything is forgotten: what is asked often is soon known again.
    """

    def __init__(self, budget: int = REMEMBERED) -> None:
        self._budget, self._held = budget, 0
        self._readings: dict[tuple[int, str | None], Reading] = {}
        self._lock = threading.Lock()

    def get(self, column: int, cell: str | None) -> Reading | None:
        """What is remembered of a cell of a column."""
        return self._readings.get((column, cell))

    def keep(self, column: int, cell: str | None, reading: Reading) -> None:
        """Remember a reading."""
        size = ENTRY + sys.getsizeof(cell)
        with self._lock:
            if self._held + size > self._budget:
                self._readings, self._held = {}, 0
            self._readings[column, cell] = reading
            self._held += size


@dataclass(frozen=True)
class ExaminedColumn:
    """What Frictionless says of the cells of one column of one block.

    `refused`: the mask of the cells that it refuses, None when there is none. `asked`: how many cells no proof decided.
    """

    refused: pa.Array | None = None
    asked: int = 0


class Column:
    """One field, compiled. `number` counts fields from 1."""

    def __init__(self, field: Any, number: int, reader: Reader, memory: CellMemory | None = None) -> None:
        self.name, self.number, self.field = field.name, number, field
        self.reader = reader
        self.missing = missing_values(field)
        self.required = bool(field.constraints.get("required"))
        self.proof: Proof | None = compile_proof(field)
        self.repeats: bool | None = None
        self._blanks = pa.array(self.missing, pa.string())
        self._memory = memory if memory is not None else CellMemory()

    def read(self, cell: str | None) -> Reading:
        """Frictionless' reading of a cell: its value, and its notes by constraint, none when it accepts the cell."""
        known = self._memory.get(self.number, cell)
        if known is None:
            value, notes = self.reader(cell)
            known = (value, tuple((notes or {}).items()))
            self._memory.keep(self.number, cell, known)
        return known

    def blank(self, column: pa.Array) -> pa.Array:
        """The mask of missing cells."""
        if self.missing == [""]:
            return pc.equal(pc.binary_length(column), 0)
        return pc.is_in(column, self._blanks)

    def validate(self, column: pa.Array) -> ExaminedColumn:
        """Which cells of a column Frictionless refuses. `column` contains no null."""
        proof = self.proof
        if proof is None:
            return self._ask(column, column)
        if not proof.checks and not self.required:
            return ExaminedColumn()
        cells, missing = self._present(column)
        open_: list[pa.Array] = [missing] if self.required and missing is not None else []
        if proof.checks and len(cells):
            unproved = self._unproved(cells, proof)
            if unproved is not None:
                open_.append(unproved)
        return self._ask(column, pa.concat_arrays(open_)) if open_ else ExaminedColumn()

    def _present(self, column: pa.Array) -> tuple[pa.Array, pa.Array | None]:
        """The cells that are not missing, and those that are, None when there is none."""
        if not self.missing:
            return column, None
        blank = self.blank(column)
        if not pc.any(blank).as_py():
            return column, None
        return column.filter(pc.invert(blank)), column.filter(blank)

    def _unproved(self, cells: pa.Array, proof: Proof) -> pa.Array | None:
        """The cells that the proof leaves open, None when there is none."""
        if self.repeats is None:
            sample = cells.slice(0, SAMPLE)
            self.repeats = len(pc.unique(sample)) < FEW * len(sample)
        if not self.repeats or proof.is_quick:
            return _left(cells, proof.prove(cells))
        distinct = pc.unique(cells)
        left = _left(distinct, proof.prove(distinct))
        return None if left is None else cells.filter(pc.is_in(cells, left))

    def _ask(self, column: pa.Array, open_: pa.Array) -> ExaminedColumn:
        """Ask Frictionless about the distinct cells of `open_`, which are some of the column's."""
        cells = pc.unique(open_).to_pylist()
        unknown = [cell for cell in cells if self._memory.get(self.number, cell) is None]
        self.reader.prepare(unknown)
        bad = [cell for cell in cells if self.read(cell)[1]]
        return ExaminedColumn(pc.is_in(column, pa.array(bad, pa.string())) if bad else None, len(open_))


def missing_values(field: Any) -> list[str]:
    """What stands for a missing value: the field's own list, else the schema's. Source: schema/field.py."""
    own = field.has_defined("missing_values") or not field.schema
    return list(field.missing_values if own else field.schema.missing_values)


def _left(cells: pa.Array, proved: Mask | None) -> pa.Array | None:
    return None if proved is None else cells.filter(pa.array(~proved))
