"""`datapackage.json`: Data Package v2, which readers of v1 also understand.

Belongs here: what the descriptor says. Does not: deciding a version (`versioning.py`) or writing files (`files.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from pipelines.core.text import Said
from pipelines.releases.csvfile import CSV_DIALECT
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.formats import output_formats
from pipelines.releases.periods import period
from pipelines.releases.request import ReleaseRequest, SourceUsed, Warned
from pipelines.schema import TableSchema
from pipelines.storage.plain import read_plain

LARGEST_DESCRIPTOR = 1 << 26
# Frictionless opens what is called `parquet` as a table, counts no bytes there and finds the size wrong; the profile
# has no word for a file that is no table. It guesses the types of what is called `csv` and has no schema, and finds
# other values wrong. Formats are therefore given by name, not by suffix, but for the CSV that is the table itself.
PARQUET, CSV = "Parquet", "CSV"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


@dataclass(frozen=True)
class FileMade:
    """One file of a release, as its writer counted it. `path` is relative to `data/`.

    `role`: table (its plain CSV), quality, provenance, changes, or the name of another format of a table.
    `content`: the SHA-256 of the values.
    """

    path: str
    role: str
    table: str
    bytes: int
    sha256: str
    rows: int
    content: str


def table_resources(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The resources of the tables of a release's package, by name; those under `qualite/` are not."""
    return {item["name"]: item for item in document["resources"] if "schema" in item and "/" not in item["path"]}


def instant(moment: datetime) -> str:
    """A date as releases write it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def descriptor(
    request: ReleaseRequest, version: str, files: Sequence[FileMade], own: Mapping[str, Any]
) -> dict[str, Any]:
    """The whole descriptor. `own`: what Arobase keeps for itself under `arobase` (parent, inputs, reasons)."""
    package = request.package
    publisher: dict[str, Any] = {
        "title": package.publisher.get("title", ""),
        "path": package.publisher.get("url", ""),
        "role": "publisher",
        "roles": ["publisher"],
    }
    document: dict[str, Any] = {
        "$schema": PROFILE,
        "profile": "data-package",
        "name": package.name,
        "id": f"{package.name}-exemple" if package.is_example else "",
        "example": package.is_example or "",
        "title": package.title,
        "title_en": package.title_en,
        "description": package.description,
        "description_en": package.description_en,
        "version": version,
        "created": instant(request.created),
        "homepage": package.more.get("homepage", ""),
        "contact": dict(package.contact),
        "cadence": package.cadence,
        **{key: _plain(package.more[key]) for key in ("themes", "spatial", "bbox", "hvd") if key in package.more},
        "temporal": period(package, request.tables) or "",
        "keywords": list(package.keywords),
        "keywords_en": list(package.keywords_en),
        "licenses": [package.licence_described],
        "contributors": [
            {key: value for key, value in item.items() if value}
            for item in (publisher, *map(dict, package.contributors))
        ],
        "sources": [_source(item) for item in sorted(request.sources, key=lambda item: item.name)],
        "warnings": [_warning(item) for item in request.warnings],
        "resources": [_resource(item, request) for item in files],
        "arobase": dict(own),
    }
    return {key: value for key, value in document.items() if value not in ("", [])}


def _warning(item: Warned) -> dict[str, Any]:
    document = {"fr": item.fr, "en": item.en}
    return {**document, "notice": True} if item.is_notice else document


def _plain(value: Any) -> Any:
    """A value of `package.yaml` as JSON: dates, which YAML reads as such, as ISO text."""
    return json.loads(json.dumps(value, default=str))


def _source(item: SourceUsed) -> dict[str, Any]:
    document = {
        "title": item.title,
        "title_en": item.title_en,
        "path": item.address,
        "name": item.name,
        "publisher": item.publisher,
        "licence": item.licence,
        "example": item.example,
        "snapshots": [
            {"part": one.part, "sha256": one.sha256, "path": one.address, "obtained": one.obtained}
            for one in sorted(item.snapshots, key=lambda one: (one.part, one.sha256))
        ],
    }
    return {key: value for key, value in document.items() if value != ""}


def _resource(item: FileMade, request: ReleaseRequest) -> dict[str, Any]:
    schema = request.schemas.get(item.table) or request.quality_schemas[item.table]
    name, title = item.table, schema.title
    document: dict[str, Any] = {"name": name, "path": item.path}
    described = {"title": title, "title_en": schema.title_en, "description": schema.description}
    described |= {"description_en": schema.description_en}
    counted = {"bytes": item.bytes, "hash": f"sha256:{item.sha256}", "content": item.content}
    if item.role in ("table", "quality"):
        document |= {"type": "table", "profile": "tabular-data-resource", **described}
        document |= {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "dialect": CSV_DIALECT, **counted}
        document["rows"] = item.rows
        document["schema"] = plain_schema(schema, set(request.schemas))
    elif item.role == "changes":
        document |= {"name": Path(item.path).name.replace(".", "-") + "-changements", **described}
        document |= {"format": CSV if item.path.endswith(".csv") else PARQUET, **counted}
    else:
        known = {one.name: one for one in output_formats()}
        form = known.get(item.role, known["parquet"])  # provenance is kept in Parquet alone
        document |= {"name": f"{name}-{form.name}", **described, **form.described, **counted}
        document |= {"alternative": name} if form.is_alternative else {}
    if item.role not in ("table", "quality"):
        document["row_count"] = item.rows  # Frictionless counts `rows` of tables only, and would find none
    return {key: value for key, value in document.items() if value != ""}


def plain_schema(schema: TableSchema, siblings: set[str]) -> dict[str, Any]:
    """The Table Schema as published: documented, foreign keys only to tables of the same package, examples as text."""
    document = schema.descriptor(documented=True)
    for field in document["fields"]:
        if "example" in field:
            field["example"] = example_text(field["example"])
    kept = [key for key in document.pop("foreignKeys", []) if key["reference"]["resource"] in {"", *siblings}]
    return {**document, "foreignKeys": kept} if kept else document


def example_text(example: Any) -> str:
    """An example as it is in a CSV cell: the profile of Data Package wants text, whatever the type of the field."""
    return example if isinstance(example, str) else json.dumps(_plain(example), ensure_ascii=False)


def to_json(document: Any) -> str:
    """A JSON document as releases write it: in the order given, two spaces, one final line feed."""
    try:
        # As `json.dumps` indents, which does so in Python, a thousand versions after each other.
        return msgspec.json.format(json.dumps(document, ensure_ascii=False), indent=2) + "\n"
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):  # what JSON has no word for
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def read_descriptor(data: Path) -> dict[str, Any]:
    """The descriptor in the folder `data`. Raises `ReleaseDamaged` when it is missing or is not a JSON object in UTF-8
    that names each member once."""
    path = data / "datapackage.json"
    name = f"{data.parent.name}/{data.name}/datapackage.json"
    try:
        document = json.loads(read_plain(path, LARGEST_DESCRIPTOR).decode("utf-8"), object_pairs_hook=_each_once)
    except (OSError, ValueError, RecursionError) as error:
        raise ReleaseDamaged(file=name, found=type(error).__name__, expected="JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("resources"), list):
        raise ReleaseDamaged(file=name, found=Said("sans ressources", "no resources"), expected="Data Package")
    return document


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Of a member that comes twice Python keeps the last and others the first: one signature would cover
    two descriptors."""
    found = dict(members)
    if len(found) != len(members):
        raise ValueError
    return found
