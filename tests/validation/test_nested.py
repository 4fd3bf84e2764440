"""Packages among the resources of a package: their tables are validated too, or nothing is said of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.commands.check import command
from tests.validation.package_comparison import package_difference

WRONG = {"name": "communes", "path": "communes.csv", "schema": {"fields": [{"name": "habitants", "type": "integer"}]}}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a package": ({"path": "dedans/datapackage.json"}, {"dedans/datapackage.json": {"resources": [WRONG]}}),
    "a package by what is in it": ({"path": "dedans/autre.json"}, {"dedans/autre.json": {"resources": [WRONG]}}),
    "a package inline": ({"data": {"resources": [{**WRONG, "path": "dedans/communes.csv"}]}}, {}),
    "a resource": ({"path": "dedans/communes.resource.json"}, {"dedans/communes.resource.json": WRONG}),
    "a package in a package": (
        {"path": "datapackage2.package.json"},
        {
            "datapackage2.package.json": {"resources": [{"name": "b", "path": "dedans/datapackage.json"}]},
            "dedans/datapackage.json": {"resources": [WRONG]},
        },
    ),
    "a descriptor that is wrong": (
        {"path": "dedans/datapackage.json"},
        {"dedans/datapackage.json": {"resources": "a"}},
    ),
    "a resource without its package": (
        {"path": "dedans/communes.resource.json"},
        {
            "dedans/communes.resource.json": {
                **WRONG,
                "schema": {
                    **WRONG["schema"],
                    "foreignKeys": [{"fields": "habitants", "reference": {"resource": "x", "fields": "n"}}],
                },
            }
        },
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dedans").mkdir()
    (tmp_path / "dedans" / "communes.csv").write_text("habitants\nbeaucoup\n")
    return tmp_path


def package(folder: Path, *resources: dict[str, Any], **files: dict[str, Any]) -> None:
    described = [{"name": f"r{number}", **resource} for number, resource in enumerate(resources)]
    for name, content in {"datapackage.json": {"resources": described}, **files}.items():
        (folder / name).write_text(json.dumps(content))


def check(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--lang", "fr"])


@pytest.mark.parametrize("case", CASES)
def test_what_a_package_contains_is_validated_as_frictionless_does(case: str, folder: Path) -> None:
    resource, files = CASES[case]
    package(folder, resource, **files)
    assert package_difference("datapackage.json") is None
    assert check("datapackage.json").exit_code == 1


def test_the_tables_inside_are_told_by_their_files(folder: Path) -> None:
    package(folder, {"path": "dedans/datapackage.json"}, **{"dedans/datapackage.json": {"resources": [WRONG]}})
    assert "dedans/communes.csv" in check("datapackage.json").output
    assert check("dedans/communes.csv", "--package", "datapackage.json").exit_code == 1


def test_an_inquiry_is_not_run_and_not_called_valid(folder: Path) -> None:
    package(folder, {"path": "inquiry.json"}, **{"inquiry.json": {"tasks": [{"path": "dedans/communes.csv"}]}})
    found = check("datapackage.json")
    assert found.exit_code == 2
    assert "inquiry.json" in found.output
    assert "inquiry-inside" in check("datapackage.json", "--format", "json").output


def test_a_package_that_contains_itself_ends(folder: Path) -> None:
    package(folder, {"path": "datapackage.json"})
    found = check("datapackage.json")
    assert found.exit_code == 2
    assert "se contient lui-même" in found.output


@pytest.mark.parametrize("path", ["sqlite:///base.db", "s3://seau/t.csv"])
def test_a_package_inside_opens_no_database_and_no_bucket(path: str, folder: Path) -> None:
    inner = {"resources": [{"name": "base", "path": path, "schema": WRONG["schema"]}]}
    package(folder, {"path": "dedans/datapackage.json"}, **{"dedans/datapackage.json": inner})
    assert check("datapackage.json").exit_code == 2
    assert not list(folder.rglob("*.db"))


@pytest.mark.parametrize("description", ["datapackage.json", "schema.json"])
def test_a_pipe_inside_is_no_description(description: str, folder: Path) -> None:
    os.mkfifo(folder / "dedans" / description)
    if description != "datapackage.json":
        (folder / "dedans" / "datapackage.json").write_text(
            json.dumps({"resources": [{**WRONG, "schema": description}]})
        )
    package(folder, {"path": "dedans/datapackage.json"})
    found = check("datapackage.json")
    assert found.exit_code == 2
    assert "ce n'est pas un fichier" in found.output


def test_a_table_refers_to_its_own_package_only(folder: Path) -> None:
    """A table inside of the same name as one of the package that was named is another table."""
    own = {"name": "communes", "path": "noms.csv", "schema": {"fields": [{"name": "nom"}]}}
    inner = {"resources": [{**WRONG, "path": "communes.csv"}]}
    package(folder, own, {"path": "dedans/datapackage.json"}, **{"dedans/datapackage.json": inner})
    (folder / "noms.csv").write_text("nom\nAlès\n")
    (folder / "enfants.csv").write_text("nom\nAlès\n")
    key = {"fields": "nom", "reference": {"resource": "communes", "fields": "nom"}}
    (folder / "schema.json").write_text(json.dumps({"fields": [{"name": "nom"}], "foreignKeys": [key]}))
    assert check("enfants.csv", "--schema", "schema.json", "--package", "datapackage.json").exit_code == 0
