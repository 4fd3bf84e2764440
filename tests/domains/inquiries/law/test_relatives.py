"""Relatives of the worked cases: edges of periods, territories with a law of their own, facts that are not there."""

from __future__ import annotations

import pytest

from pipelines.domains.inquiries.law import Enquete
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


@pytest.mark.parametrize("code", ["977", "984", "986", "987", "988"])
def test_a_territory_with_a_code_of_its_own_is_not_judged(code: str) -> None:
    assert result("EP-02", short(code)) == "non_evalue"
    assert result("EP-02", short("971", code)) == "non_evalue"


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
