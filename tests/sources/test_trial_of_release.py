"""`arobase sources test` says what a release would refuse beyond the rows themselves: too few, nowhere, somebody's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.core.project import Project
from tests.pipeline.builders import a_small_project, rewrite


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def arobase(project: Project, *words: str) -> Result:
    environment = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": "", "AROBASE_LANG": "en"}
    return CliRunner().invoke(commands, list(words), env=environment, catch_exceptions=False)


def of_package(project: Project, table: str, **keys: Any) -> None:
    path = project.schemas / "villes" / "package.yaml"
    package = yaml.safe_load(path.read_text(encoding="utf-8"))
    package["tables"] = [{"name": name} if isinstance(name, str) else name for name in package["tables"]]
    for item in package["tables"]:
        item.update(keys if item["name"] == table else {})
    path.write_text(yaml.safe_dump(package, allow_unicode=True), encoding="utf-8")


def refused_alike(project: Project, sentence: str) -> None:
    """The trial and then the release say the same."""
    tried = arobase(project, "sources", "test", "actions")
    assert (tried.exit_code, f"! villes/{sentence}" in tried.output) == (1, True), tried.output
    released = arobase(project, "release")
    assert (released.exit_code, sentence in " ".join(released.output.split())) == (1, True), released.output


def test_a_table_with_fewer_rows_than_its_package_expects(project: Project) -> None:
    of_package(project, "actions", rows={"min": 50})
    refused_alike(project, "actions: 2 rows, at least 50 expected")


def test_a_table_that_lost_more_rows_than_may_go_since_its_current_version(project: Project) -> None:
    assert arobase(project, "sources", "test", "actions").exit_code == 0
    assert arobase(project, "release").exit_code == 0
    rewrite(project, "actions", "id,ville,titre\na1,57463,Ateliers\n")
    of_package(project, "actions", rows={"loss": 0.1})
    refused_alike(project, "actions: 1 row against 2 in the current version, loss allowed: 10%")


def test_rows_that_refer_to_nothing_that_was_published(project: Project) -> None:
    rewrite(project, "actions", "id,ville,titre\na1,57463,Ateliers\na2,99999,Cartes\n")
    first = arobase(project, "sources", "test", "actions")
    assert "? villes/actions: references to villes/villes cannot be tried" in first.output
    assert first.exit_code == 0, "what cannot be tried is no difference"
    assert arobase(project, "release").exit_code == 0
    again = arobase(project, "sources", "test", "actions")
    assert "! villes/actions, field —: rejected once by rule foreign-key" in again.output
    assert again.exit_code == 1


def test_somebodys_address_in_what_is_said_of_the_source(project: Project) -> None:
    path = project.sources / "actions.yaml"
    source = yaml.safe_load(path.read_text(encoding="utf-8"))
    source["title"] += " (jeanne.inventee@example.org)"
    path.write_text(yaml.safe_dump(source, allow_unicode=True), encoding="utf-8")
    tried = arobase(project, "sources", "test", "actions")
    assert "! sources/actions.yaml, field title: 1 possible personal values (courriel) would block" in tried.output
    assert "jeanne" not in tried.output
    assert arobase(project, "release").exit_code == 1


def test_rows_that_the_package_lets_the_gate_withhold_are_told_as_such(project: Project) -> None:
    rewrite(project, "actions", "id,ville,titre\na1,57463,Ateliers\na2,47001,écrire à jeanne.inventee@example.org\n")
    path = project.schemas / "villes" / "package.yaml"
    package = yaml.safe_load(path.read_text(encoding="utf-8")) | {"quarantine": {"rows": 3}}
    path.write_text(yaml.safe_dump(package, allow_unicode=True), encoding="utf-8")
    tried = arobase(project, "sources", "test", "actions")
    assert "would block the release, or withhold their rows up to 3" in tried.output


@pytest.mark.parametrize(
    ("field", "change", "sentence"),
    [
        ("id", {"privacy": "interne"}, "primaryKey: id (privacy: interne); expected: public fields, or no key"),
        ("titre", {"type": "texte"}, "invalid (schemas/villes/actions.json: titre)"),
    ],
)
def test_a_schema_that_no_table_can_have_is_told_with_its_file_and_field(
    project: Project, field: str, change: dict[str, str], sentence: str
) -> None:
    path = project.schemas / "villes" / "actions.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    next(item for item in schema["fields"] if item["name"] == field).update(change)
    path.write_text(json.dumps(schema), encoding="utf-8")
    tried = arobase(project, "sources", "test", "actions")
    assert tried.exit_code == 1
    assert sentence in tried.output
    assert sentence in " ".join(arobase(project, "release").output.split())
