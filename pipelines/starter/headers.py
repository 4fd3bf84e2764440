"""Headers of a sample, and the name of its file, before any is written or printed: one may be a person's name, or the
row be no header.

Belongs here: refusing such a sample until somebody has looked. Does not: which names may be
shown (`privacy/headers.py`).
"""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.formats.header import HEADED
from pipelines.privacy.headers import may_name_somebody, untold_headers
from pipelines.starter.errors import FileNameUnsure, HeadersUnsure
from pipelines.starter.guessing import SHEETS, TABLES
from pipelines.starter.samples import Sample

SHOWN = 12
NO_ROW, OTHER_ROW = (
    Said("", ""),
    Said(
        " ; si l'en-tête est plus bas, donnez sa ligne (--header-row) ; s'il manque, ajoutez-le",
        "; if the header is further down, give its row (--header-row); if there is none, add it",
    ),
)
"""What else to do where the names of columns are a row of cells, and so may be another one."""


def check_headers(sample: Sample, file: str, known: Collection[str] = ()) -> None:
    """Raises `HeadersUnsure` where a header may be a person's name or a value of a record, and `known` (those of a
    schema) does not have it. It is named by its column's place, never by its name."""
    names = sample.columns
    hidden = untold_headers(names, known, are_members=sample.format not in HEADED)
    hidden |= {name for name in names if name not in known and _stands_below(sample.table.column(name), name)}
    _check_place(sample, "pointer", file, Said("le nom de la liste", "the name of the list"))
    _check_place(sample, "sheet", file, Said("le nom de la feuille", "the name of the sheet"))
    places = [str(place) for place, name in enumerate(names, start=1) if name in hidden]
    if places:
        listed = ", ".join([*places[:SHOWN], *(["…"] if len(places) > SHOWN else [])])
        columns = Said(
            f"l'en-tête des colonnes {listed} (de gauche à droite)", f"the header of columns {listed} (from the left)"
        )
        has_rows = sample.format in (*TABLES, *SHEETS, "html")
        raise HeadersUnsure(file=file, what=columns, row=OTHER_ROW if has_rows else NO_ROW)


def check_file_name(stem: str) -> None:
    """Raises `FileNameUnsure` where a file may be named after somebody: its table, package and source would be too, and
    its name is published as where the source is."""
    if may_name_somebody(stem):
        raise FileNameUnsure


def _check_place(sample: Sample, option: str, file: str, named: Said) -> None:
    """Raises `HeadersUnsure` where the list or the sheet that was found may be named after somebody."""
    found = next((str(item.value) for item in sample.found if item.name == option), "")
    if untold_headers([found], are_members=True):
        raise HeadersUnsure(file=file, what=named, row=NO_ROW)


def _stands_below(column: pa.ChunkedArray, name: str) -> bool:
    """Whether a header is also a value of its own column: then it most likely is one itself."""
    return bool(pc.any(pc.equal(pc.utf8_trim_whitespace(column), name.strip())).as_py())
