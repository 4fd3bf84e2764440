"""Who conducts an inquiry, and what follows its closing."""

from __future__ import annotations

import pytest

from tests.domains.inquiries.law.builders import an_inquiry, arithmetic, check, day, days, missing, result

OLD = {"order": "2013-01-02", "opening": "2013-02-04", "closing": "2013-03-08"}
TOLD = {"order": "2018-01-02", "opening": "2018-02-05", "closing": "2018-03-09"}
DUP = {"family": "enquete_dup", **TOLD, "objects": ["dup"]}


def test_the_court_designates_within_fifteen_days() -> None:
    asked = {"saisine_du_tribunal": day("2013-01-02")}
    later = {**OLD, "order": "2013-01-20"}
    assert result("EP-08", an_inquiry(**later, designation="2013-01-17", facts=asked)) == "conforme"
    assert result("EP-08", an_inquiry(**later, designation="2013-01-18", facts=asked)) == "non_conforme"
    assert result("EP-08", an_inquiry(**later, designation="2013-01-01", facts=asked)) == "a_verifier"
    assert missing("EP-08", an_inquiry(**later, designation="2013-01-18")) == "date de saisine du tribunal"
    assert missing("EP-08", an_inquiry(**OLD, facts=asked)) == "date de désignation"


def test_a_court_number_is_told_as_printed_and_never_a_breach() -> None:
    found = check("EP-08", an_inquiry(**OLD, tribunal_imprime="E 19000178/13", tribunal="E19000178/13"))
    assert str(found.resultat.remarque and found.resultat.remarque.fr) == (
        "numéro « E 19000178/13 » dans la source, ramené à E19000178/13"
    )
    found = check("EP-08", an_inquiry(**OLD, tribunal_imprime="E 1900169/80"))
    assert str(found.resultat.remarque and found.resultat.remarque.fr) == (
        "numéro « E 1900169/80 » dans la source, non reconnu"
    )


@pytest.mark.parametrize(
    ("members", "expected"), [(1, "conforme"), (3, "conforme"), (4, "non_conforme"), (5, "conforme")]
)
def test_a_commission_is_odd(members: int, expected: str) -> None:
    assert result("EP-09", an_inquiry(**OLD, organe="commission", membres=members)) == expected


def test_a_single_examiner_is_odd_and_an_unknown_commission_is_not_checked() -> None:
    assert result("EP-09", an_inquiry(**OLD, organe="commissaire_enqueteur")) == "conforme"
    assert missing("EP-09", an_inquiry(**OLD, organe="commission")) == "nombre de membres de la commission"
    assert missing("EP-09", an_inquiry(**OLD)) == "organe de l'enquête"


@pytest.mark.parametrize(
    ("designation", "alternate", "expected"),
    [
        ("2014-01-06", True, "conforme"),
        ("2014-01-06", False, "non_conforme"),
        ("2014-01-06", None, "non_evalue"),
        ("2016-12-31", False, "non_conforme"),
        ("2017-01-01", True, "a_verifier"),
        ("2017-01-01", False, "a_verifier"),
        ("2017-04-28", True, "a_verifier"),
        ("2023-03-11", True, "a_verifier"),
        ("2023-03-12", True, "conforme"),
        ("2023-03-12", False, "a_verifier"),
        ("2025-06-20", None, "non_evalue"),
    ],
)
def test_alternates_go_by_the_day_of_designation(designation: str, alternate: bool | None, expected: str) -> None:
    inquiry = an_inquiry(designation=designation, order=designation, suppleant=alternate)
    assert result("EP-10", inquiry) == expected


def test_alternates_are_allowed_in_parallel_consultations() -> None:
    inquiry = an_inquiry(
        family="consultation_parallelisee", application="2025-01-06", opening="2025-02-03", suppleant=True
    )
    assert result("EP-10", inquiry) == "non_applicable"


