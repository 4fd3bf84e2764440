"""What a part's records look like beside its description: how many, which columns are read, which are left over.

Belongs here: facts about columns, for anyone who tests a source. Does not: validating cells (`validation/`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.formats.header import HEADED, columns_joined, columns_read
from pipelines.schema.reserved import RESERVED
from pipelines.sources import Part


@dataclass(frozen=True)
class Surprise(Said):
    """Something that the description did not expect."""


@dataclass(frozen=True)
class Examination:
    """`mapped` columns are read by the mapping, `left_over` are not; `fill` is the share of cells not blank."""

    rows: int
    mapped: tuple[str, ...]
    left_over: tuple[str, ...]
    fill: Mapping[str, float]
    surprises: tuple[Surprise, ...]
    are_members: bool = False
    """Whether the columns are members of objects, and no row of a table names them."""


def examine(part: Part, table: pa.Table, others: Iterable[Part] = ()) -> Examination:
    """Compare a part's records with what its description, and the parts of `others` that join it, read and expect."""
    names = [name for name in table.column_names if name not in RESERVED]
    read = {*columns_read(part), *columns_joined(part, others)}
    fill = {name: _fill(table.column(name)) for name in names}
    surprises = [*_of_rows(part, table.num_rows), *_of_fill(part, fill)]
    return Examination(
        table.num_rows,
        tuple(name for name in names if name in read),
        tuple(name for name in names if name not in read),
        fill,
        tuple(surprises),
        are_members=part.format not in HEADED,
    )


def _fill(column: pa.ChunkedArray) -> float:
    if not len(column):
        return 0.0
    full = pc.sum(pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(column), ""), False)).as_py()
    return float(full) / len(column)


def _of_rows(part: Part, count: int) -> list[Surprise]:
    expected = part.expect.get("rows", {})
    low, high = expected.get("min", 0), expected.get("max")
    if count >= low and (high is None or count <= high):
        return []
    bounds = f"{low}–{'∞' if high is None else high}"
    return [Surprise(f"{count} lignes ; attendu : {bounds}", f"{count} rows; expected: {bounds}")]


def _of_fill(part: Part, fill: Mapping[str, float]) -> list[Surprise]:
    found: list[Surprise] = []
    for name, wanted in part.expect.get("fill", {}).items():
        if name not in fill:
            found.append(Surprise(f"colonne « {name} » absente", f'column "{name}" is missing'))
        elif fill[name] < wanted:
            rate = f"{fill[name]:.1%} < {wanted:.1%}"
            found.append(Surprise(f"« {name} » remplie à {rate}", f'"{name}" filled at {rate}'))
    return found
