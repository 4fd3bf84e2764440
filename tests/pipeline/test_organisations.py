"""How an establishment is reached is ordinary open data where its schema says so, everywhere alike. All is invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.pipeline.catalogue import make_catalogue
from pipelines.pipeline.personal import may_show
from pipelines.privacy import PersonalDataFound
from pipelines.releases import Published
from pipelines.schema.errors import SchemaFileError
from pipelines.schema.tables import load_table
from tests.pipeline.builders import a_part, a_run, a_small_project, a_source, rewrite
from tests.schema.builders import a_table

PLACES = (
    "code,ville,adresse,telephone,courriel,latitude,longitude\n"
    "l1,57463,12 rue des Lilas,03 87 00 00 00,jeanne.durand@example.org,49.119308,6.175716\n"
)
BASIS = "CRPA D312-1-3, 1°"


def fields(**more: str) -> list[dict]:
    plain = [{"name": "code", "constraints": {"required": True}}, {"name": "ville"}]
    own = ("adresse", "telephone", "courriel", "latitude", "longitude")
    return [*plain, *({"name": name, **more} for name in own)]


def a_project(tmp_path: Path, **more: str) -> Project:
    project = a_small_project(tmp_path)
    a_table(tmp_path, "entrants/lieux", fields())
    a_table(tmp_path, "villes/lieux", fields(**more), primaryKey=["code"])
    path = project.schemas / "villes" / "package.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("tables:\n", "tables:\n- lieux\n"), encoding="utf-8")
    names = [item["name"] for item in fields()]
    a_source(project, "lieux", PLACES, parts=a_part("lieux", "villes/lieux", {name: name for name in names}))
    return project


def test_a_declared_field_goes_through_in_tables_files_pages_and_previews(tmp_path: Path):
    project = a_project(tmp_path, about="organisation", basis=BASIS)
    outcome = a_run(project, packages=["villes"]).outcomes["villes"]
    assert isinstance(outcome, Published)
    make_catalogue(project)
    shown = "\n".join(PLACES.splitlines())
    assert may_show(project, "aperçu", shown).is_clean
    data = project.releases / "villes" / outcome.version / "data"
    described = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    (table,) = [item for item in described["resources"] if item["path"] == "lieux.csv"]
    told = {item["name"]: (item.get("about"), item.get("basis")) for item in table["schema"]["fields"]}
    assert (told["telephone"], told["ville"]) == (("organisation", BASIS), (None, None))
    # The same kind of value elsewhere is nobody's business: only what the table contains is let through.
    assert not may_show(project, "aperçu", "écrire à paul.martin@example.org").is_clean


def test_the_changes_of_a_declared_field_go_through_too(tmp_path: Path):
    project = a_project(tmp_path, about="organisation", basis=BASIS)
    a_run(project, packages=["villes"])
    rewrite(project, "lieux", PLACES.replace("03 87 00 00 00", "03 87 00 00 01"))
    assert isinstance(a_run(project, packages=["villes"]).outcomes["villes"], Published)


def test_without_the_declaration_each_is_held_and_the_refusal_counts_and_says_how_to_decide(tmp_path: Path):
    project = a_project(tmp_path)
    error = a_run(project, packages=["villes"]).blocked["villes"]
    assert isinstance(error, PersonalDataFound)
    for language in ("fr", "en"):
        said = error.message(language)
        assert "villes/lieux [courriel] courriel: 1" in said
        assert "outputs/private/quarantaine/villes.jsonl" in said
        assert "about: organisation" in said
        assert "durand" not in said


def test_a_declared_field_holds_no_name_of_a_person(tmp_path: Path):
    project = a_project(tmp_path, about="organisation", basis=BASIS)
    rewrite(project, "lieux", PLACES.replace("12 rue des Lilas", "chez Mme Inventée"))
    error = a_run(project, packages=["villes"]).blocked["villes"]
    assert isinstance(error, PersonalDataFound)
    assert error.facts["rule"] == "nom_civilite"


@pytest.mark.parametrize(
    "more",
    [
        {"about": "organisation"},
        {"about": "organisation", "basis": " "},
        {"about": "personne", "basis": BASIS},
        {"about": "organisation", "basis": BASIS, "privacy": "personnel"},
        {"basis": BASIS},
    ],
)
def test_a_declaration_without_basis_or_of_something_else_is_refused(tmp_path: Path, more: dict[str, str]):
    project = a_project(tmp_path, **more)
    with pytest.raises(SchemaFileError) as raised:
        load_table(project.schemas, "villes", "lieux")
    assert raised.value.facts["place"] == "fields.adresse"


def test_an_exception_for_a_table_holds_in_its_files_and_pages(tmp_path: Path):
    project = a_small_project(tmp_path)
    with (project.schemas / "privacy" / "admis.csv").open("a", encoding="utf-8") as file:
        file.write("role,villes/actions,titre,nom_civilite,,,Un texte,S,Un rôle public inventé.\n")
    rewrite(project, "actions", "id,ville,titre\na1,57463,Confié à Mme Inventée\n")
    assert isinstance(a_run(project, packages=["villes"]).outcomes["villes"], Published)
    make_catalogue(project)
    (project.catalogue / "note.html").write_text("<p>Vu avec Mme Autre</p>", encoding="utf-8")
    with pytest.raises(PersonalDataFound):
        make_catalogue(project)
