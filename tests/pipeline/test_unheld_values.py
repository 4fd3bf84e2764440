"""Values that a schema accepts and that no typed column holds, on the whole way."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from pipelines.core.project import Project
from pipelines.releases import Published
from tests.pipeline.builders import a_part, a_run, a_small_project, a_source
from tests.schema.builders import a_table

ROWS = """code,nom,mesure,quand
47001,Agen,1.5,2024-05-01T10:00:00+02:00
57463,Metz,NaN,2024-05-01T10:00:00Z
59350,Lille,12345678901234567.89,2024-05-01T10:00:00Z
62041,Arras,2,2024-05-01T10:00:00
"""


def a_project_of_measures(folder: Path) -> Project:
    project = a_small_project(folder)
    names = {"code": "code", "nom": "nom", "mesure": "mesure", "quand": "quand"}
    a_table(folder, "entrants/mesures", [{"name": name} for name in names])
    fields = [
        {"name": "code"},
        {"name": "nom"},
        {"name": "mesure", "type": "number"},
        {"name": "quand", "type": "datetime"},
    ]
    a_table(folder, "villes/villes", fields, primaryKey=["code"])
    a_source(project, "villes", ROWS, parts=a_part("mesures", "villes/villes", names))
    return project


def test_each_such_value_costs_its_row_and_no_other(tmp_path: Path) -> None:
    project = a_project_of_measures(tmp_path)
    done = a_run(project, packages=("villes",))
    assert isinstance(done.outcomes["villes"], Published), done.errors
    data = project.releases / "villes" / "1.0.0" / "data"
    rows = (data / "villes.csv").read_text(encoding="utf-8").splitlines()
    assert rows == ["code,nom,mesure,quand", "47001,Agen,1.5,2024-05-01T08:00:00Z"]
    rejected = [row for row in pq.read_table(data / "qualite" / "rejets.parquet").to_pylist() if row["champ"]]
    assert [(row["position"], row["champ"], row["valeur"], row["regle"]) for row in rejected] == [
        (3, "mesure", "NaN", "valeur-hors-type"),
        (4, "mesure", "12345678901234567.89", "valeur-hors-type"),
        (5, "quand", "2024-05-01T10:00:00", "valeur-hors-type"),
    ]
    assert rejected[0]["message"].startswith("Champ « mesure » : un nombre sans valeur finie ; attendu : ")
