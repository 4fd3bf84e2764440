"""Facts that cannot be true, or that deny each other: nothing is asserted of the inquiry, and what is odd is said."""

from __future__ import annotations

import pytest

from pipelines.domains.inquiries.law.avis import avis_possibles
from pipelines.domains.inquiries.law.constats import avis_dementi
from tests.domains.inquiries.law.builders import a_table, an_inquiry, check, missing, result
from tests.geo.builders import PROJECT

OLD = {"order": "2014-05-02", "opening": "2014-06-16", "closing": "2014-07-20"}
PACKAGE = "enquetes-publiques"


@pytest.mark.parametrize("closing", ["2014-06-16", "2014-06-17", "2014-06-22"])
def test_an_inquiry_of_a_few_days_has_a_wrong_date_rather_than_a_breach(closing: str) -> None:
    found = check("EP-02", an_inquiry(**{**OLD, "closing": closing})).resultat
    assert found.resultat == "a_verifier"
    assert found.remarque is not None
    assert "donnée incohérente" in found.remarque.fr


def test_an_inquiry_of_two_weeks_is_still_too_short() -> None:
    assert result("EP-02", an_inquiry(**{**OLD, "closing": "2014-06-29"})) == "non_conforme"


def test_one_day_is_written_in_the_singular() -> None:
    assert check("EP-02", an_inquiry(**{**OLD, "closing": "2014-06-16"})).resultat.calcul == (
        "2014-06-16 − 2014-06-16 + 1 = 1 jour < 30"
    )


@pytest.mark.parametrize(
    "events", [[("suspension", "2014-06-20")], [("suspension", "2014-06-20"), ("reprise", "2014-07-15")]]
)
def test_the_days_of_a_suspension_do_not_count_as_days_of_inquiry(events: list[tuple[str, str]]) -> None:
    assert missing("EP-02", an_inquiry(**OLD, events=events)) == "nombre de jours d'enquête hors suspension"


def test_a_report_after_a_suspension_without_resumption_is_late_for_nobody() -> None:
    late = {**OLD, "report": "2014-09-30", "facts": {"delai_supplementaire_accorde": False}}
    assert result("EP-23", an_inquiry(**late)) == "non_conforme"
    assert result("EP-23", an_inquiry(**late, events=[("suspension", "2014-06-20")])) == "a_verifier"


@pytest.mark.parametrize("status", ["annulee", "interrompue"])
def test_an_inquiry_that_was_called_off_is_accused_of_nothing(status: str) -> None:
    called_off = an_inquiry(order="2014-06-05", opening="2014-06-16", closing="2014-07-01", statut=status)
    assert (missing("EP-02", called_off) or "").startswith("jour où l'enquête a pris fin")
    assert result("EP-07", called_off) == "a_verifier"


@pytest.mark.parametrize(
    "titles",
    [
        ("Ouest-France", "Ouest France (35)"),
        ("Ouest-France", "Ouest-France, édition Rennes"),
        ("Ouest-France", "ouest-france.fr"),
        ("Le Télégramme", "Le Télégramme de Brest"),
    ],
)
def test_one_newspaper_under_two_titles_is_not_two(titles: tuple[str, str]) -> None:
    first = [("2014-05-20", titles[0]), ("2014-05-21", titles[1])]
    assert missing("EP-11", an_inquiry(**OLD, first_notices=first)) == "parution dans un second journal"


def test_titles_that_may_be_two_newspapers_prove_no_breach_either() -> None:
    first = [("2014-05-20", "L'Éveil"), ("2014-05-21", "L'Éveil normand")]
    inquiry = an_inquiry(**OLD, first_notices=first, facts={"parutions_toutes_connues": True})
    assert result("EP-11", inquiry) == "a_verifier"


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("EP-07", {"order": "2012-06-04"}),
        ("EP-11", {"first_notices": [("2004-05-20", "A"), ("2014-05-20", "B")]}),
        ("EP-14", {"posters": ["2004-05-20"]}),
        ("EP-15", {"pages": ["2004-05-20"]}),
    ],
)
def test_a_date_years_before_the_opening_proves_nothing(rule: str, facts: dict[str, object]) -> None:
    assert result(rule, an_inquiry(**{**OLD, **facts})) == "a_verifier"


def test_two_newspapers_in_time_are_enough_beside_a_wrong_year() -> None:
    first = [("2004-05-20", "A"), ("2014-05-20", "B"), ("2014-05-21", "C")]
    assert result("EP-11", an_inquiry(**OLD, first_notices=first)) == "conforme"


def test_a_session_that_ends_before_it_begins_is_to_be_verified() -> None:
    assert result("EP-20", an_inquiry(**OLD, sessions=[("2014-06-18", "12:00", "09:00")])) == "a_verifier"


@pytest.mark.parametrize(
    ("wording", "codes"),
    [
        ("a rendu un avis défavorable", {"defavorable"}),
        ("Avis non favorable", {"defavorable"}),
        ("avis favorable sous réserves", {"favorable_sous_reserves"}),
        ("avis favorable, accompagné de la réserve suivante", {"favorable_sous_reserves"}),
        ("FAVORABLE SANS RÉSERVE", {"favorable"}),
        ("avis favorable sans réserve mais avec recommandations", {"favorable"}),
        ("avis favorable", {"favorable", "favorable_sous_reserves"}),
        ("avis favorable à l'extension de la réserve naturelle", {"favorable", "favorable_sous_reserves"}),
    ],
)
def test_a_wording_allows_some_outcomes(wording: str, codes: set[str]) -> None:
    assert avis_possibles(wording) == codes


