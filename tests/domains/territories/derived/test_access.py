"""Inequality of access, against figures that were computed apart from this project."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from pipelines.domains.territories.derived.access import with_rural_share
from pipelines.tables import derivation
from pipelines.tables.frames import frame
from tests.domains.territories.derived.builders import PROJECT, typed_rows

ANSWERS = Path(__file__).parent / "data" / "fibre_inegalite.csv"
PACKAGE = "territoires-numeriques"
NAMES = {
    "departements_nombre": "departements",
    "minimum": "minimum",
    "q1": "q1",
    "mediane": "mediane",
    "q3": "q3",
    "maximum": "maximum",
    "moyenne_ponderee": "moyenne_ponderee_population",
    **{f"departements_sous_{limit}": f"departements_sous_{limit}" for limit in (25, 50, 80, 90)},
    **{f"part_population_sous_{limit}": f"population_sous_{limit}_pct" for limit in (25, 50, 80, 90)},
    "departements_ruraux_nombre": "departements_ruraux_50pct",
    "moyenne_ruraux": "moyenne_departements_ruraux",
    "departements_urbains_nombre": "departements_urbains",
    "moyenne_urbains": "moyenne_departements_urbains",
}


def assert_as_computed_apart(computed, answers, count):
    """That every row of `answers` is the row of its series and date in `computed`, to the last figure printed."""
    with answers.open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    assert len(expected) == count
    for answer in expected:
        found = computed[answer["serie"], answer["date_reference"]]
        assert str(found["edition"] or "") == answer["edition_label"]
        for name, column in NAMES.items():
            assert float(found[name]) == pytest.approx(float(answer[column]), abs=0.051), (answer, name)


def recorded(name):
    with (PROJECT.sources / "data/acces" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def inputs():
    access = [
        {
            "serie": row["serie"],
            "departement_code": row["code_departement"],
            "date_reference": date.fromisoformat(row["date_reference"]),
            "part_fibre": float(row["part_fibre"]),
            "valeur_douteuse": row["valeur_douteuse"] == "oui",
        }
        for row in recorded("fibre-departements.csv")
    ]
    places = [
        {"departement_code": row["code_departement"], "population": int(row["population"])}
        | {f"habitants_classe_{number}": int(row[f"habitants_classe_{number}"]) for number in range(1, 8)}
        for row in recorded("ruralite-departements.csv")
    ]
    return {
        f"{PACKAGE}/acces_fixe_departements": typed_rows(f"{PACKAGE}/acces_fixe_departements", access),
        f"{PACKAGE}/ruralite_departements": typed_rows(f"{PACKAGE}/ruralite_departements", places),
    }


@pytest.fixture(scope="module")
def computed(inputs):
    rows = derivation("acces_inegalites")(inputs, PROJECT).to_pylist()
    return {(row["serie"], row["date_reference"]): row for row in rows}


def test_the_21_rows_that_may_ship_are_those_computed_apart(computed):
    assert len(computed) == 21
    assert_as_computed_apart(computed, ANSWERS, 21)


def test_mayotte_enters_no_statistic(computed):
    assert computed["arcep_deploiement_baro2021", "2017-12-31"]["departements_nombre"] == "100"


def test_the_gap_is_the_urban_mean_less_the_rural_one(computed):
    row = computed["arcep_deploiement_baro2021", "2017-12-31"]
    gap = float(row["moyenne_urbains"]) - float(row["moyenne_ruraux"])
    assert float(row["ecart_ruraux_urbains"]) == pytest.approx(gap, abs=0.011)


def test_fifty_departements_are_rural_and_fifteen_urban(inputs):
    shares = with_rural_share(frame(inputs[f"{PACKAGE}/ruralite_departements"]))["part_rurale"]
    assert ((shares >= 50).sum(), (shares < 20).sum()) == (50, 15)


def test_no_figure_ships_without_a_stated_licence():
    for name in ("fibre-departements", "ruralite-departements", "mediation-departements", "faits-acces"):
        assert {row["licence"] for row in recorded(f"{name}.csv")} <= {"etalab-2.0", "faits-publies"}


def test_for_town_halls_no_figure_exists_and_a_row_says_so():
    rows = [row for row in recorded("faits-acces.csv") if row["objet"] == "mairies"]
    assert [(row["valeur"], row["statut"], row["publie_par"]) for row in rows] == [
        ("", "aucun_chiffre", "Association Villes Internet")
    ]


def test_the_comparison_turns_over_with_the_denominator():
    with (PROJECT.sources / "data/europe/echanges-en-ligne.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    quoted = {row["zone"]: float(row["part"]) for row in rows if row["indicateur"] == "echanges_en_ligne"}
    later = {
        row["zone"]: float(row["part"])
        for row in rows
        if (row["indicateur"], row["annee_observation"]) == ("desi_5a1_egovu", "2015")
    }
    assert quoted["france"] > quoted["ue28"]
    assert later["france"] < later["ue28"]
