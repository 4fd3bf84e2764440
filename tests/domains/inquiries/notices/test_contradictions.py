"""What a notice says against itself is kept with what denies it; what it leaves open stays open."""

from __future__ import annotations

import time

from pipelines.domains.inquiries.notices import Status, read_notice
from pipelines.domains.inquiries.notices.pieces import fold, in_words, number_of


def test_a_wrong_weekday_keeps_the_printed_day_and_says_so() -> None:
    fact = read_notice("du lundi 6 mars 2024 au vendredi 5 avril 2024").opening_date
    assert (fact.value, fact.status) == ("2024-03-06", Status.CONTRADICTION)
    assert fact.against == "2024-03-06 est un mercredi"


def test_a_duration_that_the_dates_deny_keeps_its_printed_number() -> None:
    fact = read_notice("pendant 30 jours, du 4 septembre 2023 au 4 octobre 2023").duration
    assert (fact.value, fact.status) == ("30", Status.CONTRADICTION)
    assert fact.against == "2023-10-04 − 2023-09-04 + 1 = 31 jours"


def test_words_and_digits_that_differ_leave_the_duration_open() -> None:
    fact = read_notice("d'une durée de trente (31) jours").duration
    assert (fact.value, fact.candidates) == (None, ("30", "31"))


def test_weeks_leave_the_last_day_open() -> None:
    assert read_notice("pendant cinq semaines").duration.candidates == ("35", "36")


def test_weeks_that_fit_the_dates_are_days() -> None:
    assert read_notice("pendant quatre semaines du 4 mars 2024 au 31 mars 2024").duration.value == "28"


def test_the_duration_of_an_extended_inquiry_is_held_against_its_first_closing() -> None:
    notice = read_notice("pendant 31 jours, du 2 mai 2022 au 1er juin 2022, prolongée jusqu'au 10 juin 2022")
    assert notice.duration.status is Status.READ
    assert (notice.initial_closing_date.value, notice.closing_date.value) == ("2022-06-01", "2022-06-10")


def test_an_extension_without_its_year_takes_the_next_one_possible() -> None:
    notice = read_notice("du 2 décembre 2024 au 3 janvier 2025, prolongée jusqu'au 17 janvier")
    assert notice.closing_date.value == "2025-01-17"


def test_an_extension_that_precedes_the_closing_settles_nothing() -> None:
    assert read_notice("du 2 mai 2022 au 1er juin 2022, prolongée jusqu'au 10 mai 2022").closing_date.value is None


def test_an_extension_that_is_no_date_settles_nothing() -> None:
    notice = read_notice("du 2 mai 2022 au 1er juin 2022, prolongée jusqu'au 40 juin 2022")
    assert notice.closing_date.status is Status.AMBIGUOUS


def test_a_closing_before_the_opening_has_no_value_on_either_side() -> None:
    notice = read_notice("du 12 mai 2025 au 13 juin 2024")
    assert notice.opening_date.value is None
    assert notice.opening_date.against == "clôture 2024-06-13 avant ouverture 2025-05-12"


def test_a_day_that_the_calendar_has_not_is_a_contradiction() -> None:
    fact = read_notice("du 29 février 2023 au 30 mars 2023").opening_date
    assert fact.against == "le calendrier n'a pas de 29/2"


def test_a_period_of_years_is_not_believed() -> None:
    assert read_notice("enquête du 1er janvier 2022 au 31 décembre 2023").opening_date.status is Status.AMBIGUOUS


def test_a_period_of_three_days_is_not_believed() -> None:
    assert read_notice("du 10 au 12 mars 2024").opening_date.value is None


def test_no_year_gives_the_candidates_of_the_context() -> None:
    fact = read_notice("du 7 juin au 7 juillet", [2016, 2022]).opening_date
    assert (fact.status, fact.candidates) == (Status.AMBIGUOUS, ("2016-06-07", "2022-06-07"))


def test_an_opening_alone_takes_its_year_from_the_context() -> None:
    assert read_notice("L'enquête s'ouvrira le mardi 7 juin.", [2021, 2022]).opening_date.value == "2022-06-07"


