"""Descriptions of sources: what a file gives, and what is said about a wrong one."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.core.checked_yaml import first_fault
from pipelines.core.lined_yaml import LinedDocument, YamlRefused, parse
from pipelines.core.text import Said
from pipelines.sources import load_sources
from pipelines.sources.descriptions import SCHEMA
from pipelines.sources.errors import SourceFileError, SourceUnknown
from tests.sources.builders import a_description, a_project, a_source

TEXT = """\
name: mairie
title: Mairie
connector: files
address: data/mairie.csv
licence: etalab-2.0
publisher: {title: Mairie inventée}
parts:
  lignes:
    format: csv
    options: {delimiter: ";"}
    rows:
      - table: label/palmares
        when: {nom: present}
        fields:
          titre: nom
          nature: {from: genre, codes: {01: commune, no: autre}, otherwise: autre}
"""


def the_error(folder: Path, text: str) -> SourceFileError:
    project = a_project(folder)
    (project.sources / "mairie.yaml").write_text(text, encoding="utf-8")
    (error,) = load_sources(project).errors
    assert isinstance(error, SourceFileError)
    return error


def test_a_source_is_what_its_file_says(tmp_path: Path) -> None:
    source = a_source(
        a_project(tmp_path), title_en="Town hall", obtained="2026-11-23", secrets=["JETON"], cadence="P1Y"
    )
    assert (source.name, source.title_en, source.obtained, source.path) == (
        "mairie",
        "Town hall",
        date(2026, 11, 23),
        "sources/mairie.yaml",
    )
    assert source.part("lignes").format == "csv"
    with pytest.raises(KeyError):
        source.part("autre")


@pytest.mark.parametrize(
    "wrong",
    [
        "cadence: solene.quemeneur@example.org",
        "Solène Quéméneur: 06 12 34 56 78",
        "obtained: Solène Quéméneur",
        "title_en: [Solène Quéméneur]",
        "secrets: {Solène Quéméneur: x}",
        "connector: 06 12 34 56 78",
    ],
)
def test_a_value_that_may_be_somebodys_is_not_shown_where_it_is_wrong(tmp_path: Path, wrong: str) -> None:
    key = wrong.partition(":")[0]
    text = "\n".join(line for line in TEXT.splitlines() if not line.startswith(f"{key}:"))
    error = the_error(tmp_path, f"{text}\n{wrong}\n")
    message = f"{error} {error.message('fr')} {error.facts}".lower()
    assert not [word for word in ("solene", "solène", "quéméneur", "56 78") if word in message]
    assert error.facts["line"]


@pytest.mark.parametrize("written", ["[eyJinvented]", "eyJinvented", "[EYJINVENTED, EYJINVENTED]", "{eyJinvented: x}"])
def test_a_secret_pasted_where_its_name_belongs_is_not_shown(tmp_path: Path, written: str) -> None:
    error = the_error(tmp_path, TEXT + f"secrets: {written}\n")
    assert error.facts["key"].startswith("secrets")
    assert "invented" not in f"{error} {error.message('fr')}".lower()


def test_english_falls_back_on_french(tmp_path: Path) -> None:
    source = a_source(a_project(tmp_path), description="Lignes")
    assert (source.title_en, source.description_en) == ("Mairie", "Lignes")


def test_codes_stay_as_they_were_typed(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    (project.sources / "mairie.yaml").write_text(TEXT, encoding="utf-8")
    source = load_sources(project)["mairie"]
    assert source.parts[0].rows[0]["fields"]["nature"]["codes"] == {"01": "commune", "no": "autre"}
    assert source.tables == ("label/palmares",)


def test_a_wrong_file_does_not_keep_the_others_from_loading(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_source(project, name="prefecture")
    (project.sources / "mairie.yaml").write_text("name: [", encoding="utf-8")
    sources = load_sources(project)
    assert (list(sources), len(sources.errors)) == (["prefecture"], 1)
    with pytest.raises(SourceFileError):
        sources.find("mairie")
    with pytest.raises(SourceUnknown, match="prefecture"):
        sources.find("region")


@pytest.mark.parametrize(
    ("wrong", "line", "key", "expected"),
    [
        (TEXT.replace("connector: files", "connector: fichiers"), 3, "connector", "files"),
        (TEXT.replace("name: mairie", "name: autre"), 1, "name", "mairie"),
        (TEXT.replace("format: csv", "format: dbf"), 9, "parts.lignes.format", "csv, demarche"),
        (TEXT.replace("delimiter:", "delimeter:"), 10, "parts.lignes.options.delimeter", "delimiter"),
        (TEXT.replace("licence: etalab-2.0\n", ""), 1, "licence", "schemas/codelists/licences.csv"),
        (
            TEXT.replace("- table: label/palmares", "- table: palmares"),
            12,
            "parts.lignes.rows.0.table",
            "package/table",
        ),
        (TEXT.replace("titre: nom", "titre: [nom]"), 15, "parts.lignes.rows.0.fields.titre", "une colonne"),
        (TEXT.replace("from: genre, ", ""), 16, "parts.lignes.rows.0.fields.nature.from", "from"),
        (TEXT.replace("otherwise", "sinon"), 16, "parts.lignes.rows.0.fields.nature.sinon", "otherwise"),
        (TEXT + "titre_bis: x\n", 17, "titre_bis", "title"),
        (TEXT + "title: x\n", 17, "title", "once"),
        (TEXT + "cadence: yearly\n", 17, "cadence", "P1Y"),
        (TEXT + "obtained: 2026-02-30\n", 17, "obtained", "AAAA-MM-JJ"),
        (TEXT + "secrets: [udata_abc]\n", 17, "secrets.0", "never its value"),
        (TEXT + "parts: [\n", 18, "YAML", "YAML"),
        (TEXT + "parameters: &a {b: *a}\n", 17, "YAML", "loop"),
        (
            TEXT.replace("    rows:", "    join: [{part: autre, on: {a: b}}]\n    rows:"),
            11,
            "parts.lignes.join.0.part",
            "—",
        ),
        (TEXT + "\x07", 17, "YAML", "YAML"),
        ("", 1, "(document)", "une source"),
    ],
)
def test_a_wrong_file_gets_its_line_its_key_and_what_was_expected(
    tmp_path: Path, wrong: str, line: int, key: str, expected: str
) -> None:
    error = the_error(tmp_path, wrong)
    assert (error.facts["file"], error.facts["line"], error.facts["key"]) == ("sources/mairie.yaml", line, key)
    told = error.facts["expected"]
    assert any(expected in words for words in ((told.fr, told.en) if isinstance(told, Said) else (told,)))
    assert "attendu" in error.message("fr")


def test_a_file_that_is_not_utf8_is_told_by_its_line(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    (project.sources / "mairie.yaml").write_bytes(TEXT.encode("cp1252"))
    (error,) = load_sources(project).errors
    assert error.facts["line"] == 6


def test_a_licence_outside_the_code_list_is_an_error(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    (project.schemas / "codelists").mkdir()
    header = "code,libelle_fr,libelle_en,valide_du,valide_au,source\n"
    (project.schemas / "codelists" / "licences.csv").write_text(header + "odbl,ODbL,ODbL,,,x\n", encoding="utf-8")
    (project.sources / "mairie.yaml").write_text(TEXT, encoding="utf-8")
    (error,) = load_sources(project).errors
    assert (error.facts["key"], error.facts["expected"]) == ("licence", "odbl")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 01053", "01053"),
        ("a: 12", 12),
        ("a: -0.5", -0.5),
        ("a: yes", "yes"),
        ("a: true", True),
        ("a: ", None),
        ("a: 2026-11-23", "2026-11-23"),
        ("a: '12'", "12"),
        ("a: 1e3", "1e3"),
    ],
)
def test_plain_text_is_read_as_it_is_written(text: str, value: object) -> None:
    assert parse(text).value == {"a": value}


def test_an_empty_document_has_no_value_and_an_unknown_place_is_its_first_line() -> None:
    document = parse("")
    assert (document.value, document.line(("a", "b"))) == (None, 1)


def test_a_tab_is_refused_with_its_line() -> None:
    with pytest.raises(YamlRefused) as refused:
        parse("a: 1\nb:\t- 2\n\t c: d")
    assert refused.value.line >= 2


def test_long_values_are_shortened_in_messages() -> None:
    assert len(told_of(a_description(title=["x" * 200]))["found"]) == 60


def test_the_schema_for_editors_is_a_valid_json_schema() -> None:
    from jsonschema import Draft202012Validator

    faults = list(
        Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(json.loads(SCHEMA.read_text("utf-8")))
    )
    assert faults == []


def test_every_key_of_the_documentation_is_allowed() -> None:
    page = Path(__file__).parents[2] / "docs" / "mapping.md"
    described: dict[str, Any] = yaml.safe_load(page.read_text(encoding="utf-8").split("```yaml")[1].split("```")[0])
    described["obtained"] = str(described["obtained"])
    described["parts"]["palmares"]["rows"][0] |= {"fields": {"titre": "title"}, "readings": []}
    assert first_fault(LinedDocument(described), SCHEMA) is None


def told_of(described: dict[str, Any]) -> dict[str, Any]:
    """What is said of a description that is not what the schema says."""
    fault = first_fault(LinedDocument(described), SCHEMA)
    assert fault is not None
    return fault.facts


def french(told: str | Said) -> str:
    return told.fr if isinstance(told, Said) else told


def test_what_was_expected_is_said_in_the_readers_language(tmp_path: Path) -> None:
    error = the_error(tmp_path, TEXT.replace("title: Mairie\n", ""))
    assert error.message("fr").endswith("absent ; attendu : title : un texte non vide.")
    assert error.message("en").endswith("missing; expected: title: a text that is not empty.")


@pytest.mark.parametrize(
    ("part", "key", "expected"),
    [
        ({"options": {"codes": ["insee"]}}, "options.codes", "encoding | delimiter"),
        ({"options": {"epoch": 1901}}, "options.epoch", "1900 | 1904"),
        (
            {"rows": [{"table": "a/b", "fields": {"titre": {"with": "majuscules"}}}]},
            "rows.0.fields.titre.from",
            "cette clé",
        ),
        ({"rows": [{"table": "a/b", "each": {"list": "x"}}]}, "rows.0.each", "split, columns ou list"),
        ({"expect": {"rows": {"min": -1}}}, "expect.rows.min", "un entier positif ou nul"),
    ],
)
def test_a_key_that_nothing_reads_is_refused_with_what_was_expected(
    part: dict[str, Any], key: str, expected: str
) -> None:
    told = told_of(a_description(parts={"lignes": {"format": "csv"} | part}))
    assert told["key"] == f"parts.lignes.{key}"
    assert expected in french(told["expected"])


@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        ({"title": None}, "title", "un texte non vide"),
        ({"parts": {"A b": {"format": "csv"}}}, "parts.A b", "pattern"),
    ],
)
def test_a_missing_key_and_a_name_that_is_none_are_told_with_what_they_should_be(
    change: dict[str, Any], key: str, expected: str
) -> None:
    described = {name: value for name, value in (a_description() | change).items() if value is not None}
    told = told_of(described)
    assert told["key"] == key
    assert expected in french(told["expected"])


@pytest.mark.parametrize(
    ("meant", "written", "line"), [("title", "titel", 2), ("connector", "conector", 3), ("licence", "licnce", 5)]
)
def test_a_mistyped_key_is_told_on_its_line_as_what_it_was_meant_for(
    tmp_path: Path, meant: str, written: str, line: int
) -> None:
    error = the_error(tmp_path, TEXT.replace(f"\n{meant}:", f"\n{written}:"))
    assert (error.facts["key"], error.facts["line"]) == (meant, line)
    assert f"absent, peut-être écrit « {written} »" in error.message("fr")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: c: d\n", 2, "guillemets oubliés"),
        ("a: [1, 2\n", 2, "une virgule ou un « ] » manque"),
        ("a: 'x\n", 2, "la fin du fichier est dans un texte entre guillemets"),
        ("a: 1\nb: \x07\n", 2, "un caractère de contrôle"),
        ("%x\na: 1\n", 1, "ce n'est pas du YAML [found unknown directive name]"),
    ],
)
def test_what_is_no_yaml_is_told_in_french(text: str, line: int, said: str) -> None:
    with pytest.raises(YamlRefused) as refused:
        parse(text)
    assert abs(refused.value.line - line) <= 1
    assert said in french(refused.value.found)


def test_an_alias_bomb_is_refused_before_it_takes_memory() -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))
    with pytest.raises(YamlRefused) as raised:
        parse(f"a0: &a0 [x, x, x, x, x, x, x, x, x]\n{levels}\n")
    assert raised.value.line == 5


@pytest.mark.parametrize("text", ["[" * 20_000, "a: " + "{b: " * 20_000, "- " * 20_000 + "a"])
def test_nesting_without_end_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(YamlRefused) as raised:
        parse(text)
    assert raised.value.line == 1


def test_aliases_deepen_what_they_stand_in() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60))
    with pytest.raises(YamlRefused):
        parse(chain)


@pytest.mark.parametrize(
    "text", ["a: *b", "a: &a [*a]", "? [x]\n: y", "a: 1\n--- \nb: 2", "a: 1\na: 2", "x" * 2_000_001, "a: \x00"]
)
def test_what_is_not_one_plain_document_is_refused(text: str) -> None:
    with pytest.raises(YamlRefused):
        parse(text)


def test_an_alias_is_what_it_stands_for() -> None:
    document = parse("a: &x {b: [1, 01]}\nc: *x\n")
    assert document.value == {"a": {"b": [1, "01"]}, "c": {"b": [1, "01"]}}
    assert document.line(("c", "b")) == 1
