"""What the public is told before and during an inquiry."""

from __future__ import annotations

import pytest

from pipelines.domains.inquiries.law.publicite import MENTIONS
from tests.domains.inquiries.law.builders import an_inquiry, arithmetic, days, missing, result

TOLD = {"order": "2018-01-02", "opening": "2018-02-05", "closing": "2018-03-09"}
DUP = {"family": "enquete_dup", **TOLD}


@pytest.mark.parametrize(("order", "expected"), [("2014-01-21", "conforme"), ("2014-01-22", "non_conforme")])
def test_an_order_precedes_the_opening_by_fifteen_days(order: str, expected: str) -> None:
    assert result("EP-07", an_inquiry(order=order, opening="2014-02-05")) == expected


def test_an_order_too_late_under_a_text_read_in_part_is_to_be_verified() -> None:
    assert result("EP-07", an_inquiry(order="2018-01-30", opening="2018-02-05")) == "a_verifier"


def test_two_newspapers_are_needed() -> None:
    one, both = [("2018-01-21", "L'Union")], [("2018-01-21", "L'Union"), ("2018-01-20", "L'Aisne Nouvelle")]
    assert missing("EP-11", an_inquiry(**TOLD, first_notices=one)) == "parution dans un second journal"
    assert result("EP-11", an_inquiry(**TOLD, first_notices=both)) == "conforme"
    twice = [("2018-01-21", "L'Union"), ("2018-01-20", "L'Union")]
    assert result("EP-11", an_inquiry(**TOLD, first_notices=twice)) == "non_evalue"
    assert missing("EP-11", an_inquiry(**TOLD)) == "dates de première parution dans la presse"
    assert missing("EP-11", an_inquiry(order="2018-01-02", first_notices=one)) == "date d'ouverture"


def test_one_late_notice_proves_nothing_of_the_other_newspapers() -> None:
    assert result("EP-11", an_inquiry(**TOLD, first_notices=[("2018-01-22", "L'Union")])) == "a_verifier"


def test_a_late_notice_in_a_third_newspaper_is_no_breach() -> None:
    notices = [("2018-01-21", "L'Union"), ("2018-01-20", "L'Aisne Nouvelle"), ("2018-02-01", "La Marne")]
    assert result("EP-11", an_inquiry(**TOLD, first_notices=notices)) == "conforme"


def test_one_of_two_newspapers_late_is_a_breach_only_where_all_notices_are_known() -> None:
    notices = [("2018-01-21", "L'Union"), ("2018-01-22", "L'Aisne Nouvelle")]
    assert result("EP-11", an_inquiry(**TOLD, first_notices=notices)) == "a_verifier"
    known = {"parutions_toutes_connues": True}
    assert result("EP-11", an_inquiry(**TOLD, first_notices=notices, facts=known)) == "non_conforme"


def test_expropriation_asks_for_eight_days_and_parcels_for_one_newspaper() -> None:
    notices = [("2018-01-28", "L'Union"), ("2018-01-28", "L'Aisne Nouvelle")]
    assert result("EP-11", an_inquiry(**DUP, first_notices=notices)) == "conforme"
    assert (
        result("EP-11", an_inquiry(**{**DUP, "family": "enquete_parcellaire"}, first_notices=notices[:1])) == "conforme"
    )


def test_a_reminder_comes_in_the_first_eight_days_of_each_newspaper() -> None:
    both = [("2018-02-05", "L'Union"), ("2018-02-12", "L'Aisne Nouvelle")]
    assert result("EP-12", an_inquiry(**TOLD, reminders=both)) == "conforme"
    assert missing("EP-12", an_inquiry(**TOLD, reminders=both[:1])) == "rappel dans un second journal"
    assert result("EP-12", an_inquiry(**TOLD, reminders=[("2018-02-04", "L'Union")])) == "a_verifier"
    assert missing("EP-12", an_inquiry(**TOLD)) == "date de la seconde parution"
    assert missing("EP-12", an_inquiry(order="2018-01-02", reminders=both)) == "date d'ouverture"


def test_national_newspapers_are_asked_of_national_operations_only() -> None:
    def checked(**facts: object) -> str:
        return result("EP-13", an_inquiry(**TOLD, facts=facts))

    assert checked() == "non_evalue"
    assert checked(importance_nationale=False) == "non_applicable"
    assert checked(importance_nationale=True) == "non_evalue"
    assert checked(importance_nationale=True, parutions_nationales=days(["2018-01-20", "2018-01-21"])) == "conforme"
    assert checked(importance_nationale=True, parutions_nationales=days(["2018-01-20", "2018-01-22"])) == "a_verifier"
    all_known = {"importance_nationale": True, "parutions_toutes_connues": True}
    assert checked(**all_known, parutions_nationales=days(["2018-01-20", "2018-01-22"])) == "non_conforme"


