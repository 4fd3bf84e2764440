"""The documents that a proposal becomes: the incoming schema, the table, the package's file, the source's file.

Belongs here: what is in them. Does not: where they are written (`folders.py`, `tables.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.starter.fields import is_as_it_comes, mapped, published_field
from pipelines.starter.proposal import Proposal

# How the custom checks of French schemas name the columns that they read.
ONE_COLUMN, SEVERAL_COLUMNS = ("column", "column2"), ("columns", "othercolumns")


def title_of(proposal: Proposal) -> str:
    return str(proposal.table_schema.get("title", proposal.name.replace("_", " ").capitalize()))


def titles_of(proposal: Proposal) -> dict[str, str]:
    title = title_of(proposal)
    return {"title": title, "title_en": str(proposal.table_schema.get("title_en", title))}


def descriptions_of(proposal: Proposal) -> dict[str, str]:
    described = str(proposal.table_schema.get("description", f"{title_of(proposal)}."))
    return {"description": described, "description_en": str(proposal.table_schema.get("description_en", described))}


def incoming(proposal: Proposal) -> dict[str, Any]:
    """The columns as they come, under their own names, with all the checks of the publisher's schema, and what it calls
    a missing value, which is absent from the published table."""
    fields = [dict(column.descriptor) for column in proposal.columns]
    given = proposal.table_schema
    checks, missing = given.get("custom_checks"), given.get("missingValues", [""])
    version = {"$schema": given["$schema"]} if "$schema" in given else {}
    document: dict[str, Any] = {**version, **titles_of(proposal), "fields": fields, "missingValues": missing}
    return document | ({"custom_checks": checks} if checks else {})


def published(proposal: Proposal, confirmed: date | None, *, by: str = "arobase init") -> dict[str, Any]:
    """The table as it is published, and that it is a proposal until somebody confirmed it."""
    mark: dict[str, Any] = {
        "by": by,
        "from": proposal.file,
        "confirmed": confirmed.isoformat() if confirmed else None,
    }
    if proposal.schema_address:
        mark |= {"schema": proposal.schema_address}
    version = proposal.table_schema.get("$schema")
    document: dict[str, Any] = {
        **({"$schema": version} if version else {}),
        "proposed": mark | ({"confirmed_by": "arobase init --accept"} if confirmed else {}),
        **titles_of(proposal),
        **descriptions_of(proposal),
        "fields": [published_field(column) for column in proposal.published],
        "missingValues": [""],
    }
    document |= {"primaryKey": list(proposal.key)} if proposal.key else {}
    checks = published_checks(proposal)
    return document | ({"custom_checks": checks} if checks else {})


def published_checks(proposal: Proposal) -> list[Mapping[str, Any]]:
    """The checks whose columns are all published as they come: the others hold of the source's own writing only."""
    same = {column.name for column in proposal.published if column.field == column.name and is_as_it_comes(column)}
    given = proposal.table_schema.get("custom_checks") or ()
    return [check for check in given if _columns_of(check) <= same]


def _columns_of(check: Mapping[str, Any]) -> set[str]:
    params = check.get("params") or {}
    names = [params[key] for key in ONE_COLUMN if params.get(key)]
    for key in SEVERAL_COLUMNS:
        value = params.get(key) or ()
        names += [value] if isinstance(value, str) else value
    return set(names)


def package_document(proposal: Proposal, *, cadence: str = "P1Y") -> dict[str, Any]:
    publisher = {"title": proposal.publisher}
    return {
        **titles_of(proposal),
        **descriptions_of(proposal),
        "licence": proposal.licence,
        "publisher": publisher,
        "contributors": [{"title": proposal.publisher, "role": "publisher"}],
        "contact": dict(publisher),
        "cadence": cadence,
        "owner": "equipe-donnees",
        "tables": [{"name": proposal.table, "rows": {"min": 1}}],
    }


def source_document(
    proposal: Proposal,
    *,
    address: str,
    obtained: date | None,
    connector: str = "files",
    parameters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The source's file. `obtained`: the day of a file that is in the project; none for one that is asked for."""
    personal = [column.name for column in proposal.columns if not column.field]
    privacy = (
        f"Colonnes retirées dès la lecture : {', '.join(personal)}." if personal else "Aucune colonne personnelle."
    )
    options = dict(proposal.options) | ({"optional": list(proposal.absent)} if proposal.absent else {})
    return {
        "name": proposal.source,
        **titles_of(proposal),
        "connector": connector,
        "address": address,
        **({"obtained": obtained.isoformat()} if obtained else {}),
        "licence": proposal.licence,
        "publisher": {"title": proposal.publisher},
        "owner": "equipe-donnees",
        "cadence": "P1Y",
        "privacy": privacy,
        **({"parameters": dict(parameters)} if parameters else {}),
        "parts": {
            proposal.part: {
                "format": proposal.format,
                **({"options": options} if options else {}),
                "schema": proposal.part,
                "rows": [
                    {
                        "table": f"{proposal.package}/{proposal.table}",
                        "fields": {column.field: mapped(column) for column in proposal.published},
                    }
                ],
            }
        },
    }


def as_json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_yaml(document: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=120)
    return text


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(as_json(document), encoding="utf-8")


def write_yaml(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(as_yaml(document), encoding="utf-8")