@pytest.mark.parametrize("wording", [None, "", "avis motivé", "favorable au PLU, défavorable au zonage"])
def test_a_wording_of_no_outcome_or_of_two_says_nothing(wording: str | None) -> None:
    assert avis_possibles(wording) is None


@pytest.mark.parametrize(
    ("code", "wording", "expected"),
    [
        ("favorable", "avis défavorable", "a_verifier"),
        ("favorable", "avis favorable avec deux réserves", "a_verifier"),
        ("favorable_sous_reserves", "favorable sans réserve", "a_verifier"),
        ("favorable", "avis favorable assorti de recommandations", "conforme"),
    ],
)
def test_an_outcome_that_the_words_of_the_source_deny_is_to_be_verified(code: str, wording: str, expected: str) -> None:
    assert result("EP-25", an_inquiry(**OLD, objects=[("plu_elaboration", code, "objet", None, wording)])) == expected


def test_a_denied_outcome_is_a_finding_whatever_the_law_of_the_inquiry() -> None:
    row = {"enquete_id": "enq-000000000001", "rang": "1", "objet_type": "voirie_classement", "avis": "favorable"}
    inquiry = {"enquete_id": "enq-000000000001", "titre": "Route inventée", "famille": "enquete_voirie"}
    tables = {
        f"{PACKAGE}/enquetes": a_table("enquetes", [{**inquiry, "exemple": "false"}]),
        f"{PACKAGE}/enquete_objets": a_table("enquete_objets", [{**row, "avis_libelle_source": "avis défavorable"}]),
    }
    (found,) = avis_dementi(tables, PROJECT)
    assert (found.outcome, found.arithmetic) == ("a_verifier", "favorable ≠ « avis défavorable »")


@pytest.mark.parametrize(
    ("order", "subject", "law"),
    [
        ("2008-05-02", "iota_loi_eau", "loi sur l'eau"),  # fifteen days, under the expropriation code
        ("2008-05-02", "icpe_autorisation", "installations classées"),
        ("2011-05-02", "carriere_mine", "installations classées"),
        ("2011-09-02", "eolien", "installations classées"),
        ("2008-05-02", "afaf", "aménagement foncier"),
        ("2014-05-02", "asa", "associations syndicales"),
        ("2019-05-02", "ig_inpi", "indications géographiques"),
    ],
)
def test_an_inquiry_whose_subject_had_a_text_of_its_own_is_not_evaluated(order: str, subject: str, law: str) -> None:
    opening, closing = (f"{order[:4]}-{month}" for month in ("10-03", "10-17"))
    short = an_inquiry(order=order, opening=opening, closing=closing, objects=[subject])
    assert law in (missing("EP-02", short) or "")


@pytest.mark.parametrize("subject", ["iota_loi_eau", "icpe_autorisation", "afaf"])
def test_since_june_2012_those_subjects_are_under_the_environment_code(subject: str) -> None:
    assert result("EP-02", an_inquiry(**{**OLD, "closing": "2014-07-01"}, objects=[subject])) == "non_conforme"


def test_an_extension_that_only_the_status_says_hides_the_first_closing() -> None:
    extended = an_inquiry(**OLD, statut="prolongee", report="2014-09-30", facts={"delai_supplementaire_accorde": False})
    assert missing("EP-02", extended) == "date de clôture initiale"
    assert missing("EP-06", extended) == "date de la décision de prolongation"
    assert result("EP-23", extended) == "a_verifier"  # the closing that was read may be that before the extension


def test_two_extensions_that_are_too_long_together_may_each_be_short_enough() -> None:
    moved = {**OLD, "initial_closing": "2014-07-20", "closing": "2014-08-30"}
    once, twice = [("prolongation", "2014-07-01")], [("prolongation", "2014-07-01"), ("prolongation", "2014-07-30")]
    assert result("EP-05", an_inquiry(**moved, events=once)) == "non_conforme"
    assert result("EP-05", an_inquiry(**moved, events=twice)) == "a_verifier"


def test_a_register_online_is_no_file_online() -> None:
    facts = {"lieux_papier": 1, "postes_informatiques": 1}
    dates = {"order": "2019-05-02", "opening": "2019-06-03", "closing": "2019-07-05"}
    with_register = an_inquiry(**dates, facts=facts, registre_url="https://example.org/registre")
    assert missing("EP-16", with_register) == "adresse du dossier en ligne"
    assert result("EP-16", an_inquiry(**dates, facts=facts, dossier_url="https://example.org/dossier")) == "conforme"


def test_a_resumption_alone_leaves_the_suspension_to_be_read() -> None:
    assert missing("EP-29", an_inquiry(**OLD, events=[("reprise", "2014-07-01")])) == "date de la suspension"


def test_the_chain_of_dates_says_where_it_is_broken() -> None:
    assert check("EP-01", an_inquiry(**OLD, report="2014-07-10")).resultat.calcul == (
        "arrêté 2014-05-02 ≤ ouverture 2014-06-16 ≤ clôture 2014-07-20 > rapport 2014-07-10"
    )


@pytest.mark.parametrize(("start", "expected"), [("08:00", "a_verifier"), ("09:00", "conforme")])
def test_a_session_before_the_opening_hour_is_to_be_verified(start: str, expected: str) -> None:
    inquiry = an_inquiry(**OLD, ouverture_heure="09:00", sessions=[("2014-06-16", start, "12:00")])
    assert result("EP-20", inquiry) == expected
