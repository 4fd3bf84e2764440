"""Headers that may be printed: a file without a header has a record there. Everybody here is invented."""

from __future__ import annotations

import pytest

from pipelines.privacy.headers import untold_headers


@pytest.mark.parametrize(
    "record",
    [
        ["12", "Kerdoncuff", "s.kerdoncuff@example.org"],
        ["Anne", "Kerdoncuff"],
        ["Kerdoncuff", "06 12 34 56 78"],
        ["Mme Kerdoncuff", "Nantes"],
        ["Kerdoncuff", "12/03/1985"],
        ["Kerdoncuff", "12,5"],
        ["Kerdoncuff", "44000"],
    ],
)
def test_of_a_record_no_value_is_told(record: list[str]) -> None:
    assert untold_headers(record) == set(record)


@pytest.mark.parametrize(
    "header",
    [
        ["Numéro", "Intitulé", "Ouverture", "Courriel", "Contact", "Prénom", "Nom"],
        ["Code INSEE", "2019", "2020", "Taux (%)", "100 Mbit/s", "colonne 3"],
        ["date_naissance", "adresse_ip", "e-mail", "n° de téléphone"],
    ],
)
def test_ordinary_headers_are_told(header: list[str]) -> None:
    assert untold_headers(header) == set()


def test_what_a_schema_names_is_told_whatever_stands_beside_it() -> None:
    assert untold_headers(["nom", "Anne", "Kerdoncuff"], ["nom"]) == {"Anne", "Kerdoncuff"}
