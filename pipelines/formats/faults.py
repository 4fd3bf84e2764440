"""What a reader refuses or notices without refusing the file: records that cannot be read, and doubts to be reported.

Belongs here: the two shapes that every reader hands on. Does not: errors that cost the whole file (`errors.py`).

Neither carries a value of the source: whether a column is personal is not known when bytes are read. An error code that
the spreadsheet itself wrote (`#N/A`) is no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.core.text import Said

LISTED = 5


@dataclass(frozen=True)
class RecordFault:
    """One reason why one record cannot be read as it is; the others of its file can.

    `position` is the record's, as in `Records.positions`; `column` the column's name, None where the whole record is
    concerned; `code` what the file itself calls the fault, such as `#REF!`; `rule` is the rejection's rule.
    """

    position: int
    rule: str
    message: Said
    column: str | None = None
    code: str | None = None


def positions_listed(positions: Iterable[int]) -> str:
    """The first positions as text: `2, 5, 9, … (12)`."""
    found = sorted(set(positions))
    listed = ", ".join(map(str, found[:LISTED]))
    return listed if len(found) <= LISTED else f"{listed}, … ({len(found)})"


def without_columns(faults: Sequence[RecordFault], dropped: Iterable[str]) -> list[RecordFault]:
    """The faults of columns that are read: what is in a dropped column costs nothing."""
    left_out = set(dropped)
    return [fault for fault in faults if fault.column not in left_out]
