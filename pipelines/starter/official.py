"""A Table Schema that somebody else publishes: from a file or by its address, checked to be one.

Belongs here: getting it and what it must be. Does not: what is made of it (`proposal.py`, `documents.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.sources.http import Client
from pipelines.sources.http.addresses import is_private, public_address
from pipelines.starter.errors import FileAbsent, SchemaNotUsable
from pipelines.validation import CannotValidate, validate

MAXIMUM = 5_000_000
EXPECTED = Said("un Table Schema (JSON) avec une liste « fields »", 'a Table Schema (JSON) with a list "fields"')
CHECKED = ("$schema", "fields", "missingValues", "custom_checks", "primaryKey")
"""What of such a schema is taken over: its tables elsewhere are not here to be referred to."""


def is_address(schema: str) -> bool:
    """Whether a schema is named by an address rather than by a file."""
    return schema.startswith(("http://", "https://"))


def official_schema(schema: str) -> Mapping[str, Any]:
    """The Table Schema at an address, or in a file.

    Asked for as any source is: with retries, within limits, never at a private address that the person did not write.
    Raises `SchemaNotUsable` or `FileAbsent` for what is none, and what the client raises.
    """
    if not is_address(schema):
        return described_in(Path(schema))
    client = Client("schema", allow_private=is_private(schema), maximum_size=MAXIMUM)
    answer = client.ask(schema)
    try:
        document = json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SchemaNotUsable(
            schema=public_address(schema), found=answer.media_type or "?", expected=EXPECTED
        ) from None
    return _checked(document, public_address(schema))


def described_in(path: Path) -> Mapping[str, Any]:
    """The Table Schema of a file. Raises `FileAbsent`, `SchemaNotUsable`."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise FileAbsent(file=path) from None
    except (ValueError, RecursionError) as error:
        raise SchemaNotUsable(schema=path, found=_not_json(error), expected=EXPECTED) from None
    return _checked(document, str(path))


def _not_json(error: Exception) -> Said:
    if isinstance(error, json.JSONDecodeError):
        where = error.lineno, error.colno
        french = "ce n'est pas du JSON, ligne {}, colonne {}".format(*where)
        return Said(french, "it is not JSON, line {}, column {}".format(*where))
    return Said("ce n'est pas du JSON en UTF-8", "it is not JSON in UTF-8")


def _checked(document: Any, place: str) -> Mapping[str, Any]:
    fields = document.get("fields") if isinstance(document, dict) else None
    if (
        not isinstance(fields, list)
        or not fields
        or not all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in fields)
    ):
        found_here = (
            Said("un objet sans champs nommés", "an object without named fields")
            if isinstance(document, dict)
            else Said("du JSON qui n'est pas un objet", "JSON that is no object")
        )
        raise SchemaNotUsable(schema=place, found=found_here, expected=EXPECTED)
    names = [item["name"] for item in fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        expected = Said("des noms uniques", "unique names")
        raise SchemaNotUsable(schema=place, found=", ".join(twice), expected=expected)
    nothing = pa.table({name: pa.array([], pa.string()) for name in names})
    try:
        validate(nothing, {key: document[key] for key in CHECKED if key in document}, name=place)
    except CannotValidate as error:
        raise SchemaNotUsable(
            schema=place, found=Said(error.message("fr"), error.message("en")), expected=EXPECTED
        ) from None
    found: Mapping[str, Any] = document
    return found


def missing_columns(described: Mapping[str, Any] | None, columns: Sequence[str]) -> list[str]:
    """The columns that a schema requires and a file lacks."""
    fields = described["fields"] if described else ()
    return [
        item["name"] for item in fields if item.get("constraints", {}).get("required") and item["name"] not in columns
    ]
