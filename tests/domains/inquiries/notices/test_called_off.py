"""Notices of inquiries that do not take place as first said, and of orders that change what another one opened."""

from __future__ import annotations

import pytest

from pipelines.domains.inquiries.converters.notices import inquiry_notice
from pipelines.domains.inquiries.notices import Status, read_notice
from tests.geo.builders import PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "ANNULÉ – Enquête publique du 4 mars au 5 avril 2024",
        "Report de l'enquête publique du 4 mars au 5 avril 2024",
        "L'enquête publique n'aura pas lieu du 4 mars au 5 avril 2024",
        "L'enquête publique ne se tiendra pas du 4 mars au 5 avril 2024.",
        "Enquête publique du 4 mars 2024 au 5 avril 2024 reportée au 2 septembre 2024",
    ],
)
def test_the_dates_of_an_inquiry_that_is_called_off_are_not_its_dates(text: str) -> None:
    notice = read_notice(text)
    assert (notice.opening_date.value, notice.closing_date.value) == (None, None)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ANNULÉ – Enquête publique du 4 mars au 5 avril 2024", "annulée"),
        ("AVIS D'ANNULATION D'ENQUÊTE PUBLIQUE", "annulée"),
        ("Report de l'enquête publique du 4 mars au 5 avril 2024", "reportée"),
        ("Enquête publique du 4 mars 2024 au 5 avril 2024 reportée au 2 septembre 2024", "reportée"),
        ("L'enquête publique, prévue du 4 mars au 5 avril 2024, est reportée à une date ultérieure", "reportée"),
        ("L'enquête publique du 4 mars au 5 avril 2024 est suspendue jusqu'à nouvel ordre.", "suspendue"),
        ("L'enquête publique ne se tiendra pas du 4 mars au 5 avril 2024.", "non tenue"),
        (
            "Par arrêté du 12 mars 2024, l'arrêté du 2 février 2024 prescrivant l'enquête publique est abrogé.",
            "annulée (arrêté abrogé)",
        ),
    ],
)
def test_a_notice_says_what_became_of_an_inquiry_that_does_not_take_place(text: str, what: str) -> None:
    assert read_notice(text).called_off.value == what
    alert = inquiry_notice(PROJECT, {})({"texte": text})["alerte"]
    assert alert is not None
    assert alert.startswith(f"enquête {what} d'après le texte")


@pytest.mark.parametrize(
    "text",
    [
        "La permanence du 12 mars est annulée. Enquête publique du 4 mars au 5 avril 2024.",
        "En cas de suspension de l'enquête publique, un avis sera publié. Enquête publique du 4 mars au 5 avril 2024.",
        "Enquête publique du 4 mars au 5 avril 2024. L'enquête publique peut être suspendue pour six mois au plus.",
        "L'enquête publique du 4 mars au 5 avril 2024 : les permanences sont annulées.",
        "Enquête publique du 4 mars au 5 avril 2024. L'enquête ne sera pas annulée.",
    ],
)
def test_an_inquiry_that_takes_place_is_not_called_off(text: str) -> None:
    notice = read_notice(text)
    assert (notice.called_off.value, notice.opening_date.value) == (None, "2024-03-04")


def test_the_closing_that_is_put_off_extends_the_inquiry() -> None:
    text = (
        "Enquête publique du 8 janvier 2024 au 9 février 2024. La clôture de l'enquête est reportée au 23 février 2024."
    )
    assert read_notice(text).called_off.value is None


def test_a_new_inquiry_after_one_that_was_called_off_keeps_its_dates_and_the_doubt() -> None:
    text = "Suite à l'annulation de l'enquête publique de 2023, une enquête se tient du 4 mars au 5 avril 2024."
    found = inquiry_notice(PROJECT, {})({"texte": text})
    assert found["ouverture_date"] == "2024-03-04"
    assert found["alerte"] == "le texte écrit qu'une enquête est annulée : peut-être celle-ci"


@pytest.mark.parametrize("tail", ["L'enquête ne sera pas prolongée.", "Aucune prolongation n'a été accordée."])
def test_an_extension_that_is_denied_moves_nothing(tail: str) -> None:
    assert read_notice(f"Enquête publique du 4 mars au 5 avril 2024. {tail}").closing_date.value == "2024-04-05"


@pytest.mark.parametrize(
    "text",
    [
        "L'enquête publique, ouverte du 4 mars au 5 avril 2024, est prolongée par arrêté n° 2024-55 du 28 mars 2024 "
        "jusqu'au 20 avril 2024.",
        "L'enquête publique du 4 mars au 5 avril 2024 a été annulée par arrêté du 12 mars 2024.",
        "Par arrêté préfectoral du 28 mars 2024, l'enquête publique ouverte du 4 mars au 5 avril 2024 est prolongée "
        "jusqu'au 20 avril 2024.",
        "Par arrêté préfectoral modificatif n° 2024-55 du 28 mars 2024, enquête publique du 4 mars au 20 avril 2024.",
        "Suite à l'arrêté du 28 mars 2024 prolongeant l'enquête publique du 4 mars au 5 avril 2024.",
        "Par arrêté n° 2024-55 du 28 mars 2024 suspendant l'enquête publique ouverte du 4 mars au 5 avril 2024",
        "Arrêté n° 2024-55 du 28 mars 2024 portant prolongation de l'enquête publique du 4 mars au 20 avril 2024.",
        "Vu l'arrêté du 9 septembre 2021 relatif aux caractéristiques et dimensions de l'affichage des avis, enquête "
        "publique du 4 mars au 5 avril 2024.",
    ],
)
def test_an_order_that_changes_an_inquiry_is_not_the_one_that_opened_it(text: str) -> None:
    notice = read_notice(text)
    assert (notice.order_number.status, notice.order_date.status) == (Status.UNREAD, Status.UNREAD)


@pytest.mark.parametrize(
    "text",
    [
        "Vu l'arrêté du 24 avril 2012 fixant les caractéristiques de l'affichage ; arrêté municipal n° 12 du 2 février "
        "2024 ; enquête publique du 4 mars au 5 avril 2024",
        "Vu l'arrêté du 28 mars 2024 modifiant l'arrêté n° 12 du 2 février 2024 portant ouverture de l'enquête",
        "Par arrêté n° 12 du 2 février 2024, modifié par arrêté n° 20 du 28 mars 2024, enquête du 4 mars au 5 avril",
        "Par arrêté n° 12 du 2 février 2024, le maire a ordonné une enquête, qui est prolongée jusqu'au 20 avril 2024.",
    ],
)
def test_the_opening_order_is_read_beside_others(text: str) -> None:
    notice = read_notice(text)
    assert (notice.order_number.value, notice.order_date.value) == ("12", "2024-02-02")
