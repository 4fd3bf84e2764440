"""The law of an inquiry is chosen by its family and the day of its order, never by today."""

from __future__ import annotations

import pytest

from pipelines.domains.inquiries.law.regimes import choisir
from tests.domains.inquiries.law.builders import an_inquiry, check, result


@pytest.mark.parametrize(
    ("order", "regime"),
    [
        ("1985-10-01", "env_1985"),
        ("2012-05-31", "env_1985"),
        ("2012-06-01", "env_2012"),
        ("2016-12-31", "env_2012"),
        ("2017-01-01", "env_2017"),
        ("2099-01-01", "env_2017"),
    ],
)
def test_environmental_law_changes_with_the_day_of_the_order(order: str, regime: str) -> None:
    assert choisir(an_inquiry(order=order)).regime == regime


@pytest.mark.parametrize(
    ("family", "regime"),
    [
        ("enquete_unique", "env_2017"),
        ("enquete_dup", "expro_dup"),
        ("enquete_parcellaire", "expro_parcellaire"),
        ("enquete_crpa", "crpa"),
        ("enquete_voirie", "voirie_communale"),
        ("enquete_complementaire", "complementaire"),
        ("ppve", "ppve"),
        ("participation_l123_19_1", "participation_l123_19_1"),
    ],
)
def test_each_family_has_its_law(family: str, regime: str) -> None:
    assert choisir(an_inquiry(family=family, order="2020-01-01")).regime == regime


def test_an_order_of_2016_keeps_the_law_of_2012_for_an_opening_of_2017() -> None:
    assert choisir(an_inquiry(order="2016-12-12", opening="2017-01-09")).regime == "env_2012"


def test_an_opening_just_after_a_change_of_law_is_a_reserve() -> None:
    choice = choisir(an_inquiry(opening="2017-01-02"))
    assert choice.regime == "env_2017"
    assert choice.reserve is not None


def test_a_miss_under_an_uncertain_regime_is_only_to_be_verified() -> None:
    sure = an_inquiry(opening="2012-09-03", closing="2012-09-20", order="2012-08-01")
    unsure = an_inquiry(opening="2012-06-20", closing="2012-07-05")
    assert result("EP-02", sure) == "non_conforme"
    assert result("EP-02", unsure) == "a_verifier"


def test_designation_and_closing_frame_an_inquiry_whose_opening_was_not_read() -> None:
    assert choisir(an_inquiry(designation="2014-05-14", closing="2014-07-12")).regime == "env_2012"
    assert choisir(an_inquiry(designation="2016-11-14", closing="2017-02-12")).regime is None


def test_without_a_date_the_missing_fact_is_the_order() -> None:
    choice = choisir(an_inquiry())
    assert (choice.regime, choice.manque) == (None, "date de l'arrêté d'ouverture")


def test_before_the_first_law_nothing_is_checked() -> None:
    found = check("EP-02", an_inquiry(order="1984-01-02", opening="1984-02-01", closing="1984-02-05"))
    assert found.resultat.resultat == "non_evalue"
    assert found.resultat.manque == "droit applicable le 1984-01-02, non lu"


def test_a_parallel_consultation_goes_by_the_day_of_its_application() -> None:
    told = {"family": "consultation_parallelisee", "order": "2025-01-10", "opening": "2025-02-03"}
    assert choisir(an_inquiry(**told, application="2024-10-22")).regime == "consultation_parallelisee"
    assert choisir(an_inquiry(**told, application="2024-10-21")).regime is None
    assert choisir(an_inquiry(**told)).manque == "date de dépôt de la demande"


@pytest.mark.parametrize("code", ["986", "987", "988"])
def test_the_pacific_has_a_law_of_its_own(code: str) -> None:
    assert choisir(an_inquiry(order="2020-01-01", departements=(code,))).regime is None


def test_joint_inquiries_go_by_their_objects() -> None:
    def regime(*objects: str) -> str | None:
        return choisir(an_inquiry(family="enquete_conjointe", objects=objects, order="2020-01-01")).regime

    assert regime("dup", "parcellaire") == "expro_dup"
    assert regime("plui_elaboration", "zonage_assainissement") == "env_2017"
    assert regime("dup", "autorisation_environnementale") is None
    assert regime("autre") is None
    assert regime() is None


def test_a_rural_path_over_several_communes_has_its_own_regime() -> None:
    path = {"family": "enquete_voirie", "objects": ["chemin_rural_alienation"], "order": "2015-02-02"}
    assert choisir(an_inquiry(**path, communes=2)).regime == "chemin_rural_pluricommunal"
    assert choisir(an_inquiry(**path, communes=1)).regime == "voirie_communale"


def test_an_unknown_family_is_never_checked() -> None:
    found = check("EP-02", an_inquiry(family="indeterminee", opening="2020-01-06", closing="2020-01-08"))
    assert found.resultat.resultat == "non_evalue"


def test_a_rule_of_another_law_does_not_apply_even_without_dates() -> None:
    assert result("PC-01", an_inquiry()) == "non_applicable"
    assert result("VOIRIE-15", an_inquiry()) == "non_applicable"
    assert result("VOIRIE-15", an_inquiry(family="enquete_voirie", objects=["chemin_rural_alienation"])) == "non_evalue"
    assert result("EP-07", an_inquiry(family="enquete_conjointe", objects=["autre"])) == "non_evalue"
