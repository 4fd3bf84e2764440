"""What codes are called: the labels that a version publishes beside its codes, for the fields that contain them.

Belongs here: which field is labelled by what. Does not: showing a label. A field is labelled when a foreign key of its
own leads to a table of its version that is keyed by one field and has a column of labels, as each table of codes has;
a field `regle`, by the names of the rules that the version publishes, and one of `LEVELS`, by the names of places,
unless its table says them beside it. A code without a label is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.catalogue import rows
from pipelines.catalogue.model import Table, Version
from pipelines.core.text import Language

LABELS: Mapping[Language, tuple[str, ...]] = {
    "fr": ("libelle_fr", "libelle"),
    "en": ("libelle_en", "libelle_fr", "libelle"),
}
"""Columns of labels, the best first."""
RULE = "regle"
LEVELS = {"departement_code": "departement_nom", "region_code": "region_nom"}
BESIDE = {RULE: "libelle", **LEVELS}
"""Fields that have labels without a foreign key, and the field that says the label already, in some tables."""
CODES = "codes_"
"""How the name of a table of codes begins."""
Named = Mapping[str, Mapping[Language, str]]
"""By code, its label in each language."""
Labels = Mapping[str, Named]
"""By table of codes; those of fields without a foreign key by the name of the field."""


def is_of_codes(table: Table) -> bool:
    """Whether a table contains nothing but the meaning of codes."""
    return table.name.startswith(CODES)


def read_labels(version: Version, places: Labels | None = None) -> Labels:
    """The labels of every table of a version that a field of another is labelled by. Reads those tables' CSV.

    `places`: the names of départements and regions, by the fields that contain their codes.
    """
    wanted = {name for table in version.tables for _, name in _labelling(version, table)}
    read = {name: _read(version, name) for name in sorted(wanted - BESIDE.keys())}
    read |= {name: named for name, named in (places or {}).items() if name in wanted}
    return {**read, RULE: rows.rule_names(version)} if RULE in wanted else read


def field_labels(version: Version, table: Table, labels: Labels) -> dict[str, Named]:
    """By field of a table, the labels of its codes; a field without any is left out."""
    return {field: labels[name] for field, name in _labelling(version, table) if labels.get(name)}


def _labelling(version: Version, table: Table) -> Iterator[tuple[str, str]]:
    """Each field of a table whose codes another table of the version labels, and that table."""
    for key in table.schema.get("foreignKeys", ()):
        fields = [key["fields"]] if isinstance(key["fields"], str) else list(key["fields"])
        other = version.table(key["reference"]["resource"])
        if other is not None and len(fields) == 1 and len(other.key) == 1 and _columns(other, "fr"):
            yield fields[0], other.name
    names = {item["name"] for item in table.fields}
    for name, label in BESIDE.items():
        if name in names and label not in names:
            yield name, name


def _columns(table: Table, language: Language) -> list[str]:
    names = [item["name"] for item in table.fields]
    return [name for name in LABELS[language] if name in names]


def _read(version: Version, name: str) -> Named:
    table = version.table(name)
    if table is None:
        return {}
    french, english = _columns(table, "fr"), _columns(table, "en")
    return {
        row[table.key[0]]: {"fr": _first(row, french), "en": _first(row, english)}
        for row in rows.read_rows(version, name)
        if _first(row, french)
    }


def _first(row: Mapping[str, str], names: list[str]) -> str:
    return next((row[name] for name in names if row[name]), "")
