"""Rows of the label's tables as its rules read them: grouped, and with their territories distinguished.

Belongs here: grouping. Does not: any rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

import pyarrow as pa

AWARDS, FIGURES, MENTIONS = "label/palmares", "label/totaux_publies", "label/mentions"
ACTIONS = "label/actions"
LEVELS = tuple(f"arobases_{level}" for level in (5, 4, 3, 2, 1, 0))
Row = Mapping[str, Any]
Key = TypeVar("Key", bound=Hashable)


def rows(tables: Mapping[str, pa.Table], key: str) -> list[Row]:
    """The rows of a table, in its order."""
    found: list[Row] = tables[key].to_pylist()
    return found


def grouped(items: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    """Rows by key, keys in order of first appearance."""
    found: dict[Key, list[Row]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return dict(found)


def laureate(row: Row) -> str:
    """What distinguishes awarded authorities: nature and code of the territory, else its corrected name, else the name
    as printed."""
    code = row["territoire_code"] or row["territoire_nom"]
    return f"{row['territoire_nature']}:{code}" if code else f"nom:{row['nom_publie']}"


def is_settled(row: Row) -> bool:
    """Whether it is known which authority a row names: two authorities may have the name that a page prints."""
    return bool(row["territoire_code"] or row["territoire_nom"])


def is_certain(row: Row) -> bool:
    """Whether a row is matched without a doubt: a probable match may be another authority that bears the name."""
    return is_settled(row) and row["resolution_certitude"] != "probable"


def addresses(items: Iterable[Row]) -> tuple[str, ...]:
    """Where these rows were read, each once, in order."""
    return tuple(sorted({item["source_reference"] for item in items if item["source_reference"]}))


def is_exact(row: Row) -> bool:
    return row["nombre"] is not None and row["precision"] == "exact"


def sum_of(numbers: Iterable[int]) -> str:
    """A sum as one would write it: "10 + 24 + 57 = 91"."""
    listed = list(numbers)
    return f"{' + '.join(str(number) for number in listed)} = {sum(listed)}"
