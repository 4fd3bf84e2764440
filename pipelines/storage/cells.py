"""How long a cell of a CSV file may be for Python's own reader, which stops at 128 KiB unless it is told otherwise.

Belongs here: the one limit of all that reads CSV files with `csv`. Does not: reading any.
"""

from __future__ import annotations

import csv

CELL_LIMIT = 1 << 28


def allow_long_cells() -> None:
    """Let `csv` read cells of up to `CELL_LIMIT` characters, in the whole process."""
    csv.field_size_limit(CELL_LIMIT)
