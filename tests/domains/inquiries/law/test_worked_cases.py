"""Real inquiries worked by hand: dates as published, results as the law gives them."""

from __future__ import annotations

from pipelines.domains.inquiries.law import Enquete
from tests.domains.inquiries.law.builders import an_inquiry, arithmetic, check, missing, result


def villiers_en_desoeuvre() -> Enquete:
    """PLU, 2014: posters 16 days before, first press 1 and 3 days late, extra time for the report."""
    return an_inquiry(
        designation="2014-05-14",
        opening="2014-06-11",
        closing="2014-07-12",
        posters=["2014-05-26"],
        first_notices=[("2014-05-28", "premier journal"), ("2014-05-30", "second journal")],
        summary="2014-07-17",
        reply="2014-08-06",
        report="2014-09-30",
        events=[("echeance_rapport_reportee", "2014-09-30", "2014-09-30")],
    )


def test_villiers_is_under_the_law_of_2012() -> None:
    assert check("EP-02", villiers_en_desoeuvre()).choix.regime == "env_2012"


def test_villiers_lasted_32_days() -> None:
    assert result("EP-02", villiers_en_desoeuvre()) == "conforme"
    assert arithmetic("EP-02", villiers_en_desoeuvre()) == "2014-07-12 − 2014-06-11 + 1 = 32 jours ≥ 30"


def test_villiers_was_posted_16_days_before() -> None:
    assert result("EP-14", villiers_en_desoeuvre()) == "conforme"
    assert arithmetic("EP-14", villiers_en_desoeuvre()) == "2014-06-11 − 2014-05-26 = 16 jours ≥ 15"


def test_villiers_was_late_in_both_newspapers() -> None:
    assert result("EP-11", villiers_en_desoeuvre()) == "a_verifier"  # a third newspaper may have printed it
    told = "2014-06-11 − 2014-05-28 = 14 jours < 15 ; 2014-06-11 − 2014-05-30 = 12 jours < 15"
    assert arithmetic("EP-11", villiers_en_desoeuvre()) == told


def test_villiers_had_its_summary_in_5_days() -> None:
    assert result("EP-21", villiers_en_desoeuvre()) == "conforme"
    assert arithmetic("EP-21", villiers_en_desoeuvre()) == "2014-07-17 − 2014-07-12 = 5 jours ≤ 8"


def test_villiers_was_answered_5_days_late() -> None:
    found = check("EP-22", villiers_en_desoeuvre())
    assert found.resultat.resultat == "a_verifier"  # an option of the project owner: never a breach
    assert found.resultat.calcul == "2014-08-06 − 2014-07-17 = 20 jours > 15"
    assert (found.base, found.certitude) == ("Code de l'environnement, R123-18", "lu")


def test_villiers_was_reported_within_its_extra_time() -> None:
    assert result("EP-23", villiers_en_desoeuvre()) == "conforme"
    told = "2014-09-30 − 2014-07-12 = 80 jours > 30 ; 2014-09-30 ≤ 2014-09-30, délai accordé"
    assert arithmetic("EP-23", villiers_en_desoeuvre()) == told


def le_gosier() -> Enquete:
    return an_inquiry(
        designation="2021-02-04",
        order="2021-02-08",
        opening="2021-02-25",
        ouverture_heure="08:30",
        closing="2021-03-29",
        cloture_heure="16:00",
        fuseau="America/Guadeloupe",
        evaluation_environnementale=True,
        departements=("971",),
        sessions=["2021-02-25", "2021-03-03", "2021-03-09", "2021-03-13", "2021-03-15", "2021-03-26", "2021-03-29"],
    )


def test_le_gosier_lasted_33_days_and_was_ordered_17_days_before() -> None:
    assert result("EP-02", le_gosier()) == "conforme"
    assert arithmetic("EP-02", le_gosier()) == "2021-03-29 − 2021-02-25 + 1 = 33 jours ≥ 30"
    assert result("EP-07", le_gosier()) == "conforme"
    assert arithmetic("EP-07", le_gosier()) == "2021-02-25 − 2021-02-08 = 17 jours ≥ 15"
    assert result("EP-20", le_gosier()) == "conforme"


def test_macouria_had_its_alternate_and_34_days() -> None:
    macouria = an_inquiry(
        designation="2016-03-02", order="2016-04-07", opening="2016-04-27", closing="2016-05-30", suppleant=True
    )
    assert arithmetic("EP-02", macouria) == "2016-05-30 − 2016-04-27 + 1 = 34 jours ≥ 30"
    assert result("EP-10", macouria) == "conforme"


def test_sainte_anne_straddles_a_change_of_law_and_lasts_31_days() -> None:
    sainte_anne = an_inquiry(opening="2017-04-19", closing="2017-05-19")
    found = check("EP-02", sainte_anne)
    assert (found.choix.regime, found.resultat.resultat) == ("env_2017", "conforme")
    assert found.resultat.calcul == "2017-05-19 − 2017-04-19 + 1 = 31 jours ≥ 30"


def test_basse_terre_is_a_joint_inquiry_of_32_days_whose_law_is_left_open() -> None:
    basse_terre = an_inquiry(
        family="enquete_conjointe",
        objects=["dup", "parcellaire", "mise_en_compatibilite"],
        opening="2022-07-25",
        closing="2022-08-25",
    )
    assert missing("EP-02", basse_terre) == "famille de droit de l'enquête"


def test_lyreco_was_announced_38_days_before() -> None:
    lyreco = an_inquiry(opening="2018-09-03", closing="2018-10-03", pages=["2018-07-27"])
    assert result("EP-15", lyreco) == "conforme"
    assert arithmetic("EP-15", lyreco) == "2018-09-03 − 2018-07-27 = 38 jours ≥ 15"
    assert arithmetic("EP-02", lyreco) == "2018-10-03 − 2018-09-03 + 1 = 31 jours ≥ 30"


def test_a_reminder_on_the_ninth_day_is_late() -> None:
    inquiry = an_inquiry(opening="2021-02-25", reminders=["2021-03-05"])
    assert result("EP-12", inquiry) == "a_verifier"  # another reminder may exist
    assert arithmetic("EP-12", inquiry) == "2021-03-05 dans [2021-02-25, 2021-03-04]"


def test_ormes_et_chene_is_a_parallel_consultation_of_three_months() -> None:
    consultation = an_inquiry(
        family="consultation_parallelisee", application="2025-11-03", opening="2026-06-22", closing="2026-09-22"
    )
    assert result("PC-01", consultation) == "conforme"
    assert arithmetic("PC-01", consultation) == "2026-09-22 pour 2026-06-22 + 3 mois = 2026-09-22"


def test_val_de_noye_was_extended_by_10_days() -> None:
    val_de_noye = an_inquiry(
        opening="2018-10-01",
        initial_closing="2018-11-02",
        closing="2018-11-12",
        events=[("prolongation", "2018-10-23", "2018-11-12")],
    )
    assert arithmetic("EP-05", val_de_noye) == "2018-11-12 − 2018-11-02 = 10 jours ≤ 15"
    assert arithmetic("EP-06", val_de_noye) == "2018-10-23 ≤ 2018-11-02 − 0 jours = 2018-11-02"
    assert (result("EP-05", val_de_noye), result("EP-06", val_de_noye)) == ("conforme", "conforme")
