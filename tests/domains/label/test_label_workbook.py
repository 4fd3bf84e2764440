"""The example workbook is what its script builds, carries the traps of the real one, and reads the same as `.xls`."""

from __future__ import annotations

import importlib.util
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from pipelines.core.project import Project
from pipelines.formats import read
from pipelines.mapping import PartRecords, normalise
from pipelines.mapping.engine import RESERVED
from pipelines.mapping.registry import CONVERTERS
from pipelines.schema import load_codelist, load_incoming
from pipelines.sources import load_sources

ROOT = Path(__file__).resolve().parents[3]
PROJECT = Project.at(ROOT)
SHIPPED = ROOT / "sources" / "data" / "label" / "formulaires-exemple.xlsx"


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("build_workbook", ROOT / "scripts" / "build_workbook.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    folder = tmp_path_factory.mktemp("workbook")
    script.build(folder)
    return folder


def records(path):
    """The seven parts of a workbook, read as the source `formulaires` reads them."""
    source = load_sources(PROJECT)["formulaires"]
    parts = [replace(part, format=path.suffix[1:]) for part in source.parts]
    return {part.name: read(part, path, source=source.name, snapshot="0" * 64) for part in parts}


def rows(path):
    source = load_sources(PROJECT)["formulaires"]
    parts = {
        part.name: PartRecords(table, load_incoming(PROJECT.schemas, part.schema), part.rows, part.join)
        for part, table in zip(source.parts, records(path).values(), strict=True)
    }
    return normalise(parts, PROJECT, file=source.path)


@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_the_shipped_workbook_is_the_one_that_the_script_builds(rebuilt, suffix):
    name = f"formulaires-exemple.{suffix}"
    assert (rebuilt / name).read_bytes() == SHIPPED.with_suffix(f".{suffix}").read_bytes()


def test_the_legacy_workbook_gives_the_same_records():
    modern, legacy = records(SHIPPED), records(SHIPPED.with_suffix(".xls"))
    assert list(modern) == list(legacy)
    for name, table in modern.items():
        assert table.replace_schema_metadata().equals(legacy[name].replace_schema_metadata()), name


def test_every_sheet_becomes_a_row_and_none_is_refused():
    found = rows(SHIPPED)
    assert found.rejections == ()
    assert found.rows["candidatures/actions"].num_rows == 46
    assert found.rows["candidatures/actions_services"].num_rows == 62
    assert found.rows["candidatures/fonctions"].num_rows == 46


@pytest.mark.parametrize(
    ("title", "elected", "code"),
    [
        ("Maire", "oui", "maire"),
        ("Madame le maire de Trifouillis", "", "maire"),
        ("Maire adjoint", "oui", "elu"),
        ("Adjointe au maire", "non", "elu"),
        ("Conseillère municipale déléguée au numérique", "", "elu"),
        ("", "OUI", "elu"),
        ("Directeur des systèmes d'information", "non", "numerique"),
        ("Correspondante Villes Internet", "non", "correspondant"),
        ("Secrétaire de mairie", "non", "direction"),
        ("Adjoint administratif", "non", "autre"),
        ("Directeur de cabinet du maire", "non", "autre"),
        ("Barnabé Supposé", "non", "autre"),
        ("", "", "non_precisee"),
        (None, None, "non_precisee"),
    ],
)
def test_a_function_is_one_of_the_list_whatever_was_entered(title: str | None, elected: str | None, code: str):
    assert CONVERTERS["fonction_de_fiche"]((title, elected), {}) == code
    assert code in load_codelist(PROJECT.schemas, "fonctions").values


def test_nothing_of_what_was_entered_about_a_person_reaches_the_functions():
    people = records(SHIPPED)["personnes"]
    texts = [column for column in people.columns if pa.types.is_string(column.type)]
    entered = {cell for column in texts for cell in column.to_pylist() if cell}
    published = rows(SHIPPED).rows["candidatures/fonctions"].drop_columns(list(RESERVED))
    assert not entered & {cell for column in published.columns for cell in column.to_pylist()}


def test_the_workbook_says_that_it_is_an_example():
    book = openpyxl.load_workbook(SHIPPED)
    assert book.properties.title.startswith("EXEMPLE")
    assert all(sheet["A1"].comment.text.startswith("EXEMPLE") for sheet in book)
    assert load_sources(PROJECT)["formulaires"].example is True


def test_the_workbook_carries_the_traps_of_the_real_one():
    book = openpyxl.load_workbook(SHIPPED)
    assert book.sheetnames == [
        "Actions", "Services", "Lieux", "Personnes", "Liaison Lieux", "Liaison Personnes", "Liaison Services",
    ]  # fmt: skip
    headers = [cell.value for sheet in book for cell in sheet[1]]
    assert {header for header in headers if header.endswith(" ")} == {
        "Sous-titre ", "Nom ", "Adresse ", "Courriel ", "Photos ", "Recommandations ", "Titre ", "Telephone ",
        "Enjeu de développement ",
    }  # fmt: skip
    places = [[cell.value for cell in row] for row in book["Lieux"].iter_rows(min_row=2)]
    codes = {place[14] for place in places}
    assert 8480 in codes, "a code that lost its zero is a number"
    assert {"2A004", "2B033"} <= codes
    assert any(place[4:6] == [0, 0] for place in places)
    sheets = [[cell.value for cell in row] for row in book["Actions"].iter_rows(min_row=2)]
    assert all("<br/>" in sheet[5] for sheet in sheets)
    assert {type(sheet[0]) for sheet in sheets} == {int, str}
    assert any(isinstance(sheet[3], str) for sheet in sheets), "a date as text"


def test_every_person_of_the_workbook_is_on_example_org():
    people = records(SHIPPED)["personnes"]
    assert all(mail.endswith("@example.org") for mail in people.column("Courriel").to_pylist())


def test_no_person_of_the_workbook_reaches_a_row():
    people = records(SHIPPED)["personnes"]
    names = {cell for column in ("Nom", "Courriel") for cell in people.column(column).to_pylist()}
    for table in rows(SHIPPED).rows.values():
        published = {cell for column in table.columns if pa.types.is_string(column.type) for cell in column.to_pylist()}
        assert not names & published


def test_nothing_in_the_workbook_tells_the_hour_of_its_making():
    with zipfile.ZipFile(SHIPPED) as archive:
        assert {item.date_time for item in archive.infolist()} == {(2026, 11, 23, 0, 0, 0)}
