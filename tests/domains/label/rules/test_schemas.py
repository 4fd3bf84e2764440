"""The tables of the label are described in two languages, with examples that their own schema accepts."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest

from pipelines.geo import CERTAINTIES, METHODS
from pipelines.schema import load_codelist, load_incoming, load_package
from pipelines.sources import load_sources
from pipelines.validation import validate
from tests.domains.label.rules.builders import PROJECT

PACKAGES = {name: load_package(PROJECT.schemas, name) for name in ("label", "candidatures", "territoires-numeriques")}
TABLES = [(name, table.name) for name, package in PACKAGES.items() for table in package.tables]
OURS = ("palmares", "totaux-editions", "initiatives", "formulaires", "europe")
LISTS = (
    "arobases", "axes", "classes_population", "decoupages", "distinctions", "domaines_2017", "enjeux", "etats_mesures",
    "etats_niveaux", "evolutions", "familles_identifiants", "indicateurs_europe", "licences", "mentions",
    "mesures_label", "natures_pages", "natures_publiees", "natures_territoires", "noms_label",
    "precisions", "referentiels", "resolution_certitudes",
    "resolution_methodes", "series_europe", "themes", "types_laureats", "zones_europe",
)  # fmt: skip


@pytest.mark.parametrize(("package", "table"), TABLES)
def test_every_field_is_told_in_french_and_in_english(package, table):
    schema = PACKAGES[package].schema(table)
    assert schema.primary_key
    assert schema.description != schema.description_en
    for field in schema.fields:
        assert all((field.title, field.title_en, field.description, field.description_en)), field.name
        assert field.description != field.description_en, field.name


@pytest.mark.parametrize(("package", "table"), TABLES)
def test_every_example_is_one_that_the_schema_accepts(package, table):
    schema = PACKAGES[package].schema(table)
    examples = {field.name: None if field.example is None else str(field.example) for field in schema.fields}
    plain = {key: value for key, value in schema.descriptor().items() if key != "foreignKeys"}
    row = pa.table({name: pa.array([value], pa.string()) for name, value in examples.items()})
    validation = validate(row, plain)
    assert validation.is_valid, validation.errors.to_pylist()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_the_tables_that_were_promised_and_foreign_keys_stay_inside(package):
    tables = {table for name, table in TABLES if name == package}
    for table in tables:
        for key in PACKAGES[package].schema(table).foreign_keys:
            assert key.table in tables
            parent = PACKAGES[package].schema(key.table)
            assert set(key.reference_fields) <= set(parent.names)


@pytest.mark.parametrize("name", LISTS)
def test_every_code_has_two_labels_and_a_source(name):
    for code in load_codelist(PROJECT.schemas, name).codes:
        assert all((code.label_fr, code.label_en, code.source)), code.code
        assert code.valid_from is None or code.valid_to is None or code.valid_from <= code.valid_to


def test_twelve_issues_in_2014_and_sixteen_since_2017_of_which_one_is_openly_unknown():
    codes = load_codelist(PROJECT.schemas, "enjeux").values
    assert sum(code.startswith("2014-") for code in codes) == 12
    assert sum(code.startswith("2017-") for code in codes) == 16
    assert "2017-non-lu" in codes
    axes = load_codelist(PROJECT.schemas, "axes").values
    assert sum(code.startswith("2014-") for code in axes) == 4
    assert {dict(code.more)["axe"] for code in load_codelist(PROJECT.schemas, "enjeux").codes} <= {*axes, ""}


def test_six_themes_and_seven_domains():
    assert sum(code.startswith("2011-") for code in load_codelist(PROJECT.schemas, "themes").values) == 6
    assert len(load_codelist(PROJECT.schemas, "domaines_2017").codes) == 7


def test_methods_and_certainties_are_those_of_the_resolution_of_names():
    assert load_codelist(PROJECT.schemas, "resolution_methodes").values == list(METHODS)
    assert load_codelist(PROJECT.schemas, "resolution_certitudes").values == list(CERTAINTIES)


@pytest.mark.parametrize("name", OURS)
def test_sources_name_a_known_licence_and_what_personal_data_they_hold(name):
    source = load_sources(PROJECT)[name]
    assert source.licence in load_codelist(PROJECT.schemas, "licences").values
    assert source.privacy


@pytest.mark.parametrize(
    ("file", "schema"),
    [("palmares", "palmares"), ("edition_totals", "totaux_editions"), ("initiatives", "initiatives")],
)
def test_an_incoming_schema_has_the_columns_of_its_file(file, schema):
    text = (PROJECT.sources / "data" / "label" / f"{file}.csv").read_text(encoding="utf-8")
    assert next(csv.reader(io.StringIO(text))) == load_incoming(PROJECT.schemas, schema).names


def test_no_field_of_a_person_is_public_in_the_forms():
    people = load_incoming(PROJECT.schemas, "formulaires_personnes")
    assert {field.privacy.value for field in people.fields} == {"personnel"}
    places = load_incoming(PROJECT.schemas, "formulaires_lieux")
    hidden = {field.name for field in places.fields if field.privacy.value != "public"}
    assert hidden == {"Adresse", "Telephone", "Fax", "Courriel"}
