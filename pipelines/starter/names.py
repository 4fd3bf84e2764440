"""Names: plain ones for what is published, those that suggest a code, and columns that resemble fields.

Belongs here: what a name alone shows. Does not: whether it suggests a person (`personal_names.py`), what cells show
(`proposal.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipelines.schema.reserved import RESERVED

CODES = re.compile(r"(code|insee|siret|siren|id)(_|$)")
# Members of a GeoJSON feature: their own names are what people know.
PROPERTIES = "properties."
ALIKE = 82
LONGEST = 50
# Folders of schemas/ that are no package.
TAKEN = ("codelists", "entrants", "privacy", "qualite")


def plain_name(text: str) -> str:
    """A column's name as published names are: lower case, ASCII, words joined by `_`."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")


def common_name(stem: str) -> str:
    """A name that a source, a part, a table and a package may all have."""
    name = plain_name(stem)[:LONGEST].strip("_")
    if re.fullmatch(r"[a-z][a-z0-9_]+", name) and name not in TAKEN:
        return name
    return f"donnees_{name}".rstrip("_")


def proposed_fields(columns: Sequence[str], fields: Sequence[str]) -> dict[str, str]:
    """The fields of a table that a column seems to fill, each column used once, in the order of the fields."""
    from rapidfuzz import fuzz

    left = [name for name in columns if name not in RESERVED]
    found: dict[str, str] = {}
    scored = sorted(
        (
            (fuzz.token_sort_ratio(_words(column), field.replace("_", " ")), field, column)
            for field in fields
            for column in left
        ),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    for score, field, column in scored:
        if score >= ALIKE and field not in found and column not in found.values():
            found[field] = column
    return {field: found[field] for field in fields if field in found}


def _words(column: str) -> str:
    return plain_name(column.removeprefix(PROPERTIES)).replace("_", " ")
