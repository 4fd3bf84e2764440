"""Code lists and their errors."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.schema import load_codelist
from pipelines.schema.errors import SchemaFileError, SchemaNotFound
from tests.schema.builders import a_codelist, a_project


def test_a_code_has_two_labels_and_knows_when_it_is_valid(tmp_path: Path):
    colours = load_codelist(a_project(tmp_path).schemas, "couleurs")
    assert colours.values == ["rouge", "vert"]
    assert (colours["vert"].label("fr"), colours["vert"].label("en")) == ("Vert", "Green")
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2021, 12, 31), date(2022, 1, 1)]
    assert [colours["vert"].is_valid_on(day) for day in days] == [False, True, True, False]
    assert colours["rouge"].is_valid_on(date(1900, 1, 1))


def test_membership_is_by_code(tmp_path: Path):
    colours = load_codelist(a_project(tmp_path).schemas, "couleurs")
    assert "rouge" in colours
    assert "Rouge" not in colours
    with pytest.raises(KeyError, match="couleurs: bleu"):
        colours["bleu"]


def test_columns_of_its_own_are_kept(tmp_path: Path):
    project = a_project(tmp_path)
    path = project.schemas / "codelists" / "axes.csv"
    path.write_text(
        "code,libelle_fr,libelle_en,valide_du,valide_au,source,version\n1,Un,One,,,p,2014\n", encoding="utf-8"
    )
    assert load_codelist(project.schemas, "axes")["1"].more == (("version", "2014"),)


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["a,A,A,,,", "a,B,B,,,"], "ligne 3, code"),
        ([",A,A,,,"], "ligne 2, code"),
        (["a,A,A,2020,,"], "ligne 2, valide_du"),
        (["a,A,A,,31/12/2020,"], "ligne 2, valide_au"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, lines: list[str], place: str):
    project = a_project(tmp_path)
    a_codelist(tmp_path, "liste", lines)
    with pytest.raises(SchemaFileError) as caught:
        load_codelist(project.schemas, "liste")
    assert caught.value.facts["place"].fr == place
    assert "ligne" not in caught.value.message("en")


def test_a_list_without_its_columns_is_refused(tmp_path: Path):
    project = a_project(tmp_path)
    (project.schemas / "codelists" / "liste.csv").write_text("code;libelle\n", encoding="utf-8")
    with pytest.raises(SchemaFileError) as caught:
        load_codelist(project.schemas, "liste")
    assert "libelle_fr" in caught.value.facts["expected"]


def test_a_list_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SchemaNotFound, match=r"codelists/rien\.csv"):
        load_codelist(a_project(tmp_path).schemas, "rien")


def test_a_list_that_changed_is_read_again(tmp_path: Path):
    project = a_project(tmp_path)
    path = a_codelist(tmp_path, "liste", ["a,A,A,,,"])
    assert load_codelist(project.schemas, "liste").values == ["a"]
    path.write_text(path.read_text(encoding="utf-8") + "b,B,B,,,\n", encoding="utf-8")
    import os

    os.utime(path, ns=(1, 1))
    assert load_codelist(project.schemas, "liste").values == ["a", "b"]
