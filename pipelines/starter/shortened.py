"""Cells that a spreadsheet seems to have changed before anybody read them: codes without their first zero, days as
serial numbers; and percentages as text.

Belongs here: what to report of a column, by its name and its cells, before anything is proposed of it; nothing is
corrected. Does not: what reading reports of any table (`formats/reading.py`). No message holds a value of a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.formats.faults import positions_listed
from pipelines.schema.reserved import POSITION, RESERVED
from pipelines.starter.names import plain_name


@dataclass(frozen=True)
class Code:
    """A code that begins with a zero in some places. `names` is searched in a column's plain name; `lost` is the code
    without its zero, `whole` with it; `example` shows both."""

    names: re.Pattern[str]
    lost: re.Pattern[str]
    whole: re.Pattern[str]
    example: tuple[str, str]


WITH_ZEROS = (
    Code(
        re.compile(
            r"(^|_)(postal|postaux|postcode|zip|cp|codgeo|depcom|cog)(_|$)|code_?postal"
            r"|^insee(_|$)|code_?insee|insee_com|code_(de_la_)?commune|commune_code"
        ),
        re.compile(r"[1-9][0-9]{3}"),
        re.compile(r"[0-9]{5}|2[AB][0-9]{3}"),
        ("1000", "01000"),
    ),
    Code(
        re.compile(r"code_(du_)?(departement|dept?)(_|$)|(departement|dept?)_code|^dept?$"),
        re.compile(r"[1-9]"),
        re.compile(r"[0-9]{2,3}|2[AB]"),
        ("1", "01"),
    ),
    Code(re.compile(r"(^|_)siren(_|$)"), re.compile(r"[1-9][0-9]{7}"), re.compile(r"[0-9]{9}"), ("5…", "05…")),
    Code(re.compile(r"(^|_)siret(_|$)"), re.compile(r"[1-9][0-9]{12}"), re.compile(r"[0-9]{14}"), ("5…", "05…")),
)
DAYS = re.compile(r"(^|_)date|^(jour|day)$|_le$")
SERIAL = re.compile(r"[2-6][0-9]{4}(\.[0-9]+)?")
"""As spreadsheets count days: from 1954 to 2091."""
PERCENTAGE = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?\s?%")
LEAST = 0.5
"""The part of a column's filled cells that are of a kind where the column is called one of it."""


def seeming_changes(table: pa.Table) -> Iterator[Said]:
    """What to report of the columns of a text table, in their order."""
    positions = table.column(POSITION).to_pylist() if POSITION in table.column_names else range(1, table.num_rows + 1)
    for name in table.column_names:
        if name not in RESERVED:
            texts = table.column(name).to_pylist()
            cells = [(place, text.strip()) for place, text in zip(positions, texts, strict=True) if text]
            yield from _column(name, [(place, text) for place, text in cells if text])


def _column(name: str, cells: list[tuple[int, str]]) -> Iterator[Said]:
    plain = plain_name(name)
    code = next((code for code in WITH_ZEROS if code.names.search(plain)), None)
    if code is not None:
        yield from _zeros(name, code, cells)
    elif DAYS.search(plain):
        yield from _days(name, cells)
    yield from _percentages(name, cells)


def _zeros(name: str, code: Code, cells: list[tuple[int, str]]) -> Iterator[Said]:
    lost = _places(code.lost, cells)
    whole = _places(code.whole, cells)
    if not lost or len(lost) + len(whole) < LEAST * len(cells):
        return
    listed, (short, full) = positions_listed(lost), code.example
    yield Said(
        f"« {name} » : codes auxquels un zéro semble manquer devant ({short} pour {full}) : positions {listed}. "
        "Rendez-le dans la source : mettez la colonne en texte, puis exportez de nouveau",
        f'"{name}": codes that seem to lack a zero in front ({short} for {full}): positions {listed}. Give it back in '
        "the source: format the column as text, then export again",
    )


def _days(name: str, cells: list[tuple[int, str]]) -> Iterator[Said]:
    found = _places(SERIAL, cells)
    if found:
        listed = positions_listed(found)
        yield Said(
            f"« {name} » : nombres là où des dates sont attendues ; un tableur compte ainsi les jours (45000 : "
            f"2023-03-15) : positions {listed}. Donnez un format de date à la colonne, puis exportez de nouveau",
            f'"{name}": numbers where dates are expected; a spreadsheet counts days so (45000: 2023-03-15): positions '
            f"{listed}. Give the column a date format, then export again",
        )


def _percentages(name: str, cells: list[tuple[int, str]]) -> Iterator[Said]:
    found = _places(PERCENTAGE, cells)
    if found and len(found) >= LEAST * len(cells):
        listed = positions_listed(found)
        yield Said(
            f"« {name} » : pourcentages écrits avec leur signe (12,5 %), gardés comme du texte : positions {listed}. "
            "Pour publier des nombres, retirez le signe dans la source",
            f'"{name}": percentages written with their sign (12,5 %), kept as text: positions {listed}. To publish '
            "numbers, remove the sign in the source",
        )


def _places(shape: re.Pattern[str], cells: list[tuple[int, str]]) -> list[int]:
    return [place for place, text in cells if shape.fullmatch(text)]