@pytest.mark.parametrize(
    ("posters", "expected"),
    [
        ([("2018-01-21", "2018-03-09")], "conforme"),
        ([("2018-01-21", "2018-03-08")], "a_verifier"),
        (["2018-01-22"], "a_verifier"),
        (["2018-01-21", "2018-01-25"], "conforme"),
        ([], "non_evalue"),
    ],
)
def test_posters_go_up_fifteen_days_before_and_stay(posters: list[str | tuple[str, str]], expected: str) -> None:
    assert result("EP-14", an_inquiry(**TOLD, posters=posters)) == expected
    all_known = {"affiches_toutes_connues": True}
    asserted = "non_conforme" if expected == "a_verifier" else expected
    assert result("EP-14", an_inquiry(**TOLD, posters=posters, facts=all_known)) == asserted


def test_posters_without_an_opening_are_not_checked() -> None:
    assert missing("EP-14", an_inquiry(order="2018-01-02", posters=["2018-01-21"])) == "date d'ouverture"


def test_road_posters_are_checked_by_a_text_read_in_2015_only() -> None:
    road = {"family": "enquete_voirie", "objects": ["voirie_classement"], "opening": "2021-09-10"}
    assert result("EP-14", an_inquiry(**road, order="2021-08-01", posters=["2021-09-02"])) == "a_verifier"


def test_a_page_that_came_late_may_not_be_the_authority_s() -> None:
    assert result("EP-15", an_inquiry(**TOLD, pages=["2018-01-25"])) == "a_verifier"
    assert result("EP-15", an_inquiry(**TOLD, pages=["2018-01-25", "2018-01-02"])) == "conforme"
    assert missing("EP-15", an_inquiry(**TOLD)) == "date de mise en ligne de l'avis"
    assert missing("EP-15", an_inquiry(order="2018-01-02", pages=["2018-01-25"])) == "date d'ouverture"


def test_the_file_is_on_line_on_paper_and_on_a_computer() -> None:
    url = "https://www.example.org/dossier"
    assert missing("EP-16", an_inquiry(**TOLD)) == (
        "adresse du dossier en ligne, nombre de lieux où le dossier est sur papier, nombre de postes informatiques"
    )
    facts = {"lieux_papier": 1, "postes_informatiques": 1}
    assert result("EP-16", an_inquiry(**TOLD, dossier_url=url, facts=facts)) == "conforme"
    assert (
        result("EP-16", an_inquiry(**TOLD, dossier_url=url, facts={**facts, "postes_informatiques": 0}))
        == "non_conforme"
    )


def test_a_notice_has_its_mentions() -> None:
    assert missing("EP-17", an_inquiry(**TOLD)) == "texte entier de l'avis"
    whole = an_inquiry(**TOLD, facts={"mentions_de_l_avis": set(MENTIONS)})
    assert (result("EP-17", whole), arithmetic("EP-17", whole)) == ("conforme", "11 mentions sur 11")
    short = an_inquiry(**TOLD, facts={"mentions_de_l_avis": set(MENTIONS) - {"duree"}})
    assert (result("EP-17", short), arithmetic("EP-17", short)) == (
        "non_conforme",
        "10 mentions sur 11 ; absentes : duree",
    )


def test_an_electronic_way_is_asked_of_environmental_inquiries() -> None:
    assert result("EP-18", an_inquiry(**TOLD, registre_url="https://www.example.org")) == "conforme"
    assert missing("EP-18", an_inquiry(**TOLD)) == "adresse de dépôt électronique"
    assert result("EP-18", an_inquiry(**TOLD, facts={"courriel_de_depot": True})) == "conforme"
    assert result("EP-18", an_inquiry(**TOLD, facts={"courriel_de_depot": False})) == "a_verifier"
    assert result("EP-18", an_inquiry(**DUP)) == "non_applicable"


def test_a_parallel_consultation_is_announced_three_ways() -> None:
    told = {"family": "consultation_parallelisee", "application": "2025-01-06", "opening": "2025-02-03"}
    assert missing("PC-02", an_inquiry(**told)) == "dates de l'avis"
    assert missing("PC-02", an_inquiry(**told, pages=["2025-01-10"])) == "date de l'avis : affichage, journal"
    papers = [("2025-01-15", "A"), ("2025-01-15", "B")]
    three = {"pages": ["2025-01-10"], "posters": ["2025-01-19"], "first_notices": papers}
    assert result("PC-02", an_inquiry(**told, **three)) == "conforme"
    assert result("PC-02", an_inquiry(**told, pages=["2025-01-25"])) == "a_verifier"
    no_opening = {"family": "consultation_parallelisee", "application": "2025-01-06"}
    assert missing("PC-02", an_inquiry(**no_opening, pages=["2025-01-25"])) == "date d'ouverture"
