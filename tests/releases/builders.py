"""Small packages to release, and the folders that they go to. Every name, place and value is invented."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.core.project import PROJECT_FILE
from pipelines.releases import Published, ReleaseRequest, SnapshotUsed, SourceUsed, publish
from pipelines.releases.signature import SigningKey, new_key
from pipelines.releases.steps import Step, StepKind
from pipelines.schema import Package, PackageTable, TableSchema, load_quality
from pipelines.schema.arrow import typed
from pipelines.schema.tables import parse_table

ROOT = Path(__file__).resolve().parents[2]
QUALITY = ("constats", "rejets", "provenance", "changements")
Row = Mapping[str, str | None]

PRIZES: list[Row] = [
    {"prix_id": "p1", "annee": "2024", "nom": "Ville-Exemple", "arobases": "3", "part": "0.50", "niveau": "or"},
    {"prix_id": "p2", "annee": "2024", "nom": "Bourg, l'Exemple", "arobases": "5", "part": "0.25", "niveau": "argent"},
    {"prix_id": "p3", "annee": "2025", "nom": 'Le "Hameau"\ndu test', "arobases": None, "part": None, "niveau": None},
]
EDITIONS: list[Row] = [
    {"annee": "2024", "ouverte": "true", "date": "2024-01-31", "clos": "2024-02-01T10:00:00Z", "score": "0.1"},
    {"annee": "2025", "ouverte": "false", "date": None, "clos": None, "score": None},
]
SNAPSHOT = "ab" * 32
NAMED = (
    Step(StepKind.CONVERTED, "sources/prix.yaml", "fichier", ("nom",), "propre"),
    Step(StepKind.LOOKED_UP, "sources/prix.yaml", "fichier", ("nom",), "territoire", "nom"),
)
"""What touched the names of prizes."""


def field(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "privacy": "public", "title": name.capitalize(), **more}


def prizes_schema(**more: Any) -> dict[str, Any]:
    fields = [
        field("prix_id", constraints={"required": True}),
        field("annee", "integer", constraints={"required": True}),
        field("nom", description="Nom du lauréat.", description_en="Name of the laureate."),
        field("arobases", "integer", constraints={"minimum": 1, "maximum": 5}),
        field("part", "number", scale=2),
        field("niveau", constraints={"enum": ["or", "argent"]}),
    ]
    foreign = [{"fields": ["annee"], "reference": {"resource": "editions", "fields": ["annee"]}}]
    return {"title": "Prix", "fields": fields, "primaryKey": ["prix_id"], "foreignKeys": foreign, **more}


def editions_schema(**more: Any) -> dict[str, Any]:
    fields = [
        field("annee", "integer", constraints={"required": True}),
        field("ouverte", "boolean"),
        field("date", "date"),
        field("clos", "datetime"),
        field("score", "number"),
    ]
    return {"title": "Éditions", "fields": fields, "primaryKey": ["annee"], **more}


def a_schema(name: str, raw: Mapping[str, Any]) -> TableSchema:
    return parse_table(json.loads(json.dumps(raw)), name, f"schemas/prix/{name}.json", ROOT / "schemas")


def a_table(rows: Sequence[Row], schema: TableSchema) -> pa.Table:
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in schema.names}
    return typed(pa.table(columns), schema)


def text_table(rows: Sequence[Row], names: Sequence[str]) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def a_package(tables: Sequence[PackageTable | str] = ("editions", "prix"), **more: Any) -> Package:
    chosen = tuple(
        item if isinstance(item, PackageTable) else PackageTable(item, None, (), 1, None, 0.5) for item in tables
    )
    told: dict[str, Any] = {
        "name": "prix",
        "title": "Prix inventés",
        "title_en": "Invented prizes",
        "description": "Un paquet inventé pour les tests.",
        "description_en": "A package invented for tests.",
        "licence": "etalab-2.0",
        "publisher": {"title": "Éditeur inventé", "url": "https://example.org/"},
        "contributors": ({"title": "Équipe inventée", "role": "author"},),
        "contact": {"email": "contact@example.org"},
        "keywords": ("prix",),
        "keywords_en": ("prizes",),
        "cadence": "P1Y",
        "owner": "essais",
        "more": {},
    }
    return Package(**{**told, "tables": chosen, "schemas": ROOT / "schemas", **more})


def a_source(snapshot: str = SNAPSHOT, **more: Any) -> SourceUsed:
    used = SnapshotUsed("fichier", snapshot, "https://example.org/prix.csv", "2026-01-02")
    told: dict[str, Any] = {"name": "inventee", "title": "Source inventée", "title_en": "Invented source"}
    told |= {"address": "https://example.org/", "licence": "etalab-2.0", "publisher": "Éditeur inventé"}
    return SourceUsed(**{**told, "example": True, "snapshots": (used,), **more})


def provenance_of(table: pa.Table, key: Sequence[str], snapshot: str = SNAPSHOT) -> pa.Table:
    rows = table.num_rows
    columns: dict[str, Any] = {name: table.column(name) for name in key} or {"_row": pa.array(range(rows), pa.int64())}
    columns |= {"_source": pa.repeat("inventee", rows), "_snapshot": pa.repeat(snapshot, rows)}
    columns |= {"_part": pa.repeat("fichier", rows), "_position": pa.array(range(2, rows + 2), pa.int64())}
    return pa.table(columns)


def a_finding(number: int = 1, **more: str) -> Row:
    told = {"constat_id": f"c{number}", "regle": "R-1", "table": "prix", "cle": "p1", "champ": "arobases"}
    told |= {"resultat": "conforme", "calcul": "3 dans [1, 5]", "base": "règle inventée", "version_regle": "1"}
    return {**told, "certitude": "sure", "message": "bien", "message_en": "good", "sources": "inventee", **more}


def a_reject(position: int = 9) -> Row:
    told = {"source": "inventee", "snapshot": SNAPSHOT, "part": "fichier", "position": str(position), "table": "prix"}
    told |= {"champ": "annee", "valeur": "x", "regle": "type-error", "message": "refusée", "message_en": "refused"}
    return {**told, "a_corriger_par": "source", "etape": "entree"}


def a_request(
    prizes: Sequence[Row] = PRIZES,
    editions: Sequence[Row] = EDITIONS,
    *,
    prix: Mapping[str, Any] | None = None,
    edition: Mapping[str, Any] | None = None,
    snapshot: str = SNAPSHOT,
    findings: Sequence[Row] | None = None,
    rejects: Sequence[Row] | None = None,
    **more: Any,
) -> ReleaseRequest:
    schemas = {
        "editions": a_schema("editions", edition or editions_schema()),
        "prix": a_schema("prix", prix or prizes_schema()),
    }
    tables = {"editions": a_table(editions, schemas["editions"]), "prix": a_table(prizes, schemas["prix"])}
    quality = {name: load_quality(name) for name in QUALITY}
    request = ReleaseRequest(
        package=a_package(),
        schemas=schemas,
        tables=tables,
        provenance={name: provenance_of(table, schemas[name].primary_key, snapshot) for name, table in tables.items()},
        findings=text_table([a_finding()] if findings is None else findings, quality["constats"].names),
        rejects=text_table([a_reject()] if rejects is None else rejects, quality["rejets"].names),
        sources=(a_source(snapshot),),
        created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        code="code-1",
        quality_schemas=quality,
        steps={"prix/nom": NAMED},
    )
    return replace(request, **more)


def prizes(**changes: Row) -> list[Row]:
    """The prizes, some with other values: `prizes(p1={"arobases": "4"})`."""
    return [{**row, **changes.get(str(row["prix_id"]), {})} for row in PRIZES]


def a_key(folder: Path) -> SigningKey:
    """A key made for one test."""
    return new_key(folder / "cle")


def two_releases(folder: Path, key: SigningKey | None = None) -> Path:
    """A folder of releases with `prix` 1.0.0 and 1.1.0, and one refused attempt after them."""
    releases = folder / "outputs" / "releases"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROJECT_FILE).write_text("domains: []\n", encoding="utf-8")
    publish(a_request(), releases, key=key)
    more: list[Row] = [*prizes(p1={"arobases": "4"}), {"prix_id": "p4", "annee": "2025", "nom": "Autre-Exemple"}]
    publish(a_request(more), releases, key=key)
    publish(a_request([]), releases, key=key)
    return releases


def published(folder: Path, **more: Any) -> Path:
    outcome = publish(a_request(**more), folder / "outputs" / "releases", key=None)
    assert isinstance(outcome, Published)
    return outcome.path


def document_of(release: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((release / "data" / "datapackage.json").read_text())
    return found


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
