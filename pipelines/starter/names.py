"""Names: plain ones for what is published, those that suggest a person or a code, and columns that resemble fields.

Belongs here: what a name alone shows. Does not: what cells show (`proposal.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipelines.schema.reserved import RESERVED

PERSONAL = re.compile(r"(mail|courriel|tel|phone|prenom|nom_contact|contact|adresse|naissance|civilite)")
# A surname says so itself, or stands beside a first name: « Nom » alone is that of a place as well.
SURNAME = re.compile(r"(^|_)(patronyme|nom_(de_|d_)?(famille|naissance|jeune_fille|usage|usuel|marital))(_|$)")
# Who owns, rents or asks, where a column names them: "proprio_nom", "nom_du_demandeur", "Propriétaire"; not
# "proprio_type".
_ROLES = r"(proprio|proprietaire|locataire|demandeur|petitionnaire|requerant|declarant|riverain|plaignant|defunt)s?"
_OF = r"(du_|de_la_|de_l_|des_|d_)?"
PERSON_NAMED = re.compile(rf"^{_ROLES}$|(^|_){_ROLES}_nom(_|$)|(^|_)(nom|identite)(_complet)?_{_OF}{_ROLES}(_|$)")
FIRST_NAME = re.compile(r"(^|_)prenoms?(_|$)")
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


def names_of_people(columns: Sequence[str]) -> set[str]:
    """The columns of surnames: by their own names, or by that of a first name which is otherwise the same.

    `Nom` with `Prénom`, `Nom du maire` with `Prénom du maire`; not `Nom de la commune`, whatever is beside it. So are
    those of owners and applicants, who may be private persons.
    """
    plain = {column: _unjoined(column.removeprefix(PROPERTIES)) for column in columns}
    beside = {FIRST_NAME.sub(r"\1nom\2", name) for name in plain.values() if FIRST_NAME.search(name)}
    return {column for column, name in plain.items() if name in beside or _names_somebody(name)}


def _names_somebody(name: str) -> bool:
    return bool(SURNAME.search(name) or PERSON_NAMED.search(name))


def _unjoined(column: str) -> str:
    """A plain name whose words may have been joined by capitals (`nomUsage`), or be several of one (`noms`)."""
    return re.sub(r"(^|_)noms(_|$)", r"\1nom\2", plain_name(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)))


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
