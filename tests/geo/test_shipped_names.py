"""Every name of the shipped records is read as it was checked to be, and the reading speaks the words of mappings."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache

import pytest

from pipelines.geo import ALERTS, CERTAINTIES, METHODS
from pipelines.mapping.registry import READINGS, Unreadable
from tests.geo.builders import DATA, PROJECT

OUTPUTS = {
    "code", "nature", "nom", "departement_code", "region_code", "code_actuel", "methode", "certitude", "candidats",
    "alerte", "correction",
}  # fmt: skip


@cache
def read():
    return READINGS["territoire"](PROJECT, {})


@cache
def expected():
    with (DATA / "attendus.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answer(line):
    inputs = ("nom", "nature", "departement", "annee", "contexte", "indice")
    return read()({name: line[name] or None for name in inputs})


def test_every_shipped_name_is_read_as_it_was_checked():
    outputs = ("code", "code_actuel", "methode", "certitude", "candidats")
    changed = []
    for line in expected():
        found = answer(line)
        seen = {name: found[name] or "" for name in outputs} | {"nature_attendue": found["nature"] or ""}
        if seen != {name: line[name] for name in seen}:
            changed.append((line, seen))
    assert changed == []


def shipped_names():
    for row in rows_of("label/palmares.csv"):
        yield "palmares", row["name_as_published"], row["edition_year"], row["source_url"]
    for row in rows_of("label/initiatives.csv"):
        yield "initiatives", row["collectivite_as_published"], row["year"], row["source_url"]
    for row in rows_of("inquiries/enquetes.csv"):
        for commune in filter(None, row["communes_published"].split(";")):
            yield "enquetes", commune, row["date_ouverture"][:4], row["titre"]


def rows_of(name):
    with (PROJECT.sources / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_shipped_name_was_checked():
    checked = {(line["source"], line["nom"], line["annee"], line["contexte"]) for line in expected()}
    assert set(shipped_names()) <= checked


def test_more_than_97_percent_of_the_shipped_names_are_settled():
    methods = {(line["source"], line["nom"], line["annee"], line["contexte"]): line["methode"] for line in expected()}
    counted = Counter((name[0], methods[name] != "aucune") for name in shipped_names())
    for source in ("palmares", "initiatives", "enquetes"):
        settled, open_ = counted[source, True], counted[source, False]
        assert settled / (settled + open_) > 0.97, source


def test_outputs_are_in_the_words_that_are_published():
    found = [answer(line) for line in expected()]
    assert all(set(one) == OUTPUTS for one in found)
    assert {one["methode"] for one in found} <= set(METHODS)
    assert {one["certitude"] for one in found} <= set(CERTAINTIES)
    assert {alert for one in found for alert in (one["alerte"] or "").split("|") if alert} <= set(ALERTS)
    with (PROJECT.schemas / "codelists" / "natures_territoires.csv").open(encoding="utf-8", newline="") as file:
        natures = {row["code"] for row in csv.DictReader(file)}
    assert {one["nature"] for one in found if one["nature"]} <= natures


def test_no_name_is_no_territory():
    assert read()({"nom": None, "annee": "2024"}) == {}


def test_an_option_stands_for_an_absent_cell():
    commune = READINGS["territoire"](PROJECT, {"nature": "commune"})
    assert commune({"nom": "Arras"})["certitude"] == "certaine"
    assert commune({"nom": "CC du Pays des Achards", "nature": "EPCI"})["nature"] == "epci"


def test_several_departements_are_one_hint():
    assert read()({"nom": "Saint-Zacharie", "departement": "13;83"})["alerte"] is None


@pytest.mark.parametrize("inputs", [{"nature": "hameau"}, {"annee": "vers 2009"}, {"date": "2009-02"}])
def test_a_nature_or_a_date_that_is_none_is_refused(inputs):
    with pytest.raises(Unreadable):
        read()({"nom": "Agen", **inputs})


def test_a_date_counts_before_a_year():
    found = read()({"nom": "Cran-Gevrier", "annee": "2024", "date": "2011-05-04"})
    assert (found["nature"], found["code_actuel"]) == ("commune", "74010")
