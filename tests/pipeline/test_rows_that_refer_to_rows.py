"""A table whose rows refer to rows of the same table, on the whole way."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.releases import Published
from tests.pipeline.builders import a_part, a_run, a_small_project, a_source
from tests.schema.builders import a_table

SOUND = ("47001,Agen,1.5,", "57463,Metz,2.5,47001", "59350,Lille,3,57463")


@pytest.mark.parametrize(
    ("rows", "published", "rejected"),
    [
        (SOUND, ["47001", "57463", "59350"], []),
        # Metz names nobody, Lille names Metz; Arras stays.
        ((*SOUND[:1], "57463,Metz,2.5,1", SOUND[2], "62041,Arras,4,47001"), ["47001", "62041"], [3, 4]),
        # Metz is refused for itself, and takes Lille along.
        ((SOUND[0], "57463,Metz,beaucoup,47001", SOUND[2], "62041,Arras,4,"), ["47001", "62041"], [3, 4]),
        ((SOUND[0], "57463,Metz,NaN,47001", SOUND[2], "62041,Arras,4,"), ["47001", "62041"], [3, 4]),
    ],
    ids=["all are there", "one names nobody", "one is not valid", "one that no type holds"],
)
def test_rows_stay_whose_rows_stay(
    tmp_path: Path, rows: tuple[str, ...], published: list[str], rejected: list[int]
) -> None:
    project = a_small_project(tmp_path)
    names = ["code", "nom", "mesure", "chef"]
    a_table(tmp_path, "entrants/mesures", [{"name": name} for name in names])
    fields = [{"name": "code"}, {"name": "nom"}, {"name": "mesure", "type": "number"}, {"name": "chef"}]
    own = {"fields": ["chef"], "reference": {"resource": "", "fields": ["code"]}}
    a_table(tmp_path, "villes/villes", fields, primaryKey=["code"], foreignKeys=[own])
    text = "\n".join([",".join(names), *rows]) + "\n"
    a_source(project, "villes", text, parts=a_part("mesures", "villes/villes", {name: name for name in names}))
    done = a_run(project, packages=("villes",))
    assert isinstance(done.outcomes["villes"], Published), done.errors
    data = project.releases / "villes" / "1.0.0" / "data"
    assert pq.read_table(data / "villes.parquet").column("code").to_pylist() == published
    found = pq.read_table(data / "qualite" / "rejets.parquet").to_pylist()
    assert sorted({row["position"] for row in found if row["table"] == "villes/villes"}) == rejected
