"""From a column as it comes to the field that is published: one canonical form, and the mapping that leads to it.

Belongs here: what a published field keeps of a column's description. Does not: guessing the description.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from pipelines.starter.proposal import Column

# How a source writes values: of no use in the published table, where every type has one form.
WRITING = (
    "format",
    "decimalChar",
    "groupChar",
    "bareNumber",
    "trueValues",
    "falseValues",
    "rdfType",
    "privacy",
    "missingValues",
)
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
OF_ANY_FORM, OF_TEXT = ("required", "unique"), ("enum", "pattern")
TRUE, FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")


def published_field(column: Column) -> dict[str, Any]:
    """The published Table Schema field of a column: its name, type, texts and constraints."""
    plain = {key: value for key, value in column.descriptor.items() if key not in WRITING}
    if _form(column) == "text":
        plain["type"] = "string"
    constraints = _constraints(column) if plain.pop("constraints", None) else {}
    plain |= {"constraints": constraints} if constraints else {}
    if _form(column) != "as it is":
        plain.pop("example", None)  # it shows how the source writes
    elif column.type == "string" and column.descriptor.get("format"):
        plain["format"] = column.descriptor["format"]
    plain.setdefault("title", column.name)
    plain.setdefault("title_en", plain["title"])
    return {**plain, "name": column.field, "privacy": "public"}


def _constraints(column: Column) -> dict[str, Any]:
    """Those that the published values can be held to, their bounds in the form that these have; the incoming schema
    holds the source's own writing to all of them."""
    given, form = column.descriptor["constraints"], _form(column)
    if form == "as it is":
        return dict(given)
    kept = (*OF_ANY_FORM, *OF_TEXT) if form == "text" else OF_ANY_FORM
    found = {name: value for name, value in given.items() if name in kept}
    if form in ("date", "number"):
        found |= {name: _canonical(column, given[name]) for name in BOUNDS if name in given}
        found |= {"enum": [_canonical(column, value) for value in given["enum"]]} if "enum" in given else {}
    return found


def _canonical(column: Column, bound: Any) -> Any:
    """A bound as published values are written; one that cannot be read stays, for whoever validates to refuse."""
    if not isinstance(bound, str):
        return bound
    if column.type == "date":
        with contextlib.suppress(ValueError):
            return datetime.strptime(bound, column.descriptor["format"]).date().isoformat()  # noqa: DTZ007 - a day
        return bound
    plain = bound.replace(str(column.descriptor.get("groupChar", "")), "")
    return plain.replace(str(column.descriptor.get("decimalChar", ".")), ".")


def mapped(column: Column) -> Any:
    """The entry of the source's mapping that fills the field."""
    match _form(column):
        case "date":
            return {"from": column.name, "with": "date", "format": column.descriptor["format"]}
        case "number":
            given = {key: column.descriptor[key] for key in ("decimalChar", "groupChar") if key in column.descriptor}
            return {"from": column.name, "with": "nombre", **given}
        case "boolean":
            yes, no = column.descriptor.get("trueValues", TRUE), column.descriptor.get("falseValues", FALSE)
            codes = {**dict.fromkeys(map(str, yes), "true"), **dict.fromkeys(map(str, no), "false")}
            return {"from": column.name, "codes": codes}
        case _:
            return column.name


def is_as_it_comes(column: Column) -> bool:
    """Whether a column's cells are published as the source writes them."""
    return _form(column) == "as it is"


def _form(column: Column) -> str:
    """How the column's cells become canonical: by a converter ("date", "number", "boolean"), as text, as it is."""
    described = column.descriptor
    written = described.get("format", "default")
    if column.type in ("date", "datetime", "time") and written not in ("default",):
        return "date" if column.type == "date" and "%" in str(written) else "text"
    if column.type in ("number", "integer") and ("decimalChar" in described or "groupChar" in described):
        return "number"
    if column.type in ("number", "integer") and described.get("bareNumber") is False:
        return "text"
    return "boolean" if column.type == "boolean" else "as it is"
