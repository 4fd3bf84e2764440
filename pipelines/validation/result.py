"""The result: what was accepted, what was rejected and why, with exact totals.

Belongs here: the shapes that a result has. Does not: how it is reached (`validate.py`), what a person reads of it
(`summary.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said

ERRORS = pa.schema(
    [
        pa.field("row", pa.int64()),  # Frictionless' rowNumber, null for an error of the whole file or of its header
        pa.field("field", pa.string()),
        pa.field("field_number", pa.int64()),
        pa.field("rule", pa.string()),  # Frictionless' error type
        pa.field("cell", pa.string()),
        pa.field("note", pa.string()),
        pa.field("message", pa.string()),
    ]
)
ROW = "_row"


@dataclass(frozen=True)
class Road:
    """How the cells of one field were decided.

    `kind`: "proof" (all by compiled proof), "asked" (some of Frictionless' own reader of cells) or "rows" (row by row,
    by Frictionless' own rows). `cells`: how many no proof decided, of those that were asked.
    """

    kind: str
    cells: int = 0


@dataclass(frozen=True)
class ValidationResult:
    """What the validator says of one table.

    `accepted` and `rejected` are text tables in the order of the input, null for a missing value; `rejected` carries
    the row number in `_row`. Either is None when the caller asked not to keep it. `errors` (shape `ERRORS`) contains
    the first `sample` errors of each rule of each field, in the order of the report; `totals` counts all of them.
    """

    rows: int
    accepted: pa.Table | None
    rejected: pa.Table | None
    errors: pa.Table
    totals: Mapping[tuple[str, str | None], int]
    rejected_rows: int
    path: str  # how it was decided: "proof", "stream" (proved, read by Python's csv) or "frictionless" (row by row)
    roads: Mapping[str, Road] = field(default_factory=dict)  # by the name of the field, in the order of the columns
    fields: frozenset[str] = frozenset()  # the names that the schema has, whatever the header says
    hidden_fields: frozenset[str] = frozenset()  # those of them that the schema classes as anything but public
    warnings: tuple[Said, ...] = ()  # what the validator could not do: custom checks that it does not know
    compared: tuple[Said, ...] | None = None  # of a file that is described as no table: what the descriptor gives of it
    source_report: Any = field(repr=False, default=None)

    @property
    def is_valid(self) -> bool:
        """Whether there is no error at all, of the file, its header or its rows."""
        return not self.totals

    @property
    def error_count(self) -> int:
        """How many errors there are in total."""
        return sum(self.totals.values())

    def report(self) -> Any:
        """Frictionless' own `Report`; its statistics count every error, its details stop at the sample."""
        return self.source_report
