"""Headers of columns that may be printed: a file without a header row has a record where the header should be.

Belongs here: which names of columns may be told on a terminal. Does not: columns that are never
published (`columns.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipelines.privacy.kinds import FIRST_NAMES
from pipelines.privacy.normalisation import fold
from pipelines.privacy.sifting import passages

# What stands in records and in no header: an address sign, a date, a decimal number, five digits in a row.
_OF_A_RECORD = re.compile(r"@|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|^\s*-?\d+[.,]\d+\s*$|\d(?:[ .-]?\d){4}")


def untold_headers(names: Sequence[str], known: Collection[str] = ()) -> frozenset[str]:
    """The names that may not be printed. `known`: those that a schema or a mapping has, which always may.

    As soon as one header reads like a cell of a record (an address, a first name, a date), the row may be a record:
    then none of the names that nobody knows is printed. A surname alone, beside nothing of the kind, looks like any
    other word, and is printed."""
    unknown = [name for name in names if name not in known]
    return frozenset(unknown) if any(map(_may_be_somebodys, unknown)) else frozenset()


def _may_be_somebodys(name: str) -> bool:
    words = fold(name).decode().split()
    return bool(_OF_A_RECORD.search(name)) or not FIRST_NAMES.isdisjoint(words) or bool(passages(name))
