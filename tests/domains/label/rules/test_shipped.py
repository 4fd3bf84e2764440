"""What the rules say of the records that ship with the project, conflict by conflict."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from pipelines.findings import run_rules
from pipelines.formats import read
from pipelines.mapping import PartRecords, normalise
from pipelines.schema import load_incoming, load_quality, load_table
from pipelines.schema.arrow import typed
from pipelines.sources import load_sources
from pipelines.tables import gather
from pipelines.validation import validate
from tests.domains.label.rules.builders import PROJECT

SOURCES = ("palmares", "totaux-editions", "initiatives", "formulaires", "europe")


def normalised(name):
    """The rows of a shipped source and what was refused, straight from its file."""
    source = load_sources(PROJECT)[name]
    path = PROJECT.sources / source.address
    parts = {}
    for part in source.parts:
        records = read(part, path, source=name, snapshot="0" * 64)
        schema = load_incoming(PROJECT.schemas, part.schema)
        validation = validate(records, schema)
        assert validation.is_valid, validation.errors.to_pylist()
        parts[part.name] = PartRecords(validation.accepted, schema, part.rows, part.join)
    return normalise(parts, PROJECT, file=source.path)


@pytest.fixture(scope="module")
def shipped():
    """Every table that the label's sources fill, typed, and the refusals, by source."""
    made = {name: normalised(name) for name in SOURCES}
    tables: dict[str, pa.Table] = {}
    for key in sorted({key for found in made.values() for key in found.rows}):
        schema = replace(load_table(PROJECT.schemas, *key.split("/")), foreign_keys=())
        texts = [found.rows[key] for found in made.values() if key in found.rows]
        rows, repeated = gather(schema, texts)
        assert repeated.num_rows == 0
        validation = validate(rows, schema)
        assert validation.is_valid, (key, validation.errors.to_pylist()[:3])
        tables[key] = typed(validation.accepted.select(schema.names), schema)
    return tables, {name: found.rejections for name, found in made.items()}


@pytest.fixture(scope="module")
def found(shipped):
    return run_rules("label", shipped[0], PROJECT).to_pylist()


def arithmetic(found, rule, outcome):
    return [row["calcul"] for row in found if (row["regle"], row["resultat"]) == (rule, outcome)]


def test_every_shipped_record_becomes_rows_and_a_value_of_the_source_is_one_value_as_the_page_writes_it(shipped):
    tables, rejections = shipped
    rows = {key: table.num_rows for key, table in tables.items()}
    assert rows["label/palmares"] == 263 + 21
    assert rows["label/mentions"] == 43 - 4 + 4
    assert (rows["label/actions"], rows["candidatures/actions"]) == (46 + 8, 46)
    assert rows["territoires-numeriques/comparaison_europe"] == 55
    assert [item for items in rejections.values() for item in items] == []
    figures = tables["label/totaux_publies"].to_pylist()
    written = [row["valeur_publiee"] for row in figures if row["valeur_publiee"] is not None]
    assert [value for value in written if set(value) & set('"«+/')] == []
    of_2017 = next(row for row in figures if row["valeur_publiee"] == "plus de 300")
    assert (of_2017["nombre"], of_2017["precision"], of_2017["unite_publiee"]) == (300, "approche", "communes")


def test_the_levels_of_2006_2008_2009_and_2011_add_up(found):
    assert set(arithmetic(found, "LAB-01", "conforme")) == {
        "10 + 24 + 57 + 64 + 57 + 11 = 223 = 223",
        "14 + 26 + 64 + 69 + 23 + 7 = 203 = 203",
        "16 + 24 + 84 + 74 + 26 = 224 = 224",
        "24 + 28 + 106 + 97 + 48 = 303 = 303",
    }


def test_the_kinds_of_2018_and_2024_add_up(found):
    assert set(arithmetic(found, "LAB-02", "conforme")) == {"12 + 151 + 42 = 205 = 205", "10 + 178 + 53 = 241 = 241"}


def test_the_totals_that_do_not_add_up_are_found(found):
    assert arithmetic(found, "LAB-03", "non_conforme") == ["29 + 107 + 72 + 14 = 222 ≠ 223"]
    assert arithmetic(found, "LAB-04", "non_conforme") == ["30 + 25 = 55 ≠ 56"]


def test_the_ceremonies_of_2012_and_2014_are_dated_twice(found):
    dated_twice = [row["cle"] for row in found if (row["regle"], row["resultat"]) == ("LAB-09", "non_conforme")]
    assert dated_twice == ["2012", "2014"]


def test_the_inhabitants_of_2020_are_out_of_line(found):
    assert arithmetic(found, "LAB-11", "a_verifier") == ["26000000 / 4000000 = 6.5 ≥ 5"]


def test_saint_medard_en_jalles_is_the_only_contradiction_on_a_level(found):
    contradictions = [row for row in found if (row["regle"], row["resultat"]) == ("LAB-12", "non_conforme")]
    assert [row["message"].partition(",")[0] for row in contradictions] == ["Saint-Médard-en-Jalles"]
    assert contradictions[0]["sources"].split("|") == [
        "http://www.01net.com/actualites/plus-de-300-communes-au-palmares-2011-des-villes-internet-526976.html",
        "https://banquedesterritoires.fr/303-communes-labellisees-ville-internet",
    ]


def test_the_laureates_at_five_arobases_of_three_editions_are_all_known(found):
    complete = arithmetic(found, "LAB-15", "conforme")
    assert sorted(set(complete)) == ["10 connus = 10 publiés", "14 connus = 14 publiés", "16 connus = 16 publiés"]


def test_no_rule_finds_more_laureates_than_were_announced(found):
    assert arithmetic(found, "LAB-15", "non_conforme") == []


def test_a_name_that_is_ambiguous_or_no_place_stays_open(found):
    opened = [row for row in found if row["regle"] == "LAB-17" and row["champ"] == "territoire_code"]
    assert {row["message"] for row in opened if row["resultat"] == "a_verifier"} == {
        "« Allonnes » : à trancher.",
    }


def test_every_finding_can_be_published(found):
    schema = load_quality("constats")
    columns = {name: pa.array([row[name] for row in found], pa.string()) for name in schema.names}
    assert validate(pa.table(columns), schema).is_valid
