"""Where the records of a table end: totals, notes and signatures under them, which are no records.

`options.stop_at`: the texts that the first cell of the first such row begins with; `options.footer`: how many rows at
the end are none. What is left out is counted and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.core.text import Said
from pipelines.formats.content import Content

if TYPE_CHECKING:
    from pipelines.formats.registry import Records


LAST_ROWS = 20
_NOTE = re.compile(
    r"(?:sources?|notes?|nota(?: bene)?|n\.?b\.?|champ|lecture|l[ée]gende|avertissement|remarques?)\s*:|©",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(sous[- ])?(total|totaux)\b", re.IGNORECASE)


def seeming_total(records: Records) -> Iterator[Said]:
    """What to report of a last record that begins as a line of totals does."""
    if records.is_sparse or not len(records.positions):
        return
    cells = (str(column[-1].as_py() or "").strip() for column in records.columns)
    if _TOTAL.match(next((cell for cell in cells if cell), "")):
        row = records.positions[-1].as_py()
        french = f"la dernière ligne ({row}) semble un total, lue comme un enregistrement (options.stop_at: Total)"
        yield Said(french, f"the last row ({row}) seems to be a total, read as a record (options.stop_at: Total)")


def seeming_note(records: Records) -> Iterator[Said]:
    """What to report of notes that stand under the table and were read as records."""
    found = None if records.is_sparse else note_under(records.columns)
    if found is not None:
        rank, text = found
        row = records.positions[rank].as_py()
        french = f"la ligne {row} semble une note sous la table, lue comme un enregistrement (options.stop_at: {text})"
        english = f"row {row} seems to be a note under the table, read as a record (options.stop_at: {text})"
        yield Said(french, english)


def note_under(columns: Sequence[Any]) -> tuple[int, str] | None:
    """The first of the notes that end a table (« Source : … »), and how it begins; none where there is none.

    A note fills its first cell alone, and is looked for among the last rows.
    """
    rows = len(columns[0]) if len(columns) > 1 else 0
    found = None
    for rank in range(rows - 1, max(rows - 1 - LAST_ROWS, 0), -1):
        cells = [str(column[rank].as_py() or "").strip() for column in columns]
        if not cells[0] or any(cells[1:]):
            break
        if begun := _NOTE.match(cells[0]):
            found = rank, begun[0]
    return found


class Ending:
    """The end of one table's records, by its description."""

    def __init__(self, content: Content) -> None:
        option: Any = content.options.get("stop_at", ())
        self._texts = (option,) if isinstance(option, str) else tuple(option)
        self._footer = int(content.options.get("footer", 0))
        self._first: int | None = None

    def is_reached(self, position: int, cells: Sequence[str | None]) -> bool:
        """Whether the records ended with the row before: this one's first cell that contains something says so."""
        if self._texts and self._first is None:
            first = next((cell.strip() for cell in cells if cell and cell.strip()), "")
            if first.startswith(self._texts):
                self._first = position
        return self._first is not None

    def footer(self, count: int) -> int:
        """How many of `count` records at the end are none."""
        return min(self._footer, count)

    def notices(self) -> list[Said]:
        """What to report: that the text which ends the records was not met."""
        if not self._texts or self._first is not None:
            return []
        listed = " | ".join(self._texts)
        french = f"aucune ligne ne commence par « {listed} » (options.stop_at) : tout a été lu"
        return [Said(french, f'no row begins with "{listed}" (options.stop_at): all of them were read')]
