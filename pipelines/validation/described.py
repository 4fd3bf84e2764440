"""Schemas and data packages as files: what `arobase check` is given, whoever wrote them.

Belongs here: reading a Table Schema or a Data Package that may be anybody's. Does not: our own schemas (`schema/`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.validation.errors import FileUnreadable, SchemaUnusable
from pipelines.validation.inputs import Reading

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class DescribedTable:
    """A resource of a Data Package: its file, its schema and how it is read."""

    name: str
    path: Path
    schema: Mapping[str, Any]
    reading: Reading


def read_document(path: Path) -> dict[str, Any]:
    """A JSON object. Raises `FileUnreadable`, and `SchemaUnusable` when it is not one."""
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise FileUnreadable(file=str(path), found=error.strerror or type(error).__name__) from error
    except (ValueError, RecursionError) as error:
        raise SchemaUnusable(place=str(path), found=str(error)[:200], expected="JSON") from error
    if not isinstance(found, dict):
        raise SchemaUnusable(place=str(path), found=type(found).__name__, expected="{…}")
    return found


def read_package(path: Path) -> list[DescribedTable]:
    """The tables of a Data Package, in its order. Raises as `read_document`."""
    tables = []
    resources = read_document(path).get("resources")
    if not isinstance(resources, list):
        raise SchemaUnusable(place=f"{path}: resources", found=type(resources).__name__, expected="[…]")
    for item in resources:
        if not isinstance(item, dict) or "schema" not in item:
            continue
        schema = item["schema"]
        if isinstance(schema, str):
            schema = read_document(_beside(path, schema))
        tables.append(DescribedTable(str(item.get("name")), _beside(path, item.get("path")), schema, _reading(item)))
    return tables


def likely_delimiter(path: Path, schema: Mapping[str, Any], encoding: str) -> str:
    """The delimiter that makes the most of the schema's field names out of the first line; a comma when none does."""
    names = {str(item.get("name")) for item in schema.get("fields", []) if isinstance(item, dict)}
    try:
        with path.open("rb") as file:
            first = file.readline(1 << 20).decode(encoding, "replace").strip("\ufeff\r\n")
    except (OSError, LookupError):
        return ","
    known = [sum(label.strip(' "') in names for label in first.split(mark)) for mark in DELIMITERS]
    return DELIMITERS[known.index(max(known))]


def _beside(package: Path, named: Any) -> Path:
    """A path of a package, which stays inside its folder. Raises `SchemaUnusable`."""
    folder = package.resolve().parent
    found = (folder / str(named)).resolve()
    if not isinstance(named, str) or not found.is_relative_to(folder):
        expected = Said("un chemin relatif", "a relative path")
        raise SchemaUnusable(place=f"{package}: path", found=repr(named), expected=expected)
    return found


def _reading(item: Mapping[str, Any]) -> Reading:
    dialect = item.get("dialect")
    encoding = str(item.get("encoding", "utf-8"))
    if not isinstance(dialect, dict) or not dialect:
        return Reading(encoding)
    if set(dialect) <= {"delimiter", "$schema"}:
        return Reading(encoding, str(dialect.get("delimiter", ",")))
    return Reading(
        encoding, dialect={**dialect, "csv": {"skipInitialSpace": False, "delimiter": ",", **dialect.get("csv", {})}}
    )