def test_a_replaced_examiner_has_thirty_days() -> None:
    named = [("remplacement", "2013-04-01")]
    assert result("EP-24", an_inquiry(**OLD)) == "non_applicable"
    assert missing("EP-24", an_inquiry(**OLD, events=named)) == "date du rapport"
    assert result("EP-24", an_inquiry(**OLD, events=named, report="2013-05-01")) == "conforme"
    assert result("EP-24", an_inquiry(**OLD, events=named, report="2013-05-02")) == "a_verifier"
    refused = {"delai_supplementaire_accorde": False}
    assert result("EP-24", an_inquiry(**OLD, events=named, report="2013-05-03", facts=refused)) == "non_conforme"
    # 1 May is a public holiday.
    assert result("EP-24", an_inquiry(**OLD, events=named, report="2013-05-02", facts=refused)) == "a_verifier"


def test_registers_are_closed_by_whom_the_law_says() -> None:
    assert missing("EP-34", an_inquiry(**OLD)) == "auteur de la clôture des registres"
    assert result("EP-34", an_inquiry(**OLD, facts={"registres_clos_par": "commissaire_enqueteur"})) == "conforme"
    assert result("EP-34", an_inquiry(**OLD, facts={"registres_clos_par": "maire"})) == "non_conforme"
    assert result("EP-34", an_inquiry(**DUP, facts={"registres_clos_par": "maire"})) == "conforme"


def test_observations_come_within_the_inquiry() -> None:
    assert missing("EP-19", an_inquiry(**OLD)) == "dates des observations"
    inside = {"jours_des_observations": days(["2013-02-04", "2013-03-08"])}
    assert result("EP-19", an_inquiry(**OLD, facts=inside)) == "conforme"
    assert result("EP-19", an_inquiry(**OLD, facts={"jours_des_observations": days(["2013-03-09"])})) == "a_verifier"
    assert missing("EP-19", an_inquiry(order="2013-01-02", facts=inside)) == "date d'ouverture"


def test_a_late_summary_is_a_breach_only_from_the_reception_of_the_register() -> None:
    assert result("EP-21", an_inquiry(**OLD, summary="2013-03-16")) == "conforme"
    assert result("EP-21", an_inquiry(**OLD, summary="2013-03-17")) == "a_verifier"
    received = {"reception_du_registre": day("2013-03-12")}
    assert result("EP-21", an_inquiry(**OLD, summary="2013-03-20", facts=received)) == "conforme"
    assert result("EP-21", an_inquiry(**OLD, summary="2013-03-21", facts=received)) == "non_conforme"
    assert missing("EP-21", an_inquiry(**OLD)) == "date du procès-verbal de synthèse"
    assert missing("EP-21", an_inquiry(order="2013-01-02", summary="2013-03-21")) == "date de réception du registre"


def test_a_reply_names_which_of_its_two_dates_is_missing() -> None:
    assert missing("EP-22", an_inquiry(**OLD, reply="2013-03-21")) == "date du procès-verbal de synthèse"
    assert missing("EP-22", an_inquiry(**OLD, summary="2013-03-21")) == "date du mémoire en réponse"


def test_a_report_has_thirty_days_or_a_month() -> None:
    assert result("EP-23", an_inquiry(**OLD, report="2013-04-07")) == "conforme"
    assert result("EP-23", an_inquiry(**OLD, report="2013-04-08")) == "a_verifier"
    refused = {"delai_supplementaire_accorde": False}
    assert result("EP-23", an_inquiry(**OLD, report="2013-04-09", facts=refused)) == "non_conforme"
    # 7 April 2013 is a Sunday.
    assert result("EP-23", an_inquiry(**OLD, report="2013-04-08", facts=refused)) == "a_verifier"
    month = {"family": "enquete_dup", "order": "2018-12-01", "closing": "2019-01-31"}
    assert result("EP-23", an_inquiry(**month, report="2019-02-28")) == "conforme"
    late = an_inquiry(**month, report="2019-03-01", facts=refused)
    assert (result("EP-23", late), arithmetic("EP-23", late)) == (
        "non_conforme",
        "2019-03-01 > 2019-02-28, un mois après 2019-01-31",
    )
    assert missing("EP-23", an_inquiry(**OLD)) == "date du rapport"
    assert missing("EP-23", an_inquiry(order="2013-01-02", report="2013-03-02")) == "date de clôture"


