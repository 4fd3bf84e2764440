"""A year that is typed wrong chooses no law, no year of counting, and makes nobody late."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.domains.inquiries.law.concordance import annee
from pipelines.domains.inquiries.law.regimes import choisir
from tests.domains.inquiries.law.builders import an_inquiry, check, missing, result

NOW = {"opening": "2024-06-17", "closing": "2024-07-20"}
OLD = {"order": "2014-05-02", "opening": "2014-06-16", "closing": "2014-07-20"}


@pytest.mark.parametrize("order", ["2004-05-20", "2014-05-20", "2023-05-20", "2025-05-20", "2034-05-20"])
def test_an_order_of_another_year_than_the_rest_does_not_choose_the_law(order: str) -> None:
    inquiry = an_inquiry(order=order, **NOW)
    assert choisir(inquiry).regime == "env_2017"
    assert (choisir(inquiry).jour or inquiry.cloture).isoformat() == "2024-06-17"
    assert annee(inquiry) == "2024"


def test_an_order_typed_a_year_early_across_a_change_of_law_does_not_choose_it() -> None:
    assert choisir(an_inquiry(order="2016-01-10", opening="2017-02-10", closing="2017-03-15")).regime == "env_2017"


def test_an_opening_of_another_year_than_the_rest_leaves_the_law_to_the_order() -> None:
    inquiry = an_inquiry(order="2014-05-02", opening="2004-06-16", closing="2014-07-20")
    assert (choisir(inquiry).regime, annee(inquiry)) == ("env_2012", "2014")


@pytest.mark.parametrize(
    "dates",
    [
        {"order": "2004-05-20", "opening": "2024-06-17"},
        {"order": "2004-05-20", "closing": "2024-07-20"},
        {"opening": "2004-06-17", "closing": "2024-07-20"},
        {"order": "2014-05-02", "opening": "2024-06-17", "closing": "2004-07-20"},
    ],
)
def test_where_nothing_says_which_year_is_wrong_no_law_is_chosen(dates: dict[str, str]) -> None:
    inquiry = an_inquiry(**dates)
    assert choisir(inquiry).regime is None
    assert "contredisent" in (missing("EP-23", inquiry) or "")
    assert annee(inquiry) == "inconnue"


def test_sessions_and_notices_bear_out_an_opening() -> None:
    wrong = {"order": "2004-05-20", "opening": "2024-06-17"}
    assert choisir(an_inquiry(**wrong, sessions=["2024-06-20"])).regime == "env_2017"
    assert choisir(an_inquiry(**wrong, first_notices=["2024-05-30"])).regime == "env_2017"


def test_an_appointment_of_another_year_does_not_choose_the_law_on_substitutes() -> None:
    inquiry = an_inquiry(designation="2014-04-20", order="2024-05-20", **NOW, suppleant=True)
    assert "2024-05-20" in (check("EP-10", inquiry).resultat.calcul or "")
    without = an_inquiry(designation="2014-04-20", order="2024-05-20", **NOW, suppleant=False)
    assert result("EP-10", without) == "a_verifier"


@pytest.mark.parametrize("application", ["2034-11-04", "2026-11-04", "2004-11-04"])
def test_an_application_that_the_other_dates_deny_does_not_make_a_parallel_consultation(application: str) -> None:
    told = {"family": "consultation_parallelisee", "opening": "2025-06-22", "closing": "2025-09-22"}
    choice = choisir(an_inquiry(**told, application=application))
    assert choice.regime is None
    assert "contredit" in (choice.manque or "")


def test_a_wrong_closing_does_not_frame_an_inquiry() -> None:
    assert choisir(an_inquiry(designation="2018-05-14", closing="2081-07-12")).regime is None


@pytest.mark.parametrize("rule", ["EP-02", "EP-03", "EP-04"])
def test_an_inquiry_of_ten_years_complies_with_nothing(rule: str) -> None:
    inquiry = an_inquiry(opening="2017-02-16", closing="2027-03-20", sessions=["2017-02-20"])
    assert result(rule, inquiry) == "a_verifier"


def test_a_maximum_is_not_exceeded_by_a_wrong_year() -> None:
    late = {**OLD, "closing": "2015-08-01", "initial_closing": "2015-07-20"}
    assert result("EP-04", an_inquiry(**late)) == "a_verifier"


@pytest.mark.parametrize("rule", ["EP-01", "EP-07"])
def test_dates_a_year_apart_are_to_be_verified_though_they_are_in_order(rule: str) -> None:
    assert result(rule, an_inquiry(order="2013-05-02", opening="2014-06-16", closing="2014-07-20")) == "a_verifier"


LATE: list[tuple[str, dict[str, Any]]] = [
    ("EP-05", {"initial_closing": "2014-07-20", "closing": "2015-07-30"}),
    ("EP-21", {"summary": "2015-07-25", "facts": {"reception_du_registre": "2014-07-21"}}),
    ("EP-23", {"report": "2015-08-10", "facts": {"delai_supplementaire_accorde": False}}),
    ("EP-12", {"reminders": [("2013-06-17", "A"), ("2013-06-18", "B")], "facts": {"parutions_toutes_connues": True}}),
    (
        "EP-13",
        {"facts": {"importance_nationale": True, "parutions_nationales": "", "parutions_toutes_connues": True}},
    ),
    (
        "EP-29",
        {"events": [("suspension", "2014-06-20"), ("reprise", "2015-07-01")], "closing": "2015-08-05"},
    ),
    ("EP-14", {"posters": [("2014-05-20", "2013-07-21")], "facts": {"affiches_toutes_connues": True}}),
    (
        "EP-06",
        {"initial_closing": "2014-07-20", "closing": "2014-08-01", "events": [("prolongation", "2013-07-02")]},
    ),
]


@pytest.mark.parametrize(("rule", "facts"), LATE, ids=[rule for rule, _ in LATE])
def test_a_year_typed_wrong_makes_nobody_late_nor_early(rule: str, facts: dict[str, Any]) -> None:
    inquiry = an_inquiry(**{**OLD, **facts})
    if rule == "EP-13":
        inquiry = an_inquiry(**OLD, facts=facts["facts"])
        national = [inquiry.ouverture.replace(year=year, month=5) for year in (2004, 2005)]  # type: ignore[union-attr]
        inquiry = an_inquiry(**OLD, facts={**facts["facts"], "parutions_nationales": national})
    assert result(rule, inquiry) == "a_verifier"
