"""Groups of communes under the names that pages give them."""

from __future__ import annotations

import pytest

from tests.geo.builders import code, gazetteer, resolved


@pytest.mark.parametrize(
    ("printed", "day", "expected"),
    [
        ("communauté de communes de Parthenay-Gatines", "2017-01-01", "200041333"),
        ("communauté de communes Erdre et Gesvre", "2006-01-01", "244400503"),
        ("Communauté d'Agglomération du Centre Littoral", "2022-01-01", "249730045"),
        ("La Communauté d'agglomération du Centre Littoral", "2026-01-01", "249730045"),
        ("CA Amiens Métropole", "2018-01-01", "248000531"),
        ("La Riviera du Levant", "2017-01-01", "200041507"),
        ("CC Plateau de Caux-Doudeville-Yerville", "2020-01-01", "200069847"),
        ("Plaine Commune", "2020-01-01", "200057867"),
    ],
)
def test_a_group_is_found_under_the_publisher_s_spelling(printed, day, expected):
    assert code(printed, nature="epci", day=day) == expected


def test_before_the_first_vintage_a_body_is_only_probable():
    assert resolved("CC du Pays des Achards", day="2017-01-01").certainty == "probable"
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
