"""Rows that the gate holds stay back with those that refer to them, within a limit. Everybody here is invented."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.privacy import PersonalDataFound
from pipelines.releases import Published, Unchanged
from tests import warm_start
from tests.pipeline.builders import ACTIONS, TOWNS, a_run, a_small_project, rewrite

MANY = TOWNS + "".join(f"3100{n},Ville {n},3,\n" for n in range(1, 9))
HELD = MANY.replace("Metz,", "Metz (contact.autre@example.org),")


def a_project(tmp_path: Path, limit: str) -> Project:
    project = a_small_project(tmp_path)
    path = project.schemas / "villes" / "package.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"quarantine: {limit}\n", encoding="utf-8")
    rewrite(project, "villes", MANY)
    return project


def rows(project: Project, version: str, name: str) -> list[dict[str, str]]:
    path = project.releases / "villes" / version / "data" / f"{name}.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def descriptor(project: Project, version: str) -> dict:
    return json.loads((project.releases / "villes" / version / "data" / "datapackage.json").read_text(encoding="utf-8"))


def test_a_held_row_and_those_that_refer_to_it_stay_back_and_the_rest_is_released(tmp_path: Path):
    project = a_project(tmp_path, "{rows: 5}")
    a_run(project, packages=["villes"])
    rewrite(project, "villes", HELD)
    outcome = a_run(project, packages=["villes"]).outcomes["villes"]
    assert isinstance(outcome, Published)
    new = outcome.version
    assert "57463" not in {row["code"] for row in rows(project, new, "villes")}
    assert len(rows(project, new, "villes")) == 9
    assert {row["id"] for row in rows(project, new, "actions")} == {"a2"}
    assert {(row["nature"], row["cle"]) for row in rows(project, new, "changes/villes")} == {("retenue", "57463")}
    assert {(row["nature"], row["cle"]) for row in rows(project, new, "changes/actions")} == {("retenue", "a1")}
    told = descriptor(project, new)["arobase"]
    assert told["changes"]["villes"] == {"added": 0, "removed": 0, "changed": 0, "fields": {}, "withheld": 1}
    assert told["withheld"]["tables"]["villes"] == {"rows": 1, "records": [["villes", "lignes", 2]]}
    assert all("removed" not in item["en"] for item in told["reasons"])
    page = (project.releases / "villes" / new / "data" / "CHANGES.md").read_text(encoding="utf-8")
    assert "withheld" in page
    readme = (project.releases / "villes" / new / "data" / "README.md").read_text(encoding="utf-8")
    assert "contact.autre" not in page + readme
    assert outcome.warnings
    kept = (project.private / "quarantaine" / "villes.jsonl").read_text(encoding="utf-8").splitlines()
    assert [(json.loads(line)["lieu"], json.loads(line)["regle"]) for line in kept] == [("villes/villes", "courriel")]


def test_the_same_again_is_unchanged_and_a_fixed_row_comes_back(tmp_path: Path):
    project = a_project(tmp_path, "{rows: 2}")
    rewrite(project, "villes", HELD)
    first = a_run(project, packages=["villes"]).outcomes["villes"]
    assert isinstance(first, Published)
    assert isinstance(a_run(project, packages=["villes"]).outcomes["villes"], Unchanged)
    assert (project.private / "quarantaine" / "villes.jsonl").exists()
    rewrite(project, "villes", MANY)
    outcome = a_run(project, packages=["villes"]).outcomes["villes"]
    assert isinstance(outcome, Published)
    assert {row["nature"] for row in rows(project, outcome.version, "changes/villes")} == {"ajout"}
    assert not (project.private / "quarantaine" / "villes.jsonl").exists()


@pytest.mark.parametrize("limit", ["{rows: 1}", "{rows: 9, share: 0.05}", "{}"])
def test_beyond_the_limit_nothing_is_released(tmp_path: Path, limit: str):
    project = a_project(tmp_path, limit)
    rewrite(project, "villes", HELD)
    error = a_run(project, packages=["villes"]).blocked["villes"]
    assert isinstance(error, PersonalDataFound)
    assert not list(project.releases.glob("villes/1.0.0"))


@pytest.mark.parametrize("limit", ["3", "{rows: -1}", "{rows: true}", "{share: 2}", "{lignes: 3}"])
def test_a_limit_that_cannot_be_read_is_told(tmp_path: Path, limit: str):
    from pipelines.schema import load_package
    from pipelines.schema.errors import PackageFileError

    project = a_project(tmp_path, limit)
    with pytest.raises(PackageFileError) as raised:
        load_package(project.schemas, "villes")
    assert raised.value.facts["key"].startswith("quarantine")


def test_a_version_that_went_without_rows_can_be_made_again_and_verifies(tmp_path: Path):
    project = a_project(tmp_path, "{rows: 5}")
    a_run(project, packages=["villes"])
    rewrite(project, "villes", HELD)
    rewrite(project, "actions", ACTIONS + "a3,31001,Wifi\n")
    assert isinstance(a_run(project, packages=["villes"]).outcomes["villes"], Published)
    places = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": str(project.outputs), "AROBASE_LANG": "en"}
    for words in (("rebuild", "villes"), ("verify", str(project.releases))):
        done = warm_start.arobase(words, environment={**os.environ, **places})
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_deep_verification_accepts_what_was_withheld(tmp_path: Path):
    project = a_project(tmp_path, "{rows: 5}")
    a_run(project, packages=["villes"])
    rewrite(project, "villes", HELD)
    a_run(project, packages=["villes"])
    places = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": str(project.outputs), "AROBASE_LANG": "en"}
    words = ["verify", "--deep", str(project.releases)]
    done = warm_start.arobase(words, environment={**os.environ, **places})
    assert done.returncode == 0, done.stdout + done.stderr
