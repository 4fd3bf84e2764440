"""Groups of communes under the names that pages give them."""

from __future__ import annotations

import csv

import pytest

from pipelines.geo.epci_names import type_and_core
from tests.geo.builders import PROJECT, code, gazetteer, resolved

LIVING = gazetteer().bodies_on(None).codes
EARLIER = gazetteer().bodies_on("2020-01-01").codes


@pytest.mark.parametrize(
    ("printed", "day", "expected"),
    [
        ("communauté de communes de Parthenay-Gatines", "2021-01-01", "200041333"),
        ("communauté de communes Erdre et Gesvre", "2019-01-01", "244400503"),
        ("Communauté d'Agglomération du Centre Littoral", "2022-01-01", "249730045"),
        ("La Communauté d'agglomération du Centre Littoral", "2026-01-01", "249730045"),
        ("CA Amiens Métropole", "2019-01-01", "248000531"),
        ("La Riviera du Levant", "2024-01-01", "200041507"),
        ("CC Plateau de Caux-Doudeville-Yerville", "2020-01-01", "200069847"),
        ("Plaine Commune", "2020-01-01", "200057867"),
    ],
)
def test_a_group_is_found_under_the_publisher_s_spelling(printed, day, expected):
    assert code(printed, nature="epci", day=day) == expected


@pytest.mark.parametrize("day", ["1999-01-01", "2006-01-01", "2017-12-31", "2018-01-01", "2018-12-31"])
@pytest.mark.parametrize("printed", ["CC du Pays des Achards", "Métropole de Lyon", "CC du Pays des Achard", "CINOR"])
def test_before_the_first_vintage_nobody_is_the_answer_without_a_history(printed, day):
    found = resolved(printed, nature="epci", day=day)
    assert (found.code, found.alerts) == (None, ("epci_sans_historique",))


def test_from_the_first_vintage_on_a_body_is_certain():
    assert resolved("CC du Pays des Achards", day="2019-01-01").certainty == "certaine"


def test_a_name_that_a_body_bore_is_that_of_its_years():
    then = resolved("CC Plateau de Caux-Doudeville-Yerville", day="2020-01-01")
    later = resolved("CC Plateau de Caux-Doudeville-Yerville", day="2026-01-01")
    assert (then.nature, later.nature, later.present) == ("epci", "ancien_epci", "200069847")


def test_before_2019_another_type_proves_nothing():
    found = resolved("communauté urbaine du Grand Nancy", nature="epci", day="2006-01-01")
    assert (found.code, found.candidates, found.alerts) == (None, ("245400676",), ("type_epci_different",))


def test_since_2019_another_type_is_a_slip_of_the_pen():
    found = resolved("communauté urbaine du Grand Nancy", nature="epci", day="2022-01-01")
    assert (found.code, found.method, found.certainty) == ("245400676", "epci_type", "probable")


def test_before_2019_a_part_of_a_name_proves_nothing():
    found = resolved("communauté de communes Parthenay", nature="epci", day="2006-01-01")
    assert (found.code, found.candidates) == (None, ("200041333",))


def test_since_2019_a_part_of_a_name_is_enough_when_one_body_of_that_type_has_it():
    assert resolved("communauté d'agglomération de Lisieux", day="2024-01-01").method == "epci_partiel"


def test_a_body_that_no_vintage_knows_stays_open():
    assert code("communauté de communes Action Fourmies", nature="epci", day="2006-01-01") is None


@pytest.mark.parametrize("printed", ["CAPA", "CACL", "CAB"])
def test_an_acronym_alone_is_never_enough(printed):
    found = resolved(printed, nature="epci")
    assert (found.code, found.alerts) == (None, ("sigle",))


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("CINOR", "249740119"),
        ("TCO", "249740101"),
        ("CIREST", "249740093"),
        ("CIVIS", "249740077"),
        ("CACEM", "249720061"),
        ("cacem", "249720061"),
        ("3CO", "200059871"),
    ],
)
def test_a_listed_acronym_is_its_body_s(printed, expected):
    found = resolved(printed, nature="epci", day="2024-01-01")
    assert (found.code, found.certainty) == (expected, "certaine")
    assert found.method in ("sigle", "epci_nom")  # an official name may be the acronym itself
    assert code(printed, nature="epci", departement="62", day="2024-01-01") is None


def test_every_listed_acronym_names_a_body_of_today_once():
    with (PROJECT.reference / "sigles_epci.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["sigle"] for row in rows}) == len(rows)
    assert {row["epci_code"] for row in rows} <= gazetteer().bodies_on(None).codes


@pytest.mark.parametrize(
    "printed", ["CA Territoire de la Côte Ouest", "Communauté intercommunale des Villes solidaires", "CA CIVIS"]
)
def test_the_brackets_of_an_official_name_need_not_be_printed(printed):
    assert code(printed, nature="epci", day="2024-01-01") in ("249740101", "249740077")


def test_a_body_that_was_gone_or_not_yet_there_is_only_a_candidate():
    cores = {core: {one.code for one in same} for core, same in gazetteer().epci_by_core.items()}
    alone = [one for one in gazetteer().epci if one.until and one.code not in LIVING]
    gone = next(one for one in alone if cores[type_and_core(one.key)[1]] == {one.code})
    last_year = f"{int(gone.until[:4]) - 1}-01-01"
    assert code(gone.name, nature="epci", day=last_year) == gone.code
    after = resolved(gone.name, nature="epci", day="2026-01-01")
    assert (after.code, after.candidates, after.alerts) == (None, (gone.code,), ("epci_inexistant",))
    born = next(one for one in gazetteer().epci if one.since and one.nature == "epci" and one.code not in EARLIER)
    assert code(born.name, nature="epci", day="2020-01-01") != born.code


def test_an_acronym_with_a_place_beside_it_is_probable():
    assert code("CACL", nature="epci", hint="Guyane") == "249730045"
    assert code("CAB", nature="epci", departement="2B") == "242000354"
    assert code("CAPA (Pays ajaccien)", nature="epci") == "242010056"
    assert code("CAPA", nature="epci", departement="75") is None


def test_several_groups_of_one_name_stay_open():
    found = resolved("communauté de communes Val de Vienne", nature="epci", day="2024-01-01")
    assert found.code is None or found.certainty == "certaine"
    twice = [core for core, same in gazetteer().epci_by_core.items() if len({one.code for one in same}) > 1]
    open_ = resolved(f"communauté {twice[0]}", nature="epci", day="2026-01-01")
    assert (open_.code, open_.alerts) == (None, ("homonymes",))
    assert len(open_.candidates) > 1


def test_a_page_that_calls_a_group_a_commune_is_contradicted():
    assert "nature_contredite" in resolved("CA du Pays Ajaccien", nature="commune").alerts


def test_a_type_without_a_name_is_nothing():
    assert code("la", nature="epci") is None
    assert code("communauté de communes", nature="epci") is None
    assert code("(62)", nature="epci") is None


def test_a_group_lives_under_one_name_a_day():
    names = {resolved("Plateau de Caux", nature="epci", day=f"{year}-01-01").name for year in (2020, 2025)}
    assert "CC Plateau de Caux" in names
