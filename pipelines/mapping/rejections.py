"""Rejections: what was refused, where it is in its source, by which rule, and who can fix it.

Belongs here: the one shape that every stage's refusals take (`schema/quality/rejets.json`). Does not: validating.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Literal

import pyarrow as pa

Stage = Literal["entree", "conformation", "sortie"]

REJECTIONS = pa.schema(
    [
        ("source", pa.string()),
        ("snapshot", pa.string()),
        ("part", pa.string()),
        ("position", pa.int64()),
        ("table", pa.string()),
        ("champ", pa.string()),
        ("valeur", pa.string()),
        ("regle", pa.string()),
        ("message", pa.string()),
        ("message_en", pa.string()),
        ("a_corriger_par", pa.string()),
        ("etape", pa.string()),
    ]
)


@dataclass(frozen=True)
class Rejection:
    """One reason why one record is not published. `valeur` is filled for public fields only."""

    source: str
    snapshot: str
    part: str
    position: int
    table: str
    champ: str | None
    valeur: str | None
    regle: str
    message: str
    message_en: str
    a_corriger_par: str
    etape: Stage


def rejections_table(rejections: Iterable[Rejection]) -> pa.Table:
    """Rejections as a table, in the order of their place in the sources."""
    ordered = sorted(rejections, key=_place)
    columns = list(zip(*(astuple(item) for item in ordered), strict=True)) or [()] * len(REJECTIONS)
    return pa.table(
        [pa.array(values, field.type) for values, field in zip(columns, REJECTIONS, strict=True)], schema=REJECTIONS
    )


def _place(item: Rejection) -> tuple[str, str, str, int, str, str, str]:
    return (item.source, item.part, item.snapshot, item.position, item.table, item.champ or "", item.regle)
