"""The SQL script of a package: what DuckDB reads with it is what was released, version by version."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.catalogue import write_catalogue
from pipelines.core.project import Project
from pipelines.releases.retract import retract
from tests.portals.builders import CHANGED, NOW, a_project, release
from tests.releases.builders import PRIZES


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two versions of `prix`, and the catalogue; its addresses are paths of this machine, which DuckDB reads too."""
    project = a_project(tmp_path_factory.mktemp("sql"))
    release(project, CHANGED)
    write_catalogue(project.releases, project.catalogue, base_url=f"{project.outputs}/")
    return project


def opened(project: Project) -> Any:
    made = duckdb.connect()
    made.execute((project.catalogue / "prix" / "versions.sql").read_text(encoding="utf-8"))
    return made


def names(relation: Any) -> list[str]:
    return [row[0] for row in relation.fetchall()]


def test_each_version_is_what_was_released(published: Project) -> None:
    store = opened(published)
    asked = "SELECT nom FROM prix.prix('{}') ORDER BY prix_id"
    assert names(store.sql(asked.format("1.0.0"))) == [row["nom"] for row in PRIZES]
    assert names(store.sql(asked.format("1.1.0"))) == [row["nom"] for row in CHANGED]
    assert names(store.sql("SELECT nom FROM prix.prix() ORDER BY prix_id")) == [row["nom"] for row in CHANGED]


def test_versions_are_compared_in_one_query(published: Project) -> None:
    found = opened(published).sql("SELECT arobase_version, count(*) FROM prix.prix_versions() GROUP BY 1 ORDER BY 1")
    assert found.fetchall() == [("1.0.0", 3), ("1.1.0", 4)]
    new = "FROM prix.prix('1.1.0') SELECT nom WHERE prix_id NOT IN (SELECT prix_id FROM prix.prix('1.0.0'))"
    assert names(opened(published).sql(new)) == ["Autre-Exemple"]


def test_the_script_names_the_versions(published: Project) -> None:
    assert names(opened(published).sql("SELECT arobase_version FROM prix.versions ORDER BY 1")) == ["1.0.0", "1.1.0"]


def test_some_versions_are_asked_for_alone(published: Project) -> None:
    found = opened(published).sql("SELECT DISTINCT arobase_version FROM prix.prix_versions(['1.0.0'])")
    assert names(found) == ["1.0.0"]


def test_making_the_script_known_reads_no_file(published: Project) -> None:
    """A reader who looks at one table of one version does not pay for the others."""
    text = (published.catalogue / "prix" / "versions.sql").read_text(encoding="utf-8")
    made = duckdb.connect()
    made.execute(text.replace("/releases/prix/1.0.0", "/nulle-part/prix/1.0.0"))
    assert made.sql("SELECT count(*) FROM prix.prix()").fetchall() == [(4,)]


def test_a_version_that_was_retracted_is_not_there(published: Project, tmp_path: Path) -> None:
    shutil.copytree(published.root, tmp_path / "projet")
    project = Project.at(tmp_path / "projet")
    retract(project.releases, "prix", "1.1.0", "essai", now=NOW)
    write_catalogue(project.releases, project.catalogue, base_url=f"{project.outputs}/")
    store = opened(project)
    assert names(store.sql("SELECT arobase_version FROM prix.versions")) == ["1.0.0"]
    assert store.sql("SELECT count(*) FROM prix.prix()").fetchall() == [(3,)]
    with pytest.raises(duckdb.Error, match=r"1\.1\.0"):
        store.sql("FROM prix.prix('1.1.0')")


@pytest.mark.parametrize("asked", ["'9.9.9'", "NULL", "'1.0'"])
def test_a_version_that_there_is_not_is_told_with_those_that_there_are(published: Project, asked: str) -> None:
    with pytest.raises(duckdb.Error, match=r"prix\.prix : pas de version .*1\.1\.0, 1\.0\.0"):
        opened(published).sql(f"FROM prix.prix({asked})").fetchall()


def test_running_it_twice_is_running_it_once(published: Project) -> None:
    store = opened(published)
    store.execute((published.catalogue / "prix" / "versions.sql").read_text(encoding="utf-8"))
    assert store.sql("SELECT count(*) FROM prix.prix()").fetchall() == [(4,)]


def test_the_same_releases_give_the_same_bytes(published: Project, tmp_path: Path) -> None:
    write_catalogue(published.releases, tmp_path / "catalogue", base_url=f"{published.outputs}/")
    first, second = (folder / "prix" / "versions.sql" for folder in (published.catalogue, tmp_path / "catalogue"))
    assert first.read_bytes() == second.read_bytes()