def test_a_report_later_than_its_extra_time_may_have_had_more() -> None:
    granted = [("echeance_rapport_reportee", "2013-05-01", "2013-05-01")]
    assert result("EP-23", an_inquiry(**OLD, report="2013-05-02", events=granted)) == "a_verifier"


def test_the_health_emergency_of_2020_is_a_reserve() -> None:
    found = check("EP-23", an_inquiry(order="2019-12-11", closing="2020-02-24", report="2020-04-09"))
    assert found.resultat.resultat == "a_verifier"
    assert "urgence sanitaire" in str(found.resultat.remarque)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([("plu_revision", "favorable", "objet", 0)], "conforme"),
        ([("plu_revision", "favorable_sous_reserves", "objet", 2)], "conforme"),
        ([("plu_revision", "favorable_sous_reserves", "objet", 0)], "a_verifier"),
        ([("plu_revision", "favorable", "objet", 1)], "a_verifier"),
        ([("plu_revision", "favorable", "objet"), ("rlp", "defavorable", "objet")], "conforme"),
        (["plu_revision"], "non_evalue"),
    ],
)
def test_reserves_are_listed_where_the_outcome_depends_on_them(objects: list[str], expected: str) -> None:
    assert result("EP-25", an_inquiry(**OLD, objects=objects)) == expected


def test_reserves_are_unknown_to_the_law_of_expropriation() -> None:
    inquiry = an_inquiry(**{**DUP, "objects": [("dup", "favorable_sous_reserves", "objet", 1)]})
    assert result("EP-25", inquiry) == "a_verifier"


def test_a_single_inquiry_has_one_report_and_a_conclusion_for_each_object() -> None:
    single = {"family": "enquete_unique", **OLD, "objects": ["plu_elaboration", "zonage_assainissement"]}
    assert missing("EP-26", an_inquiry(**single)) == "nombre de rapports et de conclusions"
    assert result("EP-26", an_inquiry(**single, facts={"rapports_nombre": 1, "conclusions_nombre": 2})) == "conforme"
    assert result("EP-26", an_inquiry(**single, facts={"rapports_nombre": 1, "conclusions_nombre": 1})) == "a_verifier"
    assert result("EP-26", an_inquiry(**OLD)) == "non_applicable"


def test_completed_conclusions_were_asked_for_within_fifteen_days() -> None:
    completed = [("conclusions_completees", "2013-12-10")]
    assert result("EP-27", an_inquiry(**OLD)) == "non_applicable"
    assert result("EP-27", an_inquiry(**OLD, events=completed)) == "non_evalue"
    facts = {"reception_des_conclusions": day("2013-12-02"), "lettre_au_tribunal": day("2013-12-17")}
    assert result("EP-27", an_inquiry(**OLD, events=completed, facts=facts)) == "conforme"
    facts["lettre_au_tribunal"] = day("2013-12-18")
    assert result("EP-27", an_inquiry(**OLD, events=completed, facts=facts)) == "non_conforme"


def test_the_report_stays_available_for_a_year() -> None:
    leap = {"order": "2016-01-02", "closing": "2016-02-29"}
    assert missing("EP-28", an_inquiry(**leap)) == "fin de la mise à disposition du rapport"
    assert result("EP-28", an_inquiry(**leap, facts={"fin_de_mise_a_disposition": day("2017-02-28")})) == "conforme"
    assert result("EP-28", an_inquiry(**leap, facts={"fin_de_mise_a_disposition": day("2017-02-27")})) == "non_conforme"
    assert (
        result("EP-28", an_inquiry(order="2016-01-02", facts={"fin_de_mise_a_disposition": day("2017-02-27")}))
        == "non_evalue"
    )


