"""Numbers that a spreadsheet shortened before it wrote them as text: `1,23457E+13`, of which the other digits are gone.

Belongs here: finding such cells in what was read. Does not: numbers that a workbook stores, which have all their digits
(`sheets.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.formats.faults import positions_listed
from pipelines.storage.spool import by_chunk, filtered, places_where
from pipelines.storage.text_bytes import has_sign

SHORTENED = r"^\s*[+-]?[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}\s*$"


def lost_digits(table: pa.Table, positions: pa.Array | pa.ChunkedArray) -> Iterator[Said]:
    """What to report of numbers in scientific notation as spreadsheets write them, column by column."""
    for place in places_where(table.columns, _may_have_some):
        found = by_chunk(table.column(place), partial(pc.match_substring_regex, pattern=SHORTENED))
        rows = filtered(pa.table({"position": positions}), pc.fill_null(found, False)).column(0).to_pylist()
        if rows:
            name, listed = table.column_names[place], positions_listed(rows)
            yield Said(
                f"« {name} » : nombres abrégés par un tableur (1,23457E+13), dont des chiffres sont perdus dans la "
                f"source : positions {listed}",
                f'"{name}": numbers that a spreadsheet shortened (1.23457E+13), whose digits are lost in the source: '
                f"positions {listed}",
            )


def _may_have_some(cells: pa.Array) -> bool:
    if not pa.types.is_string(cells.type) or not len(cells) or not has_sign(cells, "+"):
        return False
    return bool(pc.any(pc.match_substring(cells, "E+")).as_py())
