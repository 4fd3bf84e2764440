"""From Python rows to the text table that a derivation hands back, in the fields of its schema.

Belongs here: canonical text of values. Does not: any content. Shares are exact fractions until they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import isnan
from typing import Any

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.schema import load_table

DECIMALS = 6
NOTHING = ("NAType", "NaTType")
"""The types of pandas' marks of an absent value, by name: importing pandas takes half a second."""


def text_table(project: Project, key: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a text table with the fields of the schema of `key` ("package/table"); a missing key is absent.

    Integers, dates and booleans become canonical text; a `Fraction` becomes a decimal of six places.
    """
    names = load_table(project.schemas, *key.split("/")).names
    columns: dict[str, list[str | None]] = {name: [] for name in names}
    for row in rows:
        for name, cells in columns.items():
            cells.append(_text(row.get(name)))
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


def joined(values: Iterable[Any]) -> str | None:
    """Distinct values in order, separated by "|"; absent when there is none."""
    return "|".join(sorted({str(value) for value in values if not is_absent(value)})) or None


def is_absent(value: Any) -> bool:
    """Whether a cell contains nothing, in whichever way plain Python or a data frame says so."""
    return value is None or type(value).__name__ in NOTHING or (isinstance(value, float) and isnan(value))


def decimal(value: Fraction) -> str:
    """A fraction of zero or more to six decimals, halves up: exact arithmetic, the same on every machine."""
    scale = 10**DECIMALS
    units = (2 * value.numerator * scale + value.denominator) // (2 * value.denominator)
    return f"{units // scale}.{units % scale:0{DECIMALS}d}"


def _text(value: Any) -> str | None:
    if is_absent(value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return decimal(value)
    return str(value)
