"""What a schema asks for and nothing checks: properties that Frictionless does not apply, or that are misspelled.

A file may be valid without them, and its reader has to know that nobody looked. Belongs here: finding such properties.
Does not: the custom checks of French schemas (`custom_checks.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.core.text import Said

# Of version 2 of the standard, and unknown to Frictionless 5.21.
OF_SCHEMA, OF_FIELD = ("uniqueKeys",), ("categories",)
APPLIED = ("fields", "missingValues", "primaryKey", "foreignKeys", "fieldsMatch", "custom_checks", *OF_SCHEMA)
APPLIED_TO_FIELD = (
    "type", "format", "constraints", "missingValues", "trueValues", "falseValues", "decimalChar", "groupChar",
    "bareNumber", "itemType", *OF_FIELD,
)  # fmt: skip
CONSTRAINTS = ("unique", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum")
"""Those that Frictionless passes over beside `constraints`; it refuses a schema with `required` there."""
NAMED = 8


def unapplied(schema: Mapping[str, Any]) -> Iterator[Said]:
    """A sentence for each property of a schema or of its fields that is not checked, with the first such fields."""
    for name, why in _reasons(schema, OF_SCHEMA, APPLIED):
        yield _sentence(name, why, [])
    fields = [item for item in schema.get("fields", ()) if isinstance(item, Mapping)]
    where: dict[tuple[str, Said], list[str]] = {}
    for field in fields:
        found = [
            *_reasons(field, OF_FIELD, APPLIED_TO_FIELD),
            *((name, MISPLACED) for name in CONSTRAINTS if name in field),
        ]
        for name, why in found:
            where.setdefault((name, why), []).append(str(field.get("name")))
    for (name, why), names in where.items():
        yield _sentence(name, why, names)


UNKNOWN = Said("Frictionless ne l'applique pas", "Frictionless does not apply it")
MISPLACED = Said("sa place est dans « constraints »", 'its place is in "constraints"')


def _reasons(
    described: Mapping[str, Any], unknown: tuple[str, ...], applied: tuple[str, ...]
) -> Iterator[tuple[str, Said]]:
    meant = {_folded(name): name for name in applied}
    for name, value in described.items():
        wanted = meant.get(_folded(str(name)))
        if name in unknown:
            if value:
                yield name, UNKNOWN
        elif wanted is not None and name not in applied:
            yield str(name), Said(f"son nom est « {wanted} »", f'its name is "{wanted}"')


def _folded(name: str) -> str:
    """A name without what is often written otherwise: capitals, underscores, the mark of the plural."""
    return re.sub(r"[^a-z]", "", name.lower()).removesuffix("s")


def _sentence(name: str, why: Said, fields: list[str]) -> Said:
    shown = ", ".join(fields[:NAMED]) + (", …" if len(fields) > NAMED else "")
    several = "s" if len(fields) > 1 else ""
    french = f" (champ{several} {shown})" if fields else ""
    english = f" (field{several} {shown})" if fields else ""
    return Said(f"« {name} » n'est pas vérifié : {why.fr}{french}", f'"{name}" is not checked: {why.en}{english}')
