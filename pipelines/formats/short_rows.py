"""Rows of a delimited text that have fewer cells than its header: what they most likely are.

Belongs here: telling a record that line breaks cut, and a line between quotes, from one that ends early. Does not:
cutting text into rows (`quotes.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pipelines.core.text import Said
from pipelines.formats.faults import RecordFault, positions_listed

Count = tuple[int, int]
"""The line on which a row begins, and how many cells it has."""


def is_line_in_quotes(row: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether a row is one cell that contains all the cells of a record."""
    return len(row) == 1 and len(row[0].split(delimiter)) == width > 1


def line_in_quotes(line: int) -> RecordFault:
    message = Said(
        f"Ligne {line} : la ligne entière est entre guillemets ; attendu : des cellules.",
        f"Line {line}: the whole line is between quotes; expected: cells.",
    )
    return RecordFault(line, "ligne-entre-guillemets", message)


def short_rows(counts: Sequence[Count], width: int) -> tuple[list[RecordFault], list[Said]]:
    """What to refuse and what to report of the rows that lack cells, among all rows in their order.

    Where every run of them adds up to one record, line breaks without quotes cut those records: each line is refused.
    Anywhere else, rows merely end early, which is reported.
    """
    runs = [list(rows) for is_short, rows in groupby(counts, lambda count: count[1] < width) if is_short]
    lines = [line for rows in runs for line, _cells in rows]
    if not lines or width < 2:
        return [], []
    if all(sum(cells for _line, cells in rows) - len(rows) + 1 == width for rows in runs):
        return [fault for rows in runs for fault in _cut(rows)], []
    listed = positions_listed(lines)
    french = f"lignes plus courtes que l'en-tête, leurs dernières cellules lues comme absentes : {listed}"
    english = f"rows shorter than the header, their last cells read as absent: lines {listed}"
    return [], [Said(french, english)]


def blank_lines(following: Sequence[int]) -> list[Said]:
    """What to report of the rows that come after a blank line: another table may begin there, or a total."""
    if not following:
        return []
    listed = positions_listed(following)
    french = f"lignes vides au milieu du tableau ; ce qui suit est lu comme des enregistrements : ligne {listed}"
    return [Said(french, f"blank lines within the table; what follows is read as records: line {listed}")]


def _cut(rows: Sequence[Count]) -> Iterator[RecordFault]:
    lines = f"{rows[0][0]}–{rows[-1][0]}"
    message = Said(
        f"Lignes {lines} : un seul enregistrement, que des sauts de ligne sans guillemets coupent ; attendu : un "
        "enregistrement par ligne.",
        f"Lines {lines}: a single record, which line breaks without quotes cut; expected: one record a line.",
    )
    for line, _cells in rows:
        yield RecordFault(line, "enregistrement-coupe", message)
