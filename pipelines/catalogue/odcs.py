"""The contract of a package in the Open Data Contract Standard 3.1: what those who build on its tables may rely on.

Belongs here: the same promises as the Table Schemas and `package.yaml`, in the words of the standard. Does not: any new
one. Source: Bitol (Linux Foundation), ODCS 3.1.0 and its JSON Schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from pipelines.catalogue.addresses import Addresses
from pipelines.catalogue.latest import latest_path
from pipelines.catalogue.model import Holding, Table, Version, contributor, text_in

FILE = "contrat.odcs.yaml"
API_VERSION = "v3.1.0"
LOGICAL_TYPES = {
    "integer": "integer",
    "year": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "time": "time",
    "array": "array",
    "object": "object",
}
# By logical type, the constraints of Table Schema that the standard has an option of the same name for.
OPTIONS = {
    "string": ("minLength", "maxLength", "pattern"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
}
UNITS = {"Y": "y", "M": "m", "W": "w", "D": "d"}
CADENCE = re.compile(r"P(\d+)([YMWD])\Z")


def contract_text(holding: Holding, version: Version, addresses: Addresses) -> str:
    """The contract of the current version, as YAML."""
    document = contract(holding, version, addresses)
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)


def contract(holding: Holding, version: Version, addresses: Addresses) -> dict[str, Any]:
    """The contract of the current version of a package."""
    descriptor, page = version.descriptor, addresses.page(f"{holding.name}/")
    licence = descriptor["licenses"][0]
    custom = {"licence": licence["name"], "schemaVersion": version.own["schema_version"], "created": version.created}
    support = [{"channel": channel, "url": url, "tool": tool} for channel, url, tool in _channels(descriptor, page)]
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": addresses.dataset(holding.name),
        "name": holding.title("fr"),
        "version": version.number,
        "status": "active",
        "domain": holding.name,
        "description": {
            "purpose": text_in(descriptor, "description", "fr"),
            "limitations": "\n".join(version.warnings("fr")),
            "usage": f"{licence.get('title', licence['name'])} {licence.get('path', '')}".strip(),
        },
        "tags": list(descriptor.get("keywords", [])),
        "servers": [
            {
                "server": "fichiers",
                "type": "api",
                "description": "La description de la version courante ; ses fichiers sont à côté, à adresse stable.",
                "location": addresses.page(latest_path(holding.name, "datapackage.json")),
            }
        ],
        "schema": [_table(table, addresses, version) for table in version.tables],
        "support": support,
        "team": {"name": str(contributor(descriptor).get("title") or addresses.publisher.title)},
        "slaProperties": _service(descriptor),
        "authoritativeDefinitions": [{"url": page, "type": "businessDefinition"}],
        "customProperties": [{"property": key, "value": value} for key, value in custom.items()],
    }
    document["description"] = {key: text for key, text in document["description"].items() if text}
    return {key: value for key, value in document.items() if value not in ([], {}, "")}


def _channels(descriptor: Mapping[str, Any], page: str) -> list[tuple[str, str, str]]:
    contact = descriptor.get("contact", {})
    found = [("page", page, "other")]
    if contact.get("email"):
        found.insert(0, (str(contact.get("title") or "contact"), f"mailto:{contact['email']}", "email"))
    return found


def _service(descriptor: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = CADENCE.match(str(descriptor.get("cadence", "")))
    return [{"property": "frequency", "value": int(found[1]), "unit": UNITS[found[2]]}] if found else []


def _table(table: Table, addresses: Addresses, version: Version) -> dict[str, Any]:
    number = str(version.own["schema_version"])
    schema = addresses.table_schema(version.package, number, table.name)
    described = {
        "name": table.name,
        "physicalName": f"{table.name}.csv",
        "physicalType": "file",
        "businessName": table.title("fr"),
        "description": table.description("fr"),
        "authoritativeDefinitions": [{"url": schema, "type": "implementation"}],
        "properties": [_property(item, table.key) for item in table.fields],
        "relationships": [_relationship(item, table.name) for item in table.schema.get("foreignKeys", [])],
    }
    return {key: value for key, value in described.items() if value not in ([], "")}


def _property(field: Mapping[str, Any], key: list[str]) -> dict[str, Any]:
    constraints = field.get("constraints", {})
    logical = LOGICAL_TYPES.get(str(field["type"]), "string")
    described: dict[str, Any] = {
        "name": field["name"],
        "businessName": field.get("title", ""),
        "logicalType": logical,
        "physicalType": field["type"],
        "description": field.get("description", ""),
        "classification": field.get("privacy", ""),
    }
    if field["name"] in key:
        described |= {"primaryKey": True, "primaryKeyPosition": key.index(field["name"]) + 1}
    described |= {name: True for name in ("required", "unique") if constraints.get(name)}
    options = {name: constraints[name] for name in OPTIONS.get(logical, ()) if name in constraints}
    if options:
        described["logicalTypeOptions"] = options
    if "enum" in constraints:
        valid = {"validValues": list(constraints["enum"])}
        described["quality"] = [{"type": "library", "metric": "invalidValues", "arguments": valid, "mustBe": 0}]
    if "example" in field:
        described["examples"] = [field["example"]]
    return {name: value for name, value in described.items() if value != ""}


def _relationship(foreign: Mapping[str, Any], table: str) -> dict[str, Any]:
    """A foreign key; a single field by its name, several as lists."""
    target = foreign["reference"]["resource"] or table
    here, there = (
        [f"{name}.{field}" for field in ([fields] if isinstance(fields, str) else fields)]
        for name, fields in ((table, foreign["fields"]), (target, foreign["reference"]["fields"]))
    )
    if len(here) == 1:
        return {"type": "foreignKey", "from": here[0], "to": there[0]}
    return {"type": "foreignKey", "from": here, "to": there}
