"""A town that is printed by its first words is never another town; a small one of that name is doubtful."""

from __future__ import annotations

import re

import pytest

from pipelines.geo import Corrections, Query, normalise, resolve
from tests.geo.builders import code, gazetteer, resolved
from tests.geo.test_every_commune import communes


@pytest.mark.parametrize(
    ("printed", "departement", "meant"),
    [
        ("La Seyne", "83", "83126"),
        ("La Baule", "44", "44055"),
        ("Chalon", "71", "71076"),
        ("Le Taillan", "33", "33519"),
        ("Taillan", "33", "33519"),
        ("Nogent", "94", "94052"),
        ("Joinville", "94", "94042"),
        ("Choisy", "94", "94022"),
        ("Cesson", "35", "35051"),
    ],
)
def test_a_name_that_begins_a_commune_of_its_departement_is_a_candidate(printed, departement, meant):
    found = resolved(printed, departement=departement, nature="commune", day="2024-01-01")
    assert (found.code, found.alerts) == (None, ("nom_abrege",))
    assert meant in found.candidates


@pytest.mark.parametrize(
    ("printed", "meant"),
    [("Evry", "91228"), ("Corbeil", "91174"), ("Asnières", "92004"), ("Chalon", "71076"), ("Aix", "13001")],
)
def test_without_a_departement_a_much_larger_town_forbids_the_small_one(printed, meant):
    found = resolved(printed, nature="commune", day="2024-01-01")
    assert found.code is None
    assert meant in found.candidates


def test_an_official_name_of_the_printed_departement_stands():
    assert resolved("Chalon", departement="38", nature="commune").certainty == "certaine"
    assert code("Asnières", departement="27", nature="commune") == "27021"


def test_the_short_name_of_an_enlarged_commune_may_be_the_former_one():
    found = resolved("Binic", departement="22", nature="commune", day="2024-01-01")
    assert (found.code, found.candidates) == (None, ("22007", "22055"))
    assert code("Binic", departement="22", nature="commune", day="2010-01-01") == "22007"


def test_no_shortened_name_with_its_departement_finds_another_commune():
    """Every name of the code cut at its words: what it begins is the answer, a candidate, or one of the same name."""
    own = {}
    for row in communes():
        own.setdefault((row["departement_code"], row["cle"]), row["code"])
    wrong = []
    for row in communes()[::9]:
        for cut in _shortened(row["nom"]):
            if (row["departement_code"], normalise(cut)) in own:
                continue
            query = Query(cut, "commune", row["departement_code"], day="2026-01-01")
            found = resolve(query, gazetteer(), Corrections({}))
            if found.code not in (None, row["code"]):
                wrong.append((cut, row["nom"], found.name))
    assert wrong == []


def _shortened(name):
    words = re.split(r"([ \-'])", name)
    cuts = ("".join(words[:end]) for end in range(1, len(words) - 1, 2))
    return [cut for cut in cuts if len(cut) > 2 and normalise(cut) not in ("les", "saint", "sainte")]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Fontenay s/Bois", "94033"),
        ("Fontenay s/ Bois", "94033"),
        ("Fontenay/Bois", "94033"),
        ("Rosny s/s Bois", "93064"),
        ("Ivry s/Seine", "94041"),
        ("Ivry-s-Seine", "94041"),
        ("Ivry/Seine", "94041"),
        ("Chalon s/Saône", "71076"),
        ("N.-D. de Bondeville", "76474"),
    ],
)
def test_an_abbreviation_is_what_the_code_knows_it_for(printed, expected):
    assert code(printed, nature="commune", day="2024-01-01") == expected


@pytest.mark.parametrize(
    ("printed", "candidates"),
    [("La Réunion", ("04", "47222", "974")), ("Vienne", ("38544", "86")), ("Mayotte", ("06", "976"))],
)
def test_a_name_of_unsaid_nature_that_is_also_an_area_s_stays_open(printed, candidates):
    found = resolved(printed)
    assert (found.code, found.candidates, found.alerts) == (None, candidates, ("nature_non_dite",))


def test_what_stands_beside_a_name_may_say_its_nature():
    assert code("La Réunion", departement="47") == "47222"
    assert code("La Réunion", nature="commune") == "47222"
    assert code("La Réunion", nature="region") == "04"
    assert code("Vienne", departement="38") == "38544"
    assert code("Paris") == "75056"
    assert code("La Réunion", departement="974") is None


@pytest.mark.parametrize("nature", ["commune", None])
def test_a_small_place_elsewhere_than_said_is_a_quarter_of_a_town_there(nature):
    found = resolved("Rocheville", departement="06", nature=nature)
    assert (found.code, found.candidates, found.alerts) == (None, ("50435",), ("departement_contredit",))


def test_a_postal_code_that_is_in_no_list_still_says_the_departement():
    found = resolved("Ménilles (27129)")
    assert (found.code, found.certainty, found.alerts) == ("27397", "probable", ("code_postal_contredit",))


@pytest.mark.parametrize(
    ("printed", "departement"), [("La Seyne", "83"), ("La Baule", "44"), ("Le Taillan", "33"), ("Chalon", "71")]
)
def test_rows_of_awards_with_short_names_keep_their_question_open(printed, departement):
    """As the label's list would have them: 2024, a commune, the département beside it."""
    found = resolved(
        printed, nature="commune", departement=departement, day="2024-01-01", context="https://example.org"
    )
    assert (found.code, found.certainty) == (None, "aucune")
    assert all(gazetteer().coded(one) for one in found.candidates)


@pytest.mark.parametrize(("printed", "town"), [("Mont-Dore", "98817"), ("Port", "97407"), ("Cannet", "06030")])
def test_a_name_whose_article_may_be_lost_is_no_small_place_s(printed, town):
    found = resolved(printed, nature="commune", day="2024-01-01")
    assert found.code is None
    assert town in found.candidates


def test_a_place_beside_it_settles_a_name_with_or_without_its_article():
    assert resolved("Mont-Dore", nature="commune", departement="63", day="2024-01-01").code == "63236"
    assert resolved("Le Mont-Dore", nature="commune", departement="988", day="2024-01-01").code == "98817"