def test_unfavourable_conclusions_ask_a_local_authority_to_deliberate() -> None:
    def checked(**facts: object) -> str:
        return result("EP-31", an_inquiry(**OLD, objects=[("plu_revision", "defavorable", "objet")], facts=facts))

    assert checked() == "non_evalue"
    assert checked(maitre_ouvrage_collectivite=False) == "non_applicable"
    assert checked(maitre_ouvrage_collectivite=True) == "non_evalue"
    assert checked(maitre_ouvrage_collectivite=True, deliberation_motivee=True) == "conforme"
    assert checked(maitre_ouvrage_collectivite=True, deliberation_motivee=False) == "a_verifier"
    assert result("EP-31", an_inquiry(**OLD, objects=[("plu_revision", "favorable", "objet")])) == "non_applicable"
    assert missing("EP-31", an_inquiry(**OLD)) == "sens des conclusions"


def test_public_utility_is_declared_within_a_year_or_eighteen_months() -> None:
    assert result("EP-32", an_inquiry(**{**DUP, "objects": ["servitude"]})) == "non_applicable"
    assert missing("EP-32", an_inquiry(**DUP)) == "date de la déclaration d'utilité publique"
    declared = {"declaration_d_utilite_publique": day("2019-03-09")}
    assert result("EP-32", an_inquiry(**DUP, facts=declared)) == "conforme"
    declared = {"declaration_d_utilite_publique": day("2019-03-10")}
    assert result("EP-32", an_inquiry(**DUP, facts=declared)) == "a_verifier"
    declared = {"declaration_d_utilite_publique": day("2019-03-12"), "decret_en_conseil_d_etat": False}
    assert result("EP-32", an_inquiry(**DUP, facts=declared)) == "non_conforme"
    declared = {"declaration_d_utilite_publique": day("2019-09-10")}
    assert result("EP-32", an_inquiry(**DUP, facts=declared)) == "non_conforme"
    assert result("EP-32", an_inquiry(**DUP, facts={**declared, "decret_en_conseil_d_etat": True})) == "non_conforme"
    declared = {"declaration_d_utilite_publique": day("2019-09-09"), "decret_en_conseil_d_etat": True}
    assert result("EP-32", an_inquiry(**DUP, facts=declared)) == "conforme"


def test_works_begin_within_five_years() -> None:
    def checked(begun: str, **facts: object) -> str:
        dates = {"decision": day("2014-02-28"), "debut_des_travaux": day(begun)}
        return result("EP-33", an_inquiry(**OLD, facts={**dates, **facts}))

    assert checked("2019-02-28") == "conforme"
    assert checked("2019-03-01") == "non_evalue"
    assert checked("2019-03-01", validite_prolongee=True) == "conforme"
    assert checked("2019-03-01", validite_prolongee=False) == "non_conforme"
    assert missing("EP-33", an_inquiry(**OLD)) == "dates de la décision et du début des travaux"


def test_a_parallel_consultation_meets_the_public_twice_and_reports_in_three_weeks() -> None:
    told = {
        "family": "consultation_parallelisee",
        "application": "2025-01-06",
        "opening": "2025-02-03",
        "closing": "2025-05-03",
    }
    meetings = [("reunion_publique", "2025-02-17"), ("reunion_publique", "2025-04-19")]
    assert result("PC-03", an_inquiry(**told, events=meetings)) == "conforme"
    late = [("reunion_publique", "2025-02-18"), ("reunion_publique", "2025-04-19")]
    assert result("PC-03", an_inquiry(**told, events=late)) == "a_verifier"
    assert missing("PC-03", an_inquiry(**told, events=meetings[:1])) == "dates des deux réunions publiques"
    assert result("PC-04", an_inquiry(**told, report="2025-05-24")) == "conforme"
    assert result("PC-04", an_inquiry(**told, report="2025-05-25")) == "a_verifier"
    assert missing("PC-04", an_inquiry(**told)) == "date du rapport"
    assert missing("PC-05", an_inquiry(**told)) == "dates de publication des observations"
    assert result("PC-05", an_inquiry(**told, facts={"observations_publiees_au_fil": True})) == "conforme"
