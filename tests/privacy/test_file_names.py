"""Names of files that may be somebody's, and those of open data that only look as if they were."""

from __future__ import annotations

import pytest

from pipelines.privacy.headers import may_name_somebody


@pytest.mark.parametrize(
    "name",
    [
        "Mme Zoelie Kervadec",
        "mme_zoelie_kervadec",
        "zoelie.kervadec@example.org",
        "CV Zoé Kervadec",
        "kervadec-zoe-2024",
        "ZoeKervadec",
        "Jean Martin",
        "06_39_98_12_34",
    ],
)
def test_a_file_may_be_named_after_somebody(name: str) -> None:
    assert may_name_somebody(name)


@pytest.mark.parametrize(
    "name",
    [
        "export-2024-11-27",
        "dossier-12345",
        "Subventions Saint-Denis",
        "saint-jean-de-luz",
        "Données_Mairie_de_Saint-Jean",
        "consolidation-etalab-schema-irve-statique-v-2.3.1-20241101",
        "decp_alpes_maritimes",
        "StockEtablissement_utf8",
        "donnees_rose_des_vents",
    ],
)
def test_a_file_of_open_data_is_nobodys(name: str) -> None:
    assert not may_name_somebody(name)
