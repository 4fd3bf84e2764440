"""Relatives of the worked cases: edges of periods, territories with a law of their own, facts that are not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipelines.domains.inquiries.law import Enquete, Evenement, Objet, controler
from tests.domains.inquiries.law.builders import an_inquiry, check, result


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
    return an_inquiry(order=day or order, opening=day or order, closing="2024-12-01", suppleant=substitute, **given)


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
