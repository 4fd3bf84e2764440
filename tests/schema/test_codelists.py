"""Code lists and their errors."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.schema import TableSchema, load_codelist
from pipelines.schema.codelist_tables import codelist_schema
from pipelines.schema.codelist_titles import titles_of
from pipelines.schema.errors import CodeListTitlesError, SchemaFileError, SchemaNotFound
from tests.schema.builders import a_codelist, a_project

REPOSITORY = Path(__file__).resolve().parents[2]


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


def titled(project: Project, text: str) -> Project:
    (project.schemas / "codelists" / "titles.yaml").write_text(text, encoding="utf-8")
    return project


def table_of_colours(project: Project) -> TableSchema:
    return codelist_schema(
        load_codelist(project.schemas, "couleurs"), ["code_hex"], titles_of(project.schemas, "couleurs")
    )


def test_a_list_and_its_own_columns_are_called_as_the_project_says(tmp_path: Path):
    text = (
        "couleurs:\n  title: couleurs de la façade\n  title_en: colours of the front\n"
        "  columns: {code_hex: {title: code hexadécimal, title_en: hexadecimal code}}\n"
    )
    schema = table_of_colours(titled(a_project(tmp_path), text))
    assert (schema.title, schema.title_en) == ("Codes : couleurs de la façade", "Codes: colours of the front")
    assert "« couleurs de la façade »" in schema.description
    own = schema["code_hex"]
    assert (own.title, own.title_en) == ("Code hexadécimal", "Hexadecimal code")
    assert own.description_en == 'Specific to the list "colours of the front".'


def test_a_list_without_a_title_is_called_by_the_name_of_its_file(tmp_path: Path):
    project = a_project(tmp_path)
    assert table_of_colours(project).title == "Codes : couleurs"
    assert table_of_colours(titled(project, "{}\n"))["code_hex"].title == "Code hex"


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("couleurs: {title: couleurs, title_en: colours}\nformes: {title: formes, title_en: shapes}\n", 2, "formes"),
        ("couleurs: {title: couleurs}\n", 1, "couleurs.title_en"),
        ("couleurs:\n  title: ''\n  title_en: colours\n", 2, "couleurs.title"),
        ("couleurs: {title: a, title_en: b, columns: {x: {title: c}}}\n", 1, "couleurs.columns.x.title_en"),
        ("- couleurs\n", 1, "(document)"),
        ("couleurs: [\n", 2, "YAML"),
    ],
)
def test_what_is_wrong_with_titles_is_told_by_line_and_key(tmp_path: Path, text: str, line: int, key: str):
    with pytest.raises(CodeListTitlesError) as raised:
        table_of_colours(titled(a_project(tmp_path), text))
    assert (raised.value.facts["line"], raised.value.facts["key"]) == (line, key)
    assert "schemas/codelists/titles.yaml" in raised.value.message("en")


def test_every_shipped_list_has_a_title_and_so_have_its_columns():
    lists = sorted(path.stem for path in (REPOSITORY / "schemas" / "codelists").glob("*.csv"))
    for name in lists:
        titles, codes = titles_of(REPOSITORY / "schemas", name), load_codelist(REPOSITORY / "schemas", name)
        assert set(titles.columns) == {column for column, _ in codes.codes[0].more}, name
        assert "_" not in titles.title.fr + titles.title.en, name