def test_the_same_period_said_twice_is_one() -> None:
    text = "enquête du 3 mars 2025 au 4 avril 2025. L'enquête, du lundi 3 mars à 9h au vendredi 4 avril 2025 à 17h, …"
    notice = read_notice(text)
    assert (notice.opening_date.value, notice.opening_hour.value) == ("2025-03-03", "09:00")


def test_two_periods_leave_both_ends_open() -> None:
    notice = read_notice("enquête du 4 mai 2015 au 5 juin 2015, enquête du 9 mai 2016 au 10 juin 2016")
    assert notice.opening_date.candidates == ("2015-05-04", "2016-05-09")


def test_an_hour_that_the_day_has_not_is_a_contradiction() -> None:
    fact = read_notice("du 3 mars 2025 à 25h00 au 4 avril 2025").opening_hour
    assert (fact.value, fact.status) == (None, Status.CONTRADICTION)


def test_reversed_hours_of_a_session_are_not_read() -> None:
    session = read_notice("Permanence le 15 mars 2024 de 19 h à 12 h").sessions[0]
    assert (session.start.value, session.start.status) == (None, Status.CONTRADICTION)


def test_a_month_thirteen_is_not_read() -> None:
    assert read_notice("du 12/13/2024 au 14/10/2024").opening_date.value is None
    assert read_notice("date d'ouverture : 12/13/2024").opening_date.value is None
    assert read_notice("permanence le 12/13/2024 de 9h à 12h").sessions == ()


def test_two_openings_are_not_one() -> None:
    assert read_notice("ouverture : 3 mars 2025 ; ouverture : 4 mars 2025").opening_date.value is None


def test_a_session_outside_the_period_stays_open_without_its_year() -> None:
    notice = read_notice("enquête du 3 mars 2025 au 4 avril 2025. Permanence le 12 juin de 9h à 12h")
    assert notice.sessions[0].day.value is None


def test_a_session_keeps_its_printed_year() -> None:
    notice = read_notice("enquête du 3 mars 2025 au 4 avril 2025. Permanence le 12 mars 2025 à la mairie")
    assert notice.sessions[0].day.value == "2025-03-12"


def test_a_listed_day_that_no_month_has_ends_the_list() -> None:
    days = [session.day.value for session in read_notice("permanences les 45 et 17 mars 2025").sessions]
    assert "2025-03-17" in days
    assert len(days) <= 1


def test_folding_keeps_every_position() -> None:
    text = "« Œuvre n°1 »\u00a0: l’arrêté du 1ᵉʳ août — ﬁn ½"
    assert len(fold(text)) == len(text)


def test_numbers_in_words_read_back() -> None:
    assert all(number_of(in_words(number)) == number for number in range(1, 100))
    assert number_of("trente-et-un".replace("-et-", " et ")) == 31


def test_a_long_page_is_read_in_little_time() -> None:
    page = ("Le dossier du 12 mars est consultable de 9h à 12h et de 14h à 17h, n° 2024-12 du 3 mai. " * 300)[:20000]
    started = time.perf_counter()
    read_notice(page)
    assert time.perf_counter() - started < 10


def test_a_suspension_leaves_the_closing_open() -> None:
    notice = read_notice(
        "L'enquête se déroule du 2 mars 2020 au 3 avril 2020. Elle est suspendue à compter du 17 mars 2020."
    )
    assert (notice.opening_date.value, notice.closing_date.value) == ("2020-03-02", None)
    assert notice.closing_date.candidates == ("2020-04-03",)


def test_an_order_of_which_nothing_is_printed_is_not_read() -> None:
    notice = read_notice("Un arrêté prescrivant l'enquête a été pris.")
    assert (notice.order_number.value, notice.order_date.value) == (None, None)


def test_an_order_known_by_its_service_has_a_number() -> None:
    notice = read_notice("Par arrêté SG/BCI du 2JAN. 2026, une enquête est prescrite")
    assert (notice.order_number.value, notice.order_date.value) == ("SG/BCI", "2026-01-02")
