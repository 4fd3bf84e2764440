"""A table without a key, on the whole way: its rows may be alike, and each still leads back to its record."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from pipelines.core.project import Project
from pipelines.releases import Published
from tests.pipeline.builders import a_part, a_run, a_small_project, a_source
from tests.schema.builders import a_table

HEADER = "code,mesure,jour\n"


def a_project_without_a_key(root: Path, rows: str) -> Project:
    project = a_small_project(root)
    names = ["code", "mesure", "jour"]
    a_table(root, "entrants/mesures", [{"name": name} for name in names])
    fields = [{"name": "code"}, {"name": "mesure", "type": "number"}, {"name": "jour", "type": "date"}]
    a_table(root, "villes/villes", fields, primaryKey=[])
    a_source(project, "villes", HEADER + rows, parts=a_part("mesures", "villes/villes", {name: name for name in names}))
    return project


def lines(project: Project, version: str) -> list[tuple[object, ...]]:
    """Each published row with the line of the source that it is said to come from."""
    data = project.releases / "villes" / version / "data"
    rows = pq.read_table(data / "villes.parquet").to_pylist()
    found = pq.read_table(data / "qualite" / "provenance.parquet").to_pylist()
    return [(*rows[one["ligne"] - 1].values(), one["position"]) for one in found if one["table"] == "villes"]


def test_each_row_leads_back_to_its_record(tmp_path: Path) -> None:
    """Any such table ended the release as an unexpected fault."""
    project = a_project_without_a_key(
        tmp_path, "57463,1.50,2024-01-02\n47001,2,\n57463,1.5,2024-01-02\n47001,beaucoup,\n47001,,\n"
    )
    done = a_run(project, packages=("villes",))
    assert isinstance(done.outcomes["villes"], Published), done.errors
    found = [(code, mesure, str(jour), position) for code, mesure, jour, position in lines(project, "1.0.0")]
    assert sorted(found[:2], key=str) == [("47001", 2.0, "None", 3), ("47001", None, "None", 6)]
    assert found[2:] == [("57463", 1.5, "2024-01-02", 2), ("57463", 1.5, "2024-01-02", 4)]


def test_a_next_version_counts_the_rows_that_came_and_went(tmp_path: Path) -> None:
    project = a_project_without_a_key(tmp_path, "57463,1,\n47001,2,\n")
    a_run(project, packages=("villes",))
    (project.sources / "data" / "villes.csv").write_text(
        HEADER + "59350,1,\n57463,1,\n57463,1,\n47001,3,\n", encoding="utf-8"
    )
    described = project.sources / "villes.yaml"
    described.write_text(described.read_text(encoding="utf-8").replace("2026-11-01", "2026-11-02"), encoding="utf-8")
    done = a_run(project, packages=("villes",))
    assert isinstance(done.outcomes["villes"], Published), done.errors
    assert lines(project, done.outcomes["villes"].version) == [
        ("47001", 3.0, None, 5),
        ("57463", 1.0, None, 3),
        ("57463", 1.0, None, 4),
        ("59350", 1.0, None, 2),
    ]
