"""Sources that agree, and sources that contradict each other: all are named, none is chosen."""

from __future__ import annotations

import pytest

from tests.domains.label.rules.builders import OTHER_PAGE, PAGE, award, ceremony, figure, finding, findings, outcome


def test_two_pages_with_one_number_agree():
    rows = [figure(2022, "labellises", 254), figure(2022, "labellises", 254, page=OTHER_PAGE)]
    found = finding("LAB-05", totaux_publies=rows)
    assert (found["resultat"], found["cle"], found["champ"]) == ("conforme", "2022", "labellises_nombre")


def test_two_pages_with_two_numbers_contradict_each_other_and_both_are_named():
    rows = [figure(2006, "arobases_5", 10), figure(2006, "arobases_5", 9, page=OTHER_PAGE)]
    found = finding("LAB-05", totaux_publies=rows)
    assert found["resultat"] == "non_conforme"
    assert found["calcul"] == f"10 ({PAGE}) ; 9 ({OTHER_PAGE})"
    assert set(found["sources"].split("|")) == {PAGE, OTHER_PAGE}


def test_one_page_alone_neither_agrees_nor_contradicts():
    assert findings("LAB-05", totaux_publies=[figure(2006, "arobases_5", 10), figure(2006, "arobases_5", 9)]) == []


def test_an_approximate_number_contradicts_no_exact_one():
    rows = [figure(2017, "labellises", 331), figure(2017, "labellises", 300, page=OTHER_PAGE, precision="approche")]
    assert findings("LAB-05", totaux_publies=rows) == []


def test_communes_and_collectivites_are_two_units():
    rows = [
        figure(2014, "labellises", 271, unite_publiee="collectivités"),
        figure(2014, "labellises", 271, unite_publiee="villes / communes", page=OTHER_PAGE),
    ]
    told = "collectivités : « collectivités » ; communes : « villes / communes »"
    assert outcome("LAB-06", totaux_publies=rows) == ("a_verifier", told)
    assert findings("LAB-06", totaux_publies=rows[:1]) == []


def test_two_ways_of_writing_one_unit_are_no_deviation():
    rows = [
        figure(2017, "labellises", 331, unite_publiee="communes"),
        figure(2017, "labellises", 331, unite_publiee="communes de toutes tailles", page=OTHER_PAGE),
    ]
    assert outcome("LAB-06", totaux_publies=rows)[0] == "conforme"


def test_the_17th_edition_of_one_page_is_the_19th_of_another():
    rows = [figure(2018, "numero_edition", 17), figure(2018, "numero_edition", 19, page=OTHER_PAGE)]
    found = finding("LAB-07", totaux_publies=rows)
    assert (found["resultat"], found["champ"]) == ("non_conforme", "numero")


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ((2008, 10), (2011, 12), "conforme"),
        ((2008, 10), (2011, 13), "conforme"),
        ((2008, 10), (2011, 14), "non_conforme"),
        ((2017, 18), (2018, 17), "non_conforme"),
        ((2017, 18), (2018, 18), "non_conforme"),
    ],
)
def test_numbers_rise_by_no_more_than_the_years(earlier, later, expected):
    rows = [figure(year, "numero_edition", number) for year, number in (earlier, later)]
    assert outcome("LAB-08", totaux_publies=rows)[0] == expected


@pytest.mark.parametrize(("year", "days"), [(2012, ("2012-02-06", "2012-02-07")), (2014, ("2014-02-19", "2014-02-21"))])
def test_two_days_for_one_ceremony_are_a_contradiction(year, days):
    found = finding("LAB-09", totaux_publies=[ceremony(year, days[0]), ceremony(year, days[1], OTHER_PAGE)])
    assert (found["resultat"], found["calcul"]) == ("non_conforme", f"{days[0]} ({PAGE}) ; {days[1]} ({OTHER_PAGE})")


def test_a_date_that_is_not_to_the_day_contradicts_none():
    rows = [ceremony(2025, "2025-02-06/07 (congress)"), ceremony(2025, "2025-02-06", OTHER_PAGE)]
    assert findings("LAB-09", totaux_publies=rows) == []
    assert findings("LAB-10", totaux_publies=rows[:1]) == []


def test_26_million_inhabitants_then_4_is_to_verify():
    rows = [figure(2020, "habitants", 26_000_000, precision="approche"), figure(2021, "habitants", 4_000_000)]
    assert outcome("LAB-11", totaux_publies=rows) == ("a_verifier", "26000000 / 4000000 = 6.5 ≥ 5")


def test_a_number_that_stays_within_five_times_is_ordinary():
    assert findings("LAB-11", totaux_publies=[figure(2020, "fiches", 1000), figure(2021, "fiches", 4999)]) == []
    assert findings("LAB-11", totaux_publies=[figure(2020, "fiches", 1000), figure(2021, "fiches", 5000)]) != []


def test_saint_medard_en_jalles_has_five_arobases_on_one_page_and_four_on_another():
    facts = [award(2011, "33449", 5), award(2011, "33449", 4, page=OTHER_PAGE)]
    found = finding("LAB-12", palmares=facts)
    assert (found["resultat"], found["cle"], found["champ"]) == ("non_conforme", "id-1", "arobases")
    assert found["calcul"] == f"4 ({OTHER_PAGE}) ; 5 ({PAGE})"


def test_the_same_fact_from_two_sources_is_one_agreement():
    facts = [award(2009, "25056", 5), award(2009, "25056", 5, page=OTHER_PAGE), award(2009, "25462", 3)]
    found = finding("LAB-12", palmares=facts)
    assert (found["resultat"], found["sources"]) == ("conforme", f"{OTHER_PAGE}|{PAGE}")


def test_two_levels_of_a_town_that_may_be_its_intercommunal_body_are_no_contradiction():
    doubtful = {"resolution_certitude": "probable", "resolution_candidats": "200041333"}
    facts = [award(2020, "79202", 3), award(2020, "79202", 5, page=OTHER_PAGE, **doubtful)]
    assert finding("LAB-12", palmares=facts)["resultat"] == "a_verifier"


def test_two_levels_of_one_name_may_be_of_two_homonyms():
    unsettled = {"territoire_code": None, "territoire_nature": None, "territoire_nom": None}
    facts = [award(2018, "Bassens", 3, **unsettled), award(2018, "Bassens", 2, page=OTHER_PAGE, **unsettled)]
    found = finding("LAB-12", palmares=facts)
    assert found["resultat"] == "a_verifier"
    assert "homonymes" in found["message"]
