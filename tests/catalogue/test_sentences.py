"""Sentences of releases as people read them."""

from __future__ import annotations

import pytest

from pipelines.catalogue.model import Version, read_holdings
from pipelines.catalogue.sentences import reason, worded
from pipelines.core.text import Language
from tests.catalogue.builders import checks_published


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    outputs = tmp_path_factory.mktemp("outputs")
    checks_published(outputs)
    found = read_holdings(outputs / "releases")[0].current
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("fr", "voir codes_resultats et suivi_id", "voir « Codes : résultats » et « Suivi_id »"),
        ("fr", "la table suivi, « codes_resultats »", "la table « Suivi », « Codes : résultats »"),
        ("fr", "le suivi est une note, non_connu aussi", "le suivi est une note, non_connu aussi"),
        ("en", "see codes_resultats", "see “Codes : résultats”"),
        ("fr", "le fichier qualite/codes_resultats.csv", "le fichier qualite/codes_resultats.csv"),
    ],
)
def test_names_are_titles(version: Version, language: Language, text: str, said: str) -> None:
    assert worded(text, version, language) == said


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("fr", "suivi : 4 ligne(s) ajoutée(s)", "Suivi : 4 lignes ajoutées"),
        ("fr", "suivi : 1 ligne(s) ajoutée(s)", "Suivi : 1 ligne ajoutée"),
        ("en", "suivi: 1 row(s) added", "Suivi: 1 row added"),
        ("en", "suivi: 2 value(s) corrected", "Suivi: 2 values changed"),
        ("fr", "suivi : 2 valeur(s) corrigée(s)", "Suivi : 2 valeurs modifiées"),
        ("fr", "suivi : 2 000 lignes ajoutées", "Suivi : 2 000 lignes ajoutées"),
        ("fr", "constats revus", "résultats des contrôles mis à jour"),
        ("fr", "suivi : champ « note » ajouté", "Suivi : champ « Note » ajouté"),
        ("fr", "suivi.note : type changé", "Suivi, « Note » : type changé"),
        ("fr", "table « suivi » ajoutée", "table « Suivi » ajoutée"),
        ("en", 'table "suivi" added', "table “Suivi” added"),
        ("fr", "autre : 2 ligne(s) retirée(s)", "autre : 2 lignes retirées"),
    ],
)
def test_reasons_name_tables_by_their_titles_and_count_in_true_plurals(
    version: Version, language: Language, text: str, said: str
) -> None:
    assert reason(text, version, language) == said
