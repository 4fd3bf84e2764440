"""A table and a source are added by files alone: they are assets, and the table is in the release."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest
import yaml

from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.partitions import all_sources
from pipelines.pipeline.run import run
from pipelines.releases import Published
from tests.acceptance.builders import NOW, PACKAGES, a_copy

TITLES = {"title": "Bornes d'accès à internet", "title_en": "Internet terminals"}
PUBLISHED = [
    {"name": "borne_id", "type": "string", "constraints": {"required": True, "pattern": "b[0-9]+"}, "example": "b1"},
    {"name": "commune_code", "type": "string", "constraints": {"required": True}, "example": "57463"},
    {"name": "postes_nombre", "type": "integer", "constraints": {"minimum": 0}, "example": "3"},
]
SOURCE = {
    "name": "bornes",
    **TITLES,
    "description": "Inventé pour un essai.",
    "description_en": "Invented for a trial.",
    "connector": "files",
    "address": "data/bornes.csv",
    "obtained": "2026-11-20",
    "example": True,
    "licence": "etalab-2.0",
    "publisher": {"title": "Commune d'exemple"},
    "owner": "equipe-label",
    "cadence": "P1M",
    "privacy": "Aucune donnée personnelle.",
    "parts": {
        "bornes": {
            "format": "csv",
            "schema": "bornes",
            "rows": [
                {
                    "table": "acces/bornes",
                    "fields": {"borne_id": "numero", "commune_code": "insee", "postes_nombre": "postes"},
                }
            ],
        }
    },
}
PACKAGE = {
    **TITLES,
    "description": "Un essai.",
    "description_en": "A trial.",
    "licence": "etalab-2.0",
    "publisher": {"title": "Commune d'exemple", "url": "https://example.org"},
    "contact": {"title": "Équipe", "email": "contact@example.org"},
    "owner": "equipe-label",
    "cadence": "P1M",
    "tables": [{"name": "bornes", "rows": {"min": 1, "max": 1000}}],
}


def described(field: dict[str, object]) -> dict[str, object]:
    words = str(field["name"])
    told = {"title": words, "title_en": words, "description": f"{words}.", "description_en": f"{words}."}
    return {**told, "privacy": "public", **field}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = a_copy(tmp_path)
    (project.schemas / "acces").mkdir()
    dump = {"allow_unicode": True, "sort_keys": False}
    (project.schemas / "acces" / "package.yaml").write_text(yaml.safe_dump(PACKAGE, **dump), encoding="utf-8")
    (project.sources / "bornes.yaml").write_text(yaml.safe_dump(SOURCE, **dump), encoding="utf-8")
    table = {**TITLES, "description": "Essai.", "description_en": "Trial.", "primaryKey": ["borne_id"]}
    outgoing = {**table, "fields": [described(field) for field in PUBLISHED], "missingValues": [""]}
    incoming = {
        **TITLES,
        "fields": [described({"name": name, "type": "string"}) for name in ("numero", "insee", "postes")],
    }
    (project.schemas / "acces" / "bornes.json").write_text(json.dumps(outgoing), encoding="utf-8")
    (project.schemas / "entrants" / "bornes.json").write_text(json.dumps(incoming), encoding="utf-8")
    text = "numero,insee,postes\nb2,57463,3\nb1,47001,12\nx9,47001,1\n"
    (project.sources / "data" / "bornes.csv").write_text(text, encoding="utf-8")
    return project


def test_the_new_table_and_the_new_source_are_assets(project: Project) -> None:
    graph = build_definitions(project).resolve_asset_graph()
    keys = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert {"acces/bornes", "acces/constats", "acces/release"} <= keys
    with dg.DagsterInstance.ephemeral() as instance:
        all_sources(instance, project)
        assert "bornes" in instance.get_dynamic_partitions("sources")
    checks = {key.name for key in graph.asset_check_keys if key.asset_key.to_user_string() == "acces/bornes"}
    assert {"types", "contraintes", "cles", "volume"} <= checks
    assert "acces" in {job.name for job in build_definitions(project).resolve_all_job_defs()}


def test_the_new_table_is_released_and_its_bad_row_told(project: Project) -> None:
    done = run(project, now=NOW, packages=["acces"])
    outcome = done.outcomes["acces"]
    assert isinstance(outcome, Published), done.errors
    assert set(done.outcomes) == {"acces"}, "no other package is needed for it"
    rows = pq.read_table(outcome.path / "data" / "bornes.parquet").to_pylist()
    assert rows == [
        {"borne_id": "b1", "commune_code": "47001", "postes_nombre": 12},
        {"borne_id": "b2", "commune_code": "57463", "postes_nombre": 3},
    ]
    rejects = pq.read_table(outcome.path / "data" / "qualite" / "rejets.parquet").to_pylist()
    assert [(row["position"], row["champ"], row["valeur"]) for row in rejects] == [(4, "borne_id", "x9")]
    page = (project.catalogue / "index.html").read_text(encoding="utf-8")
    assert "acces" in page
    assert set(PACKAGES).isdisjoint(path.name for path in project.releases.iterdir())
