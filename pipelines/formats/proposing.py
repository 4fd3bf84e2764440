"""A first description of a source from a sample: its Table Schema and a mapping to a table, for a person to correct.

Belongs here: guesses, said to be guesses. Does not: deciding; a privacy class is proposed so that nothing leaves by
mistake (`interne`), never `public`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from pipelines.formats.reading import RESERVED

PERSONAL = re.compile(r"(mail|courriel|tel|phone|prenom|nom_contact|contact|adresse|naissance|civilite)")
# A number with a leading zero is a code; so is one too long to be counted with.
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
TYPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("integer", INTEGER),
    ("number", re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")),
    ("date", re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")),
    ("boolean", re.compile(r"true|false")),
)
ALIKE = 82
CODES = re.compile(r"(code|insee|siret|siren|id)(_|$)")


def plain_name(text: str) -> str:
    """A column's name as published names are: lower case, ASCII, words joined by `_`."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")


def proposed_schema(table: pa.Table, title: str) -> dict[str, Any]:
    """A Table Schema that the sample passes: types that all cells have, `required` where all are full."""
    fields: list[dict[str, Any]] = []
    for name in table.column_names:
        if name in RESERVED:
            continue
        cells = [cell.strip() for cell in table.column(name).to_pylist() if cell is not None and cell.strip()]
        field: dict[str, Any] = {"name": name, "type": _type(name, cells), "title": name, "title_en": name}
        field["privacy"] = "personnel" if PERSONAL.search(plain_name(name)) else "interne"
        if cells and len(cells) == table.num_rows:
            field["constraints"] = {"required": True}
        fields.append(field)
    return {"title": title, "title_en": title, "fields": fields, "missingValues": [""]}


def _type(name: str, cells: Sequence[str]) -> str:
    if not cells or CODES.search(plain_name(name)):
        return "string"
    return next((kind for kind, shape in TYPES if all(shape.fullmatch(cell) for cell in cells)), "string")


def proposed_fields(columns: Sequence[str], fields: Sequence[str]) -> dict[str, str]:
    """The fields of a table that a column seems to fill, each column used once, in the order of the fields."""
    from rapidfuzz import fuzz

    left = [name for name in columns if name not in RESERVED]
    found: dict[str, str] = {}
    scored = sorted(
        (
            (fuzz.token_sort_ratio(plain_name(column).replace("_", " "), field.replace("_", " ")), field, column)
            for field in fields
            for column in left
        ),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    for score, field, column in scored:
        if score >= ALIKE and field not in found and column not in found.values():
            found[field] = column
    return {field: found[field] for field in fields if field in found}
