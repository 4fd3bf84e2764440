"""A small project that goes the whole way: two sources, two packages, one derived table. Nobody in it is real."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from pipelines.core.project import Project
from pipelines.pipeline.run import Run, run
from pipelines.tables.registry import derived
from tests.schema.builders import a_project, a_table

REPOSITORY = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOWNS = "code,nom,niveau,courriel\n57463,Metz,5,contact.invente@example.org\n47001,Agen,4,autre.invente@example.org\n"
ACTIONS = "id,ville,titre\na1,57463,Ateliers\na2,47001,Cartes\n"
PACKAGE: dict[str, Any] = {
    "title": "Essai",
    "title_en": "Trial",
    "description": "Un essai.",
    "licence": "etalab-2.0",
    "publisher": {"title": "Éditeur", "url": "https://example.org"},
    "contact": {"title": "Équipe", "email": "contact@example.org"},
    "owner": "equipe",
}


def a_source(project: Project, name: str, text: str, **changes: Any) -> Path:
    """`sources/<name>.yaml` and its CSV file; `changes` replace keys of the description, or take them out (`None`)."""
    (project.sources / "data").mkdir(exist_ok=True)
    (project.sources / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
    described = {
        "name": name,
        "title": f"Source {name}",
        "connector": "files",
        "address": f"data/{name}.csv",
        "obtained": "2026-11-01",
        "licence": "etalab-2.0",
        "publisher": {"title": "Quelqu'un", "url": "https://example.org"},
        "owner": "equipe",
        **changes,
    }
    path = project.sources / f"{name}.yaml"
    told = {key: value for key, value in described.items() if value is not None}
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return path


def a_part(schema: str, table: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"lignes": {"format": "csv", "schema": schema, "rows": [{"table": table, "fields": fields}], **more}}


def a_small_project(folder: Path) -> Project:
    """Package `villes` (towns and their actions), package `bilan` (a derived count of them)."""
    project = a_project(folder)
    shutil.copytree(REPOSITORY / "schemas" / "privacy", project.schemas / "privacy", dirs_exist_ok=True)
    shutil.copy(REPOSITORY / "schemas" / "codelists" / "licences.csv", project.schemas / "codelists")
    town = [
        {"name": "code", "constraints": {"required": True}},
        {"name": "nom", "constraints": {"required": True}},
        {"name": "niveau", "type": "integer", "constraints": {"minimum": 1, "maximum": 5}},
    ]
    incoming = [{"name": "code"}, {"name": "nom"}, {"name": "niveau"}, {"name": "courriel", "privacy": "personnel"}]
    a_table(folder, "entrants/villes", incoming)
    a_table(folder, "villes/villes", town, primaryKey=["code"])
    action = [{"name": "id", "constraints": {"required": True}}, {"name": "ville"}, {"name": "titre"}]
    a_table(folder, "entrants/actions", action)
    key = {"fields": ["ville"], "reference": {"resource": "villes", "fields": ["code"]}}
    a_table(folder, "villes/actions", action, primaryKey=["id"], foreignKeys=[key])
    a_table(
        folder,
        "bilan/nombres",
        [{"name": "niveau", "type": "integer"}, {"name": "villes", "type": "integer"}],
        primaryKey=["niveau"],
    )
    packages = {
        "villes": ["villes", {"name": "actions", "rows": {"min": 1, "loss": 0.9}}],
        "bilan": [{"name": "nombres", "derived": "essai_nombres", "from": ["villes/villes"]}],
    }
    for name, tables in packages.items():
        path = project.schemas / name / "package.yaml"
        path.write_text(yaml.safe_dump({**PACKAGE, "tables": tables}, allow_unicode=True), encoding="utf-8")
    a_source(
        project,
        "villes",
        TOWNS,
        parts=a_part("villes", "villes/villes", {"code": "code", "nom": "nom", "niveau": "niveau"}),
    )
    a_source(
        project,
        "actions",
        ACTIONS,
        parts=a_part("actions", "villes/actions", {"id": "id", "ville": "ville", "titre": "titre"}),
    )
    return project


def a_run(project: Project, **more: Any) -> Run:
    return run(project, now=NOW, **more)


def first_run(project: Project, *packages: str) -> None:
    """What `a_run` leaves of the small project as `a_small_project` makes it: run once a process, then copied."""
    shutil.copytree(_after_a_first_run(packages), project.outputs, symlinks=True, dirs_exist_ok=True)


@cache
def _after_a_first_run(packages: tuple[str, ...]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="arobase-small-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = a_small_project(folder)
    done = a_run(made, packages=packages or None)
    assert done.went_well, done.errors
    return made.outputs


def rewrite(project: Project, name: str, text: str) -> None:
    """The source now answers `text`, obtained a minute after what it answered before."""
    (project.sources / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
    obtained_later(project.sources / f"{name}.yaml")


def obtained_later(path: Path) -> None:
    """Say in a source's file that what it ships was obtained a minute later: its bytes changed."""
    described = path.read_text(encoding="utf-8")
    said = re.search(r"^obtained: ['\"]?([0-9TZ:-]+)['\"]?", described, re.MULTILINE)
    if said:
        later = datetime.fromisoformat(said[1]).replace(tzinfo=None) + timedelta(minutes=1)
        path.write_text(described.replace(said[0], f"obtained: '{later:%Y-%m-%dT%H:%MZ}'"), encoding="utf-8")


@derived("essai_nombres")
def count_by_level(tables: Mapping[str, pa.Table], _project: Project) -> pa.Table:
    counted = Counter(tables["villes/villes"].column("niveau").to_pylist())
    levels = sorted(level for level in counted if level is not None)
    return pa.table(
        {"niveau": pa.array(levels, pa.int64()), "villes": pa.array([counted[n] for n in levels], pa.int64())}
    )
