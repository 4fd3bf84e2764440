"""Headers that may be printed: a file without a header has a record there. Everybody here is invented."""

from __future__ import annotations

import pytest

from pipelines.core.text import Said
from pipelines.privacy.headers import untold_headers, without_names


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
        ["Kerdoncuff", "plombier", "Nantes"],
        ["Mois", "Kerdoncuff", "Le Goff"],
        ["Visites Kerdoncuff", "Total"],
        ["KERDONCUFF", "total"],
        ["kerdoncuff", "total"],
        ["Visites_Kerdoncuff", "total"],
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
        ["CODGEO", "LIBGEO", "P19_POP", "code_uai", "codeInsee", "id_pdc_itinerance"],
        ["Adresse complète du lieu", "Nombre d'ordinateurs", "Horaires d'ouverture"],
        ["hauteur_max", "Débit max"],
        ["Latitude", "Longitude", "siret", "SIREN", "NbPlaces"],
    ],
)
def test_ordinary_headers_are_told(header: list[str]) -> None:
    assert untold_headers(header) == set()


def test_what_a_schema_names_is_told_whatever_stands_beside_it() -> None:
    assert untold_headers(["nom", "Anne", "Kerdoncuff"], ["nom"]) == {"Anne", "Kerdoncuff"}


def test_members_of_objects_are_named_by_programs_unless_they_are_written_as_names_are() -> None:
    assert untold_headers(["gid", "nomcommune", "geo.lon"], are_members=True) == set()
    assert untold_headers(["gid", "agents.Kerdoncuff"], are_members=True) == {"gid", "agents.Kerdoncuff"}


def test_a_message_is_told_without_the_names_that_may_not_be() -> None:
    message = Said("Ligne 2, « Kerdoncuff » : NaN ; colonnes masquées : Kerdoncuff, nom", 'Row 2, "Kerdoncuff": NaN')
    told = without_names(message, {"Kerdoncuff"})
    assert told == Said("Ligne 2, « … » : NaN ; colonnes masquées : …, nom", 'Row 2, "…": NaN')
