"""Durations, extensions, suspensions: inclusive days, calendar months, leap days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domains.inquiries.law.delais import duree_inclusive, heure_de_paris, plus_mois
from tests.domains.inquiries.law.builders import an_inquiry, arithmetic, check, missing, result


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2023-05-31", 1, "2023-06-30"),
        ("2023-11-15", 3, "2024-02-15"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one(day: str, months: int, expected: str) -> None:
    assert plus_mois(date.fromisoformat(day), months) == date.fromisoformat(expected)


@settings(deadline=None)
@given(st.dates(date(1980, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_keep_the_day_wherever_it_exists(day: date, months: int) -> None:
    later = plus_mois(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@settings(deadline=None)
@given(st.dates(date(1980, 1, 1), date(2090, 1, 1)), st.integers(0, 400))
def test_a_duration_counts_both_days(day: date, length: int) -> None:
    assert duree_inclusive(day, day + timedelta(days=length)) == len(
        [day + timedelta(days=n) for n in range(length + 1)]
    )


def test_local_hours_are_told_in_paris_with_the_summer_time_of_the_day() -> None:
    assert heure_de_paris(date(2021, 2, 25), "08:30", "America/Guadeloupe") == (date(2021, 2, 25), "13:30")
    assert heure_de_paris(date(2021, 3, 29), "16:00", "America/Guadeloupe") == (date(2021, 3, 29), "22:00")
    assert heure_de_paris(date(2024, 6, 10), "07:30", "Pacific/Noumea") == (date(2024, 6, 9), "22:30")


def test_before_2012_an_inquiry_lasts_a_calendar_month() -> None:
    assert result("EP-02", an_inquiry(order="2007-12-20", opening="2008-01-31", closing="2008-02-29")) == "conforme"
    assert result("EP-02", an_inquiry(order="2007-12-20", opening="2008-01-31", closing="2008-02-28")) == "non_conforme"
    assert result("EP-02", an_inquiry(order="2007-12-20", opening="2008-01-15", closing="2008-02-13")) == "non_conforme"


@pytest.mark.parametrize(("closing", "expected"), [("2016-03-01", "conforme"), ("2016-02-29", "non_conforme")])
def test_thirty_days_go_through_the_leap_day(closing: str, expected: str) -> None:
    inquiry = an_inquiry(order="2015-12-20", opening="2016-02-01", closing=closing)
    assert result("EP-02", inquiry) == expected


def test_a_short_inquiry_of_2017_needs_to_be_known_as_assessed() -> None:
    short = {"order": "2022-05-05", "opening": "2022-05-30", "closing": "2022-06-15"}
    assert missing("EP-02", an_inquiry(**short)) == "existence d'une évaluation environnementale"
    assert missing("EP-03", an_inquiry(**short)) == "existence d'une évaluation environnementale"
    assert result("EP-02", an_inquiry(**short, evaluation_environnementale=True)) == "a_verifier"
    assert result("EP-02", an_inquiry(**short, evaluation_environnementale=False)) == "non_applicable"
    assert result("EP-03", an_inquiry(**short, evaluation_environnementale=False)) == "conforme"
    assert result("EP-03", an_inquiry(**short, evaluation_environnementale=True)) == "non_applicable"


def test_fourteen_days_without_assessment_are_only_to_be_verified() -> None:
    inquiry = an_inquiry(
        order="2022-05-05", opening="2022-05-30", closing="2022-06-12", evaluation_environnementale=False
    )
    found = check("EP-03", inquiry)
    assert (found.resultat.resultat, found.certitude) == ("a_verifier", "memoire")


@pytest.mark.parametrize(("closing", "expected"), [("2021-01-16", "conforme"), ("2021-01-15", "non_conforme")])
def test_expropriation_asks_for_fifteen_days(closing: str, expected: str) -> None:
    assert (
        result("EP-02", an_inquiry(family="enquete_dup", order="2020-12-01", opening="2021-01-02", closing=closing))
        == expected
    )


@pytest.mark.parametrize("rule", ["EP-02", "EP-03", "EP-04", "EP-30", "VOIRIE-15"])
def test_durations_name_the_bound_that_is_missing(rule: str) -> None:
    family = {"EP-30": "enquete_complementaire", "VOIRIE-15": "enquete_voirie"}.get(rule, "enquete_environnementale")
    year = {"EP-04": "2014"}.get(rule, "2019")
    told = {"family": family, "order": f"{year}-01-02"}
    assert missing(rule, an_inquiry(**told)) == "date d'ouverture"
    assert missing(rule, an_inquiry(**told, opening=f"{year}-02-01")) == "date de clôture"
    events = [("prolongation", f"{year}-03-01")]
    extended = an_inquiry(**told, opening=f"{year}-02-01", closing=f"{year}-03-20", events=events)
    assert missing(rule, extended) == "date de clôture initiale"


def test_two_months_end_on_the_last_day_of_a_short_month() -> None:
    told = {"order": "2012-11-20", "opening": "2012-12-31"}
    assert result("EP-04", an_inquiry(**told, closing="2013-02-28")) == "conforme"
    late = an_inquiry(**told, closing="2013-03-15", initial_closing="2013-03-01")
    assert result("EP-04", late) == "non_conforme"
    assert arithmetic("EP-04", late) == "2013-03-01 > 2013-02-28"


def test_a_long_inquiry_without_its_first_closing_may_have_been_extended() -> None:
    assert result("EP-04", an_inquiry(order="2013-01-02", opening="2013-02-01", closing="2013-04-20")) == "a_verifier"


def test_a_suspended_inquiry_has_no_maximum() -> None:
    inquiry = an_inquiry(order="2013-01-02", opening="2013-02-01", events=[("suspension", "2013-02-10")])
    assert result("EP-04", inquiry) == "non_applicable"


@pytest.mark.parametrize(
    ("order", "closing", "expected"),
    [
        ("2010-01-04", "2010-03-31", "conforme"),
        ("2010-01-04", "2010-04-01", "non_conforme"),
        ("2014-01-06", "2014-04-15", "conforme"),
        ("2014-01-06", "2014-04-16", "non_conforme"),
        ("2018-01-08", "2018-04-01", "a_verifier"),
    ],
)
def test_an_extension_is_bounded(order: str, closing: str, expected: str) -> None:
    initial = f"{order[:4]}-03-16"
    inquiry = an_inquiry(order=order, opening=f"{order[:4]}-02-10", initial_closing=initial, closing=closing)
    assert result("EP-05", inquiry) == expected


def test_an_extension_names_what_is_missing() -> None:
    extended = [("prolongation", "2014-03-01")]
    assert (
        missing("EP-05", an_inquiry(order="2014-01-06", closing="2014-03-30", events=extended))
        == "date de clôture initiale"
    )
    assert missing("EP-05", an_inquiry(order="2014-01-06", initial_closing="2014-03-16")) == "date de clôture"
    assert missing("EP-06", an_inquiry(order="2014-01-06", events=extended)) == "date de clôture initiale"
    two = an_inquiry(order="2014-01-06", initial_closing="2014-03-16", closing="2014-03-20")
    assert missing("EP-06", two) == "date de la décision de prolongation"
    assert result("EP-05", an_inquiry(order="2014-01-06")) == "non_applicable"
    assert result("EP-06", an_inquiry(order="2014-01-06")) == "non_applicable"


@pytest.mark.parametrize(("decided", "expected"), [("2014-03-08", "conforme"), ("2014-03-09", "non_conforme")])
def test_an_extension_is_told_eight_days_before(decided: str, expected: str) -> None:
    inquiry = an_inquiry(
        order="2014-01-06", initial_closing="2014-03-16", closing="2014-03-20", events=[("prolongation", decided)]
    )
    assert result("EP-06", inquiry) == expected


@pytest.mark.parametrize(
    ("events", "closing", "expected"),
    [
        ([("suspension", "2014-03-01"), ("reprise", "2014-09-01")], "2014-09-30", "conforme"),
        ([("suspension", "2014-03-01"), ("reprise", "2014-09-02")], "2014-10-31", "non_conforme"),
        ([("suspension", "2014-03-01"), ("reprise", "2014-09-01")], "2014-09-29", "non_conforme"),
        ([("suspension", "2014-03-01"), ("suspension", "2014-04-01")], "2014-09-29", "a_verifier"),
        ([("suspension", "2014-03-01")], "2014-09-29", "non_evalue"),
        ([("suspension", "2014-03-01"), ("reprise", "2014-09-01")], None, "non_evalue"),
        ([], "2014-09-29", "non_applicable"),
    ],
)
def test_a_suspension_is_single_short_and_leaves_thirty_days(
    events: list[tuple[str, ...]], closing: str | None, expected: str
) -> None:
    assert result("EP-29", an_inquiry(order="2014-01-06", closing=closing, events=events)) == expected


def test_a_complementary_inquiry_may_last_longer_before_2017_only() -> None:
    before = {"family": "enquete_complementaire", "order": "2014-06-01", "opening": "2014-06-28"}
    after = {"family": "enquete_complementaire", "order": "2018-06-01", "opening": "2018-06-28"}
    assert (
        arithmetic("EP-30", an_inquiry(**before, closing="2014-07-15")) == "2014-07-15 − 2014-06-28 + 1 = 18 jours ≥ 15"
    )
    assert result("EP-30", an_inquiry(**before, closing="2014-07-11")) == "non_conforme"
    assert result("EP-30", an_inquiry(**after, closing="2018-07-15")) == "a_verifier"
    exact = an_inquiry(**after, closing="2018-07-12")
    assert (result("EP-30", exact), arithmetic("EP-30", exact)) == (
        "conforme",
        "2018-07-12 − 2018-06-28 + 1 = 15 jours = 15",
    )
    assert result("EP-30", an_inquiry(**after, closing="2018-07-12", report="2018-07-27")) == "conforme"
    assert result("EP-30", an_inquiry(**after, closing="2018-07-12", report="2018-07-28")) == "a_verifier"


def test_a_road_inquiry_lasts_fifteen_days_and_longer_is_no_breach() -> None:
    road = {
        "family": "enquete_voirie",
        "objects": ["voirie_classement"],
        "order": "2010-11-18",
        "opening": "2010-12-08",
    }
    assert result("VOIRIE-15", an_inquiry(**road, closing="2010-12-22")) == "conforme"
    assert result("VOIRIE-15", an_inquiry(**road, closing="2010-12-23")) == "a_verifier"
    assert result("VOIRIE-15", an_inquiry(**road, closing="2010-12-21")) == "non_conforme"


def test_a_parallel_consultation_lasts_three_months_or_the_authority_s_time_and_one_more() -> None:
    told = {"family": "consultation_parallelisee", "application": "2025-01-06", "opening": "2025-02-03"}
    assert result("PC-01", an_inquiry(**told, closing="2025-05-02")) == "conforme"
    assert missing("PC-01", an_inquiry(**told, closing="2025-04-03")) == "délai imparti à l'autorité environnementale"
    facts = {"delai_autorite_environnementale_mois": 3}
    assert result("PC-01", an_inquiry(**told, closing="2025-06-03", facts=facts)) == "conforme"
    assert result("PC-01", an_inquiry(**told, closing="2025-04-03", facts=facts)) == "non_conforme"
    assert missing("PC-01", an_inquiry(**told)) == "date de clôture"


def test_events_come_in_order() -> None:
    assert result("EP-01", an_inquiry(order="2020-01-06", opening="2020-01-06", report="2020-01-06")) == "conforme"
    assert result("EP-01", an_inquiry(opening="2020-02-06", closing="2020-02-05")) == "a_verifier"
    assert missing("EP-01", an_inquiry(opening="2020-02-06")) == "au moins deux dates de l'enquête"


def test_sessions_stay_within_the_inquiry_and_its_local_hours() -> None:
    told = {"order": "2018-01-02", "opening": "2018-02-05", "closing": "2018-03-09"}
    assert result("EP-20", an_inquiry(**told, sessions=["2018-02-05", "2018-03-09"])) == "conforme"
    assert result("EP-20", an_inquiry(**told, sessions=["2018-03-10"])) == "a_verifier"
    last = [("2018-03-09", "14:00", "17:00")]
    assert result("EP-20", an_inquiry(**told, cloture_heure="16:00", sessions=last)) == "a_verifier"
    assert result("EP-20", an_inquiry(**told, cloture_heure="17:00", sessions=last)) == "conforme"
    assert missing("EP-20", an_inquiry(**told)) == "dates des permanences"
    assert missing("EP-20", an_inquiry(order="2018-01-02", closing="2018-03-09", sessions=last)) == "date d'ouverture"
