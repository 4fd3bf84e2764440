"""Families of rules: the checks that a table shows, each made from its Table Schema.

A table is validated twice: its rows as they were gathered, where rejected rows are normal and reported, and what is
about to leave, where nothing may be rejected any more. The second result is the blocking one. Belongs here: which rules
are one check. Does not: validating (`validation/`), showing a check (`orchestration/tables.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.core.text import Said
from pipelines.schema import PackageTable, TableSchema

FAMILIES: dict[str, tuple[str, ...]] = {
    "structure": ("blank-row", "extra-cell", "missing-cell", "blank-header", "duplicate-label", "incorrect-label"),
    "types": ("type-error",),
    "contraintes": ("constraint-error",),
    "cles": ("primary-key", "unique-error"),
    "references": ("foreign-key",),
}
VOLUME = "volume"
DESCRIPTIONS = {
    "structure": Said(
        "Chaque ligne a les cellules que le schéma annonce.", "Each row has the cells that the schema describes."
    ),
    "types": Said("Chaque valeur a le type de son champ.", "Each value has the type of its field."),
    "contraintes": Said(
        "Chaque valeur respecte les contraintes de son champ : présence, liste de codes, motif, bornes.",
        "Each value satisfies the constraints of its field: presence, code list, pattern, bounds.",
    ),
    "cles": Said("La clé primaire est remplie et unique.", "The primary key is filled and unique."),
    "references": Said("Chaque renvoi désigne une ligne publiée.", "Each reference leads to a published row."),
    VOLUME: Said(
        "La table a au moins le nombre de lignes que package.yaml attend.",
        "The table has at least the number of rows that package.yaml expects.",
    ),
}


@dataclass(frozen=True)
class FamilyCheck:
    """What one family expects of a table and what was found in what leaves; `errors` by "rule:field".

    `rejected`: the errors of the family for which rows were rejected on the way in: they are not in the table, and a
    check that passes says that they were there.
    """

    family: str
    expected: Said
    found: int
    errors: Mapping[str, int]
    passed: bool
    rejected: int = 0


def families_of(schema: TableSchema) -> list[str]:
    """The families that a table's schema gives rise to, in the order in which they are shown."""
    asks = {
        "structure": True,
        "types": True,
        "contraintes": any(field.descriptor.get("constraints") for field in schema.fields),
        "cles": bool(schema.primary_key)
        or any(f.descriptor.get("constraints", {}).get("unique") for f in schema.fields),
        "references": bool(schema.foreign_keys),
    }
    return [*(family for family, wanted in asks.items() if wanted), VOLUME]


def family_checks(schema: TableSchema, table: PackageTable, summary: Mapping[str, Any]) -> list[FamilyCheck]:
    """The checks of a table from the summary of its making (`leaving`: the second result's errors; `accepted`)."""
    checks: list[FamilyCheck] = []
    for family in families_of(schema)[:-1]:
        rules = FAMILIES[family]
        errors = {key: count for key, count in summary["leaving"].items() if key.split(":")[0] in rules}
        found = sum(errors.values())
        refused = sum(count for key, count in summary["errors"].items() if key.split(":")[0] in rules)
        checks.append(
            FamilyCheck(family, Said("0 erreur", "0 errors"), found, errors, passed=found == 0, rejected=refused)
        )
    rows = summary["accepted"]
    least = table.minimum_rows
    expected = Said(f"au moins {least} lignes", f"at least {least} rows")
    checks.append(FamilyCheck(VOLUME, expected, rows, {}, passed=rows >= least))
    return checks
