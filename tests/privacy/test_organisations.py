"""Organisations in a field for people's names are published; whatever may be somebody's name stays held."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipelines.privacy import AllowList, PersonalValues, gate
from tests.privacy.builders import RECORD, TABLE, own

ORGANISATIONS = [
    "Commune de Pau",
    "Ville de Saint-Denis",
    "Mairie de Kerléo",
    "La Région Bretagne",
    "Conseil départemental de l'Ain",
    "Communauté d'agglomération du Pays de Loire",
    "Syndicat mixte du Val de Loire",
    "Chambre d'agriculture",
    "SARL Énergie du Vent",
    "SAS Parc éolien",
    "Association pour la protection de la nature",
    "SNCF Réseau",
    "EDF",
]
PEOPLE = [
    "Jean Kerléo",
    "Commune Jean",
    "Ville de Jean",
    "Mairie de Pau, Kerléo",
    "Mairie de Pau - Kerléo",
    "Monsieur de la Ville",
    "SCI Kerléo",
    "GAEC Durand",
    "EARL Martin et fils",
    "Association Anne Payet",
    "Service Kerléo",
    "Région Kerléo",
    "Port",
    "Chambre",
    "Kerléo Direction",
]


@pytest.mark.parametrize("name", ORGANISATIONS)
@pytest.mark.parametrize("field", ["nom", "nom_du_demandeur", "porteur"])
def test_the_name_of_an_organisation_is_nobody_s(name: str, field: str) -> None:
    assert own(f"Projet de {name}, à Pau", {field: name}) == set()
    assert own(name, {field: name}) == set()


@pytest.mark.parametrize("name", PEOPLE)
def test_what_may_be_somebody_s_name_stays_held(name: str) -> None:
    assert own(f"Projet de {name}, à Pau", {"nom": name}) == {"nom"}


def test_somebody_who_signs_for_an_organisation_stays_held() -> None:
    record = {"nom": "Commune de Pau", "prenom": "Solène", "contact_nom": "Quéméneur"}
    assert own("Solène Quéméneur, pour la commune de Pau", record) == {"nom"}
    assert own("La commune de Pau demande une enquête", record) == set()


@pytest.mark.parametrize(("name", "is_held"), [("Commune de Pau", False), ("SCI Kerléo", True)])
def test_a_text_that_belongs_to_no_record_may_name_an_organisation_too(name: str, is_held: bool) -> None:
    personal = PersonalValues({RECORD: (("nom", name),)})
    table = pa.table({"titre": [f"Carrière : {name}"]})
    assert gate({TABLE: table}, personal, AllowList()).is_clean is not is_held
