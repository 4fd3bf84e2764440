"""Small counts of a package, from its sources to two versions of it: no file of a release gives one away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from pipelines.core.project import Project
from tests.pipeline.builders import PACKAGE, a_part, a_run, a_small_project, a_source, rewrite
from tests.schema.builders import a_table

HEADER = "lieu,axe,modalite,nombre\n"
PROTECT = {
    "counts": ["nombre"],
    "groups": ["lieu", "axe"],
    "category": "modalite",
    "total": {"axe": "total"},
    "threshold": 5,
    "flag": "masquage",
    "hidden": "masque",
}


def a_project_of_counts(folder: Path, text: str, count: Any = "nombre", **incoming: Any) -> Project:
    """The small project with a package `comptes`, whose counts come in by a column of which nobody said more."""
    project = a_small_project(folder)
    kept = [{"name": name, "constraints": {"required": True}} for name in ("lieu", "axe", "modalite")]
    a_table(folder, "entrants/comptes", [*kept, {"name": "nombre", **incoming}])
    fields = [*kept, {"name": "nombre", "type": "integer"}, {"name": "masquage"}]
    a_table(folder, "comptes/comptes", fields, primaryKey=["lieu", "axe", "modalite"])
    tables = [{"name": "comptes", "protect": PROTECT, "rows": {"min": 1, "loss": 1.0}}]
    described = {**PACKAGE, "tables": tables}
    (project.schemas / "comptes" / "package.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
    mapped = {"lieu": "lieu", "axe": "axe", "modalite": "modalite", "nombre": count, "masquage": {"value": "aucun"}}
    a_source(project, "comptes", text, parts=a_part("comptes", "comptes/comptes", mapped))
    return project


def release_of(project: Project) -> Path:
    done = a_run(project, packages=("comptes",))
    assert done.went_well, done.errors
    base = project.releases / "comptes"
    return max((path for path in base.iterdir() if (path / "data").is_dir()), key=lambda path: path.name) / "data"


def counts_of(release: Path) -> dict[str, int | None]:
    rows = pq.read_table(release / "comptes.parquet").to_pylist()
    return {row["modalite"]: row["nombre"] for row in rows}


@pytest.mark.parametrize(
    ("count", "incoming"),
    [("nombre", {}), ("nombre", {"type": "integer"}), ({"from": "nombre", "with": "nombre"}, {})],
    ids=["as it leaves", "as it comes in", "as it is read"],
)
def test_no_refusal_quotes_a_count_that_the_package_suppresses(
    tmp_path: Path, count: Any, incoming: dict[str, Any]
) -> None:
    lines = "metz,canal,lettre,3 lettres\nmetz,canal,site,40\nmetz,total,total,43\n"
    release = release_of(a_project_of_counts(tmp_path, HEADER + lines, count, **incoming))
    assert counts_of(release) == {"site": None, "total": 43}
    rejects = (release / "qualite" / "rejets.csv").read_text(encoding="utf-8")
    assert "nombre" in rejects
    told = [path for path in release.rglob("*") if path.suffix in (".csv", ".md", ".json", ".parquet")]
    assert not [path.name for path in told if b"3 lettres" in path.read_bytes()]


def test_the_next_version_does_not_tell_what_the_one_before_suppressed(tmp_path: Path) -> None:
    lines = "metz,canal,lettre,3\nmetz,canal,site,20\n"
    project = a_project_of_counts(tmp_path, f"{HEADER}{lines}metz,total,total,23\n")
    assert counts_of(release_of(project)) == {"lettre": None, "site": None, "total": 23}
    rewrite(project, "comptes", f"{HEADER}{lines}metz,canal,oral,7\nmetz,total,total,30\n")
    found = counts_of(release_of(project))
    assert (found["lettre"], found["site"], found["total"]) == (None, None, 30)
