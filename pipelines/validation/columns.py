"""One column of a table: its proof, and Frictionless' own reader for what the proof leaves open.

Belongs here: which cells of a column Frictionless refuses, and its words for each. Does not: rows and keys.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.fast.proofs import Proof, compile_proof
from pipelines.validation.readers import Reader

REMEMBERED = 200_000  # distinct cells whose reading is remembered, a column
FEW = 0.25  # a column whose sample has fewer distinct cells than that is asked cell by distinct cell

Notes = tuple[tuple[str, str], ...]


class Column:
    """One field, compiled. `number` counts fields from 1."""

    def __init__(self, field: Any, number: int, reader: Reader) -> None:
        self.name, self.number, self.field = field.name, number, field
        self.reader = reader
        self.missing = missing_values(field)
        self.required = bool(field.constraints.get("required"))
        self.proof: Proof | None = compile_proof(field)
        self.repeats: bool | None = None
        self._blanks = pa.array(self.missing, pa.string())
        self._memory: dict[str | None, tuple[Any, Notes]] = {}
        self._accepted: set[str] = set()

    def read(self, cell: str | None) -> tuple[Any, Notes]:
        """Frictionless' reading of a cell: its value, and its notes by constraint, none when it accepts the cell."""
        known = self._memory.get(cell)
        if known is None:
            value, notes = self.reader(cell)
            if len(self._memory) >= REMEMBERED:
                self._memory.clear()
            known = self._memory[cell] = (value, tuple((notes or {}).items()))
        return known

    def blank(self, column: pa.Array) -> pa.Array:
        """The mask of missing cells."""
        if self.missing == [""]:
            return pc.equal(pc.binary_length(column), 0)
        return pc.is_in(column, self._blanks)

    def judged(self, column: pa.Array) -> tuple[pa.Array | None, bool]:
        """The mask of cells that Frictionless refuses, None when there is none; and whether all are proved or missing.

        `column` holds no null.
        """
        if self.repeats is None:
            sample = column.slice(0, 20_000)
            self.repeats = len(pc.unique(sample)) < FEW * len(sample)
        if self.proof is None or (self.repeats and not self.proof.is_quick):
            return self._ask(column, None), False
        open_ = self._open(column, self.proof)
        return (None, True) if open_ is None else (self._ask(column, open_), False)

    def _open(self, column: pa.Array, proof: Proof) -> pa.Array | None:
        """The mask of cells that are neither proved nor missing and allowed to be."""
        blank = self.blank(column) if self.missing else None
        if blank is not None and not pc.any(blank).as_py():
            blank = None
        proved = proof.prove(column)
        if blank is not None and self.required:
            proved = pc.invert(blank) if proved is None else pc.and_not(proved, blank)
        elif blank is not None and proved is not None:
            proved = pc.or_(proved, blank)
        if proved is None or pc.all(proved).as_py():
            return None
        return pc.invert(proved)

    def _ask(self, column: pa.Array, open_: pa.Array | None) -> pa.Array | None:
        cells = pc.unique(column if open_ is None else column.filter(open_)).to_pylist()
        new = [cell for cell in cells if cell not in self._accepted]
        bad = [cell for cell in new if self.read(cell)[1]]
        if len(self._accepted) >= REMEMBERED:
            self._accepted = set()
        self._accepted.update(set(new).difference(bad))
        return pc.is_in(column, pa.array(bad, pa.string())) if bad else None


def missing_values(field: Any) -> list[str]:
    """What stands for a missing value: the field's own list, else the schema's. Source: schema/field.py."""
    own = field.has_defined("missing_values") or not field.schema
    return list(field.missing_values if own else field.schema.missing_values)
