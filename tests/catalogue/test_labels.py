"""Codes are shown as what they mean, and lead to the rows that contain them."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from pipelines.catalogue.labels import field_labels, read_labels
from pipelines.catalogue.model import Version, read_holdings
from pipelines.privacy.allowlist import AllowList
from pipelines.privacy.files import scan_folder
from tests.catalogue.builders import a_catalogue, an_award, checks_published, placed_checks, texts_published


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = tmp_path_factory.mktemp("outputs")
    checks_published(outputs)
    a_catalogue(outputs)
    return outputs


def page(outputs: Path, path: str) -> str:
    return unescape((outputs / "catalogue" / path).read_text(encoding="utf-8"))


def current(outputs: Path) -> Version:
    version = read_holdings(outputs / "releases")[0].current
    assert version is not None
    return version


def test_a_field_is_labelled_by_the_table_that_its_key_leads_to_and_a_rule_by_its_name(outputs: Path) -> None:
    version = current(outputs)
    table = version.table("suivi")
    assert table is not None
    found = field_labels(version, table, read_labels(version))
    assert list(found) == ["resultat", "regle"]
    assert found["resultat"]["a_verifier"] == {"fr": "À vérifier", "en": "To check"}
    assert found["regle"]["R-01"] == {"fr": "Durée de l'affichage", "en": "Length of display"}
    rules = version.table("regles")
    assert rules is not None
    assert field_labels(version, rules, read_labels(version)) == {}, "the table says the name beside the code"


@pytest.mark.parametrize(("path", "label"), [("", "À vérifier"), ("en/", "To check")])
def test_cells_hold_labels_without_any_script(outputs: Path, path: str, label: str) -> None:
    cells = re.findall(r"<td>(.*?)</td>", page(outputs, f"{path}suivi/table-suivi.html"))
    assert label in cells
    assert "a_verifier" not in cells


def test_the_dictionary_says_what_each_code_means(outputs: Path) -> None:
    for path in ("suivi/dictionnaire.html", "suivi/table-suivi.html"):
        assert '<span class="rule"><code>a_verifier</code> À vérifier</span>' in page(outputs, path)


def test_results_by_rule_have_the_names_of_rules_and_lead_to_their_rows(outputs: Path) -> None:
    french = page(outputs, "suivi/qualite.html")
    assert re.search(r'<th scope="row"><span>Durée de l’affichage</span> <code>R-01</code>', french)
    assert 'href="table-suivi.html?est.regle=R-02&est.resultat=non_conforme">1<' in french
    assert 'href="table-suivi.html?constat=R-09&resultat=a_verifier">1<' in french
    assert "la table « Suivi »" in french.replace("\u00a0", " ")


def test_a_territory_shows_what_its_codes_mean_and_departements_their_names(tmp_path: Path) -> None:
    awards = [{**an_award("2024", "01001", "01"), "departement_nom": "Ain"}]
    texts_published(tmp_path, "un", "prix", awards)
    texts_published(tmp_path, "deux", "aides", [an_award("2023", "01001", "01")])
    a_catalogue(tmp_path)
    assert "<td>Ain</td>" in page(tmp_path, "deux/table-aides.html")
    assert "<td>01</td>" in page(tmp_path, "un/table-prix.html"), "its own table says the name beside the code"


def test_a_place_shows_what_rules_concluded_of_its_rows_and_leads_to_them(tmp_path: Path) -> None:
    placed_checks(tmp_path)
    a_catalogue(tmp_path)
    french = page(tmp_path, "territoires/commune-01001.html").replace("\u00a0", " ")
    link = 'href="../procedures/table-controles.html?est.procedure_id=p1"'
    assert f"<a {link}>Conforme : 1, À vérifier : 2 (Avis dans la presse, R-09)</a>" in french
    assert "ce n’est pas une décision de justice" in french
    english = page(tmp_path, "en/territoires/commune-01001.html")
    assert "Complies: 1, To check: 2 (Notice in the press, R-09)" in english


def test_cells_beside_each_other_are_no_address_to_the_gate(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [{"annee": "2021", "mesure": "Place of the ceremony", "valeur": "Albi"}])
    held = scan_folder(a_catalogue(tmp_path), AllowList()).holds
    assert [hold.rule for hold in held if hold.rule == "adresse_postale"] == []
