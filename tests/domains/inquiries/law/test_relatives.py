"""Relatives of the worked cases: edges of periods, territories with a law of their own, facts that are not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from pipelines.domains.inquiries.law import Enquete, Evenement, Objet, controler
from pipelines.domains.inquiries.law.publicite import MENTIONS
from pipelines.domains.inquiries.law.regimes import choisir
from tests.domains.inquiries.law.builders import an_inquiry, check, days, result


def short(*departements: str) -> Enquete:
    """Twenty-nine days where the law of 2012 asks for thirty."""
    return an_inquiry(
        order="2014-01-10",
        opening="2014-02-01",
        closing="2014-03-01",
        evaluation_environnementale=True,
        departements=departements,
    )


@pytest.mark.parametrize("code", ["971", "972", "973", "974", "976", "2A", "2B", "75"])
def test_overseas_departements_are_under_the_common_code(code: str) -> None:
    assert result("EP-02", short(code)) == "non_conforme"


@pytest.mark.parametrize("code", ["977", "984", "986", "987", "988", "989"])
def test_a_territory_with_a_code_of_its_own_is_not_checked(code: str) -> None:
    assert result("EP-02", short(code)) == "non_evalue"
    assert result("EP-02", short("971", code)) == "non_evalue"


LOCAL_OBJECTS = [
    *[(code, "plu_elaboration", "urbanisme") for code in ("975", "978")],
    *[(code, "plui_modification", "urbanisme") for code in ("975", "978")],
    *[(code, "mise_en_compatibilite", "urbanisme") for code in ("975", "978")],
    *[(code, "permis_amenager", "urbanisme") for code in ("975", "978")],
    ("978", "photovoltaique", "énergie"),
    ("978", "voirie_classement", "voirie"),
    ("975", "autre", "objet de l'enquête"),
    ("978", "autre", "objet de l'enquête"),
]


@pytest.mark.parametrize(("code", "kind", "law"), LOCAL_OBJECTS)
def test_a_collectivity_that_writes_its_planning_law_is_not_checked_on_it(code: str, kind: str, law: str) -> None:
    inquiry = replace(short(code), objets=(Objet(kind),))
    found = check("EP-02", inquiry).resultat
    assert found.resultat == "non_evalue"
    assert found.manque is not None
    assert law in found.manque
    mixed = replace(short("971", code), objets=(Objet("icpe_autorisation"), Objet(kind)))
    assert result("EP-02", mixed) == "non_evalue"


@pytest.mark.parametrize("code", ["975", "978"])
def test_a_national_code_adapted_there_asserts_no_breach(code: str) -> None:
    inquiry = replace(short(code), objets=(Objet("icpe_autorisation"),))
    found = check("EP-02", inquiry).resultat
    assert found.resultat == "a_verifier"
    assert found.remarque is not None
    assert "adaptations" in found.remarque.fr
    assert result("EP-02", replace(inquiry, objets=())) == "non_evalue"


def test_no_rule_at_all_concludes_on_planning_in_these_collectivities() -> None:
    concluded = {"conforme", "non_conforme", "a_verifier"}
    for code in ("975", "977", "978", "986", "987", "988"):
        inquiry = replace(
            short(code), designation=date(2013, 12, 1), suppleant=False, organe="commission", membres=2,
            pv_synthese=date(2014, 6, 1), rapport=date(2014, 9, 1), memoire_reponse=date(2014, 8, 1),
        )  # fmt: skip
        found = {item.regle.id for item in controler(inquiry) if item.resultat.resultat in concluded}
        assert found <= {"EP-01"}, code  # the order of dates is logic, not law


def test_a_road_of_saint_martin_is_not_checked_by_the_national_code() -> None:
    road = an_inquiry(
        family="enquete_voirie", objects=["voirie_classement"], order="2014-08-01", opening="2014-09-01",
        closing="2014-09-10", departements=("978",),
    )  # fmt: skip
    assert result("VOIRIE-15", road) == "non_evalue"


@pytest.mark.parametrize(("order", "expected"), [("2011-03-30", "non_evalue"), ("2011-03-31", "non_conforme")])
def test_mayotte_is_checked_since_it_is_a_departement(order: str, expected: str) -> None:
    inquiry = an_inquiry(order=order, opening="2011-05-02", closing="2011-05-20", departements=("976",))
    assert result("EP-02", inquiry) == expected


EVERY_RULE_OF_2012_IN_2018 = {
    "EP-08": {"designation": date(2018, 3, 1), "faits": {"saisine_du_tribunal": date(2018, 1, 15)}},
    "EP-09": {"organe": "commission", "membres": 2},
    "EP-34": {"faits": {"registres_clos_par": "maire"}},
    "EP-33": {
        "faits": {
            "decision": date(2018, 8, 1), "debut_des_travaux": date(2023, 9, 1), "validite_prolongee": False
        }
    },
}  # fmt: skip


@pytest.mark.parametrize("rule", sorted(EVERY_RULE_OF_2012_IN_2018))
def test_a_text_read_as_of_2012_asserts_nothing_of_2018(rule: str) -> None:
    facts = EVERY_RULE_OF_2012_IN_2018[rule]
    later = an_inquiry(order="2018-03-20", opening="2018-05-02", closing="2018-06-10")
    assert result(rule, replace(later, **facts)) == "a_verifier"


def test_a_commission_with_a_substitute_may_have_been_counted_with_it() -> None:
    commission = replace(short("27"), organe="commission", membres=4)
    assert result("EP-09", commission) == "non_conforme"
    assert result("EP-09", replace(commission, suppleant=True)) == "a_verifier"


def test_a_second_appointment_hides_the_first() -> None:
    told = replace(short("27"), designation=date(2013, 12, 30), faits={"saisine_du_tribunal": date(2013, 12, 1)})
    assert result("EP-08", told) == "non_conforme"
    again = replace(told, evenements=(Evenement("designation_modificative", date(2013, 12, 30)),))
    assert result("EP-08", again) == "a_verifier"


def test_time_limits_of_the_spring_of_2020_are_only_to_be_verified() -> None:
    dup = an_inquiry(
        family="enquete_dup", objects=["dup"], order="2019-01-15", opening="2019-02-18", closing="2019-03-18",
        facts={"declaration_d_utilite_publique": date(2020, 5, 4), "decret_en_conseil_d_etat": False},
    )  # fmt: skip
    assert result("EP-32", dup) == "a_verifier"


def test_no_breach_is_asserted_where_no_departement_is_known() -> None:
    found = check("EP-02", short()).resultat
    assert found.resultat == "a_verifier"
    assert found.remarque is not None
    assert "département" in found.remarque.fr


def with_substitute(day: str | None, substitute: bool, order: str = "2012-06-05") -> Enquete:
    given = {} if day is None else {"designation": day}
    return an_inquiry(order=day or order, opening=day or order, suppleant=substitute, **given)


@pytest.mark.parametrize(
    ("day", "absent", "named"),
    [
        ("2012-05-31", "non_applicable", "non_applicable"),
        ("2012-06-01", "non_conforme", "conforme"),
        ("2016-12-31", "non_conforme", "conforme"),
        ("2017-01-01", "a_verifier", "a_verifier"),
        ("2017-04-27", "a_verifier", "a_verifier"),
        ("2017-04-28", "a_verifier", "a_verifier"),
        ("2023-03-11", "a_verifier", "a_verifier"),
        ("2023-03-12", "a_verifier", "conforme"),  # the article of 2023 was read in part: no breach
    ],
)
def test_substitutes_at_the_edges_of_the_three_periods(day: str, absent: str, named: str) -> None:
    assert result("EP-10", with_substitute(day, substitute=False)) == absent
    assert result("EP-10", with_substitute(day, substitute=True)) == named


def test_no_breach_on_substitutes_where_the_appointment_has_no_date() -> None:
    found = check("EP-10", with_substitute(None, substitute=False)).resultat  # perhaps appointed in May 2012
    assert found.resultat == "a_verifier"
    assert found.remarque is not None
    assert "désignation" in found.remarque.fr
    assert result("EP-10", with_substitute(None, substitute=True)) == "conforme"


ROADS = ("voirie_classement", "chemin_rural_alienation")


@pytest.mark.parametrize(
    ("family", "objects", "regime"),
    [
        ("enquete_conjointe", ROADS, "voirie_communale"),
        ("enquete_conjointe", ("parcellaire",), "expro_parcellaire"),
        ("enquete_conjointe", ("voirie_classement", "plu_revision"), None),
        ("enquete_conjointe", ("dup", "voirie_classement"), None),
        ("enquete_unique", ("dup", "parcellaire"), None),
        ("enquete_unique", ("chemin_rural_alienation",), None),
        ("enquete_unique", ("dup", "autorisation_environnementale"), "env_2012"),
        ("enquete_complementaire", ("parcellaire",), None),
        ("enquete_complementaire", ("eolien",), "complementaire"),
        ("enquete_dup", ("dup", "mise_en_compatibilite"), None),
        ("enquete_dup", ("dup", "servitude"), "expro_dup"),
    ],
)
def test_the_objects_say_of_which_law_an_inquiry_is(family: str, objects: tuple[str, ...], regime: str | None) -> None:
    """Sources call "unique", "conjointe" or "complémentaire" inquiries on roads, paths and expropriation too."""
    told = an_inquiry(family=family, objects=objects, order="2016-05-01", opening="2016-06-01", closing="2016-06-16")
    assert choisir(told).regime == regime
    if regime is None:
        assert result("EP-02", told) == "non_evalue"


def test_an_environmental_assessment_takes_a_joint_expropriation_inquiry_to_the_environment_code() -> None:
    given = {"family": "enquete_conjointe", "objects": ("dup", "parcellaire"), "order": "2016-05-01"}
    assert choisir(an_inquiry(**given)).regime == "expro_dup"
    assert choisir(an_inquiry(**given, evaluation_environnementale=True)).regime is None


@pytest.mark.parametrize("order", ["2012-05-30", "2012-05-31"])
def test_an_order_before_a_change_of_law_and_an_opening_after_assert_no_breach(order: str) -> None:
    """Which day counts is a transitional provision, and that was not read."""
    extended = an_inquiry(order=order, opening="2012-06-20", initial_closing="2012-07-20", closing="2012-08-09")
    assert result("EP-05", extended) == "a_verifier"
    before = an_inquiry(order="2012-03-30", opening="2012-04-20", initial_closing="2012-05-20", closing="2012-06-09")
    assert result("EP-05", before) == "non_conforme"


def test_a_short_inquiry_ordered_in_december_2016_is_only_to_be_verified() -> None:
    told = an_inquiry(order="2016-12-30", opening="2017-01-20", closing="2017-02-10", evaluation_environnementale=False)
    assert result("EP-02", told) == "a_verifier"


@pytest.mark.parametrize(
    ("rule", "order", "expected"),
    [
        ("EP-02", "2000-09-20", "a_verifier"),
        ("EP-02", "2000-09-21", "non_conforme"),
        ("EP-11", "2005-08-04", "a_verifier"),
        ("EP-11", "2005-08-05", "non_conforme"),
    ],
)
def test_an_article_asserts_nothing_of_the_time_before_it_was_written(rule: str, order: str, expected: str) -> None:
    opening = date.fromisoformat(order) + timedelta(days=20)
    told = an_inquiry(
        order=order, opening=str(opening), closing=str(opening + timedelta(days=10)),
        first_notices=[(str(opening), "A"), (str(opening), "B")], facts={"parutions_toutes_connues": True},
    )  # fmt: skip
    assert result(rule, told) == expected


@pytest.mark.parametrize("rule", ["EP-19", "EP-28"])
def test_a_text_not_read_since_2017_is_not_told_as_read(rule: str) -> None:
    facts = {"fin_de_mise_a_disposition": "2019-03-01", "jours_des_observations": days(["2018-06-02"])}
    told = an_inquiry(order="2018-05-01", opening="2018-06-01", closing="2018-07-01", facts=facts)
    assert check(rule, told).certitude == "partiel"
    assert result(rule, told) != "non_conforme"


def test_a_rural_path_in_one_municipality_is_not_held_to_the_article_on_roads() -> None:
    road = an_inquiry(
        family="enquete_voirie", objects=["voirie_classement"], order="2014-05-01", opening="2014-06-01",
        closing="2014-06-10", communes=1,
    )  # fmt: skip
    assert result("VOIRIE-15", road) == "non_conforme"
    assert result("VOIRIE-15", replace(road, objets=(Objet("chemin_rural_alienation"),))) == "a_verifier"


def test_two_spellings_of_one_newspaper_are_one_newspaper() -> None:
    def told(*titles: str | None) -> str:
        notices = [("journal", title, 1, "2018-05-30") for title in titles]
        return result(
            "EP-11", an_inquiry(order="2018-05-01", opening="2018-06-16", closing="2018-07-20", notices=notices)
        )

    assert told("Ouest-France", "Ouest France") == "non_evalue"
    assert told("L'Éveil", "EVEIL") == "non_evalue"
    assert told("Ouest-France", None) == "non_evalue"
    assert told("Ouest-France", "Le Télégramme") == "conforme"


def test_a_first_closing_before_the_opening_is_inconsistent() -> None:
    told = an_inquiry(order="2014-05-01", opening="2014-09-01", initial_closing="2014-06-30", closing="2014-10-01")
    assert result("EP-05", told) == "a_verifier"
    assert result("EP-01", told) == "a_verifier"


LATE = {"order": "2014-05-01", "opening": "2014-06-01", "facts": {"delai_supplementaire_accorde": False}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"closing": "2014-06-30", "report": "2014-08-10"}, "non_conforme"),
        (
            {"closing": "2014-06-30", "report": "2014-08-10", "events": [("prolongation", "2014-06-20", "2014-07-20")]},
            "a_verifier",
        ),
        ({"closing": "2014-07-20", "report": "2014-08-25", "events": [("prolongation", "2014-06-20")]}, "a_verifier"),
        (
            {"closing": "2014-07-20", "report": "2014-08-25", "events": [("prolongation", "2014-06-20", "2014-07-20")]},
            "non_conforme",
        ),
        ({"closing": "2014-06-30", "report": "2014-09-10", "events": [("remplacement", "2014-08-20")]}, "a_verifier"),
    ],
)
def test_a_late_report_counts_from_the_last_closing_or_the_replacement(given: dict[str, Any], expected: str) -> None:
    assert result("EP-23", an_inquiry(**LATE, **given)) == expected


def test_a_resumption_says_that_the_inquiry_was_suspended() -> None:
    long = an_inquiry(
        order="2014-05-01", opening="2014-06-01", initial_closing="2014-09-30", closing="2014-09-30",
        events=[("reprise", "2014-08-20")],
    )  # fmt: skip
    assert result("EP-04", long) == "non_applicable"


@pytest.mark.parametrize(
    ("body", "members", "expected"),
    [
        ("commission", 2, "non_conforme"),
        (None, 2, "a_verifier"),
        ("commission", 0, "a_verifier"),
        ("commission", 3, "conforme"),
    ],
)
def test_an_even_number_proves_a_breach_for_a_commission_only(body: str | None, members: int, expected: str) -> None:
    assert result("EP-09", replace(short("27"), organe=body, membres=members)) == expected


def test_an_inquiry_of_the_spring_of_2020_is_only_to_be_verified() -> None:
    held = {"dossier_url": "https://x.fr", "facts": {"lieux_papier": 0, "postes_informatiques": 0}}
    spring = an_inquiry(order="2020-03-20", opening="2020-04-10", closing="2020-05-10", **held)
    autumn = an_inquiry(order="2020-09-20", opening="2020-10-10", closing="2020-11-10", **held)
    assert result("EP-16", spring) == "a_verifier"
    assert result("EP-16", autumn) == "non_conforme"


def test_a_notice_need_not_announce_an_assessment_that_there_is_not() -> None:
    given = {"order": "2018-05-01", "opening": "2018-06-01", "closing": "2018-07-01"}
    facts = {"mentions_de_l_avis": [name for name in MENTIONS if name != "evaluation_environnementale"]}
    assert result("EP-17", an_inquiry(**given, facts=facts, evaluation_environnementale=True)) == "non_conforme"
    assert result("EP-17", an_inquiry(**given, facts=facts, evaluation_environnementale=False)) == "a_verifier"


def test_a_validity_is_not_extended_without_end() -> None:
    facts = {"decision": "2005-01-01", "debut_des_travaux": "2016-01-01", "validite_prolongee": True}
    told = an_inquiry(order="2012-07-01", opening="2012-08-01", closing="2012-09-01", facts=facts)
    assert result("EP-33", told) == "a_verifier"
    assert result("EP-33", replace(told, faits={**told.faits, "debut_des_travaux": date(2014, 1, 1)})) == "conforme"


@pytest.mark.parametrize(
    ("months", "closing", "expected"),
    [
        (None, "2025-06-03", "conforme"),
        (2, "2025-06-03", "conforme"),
        (3, "2025-07-03", "conforme"),
        (3, "2025-06-03", "a_verifier"),
        (5, "2025-07-03", "a_verifier"),
        (3, "2025-05-30", "non_conforme"),
    ],
)
def test_a_parallel_consultation_lasts_a_month_more_than_the_opinion(
    months: int | None, closing: str, expected: str
) -> None:
    facts = {} if months is None else {"delai_autorite_environnementale_mois": months}
    told = an_inquiry(
        family="consultation_parallelisee", application="2025-01-04", opening="2025-03-03", closing=closing, facts=facts
    )
    assert result("PC-01", told) == expected


def test_one_newspaper_does_not_make_the_notice_of_a_parallel_consultation() -> None:
    def told(*titles: str) -> str:
        return result("PC-02", an_inquiry(
            family="consultation_parallelisee", application="2025-01-04", opening="2025-03-23", closing="2025-06-23",
            first_notices=[("2025-03-01", title) for title in titles], pages=["2025-03-01"], posters=["2025-03-01"],
        ))  # fmt: skip

    assert told("A") == "non_evalue"
    assert told("A", "B") == "conforme"
