"""What a schema, a dialect or a resource asks for and nothing does: properties that Frictionless does not apply, or
that are misspelled.

A file may be valid without them, and its reader has to know that nobody looked. Belongs here: finding such properties.
Does not: the custom checks of French schemas (`custom_checks.py`).
"""

from __future__ import annotations

import difflib
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


HARMLESS = {"csvddfVersion": None, "caseSensitiveHeader": False}
"""Properties of old dialects that ask for nothing: the version of their description; what is so anyway."""
OF_RESOURCE = ("path", "schema", "dialect", "encoding", "format", "compression", "innerpath", "mediatype", "scheme")
ALIKE = 0.8


def unapplied_beside(resource: Any) -> Iterator[Said]:
    """A sentence for each property of the dialect of a resource that Frictionless passes over, and for each of the
    resource itself that is nearly one of those that say how to read it. `resource`: as Frictionless read it."""
    for name in resource.custom:
        if wanted := _meant(name, OF_RESOURCE):
            yield _not_applied(name, wanted)
    dialect = resource.dialect
    controls = {control.type: control for control in dialect.controls}
    for name, value in dialect.custom.items():
        if name not in controls and not (name in HARMLESS and HARMLESS[name] in (None, value)):
            yield _not_applied(f"dialect.{name}", _meant(name, DIALECT))
    for kind, control in controls.items():
        for name in control.custom:
            if name not in ("type", "profile"):
                yield _not_applied(f"dialect.{kind}.{name}", _meant(name, DIALECT))


DIALECT = (
    "header", "headerRows", "headerJoin", "headerCase", "commentChar", "commentRows", "skipBlankRows", "delimiter",
    "lineTerminator", "quoteChar", "doubleQuote", "escapeChar", "nullSequence", "skipInitialSpace",
)  # fmt: skip


def _meant(name: str, known: tuple[str, ...]) -> str:
    """The property that a misspelled name is nearly; empty when there is none."""
    folded = {_folded(one): one for one in known}
    alike = difflib.get_close_matches(_folded(name), folded, 1, ALIKE)
    return folded[alike[0]] if alike else ""


def _not_applied(name: str, wanted: str) -> Said:
    why = Said(f"son nom est « {wanted} »", f'its name is "{wanted}"') if wanted else UNKNOWN
    return Said(f"« {name} » n'est pas appliqué : {why.fr}", f'"{name}" is not applied: {why.en}')


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
