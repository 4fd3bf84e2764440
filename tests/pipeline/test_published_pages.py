"""Published award lists, from a web page to rows: table, list or running prose, names resolved, confidence kept."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.pipeline.records import RecordsResult, make_records
from pipelines.sources import collect, load_sources
from tests.pipeline.builders import REPOSITORY
from tests.schema.builders import a_project, a_table
from tests.sources.builders import a_source
from tests.sources.server import Reply, serving

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TABLE = """<table><tr><th>Nom</th><th>Niveau</th></tr>
<tr><td>Séné</td><td>@@@</td></tr><tr><td>Vannes (56)</td><td>5 @</td></tr>
<tr><td>Saint-Denis</td><td>4 arobases</td></tr><tr><td>Ville-Inventée-sur-Rien</td><td>@</td></tr></table>"""
LIST = """<ul><li>Séné : @@@</li><li>5 @ Vannes (56)</li><li>Saint-Denis – 4 arobases</li>
<li>Ville-Inventée-sur-Rien @</li></ul>"""
PROSE = """<div><p>Les lauréats : @@@ : Séné ; 5 @ : Vannes (56) ; 4 arobases : Saint-Denis.</p>
<p>@ Ville-Inventée-sur-Rien</p></div>"""
FIELDS = {"nom_publie": "nom", "arobases": {"from": "niveau", "with": "arobases"}, "confiance": "confiance"}
INTO = {
    "code": "territoire_code",
    "methode": "resolution_methode",
    "certitude": "resolution_certitude",
    "candidats": "resolution_candidats",
}
READING = {"with": "territoire", "from": {"nom": "nom"}, "into": INTO}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with the real reference data, a table of laureates, and the schema of what a page gives."""
    made = a_project(tmp_path)
    shutil.copytree(REPOSITORY / "schemas" / "codelists", made.schemas / "codelists", dirs_exist_ok=True)
    made.reference.rmdir()
    made.reference.symlink_to(REPOSITORY / "sources" / "reference")
    a_table(
        tmp_path,
        "entrants/page",
        [
            {"name": "nom", "constraints": {"required": True}},
            {"name": "niveau"},
            {"name": "confiance", "type": "number", "constraints": {"required": True, "minimum": 0, "maximum": 1}},
        ],
    )
    names = [*FIELDS, *INTO.values()]
    a_table(tmp_path, "label/laureats", [{"name": name} for name in names])
    return made


def the_rows(project: Project, page: str, options: dict[str, Any]) -> RecordsResult:
    rows = [{"table": "label/laureats", "fields": FIELDS, "readings": [READING]}]
    part = {"format": "html", "options": options, "schema": "page", "rows": rows}
    with serving(palmares=Reply(f"<!DOCTYPE html><html>{page}</html>".encode())) as server:
        source = a_source(
            project,
            connector="html_table",
            address=f"{server.url}/palmares",
            parameters={"allow_private": True},
            parts={"lignes": part},
        )
        return make_records(project, source, collect(project, load_sources(project)["mairie"], now=NOW))


@pytest.mark.parametrize(
    ("page", "options", "confidence"),
    [
        (TABLE.replace("Nom<", "nom<").replace("Niveau<", "niveau<"), {"table": "//table"}, "1"),
        (LIST, {"list": "//li"}, "0.8"),
        (PROSE, {"prose": "//p"}, "0.6"),
    ],
)
def test_names_of_a_page_are_resolved_and_keep_how_sure_the_extractor_is(
    project: Project, page: str, options: dict[str, Any], confidence: str
) -> None:
    found = the_rows(project, page, options)
    rows = found.rows("label/laureats").to_pylist()
    assert [(row["nom_publie"], row["arobases"]) for row in rows] == [
        ("Séné", "3"),
        ("Vannes (56)", "5"),
        ("Saint-Denis", "4"),
        ("Ville-Inventée-sur-Rien", "1"),
    ]
    assert {row["confiance"] for row in rows} == {confidence}
    assert [row["territoire_code"] for row in rows[:2]] == ["56243", "56260"]
    assert rows[2]["territoire_code"] is None
    assert {"93066", "97411"} <= set(rows[2]["resolution_candidats"].split("|"))
    assert rows[3]["territoire_code"] is None
    assert all(row["resolution_methode"] for row in rows)
    assert found.rejects.num_rows == 0


def test_a_level_that_cannot_be_read_is_a_rejection_with_its_place(project: Project) -> None:
    found = the_rows(
        project, "<table><tr><th>nom</th><th>niveau</th></tr><tr><td>Séné</td><td>beaucoup</td></tr></table>", {}
    )
    assert [(item["position"], item["champ"]) for item in found.rejects.to_pylist()] == [(2, "arobases")]
