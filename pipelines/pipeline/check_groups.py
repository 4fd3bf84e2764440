"""Families of rules: the checks that a table shows, each made from its Table Schema.

A table is judged twice: its rows as they were gathered, where refusals are normal and told, and what is about to leave,
where nothing may be refused any more. The second verdict is the blocking one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.schema import PackageTable, TableSchema

FAMILIES: dict[str, tuple[str, ...]] = {
    "structure": ("blank-row", "extra-cell", "missing-cell", "blank-header", "duplicate-label", "incorrect-label"),
    "types": ("type-error",),
    "contraintes": ("constraint-error",),
    "cles": ("primary-key", "unique-error"),
    "references": ("foreign-key",),
}
SAID = {
    "structure": "Chaque ligne a les cellules que le schéma annonce.",
    "types": "Chaque valeur a le type de son champ.",
    "contraintes": "Chaque valeur respecte les contraintes de son champ : présence, liste de codes, motif, bornes.",
    "cles": "La clé primaire est remplie et unique.",
    "references": "Chaque renvoi désigne une ligne publiée.",
    "volume": "La table a au moins le nombre de lignes que package.yaml attend.",
}


@dataclass(frozen=True)
class FamilyCheck:
    """What one family expects of a table and what was found in what leaves; `errors` by "rule:field".

    `rejected`: the errors of the family for which rows were rejected on the way in: they are not in the table, and a
    check that passes says that they were there.
    """

    family: str
    expected: str
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
    return [*(family for family, wanted in asks.items() if wanted), "volume"]


def family_checks(schema: TableSchema, table: PackageTable, summary: Mapping[str, Any]) -> list[FamilyCheck]:
    """The checks of a table from the summary of its making (`leaving`: the second verdict's errors; `accepted`)."""
    checks: list[FamilyCheck] = []
    for family in families_of(schema)[:-1]:
        rules = FAMILIES[family]
        errors = {key: count for key, count in summary["leaving"].items() if key.split(":")[0] in rules}
        found = sum(errors.values())
        refused = sum(count for key, count in summary["errors"].items() if key.split(":")[0] in rules)
        checks.append(FamilyCheck(family, "0 erreur", found, errors, passed=found == 0, rejected=refused))
    rows = summary["accepted"]
    least = table.minimum_rows
    checks.append(FamilyCheck("volume", f"au moins {least} lignes", rows, {}, passed=rows >= least))
    return checks
