"""Files that came whole and are not what they were: what is told, and that the last release stays the current one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.core.project import Project
from tests.pipeline.builders import ACTIONS, a_run, a_small_project, rewrite


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (ACTIONS.replace("titre", "intitule").encode(), "header-missing"),
        (ACTIONS.replace("Cartes", "Été").encode("utf-16"), "wrong-encoding"),
        (ACTIONS.replace("Cartes", "Été").encode("cp1252"), "wrong-encoding"),
        (ACTIONS.replace(",", "|").encode(), "wrong-delimiter"),
    ],
    ids=["a lost field", "utf-16", "windows-1252", "another delimiter"],
)
def test_a_file_of_another_shape_leaves_the_last_release(project: Project, content: bytes, code: str) -> None:
    path = project.sources / "actions.yaml"
    path.write_text(
        path.read_text().replace("format: csv", 'format: csv\n    options: {encoding: utf-8, delimiter: ","}'),
        encoding="utf-8",
    )
    first = a_run(project)
    assert first.went_well
    release = sorted((project.releases / "villes").rglob("*.csv"))
    before = [file.read_bytes() for file in release]
    rewrite(project, "actions", "")
    (project.sources / "data" / "actions.csv").write_bytes(content)
    second = a_run(project)
    assert [error.code for name, error in second.errors if name == "actions"] == [code]
    assert sorted((project.releases / "villes").rglob("*.csv")) == release
    assert [file.read_bytes() for file in release] == before


def test_a_field_that_changed_its_type_is_rejected_record_by_record(project: Project) -> None:
    towns = (project.sources / "data" / "villes.csv").read_text(encoding="utf-8")
    (project.sources / "data" / "villes.csv").write_text(towns + "54395,Nancy,cinq,x@example.org\n", encoding="utf-8")
    done = a_run(project)
    rejects = done.tables["villes/villes"].rejects.to_pylist()
    assert [(item["champ"], item["regle"]) for item in rejects] == [("niveau", "type-error")]
